// What an API token may do: as much as its owner at the moment of the call, never more than its own limits, from where it
// may be used; and who sees and ends which tokens. Over real HTTP, with accounts changed through the API.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Tenant } from '../src/directory/tenants.ts';
import { hourMs } from '../src/lib/clock.ts';
import { makeTenant, makeUser } from './support/accounts.ts';
import {
  type Answer,
  makePerson,
  makeToken,
  type Person,
  signIn,
  startTestServer,
  type TestServer,
} from './support/server.ts';

const activities = '/api/v1/activities/';
const feedback = '/api/v1/activities/97134000_20893_a4ba07ef-0000-4000-8000-000000000000/feedback/';
const tokensPath = '/management/v1/api-tokens';
const notPermitted = 'Invalid user - the owner of this token is not permitted to use tokens';

let server: TestServer;
let tenant: Tenant;
let administrator: Person;
before(async () => {
  server = await startTestServer({ settings: { tenantRequestsPerMinute: 100_000, trustedProxies: ['127.0.0.1/32'] } });
  tenant = await makeTenant(server.services);
  administrator = await makePerson(server, tenant, 'global-administrator');
});
after(() => server.dispose());

const use = (token: string, path = activities) => server.request(path, { token });
async function manage(path: string, method: string, body?: unknown, as = administrator): Promise<Answer> {
  const answer = await server.request(`/management/v1${path}`, {
    session: as.session,
    method,
    ...(body === undefined ? {} : { body }),
  });
  assert.ok(answer.status < 300, `${method} ${path}: ${answer.status} ${answer.text}`);
  return answer;
}
async function assign(userName: string, role: string, kind: 'permanent' | 'eligible'): Promise<string> {
  return (await manage('/role-assignments', 'POST', { user: userName, role, kind })).json<{ id: string }>().id;
}
const idsOf = async (person: Pick<Person, 'session'>, query = ''): Promise<string[]> =>
  (await server.request(`${tokensPath}${query}`, { session: person.session }))
    .json<{ items: { id: string }[] }>()
    .items.map(({ id }) => id);
const stateOf = async (id: string) =>
  (await server.request(`${tokensPath}/${id}`, { session: administrator.session })).json<{
    state: string;
    owner: { status: string };
  }>();

function assertRefused(answer: Answer, status: number, detail: string | RegExp): void {
  assert.equal(answer.status, status, answer.text);
  if (typeof detail === 'string') assert.equal(answer.json().detail, detail);
  else assert.match(String(answer.json().detail), detail);
}

test('a disabled, deleted or demoted owner stops the token at its next call; enabled, restored or promoted, it works again', async () => {
  const owner = await makePerson(server, tenant, 'security-reader');
  const { id, value } = await makeToken(server, owner);
  const name = owner.user.userName;
  assert.equal((await use(value)).status, 200);

  await manage(`/users/${name}/disable`, 'POST');
  assertRefused(await use(value), 403, notPermitted);
  assert.deepEqual([(await stateOf(id)).state, (await stateOf(id)).owner.status], ['owner-not-permitted', 'disabled']);
  await manage(`/users/${name}/enable`, 'POST');
  assert.equal((await use(value)).status, 200);

  await manage(`/users/${name}`, 'DELETE');
  assertRefused(await use(value), 403, notPermitted);
  assert.ok((await idsOf(administrator)).includes(id), 'a departed owner token stays listed');
  await manage(`/users/${owner.user.id}/restore`, 'POST');
  assert.equal((await use(value)).status, 200);

  const { items } = (await manage(`/role-assignments?user=${name}`, 'GET')).json<{ items: { id: string }[] }>();
  for (const each of items) await manage(`/role-assignments/${each.id}`, 'DELETE');
  assertRefused(await use(value), 403, notPermitted);
  await assign(name, 'security-reader', 'permanent');
  assert.equal((await use(value)).status, 200);
  assert.equal((await stateOf(id)).state, 'usable');
});

