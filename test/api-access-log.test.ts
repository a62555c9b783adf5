// Calls of the APIs as rows of ApiAccessEvents, through a whole server.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { AccessLog, type ApiCall } from '../src/hunting/access-log.ts';
import { type CorrelationId, newId, type TenantId } from '../src/lib/ids.ts';
import { makeTenant } from './support/accounts.ts';
import { huntedRows } from './support/hunting.ts';
import { advancedHunting, beginHunting } from './support/hunting-calls.ts';
import { makePerson, makeToken, startTestServer, type TestServer } from './support/server.ts';
import { testServices } from './support/services.ts';

let server: TestServer;
before(async () => {
  server = await startTestServer();
});
after(() => server.dispose());

/** What the query finds as soon as it finds so many rows. */
async function awaited(tenantId: string, query: string, count: number): Promise<unknown[][]> {
  const endsAt = performance.now() + 30_000;
  for (;;) {
    const rows = await huntedRows(server.services, tenantId, query);
    if (rows.length >= count || performance.now() >= endsAt) return rows;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

test('a call is there with who made it, by which credential, and what came of it; no secret and no query are', async () => {
  const tenant = await makeTenant(server.services);
  const person = await makePerson(server, tenant, 'security-administrator');
  const token = await makeToken(server, person);
  const answer = await server.request('/api/v1/activities/?limit=1&secret=swordfish', {
    token: token.value,
    headers: { 'user-agent': 'probe/1' },
  });
  assert.equal(answer.status, 200);
  const where = "ApiAccessEvents | where Surface == 'cloud-apps'";
  const rows = await awaited(
    tenant.id,
    `${where} | project ActionType, RequestMethod, RequestPath, ResponseStatusCode, CallerType, CredentialType, CredentialId,
       AccountObjectId, AccountUpn, ApplicationId, IPAddress, UserAgent, CorrelationId, isnotnull(RequestDuration)`,
    1,
  );
  assert.deepEqual(rows, [
    [
      'ApiCall',
      'GET',
      '/api/v1/activities/',
      200,
      'User',
      'ApiToken',
      token.id,
      person.user.id,
      person.user.userName,
      '',
      '127.0.0.1',
      'probe/1',
      answer.headers['x-correlation-id'],
      true,
    ],
  ]);
  const sessions = "ApiAccessEvents | where Surface == 'management' | distinct CredentialType";
  assert.deepEqual(await awaited(tenant.id, sessions, 1), [['Session']]);
  const all = JSON.stringify(
    await huntedRows(server.services, tenant.id, 'ApiAccessEvents'),
    (_name, value: unknown) => (typeof value === 'bigint' ? String(value) : value),
  );
  for (const secret of [token.value, person.session, 'swordfish']) assert.ok(!all.includes(secret));
});

test('an app is named with the tenant that it belongs to', async () => {
  const hunting = await beginHunting(server, 0);
  await hunting.post(advancedHunting, { Query: 'print 1' });
  const rows = await awaited(
    hunting.tenantId,
    `ApiAccessEvents | where Surface == 'defender'
     | project RequestMethod, RequestPath, CallerType, CredentialType, ApplicationId, ApplicationTenantId, isnotempty(CredentialId)`,
    1,
  );
  const { story } = hunting;
  assert.deepEqual(rows, [
    ['POST', advancedHunting, 'Application', 'AccessToken', story.appId, story.home.caller.tenantId, true],
  ]);
});

test('a refused call is there for the tenant that it concerns, and nobody else sees it', async () => {
  const [tenant, other] = [await makeTenant(server.services), await makeTenant(server.services)];
  const person = await makePerson(server, tenant, 'security-administrator');
  const token = await makeToken(server, person);
  await server.request(`/management/v1/api-tokens/${token.id}`, { method: 'DELETE', session: person.session });
  assert.equal((await server.request('/api/v1/activities/', { token: token.value })).status, 401);
  const plain = await makePerson(server, tenant);
  const body = { name: 'x' };
  assert.equal((await server.request('/management/v1/api-tokens', { session: plain.session, body })).status, 403);
  assert.equal((await server.request('/api/v1/activities/', { token: 'nonsense' })).status, 401);
  const refused = await awaited(
    tenant.id,
    `ApiAccessEvents | where ActionType == 'ApiCallRefused' | sort by ResponseStatusCode asc
     | project ResponseStatusCode, Surface, CredentialId == '${token.id}', AccountUpn == '${plain.user.userName}'`,
    2,
  );
  assert.deepEqual(refused, [
    [401, 'cloud-apps', true, false],
    [403, 'management', false, true],
  ]);
  assert.deepEqual(await huntedRows(server.services, other.id, 'ApiAccessEvents | count'), [[0n]]);
});

const call = (tenantId: TenantId, index: number): ApiCall => ({
  tenantId,
  at: Date.UTC(2026, 10, 20) + index,
  durationMs: 0.4,
  surface: 'management',
  method: 'GET',
  path: `/management/v1/${'x'.repeat(index === 0 ? 100_000 : 3)}`,
  status: 200,
  correlationId: newId<CorrelationId>(),
  origin: { address: '192.0.2.1', userAgent: "'); drop table x; -- \ud800" },
  caller: null,
  refusal: null,
});

test("one tenant's flood is counted instead of kept, and costs no other tenant a row", async () => {
  const services = await testServices({ settings: { apiCallsRecordedPerSecond: 20 } });
  const log = new AccessLog(services);
  try {
    const [loud, quiet] = [await makeTenant(services), await makeTenant(services)];
    for (let index = 0; index < 1000; index++) log.note(call(loud.id, index));
    log.note(call(quiet.id, 0));
    await log.flush();
    const query = `ApiAccessEvents | summarize count(), sum(tolong(AdditionalFields.Count)) by ActionType | sort by ActionType asc`;
    const [calls, missed] = await huntedRows(services, loud.id, query);
    assert.equal(Number(calls?.[1]) + Number(missed?.[2]), 1000);
    assert.equal(missed?.[0], 'ApiCallsNotRecorded');
    assert.ok(Number(calls?.[1]) >= 10);
    assert.deepEqual(await huntedRows(services, quiet.id, 'ApiAccessEvents | project strlen(RequestPath)'), [[2048n]]);
  } finally {
    await log.close();
    await services.dispose();
  }
});

test('what could not be written is written later, once', async () => {
  const services = await testServices();
  let failures = 2;
  const events = {
    ...services.events,
    query: services.events.query.bind(services.events),
    prepare: services.events.prepare.bind(services.events),
    insert: async (...given: Parameters<typeof services.events.insert>) => {
      if (failures-- > 0) throw new Error('no');
      return await services.events.insert(...given);
    },
  };
  const log = new AccessLog({ ...services, events: Object.assign(Object.create(services.events), events) });
  try {
    const { id } = await makeTenant(services);
    log.note(call(id, 1));
    await log.flush();
    log.note(call(id, 2));
    await log.flush();
    await log.close();
    assert.deepEqual(await huntedRows(services, id, 'ApiAccessEvents | count'), [[2n]]);
  } finally {
    await services.dispose();
  }
});
