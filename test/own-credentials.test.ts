// What signed-in people do to their own password and second factor, over HTTP.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { codeOfStep, stepAt } from '../src/directory/second-factor.ts';
import type { Tenant } from '../src/directory/tenants.ts';
import { minuteMs, secondMs } from '../src/lib/clock.ts';
import { newId } from '../src/lib/ids.ts';
import { makeTenant, testPassword } from './support/accounts.ts';
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
  readonly fields?: readonly { readonly field: string }[];
}

function assertProblem(answer: Answer, status: number, code: string): Problem {
  assert.equal(answer.status, status, answer.text);
  const problem = answer.json<Problem>();
  assert.equal(problem.code, code);
  assert.match(String(answer.headers['content-type']), /^application\/problem\+json/);
  return problem;
}

async function present(person: Pick<Person, 'session'>): Promise<Answer> {
  return await server.request(`${base}/session`, { session: person.session });
}

test('changing the password needs the present one, ends the other sessions and keeps this one', async () => {
  const person = await makePerson(server, tenant);
  const other = await signIn(server, person.user);
  const change = (currentPassword: string, newPassword: string) =>
    server.request(`${base}/me/password`, { session: person.session, body: { currentPassword, newPassword } });
  const newPassword = 'quite another phrase';
  assertProblem(await change('wrong password here', newPassword), 403, 'wrong-password');
  for (const bad of ['short', testPassword, 'passwordpassword']) {
    assert.equal(
      assertProblem(await change(testPassword, bad), 400, 'invalid-input').fields?.[0]?.field,
      'newPassword',
    );
  }
  assert.equal((await change(testPassword, newPassword)).status, 204);
  assertProblem(await present({ session: other }), 401, 'session-ended');
  assert.equal((await present(person)).status, 200);
  const again = await server.request(`${base}/sessions`, {
    body: { userName: person.user.userName, password: newPassword },
  });
  assert.equal(again.status, 201);
});

test('guessing the password through an open session is locked out as signing in is', async () => {
  const person = await makePerson(server, tenant);
  const body = { currentPassword: 'wrong password here', newPassword: 'quite another phrase' };
  for (let round = 0; round < 10; round++) {
    assertProblem(
      await server.request(`${base}/me/password`, { session: person.session, body }),
      403,
      'wrong-password',
    );
  }
  const right = { ...body, currentPassword: testPassword };
  assertProblem(
    await server.request(`${base}/me/password`, { session: person.session, body: right }),
    429,
    'locked-out',
  );
  server.services.testClock.advance(16 * minuteMs);
});

async function enrol(person: Person): Promise<{ secret: string; recoveryCodes: string[] }> {
  const started = await server.request(`${base}/me/second-factor`, { method: 'POST', session: person.session });
  assert.equal(started.status, 201, started.text);
  const { secret, uri } = started.json<{ secret: string; uri: string }>();
  assert.ok(uri.startsWith('otpauth://totp/') && uri.includes(secret));
  const confirm = (code: string) =>
    server.request(`${base}/me/second-factor/confirmation`, { session: person.session, body: { code } });
  assertProblem(await confirm('12345'), 400, 'invalid-input');
  const done = await confirm(presentCode(secret));
  assert.equal(done.status, 200, done.text);
  server.services.testClock.advance(30 * secondMs);
  return { secret, recoveryCodes: done.json<{ recoveryCodes: string[] }>().recoveryCodes };
}

const presentCode = (secret: string) => codeOfStep(secret, stepAt(server.services.clock()));

test('enrolling a second factor ends the other sessions, and signing in then asks for it', async () => {
  const person = await makePerson(server, tenant);
  const other = await signIn(server, person.user);
  const { secret, recoveryCodes } = await enrol(person);
  assert.equal(recoveryCodes.length, 10);
  assertProblem(await present({ session: other }), 401, 'session-ended');
  const now = (await present(person)).json();
  assert.equal(now.hasSecondFactor, true);
  assert.notEqual(now.secondFactorAt, null);
  const body = { userName: person.user.userName, password: testPassword, client: 'cli' };
  assertProblem(await server.request(`${base}/sessions`, { body }), 401, 'second-factor-required');
  const code = presentCode(secret);
  assert.equal((await server.request(`${base}/sessions`, { body: { ...body, code } })).status, 201);
  assertProblem(await server.request(`${base}/sessions`, { body: { ...body, code } }), 401, 'sign-in-failed');
  const [recoveryCode] = recoveryCodes;
  assert.equal((await server.request(`${base}/sessions`, { body: { ...body, recoveryCode } })).status, 201);
  assertProblem(await server.request(`${base}/sessions`, { body: { ...body, recoveryCode } }), 401, 'sign-in-failed');
});

