// What refusals tell: the explanation with its chain and the one thing to change, for those who may know; and the limits
// of calls. What they leave in the audit is in audit.test.ts.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Tenant } from '../src/directory/tenants.ts';
import { isoTime, minuteMs } from '../src/lib/clock.ts';
import { makeTenant } from './support/accounts.ts';
import { type Answer, makePerson, makeToken, type Person, startTestServer, type TestServer } from './support/server.ts';

const activities = '/api/v1/activities/';
const about = '/management/v1/about';
const unknownId = '00000000-0000-4000-8000-000000000000';

interface Explained {
  correlationId: string;
  at: string;
  surface: string;
  method: string;
  path: string;
  status: number;
  code: string;
  message: string;
  subject: string;
  address: string;
  checks: { check: string; outcome: string; detail: string }[];
  change: string;
}
interface Recorded {
  sequence: number;
  action: string;
  outcome: string;
  actor: { kind: string; id: string | null; name: string };
  target: { kind: string; id: string; name?: string } | null;
  address: string | null;
  correlationId: string | null;
  details: Record<string, unknown>;
}

let server: TestServer;
let tenant: Tenant;
let boss: Person;
before(async () => {
  server = await startTestServer();
  tenant = await makeTenant(server.services);
  boss = await makePerson(server, tenant, 'security-administrator');
});
after(() => server.dispose());

const idOf = (answer: Answer): string => String(answer.headers['x-correlation-id']);
const explain = (id: string, as: Pick<Person, 'session'>) =>
  server.request(`/management/v1/explanations/${id}`, { session: as.session });

test('a refusal is explained by its correlation id: every check that passed, the one that failed, one thing to change', async () => {
  const own = await makeTenant(server.services);
  const admin = await makePerson(server, own, 'global-administrator');
  const owner = await makePerson(server, own, 'security-reader');
  const token = await makeToken(server, owner, { name: 'explained', allowedAddresses: ['192.0.2.0/24'] });
  const refused = await server.request(`${activities}?limit=secret-in-query`, { token: token.value });
  assert.equal(refused.status, 403);
  const answer = await explain(idOf(refused), owner);
  assert.equal(answer.status, 200, answer.text);
  const { checks, change, at, ...rest } = answer.json<Explained>();
  assert.deepEqual(rest, {
    correlationId: idOf(refused),
    surface: 'cloud-apps',
    method: 'GET',
    path: activities,
    status: 403,
    code: 'address-not-allowed',
    message: 'This token may not be used from 127.0.0.1.',
    subject: owner.user.userName,
    address: '127.0.0.1',
  });
  assert.equal(at, isoTime(server.services.clock()));
  assert.deepEqual(
    checks.map(({ check, outcome }) => `${check} ${outcome}`),
    [
      ...[
        'credential-present',
        'credential-format',
        'credential-known',
        'tenant-host',
        'tenant-enabled',
        'revoked',
        'replaced',
        'expired',
      ].map((check) => `${check} passed`),
      'address failed',
    ],
  );
  assert.match(change, /^Call from an allowed address/);
  assert.equal((await explain(idOf(refused), admin)).status, 200, 'full administrators of the tenant may know');
});

test('nobody else reads an explanation: neither colleagues nor administrators of another tenant learn that there is one', async () => {
  const own = await makeTenant(server.services);
  const [owner, colleague] = [
    await makePerson(server, own, 'security-reader'),
    await makePerson(server, own, 'global-reader'),
  ];
  const operator = await makePerson(server, await makeTenant(server.services, true), 'global-administrator');
  const token = await makeToken(server, owner, { permissions: ['Files.read'] });
  const id = idOf(await server.request(activities, { token: token.value }));
  const absent = (await explain(unknownId, colleague)).json();
  for (const person of [colleague, boss, operator]) {
    const answer = await explain(id, person);
    assert.equal(answer.status, 404);
    assert.equal(answer.json().detail, absent.detail);
  }
  assert.equal((await explain(id, owner)).status, 200);
  assert.equal((await server.request(`/management/v1/explanations/${id}`, { token: token.value })).status, 403);
  for (const bad of ['1', 'x'.repeat(36), '..', id.slice(1), `${id}0`])
    assert.equal((await explain(bad, owner)).status, 404, bad);
  assert.equal((await explain(id.toUpperCase(), owner)).status, 200);
});

