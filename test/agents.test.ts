// Tokens of SIEM agents and log collectors: another kind than people's, bound to their agent, never in the token list.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Tenant } from '../src/directory/tenants.ts';
import { isoTime, minuteMs } from '../src/lib/clock.ts';
import { makeTenant } from './support/accounts.ts';
import { type Answer, makePerson, makeToken, type Person, startTestServer, type TestServer } from './support/server.ts';

const activities = '/api/v1/activities/';
const agentsPath = '/management/v1/agents';
const about = '/management/v1/about';

interface Minted {
  agent: {
    id: string;
    name: string;
    kind: string;
    permissions: string[];
    lastUsedAt: string | null;
    lastUsedAddress: string | null;
  };
  value: string;
}

let server: TestServer;
let tenant: Tenant;
let boss: Person;
before(async () => {
  server = await startTestServer({
    settings: { agentsPerTenantMax: 8, siemAgentsPerTenantMax: 8, agentRequestsPerMinute: 40 },
  });
  tenant = await makeTenant(server.services);
  boss = await makePerson(server, tenant, 'global-administrator');
});
after(() => server.dispose());

const create = (kind: string, name: string, as: Pick<Person, 'session'> = boss): Promise<Answer> =>
  server.request(agentsPath, { session: as.session, body: { kind, name } });
const made = async (kind: string, name: string, as: Pick<Person, 'session'> = boss): Promise<Minted> => {
  const answer = await create(kind, name, as);
  assert.equal(answer.status, 201, answer.text);
  return answer.json<Minted>();
};
const list = async (as: Pick<Person, 'session'> = boss) =>
  (await server.request(agentsPath, { session: as.session })).json<{ items: Minted['agent'][]; total: number }>();

test('an agent gets a token of its own kind, shown once, and its last use is noted', async () => {
  const answer = await create('siem-agent', 'siem-1');
  assert.equal(answer.headers['cache-control'], 'no-store');
  const { agent, value } = answer.json<Minted>();
  assert.match(value, /^slpsa[0-9A-Za-z]{64}$/);
  assert.deepEqual([agent.lastUsedAt, agent.permissions], [null, ['Activities.read', 'Alerts.read']]);
  assert.ok(!JSON.stringify(await list()).includes(value.slice(5, 20)));
  server.services.testClock.advance(1000);
  assert.equal((await server.request(activities, { token: value })).status, 200);
  const seen = (await list()).items.find(({ id }) => id === agent.id);
  assert.deepEqual([seen?.lastUsedAt, seen?.lastUsedAddress], [isoTime(server.services.clock()), '127.0.0.1']);
});

test('it is never in the token list, in no status and for nobody', async () => {
  await made('siem-agent', 'siem-list');
  for (const query of ['', '?status=generated', '?status=active', '?search=siem']) {
    const answer = await server.request(`/management/v1/api-tokens${query}`, { session: boss.session });
    assert.equal(answer.json<{ total: number }>().total, 0, query);
  }
});

test('it may do only what its kind needs, although a global administrator created it', async () => {
  const siem = await made('siem-agent', 'siem-2');
  const collector = await made('log-collector', 'collector-1');
  assert.match(collector.value, /^slplc[0-9A-Za-z]{64}$/);
  assert.deepEqual(collector.agent.permissions, ['Discovery.upload']);
  assert.equal((await server.request(activities, { token: siem.value })).status, 200);
  const refused = await server.request(activities, { token: collector.value });
  assert.deepEqual(
    [refused.status, refused.json().detail],
    [403, 'Insufficient role based permissions: Activities.read is needed.'],
  );
  for (const { value } of [siem, collector]) {
    assert.equal((await server.request(about, { token: value })).json<{ user: unknown }>().user, null);
    for (const [method, path, body] of [
      ['GET', '/agents', undefined],
      ['GET', '/audit', undefined],
      ['GET', '/users', undefined],
      ['POST', '/api-tokens', { name: 'x' }],
      ['POST', '/agents', { kind: 'siem-agent', name: 'x' }],
    ] as const)
      assert.equal((await server.request(`/management/v1${path}`, { token: value, method, body })).status, 403, path);
  }
});

test('a new token replaces the old one at once, and a deleted agent has none', async () => {
  const { agent, value } = await made('siem-agent', 'siem-3');
  const renewed = await server.request(`${agentsPath}/${agent.id}/regenerate`, {
    session: boss.session,
    method: 'POST',
  });
  assert.equal(renewed.status, 200, renewed.text);
  const { value: second } = renewed.json<Minted>();
  const old = await server.request(activities, { token: value });
  assert.deepEqual([old.status, old.json().detail], [401, 'Invalid token']);
  assert.equal((await server.request(activities, { token: second })).status, 200);
  assert.equal(
    (await server.request(`${agentsPath}/${agent.id}`, { session: boss.session, method: 'DELETE' })).status,
    204,
  );
  assert.equal((await server.request(activities, { token: second })).status, 401);
  for (const [method, path] of [
    ['DELETE', `/${agent.id}`],
    ['POST', `/${agent.id}/regenerate`],
  ] as const)
    assert.equal((await server.request(`${agentsPath}${path}`, { session: boss.session, method })).status, 404);
  assert.equal((await create('siem-agent', 'siem-3')).status, 201, 'its name is free again');
});

