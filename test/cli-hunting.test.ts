// Hunting on the command line: queries against a whole server, and queries that need none.
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, type TestContext, test } from 'node:test';
import { exitCodes } from '../src/cli/exit-codes.ts';
import { processEvent } from './support/hunting.ts';
import { beginHunting, type HuntingStory, signedInMachine } from './support/hunting-calls.ts';
import { newMachine } from './support/machine.ts';
import { startTestServer, type TestServer } from './support/server.ts';

let server: TestServer;
let hunting: HuntingStory;
before(async () => {
  server = await startTestServer({ settings: { huntingRowsMax: 2 } });
  hunting = await beginHunting(server);
});
after(() => server.dispose());

const signedIn = (context: TestContext, role: string) => signedInMachine(context, hunting, role);

const two = 'DeviceProcessEvents | sort by ProcessId asc | take 2 | project ProcessId, ProcessCommandLine';

test('a query is taken as written, from a file or from standard input, and shown in three forms', async (context) => {
  const machine = await signedIn(context, 'security-reader');
  const table = await machine.run(['hunt', two]);
  assert.equal(table.exitCode, exitCodes.ok, table.stderr);
  assert.deepEqual(table.stdout.split('\n').slice(0, 2), ['ProcessId  ProcessCommandLine', '0          cmd /c echo 0']);
  const file = join(machine.folder, 'q.kql');
  writeFileSync(file, `\ufeff${two} | extend Note = 'a,"b"'`);
  const csv = await machine.run(['hunt', '--file', file, '--csv']);
  assert.equal(csv.stdout, 'ProcessId,ProcessCommandLine,Note\n0,cmd /c echo 0,"a,""b"""\n1,cmd /c echo 1,"a,""b"""\n');
  const json = await machine.run(['hunt', '-', '--json'], { input: `${two} | count` });
  assert.deepEqual(json.json<{ Results: unknown[] }>().Results, [{ Count: 2 }]);
  const narrow = await machine.run(['hunt', two, '--timespan', '2026-11-01T08:00:01Z/PT0S', '--csv']);
  assert.equal(narrow.stdout, 'ProcessId,ProcessCommandLine\n1,cmd /c echo 1\n');
});

test('an answer that was cut off, a wrong query and a missing permission are told, with their exit codes', async (context) => {
  const machine = await signedIn(context, 'security-reader');
  assert.match((await machine.run(['hunt', 'DeviceProcessEvents'])).stderr, /cut off after 2 rows/);
  assert.match((await machine.run(['hunt', 'DeviceInfo'])).stderr, /found nothing/);
  const wrong = await machine.run(['hunt', 'DeviceInfo | project x']);
  assert.equal(wrong.exitCode, exitCodes.usage);
  assert.match(wrong.stderr, /'project' operator: Failed to resolve.*line:position=1:22/);
  assert.equal((await machine.run(['hunt'])).exitCode, exitCodes.usage);
  assert.equal((await machine.run(['hunt', 'x', '--file', 'y'])).exitCode, exitCodes.usage);
  assert.equal((await machine.run(['hunt', 'x', '--csv', '--json'])).exitCode, exitCodes.usage);
  const other = await signedIn(context, 'application-administrator');
  const refused = await other.run(['hunt', 'print 1']);
  assert.equal(refused.exitCode, exitCodes.refused, refused.stderr);
  assert.match(refused.stderr, /AdvancedHunting\.Read\.All/);
});

test('kql check marks each fault and needs no server', async (context) => {
  const machine = newMachine(context);
  const [good, bad, late] = ['good', 'bad', 'late'].map((name) => join(machine.folder, `${name}.kql`)) as [
    string,
    string,
    string,
  ]; // Three names.
  writeFileSync(good, 'DeviceInfo | where DeviceName has "pc" | take 5');
  writeFileSync(bad, 'DeviceInfo\n| where Tiemstamp > ago(1d)');
  writeFileSync(late, 'DeviceInfo | evaluate pivot(OSPlatform)');
  const outcome = await machine.run(['kql', 'check', good, bad, late]);
  assert.equal(outcome.exitCode, exitCodes.failed);
  assert.equal(
    outcome.stdout.replaceAll(machine.folder, ''),
    "/bad.kql:2:9: The name 'Tiemstamp' does not refer to any known column, table, variable or function. [KS142]\n" +
      '    | where Tiemstamp > ago(1d)\n            ^^^^^^^^^\n',
  );
  assert.match(outcome.stderr, /late\.kql: the columns of a plugin depend on the data/);
  assert.match(outcome.stderr, /Files checked: 3; wrong: 1\./);
  assert.equal((await machine.run(['kql', 'check', good])).exitCode, exitCodes.ok);
  const json = (await machine.run(['kql', 'check', bad, '--json'])).json<{ items: { diagnostics: unknown[] }[] }>();
  assert.equal(json.items[0]?.diagnostics.length, 1);
});

