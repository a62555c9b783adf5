import assert from 'node:assert/strict';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { makeTenant } from '../../test/support/accounts.ts';
import { makePerson, makeToken, startTestServer, type TestServer } from '../../test/support/server.ts';
import { smallDisk } from '../../test/support/small-disk.ts';
import { openServer, ServerRefusal } from './server.ts';
import { StateFolder, StateFolderTaken } from './state-folder.ts';
import { NoToken, readToken } from './token.ts';
import { Backoff } from './waiting.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'agent-client-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('the token', () => {
  const secret = `slplc${'a'.repeat(64)}`;
  // What a process gets as its standard input, without a terminal.
  const input = (text: string) => new PassThrough().end(text) as unknown as NodeJS.ReadStream;

  test('comes from standard input, the first line of it', async () => {
    assert.equal(await readToken(null, input(` ${secret} \nmore`)), secret);
    await assert.rejects(readToken(null, input('')), NoToken);
    await assert.rejects(readToken(null, input('not a token\n')), NoToken);
  });

  test('comes from a file that only its owner can read', async () => {
    const file = join(folder, 'token');
    writeFileSync(file, `${secret}\n`, { mode: 0o600 });
    assert.equal(await readToken(file, input('')), secret);
    chmodSync(file, 0o640);
    await assert.rejects(readToken(file, input('')), /chmod 600/);
    await assert.rejects(readToken(join(folder, 'none'), input('')), /cannot be read/);
  });
});

describe('the state folder', () => {
  test('keeps what was written, replaces it at once, and leaves nothing beside it', () => {
    const state = StateFolder.open(folder);
    assert.equal(state.read('a'), null);
    state.write('a', 'one');
    state.write('a', 'two');
    assert.equal(StateFolder.look(folder).read('a'), 'two');
    state.close();
    assert.deepEqual(readdirSync(folder), ['a']);
  });

  test('keeps another process out, and takes over from one that is gone', () => {
    writeFileSync(join(folder, 'process.lock'), String(process.ppid));
    assert.throws(() => StateFolder.open(folder), StateFolderTaken);
    writeFileSync(join(folder, 'process.lock'), '999999999');
    StateFolder.open(folder).close();
  });
});

test('a lock of a process whose number another one has now keeps nobody out', {
  skip: process.platform !== 'linux',
}, () => {
  writeFileSync(join(folder, 'process.lock'), `${process.ppid} another-boot:4711`);
  StateFolder.open(folder).close();
});

test('what the disk has no room for leaves the file as it was', (t) => {
  const disk = smallDisk(65_536);
  if (!disk) return t.skip('No disk can be mounted here.');
  try {
    const state = StateFolder.open(disk.path);
    state.write('a', 'one');
    assert.throws(() => state.write('a', 'x'.repeat(200_000)), /ENOSPC/);
    assert.equal(state.read('a'), 'one');
    state.write('a', 'two');
    state.close();
  } finally {
    disk.remove();
  }
});

test('waiting grows with each failure, is never less than what the server asks for, and begins anew after a success', () => {
  const backoff = new Backoff();
  const waits = Array.from({ length: 12 }, () => backoff.next());
  assert.ok((waits[0] ?? 0) < 2000 && (waits[11] ?? 0) > 200_000 && (waits[11] ?? 0) < 400_000);
  assert.ok(backoff.next(1000) >= 1_000_000);
  backoff.succeeded();
  assert.ok(backoff.next() < 2000);
});

describe('the server, through a proxy', () => {
  let server: TestServer;
  let token = '';
  before(async () => {
    server = await startTestServer({ tls: true });
    const tenant = await makeTenant(server.services);
    const person = await makePerson(server, tenant, 'global-administrator');
    token = (await makeToken(server, person)).value;
  });
  after(() => server.dispose());

  /** Answers CONNECT with this line, and connects when it is 200. Returns what it was asked. */
  async function startProxy(answer: string): Promise<{ url: URL; asked: string[]; close(): void }> {
    const asked: string[] = [];
    const open = new Set<Socket>();
    const proxy = createServer((socket) => {
      open.add(socket);
      socket.on('error', () => {});
      socket.once('data', async (head) => {
        asked.push(head.toString());
        socket.write(`${answer}\r\n\r\n`);
        if (!answer.includes('200')) return socket.end();
        const { connect } = await import('node:net');
        const onward = connect(server.port, '127.0.0.1');
        onward.on('error', () => socket.destroy());
        socket.pipe(onward).pipe(socket);
        open.add(onward);
      });
    });
    proxy.listen(0, '127.0.0.1');
    await once(proxy, 'listening');
    const address = proxy.address();
    const port = typeof address === 'object' ? address?.port : 0;
    return {
      url: new URL(`http://agent:p%40ss@127.0.0.1:${port}`),
      asked,
      close() {
        for (const socket of open) socket.destroy();
        proxy.close();
      },
    };
  }

  const opened = (proxy: URL | null, value = token) =>
    openServer({ url: server.url, caFile: server.caFile, proxy, token: value, userAgent: 'test' });

  test('is reached by CONNECT, with the credentials of the proxy and without the token', async () => {
    const proxy = await startProxy('HTTP/1.1 200 Connection established');
    const client = opened(proxy.url);
    const { data } = await client.call<{ data: unknown[] }>('GET', '/api/v1/subnet/');
    assert.ok(Array.isArray(data));
    const [asked = ''] = proxy.asked;
    assert.match(asked, new RegExp(`^CONNECT localhost:${server.port} HTTP/1.1`));
    assert.match(asked, /Proxy-Authorization: Basic YWdlbnQ6cEBzcw==/);
    assert.ok(!asked.includes(token));
    client.close();
    proxy.close();
  });

  test('a proxy that refuses or is not there is named as what is wrong', async () => {
    const proxy = await startProxy('HTTP/1.1 407 Proxy Authentication Required');
    const refused = opened(proxy.url);
    await assert.rejects(
      refused.call('GET', '/api/v1/subnet/'),
      /The proxy refused to connect to the server \(HTTP 407\)/,
    );
    proxy.close();
    const gone = opened(proxy.url);
    await assert.rejects(gone.call('GET', '/api/v1/subnet/'), /The proxy 127.0.0.1 cannot be reached/);
    refused.close();
    gone.close();
  });

  test('a refusal of the server is told apart from one of the way to it', async () => {
    const client = opened(null, `slplc${'0'.repeat(64)}`);
    await assert.rejects(client.call('GET', '/api/v1/subnet/'), (error) => {
      assert.ok(error instanceof ServerRefusal && error.isOfToken && !error.isPassing);
      return true;
    });
    client.close();
  });
});
