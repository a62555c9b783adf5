import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newTenantId, openTestEvents } from '../../test/support/activities.ts';
import { batchesBetween, forgetBatches, noteBatch } from './recent-batches.ts';

test('batches are told when all of them are known, and never when one may be missing', async (t) => {
  const { events } = await openTestEvents(t);
  const tenantId = newTenantId();
  const note = (batch: number) => noteBatch(events, { batch, tenantId, rows: 1, bytes: 1 });
  const between = (after: number, upTo: number) => batchesBetween(events, after, upTo)?.map(({ batch }) => batch);
  assert.equal(between(0, 1), undefined);
  for (const batch of [5, 6, 7, 8]) note(batch);
  assert.deepEqual([between(5, 8), between(6, 7), between(8, 8)], [[6, 7, 8], [7], []]);
  // The first one may not be all that has its number, and of what came before or will come nothing is known.
  assert.deepEqual([between(4, 8), between(5, 9)], [undefined, undefined]);
  note(10);
  assert.deepEqual([between(5, 10), between(10, 10)], [undefined, []]);
  forgetBatches(events);
  note(11);
  note(12);
  assert.deepEqual([between(10, 12), between(11, 12)], [undefined, [12]]);
});
