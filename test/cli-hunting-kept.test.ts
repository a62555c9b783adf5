// Saved queries, watchlists and retention of hunting data on the command line.
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, type TestContext, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { exitCodes } from '../src/cli/exit-codes.ts';
import { beginHunting, type HuntingStory, signedInMachine } from './support/hunting-calls.ts';
import { newMachine } from './support/machine.ts';
import { startTestServer, type TestServer } from './support/server.ts';

let server: TestServer;
let hunting: HuntingStory;
before(async () => {
  server = await startTestServer({ settings: { huntingKeepDays: 90 } });
  hunting = await beginHunting(server);
});
after(() => server.dispose());

async function signedIn(context: TestContext, role: string) {
  const machine = await signedInMachine(context, hunting, role);
  const ok = async (...argv: string[]) => {
    const outcome = await machine.run(argv);
    assert.equal(outcome.exitCode, exitCodes.ok, `${argv.join(' ')}: ${outcome.stderr}`);
    return outcome;
  };
  return { machine, ok };
}

test('a query is saved, run, changed, shared, found by others, made private and deleted', async (context) => {
  const { machine, ok } = await signedIn(context, 'security-reader');
  const other = await signedIn(context, 'security-reader');
  const text = 'DeviceProcessEvents | sort by ProcessId asc | project ProcessId';
  assert.match(
    (await ok('hunt', 'saved', 'save', 'First three', `${text} | take 3`, '--folder', 'F')).stdout,
    /is saved/,
  );
  assert.equal((await ok('hunt', 'saved', 'run', 'First three', '--csv')).stdout, 'ProcessId\n0\n1\n2\n');
  const file = join(machine.folder, 'q.kql');
  writeFileSync(file, `${text}\n| take 1`);
  const changed = ['hunt', 'saved', 'save', 'First three', '--file', file, '--folder', 'F', '--description', 'One'];
  assert.match((await ok(...changed)).stdout, /is changed/);
  assert.equal((await ok('hunt', 'saved', 'run', 'First three', '--csv')).stdout, 'ProcessId\n0\n');
  assert.match(
    (await ok('hunt', 'saved', 'show', 'First three')).stdout,
    /F\n[\s\S]*One[\s\S]*project ProcessId\n\| take 1/,
  );
  assert.equal((await other.machine.run(['hunt', 'saved', 'show', 'First three'])).exitCode, exitCodes.notFound);
  await ok('hunt', 'saved', 'share', 'First three');
  assert.match((await other.ok('hunt', 'saved', 'list', '--shared')).stdout, /First three +yes/);
  const refused = await other.machine.run(['hunt', 'saved', 'delete', 'First three', '--yes']);
  assert.equal(refused.exitCode, exitCodes.refused, refused.stderr);
  await ok('hunt', 'saved', 'unshare', 'First three');
  assert.equal((await other.machine.run(['hunt', 'saved', 'show', 'First three'])).exitCode, exitCodes.notFound);
  await ok('hunt', 'saved', 'delete', 'First three', '--yes');
  assert.doesNotMatch((await ok('hunt', 'saved', 'list')).stdout, /First/);
});

test('a query with a fault is saved with a note of its place', async (context) => {
  const { ok } = await signedIn(context, 'security-reader');
  const { stderr } = await ok('hunt', 'saved', 'save', 'Draft', 'DeviceInfo | where Nope == 1');
  assert.match(stderr, /Line 1, column 20: .*Nope/);
});

test('hunt still takes a query, and its help names the groups below it', async (context) => {
  const { machine, ok } = await signedIn(context, 'security-reader');
  assert.equal((await ok('hunt', 'print a = 1', '--csv')).stdout, 'a\n1\n');
  assert.match((await ok('help', 'hunt')).stdout, /sallyport hunt saved …/);
  assert.match((await ok('help')).stdout, /hunt +Run a hunting query/);
  assert.equal((await machine.run(['hunt', 'saved'])).exitCode, exitCodes.usage);
});