test('the refusals of credentials that belong to nobody tell no tenant and can be read by whoever holds the id', async () => {
  for (const options of [{}, { token: 'x' }, { token: `slpat${'0'.repeat(64)}` }, { session: 'x' }]) {
    const answer = await explain(idOf(await server.request(about, options)), boss);
    assert.equal(answer.status, 200);
    const explained = answer.json<Explained>();
    assert.equal(explained.subject, 'unknown');
    assert.ok(!answer.text.includes(tenant.id) && !answer.text.includes(tenant.slug));
    assert.equal(explained.checks.at(-1)?.outcome, 'failed');
  }
});

test('each way to be refused names its own check and its own remedy', async () => {
  const own = await makeTenant(server.services);
  const admin = await makePerson(server, own, 'global-administrator');
  const owner = await makePerson(server, own, 'security-reader');
  const reason = async (token: string, options: { host?: string; path?: string } = {}) => {
    const refused = await server.request(options.path ?? activities, {
      token,
      ...(options.host ? { host: options.host } : {}),
    });
    const explained = (await explain(idOf(refused), admin)).json<Explained>();
    assert.ok(explained.change.length > 10);
    return [explained.code, explained.checks.at(-1)?.check];
  };
  const [first, second, third] = [
    await makeToken(server, owner),
    await makeToken(server, owner),
    await makeToken(server, owner, { expiresAt: isoTime(server.services.clock() + minuteMs) }),
  ];
  assert.deepEqual(await reason(first.value, { host: server.tenantHost(tenant.slug) }), ['wrong-host', 'tenant-host']);
  assert.deepEqual(await reason(first.value, { path: '/management/v1/users' }), [
    'wrong-credential-kind',
    'credential-kind',
  ]);
  await server.request(`/management/v1/api-tokens/${first.id}`, { session: owner.session, method: 'DELETE' });
  assert.deepEqual(await reason(first.value), ['token-revoked', 'revoked']);
  await server.request(`/management/v1/api-tokens/${second.id}/rotate`, { session: owner.session, body: {} });
  assert.deepEqual(await reason(second.value), ['token-replaced', 'replaced']);
  server.services.testClock.advance(minuteMs);
  assert.deepEqual(await reason(third.value), ['token-expired', 'expired']);
  const demoted = await makePerson(server, own);
  const { items } = (
    await server.request(`/management/v1/role-assignments?user=${owner.user.userName}`, { session: admin.session })
  ).json<{ items: { id: string }[] }>();
  const fourth = await makeToken(server, owner);
  for (const { id } of items)
    await server.request(`/management/v1/role-assignments/${id}`, { session: admin.session, method: 'DELETE' });
  assert.deepEqual(await reason(fourth.value), ['owner-not-permitted', 'role']);
  await server.request(`/management/v1/users/${owner.user.userName}/disable`, {
    session: admin.session,
    method: 'POST',
  });
  assert.deepEqual(await reason(fourth.value), ['owner-not-permitted', 'owner']);
  const denied = await server.request('/management/v1/audit', { session: demoted.session });
  assert.deepEqual((await explain(idOf(denied), admin)).json<Explained>().checks.at(-1)?.check, 'permission');
});

