// Applications and consent on the command line: a partner registers, another tenant's administrator consents and revokes.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, type TestContext, test } from 'node:test';
import { exitCodes } from '../src/cli/exit-codes.ts';
import { type Language, languages } from '../src/cli/text.ts';
import type { Tenant } from '../src/directory/tenants.ts';
import { type App, makeCertificate, type Principal } from './applications-calls.ts';
import { makeTenant, makeUser } from './support/accounts.ts';
import { newMachine, signInOn } from './support/machine.ts';
import { startTestServer, type TestServer } from './support/server.ts';

let server: TestServer;
let partner: Tenant;
let customer: Tenant;

before(async () => {
  server = await startTestServer();
  partner = await makeTenant(server.services);
  customer = await makeTenant(server.services);
});
after(() => server.dispose());

/** A machine where somebody of the tenant is signed in. `ok` fails the test unless the command does what it should. */
async function signedIn(context: TestContext, tenant: Tenant, role?: string) {
  const user = await makeUser(server.services, tenant, role === undefined ? {} : { role });
  const machine = newMachine(context);
  await signInOn(machine, `http://localhost:${server.port}`, user);
  const ok = async (...argv: string[]) => {
    const outcome = await machine.run(argv);
    assert.equal(outcome.exitCode, exitCodes.ok, `${argv.join(' ')}: ${outcome.stderr}`);
    return outcome;
  };
  return { ...machine, user, ok };
}

type Machine = Awaited<ReturnType<typeof signedIn>>;

const incidents = 'Microsoft Threat Protection/Incident.Read.All';

async function registered({ ok }: Machine, name: string, ...more: string[]): Promise<App> {
  return (await ok('app', 'register', name, '--any-organization', ...more, '--json')).json<App>();
}

async function takeToken(appId: string, secret: string, tenant: Tenant) {
  const form = new URLSearchParams({
    ...{ grant_type: 'client_credentials', client_id: appId, client_secret: secret },
    scope: 'https://api.security.microsoft.com/.default',
  });
  return await fetch(`http://localhost:${server.port}/${tenant.id}/oauth2/v2.0/token`, { method: 'POST', body: form });
}

