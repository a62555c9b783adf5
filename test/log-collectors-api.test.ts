// Log collectors over the management API: who may make them, what they may be set to, and what only they themselves may call.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { tellOfSilence } from '../src/agents/silence.ts';
import type { Tenant } from '../src/directory/tenants.ts';
import { hourMs } from '../src/lib/clock.ts';
import { makeTenant } from './support/accounts.ts';
import {
  type Answer,
  makePerson,
  makeToken,
  type Person,
  signIn,
  startTestServer,
  type TestServer,
} from './support/server.ts';

const path = '/management/v1/log-collectors';
const self = '/api/v1/discovery/log_collectors/self';

let server: TestServer;
let tenant: Tenant;
let boss: Person;
let sources: { id: string; name: string }[];
before(async () => {
  server = await startTestServer({ settings: { agentsPerTenantMax: 50 } });
  tenant = await makeTenant(server.services);
  boss = await makePerson(server, tenant, 'global-administrator');
  sources = [];
  for (const receiver of ['syslog-tcp', 'syslog-udp', 'ftp', undefined]) {
    const body = {
      name: `from-${receiver ?? 'nobody'}`,
      source: 'SQUID_NATIVE_SYSLOG',
      ...(receiver ? { receiver } : {}),
    };
    const answer = await server.request('/management/v1/discovery/data-sources', { session: boss.session, body });
    assert.equal(answer.status, 201, answer.text);
    sources.push(answer.json<{ id: string; name: string }>());
  }
});
after(() => server.dispose());

const id = (index: number): string => sources[index]?.id ?? '';
const create = (body: unknown, as: Pick<Person, 'session'> = boss): Promise<Answer> =>
  server.request(path, { session: as.session, body });

interface Collector {
  id: string;
  name: string;
  status: string;
  lastDataAt: string | null;
  dataSources: { name: string; port: number | null; receiver: string }[];
}
async function made(name: string, dataSources: unknown[] = []): Promise<{ collector: Collector; value: string }> {
  const answer = await create({ name, dataSources });
  assert.equal(answer.status, 201, answer.text);
  return answer.json();
}

test('a collector is made with its data sources; its token is shown once and is in no list of API tokens', async () => {
  const answer = await create({
    name: 'berlin',
    dataSources: [{ dataSourceId: id(0), port: 601 }, { dataSourceId: id(2) }],
  });
  assert.equal(answer.status, 201, answer.text);
  assert.equal(answer.headers['cache-control'], 'no-store');
  const { collector, value } = answer.json<{ collector: Collector; value: string }>();
  assert.match(value, /^slplc[0-9A-Za-z]{64}$/);
  assert.deepEqual(
    collector.dataSources.map(({ name, port }) => [name, port]),
    [
      ['from-syslog-tcp', 601],
      ['from-ftp', null],
    ],
  );
  const tokens = await server.request('/management/v1/api-tokens', { session: boss.session });
  assert.ok(!tokens.text.includes('berlin'));
  const list = await server.request(path, { session: boss.session });
  assert.ok(!list.text.includes(value.slice(5, 25)));
});

test('what no collector can be set to is refused with what to do', async () => {
  const cases: [unknown[], RegExp][] = [
    [[{ dataSourceId: 'f'.repeat(24), port: 1 }], /There is no data source/],
    [[{ dataSourceId: id(0) }], /Give the port/],
    [[{ dataSourceId: id(0), port: 70_000 }], /port/],
    [[{ dataSourceId: id(3), port: 1 }], /no receiver type/],
  ];
  for (const [index, [dataSources, message]] of cases.entries()) {
    const answer = await create({ name: `wrong-${index}`, dataSources });
    assert.equal(answer.status, 400, answer.text);
    assert.match(answer.text, message);
  }
  const twice = await create({
    name: 'twice',
    dataSources: [
      { dataSourceId: id(0), port: 514 },
      { dataSourceId: id(0), port: 514 },
    ],
  });
  assert.match(twice.text, /cannot both have port 514/);
  assert.equal(
    (
      await create({
        name: 'udp-and-tcp',
        dataSources: [
          { dataSourceId: id(0), port: 514 },
          { dataSourceId: id(1), port: 514 },
        ],
      })
    ).status,
    201,
  );
  assert.equal((await create({ name: 'no spaces' })).status, 400);
  assert.equal((await create({ name: 'berlin' })).status, 409);
});