test('an eligible role gives its token nothing until it is activated; the refusal says so; it ends with the activation', async () => {
  const user = await makeUser(server.services, tenant, { role: 'security-reader' });
  const [reading] = (await manage(`/role-assignments?user=${user.userName}`, 'GET')).json<{ items: { id: string }[] }>()
    .items;
  const session = await signIn(server, user);
  const { id, value } = await makeToken(server, { session });
  await assign(user.userName, 'security-operator', 'eligible');
  assert.ok(reading);
  await manage(`/role-assignments/${reading.id}`, 'DELETE');

  assertRefused(
    await use(value),
    403,
    /^Invalid user - the owner of this token is not permitted to use tokens: .*Security operator is eligible but not activated\. Activate it/,
  );
  assert.equal((await stateOf(id)).state, 'dormant');
  const activated = await server.request('/management/v1/me/role-activations', {
    session,
    body: { role: 'security-operator', durationSeconds: 3600, justification: 'incident 4711' },
  });
  assert.equal(activated.status, 201, activated.text);
  assert.equal((await use(value)).status, 200);
  server.services.testClock.advance(hourMs - 1);
  assert.equal((await use(value)).status, 200);
  server.services.testClock.advance(1);
  assertRefused(await use(value), 403, /eligible but not activated/);
  administrator = { ...administrator, session: await signIn(server, administrator.user) };

  const again = await signIn(server, user);
  const second = await server.request('/management/v1/me/role-activations', {
    session: again,
    body: { role: 'security-operator', durationSeconds: 3600, justification: 'incident 4712' },
  });
  assert.equal((await use(value)).status, 200);
  const ended = await server.request(`/management/v1/me/role-activations/${second.json<{ id: string }>().id}`, {
    session: again,
    method: 'DELETE',
  });
  assert.equal(ended.status, 204, ended.text);
  assertRefused(await use(value), 403, /eligible but not activated/);
});

test('a token cannot do what only an eligible role of its owner may, and is told which role to activate', async () => {
  const owner = await makePerson(server, tenant, 'cloud-discovery-global-administrator');
  const { value } = await makeToken(server, owner);
  assertRefused(await use(value), 403, /^Insufficient role based permissions: Activities\.read is needed\.$/);
  await assign(owner.user.userName, 'security-operator', 'eligible');
  assertRefused(
    await use(value),
    403,
    /Activities\.read comes with the role Security operator, which is eligible but not activated/,
  );
});

test('a narrowed token does only what is on its list, and loses even that when its owner loses it', async () => {
  const owner = await makePerson(server, tenant, 'security-administrator');
  const reading = await makeToken(server, owner, { permissions: ['Activities.read'] });
  const files = await makeToken(server, owner, { permissions: ['Files.read'] });
  assert.equal((await use(reading.value)).status, 200);
  assertRefused(await use(files.value), 403, /Activities\.read is needed/);
  assert.notEqual((await server.request(feedback, { token: reading.value, body: { feedbackText: 'x' } })).status, 403);
  const { items } = (await manage(`/role-assignments?user=${owner.user.userName}`, 'GET')).json<{
    items: { id: string }[];
  }>();
  for (const each of items) await manage(`/role-assignments/${each.id}`, 'DELETE');
  assertRefused(await use(reading.value), 403, /Invalid user/);
});

test('a token that a list narrows is no full administrator, whoever its owner is', async () => {
  const { value } = await makeToken(server, administrator, { permissions: ['Activities.read'] });
  assert.equal((await use(value)).status, 200);
  const { items } = (await manage('/audit?action=token.generate', 'GET')).json<{
    items: { details: { permissions: string[] } }[];
  }>();
  assert.deepEqual(items[0]?.details.permissions, ['Activities.read']);
});

test('a security reader token carries nothing that changes data', async () => {
  const reader = await makePerson(server, tenant, 'security-reader');
  const session = await server.request('/management/v1/session', { session: reader.session });
  const { permissions } = session.json<{ permissions: string[] }>();
  assert.ok(permissions.includes('Activities.read'));
  for (const permission of permissions) assert.doesNotMatch(permission, /manage|ReadWrite|upload|write|grant|Isolate/i);
});

test('nobody gives a token a permission that is not among the own ones', async () => {
  const reader = await makePerson(server, tenant, 'security-reader');
  for (const permission of [
    'Investigation.manage',
    'Alerts.manage',
    'Settings.manage',
    'Files.manage',
    'Discovery.upload',
  ]) {
    const answer = await server.request(tokensPath, {
      session: reader.session,
      body: { name: permission, permissions: [permission] },
    });
    assert.equal(answer.status, 400, permission);
  }
});

