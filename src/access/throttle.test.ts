import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { testStart } from '../../test/support/clock.ts';
import { openTestStore, testStoreKind } from '../../test/support/store.ts';
import { hourMs, minuteMs } from '../lib/clock.ts';
import { newId, type TenantId } from '../lib/ids.ts';
import { admitInto, ProcessThrottle, SharedThrottle } from './throttle.ts';

const bucket = 'the API tokens of this tenant';

test('in no 60 seconds are more calls admitted than allowed, and none is refused that would fit', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 40 }),
      fc.array(fc.oneof(fc.integer({ min: 0, max: 3000 }), fc.integer({ min: 0, max: 90_000 })), { maxLength: 300 }),
      (perMinute, gaps) => {
        const times: number[] = [];
        const admitted: number[] = [];
        let now = testStart;
        for (const gap of gaps) {
          now += gap;
          const lately = admitted.filter((at) => at > now - minuteMs).length;
          const admission = admitInto(times, perMinute, now);
          assert.equal(admission.admitted, lately < perMinute);
          if (admission.admitted) admitted.push(now);
          assert.ok(times.length <= 2 * perMinute + 1);
        }
      },
    ),
  );
});

test('Retry-After is the first whole second at which the call is admitted', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 10 }),
      fc.array(fc.integer({ min: 0, max: 9_000 }), { minLength: 10, maxLength: 40 }),
      (perMinute, gaps) => {
        const times: number[] = [];
        let now = testStart;
        for (const gap of gaps) {
          now += gap;
          const { admitted, retryAfterSeconds } = admitInto(times, perMinute, now);
          if (admitted) {
            assert.equal(retryAfterSeconds, 0);
            continue;
          }
          assert.ok(retryAfterSeconds >= 1 && retryAfterSeconds <= 60);
          const later = (seconds: number) => admitInto([...times], perMinute, now + seconds * 1000).admitted;
          assert.equal(later(retryAfterSeconds), true);
          if (retryAfterSeconds > 1) assert.equal(later(retryAfterSeconds - 1), false);
        }
      },
    ),
  );
});

test('a refused call takes no turn: after the wait that was named, exactly the allowed calls pass again', () => {
  const throttle = new ProcessThrottle();
  const tenantId = newId<TenantId>();
  for (let call = 0; call < 30; call++) assert.ok(throttle.admit(tenantId, bucket, 30, testStart).admitted);
  for (let call = 0; call < 100; call++) {
    assert.deepEqual(throttle.admit(tenantId, bucket, 30, testStart + call), {
      admitted: false,
      retryAfterSeconds: 60,
    });
  }
  for (let call = 0; call < 30; call++) assert.ok(throttle.admit(tenantId, bucket, 30, testStart + minuteMs).admitted);
  assert.equal(throttle.admit(tenantId, bucket, 30, testStart + minuteMs).admitted, false);
});

test('buckets and tenants do not use up each other', () => {
  const throttle = new ProcessThrottle();
  const [one, two] = [newId<TenantId>(), newId<TenantId>()];
  assert.ok(throttle.admit(one, bucket, 1, testStart).admitted);
  assert.ok(!throttle.admit(one, bucket, 1, testStart).admitted);
  assert.ok(throttle.admit(one, 'session 1', 1, testStart).admitted);
  assert.ok(throttle.admit(two, bucket, 1, testStart).admitted);
});

test('a clock that is put back an hour delays nobody by more than the minute', () => {
  const times: number[] = [];
  for (let call = 0; call < 30; call++) admitInto(times, 30, testStart);
  const corrected = testStart - hourMs;
  const refused = admitInto(times, 30, corrected);
  assert.deepEqual(refused, { admitted: false, retryAfterSeconds: 60 });
  assert.ok(admitInto(times, 30, corrected + minuteMs).admitted);
});

test('a clock that is put back delays nobody by more than the minute on a shared database either', async () => {
  const place = await openTestStore();
  try {
    const throttle = new SharedThrottle(place.store);
    const tenantId = newId<TenantId>();
    assert.ok((await throttle.admit(tenantId, bucket, 1, testStart)).admitted);
    const corrected = testStart - hourMs;
    assert.deepEqual(await throttle.admit(tenantId, bucket, 1, corrected), { admitted: false, retryAfterSeconds: 60 });
    assert.ok((await throttle.admit(tenantId, bucket, 1, corrected + minuteMs)).admitted);
  } finally {
    await place.dispose();
  }
});

test('a lowered limit holds at once, and Retry-After names when the next call fits under it', () => {
  const times: number[] = [];
  for (let call = 0; call < 30; call++) admitInto(times, 30, testStart + call * 1000);
  const now = testStart + 30_000;
  assert.deepEqual(admitInto(times, 10, now), { admitted: false, retryAfterSeconds: 50 });
  assert.ok(admitInto([...times], 10, now + 50_000).admitted);
  assert.ok(!admitInto([...times], 10, now + 49_000).admitted);
});

test('idle buckets are forgotten, so that many sessions cannot fill the memory', () => {
  const throttle = new ProcessThrottle(100);
  const tenantId = newId<TenantId>();
  for (let n = 0; n < 1000; n++) throttle.admit(tenantId, `session ${n}`, 10, testStart + n * minuteMs);
  assert.ok(throttle.size <= 100, `${throttle.size} buckets`);
});

test('over several processes on one database the limit counts once, however many calls come together', async () => {
  const place = await openTestStore();
  try {
    // The embedded store belongs to one process: there, two gates over one store are the most there can be.
    const other = testStoreKind === 'postgres' ? await place.openAnother() : place.store;
    const throttles = [new SharedThrottle(place.store), new SharedThrottle(other)];
    const tenantId = newId<TenantId>();
    const calls = Array.from({ length: 60 }, (_, n) =>
      throttles[n % 2]?.admit(tenantId, bucket, 30, testStart + (n % 7)),
    );
    const admissions = await Promise.all(calls);
    assert.equal(admissions.filter((each) => each?.admitted).length, 30);
    const again = await throttles[1]?.admit(tenantId, bucket, 30, testStart + 10);
    assert.equal(again?.admitted, false);
    assert.equal((await throttles[0]?.admit(tenantId, bucket, 30, testStart + minuteMs + 7))?.admitted, true);
  } finally {
    await place.dispose();
  }
});

test('buckets that nobody uses leave the database again', async () => {
  const place = await openTestStore();
  try {
    const throttle = new SharedThrottle(place.store);
    const tenantId = newId<TenantId>();
    for (let n = 0; n < 5; n++) await throttle.admit(tenantId, `session ${n}`, 10, testStart);
    await throttle.admit(tenantId, 'session 5', 10, testStart + hourMs);
    const rows = await place.store.db.selectFrom('rateWindows').select('bucket').execute();
    assert.deepEqual(
      rows.map((row) => row.bucket),
      ['session 5'],
    );
  } finally {
    await place.dispose();
  }
});