test('enrolling from an old session needs the password', async () => {
  const person = await makePerson(server, tenant);
  server.services.testClock.advance(11 * minuteMs);
  const start = (body?: object) =>
    server.request(`${base}/me/second-factor`, { method: 'POST', session: person.session, body });
  assertProblem(await start(), 403, 'password-required');
  assertProblem(await start({}), 403, 'password-required');
  assertProblem(await start({ currentPassword: 'wrong password here' }), 403, 'wrong-password');
  assert.equal((await start({ currentPassword: testPassword })).status, 201);
});

test('an enrolled second factor is replaced and removed only with one of its codes', async () => {
  const person = await makePerson(server, tenant);
  const { secret, recoveryCodes } = await enrol(person);
  const call = (method: string, path: string, body?: object) =>
    server.request(`${base}/me/${path}`, { method, session: person.session, body });
  assertProblem(await call('POST', 'second-factor'), 409, 'second-factor-enrolled');
  assertProblem(
    await call('POST', 'second-factor/confirmation', { code: presentCode(secret) }),
    409,
    'second-factor-enrolled',
  );
  assertProblem(await call('POST', 'recovery-codes', {}), 403, 'second-factor-required');
  assertProblem(await call('DELETE', 'second-factor', {}), 403, 'second-factor-required');
  const code = presentCode(secret);
  const renewed = await call('POST', 'recovery-codes', { code });
  assert.equal(renewed.status, 200, renewed.text);
  const fresh = renewed.json<{ recoveryCodes: string[] }>().recoveryCodes;
  assertProblem(await call('DELETE', 'second-factor', { code }), 403, 'second-factor-required');
  assertProblem(
    await call('DELETE', 'second-factor', { recoveryCode: recoveryCodes[0] }),
    403,
    'second-factor-required',
  );
  assert.equal((await call('DELETE', 'second-factor', { recoveryCode: fresh[0] })).status, 204);
  assertProblem(await call('DELETE', 'second-factor', { recoveryCode: fresh[1] }), 403, 'second-factor-not-enrolled');
  await signIn(server, person.user);
});

test('proving the password gives nobody new guesses at the second factor', async () => {
  const person = await makePerson(server, tenant);
  await enrol(person);
  const guess = () => {
    const body = { recoveryCode: 'aaaa-bbbb-cccc-dddd' };
    return server.request(`${base}/me/second-factor`, { method: 'DELETE', session: person.session, body });
  };
  for (let round = 0; round < 9; round++) assertProblem(await guess(), 403, 'second-factor-required');
  const body = { currentPassword: testPassword, newPassword: 'quite another phrase' };
  assert.equal((await server.request(`${base}/me/password`, { session: person.session, body })).status, 204);
  assertProblem(await guess(), 403, 'second-factor-required');
  assertProblem(await guess(), 429, 'locked-out');
  server.services.testClock.advance(16 * minuteMs);
});

test('confirming without having started is a clear conflict', async () => {
  const person = await makePerson(server, tenant);
  const body = { code: '123456' };
  const answer = await server.request(`${base}/me/second-factor/confirmation`, { session: person.session, body });
  assertProblem(answer, 409, 'second-factor-not-started');
});

test('own credentials are out of reach without a session', async () => {
  for (const [method, path] of [
    ['POST', '/me/password'],
    ['POST', '/me/second-factor'],
    ['POST', '/me/second-factor/confirmation'],
    ['DELETE', '/me/second-factor'],
    ['POST', '/me/recovery-codes'],
    ['DELETE', '/session'],
    ['GET', '/session'],
    ['GET', '/sessions'],
    ['DELETE', `/sessions/${newId<string>()}`],
  ] as const) {
    const body = path === '/me/password' ? { currentPassword: 'a', newPassword: 'b' } : { code: '123456' };
    const hasBody = method !== 'GET' && path.startsWith('/me/') && path !== '/me/second-factor';
    const needsBody = hasBody || (method === 'DELETE' && path === '/me/second-factor');
    const answer = await server.request(`${base}${path}`, { method, ...(needsBody ? { body } : {}) });
    assert.equal(answer.status, 401, `${method} ${path} ${answer.text}`);
  }
});
