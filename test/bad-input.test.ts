// What comes in wrong: a clear error in the shape of the surface that was called, with a correlation id; nothing changed,
// nothing leaked. Over real HTTP, some of it over a bare socket because no client would send it.
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { after, before, test } from 'node:test';
import type { Tenant } from '../src/directory/tenants.ts';
import { makeTenant } from './support/accounts.ts';
import { type Answer, makePerson, makeToken, type Person, startTestServer, type TestServer } from './support/server.ts';

const about = '/management/v1/about';
const tokensPath = '/management/v1/api-tokens';
const activities = '/api/v1/activities/';
const guid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/;

let server: TestServer;
let tenant: Tenant;
let person: Person;
let token: string;
before(async () => {
  server = await startTestServer({ settings: { tenantRequestsPerMinute: 100_000, sessionRequestsPerMinute: 100_000 } });
  tenant = await makeTenant(server.services);
  person = await makePerson(server, tenant, 'security-administrator');
  token = (await makeToken(server, person)).value;
});
after(() => server.dispose());

/** The error is in the shape of its surface, says what to do, and names no machine part. */
function assertError(answer: Answer, surface: 'management' | 'cloud-apps', status: number, detail?: RegExp): void {
  assert.equal(answer.status, status, answer.text);
  assert.match(String(answer.headers['x-correlation-id']), guid);
  const body = answer.json();
  assert.equal(body.correlationId, answer.headers['x-correlation-id']);
  assert.equal(typeof body.detail, 'string');
  assert.ok(answer.text.length < 2000, 'an error is short');
  assert.doesNotMatch(answer.text, /node_modules|\.ts:|\bat async\b|SQLITE|select |FST_ERR/i);
  if (detail) assert.match(String(body.detail), detail);
  if (surface === 'management') {
    assert.match(String(answer.headers['content-type']), /^application\/problem\+json/);
    assert.equal(body.status, status);
    assert.ok(String(body.type).startsWith(`${server.url}/problems/`), String(body.type));
    for (const member of ['title', 'code']) assert.equal(typeof body[member], 'string', member);
  } else {
    assert.match(String(answer.headers['content-type']), /^application\/json/);
  }
}

/** One request written byte by byte, for what the client library would not send. Resolves with the whole answer. */
function raw(text: string): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const socket = connect(server.port, '127.0.0.1', () => socket.write(text));
    let answer = '';
    socket.setEncoding('utf8');
    socket.on('data', (chunk) => {
      answer += chunk;
    });
    socket.on('error', reject);
    socket.on('close', () => resolve({ status: Number(answer.split(' ')[1] ?? 0), text: answer }));
  });
}

const surfaces = [
  ['management', '/management/v1'],
  ['cloud-apps', '/api/v1'],
  ['cloud-apps', '/cas/api/v1'],
] as const;

test('an unknown path is 404 in the shape of its surface, whoever asks', async () => {
  for (const [surface, prefix] of surfaces) {
    for (const path of [
      '/nothing',
      '/',
      '',
      '/api-tokens/x/y/z',
      '/activities/a/b/c/',
      '/%2e%2e/%2e%2e/etc/passwd',
      '//about',
    ]) {
      for (const options of [{}, { token }, { session: person.session }, { body: {} }])
        assertError(await server.request(`${prefix}${path}`, options), surface, 404);
    }
  }
  for (const path of ['/nothing', '/management', '/management/v2/about'])
    assertError(await server.request(path), 'cloud-apps', 404);
  // What is below /api and no version of the cloud-apps surface is asked of the Defender surface.
  for (const path of ['/api/v2/activities/', '/api/nothing']) {
    const answer = await server.request(path, { token });
    const { error } = answer.json<{ error: { code: string; target: string } }>();
    assert.deepEqual([answer.status, error.target], [404, answer.headers['x-correlation-id']], path);
  }
});