test('from registration to revocation: each side sees what is its own, and the token ends with the grant', async (context) => {
  const developer = await signedIn(context, partner);
  const administrator = await signedIn(context, customer, 'global-administrator');
  const said = await developer.ok(
    ...['app', 'register', 'Incident reporter', '--any-organization', '--permission', incidents],
    ...['--redirect-uri', 'web:https://reporter.example/back'],
  );
  assert.match(said.stdout, /The application Incident reporter is registered/);
  assert.match(said.stdout, new RegExp(`Tenant ID +${partner.id}`));
  assert.match(said.stderr, /no effect before an administrator consents/);
  const appId = /Application ID +(\S+)/.exec(said.stdout)?.[1] ?? '';
  const secret = (await developer.ok('app', 'secret', 'add', 'Incident reporter', '--months', '3')).stdout.trim();
  assert.match(secret, /^[0-9A-Za-z]{40}$/, 'the value alone, for scripts');
  const shown = (await developer.ok('app', 'show', appId)).stdout;
  assert.match(shown, /web:https:\/\/reporter\.example\/back/);
  assert.match(shown, /Incident\.Read\.All +application +Read all incidents/);
  assert.ok(shown.includes(`${secret.slice(0, 3)}…`) && !shown.includes(secret));
  const links = (await developer.ok('app', 'consent-link', 'Incident reporter')).stdout;
  assert.match(links, new RegExp(`/common/oauth2/authorize\\?prompt=consent&client_id=${appId}`));

  assert.notEqual((await takeToken(appId, secret, customer)).status, 200, 'nobody has consented');
  const asked = await administrator.run(['consent', 'grant', appId]);
  assert.equal(asked.exitCode, exitCodes.usage, 'nobody is there to answer');
  assert.match(asked.stdout, /Read all incidents/);
  assert.match(asked.stdout, new RegExp(`Publisher +${partner.displayName} \\(${partner.id}\\)`));
  const refused = await administrator.run(['consent', 'grant', appId], { typed: ['no'] });
  assert.equal(refused.exitCode, exitCodes.failed);
  assert.equal((await administrator.run(['service-principal', 'show', appId])).exitCode, exitCodes.notFound);
  const granted = await administrator.run(['consent', 'grant', appId], { typed: ['yes'] });
  assert.equal(granted.exitCode, exitCodes.ok, granted.stderr);
  const answer = await takeToken(appId, secret, customer);
  assert.equal(answer.status, 200, await answer.clone().text());
  const { access_token: token } = (await answer.json()) as { access_token: string }; // The status says so.
  const call = () =>
    fetch(`http://localhost:${server.port}/api/incidents`, { headers: { authorization: `Bearer ${token}` } });
  assert.equal((await call()).status, 200);

  const presence = (await administrator.ok('service-principal', 'show', 'Incident reporter')).stdout;
  assert.match(presence, new RegExp(`Incident\\.Read\\.All +application .*${administrator.user.userName}`));
  assert.match(presence, /Last token +20/);
  await developer.ok('app', 'permission', 'add', appId, 'Microsoft Threat Protection/AdvancedHunting.Read.All');
  assert.match(
    (await administrator.ok('service-principal', 'show', appId)).stdout,
    /Asked for since the consent, not granted\n[\s\S]*AdvancedHunting\.Read\.All/,
  );
  const revoke = ['service-principal', 'revoke', 'Incident reporter', 'Incident.Read.All'];
  assert.equal((await administrator.run(revoke)).exitCode, exitCodes.usage, 'it asks');
  await administrator.ok(...revoke, '--yes');
  assert.equal((await call()).status, 403, 'the token has not ended, what it stood for has');
  assert.equal((await administrator.run([...revoke, '--yes'])).exitCode, exitCodes.notFound);
  await administrator.ok('service-principal', 'delete', appId, '--yes');
  assert.equal((await administrator.run(['service-principal', 'show', appId])).exitCode, exitCodes.notFound);
});

test('consent by command is for those who may; others are told how to ask, and an administrator decides', async (context) => {
  const developer = await signedIn(context, partner, 'application-administrator');
  const { appId } = await registered(developer, 'Asking', '--permission', incidents);
  const member = await signedIn(context, customer);
  const administrator = await signedIn(context, customer, 'global-administrator');
  const refused = await member.run(['consent', 'grant', appId, '--yes']);
  assert.equal(refused.exitCode, exitCodes.refused);
  assert.match(refused.stderr, new RegExp(`sallyport consent ask ${appId} --reason TEXT`));
  assert.equal((await member.run(['consent', 'ask', appId])).exitCode, exitCodes.usage, 'no reason');
  await member.ok('consent', 'ask', appId, '--reason', 'Weekly report');
  assert.equal((await member.run(['consent', 'requests'])).exitCode, exitCodes.refused);
  const open = (await administrator.ok('consent', 'requests', '--status', 'open')).stdout;
  assert.match(open, /Asking .*Weekly report +Incident\.Read\.All +waiting/);
  const { items } = (await administrator.ok('consent', 'requests', '--json')).json<{ items: { id: string }[] }>();
  const id = items[0]?.id ?? '';
  assert.equal((await administrator.run(['consent', 'approve', id])).exitCode, exitCodes.usage, 'it asks');
  const approved = await administrator.ok('consent', 'approve', id, '--yes');
  assert.match(approved.stdout, /Read all incidents[\s\S]*has consented to Asking/);
  assert.equal((await administrator.run(['consent', 'decline', id])).exitCode, exitCodes.conflict);
  const principal = (await administrator.ok('service-principal', 'show', appId, '--json')).json<Principal>();
  assert.deepEqual(
    principal.grants.applications.map(({ value }) => value),
    ['Incident.Read.All'],
  );
});