test('a token works from its allowed addresses only, as the trusted proxy names them', async () => {
  const owner = await makePerson(server, tenant, 'security-reader');
  const { value } = await makeToken(server, owner, {
    allowedAddresses: ['192.0.2.0/28', '2001:db8::/64', '198.51.100.7'],
  });
  const from = (address: string) =>
    server.request(activities, { token: value, headers: { 'x-forwarded-for': address } });
  for (const address of [
    '192.0.2.0',
    '192.0.2.15',
    '2001:db8::ffff',
    '198.51.100.7',
    '::ffff:192.0.2.3',
    '203.0.113.9, 192.0.2.3',
  ])
    assert.equal((await from(address)).status, 200, address);
  for (const address of ['192.0.2.16', '192.0.1.255', '2001:db8:0:1::1', '198.51.100.8', '192.0.2.3, 203.0.113.9'])
    assertRefused(await from(address), 403, /may not be used from/);
  assertRefused(await use(value), 403, 'This token may not be used from 127.0.0.1.');
});

test('who has no role that permits tokens can neither generate nor rotate one', async () => {
  const nobody = await makePerson(server, tenant);
  const answer = await server.request(tokensPath, { session: nobody.session, body: { name: 'mine' } });
  assert.equal(answer.status, 403);
  assert.equal(answer.json().code, 'permission-missing');
  assert.deepEqual(await idsOf(nobody), []);
});

test('full administrators see and revoke all tokens of their tenant, everybody else the own ones, nobody those of another tenant', async () => {
  const otherTenant = await makeTenant(server.services);
  const stranger = await makePerson(server, otherTenant, 'global-administrator');
  const [one, two] = [
    await makePerson(server, tenant, 'security-operator'),
    await makePerson(server, tenant, 'global-reader'),
  ];
  const [first, second] = [await makeToken(server, one), await makeToken(server, two)];
  for (const role of ['global-administrator', 'security-administrator', 'cloud-app-security-administrator']) {
    const full = await makePerson(server, tenant, role);
    const seen = await idsOf(full, '?limit=100');
    assert.ok(seen.includes(first.id) && seen.includes(second.id), role);
  }
  assert.deepEqual(await idsOf(one), [first.id]);
  assert.deepEqual(await idsOf(one, `?owner=${two.user.userName}`), []);
  assert.deepEqual(await idsOf(one, `?search=${two.user.userName}`), []);
  assert.deepEqual(await idsOf(stranger), []);
  for (const person of [one, stranger]) {
    for (const [method, path, body] of [
      ['GET', `/${second.id}`, undefined],
      ['DELETE', `/${second.id}`, undefined],
      ['POST', `/${second.id}/rotate`, {}],
    ] as const) {
      const answer = await server.request(`${tokensPath}${path}`, { session: person.session, method, body });
      const absent = await server.request(
        `${tokensPath}${path.replace(second.id, '00000000-0000-4000-8000-000000000000')}`,
        { session: person.session, method, body },
      );
      assert.equal(answer.status, 404, `${method} ${path}`);
      assert.equal(answer.json().detail, absent.json().detail, 'as if it were absent');
    }
  }
  assert.equal((await use(second.value)).status, 200);
  const foreign = await server.request(`${tokensPath}/${second.id}/rotate`, {
    session: administrator.session,
    body: {},
  });
  assert.deepEqual([foreign.status, foreign.json().code], [409, 'not-the-owner']);
  await manage(`/api-tokens/${second.id}`, 'DELETE');
  assertRefused(await use(second.value), 401, 'Invalid token');
});

