import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createServer as createTlsServer } from 'node:tls';
import { makeTestAuthority } from '../../test/support/authorities.ts';
import { SendFailure } from './sender.ts';
import { StreamSender } from './stream-sender.ts';

/** Everything that came on each connection, and the connections themselves. */
async function startServer(context: TestContext, { readsFrom = 0 }: { readsFrom?: number } = {}) {
  const came: string[] = [];
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    const index = sockets.push(socket) - 1;
    came[index] = '';
    socket.on('error', () => {});
    // Its system acknowledges; it reads nothing.
    if (index < readsFrom) return;
    socket.on('data', (chunk) => {
      came[index] += String(chunk);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  context.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { came, sockets, port: (server.address() as AddressInfo).port }; // It listens on TCP.
}

/** A minute at most until the server has read what its system acknowledged. */
async function until(isSo: () => boolean): Promise<void> {
  for (const endsAt = performance.now() + 60_000; !isSo(); await sleep(2)) assert.ok(performance.now() < endsAt);
}

function newSender(context: TestContext, port: number): { sender: StreamSender; noted: string[] } {
  const sender = new StreamSender({ host: '127.0.0.1', port, framing: 'lines', tls: null });
  context.after(() => sender.close());
  return { sender, noted: [] };
}

const handing = (noted: string[] = []) => ({
  taken: () => void noted.push('taken'),
  doubtful: () => void noted.push('doubtful'),
});

/** Sends until it is taken, as the delivery does. */
async function sendSurely(sender: StreamSender, message: string): Promise<void> {
  for (;;) {
    try {
      return await sender.send([message], handing());
    } catch (error) {
      assert.ok(error instanceof SendFailure);
      await sleep(5);
    }
  }
}

test('what a reset may have cost goes once more, in front of what follows', async (context) => {
  const { came, sockets, port } = await startServer(context);
  const { sender, noted } = newSender(context, port);
  await sender.send(['zero'], handing());
  await sender.send(['one'], handing(noted));
  await sender.send(['two'], handing(noted));
  assert.ok(noted.includes('taken'));
  await until(() => came[0] === 'zero\none\ntwo\n');
  sockets[0]?.resetAndDestroy();
  await sendSurely(sender, 'three');
  await sendSurely(sender, 'four');
  await until(() => came.at(-1)?.endsWith('four\n') === true);
  assert.equal(came.at(-1), 'one\ntwo\nthree\nfour\n');
});

test('a SIEM that takes connections and resets them has taken nothing', async (context) => {
  const { came, sockets, port } = await startServer(context, { readsFrom: 2 });
  const { sender } = newSender(context, port);
  for (const round of [1, 2]) {
    const noted: string[] = [];
    const refused = assert.rejects(sender.send(['one'], handing(noted)), SendFailure);
    await until(() => sockets.length === round && noted.length > 0);
    await sleep(50);
    sockets.at(-1)?.resetAndDestroy();
    await refused;
  }
  await sendSurely(sender, 'one');
  await until(() => came[2] === 'one\n');
});

test('what is owed after a reset stays owed over further resets, and is given without new messages', async (context) => {
  const { came, sockets, port } = await startServer(context);
  const { sender } = newSender(context, port);
  await sender.send(['zero'], handing());
  await sender.send(['one'], handing());
  assert.equal(sender.isOwing, false);
  sockets[0]?.resetAndDestroy();
  await until(() => sender.isOwing);
  const refused = assert.rejects(sender.send(['two'], handing()), SendFailure);
  await until(() => came[1] === 'one\ntwo\n');
  sockets[1]?.resetAndDestroy();
  await refused;
  assert.equal(sender.isOwing, true);
  await sender.send([], handing());
  await until(() => came[2] === 'one\n');
  assert.equal(sender.isOwing, false);
});

test('a TLS 1.3 server that refuses the certificate behind the handshake has taken nothing', async (context) => {
  const authority = await makeTestAuthority();
  const pair = await authority.serverPair({ names: ['localhost'] });
  const server = createTlsServer({ ...pair, ca: authority.root, requestCert: true, rejectUnauthorized: true });
  server.on('tlsClientError', () => {});
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // It listens on TCP.
  const tls = { ca: authority.root, certificate: null, key: null };
  const sender = new StreamSender({ host: 'localhost', port, framing: 'lines', tls });
  context.after(() => {
    sender.close();
    server.close();
  });
  for (let attempt = 0; attempt < 3; attempt++) await assert.rejects(sender.send(['one'], handing()), SendFailure);
});

test('files that are no certificate are a failure to connect', async (context) => {
  const { port } = await startServer(context);
  const tls = { ca: null, certificate: 'no certificate', key: 'no key' };
  const sender = new StreamSender({ host: '127.0.0.1', port, framing: 'lines', tls });
  context.after(() => sender.close());
  await assert.rejects(
    sender.send(['one'], handing()),
    (error) => error instanceof SendFailure && error.kind === 'connection' && /secure connection/.test(error.message),
  );
});

test('after an orderly end nothing is repeated', async (context) => {
  const { came, sockets, port } = await startServer(context);
  const { sender } = newSender(context, port);
  await sender.send(['one'], handing());
  await until(() => came[0] === 'one\n');
  sockets[0]?.end();
  await until(() => sockets[0]?.destroyed === true);
  await sendSurely(sender, 'two');
  await until(() => came[1] === 'two\n');
  assert.deepEqual(came, ['one\n', 'two\n']);
});

test('a SIEM that acknowledges nothing leaves the chunk in doubt, and unanswered', async (context) => {
  const { sockets, port } = await startServer(context);
  const { sender } = newSender(context, port);
  await sender.send(['one'], handing());
  await until(() => sockets.length === 1);
  sockets[0]?.pause();
  const noted: string[] = [];
  const sending = sender.send(['x'.repeat(32 * 1024 * 1024)], handing(noted));
  await until(() => noted.length > 0);
  assert.deepEqual(noted, ['doubtful']);
  sockets[0]?.resume();
  await sending;
  assert.equal(noted.at(-1), 'taken');
});

test('nobody there is a failure to connect', async (context) => {
  const { sender } = newSender(context, 1);
  await assert.rejects(
    sender.send(['one'], handing()),
    (error) =>
      error instanceof SendFailure &&
      error.kind === 'connection' &&
      error.message === 'Nothing listens at 127.0.0.1:1.',
  );
});
