// The pages of the server itself as a browser without script gets them, and the set-up call of the management API.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ensureSetupLink } from '../src/directory/setup.ts';
import { type Answer, startTestServer, type TestServer } from './support/server.ts';

async function withServer(work: (server: TestServer) => Promise<void>): Promise<void> {
  const server = await startTestServer();
  try {
    await work(server);
  } finally {
    await server.dispose();
  }
}

async function setupCode(server: TestServer): Promise<string> {
  const link = await ensureSetupLink(server.services);
  assert.ok(link);
  assert.ok(link.url.startsWith(`${server.url}/setup#`));
  return new URL(link.url).hash.slice(1);
}

const password = 'lantern gravel tram otter';

function fields(code: string, change: Record<string, string> = {}): Record<string, string> {
  const organisation = { displayName: 'Acme <& Sons>', slug: 'acme', domain: 'acme.example' };
  return { code, ...organisation, userName: 'ada@acme.example', userDisplayName: 'Ada', password, ...change };
}

function sendForm(
  server: TestServer,
  values: Record<string, string>,
  headers: Record<string, string> = {},
): Promise<Answer> {
  return server.request('/setup', {
    body: new URLSearchParams(values).toString(),
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
  });
}

test('the set-up page allows no inline script or style, no frame, no referrer and no cache', () =>
  withServer(async (server) => {
    const answer = await server.request('/setup');
    assert.equal(answer.status, 200);
    const policy = String(answer.headers['content-security-policy']);
    for (const rule of [
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      "connect-src 'self'",
      "form-action 'self'",
      "frame-ancestors 'none'",
      "base-uri 'none'",
    ]) {
      assert.ok(policy.split('; ').includes(rule), rule);
    }
    assert.equal(answer.headers['referrer-policy'], 'no-referrer');
    assert.equal(answer.headers['cache-control'], 'no-store');
    assert.doesNotMatch(answer.text, /<script(?![^>]*src=)|<style|\sstyle=|\son[a-z]+=/);
    for (const [path, type] of [
      ['/setup/page.css', /^text\/css/],
      ['/setup/page.js', /^text\/javascript/],
      ['/setup/icon.svg', /^image\/svg/],
    ] as const) {
      assert.match(String((await server.request(path)).headers['content-type']), type);
    }
  }));

test('the page speaks the reader’s language, by ?lang first and by Accept-Language else', () =>
  withServer(async (server) => {
    for (const [path, accept, language] of [
      ['/setup', undefined, 'en'],
      ['/setup', 'ja', 'ja'],
      ['/setup', 'de, fr;q=0.8, en;q=0.9', 'en'],
      ['/setup', 'de, fr-CA;q=0.8', 'fr'],
      ['/setup', 'zh-TW', 'zh-Hant'],
      ['/setup', 'zh-CN', 'en'],
      ['/setup', 'ko;q=0, ja;q=0.1', 'ja'],
      ['/setup', ';;;,q=,,=;q=9', 'en'],
      ['/setup?lang=ko', 'ja', 'ko'],
      ['/setup?lang=xx', 'ja', 'ja'],
      ['/setup?lang=ko&lang=ja', 'fr', 'fr'],
      ['/?lang=zh-Hant', 'fr', 'zh-Hant'],
    ] as const) {
      const answer = await server.request(path, { headers: accept === undefined ? {} : { 'accept-language': accept } });
      assert.match(answer.text, new RegExp(`<html lang="${language}">`), `${path} ${accept}`);
      assert.equal(answer.headers['content-language'], language);
    }
  }));

test('the landing page tells an empty server from one that is set up', () =>
  withServer(async (server) => {
    assert.match((await server.request('/')).text, /href="\/setup"/);
    await sendForm(server, fields(await setupCode(server)));
    const page = (await server.request('/', { host: server.tenantHost('acme') })).text;
    assert.ok(page.includes(`sallyport login https://acme.localhost:${server.port}`));
    assert.doesNotMatch(page, /href="\/setup"/);
  }));