test('tokens of departed owners are revoked in bulk, after a dry run that shows what each was last used for', async () => {
  const own = await makeTenant(server.services);
  const boss = await makePerson(server, own, 'global-administrator');
  const [gone, off, here] = [
    await makePerson(server, own, 'security-reader'),
    await makePerson(server, own, 'security-reader'),
    await makePerson(server, own, 'security-reader'),
  ];
  const [a, b, kept] = [await makeToken(server, gone), await makeToken(server, off), await makeToken(server, here)];
  await server.request(activities, { token: a.value, headers: { 'user-agent': 'nightly-export' } });
  await manage(`/users/${gone.user.userName}`, 'DELETE', undefined, boss);
  await manage(`/users/${off.user.userName}/disable`, 'POST', undefined, boss);
  const bulk = async (body: Record<string, unknown>, as = boss) =>
    server.request(`${tokensPath}/bulk-revocation`, { session: as.session, body });
  interface Bulk {
    tokens: { id: string; lastUsedFor: string | null }[];
    revoked: number;
  }

  const dry = (await bulk({ departedOwners: true, dryRun: true })).json<Bulk>();
  assert.deepEqual([dry.revoked, dry.tokens.map(({ id }) => id).toSorted()], [0, [a.id, b.id].toSorted()]);
  assert.equal(dry.tokens.find(({ id }) => id === a.id)?.lastUsedFor, `GET ${activities} (nightly-export)`);
  assert.equal((await idsOf(boss)).length, 3, 'a dry run changes nothing');
  assert.equal((await bulk({ departedOwners: true, dryRun: false }, here)).status, 403);
  assert.equal((await bulk({ dryRun: false })).status, 400);
  assert.equal((await bulk({ departedOwners: false, dryRun: false })).status, 400);
  assert.equal((await bulk({ departedOwners: true })).status, 400, 'whether it is a dry run must be said');

  const foreign = await makeToken(server, administrator);
  assert.equal((await bulk({ ids: [foreign.id], dryRun: false })).json<Bulk>().revoked, 0);
  assert.equal(
    (await bulk({ owner: here.user.userName, departedOwners: true, dryRun: false })).json<Bulk>().revoked,
    0,
  );
  assert.equal((await bulk({ owner: 'nobody@nowhere.example', dryRun: false })).json<Bulk>().revoked, 0);
  assert.equal((await bulk({ departedOwners: true, dryRun: false })).json<Bulk>().revoked, 2);
  assert.deepEqual(await idsOf(boss), [kept.id]);
  assert.equal((await use(kept.value)).status, 200);
  assert.equal((await use(foreign.value)).status, 200);
  const { items } = (await manage('/audit?action=token.revoke', 'GET', undefined, boss)).json<{
    items: { target: { id: string } }[];
  }>();
  assert.deepEqual(items.map(({ target }) => target.id).toSorted(), [a.id, b.id].toSorted());
});

test('an API token opens no management call but about', async () => {
  const { value } = await makeToken(server, administrator);
  assert.equal((await use(value, '/management/v1/about')).status, 200);
  const calls: [string, string, unknown?][] = [
    ['GET', '/api-tokens'],
    ['POST', '/api-tokens', { name: 'child' }],
    ['GET', '/session'],
    ['GET', '/users'],
    ['POST', '/users', { userName: 'x@y.example', displayName: 'x' }],
    ['POST', '/me/role-activations', { role: 'global-administrator', durationSeconds: 3600 }],
    ['GET', '/audit'],
    ['GET', '/agents'],
    ['POST', '/role-assignments', { user: administrator.user.userName, role: 'security-reader', kind: 'permanent' }],
    ['POST', '/api-tokens/bulk-revocation', { departedOwners: true, dryRun: false }],
  ];
  for (const [method, path, body] of calls) {
    const answer = await server.request(`/management/v1${path}`, { token: value, method, ...(body ? { body } : {}) });
    assert.deepEqual([answer.status, answer.json().code], [403, 'wrong-credential-kind'], `${method} ${path}`);
  }
  const unknown = await server.request('/management/v1/users', {
    token: value.replace(/.$/, (last) => (last === 'a' ? 'b' : 'a')),
  });
  assert.equal(unknown.status, 401);
});

test('a disabled tenant stops its tokens, and its host stays its own', async () => {
  const operator = await makeTenant(server.services, true);
  const boss = await makePerson(server, operator, 'global-administrator');
  const customer = await makeTenant(server.services);
  const { value } = await makeToken(server, await makePerson(server, customer, 'security-reader'));
  assert.equal((await use(value)).status, 200);
  await manage(`/tenants/${customer.slug}/disable`, 'POST', undefined, boss);
  assertRefused(await use(value), 403, notPermitted);
  await manage(`/tenants/${customer.slug}/enable`, 'POST', undefined, boss);
  assert.equal((await use(value)).status, 200);
  await manage(`/tenants/${customer.slug}`, 'DELETE', undefined, boss);
  assertRefused(await use(value), 403, notPermitted);
});
