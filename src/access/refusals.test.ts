import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { makeOrigin, makeTenant, makeUser, newCorrelationId } from '../../test/support/accounts.ts';
import { type TestServices, testServices } from '../../test/support/services.ts';
import type { Tenant } from '../directory/tenants.ts';
import { dayMs, minuteMs } from '../lib/clock.ts';
import { systemTenantId, type TenantId } from '../lib/ids.ts';
import { insertExplanations, pruneExplanations } from './explanations-store.ts';
import type { RefusalDetails } from './refusal.ts';
import { RefusalRecorder, type RefusedRequest } from './refusals.ts';

let services: TestServices;
before(async () => {
  services = await testServices({ settings: { refusalsRecordedPerMinute: 20 } });
});
after(() => services.dispose());

function refused(tenantId: TenantId | null, details: Partial<RefusalDetails> = {}): RefusedRequest {
  return {
    correlationId: newCorrelationId(),
    origin: makeOrigin(),
    surface: 'management',
    method: 'GET',
    path: '/x',
    details: {
      status: 401,
      code: 'invalid-token',
      message: 'Invalid token',
      chain: [{ check: 'credential-known', outcome: 'failed', detail: 'It is not known.' }],
      remedy: 'Generate a new one.',
      tenantId,
      userId: null,
      target: null,
      ...details,
    },
  };
}

const count = async (tenantId: TenantId) =>
  (
    await services.store.db
      .selectFrom('explanations')
      .select('correlationId')
      .where('tenantId', '=', tenantId)
      .execute()
  ).length;
const actions = async (tenantId: TenantId) =>
  await services.store.db
    .selectFrom('auditRecords')
    .select(['action', 'actor'])
    .where('tenantId', '=', tenantId)
    .execute();

async function recording(work: (recorder: RefusalRecorder, tenant: Tenant) => Promise<void>): Promise<void> {
  const recorder = new RefusalRecorder(services);
  try {
    await work(recorder, await makeTenant(services));
  } finally {
    await recorder.close();
  }
}

test('a refusal is explained and audited once, under the name of whoever was refused', () =>
  recording(async (recorder, tenant) => {
    const user = await makeUser(services, tenant);
    recorder.note(refused(tenant.id, { userId: user.id }));
    recorder.note(refused(tenant.id, { agent: { id: 'a1', name: 'collector' } }));
    recorder.note(refused(tenant.id));
    await Promise.all([recorder.flush(), recorder.flush()]);
    assert.equal(await count(tenant.id), 3);
    assert.deepEqual(
      (await actions(tenant.id)).map(({ actor }) => actor),
      [user.userName, 'collector', 'unknown'],
    );
  }));

test('one tenant that is flooded with refusals uses up nobody else its records', () =>
  recording(async (recorder, tenant) => {
    const other = await makeTenant(services);
    for (let n = 0; n < 500; n++) recorder.note(refused(tenant.id));
    recorder.note(refused(other.id));
    await recorder.flush();
    assert.deepEqual([await count(tenant.id), await count(other.id)], [20, 1]);
    services.testClock.advance(minuteMs);
    recorder.note(refused(tenant.id));
    await recorder.flush();
    assert.equal(await count(tenant.id), 21);
    const many = await services.store.db
      .selectFrom('auditRecords')
      .select('body')
      .where('tenantId', '=', tenant.id)
      .where('action', '=', 'access.refuse-many')
      .execute();
    assert.deepEqual(
      many.map(({ body }) => (JSON.parse(body) as { details: { refusals: number } }).details.refusals),
      [480],
    );
  }));

test('a clock that is put back begins a new minute, so that refusals go on being explained', () =>
  recording(async (recorder, tenant) => {
    for (let n = 0; n < 25; n++) recorder.note(refused(tenant.id));
    services.testClock.moveTo(services.clock() - 60 * minuteMs);
    recorder.note(refused(tenant.id));
    await recorder.flush();
    assert.equal(await count(tenant.id), 21);
    services.testClock.advance(60 * minuteMs);
  }));

test('what was only counted is written when the server stops', async () => {
  const recorder = new RefusalRecorder(services);
  const tenant = await makeTenant(services);
  for (let n = 0; n < 25; n++) recorder.note(refused(tenant.id));
  await recorder.close();
  assert.equal((await actions(tenant.id)).filter(({ action }) => action === 'access.refuse-many').length, 1);
});

test('explanations go after their time, and the oldest beyond the number that is kept', async () => {
  const tenant = await makeTenant(services);
  const now = services.clock();
  const rows = Array.from({ length: 10 }, (_, n) => ({
    correlationId: newCorrelationId(),
    userId: null,
    at: now - n * dayMs,
    body: '{}',
  }));
  await insertExplanations(services.store.db, tenant.id, rows);
  await insertExplanations(services.store.db, tenant.id, rows);
  assert.equal(await count(tenant.id), 10, 'a batch that is written again counts once');
  await pruneExplanations(services.store.db, now - 7.5 * dayMs, 1000);
  assert.equal(await count(tenant.id), 8);
  const untouched = await count(systemTenantId);
  await pruneExplanations(services.store.db, 0, 3);
  const left = await services.store.db
    .selectFrom('explanations')
    .select('at')
    .where('tenantId', '=', tenant.id)
    .orderBy('at')
    .execute();
  assert.deepEqual(
    left.map(({ at }) => at),
    [now - 2 * dayMs, now - dayMs, now],
  );
  assert.ok((await count(systemTenantId)) <= Math.max(untouched, 3));
});