test('it is for those who manage agents, and for their own tenant', async () => {
  const { collector } = await made('own');
  const reader = await makePerson(server, tenant, 'security-reader');
  const other = await makeTenant(server.services);
  const stranger = await makePerson(server, other, 'global-administrator');
  const { value: token } = await makeToken(server, boss);
  assert.equal((await server.request(path)).status, 401);
  assert.equal((await server.request(path, { session: reader.session })).status, 403);
  assert.equal((await create({ name: 'theirs' }, reader)).status, 403);
  assert.equal((await server.request(path, { token })).status, 403);
  const listed = await server.request('/api/v1/discovery/log_collectors/', { token });
  assert.equal(listed.status, 200, listed.text);
  assert.ok(listed.json<{ data: { displayName: string }[] }>().data.some(({ displayName }) => displayName === 'own'));
  const calls = [
    ['GET', ''],
    ['PATCH', ''],
    ['POST', '/regenerate'],
    ['DELETE', ''],
  ] as const;
  for (const [method, rest] of calls) {
    const body = method === 'PATCH' ? { name: 'mine' } : undefined;
    const answer = await server.request(`${path}/${collector.id}${rest}`, { method, session: stranger.session, body });
    assert.equal(answer.status, 404, `${method} ${rest}: ${answer.text}`);
  }
  assert.ok(!(await server.request(path, { session: stranger.session })).text.includes(collector.id));
});

const report = (lastReceivedAt: number | null) => ({
  ...{ version: '1.0.0', systemName: 'edge', startedAt: 1, bytesWaiting: 5, bytesWaitingMax: 10, problem: null },
  inputs: [
    {
      ...{ id: id(0), linesReceived: 3, bytesReceived: 300, lastReceivedAt, lastUploadedAt: null, bytesWaiting: 5 },
      ...{ linesDropped: 0, bytesDropped: 0, problem: null },
    },
  ],
});

test('a collector reads its own settings and says how it does, and nothing else', async () => {
  const { collector, value } = await made('self', [{ dataSourceId: id(0), port: 601 }]);
  const settings = await server.request(self, { token: value });
  assert.equal(settings.status, 200, settings.text);
  const { inputs, revision } = settings.json<{ inputs: unknown[]; revision: string }>();
  assert.deepEqual(inputs, [
    { id: id(0), name: 'from-syslog-tcp', source: 'SQUID_NATIVE_SYSLOG', receiverType: 'syslog-tcp', port: 601 },
  ]);
  const body = { dataSources: [{ dataSourceId: id(0), port: 602 }] };
  await server.request(`${path}/${collector.id}`, { method: 'PATCH', session: boss.session, body });
  const changed = await server.request(self, { token: value });
  assert.notEqual(changed.json<{ revision: string }>().revision, revision);
  const now = server.services.clock();
  // A clock that is wrong by a year makes nobody believe in logs of next year.
  const told = await server.request(`${self}/report`, { token: value, body: report(now + 365 * 24 * hourMs) });
  assert.equal(told.status, 200, told.text);
  const seen = (await server.request(`${path}/${collector.id}`, { session: boss.session })).json<Collector>();
  assert.deepEqual([seen.status, Date.parse(seen.lastDataAt ?? '')], ['connected', now]);
  assert.equal((await server.request(`${self}/report`, { token: value, body: { version: 1 } })).status, 400);
  // Neither a person nor another kind of agent has such settings, and the collector opens nothing of people.
  assert.equal((await server.request(self, { session: boss.session })).status, 403);
  const siem = await server.request('/management/v1/agents', {
    session: boss.session,
    body: { kind: 'siem-agent', name: 'siem' },
  });
  const { value: siemToken } = siem.json<{ value: string }>();
  assert.equal((await server.request(self, { token: siemToken })).status, 403);
  assert.equal((await server.request(path, { token: value })).status, 403);
  assert.equal((await server.request('/api/v1/discovery/log_collectors/', { token: value })).status, 403);
  assert.equal((await server.request('/api/v1/alerts/', { token: value })).status, 403);
});

