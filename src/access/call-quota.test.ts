import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { testStart } from '../../test/support/clock.ts';
import { openTestStore, testStoreKind } from '../../test/support/store.ts';
import { hourMs, minuteMs, secondMs } from '../lib/clock.ts';
import { newId, type TenantId } from '../lib/ids.ts';
import { admitWithin, type CallLimit, ProcessQuota, SharedQuota } from './call-quota.ts';

const perMinute: CallLimit = { calls: 3, windowMs: minuteMs };
const perHour: CallLimit = { calls: 8, windowMs: hourMs };

test('in no minute and no hour are more calls admitted than allowed, and none is refused that would fit', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 20 }),
      fc.integer({ min: 1, max: 40 }),
      fc.array(fc.oneof(fc.integer({ min: 0, max: 5000 }), fc.integer({ min: 0, max: 900_000 })), { maxLength: 200 }),
      (inMinute, inHour, gaps) => {
        const limits = [
          { calls: inMinute, windowMs: minuteMs },
          { calls: inHour, windowMs: hourMs },
        ];
        const times: number[] = [];
        const admitted: number[] = [];
        let now = testStart;
        for (const gap of gaps) {
          now += gap;
          const within = (windowMs: number) => admitted.filter((at) => at > now - windowMs).length;
          const fits = within(minuteMs) < inMinute && within(hourMs) < inHour;
          const exceeded = admitWithin(times, limits, now);
          assert.equal(exceeded === null, fits);
          if (fits) admitted.push(now);
          assert.ok(times.length <= inHour);
          if (!exceeded) continue;
          // Not a second too early, and not a second too late.
          const later = now + exceeded.retryAfterSeconds * secondMs;
          assert.equal(admitWithin([...times], limits, later), null);
          if (exceeded.retryAfterSeconds > 1) assert.ok(admitWithin([...times], limits, later - secondMs));
        }
      },
    ),
  );
});

test('the limit that holds up longest is told', () => {
  const times: number[] = [];
  const limits = [perMinute, perHour];
  let now = testStart;
  for (let call = 0; call < 3; call++) assert.equal(admitWithin(times, limits, now), null);
  assert.deepEqual(admitWithin(times, limits, now), { limit: perMinute, retryAfterSeconds: 60 });
  now += minuteMs;
  for (let call = 0; call < 3; call++) assert.equal(admitWithin(times, limits, now), null);
  now += minuteMs;
  for (let call = 0; call < 2; call++) assert.equal(admitWithin(times, limits, now), null);
  assert.deepEqual(admitWithin(times, limits, now), { limit: perHour, retryAfterSeconds: 58 * 60 });
});

test('tenants and buckets have calls of their own', () => {
  const quota = new ProcessQuota();
  const [one, other] = [newId<TenantId>(), newId<TenantId>()];
  for (const [tenantId, bucket] of [
    [one, 'app a'],
    [one, 'app b'],
    [other, 'app a'],
  ] as const) {
    for (let call = 0; call < 3; call++) assert.equal(quota.admit(tenantId, bucket, [perMinute], testStart), null);
    assert.ok(quota.admit(tenantId, bucket, [perMinute], testStart));
  }
});

test('so many buckets are kept and no more: the one that was called longest ago goes first', () => {
  const quota = new ProcessQuota(2);
  const tenantId = newId<TenantId>();
  const once = [{ calls: 1, windowMs: minuteMs }];
  assert.equal(quota.admit(tenantId, 'a', once, testStart), null);
  assert.equal(quota.admit(tenantId, 'b', once, testStart), null);
  assert.ok(quota.admit(tenantId, 'a', once, testStart));
  assert.equal(quota.admit(tenantId, 'c', once, testStart), null);
  assert.ok(quota.admit(tenantId, 'a', once, testStart));
  assert.equal(quota.admit(tenantId, 'b', once, testStart), null);
});

test('two processes count together', { skip: testStoreKind !== 'postgres' }, async () => {
  const opened = await openTestStore();
  try {
    const quotas = [new SharedQuota(opened.store), new SharedQuota(await opened.openAnother())];
    const tenantId = newId<TenantId>();
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, call) => quotas[call % 2]?.admit(tenantId, 'app', [perHour], testStart)),
    );
    assert.equal(answers.filter((exceeded) => exceeded === null).length, perHour.calls);
  } finally {
    await opened.dispose();
  }
});
