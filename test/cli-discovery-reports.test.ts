// Reports of discovered apps on the command line, against a whole server.
import assert from 'node:assert/strict';
import { after, before, type TestContext, test } from 'node:test';
import { exitCodes } from '../src/cli/exit-codes.ts';
import type { Tenant } from '../src/directory/tenants.ts';
import { nameCipher } from '../src/discovery/anonymous-names.ts';
import { getNameKey } from '../src/discovery/name-keys.ts';
import { makeTenant, makeUser } from './support/accounts.ts';
import { addStream, dropbox, gitHub, storeRows } from './support/discovered.ts';
import { newMachine, signInOn } from './support/machine.ts';
import { startTestServer, type TestServer } from './support/server.ts';

let server: TestServer;
let tenant: Tenant;
before(async () => {
  server = await startTestServer();
  tenant = await makeTenant(server.services);
  const proxy = await addStream(server.services, tenant, 'Proxy');
  const firewall = await addStream(server.services, tenant, 'Firewall');
  await storeRows(server.services, tenant.id, proxy, [
    { ...dropbox, uploadedBytes: 12_300_000 },
    { ...gitHub, downloadedBytes: 5, daysAgo: 10, userName: '=1+1' },
  ]);
  await storeRows(server.services, tenant.id, firewall, [{ ...gitHub, downloadedBytes: 7 }]);
});
after(() => server.dispose());

async function signedIn(context: TestContext, role = 'cloud-app-security-administrator') {
  const user = await makeUser(server.services, tenant, { role });
  const machine = newMachine(context);
  await signInOn(machine, `http://localhost:${server.port}`, user);
  const ok = async (...argv: string[]) => {
    const outcome = await machine.run(argv);
    assert.equal(outcome.exitCode, exitCodes.ok, argv.join(' ') + outcome.stderr);
    return outcome.stdout;
  };
  return { ...machine, ok };
}

test('apps, and who uses them, are listed of the global view and of a named report', async (context) => {
  const { ok, run } = await signedIn(context);
  const apps = await ok('discovery', 'apps');
  assert.match(apps, /Dropbox +11627 .* 12\.3 MB +12\.3 MB/);
  assert.match(apps, /GitHub/);
  assert.doesNotMatch(await ok('discovery', 'apps', '--report', 'Proxy', '--days', '7'), /GitHub/);
  const filters = '{"category":{"eq":["CODE_HOSTING"]}}';
  assert.doesNotMatch(await ok('discovery', 'apps', '--filters', filters), /Dropbox/);
  assert.match(await ok('discovery', 'users', '--report', 'Proxy'), /alex@contoso\.example +1 .*Dropbox/);
  assert.match(await ok('discovery', 'addresses'), /192\.0\.2\.1/);
  assert.match(await ok('discovery', 'machines'), /pc-1/);
  assert.match(await ok('discovery', 'categories'), /^CLOUD_STORAGE +1/m);
  assert.match(await ok('discovery', 'report', 'show', '--report', 'Proxy'), /Apps +2[\s\S]*2026-11-21 +12\.3 MB/);
  assert.equal((await run(['discovery', 'apps', '--report', 'Nobody'])).exitCode, exitCodes.notFound);
  assert.equal((await run(['discovery', 'apps', '--days', '8'])).exitCode, exitCodes.usage);
});

test('a list is printed as CSV that spreadsheets take for text', async (context) => {
  const { ok, run } = await signedIn(context);
  const csv = await ok('discovery', 'users', '--report', 'Proxy', '--csv');
  assert.match(csv, /^User,Apps,Total bytes/);
  assert.match(csv, /^'=1\+1,/m);
  assert.equal((await run(['discovery', 'users', '--csv', '--json'])).exitCode, exitCodes.usage);
  const other = await signedIn(context, 'application-administrator');
  assert.equal((await other.run(['discovery', 'users', '--csv'])).exitCode, exitCodes.refused);
});

test('the user behind an anonymous name is told for a reason', async (context) => {
  const { ok, run } = await signedIn(context);
  const hidden = nameCipher(await getNameKey(server.services, tenant.id)).hide('kim@contoso.example');
  assert.equal((await run(['discovery', 'user', 'resolve', hidden])).exitCode, exitCodes.usage);
  const reason = 'Incident 4711: the machine is infected';
  assert.equal(await ok('discovery', 'user', 'resolve', hidden, '--reason', reason), 'kim@contoso.example\n');
});

test('an app discovery policy is made of a template with settings', async (context) => {
  const { ok } = await signedIn(context);
  const settings = '{"tag":"Monitored","daily":{"users":5}}';
  await ok('policy', 'create', 'Risky', '--template', 'new-risky-app', '--settings', settings);
  assert.match(await ok('policy', 'list', '--type', 'NEW_SERVICE'), /Risky +NEW_SERVICE +medium/);
  await ok('policy', 'create', 'CRM', '--type', 'NEW_SERVICE', '--filters', '{"category":{"eq":["CRM"]}}');
  const shown = await ok('policy', 'show', 'Risky');
  assert.match(shown, /"daily":{"users":5}/);
  await ok('policy', 'edit', 'Risky', '--filters', '{"score":{"lt":3}}');
});
