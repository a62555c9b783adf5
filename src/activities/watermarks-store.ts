// How far followers got: queries only.
import type { Db, Trx } from '../db/store.ts';
import type { TenantId } from '../lib/ids.ts';

/** The positions of one follower in all tenants: it belongs to the process, not to a tenant. */
export async function listWatermarks(db: Db, follower: string): Promise<Map<TenantId, number>> {
  const rows = await db
    .selectFrom('watermarks')
    .select(['tenantId', 'position'])
    .where('follower', '=', follower)
    .execute();
  return new Map(rows.map(({ tenantId, position }) => [tenantId, position]));
}

/** Moves on from `from` to `to`. Throws when it is not at `from` any more: the work of this transaction was done before. */
export async function advanceWatermark(
  trx: Trx,
  tenantId: TenantId,
  follower: string,
  from: number,
  to: number,
): Promise<void> {
  if (from === 0) {
    await trx
      .insertInto('watermarks')
      .values({ tenantId, follower, position: 0 })
      .onConflict((conflict) => conflict.columns(['tenantId', 'follower']).doNothing())
      .execute();
  }
  const { numUpdatedRows } = await trx
    .updateTable('watermarks')
    .set({ position: to })
    .where('tenantId', '=', tenantId)
    .where('follower', '=', follower)
    .where('position', '=', from)
    .executeTakeFirst();
  if (numUpdatedRows !== 1n) throw new Error(`The watermark of ${follower} is not at ${from} any more.`);
}

export interface Watermark {
  readonly tenantId: TenantId;
  /** With the event store that it is about, behind an @. */
  readonly follower: string;
  readonly position: number;
}

/** Followers of this event store, in all tenants, that are ahead of its last batch. */
export async function listAhead(db: Db, eventStore: string, last: number): Promise<Watermark[]> {
  const rows = await db
    .selectFrom('watermarks')
    .select(['tenantId', 'follower', 'position'])
    .where('follower', 'like', `%@${eventStore}`)
    .where('position', '>', last)
    .orderBy('tenantId')
    .orderBy('follower')
    .execute();
  return rows.map((row) => ({ ...row, position: Number(row.position) }));
}

/** Moves one back, if it is where it was seen. */
export async function takeBack(trx: Trx, { tenantId, follower, position }: Watermark, to: number): Promise<void> {
  await trx
    .updateTable('watermarks')
    .set({ position: to })
    .where('tenantId', '=', tenantId)
    .where('follower', '=', follower)
    .where('position', '=', position)
    .execute();
}
