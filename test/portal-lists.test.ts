// How pages of the portal take lists for a file, where no browser is needed.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { exportRowsMax, takeRows } from '../web/components/export-rows.ts';

/** A list of so many numbers whose server gives at most `most` of them at a time and counts to `countMax`. */
function listOf(count: number, most = 100, countMax = 10_000) {
  return async ({ limit, skip }: { readonly limit: number; readonly skip: number }) => ({
    items: Array.from({ length: Math.max(0, Math.min(limit, most, count - skip)) }, (_, index) => skip + index),
    total: Math.min(count, countMax),
    moreThanTotal: count > countMax,
  });
}

test('an export holds every row, also where the server gives shorter pages or does not count to the end', async () => {
  for (const [count, most] of [
    [0, 100],
    [100, 100],
    [250, 100],
    [250, 7],
    [10_050, 100],
    [exportRowsMax, 100],
  ] as const) {
    const shares: number[] = [];
    const { rows, cut } = await takeRows(listOf(count, most), (share) => shares.push(share));
    assert.deepEqual([rows.length, new Set(rows).size, cut], [count, count, undefined], `${count} by ${most}`);
    assert.ok(shares.every((share) => share >= 0 && share <= 1));
  }
});

test('a longer list is cut, and that is said with what there is', async () => {
  const counted = await takeRows(listOf(33_333, 100, 50_000), () => {});
  assert.equal(counted.rows.length, exportRowsMax);
  assert.deepEqual(counted.cut, { rows: exportRowsMax, total: 33_333, moreThanTotal: false });
  const uncounted = await takeRows(listOf(exportRowsMax + 1), () => {});
  assert.equal(uncounted.rows.length, exportRowsMax);
  assert.deepEqual(uncounted.cut, { rows: exportRowsMax, total: exportRowsMax + 1, moreThanTotal: true });
});
