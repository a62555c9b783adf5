// What the portal makes of an answer that failed: the kind that it has words for, out of what the server really sends.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { toProblem } from '../src/apis/management/problems.ts';
import { StoreUnavailable } from '../src/lib/failures.ts';
import { ApiProblem, kindOf, problemOf } from '../web/api/problem.ts';
import { isolated } from '../web/i18n/isolate.ts';
import { makeTenant } from './support/accounts.ts';
import { type Answer, makePerson, makeToken, type Person, startTestServer, type TestServer } from './support/server.ts';

let server: TestServer;
let reader: Person;
before(async () => {
  server = await startTestServer();
  reader = await makePerson(server, await makeTenant(server.services), 'security-reader');
});
after(() => server.dispose());

function seen({ status, headers, text }: Answer): ApiProblem {
  const pairs = Object.entries(headers).map(([name, value]) => [name, String(value)] as [string, string]);
  return problemOf(status, new Headers(pairs), JSON.parse(text));
}

test('what the management API refuses is told by kind, with the permission that is missing and the roles that give it', async () => {
  const { session } = reader;
  const ask = (path: string, options = {}) => server.request(`/management/v1${path}`, { session, ...options });
  const refused = seen(await ask('/users', { body: { userName: 'x@y.example', displayName: 'X' } }));
  assert.deepEqual(
    [kindOf(refused), refused.permission, refused.roles, refused.eligibleRole],
    ['permission', 'Users.manage', ['Global administrator'], null],
  );
  assert.equal(kindOf(seen(await ask('/api-tokens/00000000-0000-4000-8000-000000000000'))), 'missing');
  const bad = seen(await ask('/api-tokens', { body: { name: 'x', expiresAt: '2001-01-01T00:00:00Z' } }));
  assert.deepEqual([kindOf(bad), bad.fields.map(({ field }) => field)], ['fields', ['expiresAt']]);
  await makeToken(server, reader, { name: 'taken' });
  assert.equal(kindOf(seen(await ask('/api-tokens', { body: { name: 'taken' } }))), 'conflict');
  assert.equal(kindOf(seen(await ask('/me/second-factor', { method: 'POST', body: {} }))), 'refused');
  assert.equal(kindOf(seen(await server.request('/management/v1/users'))), 'ended');
  assert.equal(kindOf(seen(await server.request('/management/v1/users', { session: 'over' }))), 'ended');
  const wrong = { userName: reader.user.userName, password: 'wrong' };
  assert.equal(kindOf(seen(await server.request('/management/v1/sessions', { body: wrong }))), 'signIn');
});

test('answers of the documented surfaces have kinds as well, by their status', async () => {
  const { session } = reader;
  assert.equal(kindOf(seen(await server.request('/api/v1/activities/nothing/', { session }))), 'missing');
  assert.equal(kindOf(seen(await server.request('/api/incidents/4711', { session }))), 'missing');
  const forbidden = await server.request('/api/incidents/4711', { method: 'PATCH', session, body: { comment: 'x' } });
  assert.equal(kindOf(seen(forbidden)), 'forbidden');
  assert.equal(kindOf(seen(await server.request('/v1.0/security/incidents?$top=x', { session }))), 'refused');
});

test('a role that could be activated, a store that cannot be reached and a full disk have kinds of their own', () => {
  const kind = (status: number, body: object) => kindOf(problemOf(status, new Headers(), body));
  const dormant = {
    code: 'role-not-activated',
    permission: 'Users.read',
    roles: ['A'],
    eligibleRole: 'A',
    detail: 'x',
  };
  assert.equal(kind(403, dormant), 'dormant');
  for (const [reason, expected] of [
    ['unreachable', 'storeUnavailable'],
    ['disk-full', 'storeFull'],
  ] as const) {
    const { status, ...body } = toProblem(new StoreUnavailable(reason, 'No.'), 'c');
    assert.equal(kind(status, body), expected);
  }
  assert.equal(kind(403, { code: 'csrf', detail: 'x' }), 'csrf');
  assert.equal(kind(403, { code: 'second-factor-not-enrolled', detail: 'x' }), 'noSecondFactor');
  assert.equal(kind(429, { code: 'locked-out', detail: 'x' }), 'lockedOut');
  assert.equal(kind(429, { code: 'throttled', detail: 'x' }), 'throttled');
  assert.equal(kind(500, { code: 'constructor', detail: 'x' }), 'server');
  assert.equal(kindOf(new ApiProblem(0, 'x', { code: 'unreachable' })), 'unreachable');
});

test('a value in a sentence cannot turn it, and reads from the right by itself where it has to', () => {
  assert.equal(isolated('a\u202Eexe.gpj\u2066'), 'aexe.gpj');
  assert.equal(isolated('Ada Lovelace <b>'), 'Ada Lovelace <b>');
  assert.equal(isolated('שלום'), '\u2068שלום\u2069');
  assert.equal(isolated('x\u2069\u200F'), '\u2068x\u200F\u2069');
});