test('the tokens of a tenant share 30 calls in any minute; sessions, agents and other tenants have their own', async () => {
  const [one, two] = [await makeTenant(server.services), await makeTenant(server.services)];
  const [admin, other] = [
    await makePerson(server, one, 'global-administrator'),
    await makePerson(server, two, 'global-administrator'),
  ];
  const tokens = [await makeToken(server, admin), await makeToken(server, admin)];
  const agent = await server.request('/management/v1/agents', {
    session: admin.session,
    body: { kind: 'siem-agent', name: 'a' },
  });
  const answers: Answer[] = [];
  for (let n = 0; n < 40; n++)
    answers.push(await server.request(n % 3 ? activities : about, { token: tokens[n % 2]?.value ?? '' }));
  assert.deepEqual(
    answers.map(({ status }) => status),
    [...Array.from({ length: 30 }, () => 200), ...Array.from({ length: 10 }, () => 429)],
  );
  const refused = await server.request(activities, { token: tokens[0]?.value ?? '' });
  assert.equal(refused.json().detail, 'Request was throttled. Expected available in 60 seconds.');
  assert.equal(refused.headers['retry-after'], '60');
  const problem = await server.request(about, { token: tokens[0]?.value ?? '' });
  assert.deepEqual(
    [problem.status, problem.json().code, problem.json().retryAfterSeconds, problem.headers['retry-after']],
    [429, 'throttled', 60, '60'],
  );
  const lastUse = async () =>
    (await server.request(`/management/v1/api-tokens/${tokens[0]?.id}`, { session: admin.session })).json<{
      lastUsedAt: string;
    }>().lastUsedAt;
  const usedAt = await lastUse();
  server.services.testClock.advance(minuteMs - 1000);
  const again = await server.request(activities, { token: tokens[0]?.value ?? '' });
  assert.deepEqual(
    [again.json().detail, again.headers['retry-after']],
    ['Request was throttled. Expected available in 1 second.', '1'],
  );
  assert.equal(await lastUse(), usedAt, 'a throttled call is no use');
  for (const options of [
    { session: admin.session },
    { token: agent.json<{ value: string }>().value },
    { token: (await makeToken(server, other)).value },
  ])
    assert.equal((await server.request(about, options)).status, 200);
  server.services.testClock.advance(1000);
  assert.equal((await server.request(activities, { token: tokens[1]?.value ?? '' })).status, 200);
});

test('a call that is refused as revoked, expired or dormant is no use; one that only lacked a permission is', async () => {
  const own = await makeTenant(server.services);
  const admin = await makePerson(server, own, 'global-administrator');
  const token = await makeToken(server, admin, {
    permissions: ['Files.read'],
    expiresAt: isoTime(server.services.clock() + minuteMs),
  });
  const status = async () =>
    (await server.request(`/management/v1/api-tokens/${token.id}`, { session: admin.session })).json().status;
  assert.equal(
    (await server.request(activities, { token: token.value, host: server.tenantHost(tenant.slug) })).status,
    401,
  );
  assert.equal(await status(), 'generated');
  assert.equal((await server.request(activities, { token: token.value })).status, 403);
  assert.equal(await status(), 'active');
  const second = await makeToken(server, admin);
  assert.equal((await server.request('/management/v1/users', { token: second.value })).status, 403);
  const seen = (await server.request(`/management/v1/api-tokens/${second.id}`, { session: admin.session })).json();
  assert.deepEqual([seen.status, String(seen.lastUsedFor).startsWith('GET /management/v1/users')], ['active', true]);
  server.services.testClock.advance(minuteMs);
  assert.equal((await server.request(activities, { token: token.value })).status, 401);
  const expired = (await server.request(`/management/v1/api-tokens/${token.id}`, { session: admin.session })).json();
  assert.equal(expired.lastUsedAt, isoTime(server.services.clock() - minuteMs));
});

test('a flood of refusals is recorded up to its limit and counted beyond it', async () => {
  const own = await startTestServer({ settings: { refusalsRecordedPerMinute: 10 } });
  try {
    const operator = await makePerson(own, await makeTenant(own.services, true), 'global-administrator');
    for (let n = 0; n < 50; n++) assert.equal((await own.request(about, { token: 'x' })).status, 401);
    own.services.testClock.advance(minuteMs);
    const { items } = (
      await own.request('/management/v1/audit?log=deployment&limit=100', { session: operator.session })
    ).json<{ items: Recorded[] }>();
    assert.equal(items.filter(({ action }) => action === 'access.refuse').length, 10);
    assert.deepEqual(
      items.filter(({ action }) => action === 'access.refuse-many').map(({ details }) => details.refusals),
      [40],
    );
  } finally {
    await own.dispose();
  }
});