test('a wrong method is 405 and names the right ones', async () => {
  for (const [surface, method, path, allowed] of [
    ['management', 'PUT', tokensPath, 'GET, HEAD, POST'],
    ['management', 'POST', about, 'GET, HEAD'],
    ['management', 'PATCH', `${tokensPath}/1`, 'DELETE, GET, HEAD'],
    ['management', 'GET', '/management/v1/api-tokens/1/rotate', 'POST'],
    ['management', 'PROPFIND', about, 'GET, HEAD'],
    ['management', 'TRACE', about, 'GET, HEAD'],
    ['cloud-apps', 'DELETE', activities, 'GET, HEAD, POST'],
    ['cloud-apps', 'PUT', '/cas/api/v1/activities', 'GET, HEAD, POST'],
    ['cloud-apps', 'LINK', activities, 'GET, HEAD, POST'],
  ] as const) {
    const answer = await server.request(path, { method, token });
    assertError(answer, surface, 405);
    assert.equal(answer.headers.allow, allowed, `${method} ${path}`);
  }
});

test('HEAD answers as GET does without its body, and OPTIONS tells the methods', async () => {
  const head = await server.request(about, { method: 'HEAD', token });
  assert.deepEqual([head.status, head.text], [200, '']);
  assert.equal((await server.request(about, { method: 'HEAD' })).status, 401);
  assert.equal((await server.request(activities, { method: 'HEAD', token })).status, 200);
  const options = await server.request(tokensPath, { method: 'OPTIONS' });
  assert.deepEqual([options.status, options.headers.allow], [405, 'GET, HEAD, POST']);
  assert.equal(options.headers['access-control-allow-origin'], undefined, 'no other origin is let in');
});

test('malformed JSON, deep nesting, U+0000 and foreign types of body are refused without repeating the body', async () => {
  const secret = 'tram-lantern-gravel-otter';
  const json = { 'content-type': 'application/json' };
  const bodies: [string, Record<string, string>, number][] = [
    [`{"name":"${secret}"`, json, 400],
    [`{"name":${secret}}`, json, 400],
    [`${secret}`, json, 400],
    [`{"name":"${secret}\\u0000"}`, json, 400],
    [['{"', secret, '":'].join('').repeat(33) + '}'.repeat(33), json, 400],
    ['['.repeat(500_000), json, 400],
    [`name=${secret}`, { 'content-type': 'text/xml' }, 415],
    [`{"name":"${secret}"}`, { 'content-type': 'application/json; charset=utf-16' }, 0],
    [`{"name":"${secret}"}`, { 'content-type': 'not a type' }, 415],
  ];
  for (const [surface, path] of [
    ['management', tokensPath],
    ['cloud-apps', activities],
  ] as const) {
    for (const [body, headers, status] of bodies) {
      const credentials = surface === 'management' ? { session: person.session } : { token };
      const answer = await server.request(path, { ...credentials, method: 'POST', body, headers });
      if (status === 0) continue;
      assertError(answer, surface, status);
      assert.ok(!answer.text.includes('lantern'), answer.text);
    }
  }
  const list = await server.request(tokensPath, { session: person.session });
  assert.equal(list.json<{ total: number }>().total, 2, 'one of the tests before, one of the body that said utf-16');
});

test('a body over the limit is refused by its announced length, and by its real one', async () => {
  const large = Buffer.alloc(10 * 1024 * 1024, 0x61);
  for (const [surface, path, credentials] of [
    ['management', tokensPath, { session: person.session }],
    ['cloud-apps', activities, { token }],
  ] as const) {
    // The server answers before it has read it all and closes; a client may see that as a broken pipe.
    const answer = await server
      .request(path, { ...credentials, body: large, headers: { 'content-type': 'application/json' } })
      .catch((error: unknown) => error as NodeJS.ErrnoException);
    if ('status' in answer) assertError(answer, surface, 413, /bodyBytesMax/);
    else assert.match(String(answer.code), /EPIPE|ECONNRESET/);
    const announced = await raw(
      `POST ${path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Token ${token}\r\nContent-Type: application/json\r\nContent-Length: 10485760\r\nConnection: close\r\n\r\n{`,
    );
    assert.equal(announced.status, 413, announced.text);
    const chunk = `${(65_536).toString(16)}\r\n${' '.repeat(65_536)}\r\n`;
    const chunked = await raw(
      `POST ${path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Token ${token}\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n${chunk.repeat(20)}`,
    );
    assert.equal(chunked.status, 413, chunked.text.slice(0, 300));
  }
  assert.equal((await server.request(about, { token })).status, 200);
});

