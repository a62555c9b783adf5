// Deliveries on their way, and how far the change notes were turned into deliveries: queries only.
import type { DeliveriesTable } from '../db/notification-tables.ts';
import type { Db, Trx } from '../db/store.ts';
import type { TenantId } from '../lib/ids.ts';

export type DeliveryRow = DeliveriesTable;

const watermark = 'notifications';
const rowsAtOnce = 500;

/** Tenants that are enabled and have somebody to tell. It is asked for the process, not for a tenant. */
export async function listTenantsToTell(db: Db): Promise<TenantId[]> {
  const rows = await db
    .selectFrom('tenants')
    .select('id')
    .where('status', '=', 'enabled')
    .where((e) =>
      e.or([
        e.exists(
          e
            .selectFrom('webhooks')
            .select('webhooks.id')
            .whereRef('webhooks.tenantId', '=', 'tenants.id')
            .where('webhooks.isEnabled', '=', 1),
        ),
        e.exists(
          e
            .selectFrom('mailRecipients')
            .select('mailRecipients.id')
            .whereRef('mailRecipients.tenantId', '=', 'tenants.id'),
        ),
      ]),
    )
    .orderBy('id')
    .execute();
  return rows.map(({ id }) => id);
}

/** The number of the last note that was turned into deliveries; undefined before the first. */
export async function findPosition(db: Db, tenantId: TenantId): Promise<number | undefined> {
  const row = await db
    .selectFrom('watermarks')
    .select('position')
    .where('tenantId', '=', tenantId)
    .where('follower', '=', watermark)
    .executeTakeFirst();
  return row === undefined ? undefined : Number(row.position);
}

