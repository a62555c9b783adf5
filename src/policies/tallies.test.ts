import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { minuteMs } from '../lib/clock.ts';
import { Tally } from './tallies.ts';

const now = Date.UTC(2026, 2, 4, 12);
const windowMs = 10 * minuteMs;
const acts = fc.array(
  fc.record({ key: fc.constantFrom('ada', 'bob', 'eve'), at: fc.integer({ min: -60 * minuteMs, max: 60 * minuteMs }) }),
  { maxLength: 60 },
);
const span = fc.tuple(fc.integer({ min: -60 * minuteMs, max: 60 * minuteMs }), fc.integer({ min: 0, max: windowMs }));

test('a tally never has fewer of a group than there were, at any time, late or ahead of the clock', () => {
  fc.assert(
    fc.property(acts, span, fc.nat(30 * minuteMs), (all, [from, length], later) => {
      const tally = new Tally(windowMs, 1, now);
      for (const { key, at } of all) tally.add(key, now + at, 1, now);
      tally.prune(now + later);
      for (const key of ['ada', 'bob', 'eve']) {
        const count = all.filter((act) => act.key === key && act.at >= from && act.at <= from + length).length;
        if (count > 0) assert.ok(tally.mayHave(count, key, now + from, now + from + length));
      }
    }),
  );
});

test('a group that was seldom matched is told from one that was often', () => {
  const tally = new Tally(windowMs, 1, now);
  for (let index = 0; index < 10; index++) tally.add('often', now - index * 1000, 1, now);
  tally.add('seldom', now, 1, now);
  assert.equal(tally.mayHave(10, 'often', now - windowMs, now), true);
  assert.equal(tally.mayHave(2, 'seldom', now - windowMs, now), false);
  assert.equal(tally.mayHave(2, 'never', now - windowMs, now), false);
});