test('a host that is not ours gets 421 in the shape of the surface, and no word of it in the answer', async () => {
  const hosts = [
    'evil.example',
    'localhost.evil.example',
    'unknown-tenant.localhost',
    'a.b.localhost',
    'localhost@evil.example',
    '10.0.0.1',
  ];
  for (const [surface, path] of [
    ['management', about],
    ['cloud-apps', activities],
  ] as const) {
    for (const host of hosts) {
      const answer = await server.request(path, { token, host });
      assertError(answer, surface, 421);
      assert.ok(!answer.text.includes('evil') && !JSON.stringify(answer.headers).includes('evil'), answer.text);
    }
  }
  for (const path of ['/', '/setup', '/nothing'])
    assert.equal((await server.request(path, { host: 'evil.example' })).status, 421, path);
  const absolute = await raw(
    'GET http://evil.example/management/v1/about HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n',
  );
  assert.ok([400, 421].includes(absolute.status) && !absolute.text.includes('evil'), absolute.text);
  const empty = await raw('GET /management/v1/about HTTP/1.1\r\nHost:\r\nConnection: close\r\n\r\n');
  assert.equal(empty.status, 421, empty.text);
  assert.ok([400, 421].includes((await raw('GET /management/v1/about HTTP/1.0\r\n\r\n')).status));
  assert.equal(
    (await raw('GET /management/v1/about HTTP/1.1\r\nHost: a\r\nHost: localhost\r\nConnection: close\r\n\r\n'))
      .status >= 400,
    true,
  );
});

test('paths and queries that cannot be read are 400 in the shape of the surface', async () => {
  for (const [surface, prefix, id] of [
    ['management', '/management/v1/api-tokens/', ''],
    ['cloud-apps', '/api/v1/activities/', ''],
  ] as const) {
    for (const part of ['%zz', '%', '%c3%28', '%e0%a4%a', '%00'])
      assertError(await server.request(`${prefix}${part}${id}`, { session: person.session }), surface, 400);
    const long = await server.request(`${prefix}${'x'.repeat(600)}`, { session: person.session });
    assert.ok([400, 404, 414].includes(long.status), String(long.status));
    assertError(long, surface, long.status);
  }
  for (const query of [
    '?search=%00',
    '?search=a%00b',
    '?owner=%00',
    '?limit=1.5',
    '?limit=',
    '?nothing=1',
    '?search=a&search=b',
  ])
    assertError(await server.request(`${tokensPath}${query}`, { session: person.session }), 'management', 400);
  for (const query of ['?search=%ff%fe', '?search=%ed%a0%80', `?search=${'x'.repeat(200)}`, '?search=%25_!'])
    assert.equal((await server.request(`${tokensPath}${query}`, { session: person.session })).status, 200, query);
  assert.equal(
    (await server.request(`${tokensPath}?search=${'x'.repeat(201)}`, { session: person.session })).status,
    400,
  );
});

test('what is no HTTP at all is answered or closed, and the server serves on', async () => {
  for (const text of [
    'hello\r\n\r\n',
    '\u0000\u0001\u0002\r\n\r\n',
    `GET / HTTP/1.1\r\nHost: localhost\r\nX: ${'a'.repeat(40_000)}\r\n\r\n`,
    'GET / HTTP/9.9\r\n\r\n',
  ])
    assert.ok([0, 400, 431, 505].includes((await raw(text)).status), text.slice(0, 20));
  assert.equal((await server.request(about, { token })).status, 200);
});

test('an unauthenticated call is 401 on every route, with the scheme that would do', async () => {
  for (const path of [
    '/api-tokens',
    '/api-tokens/1',
    '/agents',
    '/audit',
    '/audit/verification',
    '/explanations/1',
    '/about',
    '/session',
  ]) {
    const answer = await server.request(`/management/v1${path}`);
    assertError(answer, 'management', 401);
    assert.ok(answer.headers['www-authenticate'], path);
  }
  const answer = await server.request(activities);
  assertError(answer, 'cloud-apps', 401);
  assert.equal(answer.headers['www-authenticate'], 'Token realm="api"');
});

test('every answer says that it is not to be stored, sniffed or downgraded', async () => {
  for (const path of [about, activities, '/nothing', '/healthz']) {
    const { headers } = await server.request(path, { token });
    assert.deepEqual(
      [headers['cache-control'], headers['x-content-type-options'], headers['strict-transport-security']],
      ['no-store', 'nosniff', 'max-age=31536000'],
      path,
    );
  }
});
