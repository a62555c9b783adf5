import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Wakes } from './wakes.ts';

test('one round at a time: who asks meanwhile waits for the same one', async () => {
  let running = 0;
  let rounds = 0;
  const wakes = new Wakes(
    async () => {
      running++;
      rounds++;
      assert.equal(running, 1);
      await new Promise((resolve) => setImmediate(resolve));
      running--;
      return rounds;
    },
    () => 1_000_000,
  );
  assert.deepEqual(await Promise.all([wakes.go(), wakes.go()]), [1, 1]);
  assert.equal(await wakes.go(), 2);
  await wakes.stop();
});

test('the soonest wish counts, a failed round is told and followed by the next, and none begins after the stop', async () => {
  const told: unknown[] = [];
  let rounds = 0;
  const { promise, resolve } = Promise.withResolvers<void>();
  const wakes = new Wakes(
    async () => {
      rounds++;
      if (rounds === 1) throw new Error('first');
      resolve();
    },
    (error) => {
      told.push(error);
      return rounds < 2 ? 1 : 1_000_000;
    },
  );
  wakes.wakeIn(1_000_000);
  wakes.wakeIn(1);
  wakes.wakeIn(500_000);
  const keepAlive = setInterval(() => {}, 1000);
  await promise;
  clearInterval(keepAlive);
  await wakes.stop();
  wakes.wakeIn(0);
  await new Promise((done) => setTimeout(done, 5));
  assert.equal(rounds, 2);
  assert.match(String(told[0]), /first/);
});