test('it stops when whoever created it is disabled or may not manage agents any more, and works again after', async () => {
  const creator = await makePerson(server, tenant, 'security-administrator');
  const { value } = await made('siem-agent', 'siem-4', creator);
  assert.equal((await server.request(activities, { token: value })).status, 200);
  const act = (path: string, method = 'POST', body?: unknown) =>
    server.request(`/management/v1${path}`, { session: boss.session, method, body });
  await act(`/users/${creator.user.userName}/disable`);
  assert.equal((await server.request(activities, { token: value })).status, 403);
  await act(`/users/${creator.user.userName}/enable`);
  assert.equal((await server.request(activities, { token: value })).status, 200);
  const { items } = (await act(`/role-assignments?user=${creator.user.userName}`, 'GET')).json<{
    items: { id: string }[];
  }>();
  await act('/role-assignments', 'POST', { user: creator.user.userName, role: 'security-reader', kind: 'permanent' });
  for (const { id } of items) await act(`/role-assignments/${id}`, 'DELETE');
  const refused = await server.request(activities, { token: value });
  assert.equal(refused.status, 403);
  assert.match(String(refused.json().detail), /not permitted to use tokens/);
});

test('only who may manage agents sees, makes, renews or deletes them, and nobody those of another tenant', async () => {
  const { agent } = await made('log-collector', 'collector-2');
  const stranger = await makePerson(server, await makeTenant(server.services), 'global-administrator');
  assert.equal((await list(stranger)).total, 0);
  for (const method of ['DELETE', 'POST'] as const) {
    const path = method === 'DELETE' ? agent.id : `${agent.id}/regenerate`;
    assert.equal((await server.request(`${agentsPath}/${path}`, { session: stranger.session, method })).status, 404);
  }
  for (const role of ['security-reader', 'security-operator', 'global-reader', 'compliance-administrator']) {
    const person = await makePerson(server, tenant, role);
    assert.equal((await server.request(agentsPath, { session: person.session })).status, 403, role);
    assert.equal((await create('siem-agent', `by-${role}`, person)).status, 403, role);
    assert.equal(
      (await server.request(`${agentsPath}/${agent.id}`, { session: person.session, method: 'DELETE' })).status,
      403,
    );
  }
});

test('names are what file and container names may be, unique by kind, and agents are limited in number', async () => {
  const other = await makeTenant(server.services);
  const person = await makePerson(server, other, 'global-administrator');
  for (const name of ['', 'two words', '../etc', 'ü', 'x'.repeat(65), 'a.b', 'a\u0000'])
    assert.equal((await create('siem-agent', name, person)).status, 400, name);
  assert.equal((await create('siem', 'a', person)).status, 400);
  await made('siem-agent', 'same', person);
  const taken = await create('siem-agent', 'same', person);
  assert.deepEqual([taken.status, taken.json().code], [409, 'name-taken']);
  await made('log-collector', 'same', person);
  const answers = await Promise.all(Array.from({ length: 12 }, (_, n) => create('siem-agent', `many-${n}`, person)));
  assert.equal(answers.filter(({ status }) => status === 201).length, 6, 'eight in all');
  assert.equal(answers.find(({ status }) => status !== 201)?.json().code, 'too-many-agents');
});

test('each agent has calls of its own: what one uses up is missing to nobody else', async () => {
  const own = await makeTenant(server.services);
  const person = await makePerson(server, own, 'global-administrator');
  const [busy, idle] = [await made('siem-agent', 'busy', person), await made('siem-agent', 'idle', person)];
  const token = await makeToken(server, person);
  const statuses: number[] = [];
  for (let n = 0; n < 42; n++) statuses.push((await server.request(about, { token: busy.value })).status);
  assert.deepEqual(statuses.slice(38), [200, 200, 429, 429]);
  for (const value of [idle.value, token.value])
    assert.equal((await server.request(about, { token: value })).status, 200);
});

test('every act with an agent is in the audit, and what it was refused is recorded as its own', async () => {
  const own = await makeTenant(server.services);
  const person = await makePerson(server, own, 'global-administrator');
  const { agent, value } = await made('log-collector', 'audited', person);
  await server.request(activities, { token: value });
  await server.request(`${agentsPath}/${agent.id}/regenerate`, { session: person.session, method: 'POST' });
  await server.request(`${agentsPath}/${agent.id}`, { session: person.session, method: 'DELETE' });
  server.services.testClock.advance(minuteMs);
  const { items } = (await server.request('/management/v1/audit?search=audited', { session: person.session })).json<{
    items: { action: string; actor: { kind: string; name: string } }[];
  }>();
  assert.deepEqual(items.map(({ action, actor }) => `${action} by ${actor.kind} ${actor.name}`).toSorted(), [
    'access.refuse by agent audited',
    `agent.create by user ${person.user.userName}`,
    `agent.delete by user ${person.user.userName}`,
    `agent.regenerate-token by user ${person.user.userName}`,
  ]);
});
