// Signing in over HTTP: sessions of the portal and the command line, and what is refused.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Tenant } from '../src/directory/tenants.ts';
import type { UserRow } from '../src/directory/users-store.ts';
import { hourMs, minuteMs } from '../src/lib/clock.ts';
import { newId } from '../src/lib/ids.ts';
import { makeTenant, makeUser, testPassword } from './support/accounts.ts';
import { type Answer, makePerson, type Person, signIn, startTestServer, type TestServer } from './support/server.ts';

let server: TestServer;
let tenant: Tenant;
before(async () => {
  server = await startTestServer();
  tenant = await makeTenant(server.services);
});
after(() => server.dispose());

const base = '/management/v1';

interface Problem {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly correlationId: string;
  readonly explanation?: string;
  readonly fields?: readonly { readonly field: string }[];
}

function assertProblem(answer: Answer, status: number, code: string): Problem {
  assert.equal(answer.status, status, answer.text);
  const problem = answer.json<Problem>();
  assert.equal(problem.code, code);
  assert.match(String(answer.headers['content-type']), /^application\/problem\+json/);
  return problem;
}

interface Portal {
  readonly cookie: string;
  readonly csrfToken: string;
  readonly id: string;
}

async function signInToPortal(user: UserRow, host?: string): Promise<Portal> {
  const answer = await server.request(`${base}/sessions`, {
    ...(host ? { host } : {}),
    body: { userName: user.userName, password: testPassword },
  });
  assert.equal(answer.status, 201, answer.text);
  const [cookie = ''] = answer.headers['set-cookie'] ?? [];
  assert.match(
    cookie,
    /^__Host-sallyport-session=[0-9A-Za-z]{48}; Path=\/; Max-Age=43200; Secure; HttpOnly; SameSite=Strict$/,
  );
  const body = answer.json<{ id: string; csrfToken: string; value?: string }>();
  assert.equal(body.value, undefined);
  return { cookie: cookie.split(';', 1)[0] ?? '', csrfToken: body.csrfToken, id: body.id };
}

async function present(person: Pick<Person, 'session'>): Promise<Answer> {
  return await server.request(`${base}/session`, { session: person.session });
}

test('the command line gets a value, the portal a cookie and a CSRF token, and neither the other', async () => {
  const user = await makeUser(server.services, tenant, { role: 'security-reader' });
  const answer = await server.request(`${base}/sessions`, {
    body: { userName: user.userName, password: testPassword, client: 'cli' },
  });
  assert.equal(answer.headers['set-cookie'], undefined);
  const body = answer.json<Record<string, unknown>>();
  assert.match(String(body.value), /^slpcs/);
  assert.equal(body.csrfToken, undefined);
  assert.equal(body.idleSecondsMax, 3600);
  assert.deepEqual(body.tenant, { id: tenant.id, slug: tenant.slug, displayName: tenant.displayName });
  const portal = await signInToPortal(user);
  const session = (await server.request(`${base}/session`, { headers: { cookie: portal.cookie } })).json();
  assert.equal(session.csrfToken, portal.csrfToken);
  assert.deepEqual(
    (session.roles as { key: string }[]).map((role) => role.key),
    ['security-reader'],
  );
  assert.ok((session.permissions as string[]).includes('Investigation.read'));
  assert.equal(session.isFullAdministrator, false);
});

test('bad input to a sign-in is refused by its field', async () => {
  for (const [body, field] of [
    [undefined, 'body'],
    [{ userName: 'a@b.example' }, 'password'],
    [{ userName: 7, password: 'x' }, 'userName'],
    [{ userName: 'a@b.example', password: 'x', client: 'fax' }, 'client'],
    [{ userName: 'a@b.example', password: 'x'.repeat(2000) }, 'password'],
    [{ userName: 'a@b.example', password: 'x', colour: 'red' }, 'colour'],
    [{ userName: 'a@b.example', password: 'x', code: '123456', recoveryCode: 'abcd' }, 'recoveryCode'],
  ] as const) {
    const answer = await server.request(`${base}/sessions`, { method: 'POST', body });
    assert.equal(assertProblem(answer, 400, 'invalid-input').fields?.[0]?.field, field);
  }
});

test('a wrong password and an unknown account get the same answer but for its correlation id', async () => {
  const user = await makeUser(server.services, tenant);
  const shapes = [];
  for (const body of [
    { userName: user.userName, password: 'wrong password here' },
    { userName: `nobody@${tenant.slug}.example`, password: testPassword },
    { userName: 'nobody@nowhere.example', password: testPassword },
    { userName: 'no name at all', password: testPassword },
  ]) {
    const answer = await server.request(`${base}/sessions`, { body });
    const problem = assertProblem(answer, 401, 'sign-in-failed');
    const { date: _date, 'x-correlation-id': id, ...headers } = answer.headers;
    assert.equal(problem.correlationId, id);
    shapes.push({ headers, text: answer.text.replaceAll(problem.correlationId, 'id') });
  }
  for (const shape of shapes) assert.deepEqual(shape, shapes[0]);
});

