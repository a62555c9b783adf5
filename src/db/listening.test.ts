import assert from 'node:assert/strict';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { testStart } from '../../test/support/clock.ts';
import { openTestStore, testStoreKind } from '../../test/support/store.ts';
import { type ControlStore, openControlStore } from './store.ts';

const skip = testStoreKind === 'postgres' ? false : 'it is about processes on PostgreSQL';

/**
 * A pooler as some deployments put it before PostgreSQL: everything passes but notifications (message type "A"), while
 * `swallows` says so.
 */
async function startPooler(url: URL, swallows: () => boolean): Promise<{ url: string; stop(): void }> {
  const sockets: Socket[] = [];
  const server: Server = createServer((client) => {
    const upstream = connect(Number(url.port), url.hostname);
    sockets.push(client, upstream);
    client.pipe(upstream);
    let waiting = Buffer.alloc(0);
    upstream.on('data', (chunk: Buffer) => {
      waiting = Buffer.concat([waiting, chunk]);
      // Every message of the server is a type byte and a length that counts itself (PostgreSQL protocol, version 3).
      while (waiting.length >= 5 && waiting.length >= 1 + waiting.readUInt32BE(1)) {
        const message = waiting.subarray(0, 1 + waiting.readUInt32BE(1));
        waiting = waiting.subarray(message.length);
        if (!(message[0] === 0x41 && swallows())) client.write(message);
      }
    });
    for (const socket of [client, upstream]) {
      socket.on('error', () => {});
      socket.on('close', () => {
        client.destroy();
        upstream.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  assert.ok(typeof address === 'object' && address !== null);
  const through = new URL(url);
  through.port = String(address.port);
  return {
    url: through.href,
    stop() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

async function untilTrust(store: ControlStore, trusted: boolean): Promise<void> {
  for (const until = Date.now() + 5000; store.invalidations.trusted !== trusted && Date.now() < until; ) await sleep(5);
  assert.equal(store.invalidations.trusted, trusted);
}

test('behind a pooler that swallows notifications caches hold nothing, from the start and from any later moment', {
  skip,
}, async () => {
  const place = await openTestStore();
  assert.ok('postgresUrl' in place.where);
  let swallows = true;
  const pooler = await startPooler(new URL(place.where.postgresUrl), () => swallows);
  const store = await openControlStore({ postgresUrl: pooler.url, connectionsMax: 2 }, testStart);
  try {
    assert.equal(store.invalidations.trusted, false);
    await store.ping();
    swallows = false;
    await untilTrust(store, true);
    swallows = true;
    await untilTrust(store, false);
  } finally {
    await store.close();
    pooler.stop();
    await place.dispose();
  }
});

test('a store can be closed at any moment, with its listening connection lost or coming back', { skip }, async () => {
  for (const waitMs of [0, 50, 450, 700]) {
    const place = await openTestStore();
    assert.ok('postgresUrl' in place.where);
    const pooler = await startPooler(new URL(place.where.postgresUrl), () => false);
    const store = await openControlStore({ postgresUrl: pooler.url, connectionsMax: 2 }, testStart);
    pooler.stop();
    await sleep(waitMs);
    await store.close();
    await place.dispose();
  }
});
