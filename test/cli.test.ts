// The command line against a real server over HTTP: what people and scripts do with it, in its own words and exit codes.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, type TestContext, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { exitCodes } from '../src/cli/exit-codes.ts';
import type { Tenant } from '../src/directory/tenants.ts';
import { makeTenant, makeUser, testPassword } from './support/accounts.ts';
import { endpointForm, graphForm, ocsfForm, ownForm } from './support/foreign-alerts.ts';
import { sampleIncident, timeAt } from './support/incidents.ts';
import { newMachine, sessionOn, signInOn } from './support/machine.ts';
import { startTestServer, type TestServer } from './support/server.ts';

let server: TestServer;
let url: string;

before(async () => {
  server = await startTestServer();
  url = `http://localhost:${server.port}`;
});
after(() => server.dispose());

/** A machine where a user with that role of a new tenant is signed in. */
async function signedIn(context: TestContext, role = 'global-administrator') {
  const tenant: Tenant = await makeTenant(server.services);
  const user = await makeUser(server.services, tenant, { role });
  const machine = newMachine(context);
  await signInOn(machine, url, user);
  return { ...machine, tenant, user };
}

test('a token generated on the command line works, shows as active, and is refused once revoked', async (context) => {
  const { run, tenant } = await signedIn(context);
  const generated = await run(['token', 'generate', 'nightly export']);
  assert.equal(generated.exitCode, exitCodes.ok, generated.stderr);
  const token = generated.stdout.trim();
  assert.match(token, /^[0-9a-zA-Z]{64,192}$/, 'standard output holds the value and nothing else');
  assert.match(generated.stderr, new RegExp(`https://${tenant.slug}\\.localhost:`));
  assert.match(generated.stderr, /curl .*\$TOKEN/);
  assert.ok(!generated.stderr.includes(token));

  const use = () => server.request('/api/v1/activities/?limit=5', { token });
  assert.equal((await use()).status, 200);
  const listed = await run(['token', 'list', '--status', 'active']);
  assert.match(listed.stdout, /nightly export {2}Active/);

  assert.equal((await run(['token', 'revoke', 'nightly export'])).exitCode, exitCodes.usage, 'nobody to ask');
  assert.equal((await use()).status, 200);
  assert.equal((await run(['token', 'revoke', 'nightly export', '--yes'])).exitCode, exitCodes.ok);
  assert.equal((await use()).status, 401);
  assert.equal((await run(['token', 'show', 'nightly export'])).exitCode, exitCodes.notFound);
});

test('at a terminal the value is shown with what to do with it; a no revokes nothing', async (context) => {
  const { run } = await signedIn(context);
  const shown = await run(['token', 'generate', 'mine', '--expires', '90d', '--permission', 'Activities.read'], {
    typed: [],
  });
  assert.match(shown.stdout, /^ {2}[0-9a-zA-Z]{64,192}$/m);
  assert.match(shown.stdout, /not shown again/);
  const refused = await run(['token', 'revoke', 'mine'], { typed: ['n'] });
  assert.equal(refused.exitCode, exitCodes.failed);
  assert.equal((await run(['token', 'revoke', 'mine'], { typed: ['y'] })).exitCode, exitCodes.ok);
});

test('rotation gives a new value; with an overlap both work', async (context) => {
  const { run } = await signedIn(context);
  const first = (await run(['token', 'generate', 'r', '--value-only'])).stdout.trim();
  const second = (await run(['token', 'rotate', 'r', '--overlap', '1h', '--value-only'])).stdout.trim();
  const statusOf = async (token: string) => (await server.request('/management/v1/about', { token })).status;
  assert.notEqual(first, second);
  assert.deepEqual([await statusOf(first), await statusOf(second)], [200, 200]);
  const third = (await run(['token', 'rotate', 'r', '--value-only'])).stdout.trim();
  assert.equal(await statusOf(third), 200);
  assert.equal(await statusOf(second), 401);
});