test('a locked account says when to come back, and its holder can be told why by an administrator', async () => {
  const own = await makeTenant(server.services);
  const admin = await makePerson(server, own, 'global-administrator');
  const user = await makeUser(server.services, own);
  const wrong = { userName: user.userName, password: 'wrong password here' };
  for (let round = 0; round < 10; round++) await server.request(`${base}/sessions`, { body: wrong });
  const answer = await server.request(`${base}/sessions`, { body: { ...wrong, password: testPassword } });
  const problem = assertProblem(answer, 429, 'locked-out');
  assert.equal(answer.headers['retry-after'], '900');
  const explained = await server.request(problem.explanation ?? '', { session: admin.session });
  assert.equal(explained.status, 200, explained.text);
  assert.match(explained.text, /lock-out/);
  server.services.testClock.advance(16 * minuteMs);
});

test('signing out ends the session at once and takes the cookie away', async () => {
  const user = await makeUser(server.services, tenant);
  const session = await signIn(server, user);
  assert.equal((await present({ session })).status, 200);
  assert.equal((await server.request(`${base}/session`, { method: 'DELETE', session })).status, 204);
  assertProblem(await present({ session }), 401, 'session-ended');
  const portal = await signInToPortal(user);
  const headers = { cookie: portal.cookie, 'x-csrf-token': portal.csrfToken };
  const out = await server.request(`${base}/session`, { method: 'DELETE', headers });
  assert.equal(out.status, 204);
  assert.match(String(out.headers['set-cookie']), /^__Host-sallyport-session=; Path=\/; Max-Age=0;/);
  assert.equal((await server.request(`${base}/session`, { headers })).status, 401);
});

test('a call without a session, with a made-up one or with one altered anywhere is refused', async () => {
  const person = await makePerson(server, tenant);
  assertProblem(await server.request(`${base}/session`), 401, 'not-authenticated');
  for (let place = 0; place < person.session.length; place++) {
    const sign = person.session[place] === 'a' ? 'b' : 'a';
    const altered = person.session.slice(0, place) + sign + person.session.slice(place + 1);
    assertProblem(await present({ session: altered }), 401, 'session-ended');
  }
  assertProblem(await present({ session: '' }), 401, 'session-ended');
  assert.equal((await present(person)).status, 200);
});

test('a cookie changes nothing without the token of its own session, nor from a foreign page', async () => {
  const user = await makeUser(server.services, tenant);
  const portal = await signInToPortal(user);
  const other = await signInToPortal(user);
  const change = (headers: Record<string, string>) =>
    server.request(`${base}/sessions/${other.id}`, {
      method: 'DELETE',
      headers: { cookie: portal.cookie, ...headers },
    });
  const token = { 'x-csrf-token': portal.csrfToken };
  for (const headers of [
    {},
    { 'x-csrf-token': '' },
    { 'x-csrf-token': other.csrfToken },
    { 'x-csrf-token': `${portal.csrfToken}x` },
    { ...token, origin: 'https://evil.example' },
    { ...token, origin: 'null' },
    { ...token, origin: `http://localhost:${server.port}` },
    { ...token, 'sec-fetch-site': 'cross-site' },
    { ...token, 'sec-fetch-site': 'same-site' },
  ] as Record<string, string>[]) {
    assertProblem(await change(headers), 403, 'csrf');
  }
  assert.equal((await server.request(`${base}/session`, { headers: { cookie: portal.cookie } })).status, 200);
  assert.equal((await change({ ...token, origin: server.url, 'sec-fetch-site': 'same-origin' })).status, 204);
});

test('a page of another origin cannot sign its visitor in', async () => {
  const user = await makeUser(server.services, tenant);
  const body = { userName: user.userName, password: testPassword };
  const headers = { origin: 'https://evil.example' };
  assertProblem(await server.request(`${base}/sessions`, { body, headers }), 403, 'csrf');
});

test("a session is refused on another tenant's host and works on its own", async () => {
  const person = await makePerson(server, tenant);
  const other = await makeTenant(server.services);
  const on = (slug: string) =>
    server.request(`${base}/session`, { session: person.session, host: server.tenantHost(slug) });
  assert.equal((await on(tenant.slug)).status, 200);
  assert.equal((await on(other.slug)).status, 401);
  const wrongHost = await server.request(`${base}/sessions`, {
    host: server.tenantHost(other.slug),
    body: { userName: person.user.userName, password: testPassword },
  });
  assertProblem(wrongHost, 401, 'sign-in-failed');
});