test('the home tenant consents to its own application, and to exactly what was shown', async (context) => {
  const developer = await signedIn(context, partner, 'application-administrator');
  const administrator = await signedIn(context, partner, 'global-administrator');
  await developer.ok('app', 'register', 'Home tool', '--permission', incidents);
  const first = await developer.run(['app', 'consent', 'Home tool', '--yes']);
  assert.equal(first.exitCode, exitCodes.ok, 'an application administrator may, except for Graph');
  await developer.ok('app', 'permission', 'add', 'Home tool', 'application:Microsoft Graph/User.Read.All');
  const again = await developer.run(['app', 'consent', 'Home tool', '--yes']);
  assert.equal(again.exitCode, exitCodes.refused, again.stderr);
  assert.match(again.stdout, /Incident\.Read\.All .*granted[\s\S]*User\.Read\.All .*new/);
  const principal = (await administrator.ok('app', 'consent', 'Home tool', '--yes', '--json')).json<Principal>();
  assert.deepEqual(principal.grants.applications.map(({ value }) => value).sort(), [
    'Incident.Read.All',
    'User.Read.All',
  ]);
  await administrator.ok('app', 'disable', 'Home tool', '--yes');
  const disabled = await administrator.run(['app', 'consent', 'Home tool', '--yes']);
  assert.equal(disabled.exitCode, exitCodes.conflict, disabled.stderr);
});

test("another tenant's application is not found, whatever is done with it, and neither is its name", async (context) => {
  const developer = await signedIn(context, partner, 'application-administrator');
  const stranger = await signedIn(context, customer, 'global-administrator');
  const { appId, id } = await registered(developer, 'Not yours', '--permission', incidents);
  const own = (await developer.ok('app', 'register', 'For us only', '--json')).json<App>();
  for (const ref of [appId, id, 'Not yours']) {
    for (const argv of [
      ['app', 'show', ref],
      ['app', 'update', ref, '--public', 'yes'],
      ['app', 'disable', ref, '--yes'],
      ['app', 'delete', ref, '--yes'],
      ['app', 'secret', 'add', ref],
      ['app', 'owner', 'add', ref, stranger.user.userName],
      ['app', 'permission', 'remove', ref, incidents],
      ['app', 'consent', ref, '--yes'],
      ['app', 'consent-link', ref],
      ['service-principal', 'show', ref],
    ]) {
      assert.equal((await stranger.run(argv)).exitCode, exitCodes.notFound, argv.join(' '));
    }
  }
  assert.equal((await stranger.run(['consent', 'grant', own.appId, '--yes'])).exitCode, exitCodes.notFound);
  assert.doesNotMatch((await stranger.ok('app', 'list', '--search', 'yours')).stdout, /Not yours/);
});

test('who has no right is refused, and registering ends where the tenant says so', async (context) => {
  const tenant = await makeTenant(server.services);
  const administrator = await signedIn(context, tenant, 'global-administrator');
  const reader = await signedIn(context, tenant, 'global-reader');
  const member = await signedIn(context, tenant);
  const { appId } = await registered(administrator, 'Theirs');
  for (const argv of [
    ['app', 'secret', 'add', appId],
    ['app', 'delete', appId, '--yes'],
    ['service-principal', 'disable', appId, '--yes'],
    ['service-principal', 'revoke', appId, '--all', '--yes'],
    ['settings', 'set', '--password-grant', 'yes'],
  ]) {
    assert.equal((await reader.run(argv)).exitCode, exitCodes.refused, argv.join(' '));
  }
  assert.equal((await member.run(['app', 'show', appId])).exitCode, exitCodes.notFound, 'only owners see it');
  await member.ok('app', 'register', 'Mine');
  const settings = await administrator.ok('settings', 'set', '--members-may-register', 'no', '--user-consent', 'none');
  assert.match(settings.stdout, /register applications +no\n.*themselves +nothing/);
  assert.match((await reader.ok('settings', 'show')).stdout, /register applications +no/);
  assert.equal((await member.run(['app', 'register', 'Mine too'])).exitCode, exitCodes.refused);
  assert.equal((await administrator.run(['settings', 'set'])).exitCode, exitCodes.usage);
});

