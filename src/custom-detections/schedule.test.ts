import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { dayMs, hourMs, minuteMs } from '../lib/clock.ts';
import { newId, type TenantId } from '../lib/ids.ts';
import { cadences, longestLookBackMs, periods } from './rule.ts';
import { nextAfterFailure, nextAfterRun, spanOf } from './schedule.ts';
import { RuleShares } from './shares.ts';

const now = Date.parse('2027-01-31T09:00:00Z');
const period = fc.constantFrom(...periods);

test('a run is in the future, and one period after the last where that was in time', () => {
  fc.assert(
    fc.property(period, fc.option(fc.integer({ min: 0, max: now })), (each, dueAt) => {
      const next = nextAfterRun(each, dueAt, now);
      assert.ok(next > now && next <= now + cadences[each].everyMs);
    }),
  );
  assert.equal(nextAfterRun('1H', now - 5000, now), now - 5000 + hourMs);
  assert.equal(nextAfterRun('1H', now - 3 * hourMs, now), now + hourMs);
});

test('spans that follow each other leave no gap, and look back no further than 30 days', () => {
  fc.assert(
    fc.property(period, fc.integer({ min: 0, max: 60 * dayMs }), (each, ago) => {
      const { from, until } = spanOf(each, now - ago, now);
      assert.ok(from <= Math.max(now - ago, now - longestLookBackMs) && from >= now - longestLookBackMs);
      assert.equal(until, now);
    }),
  );
  assert.deepEqual(spanOf('24H', null, now), { from: now - longestLookBackMs, until: now, isByArrival: false });
});

test('a rule that fails waits longer and longer, up to a day, or an hour in near real time', () => {
  const waits = (of: '0' | '1H') =>
    [1, 2, 3, 50].map((failures) => (nextAfterFailure(of, failures, now) - now) / minuteMs);
  assert.deepEqual(waits('1H'), [15, 30, 60, 24 * 60]);
  assert.deepEqual(waits('0'), [1, 2, 4, 60]);
});

test('what rules took is forgotten with the quarter of an hour, and is each tenant’s own', () => {
  const shares = new RuleShares();
  const [one, other] = [newId<TenantId>(), newId<TenantId>()];
  shares.add(one, 6, now);
  assert.equal(shares.isUsedUp(one, 10, now), false);
  shares.add(one, 4, now + 14 * minuteMs);
  assert.equal(shares.isUsedUp(one, 10, now + 14 * minuteMs), true);
  assert.equal(shares.isUsedUp(other, 10, now + 14 * minuteMs), false);
  assert.equal(shares.isUsedUp(one, 10, now + 15 * minuteMs), false);
});
