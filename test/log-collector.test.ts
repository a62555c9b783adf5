// The log collector beside a real server: what appliances send arrives there, whatever happens to either of them.
import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { connect as connectTls } from 'node:tls';
import type { Tenant } from '../src/directory/tenants.ts';
import { secondMs } from '../src/lib/clock.ts';
import { Collector, type CollectorOptions } from '../src/log-collector/collector.ts';
import { makeTenant } from './support/accounts.ts';
import { makeTestAuthority, type TestAuthority } from './support/authorities.ts';
import { FtpClient } from './support/ftp-client.ts';
import { freePort } from './support/postgres-server.ts';
import { makePerson, type Person, startTestServer, type TestServer } from './support/server.ts';

const waitMs = 20 * secondMs;

let server: TestServer;
let tenant: Tenant;
let boss: Person;
let authority: TestAuthority;
let senders: TestAuthority;
let folder = '';
let running: Collector | undefined;

before(async () => {
  server = await startTestServer({ tls: true, settings: { agentRequestsPerMinute: 10_000 } });
  tenant = await makeTenant(server.services);
  boss = await makePerson(server, tenant, 'global-administrator');
  authority = await makeTestAuthority();
  senders = await makeTestAuthority();
});
after(() => server.dispose());
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'collector-'));
});
afterEach(async () => {
  await running?.stop();
  running = undefined;
  rmSync(folder, { recursive: true, force: true });
});

async function call<T>(method: string, path: string, body?: unknown): Promise<T> {
  const answer = await server.request(`/management/v1${path}`, { method, session: boss.session, body });
  assert.ok(answer.status < 300, `${method} ${path}: ${answer.status} ${answer.text}`);
  return answer.text === '' ? (undefined as T) : answer.json<T & Record<string, unknown>>();
}

let made = 0;
async function makeDataSource(receiver: string, source = 'SQUID_NATIVE_SYSLOG'): Promise<{ id: string; name: string }> {
  const name = `source-${++made}`;
  return await call('POST', '/discovery/data-sources', { name, source, receiver });
}

interface Minted {
  collector: { id: string; status: string; dataSources: { name: string; port: number | null }[] };
  value: string;
}
const makeCollector = (dataSources: { dataSourceId: string; port?: number }[]): Promise<Minted> =>
  call('POST', '/log-collectors', { name: `collector-${++made}`, dataSources });

async function start(token: string, options: Partial<CollectorOptions> = {}): Promise<Collector> {
  running = new Collector({
    server: { url: server.url, caFile: server.caFile, proxy: null },
    token,
    version: '0.0.0',
    stateFolder: folder,
    host: '127.0.0.1',
    tls: null,
    ftp: null,
    spoolBytesMax: 10_000_000,
    segmentBytesMax: 1_000_000,
    flushMs: 200,
    fileBytesMax: 10_000_000,
    pollMs: 300,
    log: () => {},
    ...options,
  });
  await running.start();
  return running;
}

