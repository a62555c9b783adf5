import type { Trx } from '../db/store.ts';
import type { TenantId } from '../lib/ids.ts';

/** The calls in a bucket's window, locked until the transaction ends; an empty window is made when there is none. */
export async function lockTimes(trx: Trx, tenantId: TenantId, bucket: string, now: number): Promise<number[]> {
  const row = await trx
    .insertInto('rateWindows')
    .values({ tenantId, bucket, times: '[]', lastAt: now })
    .onConflict((c) => c.columns(['tenantId', 'bucket']).doUpdateSet({ lastAt: now }))
    .returning('times')
    .executeTakeFirstOrThrow();
  return JSON.parse(row.times) as number[]; // Written by saveTimes only.
}

export async function saveTimes(
  trx: Trx,
  tenantId: TenantId,
  bucket: string,
  times: readonly number[],
  now: number,
): Promise<void> {
  await trx
    .updateTable('rateWindows')
    .set({ times: JSON.stringify(times), lastAt: now })
    .where('tenantId', '=', tenantId)
    .where('bucket', '=', bucket)
    .execute();
}

/** Forgets the buckets of every tenant that were last called at `before` or earlier. */
export async function deleteIdle(trx: Trx, before: number): Promise<void> {
  await trx.deleteFrom('rateWindows').where('lastAt', '<=', before).execute();
}
