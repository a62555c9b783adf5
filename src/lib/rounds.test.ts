import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startRounds } from './rounds.ts';

test('rounds go on after one that failed, one at a time, until they are stopped', async () => {
  const errors: unknown[] = [];
  let [begun, underWay, most] = [0, 0, 0];
  const thrice = Promise.withResolvers<void>();
  const rounds = startRounds(
    { firstMs: 1, everyMs: 1 },
    async () => {
      begun++;
      most = Math.max(most, ++underWay);
      await new Promise(setImmediate);
      underWay--;
      if (begun === 3) thrice.resolve();
      if (begun === 1) throw new Error('first');
    },
    (error) => errors.push(error),
  );
  // The timers keep no process alive by themselves.
  const alive = setInterval(() => {}, 1000);
  await thrice.promise;
  clearInterval(alive);
  await rounds.stop();
  const after = begun;
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.deepEqual([begun, most, underWay], [after, 1, 0]);
  assert.deepEqual(errors.map(String), ['Error: first']);
});

test('stopping waits for the round that is under way and tells it', async () => {
  const begun = Promise.withResolvers<void>();
  let sawStop = false;
  const rounds = startRounds(
    { firstMs: 0, everyMs: 1000 },
    async (isStopped) => {
      begun.resolve();
      while (!isStopped()) await new Promise(setImmediate);
      sawStop = true;
    },
    () => {},
  );
  const alive = setInterval(() => {}, 1000);
  await begun.promise;
  clearInterval(alive);
  await rounds.stop();
  assert.equal(sawStop, true);
});
