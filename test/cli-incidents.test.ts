// Incidents on the command line, against a whole server.
import assert from 'node:assert/strict';
import { after, before, type TestContext, test } from 'node:test';
import { exitCodes } from '../src/cli/exit-codes.ts';
import type { WireIncident } from '../src/cli/wire.ts';
import type { Tenant } from '../src/directory/tenants.ts';
import { raiseAlerts } from '../src/incidents/raise.ts';
import { makeTenant, makeUser } from './support/accounts.ts';
import { sampleDraft, user } from './support/drafts.ts';
import { newMachine, signInOn } from './support/machine.ts';
import { startTestServer, type TestServer } from './support/server.ts';

let server: TestServer;

before(async () => {
  server = await startTestServer();
});
after(() => server.dispose());

async function signedIn(context: TestContext, tenant: Tenant, role = 'security-operator') {
  const person = await makeUser(server.services, tenant, { role });
  const machine = newMachine(context);
  await signInOn(machine, `http://localhost:${server.port}`, person);
  const ok = async (...argv: string[]) => {
    const outcome = await machine.run(argv);
    assert.equal(outcome.exitCode, exitCodes.ok, argv.join(' ') + outcome.stderr);
    return outcome;
  };
  return { ...machine, person, ok };
}

async function raise(tenant: Tenant, ...drafts: Parameters<typeof raiseAlerts>[2]): Promise<string> {
  server.services.testClock.advance(1000);
  const [first] = await raiseAlerts(server.services, tenant.id, drafts);
  return String(first?.incidentId);
}

const person = (name: string) => user(`${name}@contoso.example`);

test('incidents are listed by status, shown with the reasons of their alerts, and changed', async (context) => {
  const tenant = await makeTenant(server.services);
  const { ok, run, person: who } = await signedIn(context, tenant);
  const one = await raise(tenant, sampleDraft('a1', [person('ana')]), sampleDraft('a2', [person('ana')]));
  const two = await raise(tenant, sampleDraft('b1', [person('ben')]));
  const shown = (await ok('incident', 'show', one)).stdout;
  assert.match(shown, /a2 +shares user ana@contoso\.example with a1/);
  await ok('incident', 'update', one, '--assign', who.userName, '--tag', 'red', '--severity', 'High');
  const change = ['--status', 'Resolved', '--classification', 'truePositive', '--determination', 'phishing'];
  await ok('incident', 'update', one, ...change, '--comment', 'Seen to', '--name', 'Two downloads');
  const now = (await ok('incident', 'show', one, '--json')).json<WireIncident>();
  assert.deepEqual(
    [now.name, now.status, now.severity, now.classification, now.determination, now.assignedTo, now.tags],
    ['Two downloads', 'Resolved', 'High', 'truePositive', 'phishing', who.userName, ['red']],
  );
  await ok('incident', 'update', one, '--unassign');
  const ids = async (...options: string[]) =>
    (await ok('incident', 'list', '--json', ...options))
      .json<{ items: { incidentId: number }[]; total: number }>()
      .items.map(({ incidentId }) => String(incidentId));
  assert.deepEqual(await ids(), [one, two]);
  assert.deepEqual(await ids('--status', 'Active'), [two]);
  assert.deepEqual(await ids('--severity', 'High'), [one]);
  assert.deepEqual(await ids('--assigned-to', who.userName), []);
  assert.match((await ok('incident', 'list')).stdout, /Two downloads +Resolved +High +2/);
  for (const wrong of [
    ['show', 'none'],
    ['update', one],
    ['update', one, '--assign', 'x', '--unassign'],
  ]) {
    assert.equal((await run(['incident', ...wrong])).exitCode, exitCodes.usage, wrong.join(' '));
  }
  assert.equal((await run(['incident', 'show', '7'])).exitCode, exitCodes.notFound);
});

test('incidents are merged into the oldest and split again', async (context) => {
  const tenant = await makeTenant(server.services);
  const { ok, run } = await signedIn(context, tenant);
  const one = await raise(tenant, sampleDraft('a1', [person('ana')]));
  const two = await raise(tenant, sampleDraft('b1', [person('ben')]));
  assert.equal((await run(['incident', 'merge', one])).exitCode, exitCodes.usage);
  const merged = await ok('incident', 'merge', two, one, '--comment', 'One attacker', '--yes', '--json');
  assert.deepEqual(merged.json(), { incidentId: Number(one) });
  assert.match((await ok('incident', 'show', two)).stdout, new RegExp(`Redirected -> ${one}`));
  const { incidentId } = (await ok('incident', 'split', 'b1', '--json')).json<{ incidentId: number }>();
  assert.notEqual(String(incidentId), one);
  assert.match((await ok('incident', 'show', String(incidentId))).stdout, new RegExp(`b1 +moved from incident ${one}`));
  await ok('incident', 'split', 'b1', '--into', one);
  const whole = (await ok('incident', 'show', one, '--json')).json<WireIncident>();
  assert.deepEqual([...whole.alertIds].sort(), ['a1', 'b1']);
});

test('a reader lists incidents and changes none, and no other organisation sees them', async (context) => {
  const tenant = await makeTenant(server.services);
  const one = await raise(tenant, sampleDraft('a1', [person('ana')]));
  const reader = await signedIn(context, tenant, 'security-reader');
  await reader.ok('incident', 'show', one);
  assert.equal((await reader.run(['incident', 'update', one, '--status', 'Resolved'])).exitCode, exitCodes.refused);
  const other = await signedIn(context, await makeTenant(server.services));
  assert.equal((await other.run(['incident', 'show', one])).exitCode, exitCodes.notFound);
  assert.equal((await other.run(['incident', 'update', one, '--status', 'Resolved'])).exitCode, exitCodes.notFound);
});