/** Moves on; false when another process moved on before, whose deliveries are there already. */
export async function movePosition(
  trx: Trx,
  tenantId: TenantId,
  from: number | undefined,
  to: number,
): Promise<boolean> {
  if (from === undefined) {
    const { numInsertedOrUpdatedRows } = await trx
      .insertInto('watermarks')
      .values({ tenantId, follower: watermark, position: to })
      .onConflict((conflict) => conflict.columns(['tenantId', 'follower']).doNothing())
      .executeTakeFirst();
    return numInsertedOrUpdatedRows === 1n;
  }
  const { numUpdatedRows } = await trx
    .updateTable('watermarks')
    .set({ position: to })
    .where('tenantId', '=', tenantId)
    .where('follower', '=', watermark)
    .where('position', '=', from)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

export async function insertDeliveries(trx: Trx, tenantId: TenantId, rows: readonly DeliveryRow[]): Promise<void> {
  for (let start = 0; start < rows.length; start += rowsAtOnce) {
    const some = rows.slice(start, start + rowsAtOnce).map((row) => ({ ...row, tenantId }));
    await trx.insertInto('deliveries').values(some).execute();
  }
}

export async function countOfTargets(db: Db, tenantId: TenantId): Promise<Map<string, number>> {
  const rows = await db
    .selectFrom('deliveries')
    .select((e) => ['targetId', e.fn.countAll<number>().as('count')])
    .where('tenantId', '=', tenantId)
    .groupBy('targetId')
    .execute();
  return new Map(rows.map(({ targetId, count }) => [targetId, Number(count)]));
}

export interface DueTarget {
  readonly tenantId: TenantId;
  readonly targetId: string;
  readonly channel: DeliveryRow['channel'];
}

/** Enabled targets with deliveries that are due, longest due first, of all enabled tenants: a process looks after them all. */
export async function listDueTargets(db: Db, now: number): Promise<DueTarget[]> {
  return await db
    .selectFrom('deliveries')
    .innerJoin('tenants', 'tenants.id', 'deliveries.tenantId')
    .leftJoin('webhooks', (join) =>
      join.onRef('webhooks.tenantId', '=', 'deliveries.tenantId').onRef('webhooks.id', '=', 'deliveries.targetId'),
    )
    .select(['deliveries.tenantId', 'deliveries.targetId', 'deliveries.channel'])
    .where('deliveries.status', '=', 'waiting')
    .where('deliveries.nextAt', '<=', now)
    .where('deliveries.leaseUntil', '<=', now)
    .where('tenants.status', '=', 'enabled')
    .where((e) => e.or([e('deliveries.channel', '=', 'mail'), e('webhooks.isEnabled', '=', 1)]))
    .groupBy(['deliveries.tenantId', 'deliveries.targetId', 'deliveries.channel'])
    .orderBy((e) => e.fn.min('deliveries.nextAt'))
    .orderBy('deliveries.tenantId')
    .orderBy('deliveries.targetId')
    .execute();
}

/**
 * Takes due deliveries of one target for this process until the lease ends, at most so many, those that are longest due
 * first. What another process takes at the same moment goes to one of the two only.
 */
export async function claimDue(
  db: Db,
  tenantId: TenantId,
  targetId: string,
  claim: { readonly now: number; readonly until: number; readonly lease: string; readonly limit: number },
): Promise<DeliveryRow[]> {
  const rows = await db
    .selectFrom('deliveries')
    .selectAll()
    .where('tenantId', '=', tenantId)
    .where('targetId', '=', targetId)
    .where('status', '=', 'waiting')
    .where('nextAt', '<=', claim.now)
    .where('leaseUntil', '<=', claim.now)
    .orderBy('nextAt')
    .orderBy('at')
    .orderBy('id')
    .limit(claim.limit)
    .execute();
  const claimed: DeliveryRow[] = [];
  for (const row of rows) {
    const { numUpdatedRows } = await db
      .updateTable('deliveries')
      .set({ leaseUntil: claim.until, lease: claim.lease })
      .where('tenantId', '=', tenantId)
      .where('id', '=', row.id)
      .where('status', '=', 'waiting')
      .where('nextAt', '=', row.nextAt)
      .where('leaseUntil', '=', row.leaseUntil)
      .executeTakeFirst();
    if (numUpdatedRows === 1n) claimed.push({ ...row, leaseUntil: claim.until, lease: claim.lease });
  }
  return claimed;
}

/** Removes a delivery that this lease holds; false when it does not hold it any more. */
export async function removeClaimed(trx: Trx, tenantId: TenantId, id: string, lease: string): Promise<boolean> {
  const { numDeletedRows } = await trx
    .deleteFrom('deliveries')
    .where('tenantId', '=', tenantId)
    .where('id', '=', id)
    .where('lease', '=', lease)
    .executeTakeFirst();
  return numDeletedRows === 1n;
}

/** Writes what became of an attempt and ends the lease; false when it does not hold it any more. */
export async function updateClaimed(
  trx: Trx,
  tenantId: TenantId,
  id: string,
  lease: string,
  change: Partial<Pick<DeliveryRow, 'status' | 'attempts' | 'nextAt' | 'lastFailure'>>,
): Promise<boolean> {
  const { numUpdatedRows } = await trx
    .updateTable('deliveries')
    .set({ ...change, leaseUntil: 0, lease: null })
    .where('tenantId', '=', tenantId)
    .where('id', '=', id)
    .where('lease', '=', lease)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

/** Ends all leases of a process that stops, so that another one need not wait for them. */
export async function releaseLease(db: Db, lease: string): Promise<void> {
  await db.updateTable('deliveries').set({ leaseUntil: 0, lease: null }).where('lease', '=', lease).execute();
}

/** One page of the dead letters, newest first, and how many there are. */
export async function pageDead(
  db: Db,
  tenantId: TenantId,
  page: { readonly targetId: string | undefined; readonly skip: number; readonly limit: number },
): Promise<{ rows: DeliveryRow[]; total: number }> {
  let query = db.selectFrom('deliveries').where('tenantId', '=', tenantId).where('status', '=', 'dead');
  if (page.targetId !== undefined) query = query.where('targetId', '=', page.targetId);
  const { count } = await query.select((e) => e.fn.countAll<number>().as('count')).executeTakeFirstOrThrow();
  const rows = await query
    .selectAll()
    .orderBy('nextAt', 'desc')
    .orderBy('id')
    .limit(page.limit)
    .offset(page.skip)
    .execute();
  return { rows, total: Number(count) };
}

/** Lets dead letters begin anew: one, those of a target, or all. Returns how many. */
export async function reviveDead(
  trx: Trx,
  tenantId: TenantId,
  which: { readonly id?: string; readonly targetId?: string },
  now: number,
): Promise<number> {
  let query = trx
    .updateTable('deliveries')
    .set({ status: 'waiting', attempts: 0, nextAt: now })
    .where('tenantId', '=', tenantId)
    .where('status', '=', 'dead');
  if (which.id !== undefined) query = query.where('id', '=', which.id);
  if (which.targetId !== undefined) query = query.where('targetId', '=', which.targetId);
  const { numUpdatedRows } = await query.executeTakeFirst();
  return Number(numUpdatedRows);
}

export async function removeOfTarget(trx: Trx, tenantId: TenantId, targetId: string): Promise<void> {
  await trx.deleteFrom('deliveries').where('tenantId', '=', tenantId).where('targetId', '=', targetId).execute();
}

/** Removes what died before; of all tenants, because what is too old is so everywhere. */
export async function removeDeadBefore(db: Db, at: number): Promise<void> {
  await db.deleteFrom('deliveries').where('status', '=', 'dead').where('nextAt', '<', at).execute();
}
