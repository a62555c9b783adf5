// The command line for those who run the place: tenants, second factors, approvals, and a server behind real TLS.
import assert from 'node:assert/strict';
import { after, before, type TestContext, test } from 'node:test';
import { exitCodes } from '../src/cli/exit-codes.ts';
import { codeOfStep, stepAt } from '../src/directory/second-factor.ts';
import { makeTenant, makeUser, testPassword } from './support/accounts.ts';
import { newMachine, signInOn } from './support/machine.ts';
import { startTestServer, type TestServer } from './support/server.ts';

let server: TestServer;
let url: string;

before(async () => {
  server = await startTestServer();
  url = `http://localhost:${server.port}`;
});
after(() => server.dispose());

async function signedIn(context: TestContext, isOperator = false) {
  const tenant = await makeTenant(server.services, isOperator);
  const user = await makeUser(server.services, tenant, { role: 'global-administrator' });
  const machine = newMachine(context);
  await signInOn(machine, url, user);
  return { ...machine, tenant, user };
}

test('the operator creates, renames, disables, enables, deletes and restores a tenant', async (context) => {
  const { run } = await signedIn(context, true);
  const slug = `n${Date.now().toString(36)}`;
  const ok = async (...argv: string[]) => {
    const outcome = await run(argv);
    assert.equal(outcome.exitCode, exitCodes.ok, argv.join(' ') + outcome.stderr);
    return outcome.stdout;
  };
  assert.equal((await run(['tenant', 'create', slug])).exitCode, exitCodes.usage, 'the domain is missing');
  const created = await ok('tenant', 'create', slug, '--domain', `${slug}.example`, '--display-name', 'エックス社');
  assert.match(created, /https:\/\/\S+/, 'the set-up link is shown');
  assert.equal((await run(['tenant', 'create', slug, '--domain', 'y.example'])).exitCode, exitCodes.conflict);
  assert.match(await ok('tenant', 'setup-link', slug), /works once/);
  assert.match(await ok('tenant', 'add-domain', slug, `two.${slug}.example`), /has the domain/);
  await ok('tenant', 'remove-domain', slug, `two.${slug}.example`, '--yes');
  await ok('tenant', 'rename', slug, 'New name');
  assert.equal((await run(['tenant', 'disable', slug])).exitCode, exitCodes.usage, 'nobody to ask');
  await ok('tenant', 'disable', slug, '--yes');
  assert.match(await ok('tenant', 'show', slug), /Status +disabled/);
  await ok('tenant', 'enable', slug);
  await ok('tenant', 'delete', slug, '--yes');
  await ok('tenant', 'restore', slug);
  assert.match(await ok('tenant', 'show', slug), /New name/);
});

test('somebody else than the operator sees the own tenant only', async (context) => {
  const { run, tenant } = await signedIn(context);
  const other = await makeTenant(server.services);
  const listed = (await run(['tenant', 'list', '--all', '--json'])).json<{ items: { slug: string }[] }>();
  assert.deepEqual(
    listed.items.map(({ slug }) => slug),
    [tenant.slug],
  );
  assert.equal((await run(['tenant', 'show', other.slug])).exitCode, exitCodes.notFound);
  const created = await run(['tenant', 'create', 'nowhere', '--domain', 'nowhere.example']);
  assert.equal(created.exitCode, exitCodes.refused, created.stderr);
});

test('a second factor is enrolled, asked for at the next sign-in, renewed and removed', async (context) => {
  const { run, user } = await signedIn(context);
  const code = (secret: string): string => {
    // Each code counts once, so every use takes the next 30 seconds.
    server.services.testClock.advance(60_000);
    return codeOfStep(secret, stepAt(server.services.clock()));
  };
  const { secret } = (await run(['second-factor', 'enrol', '--json'])).json<{ secret: string }>();
  assert.ok(secret);
  const confirmed = await run(['second-factor', 'confirm', code(secret)]);
  assert.equal(confirmed.exitCode, exitCodes.ok, confirmed.stderr);
  assert.equal(confirmed.stdout.split('\n').filter((line) => line.startsWith('  ')).length, 10);

  const without = await run(['login', url, '--password-stdin'], { input: testPassword });
  assert.equal(without.exitCode, exitCodes.notSignedIn);
  assert.match(without.stderr, /--code/);
  const asked = await run(['login', url], { typed: [testPassword, code(secret)] });
  assert.equal(asked.exitCode, exitCodes.ok, asked.stderr);
  const given = await run(['login', url, '--password-stdin', '--code', code(secret)], { input: testPassword });
  assert.equal(given.exitCode, exitCodes.ok, given.stderr);

  const renewed = (await run(['second-factor', 'codes', code(secret), '--json'])).json<{ recoveryCodes: string[] }>();
  const [recovery = ''] = renewed.recoveryCodes;
  const recovered = await newMachine(context).run(
    ['login', url, '--user', user.userName, '--password-stdin', '--code', recovery],
    { input: testPassword },
  );
  assert.equal(recovered.exitCode, exitCodes.ok, recovered.stderr);
  assert.equal((await run(['second-factor', 'remove', code(secret), '--yes'])).exitCode, exitCodes.ok);
  assert.equal((await run(['login', url, '--password-stdin'], { input: testPassword })).exitCode, exitCodes.ok);
});