test('a watchlist is made of a file, read by a query, shown, replaced from standard input and deleted', async (context) => {
  const { machine, ok } = await signedIn(context, 'security-administrator');
  const file = join(machine.folder, 'vips.csv.gz');
  writeFileSync(file, gzipSync('\ufeffUser,Level\nada,1\nbob,2\n'));
  const put = ['watchlist', 'put', 'vips', file, '--search-key', 'User', '--description', 'Board'];
  assert.match((await ok(...put)).stdout, /vips has 2 rows/);
  assert.match((await ok('watchlist', 'list')).stdout, /vips +2 +User +User, Level/);
  assert.match((await ok('watchlist', 'show', 'vips')).stdout, /Board[\s\S]*User +Level\nada +1\nbob +2/);
  const query = "_GetWatchlist('vips') | project SearchKey, Level | sort by Level asc";
  assert.equal((await ok('hunt', query, '--csv')).stdout, 'SearchKey,Level\nada,1\nbob,2\n');
  const again = await machine.run(['watchlist', 'put', 'vips', '-', '--search-key', 'User'], { input: 'User\neve\n' });
  assert.match(again.stdout, /vips has 1 row/);
  const wrong = await machine.run(['watchlist', 'put', 'vips', '-', '--search-key', 'Usr'], { input: 'User\neve\n' });
  assert.match(wrong.stderr, /no column Usr/);
  assert.equal((await machine.run(['watchlist', 'put', 'vips', file])).exitCode, exitCodes.usage);
  await ok('watchlist', 'delete', 'vips', '--yes');
  assert.match((await machine.run(['hunt', query])).stderr, /no watchlist vips/);
});

test('retention is shown to who may hunt, and chosen within what the operator allows', async (context) => {
  const reader = await signedIn(context, 'security-reader');
  assert.match((await reader.ok('hunt', 'retention', 'show')).stdout, /for 90 days .* up to 90/);
  assert.equal((await reader.machine.run(['hunt', 'retention', 'set', '--days', '5'])).exitCode, exitCodes.refused);
  const { machine, ok } = await signedIn(context, 'security-administrator');
  const chosen = await ok('hunt', 'retention', 'set', '--days', '60', '--table', 'devicenetworkevents=7');
  assert.match(chosen.stdout, /for 60 days[\s\S]*DeviceNetworkEvents: 7 days/);
  assert.match((await machine.run(['hunt', 'retention', 'set', '--days', '91'])).stderr, /1 to 90 days/);
  assert.match((await machine.run(['hunt', 'retention', 'set', '--table', 'Nope=7'])).stderr, /no hunting table Nope/);
  for (const wrong of [[], ['--days', 'x'], ['--table', 'x']]) {
    assert.equal((await machine.run(['hunt', 'retention', 'set', ...wrong])).exitCode, exitCodes.usage);
  }
  const back = await ok('hunt', 'retention', 'set', '--days', 'none', '--table', 'DeviceNetworkEvents=none', '--json');
  assert.deepEqual(back.json(), { daysMax: 90, days: null, keptDays: 90, tables: [] });
});

test('kql test reads the watchlists beside a case, and kql check takes a query that reads one as far as it goes', async (context) => {
  const { folder, run } = newMachine(context);
  const write = (name: string, files: Record<string, string>): void => {
    mkdirSync(join(folder, 'cases', name), { recursive: true });
    for (const [file, content] of Object.entries(files)) writeFileSync(join(folder, 'cases', name, file), content);
  };
  const query = `DeviceInfo | join kind=inner (_GetWatchlist('vip pcs')) on $left.DeviceName == $right.SearchKey | project DeviceName, Owner`;
  const files = {
    'query.kql': query,
    'DeviceInfo.json':
      '[{"Timestamp":"2026-11-01T08:00:00Z","DeviceName":"pc1"},{"Timestamp":"2026-11-01T08:00:00Z","DeviceName":"pc2"}]',
    'expected.json': '[{"DeviceName":"pc2","Owner":"ada"}]',
  };
  write('right', { ...files, 'vip pcs.watchlist.csv': 'Name,Owner\npc2,ada\n' });
  write('missing', files);
  write('wrong', { ...files, 'vip pcs.watchlist.csv': 'Name,Name\n' });
  const tested = await run(['kql', 'test', join(folder, 'cases')]);
  assert.match(tested.stderr, /Cases run: 3; failed: 2\./);
  assert.match(tested.stdout, /There is no watchlist vip pcs/);
  assert.match(tested.stdout, /two columns Name/);
  const checked = await run(['kql', 'check', join(folder, 'cases', 'right', 'query.kql')]);
  assert.equal(checked.exitCode, exitCodes.ok, checked.stdout);
});