test('a session ends after an hour without use, and lives while it is used', async () => {
  const used = await makePerson(server, tenant);
  const idle = await makePerson(server, tenant);
  for (let round = 0; round < 3; round++) {
    server.services.testClock.advance(59 * minuteMs);
    assert.equal((await present(used)).status, 200);
  }
  assertProblem(await present(idle), 401, 'session-ended');
});

test('what a page asks for by itself, with nobody there, does not keep a session', async () => {
  const left = await makePerson(server, tenant);
  const poll = () =>
    server.request(`${base}/session`, { session: left.session, headers: { 'x-background-call': '1' } });
  server.services.testClock.advance(59 * minuteMs);
  assert.equal((await poll()).status, 200);
  server.services.testClock.advance(minuteMs);
  assertProblem(await poll(), 401, 'session-ended');
});

test('a cookie opens nothing in another browser, and goes on in its own when that was updated', async () => {
  const user = await makeUser(server.services, tenant, { role: 'security-reader' });
  const headersOf = (product: string, version: string) => ({
    'user-agent': `Mozilla/5.0 (X11; Linux x86_64) ${product}/${version} Safari/537.36`,
  });
  const begun = await server.request(`${base}/sessions`, {
    headers: headersOf('Chrome', '130.0.1'),
    body: { userName: user.userName, password: testPassword },
  });
  const [cookie = ''] = String(begun.headers['set-cookie']).split(';', 1);
  const from = (headers: Record<string, string>) =>
    server.request(`${base}/session`, { headers: { cookie, ...headers } });
  assert.equal((await from(headersOf('Chrome', '131.2'))).status, 200);
  for (const other of [headersOf('Firefox', '130.0.1'), { 'user-agent': 'curl/8.5.0' }, {}]) {
    assertProblem(await from(other), 401, 'session-ended');
  }
  assert.equal((await from(headersOf('Chrome', '131.2'))).status, 200);
});

test('a session ends after twelve hours however much it is used', async () => {
  const person = await makePerson(server, tenant);
  for (let round = 0; round < 23; round++) {
    server.services.testClock.advance(hourMs / 2);
    assert.equal((await present(person)).status, 200);
  }
  server.services.testClock.advance(hourMs / 2);
  assertProblem(await present(person), 401, 'session-ended');
});

test('people see and end their own sessions and nobody else’s', async () => {
  const mine = await makePerson(server, tenant);
  const second = await signIn(server, mine.user);
  const stranger = await makePerson(server, tenant);
  const list = (await server.request(`${base}/sessions`, { session: mine.session })).json<{
    items: { id: string; isPresent: boolean; userAgent: string }[];
    total: number;
  }>();
  assert.equal(list.total, 2);
  const other = list.items.find((each) => !each.isPresent);
  assert.ok(other);
  const end = (id: string, session: string) => server.request(`${base}/sessions/${id}`, { method: 'DELETE', session });
  assertProblem(await end(other.id, stranger.session), 404, 'not-found');
  for (const id of ['nothing', newId<string>(), '%00', '%F0']) {
    const answer = await end(id, mine.session);
    assert.ok(answer.status === 404 || answer.status === 400, answer.text);
  }
  assert.equal((await end(other.id, mine.session)).status, 204);
  assertProblem(await present({ session: second }), 401, 'session-ended');
  assertProblem(await end(other.id, mine.session), 404, 'not-found');
});

test('an administrator who disables an account or resets its password ends its sessions at once', async () => {
  const own = await makeTenant(server.services);
  const admin = await makePerson(server, own, 'global-administrator');
  for (const act of ['disable', 'reset-password', 'end-sessions', 'reset-second-factor']) {
    const person = await makePerson(server, own);
    assert.equal((await present(person)).status, 200);
    const path = `${base}/users/${person.user.id}/${act}`;
    const answer = await server.request(path, { method: 'POST', session: admin.session });
    assert.equal(answer.status, 200, answer.text);
    assert.equal((await present(person)).status, 401, act);
  }
});

test('sign-ins and their refusals are in the audit, without a secret', async () => {
  const own = await makeTenant(server.services);
  const admin = await makePerson(server, own, 'global-administrator');
  const body = { userName: admin.user.userName, password: 'hunter2hunter2hunter2', code: '424242' };
  const problem = assertProblem(await server.request(`${base}/sessions`, { body }), 401, 'sign-in-failed');
  // Reading its explanation waits until the refusal is written.
  await server.request(problem.explanation ?? '', { session: admin.session });
  const audit = await server.request(`${base}/audit?limit=100`, { session: admin.session });
  assert.equal(audit.status, 200, audit.text);
  assert.match(audit.text, /sign-in-failed/);
  assert.match(audit.text, /session\.create/);
  for (const secret of ['hunter2', '424242', testPassword, admin.session]) assert.ok(!audit.text.includes(secret));
});