test('a form sent without script sets the server up, once, and shows names as text', () =>
  withServer(async (server) => {
    const values = fields(await setupCode(server));
    // Browsers send this Origin with a form of a page whose referrer policy is no-referrer.
    const done = await sendForm(server, values, { origin: 'null', 'sec-fetch-site': 'same-origin' });
    assert.equal(done.status, 200, done.text);
    assert.ok(done.text.includes('Acme &lt;&amp; Sons&gt;'));
    assert.ok(done.text.includes(`sallyport login ${server.url} --user ada@acme.example`));
    const again = await sendForm(server, values);
    assert.equal(again.status, 403);
    assert.ok(again.text.includes('not valid any more'));
    const body = { userName: 'ada@acme.example', password, client: 'cli' };
    assert.equal((await server.request('/management/v1/sessions', { body })).status, 201);
  }));

test('what was typed wrongly is marked at its field, the rest is kept, the password is not sent back', () =>
  withServer(async (server) => {
    const code = await setupCode(server);
    for (const [field, value, status] of [
      ['slug', 'A', 400],
      ['slug', 'login', 400],
      ['domain', '"><script>alert(1)</script>', 400],
      ['userName', 'ada@elsewhere.example', 400],
      ['password', 'short', 400],
      ['displayName', '', 400],
    ] as const) {
      const answer = await sendForm(server, fields(code, { [field]: value }));
      assert.equal(answer.status, status, answer.text);
      assert.match(answer.text, new RegExp(`<input id="${field}"[^>]*aria-invalid="true"`));
      assert.equal(answer.text.match(/aria-invalid="true"/g)?.length, 1);
      assert.ok(answer.text.includes(`value="${code}"`));
      assert.ok(!answer.text.includes(password) && !answer.text.includes('<script>alert'));
    }
    assert.equal((await sendForm(server, fields(code))).status, 200);
  }));

test('a form from a foreign page and a form that is none are refused and change nothing', () =>
  withServer(async (server) => {
    const values = fields(await setupCode(server));
    const foreign: Record<string, string>[] = [
      { origin: 'https://evil.example' },
      { origin: 'null', 'sec-fetch-site': 'cross-site' },
    ];
    for (const headers of foreign) {
      assert.equal((await sendForm(server, values, headers)).status, 403);
    }
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    for (const [body, headers, status] of [
      ['', form, 403],
      ['code=a&code=b', form, 403],
      ['x'.repeat(20_000), form, 413],
      ['{', { 'content-type': 'application/json' }, 400],
      ['code', { 'content-type': 'text/html' }, 415],
    ] as const) {
      const answer = await server.request('/setup', { body, headers });
      assert.equal(answer.status, status, answer.text);
      assert.match(String(answer.headers['content-type']), /^text\/html/);
    }
    assert.equal((await sendForm(server, values)).status, 200);
  }));

test('the set-up call answers as the rest of the API does', () =>
  withServer(async (server) => {
    const call = (body: object) => server.request('/management/v1/setup', { body });
    const code = await setupCode(server);
    const unknown = await call(fields('x'.repeat(32)));
    assert.equal(unknown.status, 403);
    assert.equal(unknown.json().code, 'setup-code-invalid');
    const wrong = await call(fields(code, { slug: 'www' }));
    assert.equal(wrong.status, 400);
    assert.deepEqual((wrong.json().fields as { field: string }[])[0]?.field, 'slug');
    const done = await call(fields(code));
    assert.equal(done.status, 201, done.text);
    const { tenant, user, url } = done.json<{
      tenant: Record<string, unknown>;
      user: Record<string, unknown>;
      url: string;
    }>();
    assert.equal(tenant.isOperator, true);
    assert.deepEqual(Object.keys(user).sort(), ['displayName', 'id', 'userName']);
    assert.equal(url, `https://acme.localhost:${server.port}`);
    assert.equal((await call(fields(code))).json().code, 'setup-code-invalid');
  }));