test('secrets, certificates, owners, redirect URIs and the life of an application', async (context) => {
  const administrator = await signedIn(context, partner, 'application-administrator');
  const { ok, run, folder } = administrator;
  const other = await makeUser(server.services, partner);
  const { appId } = await registered(administrator, 'Kept');
  const see = async () => (await ok('app', 'show', appId, '--json')).json<App & { isPublicClient: boolean }>();

  await ok('app', 'secret', 'add', 'Kept', '--description', 'old', '--expires', '2027-01-31');
  const interactive = await run(['app', 'secret', 'add', 'Kept', '--description', 'new'], { typed: [] });
  assert.match(interactive.stdout, /has a new secret[\s\S]*not shown again/);
  assert.equal((await run(['app', 'secret', 'add', 'Kept', '--months', 'many'])).exitCode, exitCodes.usage);
  assert.equal((await run(['app', 'secret', 'remove', 'Kept', 'older', '--yes'])).exitCode, exitCodes.notFound);
  await ok('app', 'secret', 'remove', 'Kept', 'old', '--yes');
  assert.equal((await see()).secrets.length, 1);

  const pem = await makeCertificate(2048);
  const file = join(folder, 'certificate.pem');
  writeFileSync(file, pem);
  await ok('app', 'certificate', 'add', 'Kept', file, '--description', 'signer');
  const der = join(folder, 'certificate.der');
  writeFileSync(der, Buffer.from(pem.replace(/-----[^-]+-----|\s/g, ''), 'base64'));
  assert.equal((await run(['app', 'certificate', 'add', 'Kept', der])).exitCode, exitCodes.conflict, 'the same in DER');
  writeFileSync(file, `${pem}\n-----BEGIN PRIVATE KEY-----\n`);
  const withKey = await run(['app', 'certificate', 'add', 'Kept', file]);
  assert.equal(withKey.exitCode, exitCodes.usage);
  assert.match(withKey.stderr, /Nothing was sent/);
  const missing = await run(['app', 'certificate', 'add', 'Kept', join(folder, 'none')]);
  assert.equal(missing.exitCode, exitCodes.notFound);
  await ok('app', 'certificate', 'remove', 'Kept', 'signer', '--yes');
  assert.equal((await see()).certificates.length, 0);

  await ok('app', 'owner', 'add', 'Kept', other.userName);
  assert.ok((await see()).owners.some(({ userName }) => userName === other.userName));
  await ok('app', 'owner', 'remove', 'Kept', other.userName);

  await ok('app', 'update', 'Kept', '--redirect-uri', 'web:https://a.example/', '--public', 'yes');
  const changed = await see();
  assert.deepEqual([changed.redirectUris.web, changed.isPublicClient], [['https://a.example/'], true]);
  await ok('app', 'update', 'Kept', '--no-redirect-uris');
  assert.deepEqual((await see()).redirectUris.web, []);
  assert.equal((await run(['app', 'update', 'Kept'])).exitCode, exitCodes.usage);
  const bare = await run(['app', 'update', 'Kept', '--redirect-uri', 'https://a.example/']);
  assert.match(bare.stderr, /web:https:/);

  await ok('app', 'disable', 'Kept', '--yes');
  assert.match((await ok('app', 'list', '--status', 'disabled')).stdout, /Kept +disabled/);
  await ok('app', 'enable', 'Kept');
  await ok('app', 'delete', 'Kept', '--yes');
  assert.equal((await run(['app', 'show', 'Kept'])).exitCode, exitCodes.notFound);
  await ok('app', 'restore', 'Kept');
  assert.equal((await see()).status, 'enabled');
});

