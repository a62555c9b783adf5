// Policies on the command line, against a whole server.
import assert from 'node:assert/strict';
import { after, before, type TestContext, test } from 'node:test';
import { insertActivities } from '../src/activities/store.ts';
import { exitCodes } from '../src/cli/exit-codes.ts';
import { dayMs } from '../src/lib/clock.ts';
import { startBackfills } from '../src/policies/backfills.ts';
import { makeTenant, makeUser } from './support/accounts.ts';
import { madeActivity } from './support/activities.ts';
import { newMachine, signInOn } from './support/machine.ts';
import { startTestServer, type TestServer } from './support/server.ts';

let server: TestServer;

before(async () => {
  server = await startTestServer();
});
after(() => server.dispose());

async function signedIn(context: TestContext, role: string) {
  const tenant = await makeTenant(server.services);
  const user = await makeUser(server.services, tenant, { role });
  const machine = newMachine(context);
  await signInOn(machine, `http://localhost:${server.port}`, user);
  const ok = async (...argv: string[]) => {
    const outcome = await machine.run(argv);
    assert.equal(outcome.exitCode, exitCodes.ok, argv.join(' ') + outcome.stderr);
    return outcome;
  };
  return { ...machine, tenant, ok };
}

test('a policy is made from a template, changed, switched off and deleted', async (context) => {
  const { ok, run } = await signedIn(context, 'cloud-app-security-administrator');
  assert.match((await ok('policy', 'templates')).stdout, /mass-download/);
  await ok(
    'policy',
    'create',
    'Downloads',
    '--template',
    'mass-download',
    '--daily-limit',
    '7',
    '--risk-category',
    '3',
  );
  assert.match((await ok('policy', 'list')).stdout, /Downloads +AUDIT +high/);
  const created = (await ok('policy', 'show', 'Downloads', '--json')).json<{
    dailyAlertLimit: number;
    riskCategory: number;
    repetition: Record<string, unknown>;
  }>();
  assert.deepEqual([created.dailyAlertLimit, created.riskCategory], [7, 3]);
  await ok('policy', 'edit', 'Downloads', '--repeat', '20', '--within', '2h', '--same-app');
  assert.match((await ok('policy', 'show', 'Downloads')).stdout, /20 \/ 2h/);
  await ok('policy', 'edit', 'Downloads', '--single', '--filters', '{"actionType":{"eq":["FileDownloaded"]}}');
  await ok('policy', 'disable', 'Downloads');
  await ok('policy', 'enable', 'Downloads');
  assert.equal((await run(['policy', 'create', 'Wrong', '--filters', '{'])).exitCode, exitCodes.usage);
  assert.equal((await run(['policy', 'create', 'Wrong', '--repeat', '3'])).exitCode, exitCodes.usage);
  assert.match((await ok('policy', 'history', 'Downloads')).stdout, /edited/);
  await ok('policy', 'delete', 'Downloads', '--yes');
  assert.equal((await run(['policy', 'show', 'Downloads'])).exitCode, exitCodes.notFound);
});

test('a dry run tells what a backfill raises, whose matches are listed', async (context) => {
  const { ok, tenant } = await signedIn(context, 'cloud-app-security-administrator');
  const from = server.services.clock() - dayMs;
  const rows = [0, 1, 2].map((index) => madeActivity(index, { timestamp: from + index * 1000 }));
  await insertActivities(server.services.events, tenant.id, rows);
  await ok('policy', 'create', 'All', '--filters', '{"actionType":{"eq":["FileDownloaded"]}}');
  const period = [
    '--from',
    new Date(from - dayMs).toISOString(),
    '--until',
    new Date(server.services.clock()).toISOString(),
  ];
  assert.match((await ok('policy', 'dry-run', 'All', ...period)).stdout, /3 matches, 3 alerts/);
  const none = (await ok('policy', 'matches', 'All', '--json')).json<{ items: unknown[] }>();
  assert.deepEqual(none.items, []);
  await ok('policy', 'backfill', 'All', '--no-wait', ...period);
  const runner = startBackfills(server.services);
  await runner.settled();
  const again = await ok('policy', 'backfill', 'All', ...period);
  await runner.stop();
  assert.match(again.stdout, /3 matches, 0 alerts/);
  const matches = (await ok('policy', 'matches', 'All', '--json')).json<{ items: { alert: string | null }[] }>();
  assert.equal(matches.items.length, 3);
  assert.ok(matches.items.every(({ alert }) => alert !== null));
});

test('a reader lists policies and changes none', async (context) => {
  const { ok, run } = await signedIn(context, 'security-reader');
  await ok('policy', 'list');
  assert.equal((await run(['policy', 'create', 'No'])).exitCode, exitCodes.refused);
});
