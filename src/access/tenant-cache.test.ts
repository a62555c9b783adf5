import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Invalidations } from '../db/invalidations.ts';
import type { TenantId } from '../lib/ids.ts';
import { TenantCache } from './tenant-cache.ts';

const [one, two] = ['one', 'two'] as TenantId[] as [TenantId, TenantId]; // Any texts serve as ids here.

function counting(cache: TenantCache<number>, tenantId: TenantId) {
  let loads = 0;
  return async (key: string) => {
    const value = await cache.get(key, async () => ({ tenantId, value: ++loads }));
    return { value, loads };
  };
}

test('what was loaded is kept until something in its own tenant changes', async () => {
  const invalidations = new Invalidations();
  const ask = counting(new TenantCache(invalidations, 10), one);
  assert.deepEqual(await ask('a'), { value: 1, loads: 1 });
  assert.deepEqual(await ask('a'), { value: 1, loads: 1 });
  invalidations.publish(two);
  assert.deepEqual(await ask('a'), { value: 1, loads: 1 });
  invalidations.publish(one);
  assert.deepEqual(await ask('a'), { value: 2, loads: 2 });
  invalidations.publish('everything');
  assert.deepEqual(await ask('a'), { value: 3, loads: 3 });
});

test('what is not found is asked for every time, so that a token works from its first second', async () => {
  const cache = new TenantCache<number>(new Invalidations(), 10);
  assert.equal(await cache.get('a', async () => undefined), undefined);
  assert.equal(await cache.get('a', async () => ({ tenantId: one, value: 7 })), 7);
});

test('a failed load is not kept and reaches whoever asked', async () => {
  const cache = new TenantCache<number>(new Invalidations(), 10);
  await assert.rejects(
    cache.get('a', async () => Promise.reject(new Error('no store'))),
    /no store/,
  );
  assert.equal(await cache.get('a', async () => ({ tenantId: one, value: 7 })), 7);
});

test('while word from other processes may be lost, nothing is served from the cache and nothing goes in', async () => {
  const invalidations = new Invalidations();
  const ask = counting(new TenantCache(invalidations, 10), one);
  await ask('a');
  invalidations.setTrusted(false);
  assert.deepEqual(await ask('a'), { value: 2, loads: 2 });
  assert.deepEqual(await ask('a'), { value: 3, loads: 3 });
  invalidations.setTrusted(true);
  assert.deepEqual(await ask('a'), { value: 4, loads: 4 });
  assert.deepEqual(await ask('a'), { value: 4, loads: 4 });
});

test('it never holds more than it may', async () => {
  const cache = new TenantCache<number>(new Invalidations(), 3);
  const ask = counting(cache, one);
  for (const key of ['a', 'b', 'c', 'd', 'e']) await ask(key);
  assert.equal(cache.size, 3);
});

/**
 * A store with a value per tenant, a cache before it, and a random interleaving of: begin a load (it reads at once and
 * answers later), let a load answer, change a value (committed, then published a step later or at once).
 */
test('no answer that began after a change was published is from before it, in any interleaving', async () => {
  const step = fc.record({
    act: fc.constantFrom('begin', 'answer', 'change'),
    tenant: fc.constantFrom(one, two),
    pick: fc.nat(5),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
      const invalidations = new Invalidations();
      const cache = new TenantCache<number>(invalidations, 4);
      const truth = new Map<TenantId, number>([
        [one, 0],
        [two, 0],
      ]);
      const waiting: (() => void)[] = [];
      const asked: Promise<void>[] = [];
      for (const { act, tenant, pick } of steps) {
        if (act === 'begin') {
          const publishedAtStart = truth.get(tenant) ?? 0;
          const load = () => {
            const read = { tenantId: tenant, value: truth.get(tenant) ?? 0 };
            return new Promise<typeof read>((resolve) => waiting.push(() => resolve(read)));
          };
          asked.push(cache.get(tenant, load).then((value) => assert.ok((value ?? -1) >= publishedAtStart)));
        } else if (act === 'answer') {
          waiting.splice(pick % Math.max(1, waiting.length), 1)[0]?.();
        } else {
          truth.set(tenant, (truth.get(tenant) ?? 0) + 1);
          invalidations.publish(tenant);
        }
        await new Promise(setImmediate);
      }
      for (const answer of waiting) answer();
      await Promise.all(asked);
    }),
    { numRuns: 60 },
  );
});