test('--json prints what the API answers, and errors as problem details on standard error', async (context) => {
  const { run } = await signedIn(context);
  const made = (await run(['token', 'generate', 'j', '--json'])).json<{
    token: { id: string };
    value: string;
    url: string;
  }>();
  assert.equal((await run(['token', 'show', made.token.id, '--json'])).json<{ name: string }>().name, 'j');
  const list = (await run(['token', 'list', '--json', '--all'])).json<{ items: object[]; total: number }>();
  assert.equal(list.items.length, list.total);
  assert.deepEqual((await run(['token', 'revoke', 'j', '--yes', '--json'])).json(), {});
  const twice = await run(['token', 'show', made.token.id, '--json']);
  assert.equal(twice.exitCode, exitCodes.notFound);
  assert.equal(JSON.parse(twice.stderr).code, 'not-found');
});

test('a wrong password, a wrong host and a missing session each have their exit code and advice', async (context) => {
  const machine = newMachine(context);
  const tenant = await makeTenant(server.services);
  const user = await makeUser(server.services, tenant, { role: 'security-reader' });
  const wrong = await machine.run(['login', url, '--user', user.userName, '--password-stdin'], {
    input: 'not this one\n',
  });
  assert.equal(wrong.exitCode, exitCodes.notSignedIn);
  const none = await machine.run(['token', 'list']);
  assert.equal(none.exitCode, exitCodes.notSignedIn);
  assert.match(none.stderr, /sallyport login/);
  const gone = await machine.run(['login', 'http://127.0.0.1:1', '--user', 'a', '--password-stdin'], { input: 'x' });
  assert.equal(gone.exitCode, exitCodes.unreachable);
  const plain = await machine.run(['login', 'http://sallyport.example', '--user', 'a', '--password-stdin'], {
    input: 'x',
  });
  assert.equal(plain.exitCode, exitCodes.usage);
});

test('a password that must be changed is changed on the way in', async (context) => {
  const tenant = await makeTenant(server.services);
  const fresh = 'otter gravel lantern tram';
  const [first, second] = await Promise.all([
    makeUser(server.services, tenant, { role: 'security-reader', mustChangePassword: true }),
    makeUser(server.services, tenant, { role: 'security-reader', mustChangePassword: true }),
  ]);
  const machine = newMachine(context);
  const piped = ['--password-stdin', '--user', first.userName];
  const refused = await machine.run(['login', url, ...piped], { input: testPassword });
  assert.equal(refused.exitCode, exitCodes.refused, refused.stderr);
  const changed = await machine.run(['login', url, ...piped], { input: `${testPassword}\n${fresh}\n` });
  assert.equal(changed.exitCode, exitCodes.ok, changed.stderr);
  const asked = await newMachine(context).run(['login', url], {
    typed: [second.userName, testPassword, fresh, 'other', fresh, fresh],
  });
  assert.equal(asked.exitCode, exitCodes.ok, asked.stderr);
  assert.match(asked.stderr, /not the same/);
});

test('no output ever holds the session value, and signing out ends it', async (context) => {
  const { run, ...machine } = await signedIn(context);
  const value = sessionOn({ run, ...machine });
  assert.match(value, /^slpcs/);
  for (const argv of [
    ['whoami'],
    ['whoami', '--json'],
    ['profile', 'list', '--json'],
    ['about', '--json'],
    ['user', 'list', '--json'],
  ]) {
    const { stdout, stderr, exitCode } = await run(argv);
    assert.equal(exitCode, exitCodes.ok, stderr);
    assert.ok(!(stdout + stderr).includes(value), argv.join(' '));
  }
  assert.equal((await run(['logout'])).exitCode, exitCodes.ok);
  assert.equal((await server.request('/management/v1/session', { session: value })).status, 401);
  assert.equal((await run(['whoami'])).exitCode, exitCodes.notSignedIn);
});

test('a reader is refused what it may not do, and explain tells why', async (context) => {
  const { run } = await signedIn(context, 'security-reader');
  const refused = await run(['user', 'create', 'new@x.example']);
  assert.equal(refused.exitCode, exitCodes.refused, refused.stderr);
  const id = /sallyport explain (\S+)/.exec(refused.stderr)?.[1];
  assert.ok(id, refused.stderr);
  await server.services.store.ping();
  const explained = await run(['explain', id]);
  assert.equal(explained.exitCode, exitCodes.ok, explained.stderr);
  assert.match(explained.stdout, /permission +failed/);
  assert.match(explained.stdout, /What to change/);
});

