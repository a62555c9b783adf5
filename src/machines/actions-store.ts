// Machine actions in the control store: queries only.
import type { Expression, SqlBool } from 'kysely';
import type { MachineActionsTable } from '../db/machine-tables.ts';
import type { Db, Trx } from '../db/store.ts';
import type { TenantId } from '../lib/ids.ts';

export type ActionRow = MachineActionsTable;

/** The other statuses are ends. */
const underWay = ['Pending', 'InProgress'];

/** Ticks exceed what a number holds exactly, and PostgreSQL's driver gives such numbers as text. */
function withTicks(row: ActionRow): ActionRow {
  const { createdTicks, updatedTicks, cancelledTicks } = row;
  return {
    ...row,
    createdTicks: BigInt(createdTicks),
    updatedTicks: BigInt(updatedTicks),
    cancelledTicks: cancelledTicks === null ? null : BigInt(cancelledTicks),
  };
}

export interface ActionPage {
  readonly where: Expression<SqlBool> | null;
  readonly sort: 'createdTicks' | 'updatedTicks' | 'id';
  readonly direction: 'asc' | 'desc';
  readonly skip: number;
  readonly limit: number;
}

export async function listActions(db: Db, tenantId: TenantId, page: ActionPage): Promise<ActionRow[]> {
  const { where, sort, direction, skip, limit } = page;
  let query = db.selectFrom('machineActions').selectAll().where('tenantId', '=', tenantId);
  if (where) query = query.where(where);
  if (sort !== 'id') query = query.orderBy(sort, direction);
  const rows = await query.orderBy('id', direction).limit(limit).offset(skip).execute();
  return rows.map(withTicks);
}

export async function countActions(db: Db, tenantId: TenantId, where: Expression<SqlBool> | null): Promise<number> {
  let query = db
    .selectFrom('machineActions')
    .select((e) => e.fn.countAll<number>().as('count'))
    .where('tenantId', '=', tenantId);
  if (where) query = query.where(where);
  return Number((await query.executeTakeFirstOrThrow()).count);
}

export async function findAction(db: Db, tenantId: TenantId, id: string): Promise<ActionRow | undefined> {
  const row = await db
    .selectFrom('machineActions')
    .selectAll()
    .where('tenantId', '=', tenantId)
    .where('id', '=', id)
    .executeTakeFirst();
  return row && withTicks(row);
}

/** Actions of the machine that have not ended, newest first. */
export async function listUnderWay(db: Db, tenantId: TenantId, machineId: string): Promise<ActionRow[]> {
  const rows = await db
    .selectFrom('machineActions')
    .selectAll()
    .where('tenantId', '=', tenantId)
    .where('machineId', '=', machineId)
    .where('status', 'in', underWay)
    .orderBy('createdTicks', 'desc')
    .execute();
  return rows.map(withTicks);
}

/** By the hash of the value that its webhook got, which is unique in all tenants and says which one it is. */
export async function findByReportHash(db: Db, reportHash: string): Promise<ActionRow | undefined> {
  const row = await db.selectFrom('machineActions').selectAll().where('reportHash', '=', reportHash).executeTakeFirst();
  return row && withTicks(row);
}

export async function insertAction(trx: Trx, row: ActionRow): Promise<void> {
  await trx.insertInto('machineActions').values(row).execute();
}

export async function updateAction(
  trx: Trx,
  tenantId: TenantId,
  id: string,
  change: Partial<Omit<ActionRow, 'tenantId' | 'id'>>,
): Promise<void> {
  await trx.updateTable('machineActions').set(change).where('tenantId', '=', tenantId).where('id', '=', id).execute();
}

/** Tenants that have any. It is asked for the process, not for a tenant. */
export async function listTenantsWithActions(db: Db): Promise<TenantId[]> {
  const rows = await db
    .selectFrom('tenants')
    .select('id')
    .where((e) =>
      e.exists(
        e
          .selectFrom('machineActions')
          .select('machineActions.id')
          .whereRef('machineActions.tenantId', '=', 'tenants.id'),
      ),
    )
    .orderBy('id')
    .execute();
  return rows.map(({ id }) => id);
}

/** Ids of actions that have not ended and were asked for between these times (ticks), oldest first. */
export async function listOverdue(
  db: Db,
  tenantId: TenantId,
  [from, before]: readonly [bigint, bigint],
  limit: number,
): Promise<string[]> {
  const rows = await db
    .selectFrom('machineActions')
    .select('id')
    .where('tenantId', '=', tenantId)
    .where('createdTicks', '>=', from)
    .where('createdTicks', '<', before)
    .where('status', 'in', underWay)
    .orderBy('createdTicks')
    .orderBy('id')
    .limit(limit)
    .execute();
  return rows.map(({ id }) => id);
}

/** Removes some that ended before; returns how many. */
export async function removeEndedBefore(
  db: Db,
  tenantId: TenantId,
  endedBefore: bigint,
  limit: number,
): Promise<number> {
  const { numDeletedRows } = await db
    .deleteFrom('machineActions')
    .where('tenantId', '=', tenantId)
    .where('id', 'in', (e) =>
      e
        .selectFrom('machineActions as old')
        .select('old.id')
        .where('old.tenantId', '=', tenantId)
        // Nothing ends before it began: the index finds the old ones.
        .where('old.createdTicks', '<', endedBefore)
        .where('old.updatedTicks', '<', endedBefore)
        .where('old.status', 'not in', underWay)
        .orderBy('old.createdTicks')
        .limit(limit),
    )
    .executeTakeFirst();
  return Number(numDeletedRows);
}
