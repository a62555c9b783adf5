// What a server that is wrong, gone mad or taken over can make of an agent.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, test } from 'node:test';
import { openServer, ServerRefusal } from './server.ts';
import { Backoff } from './waiting.ts';

const running: Server[] = [];
afterEach(() => {
  for (const server of running.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

interface Fake {
  readonly url: string;
  readonly asked: { method: string; url: string; authorization: string | undefined; body: string }[];
}

async function fake(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<Fake> {
  const asked: Fake['asked'] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    asked.push({
      ...{ method: request.method ?? '', url: request.url ?? '' },
      ...{ authorization: request.headers.authorization, body },
    });
    answer(request, response);
  });
  running.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked }; // It listens to TCP.
}

const open = (url: string) => openServer({ url, caFile: null, proxy: null, token: 'x'.repeat(20), userAgent: 'test' });
async function* bytes(): AsyncGenerator<Buffer> {
  yield Buffer.from('a log');
}

test('a redirect is no success, and nobody follows it', async () => {
  const elsewhere = await fake((_, response) => response.end('{}'));
  const server = await fake((_, response) => response.writeHead(302, { location: elsewhere.url }).end());
  const client = open(server.url);
  const isPassing = (error: unknown) => error instanceof ServerRefusal && error.status === 302 && error.isPassing;
  await assert.rejects(client.call('POST', '/done', {}), isPassing);
  await assert.rejects(client.put(`${server.url}/file`, bytes(), {}), isPassing);
  assert.deepEqual(elsewhere.asked, []);
  client.close();
});

test('files go to the server that was configured, whatever host its answer names, and the token stays', async () => {
  const elsewhere = await fake((_, response) => response.writeHead(201).end());
  const server = await fake((_, response) => response.writeHead(201).end());
  const client = open(server.url);
  await client.put(`${elsewhere.url}/discovery-files/a?sig=1`, bytes(), {});
  assert.deepEqual(elsewhere.asked, []);
  assert.deepEqual(server.asked, [
    { method: 'PUT', url: '/discovery-files/a?sig=1', authorization: undefined, body: 'a log' },
  ]);
  await assert.rejects(client.put('no URL', bytes(), {}), /no URL/);
  client.close();
});

test('a time to wait is understood as seconds and as a date, and is never longer than an hour', async () => {
  let given = '';
  const server = await fake((_, response) => response.writeHead(503, { 'retry-after': given }).end());
  const client = open(server.url);
  const asked = async (value: string): Promise<number | null> => {
    given = value;
    const error: unknown = await client.call('GET', '/').catch((failure: unknown) => failure);
    assert.ok(error instanceof ServerRefusal);
    return error.retryAfterSeconds;
  };
  assert.equal(await asked('17'), 17);
  assert.equal(await asked('soon'), null);
  assert.equal(await asked('-5'), null);
  assert.equal(await asked('99999999999'), 3600);
  const inTwoMinutes = await asked(new Date(Date.now() + 120_000).toUTCString());
  assert.ok(inTwoMinutes !== null && inTwoMinutes > 100 && inTwoMinutes <= 120);
  assert.equal(await asked('Mon, 01 Jan 2001 00:00:00 GMT'), 0);
  assert.ok(new Backoff().next(1e12) < 2 ** 31);
  client.close();
});

test('an answer that is no JSON, or none where one is due, is a failure of the server', async () => {
  const server = await fake((_, response) => response.end('<html>Welcome to the hotel</html>'));
  const client = open(server.url);
  await assert.rejects(client.call('GET', '/'), /not JSON/);
  client.close();
});