test('users and roles: create, assign as eligible, activate by display name, deactivate, disable', async (context) => {
  const { run, tenant } = await signedIn(context);
  const userName = `eve@${tenant.slug}.example`;
  const created = await run(['user', 'create', userName, '--display-name', 'Eve', '--json']);
  const { oneTimePassword } = created.json<{ oneTimePassword: string }>();
  const assigned = await run(['role', 'assign', userName, 'security-administrator', '--eligible', '--ends', '30d']);
  assert.equal(assigned.exitCode, exitCodes.ok, assigned.stderr);
  const settings = [
    'role',
    'settings',
    'security-administrator',
    '--require-justification',
    'yes',
    '--activation-max',
    '2h',
  ];
  assert.match((await run(settings)).stdout, /2h/);

  const eve = newMachine(context);
  const input = `${oneTimePassword}\nlantern tram otter gravel\n`;
  assert.equal(
    (await eve.run(['login', url, '--user', userName, '--password-stdin'], { input })).exitCode,
    exitCodes.ok,
  );
  assert.equal((await eve.run(['token', 'generate', 'early'])).exitCode, exitCodes.refused);
  const unexplained = await eve.run(['role', 'activate', 'Security administrator']);
  assert.equal(unexplained.exitCode, exitCodes.usage, 'the justification is missing and nobody can be asked');
  const activated = await eve.run(['role', 'activate', 'Security administrator', '--justification', 'Incident 4711']);
  assert.equal(activated.exitCode, exitCodes.ok, activated.stderr);
  assert.equal((await eve.run(['token', 'generate', 'now'])).exitCode, exitCodes.ok);
  assert.equal((await eve.run(['role', 'deactivate', 'security-administrator'])).exitCode, exitCodes.ok);
  assert.equal((await eve.run(['token', 'generate', 'late'])).exitCode, exitCodes.refused);

  assert.equal((await run(['user', 'disable', userName])).exitCode, exitCodes.ok);
  assert.equal((await eve.run(['whoami'])).exitCode, exitCodes.notSignedIn);
  const departed = await run(['token', 'revoke-departed', '--dry-run', '--json']);
  assert.equal(departed.json<{ tokens: object[] }>().tokens.length, 1);
  assert.match((await run(['token', 'revoke-departed', '--yes'])).stdout, /1 API tokens are revoked/);
  assert.match((await run(['token', 'revoke-departed'])).stdout, /No API token/);
});

function record(id: number): string {
  return JSON.stringify({
    ...{ Id: `00000000-0000-4000-8000-${String(id).padStart(12, '0')}`, RecordType: 6, Operation: 'FileAccessed' },
    ...{ CreationTime: new Date(server.services.clock() - 3_600_000).toISOString(), UserType: 0, UserKey: 'k' },
    ...{
      Workload: 'SharePoint',
      UserId: 'ana@contoso.example',
      ClientIP: '192.0.2.7',
      ObjectId: 'https://c.example/a',
    },
    ...{ OrganizationId: '00000000-0000-4000-8000-000000000001', EventSource: 'SharePoint', ItemType: 'File' },
  });
}

test('records are ingested from NDJSON, arrays and CSV; bad ones are named by number, the rest counts once', async (context) => {
  const { run, folder } = await signedIn(context);
  const ids = [1, 2, 3, 4];
  const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
  const files = {
    'a.ndjson': [record(1), '{broken', record(2)].join('\n'),
    'b.json': JSON.stringify([...ids.map((id) => JSON.parse(record(id))), 'no record'], null, 2),
    'c.csv': ['AuditData,UserId', ...ids.map((id) => `${quoted(record(id + 2))},x`), ',y'].join('\r\n'),
  };
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  const first = await run(['ingest', 'activities', join(folder, 'a.ndjson')]);
  assert.equal(first.exitCode, exitCodes.partly, first.stderr);
  assert.match(first.stdout, /3 records: 2 stored, 0 known already, 1 not taken/);
  assert.match(first.stderr, /Line 2: /);
  const array = await run(['ingest', 'activities', join(folder, 'b.json')]);
  assert.match(array.stdout, /5 records: 2 stored, 2 known already, 1 not taken/);
  assert.match(array.stderr, /Record 5: /);
  const csv = await run(['ingest', 'activities', join(folder, 'c.csv'), '--json']);
  const totals = csv.json<{ stored: number; duplicates: number; problems: { line: number }[] }>();
  assert.deepEqual([totals.stored, totals.duplicates, totals.problems.map(({ line }) => line)], [2, 2, [5]]);
  const again = await run(['ingest', 'activities', '-'], { input: files['a.ndjson'] });
  assert.match(again.stdout, /0 stored, 2 known already/);
  assert.equal((await run(['ingest', 'activities', join(folder, 'none')])).exitCode, exitCodes.notFound);
});

