// What never gets to a route: wrong calls of the probes, what is no HTTP, a store that is gone while the host is looked
// up. The answer is still one of ours.
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { test } from 'node:test';
import { pino } from 'pino';
import { freePort } from './support/postgres-server.ts';
import { type Answer, startNode, startTestServer, type TestServer } from './support/server.ts';
import { testServices } from './support/services.ts';

function assertOurs(answer: Answer, status: number): void {
  assert.equal(answer.status, status, answer.text);
  assert.match(String(answer.headers['content-type']), /^application\/(problem\+)?json/);
  assert.equal(answer.json().correlationId, answer.headers['x-correlation-id']);
  assert.doesNotMatch(answer.text, /server\.ts|host check|FST_|Error:/);
}

test('wrong calls of the probes are refused as everywhere else', async () => {
  const server = await startTestServer();
  try {
    const json = { 'content-type': 'application/json' };
    for (const path of ['/healthz', '/readyz', '/metrics?x=1']) {
      for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS', 'PROPFIND'])
        assertOurs(await server.request(path, { method, host: 'anything.example' }), 404);
      assertOurs(await server.request(path, { method: 'GET', headers: json, body: '{' }), 400);
      assertOurs(
        await server.request(path, { method: 'GET', headers: { 'content-type': 'text/xml' }, body: '<a/>' }),
        415,
      );
    }
    // A client that sends its content type with everything.
    const notHere = await server.request('/cas/api/tags/?enabledOnly=true&target=ip', { method: 'GET', headers: json });
    assertOurs(notHere, 404);
  } finally {
    await server.dispose();
  }
});

test("a store that does not answer while a tenant's host is looked up is said in the shape of the surface", async () => {
  const server = await startTestServer();
  try {
    await server.services.store.close();
    for (const path of ['/management/v1/about', '/api/v1/activities/'])
      assertOurs(await server.request(path, { host: server.tenantHost('contoso') }), 500);
  } finally {
    await server.dispose();
  }
});

/** What comes back for bytes that no client would send. */
async function answerTo(server: Pick<TestServer, 'port'>, text: string): Promise<string> {
  return await new Promise((resolve, reject) => {
    const socket = connect(server.port, '127.0.0.1', () => socket.write(text));
    let answer = '';
    socket.setEncoding('latin1');
    socket.on('data', (chunk) => {
      answer += chunk;
    });
    socket.on('error', reject);
    socket.on('close', () => resolve(answer));
  });
}

test('what is no HTTP gets a JSON answer with a detail, and the connection ends', async () => {
  const server = await startTestServer();
  const host = `Host: localhost:${server.port}`;
  const start = 'POST /api/v1/activities/ HTTP/1.1';
  try {
    for (const [text, status] of [
      ['nonsense\r\n\r\n', 400],
      [`${start}\r\n${host}\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`, 400],
      [`${start}\r\n${host}\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab`, 400],
      [`${start}\r\n${host}\r\nX-Folded: a\r\n b\r\n\r\n`, 400],
      [`${start}\r\n${host}\r\nX-Long: ${'a'.repeat(40_000)}\r\n\r\n`, 431],
    ] as const) {
      const answer = await answerTo(server, text);
      assert.match(answer, new RegExp(`^HTTP/1.1 ${status} `), text.slice(0, 120));
      const [head = '', body = ''] = answer.split('\r\n\r\n');
      assert.match(head, /content-type: application\/json/i);
      assert.match(head, /connection: close/i);
      assert.match(String((JSON.parse(body) as { detail: unknown }).detail), /^[A-Z].*\.$/);
    }
    assert.equal((await server.request('/healthz')).status, 200);
  } finally {
    await server.dispose();
  }
});

test('what is no HTTP is logged without its bytes, which may hold a credential', async () => {
  const services = await testServices({ settings: { port: await freePort() } });
  const lines: string[] = [];
  const log = pino({ level: 'trace' }, { write: (line: string) => lines.push(line) });
  const node = await startNode({ ...services, log }, services.config.port);
  const secret = 'Authorization: Token tram-lantern-gravel-otter';
  try {
    await answerTo(node, `GET / HTTP/1.1\r\nHost: localhost\r\n${secret}\r\nBroken Header\r\n\r\n`);
    assert.match(lines.join(), /a request could not be read/);
    for (const form of [secret, [...Buffer.from(secret)].join(), Buffer.from(secret).toString('hex')])
      assert.ok(!lines.join().includes(form), form);
  } finally {
    await node.stop();
    await services.dispose();
  }
});
