import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newTenantId } from '../../test/support/activities.ts';
import { TooLarge } from '../lib/failures.ts';
import type { TenantId } from '../lib/ids.ts';
import { type AdmissionLimits, HuntingAdmission } from './run-admission.ts';
import { isOutOfMemory, tooMuchMemory } from './run-problems.ts';

const limits: AdmissionLimits = {
  huntingQuickAtOnce: 4,
  huntingHeavyAtOnce: 2,
  huntingHeavyPerTenant: 1,
  huntingWaitingMax: 50,
};
const noMemory = (): Error => tooMuchMemory({ cause: new TooLarge('There is no memory left.') });

function asked(sql: string, tenantId: TenantId = newTenantId()) {
  return { tenantId, sql, endsAt: performance.now() + 60_000, signal: new AbortController().signal };
}

/** A piece of work that ends when it is told to. */
function openWork() {
  const begun = Promise.withResolvers<void>();
  const end = Promise.withResolvers<string>();
  const work = async (): Promise<string> => {
    begun.resolve();
    return await end.promise;
  };
  return { work, begun: begun.promise, end: end.resolve, fail: end.reject };
}

test('a query that found no memory beside another runs once more', async () => {
  const admission = new HuntingAdmission(limits);
  const other = openWork();
  const running = admission.run(asked('other'), other.work);
  await other.begun;
  let runs = 0;
  const victim = admission.run(asked('victim'), async () => {
    runs += 1;
    if (runs === 1) throw noMemory();
    return 'answer';
  });
  assert.equal(await victim, 'answer');
  other.end('done');
  assert.equal(await running, 'done');
  assert.equal(admission.underWay, 0);
});

test('a query that finds no memory when nothing else runs is told so at once', async () => {
  const admission = new HuntingAdmission(limits);
  let runs = 0;
  const greedy = admission.run(asked('greedy'), async () => {
    runs += 1;
    throw noMemory();
  });
  await assert.rejects(greedy, isOutOfMemory);
  assert.equal(runs, 1);
});

test('of queries that found no memory one runs at a time, also when they are asked again', async () => {
  const admission = new HuntingAdmission(limits);
  const first = openWork();
  const [one, other] = [asked('one'), asked('other')];
  for (const each of [one, other])
    await assert.rejects(
      admission.run(each, () => Promise.reject(noMemory())),
      isOutOfMemory,
    );
  const running = admission.run(one, first.work);
  await first.begun;
  const second = openWork();
  const waiting = admission.run(other, second.work);
  assert.deepEqual([admission.underWay, admission.waiting], [1, 1]);
  first.fail(noMemory());
  await assert.rejects(running, isOutOfMemory);
  await second.begun;
  second.end('answer');
  assert.equal(await waiting, 'answer');
  const third = openWork();
  const again = [admission.run(one, third.work), admission.run(other, async () => 'at once')];
  assert.equal(await again[1], 'at once');
  third.end('later');
  assert.equal(await again[0], 'later');
  assert.deepEqual([admission.underWay, admission.waiting], [0, 0]);
});

test('who goes away while it waits for its turn gives nothing back that it did not have', async () => {
  const admission = new HuntingAdmission(limits);
  const hungry = asked('hungry');
  await assert.rejects(
    admission.run(hungry, () => Promise.reject(noMemory())),
    isOutOfMemory,
  );
  const first = openWork();
  const running = admission.run(hungry, first.work);
  await first.begun;
  const leaving = new AbortController();
  const waiting = admission.run({ ...hungry, signal: leaving.signal }, async () => 'never');
  leaving.abort(new Error('gone'));
  await assert.rejects(waiting, /gone/);
  first.end('answer');
  assert.equal(await running, 'answer');
  assert.equal(await admission.run(hungry, async () => 'again'), 'again');
  assert.deepEqual([admission.underWay, admission.waiting], [0, 0]);
});
