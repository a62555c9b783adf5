import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hourMs, secondMs } from '../lib/clock.ts';
import { waitMsAfter } from './schedule.ts';

test('ten attempts take about 23 hours, at most a fifth more, and waits never get shorter', () => {
  const waits = (random: number) => Array.from({ length: 9 }, (_, index) => waitMsAfter(index + 1, null, () => random));
  const sum = (all: readonly number[]) => all.reduce((total, each) => total + each, 0);
  assert.equal(Math.round(sum(waits(0)) / hourMs), 23);
  assert.ok(sum(waits(1)) <= 1.2 * sum(waits(0)) + secondMs);
  const sorted = waits(0).toSorted((a, b) => a - b);
  assert.deepEqual(waits(0), sorted);
});

test('a receiver gets the time that it asks for, up to an hour', () => {
  assert.equal(
    waitMsAfter(1, 60 * secondMs, () => 0),
    60 * secondMs,
  );
  assert.equal(
    waitMsAfter(1, 1000 * hourMs, () => 0),
    hourMs,
  );
  assert.equal(
    waitMsAfter(9, secondMs, () => 0),
    12 * hourMs,
  );
});