test('an application in the tenant is switched off, kept for assigned people, and freed of all grants', async (context) => {
  const developer = await signedIn(context, partner, 'application-administrator');
  const { ok, run } = await signedIn(context, customer, 'global-administrator');
  const other = await makeUser(server.services, customer);
  const { appId } = await registered(developer, 'Guest', '--permission', 'delegated:Microsoft Graph/User.Read');
  await ok('consent', 'grant', appId, '--yes');
  await ok('service-principal', 'require-assignment', 'Guest');
  await ok('service-principal', 'assign', 'Guest', other.userName);
  assert.match((await ok('service-principal', 'show', 'Guest')).stdout, new RegExp(`Assigned +${other.userName}`));
  await ok('service-principal', 'unassign', 'Guest', other.userName);
  await ok('service-principal', 'require-assignment', 'Guest', 'no');
  assert.equal((await run(['service-principal', 'require-assignment', 'Guest', 'oui'])).exitCode, exitCodes.usage);
  await ok('service-principal', 'disable', 'Guest', '--yes');
  assert.match((await ok('service-principal', 'list')).stdout, /Guest .*disabled/);
  await ok('service-principal', 'enable', 'Guest');
  assert.match((await ok('service-principal', 'show', 'Guest')).stdout, /User\.Read +delegated +everybody/);
  assert.equal((await run(['service-principal', 'revoke', 'Guest', '--yes'])).exitCode, exitCodes.usage, 'which?');
  await ok('service-principal', 'revoke', 'Guest', '--all', '--yes');
  assert.match((await ok('service-principal', 'show', 'Guest')).stdout, /Granted permissions\n +none/);
});

test('permissions are found by name, and one that is not there is answered with what is', async (context) => {
  const { ok, run } = await signedIn(context, partner, 'application-administrator');
  const listed = await ok('app', 'resources');
  assert.match(listed.stdout, /Microsoft Graph +User\.Read\.All +application/);
  assert.doesNotMatch(listed.stdout, /Microsoft Threat Protection/, 'as documented, only for those who type its name');
  assert.match(listed.stderr, /sallyport app resources "Microsoft Threat Protection"/);
  assert.match((await ok('app', 'resources', 'threat')).stdout, /Incident\.Read\.All +application +Read all incidents/);
  await ok('app', 'register', 'Namer');
  const add = (...names: string[]) => run(['app', 'permission', 'add', 'Namer', ...names]);
  for (const [name, hint] of [
    ['Incident.Read.All', /API\/PERMISSION/],
    ['Microsoft Threat Protection/Incident.Read.Al', /Did you mean "Incident\.Read\.All"/],
    ['Microsoft Threat/Incident.Read.All', /There is no API Microsoft Threat\.[\s\S]*sallyport app resources/],
    ['Microsoft Graph/User.Read.All', /application:Microsoft Graph\/User\.Read\.All\n +delegated:Microsoft Graph/],
    ['7a1c6d7e-0000-4000-8000-000000000000/Do.It', /application:7a1c6d7e/],
  ] as const) {
    const outcome = await add(name);
    assert.equal(outcome.exitCode, exitCodes.usage, name);
    assert.match(outcome.stderr, hint);
  }
  const added = await add(
    'https://api.security.microsoft.com/Incidents.Read',
    'Microsoft Threat Protection/Incident.Read.All',
    'delegated:Microsoft Graph/User.Read.All',
  );
  assert.equal(added.exitCode, exitCodes.ok, added.stderr);
  assert.match(added.stdout, /Incident\.Read +delegated/);
  assert.match(added.stdout, /User\.Read\.All +delegated/);
  const removed = await ok('app', 'permission', 'remove', 'Namer', incidents);
  assert.doesNotMatch(removed.stdout, /Incident\.Read\.All/);
});

test('the answers are in the language of the person', async (context) => {
  const { ok } = await signedIn(context, partner, 'global-administrator');
  await ok('app', 'register', 'Spoken', '--permission', incidents);
  const words: Record<Language, RegExp> = {
    en: /Asks for/,
    fr: /Demande/,
    ja: /要求するアクセス許可/,
    ko: /요청하는 권한/,
    'zh-Hant': /要求的權限/,
  };
  for (const language of languages) {
    assert.match((await ok('app', 'show', 'Spoken', '--lang', language)).stdout, words[language]);
  }
});
