// Backfills in the control store: queries only.
import type { Selectable, Updateable } from 'kysely';
import type { PolicyBackfillsTable } from '../db/policy-tables.ts';
import type { Db, Trx } from '../db/store.ts';
import type { TenantId } from '../lib/ids.ts';

export type BackfillRow = Selectable<PolicyBackfillsTable>;

const unfinished = ['waiting', 'running'];

export async function insertBackfill(trx: Trx, row: BackfillRow): Promise<void> {
  await trx.insertInto('policyBackfills').values(row).execute();
}

export async function findBackfill(db: Db, tenantId: TenantId, id: string): Promise<BackfillRow | undefined> {
  return await db
    .selectFrom('policyBackfills')
    .selectAll()
    .where('tenantId', '=', tenantId)
    .where('id', '=', id)
    .executeTakeFirst();
}

/** Ids of the policy's backfills that wait or run. */
export async function listUnfinished(db: Db, tenantId: TenantId, policyId: string): Promise<string[]> {
  const rows = await db
    .selectFrom('policyBackfills')
    .select('id')
    .where('tenantId', '=', tenantId)
    .where('policyId', '=', policyId)
    .where('state', 'in', unfinished)
    .execute();
  return rows.map(({ id }) => id);
}

/** Newest first. */
export async function listBackfillRows(
  db: Db,
  tenantId: TenantId,
  policyId: string,
  skip: number,
  limit: number,
): Promise<{ rows: BackfillRow[]; total: number }> {
  const of = db.selectFrom('policyBackfills').where('tenantId', '=', tenantId).where('policyId', '=', policyId);
  const rows = await of
    .selectAll()
    .orderBy('requestedAt', 'desc')
    .orderBy('id', 'desc')
    .limit(limit)
    .offset(skip)
    .execute();
  const { total } = await of.select((e) => e.fn.countAll().as('total')).executeTakeFirstOrThrow();
  return { rows, total: Number(total) };
}

export async function countUnfinished(db: Db, tenantId: TenantId): Promise<number> {
  const { count } = await db
    .selectFrom('policyBackfills')
    .select((e) => e.fn.countAll().as('count'))
    .where('tenantId', '=', tenantId)
    .where('state', 'in', unfinished)
    .executeTakeFirstOrThrow();
  return Number(count);
}

/**
 * The next one of each tenant over this event store, who has waited longest first. Of all tenants: the work belongs to the
 * process, not to a tenant.
 */
export async function nextBackfills(db: Db, eventStore: string): Promise<BackfillRow[]> {
  const rows = await db
    .selectFrom('policyBackfills')
    .selectAll()
    .where('eventStore', '=', eventStore)
    .where('state', 'in', unfinished)
    // What runs goes on before what waits.
    .orderBy('state')
    .orderBy('requestedAt')
    .orderBy('id')
    .execute();
  const seen = new Set<TenantId>();
  return rows
    .filter(({ tenantId }) => !seen.has(tenantId) && seen.add(tenantId))
    .sort((left, right) => left.requestedAt - right.requestedAt);
}

/** Changes one that is unfinished and still at this position; false when it is not. */
export async function moveBackfill(
  db: Db,
  tenantId: TenantId,
  id: string,
  position: number,
  change: Updateable<PolicyBackfillsTable>,
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('policyBackfills')
    .set(change)
    .where('tenantId', '=', tenantId)
    .where('id', '=', id)
    .where('position', '=', position)
    .where('state', 'in', unfinished)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

/** False when it is finished already. */
export async function cancelRow(trx: Trx, tenantId: TenantId, id: string, at: number): Promise<boolean> {
  const { numUpdatedRows } = await trx
    .updateTable('policyBackfills')
    .set({ state: 'cancelled', endedAt: at })
    .where('tenantId', '=', tenantId)
    .where('id', '=', id)
    .where('state', 'in', unfinished)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}
