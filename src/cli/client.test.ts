import assert from 'node:assert/strict';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { lookupWithLocalhost, TransportFailure } from '../lib/transport.ts';
import { ApiProblem, at, openClient, UnexpectedAnswer } from './client.ts';
import { exitCodes } from './exit-codes.ts';
import { describeFailure } from './problems.ts';
import { openTexts } from './text.ts';

const t = openTexts('en');

/** A client of a server that answers with `listener`. */
async function serve(context: TestContext, listener: RequestListener) {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // It listens on TCP.
  const client = openClient({ url: `http://localhost:${port}`, caFile: null, session: 'slpcsSecretValue' });
  context.after(() => {
    client.close();
    server.closeAllConnections();
    server.close();
  });
  return client;
}

async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  assert.fail('It did not fail.');
}

test('values cannot leave their place in a path', () => {
  assert.equal(at`/users/${'../tenants?x=1#/'}/disable`, '/users/..%2Ftenants%3Fx%3D1%23%2F/disable');
  assert.equal(at`/users`, '/users');
});

test('session, query and body go where they belong', async (context) => {
  const client = await serve(context, (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method, url, headers } = request;
      response.setHeader('content-type', 'application/json; charset=utf-8');
      response.end(
        JSON.stringify({ method, url, authorization: headers.authorization, body: Buffer.concat(chunks).toString() }),
      );
    });
  });
  const query = { search: 'a b&c', status: undefined, limit: 5 };
  assert.deepEqual(await client.call('POST', '/users', { query, body: { name: 'é' } }), {
    method: 'POST',
    url: '/management/v1/users?search=a+b%26c&limit=5',
    authorization: 'Bearer slpcsSecretValue',
    body: '{"name":"é"}',
  });
});

test("a problem becomes the server's sentence, what to do, the correlation id and an exit code", async (context) => {
  const problem = {
    status: 403,
    code: 'role-not-activated',
    title: 'Not permitted',
    detail: 'Activate it.',
    correlationId: 'c-1',
  };
  const client = await serve(context, (_request, response) => {
    response.writeHead(403, { 'content-type': 'application/problem+json' });
    response.end(JSON.stringify({ ...problem, explanation: '/management/v1/explanations/c-1' }));
  });
  const error = await failureOf(client.call('GET', '/users'));
  assert.ok(error instanceof ApiProblem);
  const failure = describeFailure(error, t);
  assert.equal(failure.exitCode, exitCodes.refused);
  assert.equal(failure.lines[0], 'Activate it.');
  assert.match(failure.lines.join('\n'), /sallyport role activate/);
  assert.match(failure.lines.join('\n'), /sallyport explain c-1/);
});

test('each status has its exit code', () => {
  const codes = { 400: 2, 401: 3, 403: 4, 404: 5, 409: 6, 413: 2, 421: 7, 429: 10, 500: 1, 503: 7, 507: 1 };
  for (const [status, exitCode] of Object.entries(codes)) {
    const problem = { status: Number(status), code: 'x', title: '', detail: 'd', correlationId: null };
    assert.equal(describeFailure(new ApiProblem(problem, null), t).exitCode, exitCode, status);
  }
});

test('what is not the management API is named as such', async (context) => {
  for (const [status, type, body] of [
    [200, 'text/html', '<html>'],
    [502, 'text/html', 'bad gateway'],
    [200, 'application/json', '{'],
    [404, 'application/json', '{"detail":"Not found."}'],
    [500, 'application/json', 'null'],
  ] as const) {
    const client = await serve(context, (_request, response) => {
      response.writeHead(status, { 'content-type': type });
      response.end(body);
    });
    const error = await failureOf(client.call('GET', '/users'));
    assert.ok(error instanceof UnexpectedAnswer, body);
    assert.equal(describeFailure(error, t).exitCode, exitCodes.unreachable);
  }
});

test('a server that is not there, or breaks off, is unreachable, and says what to do', async (context) => {
  const breaking = await serve(context, (request) => request.socket.destroy());
  const gone = openClient({ url: 'http://127.0.0.1:1', caFile: null, session: 'slpcsSecretValue' });
  for (const client of [breaking, gone]) {
    const error = await failureOf(client.call('GET', '/users'));
    assert.ok(error instanceof TransportFailure);
    const failure = describeFailure(error, t);
    assert.equal(failure.exitCode, exitCodes.unreachable);
    assert.ok(failure.lines.length >= 2);
    assert.doesNotMatch(failure.lines.join('\n') + JSON.stringify(failure.json), /slpcsSecretValue/);
  }
  gone.close();
});

test('an upload that the server refuses before its end gets the refusal, not a broken connection', async (context) => {
  const client = await serve(context, (request, response) => {
    request.once('data', () => {
      response.writeHead(413, { 'content-type': 'application/problem+json', connection: 'close' });
      response.end(JSON.stringify({ code: 'too-large', detail: 'Too much.' }));
    });
  });
  const endless = (async function* () {
    for (let piece = 0; piece < 10_000; piece++) yield Buffer.alloc(65_536, 'x');
  })();
  const error = await failureOf(client.upload('/ingest/activities', endless));
  assert.ok(error instanceof ApiProblem, String(error));
  assert.equal(error.problem.code, 'too-large');
});

test('an upload whose source fails, fails with the reason of the source', async (context) => {
  const client = await serve(context, (request) => request.resume());
  const broken = (async function* () {
    yield Buffer.from('a\n');
    throw new Error('disk on fire');
  })();
  const error = await failureOf(client.upload('/ingest/activities', broken));
  assert.match(String(error), /disk on fire/);
});

test('names under localhost reach this machine without a resolver', async () => {
  const found = await new Promise((resolve) => {
    lookupWithLocalhost('contoso.localhost', { all: true }, (_error, addresses) => resolve(addresses));
  });
  assert.deepEqual(found, [
    { address: '127.0.0.1', family: 4 },
    { address: '::1', family: 6 },
  ]);
});
