// Two server processes on one PostgreSQL, each with its own caches: what one changes, the other obeys within a second.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { verifyChain } from '../src/audit/audit.ts';
import type { Services } from '../src/context.ts';
import type { Tenant } from '../src/directory/tenants.ts';
import { makeTenant } from './support/accounts.ts';
import { freePort } from './support/postgres-server.ts';
import {
  makePerson,
  makeToken,
  type Person,
  startNode,
  startTestServer,
  type TestNode,
  type TestServer,
} from './support/server.ts';
import { secondNode } from './support/services.ts';
import { testStoreKind } from './support/store.ts';

const skip = testStoreKind === 'postgres' ? false : 'the embedded store belongs to one process';
const about = '/management/v1/about';

let server: TestServer;
let other: TestNode;
let otherServices: Services;
let tenant: Tenant;
let boss: Person;
before(async () => {
  if (skip) return;
  server = await startTestServer({ settings: { tenantRequestsPerMinute: 100_000, sessionRequestsPerMinute: 100_000 } });
  otherServices = await secondNode(server.services);
  other = await startNode(otherServices, await freePort());
  tenant = await makeTenant(server.services);
  boss = await makePerson(server, tenant, 'global-administrator');
});
after(async () => {
  if (skip) return;
  await other.stop();
  await server.dispose();
});

const onFirst = async (method: string, path: string, body?: unknown) => {
  const answer = await server.request(`/management/v1${path}`, {
    session: boss.session,
    method,
    ...(body === undefined ? {} : { body }),
  });
  assert.ok(answer.status < 300, `${method} ${path} ${answer.status} ${answer.text}`);
  return answer;
};
const statusOnOther = async (token: string) => (await other.request(about, { token })).status;

/** The guarantee of the design: within one second of the acknowledgement. */
async function withinASecond(what: string, wanted: number, status: () => Promise<number>): Promise<void> {
  const until = performance.now() + 1000;
  for (;;) {
    const asked = performance.now();
    const seen = await status();
    if (seen === wanted) return;
    assert.ok(asked < until, `${what}: still ${seen} after a second`);
    await sleep(5);
  }
}

test('a token that one node made works on the other at once, and its revocation is obeyed within a second', {
  skip,
}, async () => {
  for (let round = 0; round < 5; round++) {
    const { id, value } = await makeToken(server, boss);
    assert.equal(await statusOnOther(value), 200);
    assert.equal(await statusOnOther(value), 200, 'now from its cache');
    await onFirst('DELETE', `/api-tokens/${id}`);
    await withinASecond('revoked', 401, () => statusOnOther(value));
  }
});

test('a changed role, a disabled account and a rotated token are obeyed within a second', { skip }, async () => {
  const owner = await makePerson(server, tenant, 'security-reader');
  const { id, value } = await makeToken(server, owner);
  assert.equal(await statusOnOther(value), 200);
  const { items } = (await onFirst('GET', `/role-assignments?user=${owner.user.userName}`)).json<{
    items: { id: string }[];
  }>();
  for (const each of items) await onFirst('DELETE', `/role-assignments/${each.id}`);
  await withinASecond('demoted', 403, () => statusOnOther(value));
  await onFirst('POST', '/role-assignments', {
    user: owner.user.userName,
    role: 'security-operator',
    kind: 'permanent',
  });
  await withinASecond('promoted', 200, () => statusOnOther(value));
  await onFirst('POST', `/users/${owner.user.userName}/disable`);
  await withinASecond('disabled', 403, () => statusOnOther(value));
  await withinASecond(
    'its session ended',
    401,
    async () => (await other.request(about, { session: owner.session })).status,
  );
  await onFirst('POST', `/users/${owner.user.userName}/enable`);
  await withinASecond('enabled', 200, () => statusOnOther(value));
  const own = await makeToken(server, boss);
  assert.equal(await statusOnOther(own.value), 200);
  await onFirst('POST', `/api-tokens/${own.id}/rotate`, {});
  await withinASecond('rotated', 401, () => statusOnOther(own.value));
  assert.ok(id);
});

test('it holds also when the connection over which the nodes hear of each other is cut in that very moment', {
  skip,
}, async () => {
  for (let round = 0; round < 3; round++) {
    const { id, value } = await makeToken(server, boss);
    assert.equal(await statusOnOther(value), 200);
    await sql`select pg_terminate_backend(pid) from pg_stat_activity
      where application_name = 'sallyport-listen' and datname = current_database()`.execute(server.services.store.db);
    await onFirst('DELETE', `/api-tokens/${id}`);
    await withinASecond('revoked', 401, () => statusOnOther(value));
  }
  const { id, value } = await makeToken(server, boss);
  for (const until = Date.now() + 5000; !otherServices.store.invalidations.trusted && Date.now() < until; )
    await sleep(10);
  assert.equal(await statusOnOther(value), 200);
  await onFirst('DELETE', `/api-tokens/${id}`);
  await withinASecond('revoked, with the connection back', 401, () => statusOnOther(value));
});

test('the last use that either node saw is in the list, and both together admit no more than the limit', {
  skip,
}, async () => {
  const first = await startTestServer();
  const second = await startNode(await secondNode(first.services), await freePort());
  try {
    const owner = await makePerson(first, await makeTenant(first.services), 'security-reader');
    const { id, value } = await makeToken(first, owner);
    const nodes = [first, second];
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, n) => nodes[n % 2]?.request(about, { token: value })),
    );
    assert.equal(answers.filter((each) => each?.status === 200).length, 30);
    assert.equal(answers.filter((each) => each?.status === 429).length, 20);
    const seen = (await second.request(`/management/v1/api-tokens/${id}`, { session: owner.session })).json();
    assert.equal(seen.status, 'active');
  } finally {
    await second.stop();
    await first.dispose();
  }
});

test('acts on both nodes at the same time leave one unbroken audit chain and no name twice', { skip }, async () => {
  const own = await makeTenant(server.services);
  const person = await makePerson(server, own, 'global-administrator');
  const nodes = [server, other];
  const answers = await Promise.all(
    Array.from({ length: 30 }, (_, n) =>
      nodes[n % 2]?.request('/management/v1/api-tokens', {
        session: person.session,
        body: { name: `token ${n % 10}` },
      }),
    ),
  );
  assert.equal(answers.filter((each) => each?.status === 201).length, 10);
  assert.equal(answers.filter((each) => each?.status === 409).length, 20);
  const { intact, problems } = await verifyChain(server.services, own.id, null);
  assert.deepEqual([intact, problems], [true, []]);
});
