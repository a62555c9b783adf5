// The log collector as a process: killed while it receives and while it sends, and started again over what it left.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Tenant } from '../src/directory/tenants.ts';
import { startReadingLogs } from '../src/discovery/uploads/worker.ts';
import { sql } from '../src/events/sql.ts';
import { secondMs } from '../src/lib/clock.ts';
import type { CollectorStatus } from '../src/log-collector/status.ts';
import { makeTenant } from './support/accounts.ts';
import { type Started, startCommand } from './support/command.ts';
import { freePort } from './support/postgres-server.ts';
import { makePerson, type Person, startTestServer, type TestServer } from './support/server.ts';

const waitMs = 60 * secondMs;
const rounds = 4;
const linesEach = 2000;

let server: TestServer;
let tenant: Tenant;
let boss: Person;
const folder = mkdtempSync(join(tmpdir(), 'collector-process-'));
const state = join(folder, 'state');
const tokenFile = join(folder, 'token');

before(async () => {
  server = await startTestServer({ tls: true, settings: { agentRequestsPerMinute: 10_000 } });
  tenant = await makeTenant(server.services);
  boss = await makePerson(server, tenant, 'global-administrator');
});
after(async () => {
  await server.dispose();
  rmSync(folder, { recursive: true, force: true });
});

async function post<T>(path: string, body: unknown): Promise<T> {
  const answer = await server.request(`/management/v1${path}`, { session: boss.session, body });
  assert.equal(answer.status, 201, answer.text);
  return answer.json<T & Record<string, unknown>>();
}

function startCollector(statusPort: number, ...more: string[]): Started {
  const ca = server.caFile ?? '';
  const argv = ['log-collector', '--server', server.url, '--ca', ca, '--state', state, '--listen', '127.0.0.1'];
  return startCommand([...argv, '--flush-seconds', '1', '--status-port', String(statusPort), ...more], {});
}

async function until(what: string, look: () => Promise<boolean>): Promise<void> {
  const endsAt = Date.now() + waitMs;
  while (!(await look().catch(() => false))) {
    assert.ok(Date.now() < endsAt, `${what} did not happen.`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

const statusAt = async (port: number): Promise<CollectorStatus> =>
  (await fetch(`http://127.0.0.1:${port}/status.json`)).json() as Promise<CollectorStatus>; // Its own answer.

const line = (number: number): string =>
  `<13>Nov 21 08:00:00 proxy squid[1]: 1795248000.000 90 192.0.2.7 TCP_MISS/200 1000 GET http://www.dropbox.com/${number} amara HIER_DIRECT/203.0.113.7 text/html\n`;

test('however often it is killed, every line that it took arrives, and none counts twice', async () => {
  const source = await post<{ id: string }>('/discovery/data-sources', {
    ...{ name: 'proxy', source: 'SQUID_NATIVE_SYSLOG', receiver: 'syslog-tcp' },
  });
  const port = await freePort();
  const { value } = await post<{ value: string }>('/log-collectors', {
    ...{ name: 'edge', dataSources: [{ dataSourceId: source.id, port }] },
  });
  writeFileSync(tokenFile, `${value}\n`, { mode: 0o600 });
  for (let round = 0; round < rounds; round++) {
    const statusPort = await freePort();
    const process = startCollector(statusPort, ...(round === 0 ? [] : ['--token-file', tokenFile]));
    process.child.stdin.end(round === 0 ? `${value}\n` : '');
    await process.until(/runs with 1 data sources/);
    assert.ok(!process.output().includes(value.slice(5)));
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    for (let number = 0; number < linesEach; number++) socket.write(line(round * linesEach + number));
    await until('the lines', async () => (await statusAt(statusPort)).inputs[0]?.linesReceived === linesEach);
    // Some rounds end before anything was sent, some in the middle of it, some after it.
    await new Promise((resolve) => setTimeout(resolve, round * 700));
    await process.stop('SIGKILL');
    socket.destroy();
  }
  const statusPort = await freePort();
  const last = startCollector(statusPort, '--token-file', tokenFile);
  last.child.stdin.end();
  await until('an empty spool', async () => (await statusAt(statusPort)).bytesWaiting === 0);
  const page = await (await fetch(`http://127.0.0.1:${statusPort}/`)).text();
  assert.match(page, /<h1>.*edge<\/h1>/);
  const { code } = await last.stop('SIGTERM');
  assert.equal(code, 0);
  const reading = startReadingLogs(server.services);
  await reading.settled();
  await reading.stop();
  const [[counted] = []] = await server.services.events.query(
    sql`select sum("transactions") from discovery.main."discoveryTraffic" where "tenantId" = ${{ uuid: tenant.id }}`,
  );
  assert.equal(Number(counted), rounds * linesEach);
  const status = await startCommand(['log-collector', 'status', '--state', state], {}).ended;
  assert.equal(status.code, 0, status.stderr);
  assert.match(status.stdout, /edge/);
  // What it wrote last is old: then it runs no more, whatever it wrote.
  const file = join(state, 'status.json');
  const written = JSON.parse(readFileSync(file, 'utf8')) as CollectorStatus; // Its own.
  writeFileSync(file, JSON.stringify({ ...written, updatedAt: Date.now() - 3600 * secondMs }));
  const stale = await startCommand(['log-collector', 'status', '--state', state], {}).ended;
  assert.equal(stale.code, 1);
  assert.match(stale.stderr, /does not run/);
});

test('a status port that is taken, and a server without TLS, are reasons not to start', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port } = other.address() as AddressInfo; // It listens to TCP.
  const place = join(folder, 'third');
  const taken = startCommand(
    ['log-collector', '--server', 'https://localhost:1', '--state', place, '--status-port', String(port)],
    {},
  );
  taken.child.stdin.end(`slplc${'0'.repeat(64)}\n`);
  const { code, stderr } = await taken.ended;
  assert.notEqual(code, 0);
  assert.match(stderr, /EADDRINUSE/);
  other.close();
  const clear = startCommand(['log-collector', '--server', 'http://sallyport.example', '--state', place], {});
  clear.child.stdin.end(`slplc${'0'.repeat(64)}\n`);
  const refused = await clear.ended;
  assert.notEqual(refused.code, 0);
  assert.match(refused.stderr, /http:\/\/sallyport.example/);
});

test('what it cannot start with is said in a sentence', async () => {
  const ended = async (argv: string[], input = ''): Promise<string> => {
    const started = startCommand(['log-collector', ...argv], {});
    started.child.stdin.end(input);
    const { code, stderr } = await started.ended;
    assert.notEqual(code, 0);
    return stderr;
  };
  assert.match(await ended([]), /--server/);
  const place = ['--server', 'https://localhost:1', '--state', join(folder, 'other')];
  assert.match(await ended(place), /no token/);
  assert.match(await ended(place, 'short\n'), /no token/);
  chmodSync(tokenFile, 0o644);
  assert.match(await ended([...place, '--token-file', tokenFile]), /chmod 600/);
  assert.match(await ended([...place, '--proxy', 'socks://x']), /--proxy/);
  assert.match(await ended([...place, '--tls-certificate', '/nowhere', '--tls-key', '/nowhere']), /nowhere/);
  assert.match(await ended(['status', '--state', join(folder, 'nobody')]), /No log collector/);
});
