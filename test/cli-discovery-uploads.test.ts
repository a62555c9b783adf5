// Traffic logs, data sources and reports on the command line.
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, type TestContext, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { exitCodes } from '../src/cli/exit-codes.ts';
import { type LogReading, startReadingLogs } from '../src/discovery/uploads/worker.ts';
import { makeTenant, makeUser } from './support/accounts.ts';
import { squidLines } from './support/discovery-uploads.ts';
import { type Machine, newMachine, signInOn } from './support/machine.ts';
import { startTestServer, type TestServer } from './support/server.ts';

let server: TestServer;
let reading: LogReading;
before(async () => {
  server = await startTestServer();
  reading = startReadingLogs(server.services);
});
after(async () => {
  await reading.stop();
  await server.dispose();
});

async function signedIn(context: TestContext, role = 'security-administrator'): Promise<Machine> {
  const machine = newMachine(context);
  const tenant = await makeTenant(server.services);
  await signInOn(machine, `http://localhost:${server.port}`, await makeUser(server.services, tenant, { role }));
  return machine;
}

function write(machine: Machine, name: string, content: string | Buffer): string {
  mkdirSync(machine.folder, { recursive: true });
  const path = join(machine.folder, name);
  writeFileSync(path, content);
  return path;
}

test('a data source is made, plain and packed logs are uploaded to it, and their counts are shown', async (context) => {
  const machine = await signedIn(context);
  const made = await machine.run(['discovery', 'source', 'create', 'proxy-1', '--source', 'SQUID_NATIVE']);
  assert.equal(made.exitCode, exitCodes.ok, made.stderr);
  const plain = write(machine, 'a.log', squidLines(11));
  const packed = write(machine, 'b.log.gz', gzipSync(squidLines(13, 'box.com')));
  const into = ['--source', 'SQUID_NATIVE', '--data-source', 'proxy-1', '--wait'];
  const sent = await machine.run(['discovery', 'upload', plain, packed, ...into]);
  assert.equal(sent.exitCode, exitCodes.ok, sent.stderr);
  assert.match(sent.stdout, /a\.log\.gz: 11 lines read, 11 transactions with 1 apps/);
  assert.match(sent.stdout, /b\.log\.gz: 13 lines read, 13 transactions with 1 apps/);
  const again = await machine.run(['discovery', 'upload', plain, ...into]);
  assert.match(again.stdout, /is the same log as upload/);
  const list = await machine.run(['discovery', 'uploads', 'list', '--state', 'done', '--stream', 'proxy-1']);
  assert.match(list.stdout, /a\.log\.gz +proxy-1 +done +11/);
  const sources = await machine.run(['discovery', 'source', 'list']);
  assert.match(sources.stdout, /proxy-1 +SQUID_NATIVE +- +no +3/);
  const gone = await machine.run(['discovery', 'source', 'delete', 'PROXY-1', '--yes']);
  assert.equal(gone.exitCode, exitCodes.ok, gone.stderr);
  assert.doesNotMatch((await machine.run(['discovery', 'source', 'list'])).stdout, /proxy-1/);
});

test('a log that cannot be read ends with a code of its own and says why', async (context) => {
  const machine = await signedIn(context);
  const bad = write(machine, 'bad.log', 'this is\nno \u202elog\u001b[2J\n'.repeat(20));
  const good = write(machine, 'good.log', squidLines(3));
  const sent = await machine.run([
    ...['discovery', 'upload', bad, good, '--source', 'SQUID_NATIVE', '--snapshot', 'Friday', '--wait', '--json'],
  ]);
  assert.equal(sent.exitCode, exitCodes.partly, sent.stderr);
  const { items } = sent.json<{ items: { id: string; state: string; problem: string | null }[] }>();
  assert.deepEqual(
    items.map(({ state }) => state),
    ['failed', 'done'],
  );
  const shown = await machine.run(['discovery', 'uploads', 'show', items[0]?.id ?? '']);
  assert.match(shown.stdout, /Log format does not match the expected format for SQUID_NATIVE/);
  // What stands in a log draws on nobody's screen.
  assert.match(shown.stderr, /no \\u\{202e\}log/);
  for (const mark of ['\u001b', '\u202e']) assert.ok(!(shown.stdout + shown.stderr).includes(mark));
  const reports = await machine.run(['discovery', 'report', 'list']);
  assert.match(reports.stdout, /Global View +global view/);
  assert.match(reports.stdout, /Friday +snapshot report +2 \(1 failed\)/);
  const removed = await machine.run(['discovery', 'uploads', 'delete', items[1]?.id ?? '', '--yes']);
  assert.equal(removed.exitCode, exitCodes.ok, removed.stderr);
  const missing = await machine.run(['discovery', 'uploads', 'show', items[1]?.id ?? '']);
  assert.equal(missing.exitCode, exitCodes.notFound);
});

test('a report over some of the traffic is made of names, and its deletion asks', async (context) => {
  const machine = await signedIn(context);
  await machine.run(['discovery', 'source', 'create', 'branch-1', '--source', '114', '--anonymize-users']);
  const options = ['--data-source', 'Branch-1', '--ip-range', '192.0.2.0/24', '--ip-tag', 'Zscaler', '--json'];
  const made = await machine.run(['discovery', 'report', 'create', 'Branches', ...options]);
  assert.equal(made.exitCode, exitCodes.ok, made.stderr);
  const { filters } = made.json<{ filters: { dataSources: string[]; ipTags: string[]; ipRanges: string[] } }>();
  assert.deepEqual(
    [filters.dataSources.length, filters.ipTags, filters.ipRanges],
    [1, ['000000160000000000000000'], ['192.0.2.0/24']],
  );
  assert.equal((await machine.run(['discovery', 'report', 'delete', 'Branches'])).exitCode, exitCodes.usage);
  assert.equal((await machine.run(['discovery', 'report', 'delete', 'branches', '--yes'])).exitCode, exitCodes.ok);
  const builtIn = await machine.run(['discovery', 'report', 'delete', 'Global View', '--yes']);
  assert.equal(builtIn.exitCode, exitCodes.conflict);
});

test('what is missing on the command line is said before anything is sent; who may not upload is refused', async (context) => {
  const machine = await signedIn(context, 'security-reader');
  const file = write(machine, 'a.log', squidLines(1));
  const run = async (...argv: string[]) => (await machine.run(['discovery', 'upload', ...argv])).exitCode;
  assert.equal(await run(file, '--data-source', 'x'), exitCodes.usage);
  assert.equal(await run(file, '--source', 'SQUID'), exitCodes.usage);
  assert.equal(await run(file, '--source', 'SQUID', '--data-source', 'x', '--snapshot', 'y'), exitCodes.usage);
  assert.equal(await run(`${file}.none`, '--source', 'SQUID', '--snapshot', 'y'), exitCodes.usage);
  assert.equal(await run(file, '--source', 'SQUID', '--snapshot', 'y'), exitCodes.refused);
});