test('ingest incidents takes saved pages of the API, packed or not, and says what replaced what', async (context) => {
  const { run, folder } = await signedIn(context);
  const value = [sampleIncident(1), sampleIncident(2), sampleIncident(3, { status: 'Open' })];
  const page = { '@odata.context': 'x', value };
  writeFileSync(join(folder, 'page.json'), JSON.stringify(page));
  writeFileSync(join(folder, 'indented.json.gz'), gzipSync(JSON.stringify(page, null, 2)));
  writeFileSync(join(folder, 'newer.ndjson'), JSON.stringify(sampleIncident(1, { lastUpdateTime: timeAt(1e9) })));
  const first = await run(['ingest', 'incidents', join(folder, 'page.json')]);
  assert.equal(first.exitCode, exitCodes.partly, first.stderr);
  assert.match(first.stdout, /3 records: 2 stored, 0 known already, 1 not taken/);
  assert.match(first.stderr, /Record 3: Incident 3: status must be one of/);
  const again = await run(['ingest', 'incidents', join(folder, 'indented.json.gz'), '--json']);
  const { stored, duplicates, rejected } = again.json<{ stored: number; duplicates: number; rejected: number }>();
  assert.deepEqual([stored, duplicates, rejected], [0, 2, 1]);
  const newer = await run(['ingest', 'incidents', join(folder, 'newer.ndjson')]);
  assert.match(newer.stdout, /1 of the stored ones replaced an older state/);
});

test('ingest alerts and ingest machines take any known form, and saved pages', async (context) => {
  const { run, folder } = await signedIn(context);
  writeFileSync(join(folder, 'alerts.ndjson'), [ownForm, ocsfForm, {}].map((each) => JSON.stringify(each)).join('\n'));
  writeFileSync(join(folder, 'page.json.gz'), gzipSync(JSON.stringify({ value: [endpointForm, graphForm] }, null, 2)));
  const alerts = await run(['ingest', 'alerts', join(folder, 'alerts.ndjson')]);
  assert.equal(alerts.exitCode, exitCodes.partly, alerts.stderr);
  assert.match(alerts.stdout, /3 records: 2 stored, 0 known already, 1 not taken/);
  assert.match(alerts.stderr, /Line 3: It has none of the known forms/);
  const page = await run(['ingest', 'alerts', join(folder, 'page.json.gz')]);
  assert.match(page.stdout, /2 records: 2 stored/);
  const machine = { id: 'm1', computerDnsName: 'pc1.contoso.example', lastSeen: '2026-11-20T08:00:00Z' };
  const machines = await run(['ingest', 'machines', '-'], { input: JSON.stringify({ value: [machine] }) });
  assert.equal(machines.exitCode, exitCodes.ok, machines.stderr);
  assert.match(machines.stdout, /1 records?: 1 stored/);
});

test('audit verify remembers what it saw, and tells when that is gone', async (context) => {
  const { run, environment, tenant } = await signedIn(context);
  const verified = await run(['audit', 'verify']);
  assert.equal(verified.exitCode, exitCodes.ok, verified.stdout);
  await run(['token', 'generate', 'audited']);
  assert.match((await run(['audit', 'verify'])).stdout, /continues from record/);
  const listed = await run(['audit', 'list', '--json', '--all']);
  const { items } = listed.json<{ items: { action: string; sequence: number }[] }>();
  assert.ok(items.some(({ action }) => action === 'token.generate'));

  // As if the log had been put back: the profile knows a record that the server does not.
  const content = JSON.parse(readFileSync(environment.profilesFile, 'utf8'));
  const head = content.profiles[0].auditHeads[tenant.id];
  head.hash = 'f'.repeat(64);
  writeFileSync(environment.profilesFile, JSON.stringify(content));
  const rolledBack = await run(['audit', 'verify']);
  assert.equal(rolledBack.exitCode, exitCodes.damaged, rolledBack.stdout);
  assert.match(rolledBack.stdout, /no longer there/);
  assert.equal(
    JSON.parse(readFileSync(environment.profilesFile, 'utf8')).profiles[0].auditHeads[tenant.id].hash,
    head.hash,
  );
});