test('a role that needs approval is active only after another person approved', async (context) => {
  const { run, tenant } = await signedIn(context);
  const holder = await makeUser(server.services, tenant);
  await run(['role', 'assign', holder.userName, 'security-reader', '--eligible']);
  await run(['role', 'settings', 'security-reader', '--require-approval', 'yes']);
  const theirs = newMachine(context);
  await signInOn(theirs, url, holder);
  const activate = ['role', 'activate', 'security-reader', '--for', '1h', '--justification', 'Audit week'];
  const requested = await theirs.run(activate);
  assert.match(requested.stdout, /waits for approval/, requested.stderr);
  const id = /request ([0-9a-f-]{36})/.exec(requested.stdout)?.[1] ?? '';
  assert.match((await run(['role', 'requests', '--status', 'pending'])).stdout, /Audit week/);
  assert.equal((await theirs.run(['token', 'generate', 'x'])).exitCode, exitCodes.refused);
  const approved = await run(['role', 'approve', id, '--justification', 'Known']);
  assert.equal(approved.exitCode, exitCodes.ok, approved.stderr);
  assert.equal((await theirs.run(['token', 'generate', 'x'])).exitCode, exitCodes.ok);
  assert.equal((await run(['role', 'deactivate', id])).exitCode, exitCodes.ok, 'an administrator ends it');
  assert.equal((await theirs.run(['token', 'generate', 'y'])).exitCode, exitCodes.refused);
  assert.equal((await run(['role', 'unassign', holder.userName, 'security-reader'])).exitCode, exitCodes.ok);
  assert.equal((await run(['role', 'unassign', holder.userName, 'security-reader'])).exitCode, exitCodes.notFound);
});

test('passwords: change the own one, reset that of another', async (context) => {
  const { run, tenant } = await signedIn(context);
  const fresh = 'otter gravel lantern tram';
  const changed = await run(['password', '--password-stdin'], { input: `${testPassword}\n${fresh}\n` });
  assert.equal(changed.exitCode, exitCodes.ok, changed.stderr);
  assert.equal((await run(['login', url, '--password-stdin'], { input: fresh })).exitCode, exitCodes.ok);
  const other = await makeUser(server.services, tenant);
  const reset = await run(['user', 'reset-password', other.userName, '--yes']);
  assert.match(reset.stdout, /One-time password: \S+/);
  assert.equal((await run(['user', 'end-sessions', other.userName])).exitCode, exitCodes.ok);
});

test('over TLS the authority must be known, and the name must be in the certificate', async (context) => {
  const tls = await startTestServer({ tls: true, slugs: ['contoso'] });
  context.after(() => tls.dispose());
  const tenant = await makeTenant(tls.services);
  const user = await makeUser(tls.services, tenant, { role: 'security-reader' });
  const machine = newMachine(context);
  const login = (address: string, ...more: string[]) =>
    machine.run(['login', address, '--user', user.userName, '--password-stdin', ...more], { input: testPassword });
  const unknown = await login(tls.url);
  assert.equal(unknown.exitCode, exitCodes.unreachable);
  assert.match(unknown.stderr, /--ca-file/);
  const caFile = tls.caFile ?? '';
  const known = await login(tls.url, '--ca-file', caFile);
  assert.equal(known.exitCode, exitCodes.ok, known.stderr);
  assert.equal((await machine.run(['whoami'])).exitCode, exitCodes.ok, 'the profile remembers the CA file');
  const wrongName = await login(`https://unheard-of.localhost:${tls.port}`, '--ca-file', caFile);
  assert.equal(wrongName.exitCode, exitCodes.unreachable);
  assert.match(wrongName.stderr, /another name/);
  const noFile = await login(tls.url, '--ca-file', `${caFile}.none`);
  assert.equal(noFile.exitCode, exitCodes.notFound);
});