test('kql test runs a query over the records beside it and tells how its rows differ', async (context) => {
  const { folder, run } = newMachine(context);
  const write = (name: string, files: Record<string, unknown>): void => {
    mkdirSync(join(folder, 'cases', name), { recursive: true });
    for (const [file, content] of Object.entries(files)) {
      writeFileSync(join(folder, 'cases', name, file), typeof content === 'string' ? content : JSON.stringify(content));
    }
  };
  const events = [0, 1, 2].map((index) => `${JSON.stringify(processEvent(index))}\n`).join('');
  const query =
    'DeviceProcessEvents | where Timestamp > ago(1h) and ProcessId > 0 | project Timestamp, ProcessId, FileName';
  const now = { now: '2026-11-01T08:30:00Z' };
  const rows = [{ ProcessId: 2 }, { Timestamp: '2026-11-01T08:00:01Z', ProcessId: 1 }];
  write('right', {
    'query.kql': query,
    'events.ndjson': events,
    'expected.json': [{ ProcessId: 2 }, { ProcessId: 1 }],
    'test.json': now,
  });
  write('timed', { 'query.kql': query, 'events.ndjson': events, 'expected.json': rows, 'test.json': now });
  write('tables', {
    'query.kql':
      'DeviceInfo | join kind=inner DeviceNetworkInfo on DeviceId | project DeviceId, DeviceName, MacAddress',
    'DeviceInfo.json': [{ Timestamp: '2026-11-01T08:00:00Z', DeviceId: 'a', DeviceName: 'pc1' }],
    'DeviceNetworkInfo.ndjson': '{"Timestamp":"2026-11-01T08:00:00Z","DeviceId":"a","MacAddress":"02"}\n',
    'expected.json': [{ DeviceId: 'a', DeviceName: 'pc1', MacAddress: '02' }],
  });
  write('pivots', {
    'query.kql': 'DeviceInfo | evaluate pivot(OSPlatform, count(), DeviceName)',
    'DeviceInfo.json': [
      { Timestamp: '2026-11-01T08:00:00Z', DeviceName: 'pc1', OSPlatform: 'Linux' },
      { Timestamp: '2026-11-01T08:00:01Z', DeviceName: 'pc1', OSPlatform: 'macOS' },
    ],
    'expected.json': [{ DeviceName: 'pc1', Linux: 1, macOS: 1 }],
  });
  const passing = await run(['kql', 'test', join(folder, 'cases')]);
  assert.match(passing.stderr, /Cases run: 4; failed: 1\./);
  // The time of the other row is not named, so it is expected to be none.
  assert.match(passing.stdout, /FAILED {2}\S*timed\n {4}expected, not found: \{"ProcessId":2,"Timestamp":null\}/);
  write('broken', { 'query.kql': 'Foo', 'expected.json': [] });
  write('unread', { 'query.kql': 'DeviceInfo', 'expected.json': '[', 'DeviceInfo.json': [] });
  const failing = await run(['kql', 'test', join(folder, 'cases', 'broken'), join(folder, 'cases', 'unread')]);
  assert.equal(failing.exitCode, exitCodes.failed);
  assert.match(failing.stdout, /query\.kql:1:1: The name 'Foo'/);
  assert.match(failing.stdout, /expected\.json: /);
  assert.equal((await run(['kql', 'test', join(folder, 'cases', 'right')])).exitCode, exitCodes.ok);
  mkdirSync(join(folder, 'empty'));
  assert.equal((await run(['kql', 'test', join(folder, 'empty')])).exitCode, exitCodes.notFound);
});