test('every listing command answers, as a table and as JSON', async (context) => {
  const { run } = await signedIn(context);
  await run(['group', 'create', 'Finance']);
  await run(['agent', 'create', 'siem-agent', 'splunk']);
  await run(['token', 'generate', 'one']);
  for (const words of ['tenant', 'user', 'group', 'role', 'token', 'agent', 'audit'].map((noun) => [noun, 'list'])) {
    const table = await run(words);
    assert.equal(table.exitCode, exitCodes.ok, words.join(' ') + table.stderr);
    assert.ok(table.stdout.split('\n').length > 2, words.join(' '));
    assert.ok((await run([...words, '--json'])).json<{ items: object[] }>().items.length > 0);
  }
  for (const words of [
    ['role', 'mine'],
    ['role', 'assignments'],
    ['role', 'requests'],
    ['tenant', 'show'],
    ['about'],
  ]) {
    assert.equal((await run(words)).exitCode, exitCodes.ok, words.join(' '));
  }
});

test('groups and agents by name: add, show, remove, regenerate, delete', async (context) => {
  const { run, user } = await signedIn(context);
  await run(['group', 'create', '経理']);
  assert.equal((await run(['group', 'add', '経理', user.userName])).exitCode, exitCodes.ok);
  assert.ok((await run(['group', 'show', '経理'])).stdout.includes(user.userName));
  assert.equal((await run(['group', 'remove', '経理', user.userName])).exitCode, exitCodes.ok);
  assert.equal((await run(['group', 'delete', '経理', '--yes'])).exitCode, exitCodes.ok);
  assert.equal((await run(['group', 'show', '経理'])).exitCode, exitCodes.notFound);
  const first = (await run(['agent', 'create', 'siem-agent', 'splunk', '--value-only'])).stdout;
  const second = (await run(['agent', 'regenerate', 'splunk', '--value-only', '--yes'])).stdout;
  assert.notEqual(first, second);
  assert.equal((await run(['agent', 'delete', 'splunk', '--yes'])).exitCode, exitCodes.ok);
});

test('login --demo takes an account from the file that the demo wrote', async (context) => {
  const tenant = await makeTenant(server.services);
  const user = await makeUser(server.services, tenant, { role: 'security-reader' });
  const machine = newMachine(context);
  const missing = await machine.run(['login', '--demo']);
  assert.equal(missing.exitCode, exitCodes.notFound);
  assert.match(missing.stderr, /npm start/);
  const users = { 'security-reader': { userName: user.userName, password: testPassword } };
  const demo = {
    url,
    caFile: null,
    tenants: { [tenant.slug]: { id: tenant.id, domain: 'x', url, users } },
    apiToken: 'x',
  };
  writeFileSync(machine.environment.demoFile, JSON.stringify(demo));
  const unknown = await machine.run(['login', '--demo', `${tenant.slug}/nobody`]);
  assert.match(unknown.stderr, new RegExp(`${tenant.slug}/security-reader`));
  const done = await machine.run(['login', '--demo', `${tenant.slug}/security-reader`]);
  assert.equal(done.exitCode, exitCodes.ok, done.stderr);
  const profiles = (await machine.run(['profile', 'list', '--json'])).json<{
    items: { name: string; isCurrent: boolean }[];
  }>();
  assert.deepEqual(
    profiles.items.map(({ name, isCurrent }) => [name, isCurrent]),
    [[`${tenant.slug}/security-reader`, true]],
  );
});

test('a person hears it in their language, the server in English', async (context) => {
  const { run } = await signedIn(context);
  await run(['token', 'generate', 'x']);
  assert.match((await run(['token', 'list', '--lang', 'ja'])).stdout, /生成済み/);
  assert.match((await run(['token', 'list', '--lang=zh-TW'])).stdout, /已產生/);
  assert.match((await run(['token', 'list', '--lang', 'fr'])).stdout, /Généré/);
  assert.match((await run(['token', 'list', '--lang', 'ko'])).stdout, /생성됨/);
  assert.equal((await run(['token', 'list', '--lang', 'tlh'])).exitCode, exitCodes.usage);
});
