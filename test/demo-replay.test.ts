// `sallyport demo replay` against a server that holds the demo: what it sends becomes one incident, and no other server
// gets anything.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { after, before, type TestContext, test } from 'node:test';
import type { Following } from '../src/activities/following.ts';
import { exitCodes } from '../src/cli/exit-codes.ts';
import { type SeededDemo, seedDemo } from '../src/demo/seed.ts';
import { activitiesTable } from '../src/events/catalogue.ts';
import { name, sql } from '../src/events/sql.ts';
import { followEverything } from '../src/running/followers.ts';
import { makeTenant } from './support/accounts.ts';
import { WallClock } from './support/clock.ts';
import { newMachine } from './support/machine.ts';
import { startTestServer, type TestServer } from './support/server.ts';

let server: TestServer;
let demo: SeededDemo;
let following: Following;
before(async () => {
  // A replay happens at the time that it is, so the server has to be in that time as well.
  server = await startTestServer({ testClock: new WallClock() });
  demo = await seedDemo(server.services, () => {});
  following = followEverything(server.services);
  await following.settled();
});
after(async () => {
  await following.stop();
  await server.dispose();
});

/** A machine with the file that a demo at this address writes. */
function machineFor(context: TestContext, { port }: Pick<TestServer, 'port'>) {
  const machine = newMachine(context);
  const content = { url: `http://localhost:${port}`, caFile: null, tenants: demo.tenants };
  writeFileSync(machine.environment.demoFile, JSON.stringify(content));
  return machine;
}

const contoso = () => demo.tenants.contoso ?? assert.fail();

async function countActivities({ services }: TestServer): Promise<number> {
  const [row] = await services.events.query(sql`select count(*) from ${name(activitiesTable.name)}`);
  return Number(row?.[0]);
}

/** Titles of the open incidents' alerts that name this account and happened after that time. */
async function alertsAbout(userName: string, since: number): Promise<string[][]> {
  const rows = await server.services.store.db
    .selectFrom('incidents')
    .select('body')
    .where('tenantId', '=', contoso().id as never) // An id of a tenant, as demo.json has it.
    .where('status', '=', 'Active')
    .execute();
  return rows.flatMap(({ body }) => {
    const { alerts } = JSON.parse(body) as { alerts: { title: string; lastActivity: string; entities: unknown }[] };
    const own = alerts.filter(
      ({ lastActivity, entities }) => Date.parse(lastActivity) >= since && JSON.stringify(entities).includes(userName),
    );
    return own.length > 0 ? [own.map(({ title }) => title)] : [];
  });
}

interface Played {
  readonly victim: string;
  readonly records: number;
  readonly sent: number;
  readonly isComplete: boolean;
}

test('a story that is played becomes one incident, and can be played again', async (context) => {
  const { run } = machineFor(context, server);
  const since = Date.now() - 1000;
  const before = await countActivities(server);
  const played: Played[] = [];
  for (let time = 0; time < 2; time++) {
    const outcome = await run(['demo', 'replay', 'token', '--speed', '5000', '--json']);
    assert.equal(outcome.exitCode, exitCodes.ok, outcome.stderr);
    played.push(outcome.json<Played>());
    assert.match(outcome.stderr, /turns up at 2001:db8:f0:/);
  }
  assert.ok(played.every(({ isComplete, sent, records }) => isComplete && sent === records));
  assert.equal(await countActivities(server), before + played.reduce((sum, { sent }) => sum + sent, 0));
  await following.settled();
  const incidents = await alertsAbout(played[0]?.victim ?? '', since);
  assert.equal(incidents.length, 1);
  for (const beginning of ['A program read the session cookies', 'Impossible travel'])
    assert.ok(
      incidents[0]?.some((title) => title.startsWith(beginning)),
      beginning,
    );
});

test('the pieces of a story are told in words while it is played', async (context) => {
  const { run } = machineFor(context, server);
  const { stderr, stdout } = await run(['demo', 'replay', 'spray', '--speed', '10000']);
  for (const said of [/Passwords are tried/, /One password was right/, /is read/, /sends mail outside/])
    assert.match(stderr, said);
  assert.match(stdout, /All \d+ records were sent/);
});

test('a server that is not the demo gets nothing', async (context) => {
  const real = await startTestServer();
  context.after(() => real.dispose());
  await makeTenant(real.services);
  const { run } = machineFor(context, real);
  const outcome = await run(['demo', 'replay', 'consent', '--speed', '5000']);
  assert.equal(outcome.exitCode, exitCodes.refused, outcome.stderr);
  assert.match(outcome.stderr, /is not the demo/);
  assert.equal(await countActivities(real), 0);
});

test('stories and speeds that there are not are refused with those that there are', async (context) => {
  const { run } = machineFor(context, server);
  const story = await run(['demo', 'replay', 'flood']);
  assert.equal(story.exitCode, exitCodes.usage);
  assert.match(story.stderr, /spray, consent, token/);
  for (const speed of ['0', '-1', 'fast', '1e9', '10001']) {
    const outcome = await run(['demo', 'replay', 'spray', `--speed=${speed}`]);
    assert.equal(outcome.exitCode, exitCodes.usage, speed);
    assert.match(outcome.stderr, /from 0\.1 to 10000/);
  }
});