test('it is disconnected after a day without logs, and an alert tells of two days, once for each silence', async () => {
  const { collector, value } = await made('silent', [{ dataSourceId: id(0), port: 601 }]);
  const status = async () =>
    (await server.request(`${path}/${collector.id}`, { session: await signIn(server, boss.user) })).json<Collector>()
      .status;
  const tell = (lastReceivedAt: number | null) =>
    server.request(`${self}/report`, { token: value, body: report(lastReceivedAt) });
  const alerts = async () => {
    const found = await server.services.store.db
      .selectFrom('alerts')
      .select('body')
      .where('tenantId', '=', tenant.id)
      .execute();
    return found.filter(({ body }) => body.includes('at the log collector silent"')).length;
  };
  const { testClock } = server.services;
  assert.equal(await status(), 'created');
  await tell(server.services.clock());
  assert.equal(await status(), 'connected');
  testClock.advance(25 * hourMs);
  await tell(null);
  assert.equal(await status(), 'disconnected');
  await tellOfSilence(server.services);
  assert.equal(await alerts(), 0);
  testClock.advance(24 * hourMs);
  await tellOfSilence(server.services);
  await tellOfSilence(server.services);
  assert.equal(await alerts(), 1);
  await tell(server.services.clock());
  await tellOfSilence(server.services);
  testClock.advance(49 * hourMs);
  await tellOfSilence(server.services);
  assert.equal(await alerts(), 2);
});

test('a collector that has had nothing to receive until now is not called silent', async () => {
  const { testClock } = server.services;
  boss = { ...boss, session: await signIn(server, boss.user) };
  const { collector } = await made('late', []);
  const session = async () => signIn(server, boss.user);
  const alerts = async () => {
    const found = await server.services.store.db
      .selectFrom('alerts')
      .select('body')
      .where('tenantId', '=', tenant.id)
      .execute();
    return found.filter(({ body }) => body.includes('at the log collector late"')).length;
  };
  testClock.advance(72 * hourMs);
  const body = { dataSources: [{ dataSourceId: id(0), port: 601 }] };
  const changed = await server.request(`${path}/${collector.id}`, { method: 'PATCH', session: await session(), body });
  assert.equal(changed.status, 200, changed.text);
  await tellOfSilence(server.services);
  assert.equal(await alerts(), 0);
  testClock.advance(49 * hourMs);
  await tellOfSilence(server.services);
  assert.equal(await alerts(), 1);
});

test('one organisation in which no alert can be raised keeps the others from none of theirs', async () => {
  const { testClock, store } = server.services;
  boss = { ...boss, session: await signIn(server, boss.user) };
  await made('first-of-two', [{ dataSourceId: id(0), port: 601 }]);
  await made('second-of-two', [{ dataSourceId: id(0), port: 602 }]);
  testClock.advance(49 * hourMs);
  let calls = 0;
  const services = {
    ...server.services,
    store: Object.assign(Object.create(store) as typeof store, {
      change: ((...given: Parameters<typeof store.change>) => {
        if (calls++ === 0) throw new Error('This organisation is in trouble.');
        return store.change(...given);
      }) as typeof store.change, // As it is called by silence.ts.
      db: store.db,
    }),
  };
  await tellOfSilence(services);
  assert.ok(calls >= 2);
});