async function until<T>(what: string, look: () => Promise<T | undefined> | T | undefined): Promise<T> {
  const endsAt = Date.now() + waitMs;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    assert.ok(Date.now() < endsAt, `${what} did not happen: ${JSON.stringify(running?.status())}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

const squidLine = (number: number): string =>
  `<13>Nov 21 08:00:00 proxy squid[1]: 1795248000.${String(number % 1000).padStart(3, '0')} 90 192.0.2.${1 + (number % 200)} TCP_MISS/200 ${1000 + number} GET http://www.dropbox.com/${number} amara HIER_DIRECT/203.0.113.7 text/html`;

/** Uploads of the data source that the server has been given to read, with their bytes. */
async function handedOver(streamId: string): Promise<{ source: string; bytes: number; fileName: string }[]> {
  const rows = await server.services.store.db
    .selectFrom('discoveryUploads')
    .select(['source', 'bytes', 'fileName', 'queuedAt'])
    .where('tenantId', '=', tenant.id)
    .where('streamId', '=', streamId)
    .execute();
  return rows.filter(({ queuedAt }) => queuedAt !== null).map((row) => ({ ...row, bytes: row.bytes ?? 0 }));
}

test('syslog over TCP and UDP arrives at the server, and the collector is shown as connected', async () => {
  const tcp = await makeDataSource('syslog-tcp');
  const udp = await makeDataSource('syslog-udp');
  const ports = [await freePort(), await freePort()] as const;
  const { collector, value } = await makeCollector([
    { dataSourceId: tcp.id, port: ports[0] },
    { dataSourceId: udp.id, port: ports[1] },
  ]);
  assert.equal(collector.status, 'created');
  assert.match(value, /^slplc/);
  await start(value);
  const socket = connect(ports[0], '127.0.0.1');
  socket.end(`${squidLine(1)}\n${squidLine(2)}\n`);
  const sender = createSocket('udp4');
  sender.send(squidLine(3), ports[1], '127.0.0.1', () => sender.close());
  for (const { id } of [tcp, udp]) {
    const [upload] = await until('an upload', async () =>
      (await handedOver(id)).length > 0 ? handedOver(id) : undefined,
    );
    assert.equal(upload?.source, 'SQUID_NATIVE_SYSLOG');
    assert.match(upload?.fileName ?? '', /\.log\.gz$/);
  }
  const path = `/log-collectors/${collector.id}`;
  const seen = await until('a report', async () => {
    const { status, dataSources } = await call<{
      status: string;
      dataSources: { report: { linesReceived: number } }[];
    }>('GET', path);
    return dataSources.every(({ report }) => report?.linesReceived > 0) ? { status, dataSources } : undefined;
  });
  assert.equal(seen.status, 'connected');
  assert.deepEqual(seen.dataSources.map(({ report }) => report.linesReceived).sort(), [1, 2]);
});

test('over TLS only a sender with a certificate of the right authority is heard', async () => {
  const source = await makeDataSource('syslog-tls');
  const port = await freePort();
  const { value } = await makeCollector([{ dataSourceId: source.id, port }]);
  const own = await authority.serverPair({ names: ['localhost'] });
  const tls = {
    certificate: Buffer.from(own.cert),
    key: Buffer.from(own.key),
    authorities: Buffer.from(senders.root),
  };
  const collector = await start(value, { tls });
  const sender = await senders.serverPair({ names: ['firewall'], isClient: true });
  const stranger = await authority.serverPair({ names: ['stranger'], isClient: true });
  const options = { host: '127.0.0.1', port, servername: 'localhost', ca: authority.root };
  for (const pair of [{}, stranger]) {
    const socket = connectTls({ ...options, ...pair });
    socket.on('error', () => {});
    socket.on('secureConnect', () => socket.end(`${squidLine(1)}\n`));
    await new Promise((resolve) => socket.once('close', resolve));
  }
  assert.equal(collector.status().inputs[0]?.linesReceived, 0);
  const socket = connectTls({ ...options, ...sender });
  await once(socket, 'secureConnect');
  socket.end(`${squidLine(2)}\n`);
  await until('the line', () => (collector.status().inputs[0]?.linesReceived === 1 ? true : undefined));
  await until('an upload', async () => (await handedOver(source.id))[0]);
});

test('without the server what comes in is kept, over a restart, and arrives when the server is back', async () => {
  const source = await makeDataSource('syslog-tcp');
  const port = await freePort();
  const { value } = await makeCollector([{ dataSourceId: source.id, port }]);
  await start(value);
  await running?.stop();
  // Nobody is at this port: the settings of before are what it starts with.
  const away = { url: `https://localhost:${await freePort()}`, caFile: server.caFile, proxy: null };
  const offline = await start(value, { server: away });
  const lines = Array.from({ length: 500 }, (_, number) => `${squidLine(number)}\n`).join('');
  const socket = connect(port, '127.0.0.1');
  socket.end(lines);
  await until('the lines', () => (offline.status().inputs[0]?.linesReceived === 500 ? true : undefined));
  await until('a problem', () => offline.status().problem ?? undefined);
  await offline.stop();
  assert.deepEqual(await handedOver(source.id), []);
  const again = await start(value);
  await until('an upload', async () => (await handedOver(source.id))[0]);
  await until('an empty spool', () => (again.status().bytesWaiting === 0 ? true : undefined));
  assert.equal((await handedOver(source.id)).length, 1);
});

test('files come in by FTP, in the directory of their data source, and go on as they are', async () => {
  const plain = await makeDataSource('ftp', 'SQUID_NATIVE');
  const secure = await makeDataSource('ftps', 'SQUID_NATIVE');
  const { value } = await makeCollector([{ dataSourceId: plain.id }, { dataSourceId: secure.id }]);
  const own = await authority.serverPair({ names: ['localhost'] });
  const tls = { certificate: Buffer.from(own.cert), key: Buffer.from(own.key), authorities: Buffer.alloc(0) };
  const ftp = {
    port: 0,
    userName: 'discovery',
    password: 'correct horse',
    publicAddress: null,
    firstPassivePort: 0,
    lastPassivePort: 0,
  };
  const collector = await start(value, { tls, ftp });
  const port = collector.status().ftpPort;
  assert.ok(port);
  const client = await FtpClient.connect(port);
  assert.match(await client.say(`STOR /${plain.name}/x.log`), /^530/);
  assert.match(await client.say('USER discovery'), /^331/);
  assert.match(await client.say('PASS wrong'), /^530/);
  assert.match(await client.say('USER discovery'), /^331/);
  assert.match(await client.say('PASS correct horse'), /^230/);
  assert.match(await client.store('/elsewhere/x.log', 'x'), /^553/);
  assert.match(await client.store(`/${secure.name}/x.log`, 'x'), /^522/);
  assert.match(await client.say('CWD /../..'), /^250/);
  assert.match(await client.say(`CWD ${plain.name}`), /^250/);
  assert.match(await client.store('../../../../tmp/evil.log', 'x'), /^553/);
  const content = `${squidLine(7)}\n`;
  assert.match(await client.store('access.log', content), /^226/);
  const [upload] = await until('an upload', async () =>
    (await handedOver(plain.id)).length > 0 ? handedOver(plain.id) : undefined,
  );
  assert.deepEqual([upload?.source, upload?.bytes], ['SQUID_NATIVE', content.length]);
  await client.secure(authority.root);
  assert.match(await client.say('USER discovery'), /^331/);
  assert.match(await client.say('PASS correct horse'), /^230/);
  assert.match(await client.store(`/${secure.name}/access.log`, content), /^226/);
  await until('an upload over TLS', async () => (await handedOver(secure.id))[0]);
  assert.match(await client.say('RETR access.log'), /^502/);
  client.close();
});

test('a revoked token keeps nobody from sending: what comes in waits, and the status says why', async () => {
  const source = await makeDataSource('syslog-tcp');
  const port = await freePort();
  const { collector: made, value } = await makeCollector([{ dataSourceId: source.id, port }]);
  const collector = await start(value);
  const next = await call<Minted>('POST', `/log-collectors/${made.id}/regenerate`);
  const socket = connect(port, '127.0.0.1');
  socket.end(`${squidLine(1)}\n`);
  await until('the refusal', () => (/new token/.test(collector.status().problem ?? '') ? true : undefined));
  assert.equal(collector.status().inputs[0]?.linesReceived, 1);
  assert.deepEqual(await handedOver(source.id), []);
  await collector.stop();
  await start(next.value);
  await until('an upload', async () => (await handedOver(source.id))[0]);
});

test('ports open and close as the data sources are changed at the server', async () => {
  const source = await makeDataSource('syslog-tcp');
  const ports = [await freePort(), await freePort()] as const;
  const { collector: made, value } = await makeCollector([{ dataSourceId: source.id, port: ports[0] }]);
  const collector = await start(value);
  assert.equal(collector.status().inputs[0]?.port, ports[0]);
  await call('PATCH', `/log-collectors/${made.id}`, { dataSources: [{ dataSourceId: source.id, port: ports[1] }] });
  await until('the other port', () => (collector.status().inputs[0]?.port === ports[1] ? true : undefined));
  await assert.rejects(opened(ports[0]));
  (await opened(ports[1])).destroy();
  await call('PATCH', `/log-collectors/${made.id}`, { dataSources: [] });
  await until('no input', () => (collector.status().inputs.length === 0 ? true : undefined));
  await assert.rejects(opened(ports[1]));
});

test('what waits for a data source that was taken away or renamed goes where it came in for', async () => {
  const source = await makeDataSource('syslog-tcp');
  const port = await freePort();
  const { collector: made, value } = await makeCollector([{ dataSourceId: source.id, port }]);
  const collector = await start(value, { flushMs: 60_000 });
  const socket = connect(port, '127.0.0.1');
  socket.end(`${squidLine(1)}\n`);
  await until('the line', () => (collector.status().inputs[0]?.linesReceived === 1 ? true : undefined));
  await call('PUT', `/discovery/data-sources/${source.id}`, {
    ...{ name: `${source.name}-former`, source: 'SQUID_NATIVE_SYSLOG', receiver: 'syslog-tcp' },
  });
  const other = await call<{ id: string }>('POST', '/discovery/data-sources', {
    ...{ name: source.name, source: 'SQUID_NATIVE_SYSLOG', receiver: 'syslog-tcp' },
  });
  await call('PATCH', `/log-collectors/${made.id}`, { dataSources: [] });
  await until('no input', () => (collector.status().inputs.length === 0 ? true : undefined));
  await collector.stop();
  const again = await start(value);
  await until('an upload', async () => (await handedOver(source.id))[0]);
  assert.deepEqual(await handedOver(other.id), []);
  await until('an empty spool', () => (again.status().bytesWaiting === 0 ? true : undefined));
});

test('damaged settings in the state folder are asked for anew', async () => {
  const source = await makeDataSource('syslog-tcp');
  const port = await freePort();
  const { value } = await makeCollector([{ dataSourceId: source.id, port }]);
  for (const text of ['', '{"name":"x"', '{"name":"x","revision":"y","inputs":[{"id":"../.."}]}']) {
    writeFileSync(join(folder, 'settings.json'), text);
    const collector = await start(value);
    assert.equal(collector.status().inputs[0]?.port, port);
    await collector.stop();
  }
});

test('a port for files that was taken at first is opened when it is free, and FTPS without a certificate is named', async () => {
  const plain = await makeDataSource('ftp');
  const secure = await makeDataSource('ftps');
  const { value } = await makeCollector([{ dataSourceId: plain.id }, { dataSourceId: secure.id }]);
  const port = await freePort();
  const other = createServer().listen(port, '127.0.0.1');
  await once(other, 'listening');
  const ftp = {
    ...{ port, userName: 'discovery', password: 'correct horse', publicAddress: null },
    ...{ firstPassivePort: 0, lastPassivePort: 0 },
  };
  const collector = await start(value, { ftp });
  assert.match(collector.status().problem ?? '', /cannot be opened/);
  const [, second] = collector.status().inputs;
  assert.match(second?.problem ?? '', /--tls-certificate/);
  other.close();
  await until('the port', () => collector.status().ftpPort ?? undefined);
  assert.equal(collector.status().problem, null);
});

async function opened(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  return socket;
}

test('a second collector is kept out of the folder of a running one', async () => {
  const { value } = await makeCollector([]);
  await start(value);
  const first = running;
  const lock = join(folder, 'process.lock');
  assert.ok(first);
  // As another process would have written it: this one's own number is taken for a lock that was left behind.
  writeFileSync(lock, String(process.ppid));
  await assert.rejects(start(value), /works with/);
  running = first;
});
