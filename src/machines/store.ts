// Machines in the control store: queries only.
import type { Expression, SqlBool } from 'kysely';
import type { MachinesTable } from '../db/machine-tables.ts';
import type { Db, Trx } from '../db/store.ts';
import type { TenantId } from '../lib/ids.ts';

const rowsAtOnce = 500;

export interface MachinePage {
  readonly where: Expression<SqlBool> | null;
  readonly sort: 'lastSeenTicks' | 'firstSeenTicks' | 'computerDnsName' | 'id';
  readonly direction: 'asc' | 'desc';
  readonly skip: number;
  readonly limit: number;
}

export type MachineRow = Pick<MachinesTable, 'id' | 'isNameOnly' | 'body'>;

/** Bodies of one page; machines that are the same in what they are sorted by come by their ids. */
export async function listBodies(db: Db, tenantId: TenantId, page: MachinePage): Promise<string[]> {
  const { where, sort, direction, skip, limit } = page;
  let query = db.selectFrom('machines').select('body').where('tenantId', '=', tenantId);
  if (where) query = query.where(where);
  if (sort !== 'id') query = query.orderBy(sort, direction);
  const rows = await query.orderBy('id', direction).limit(limit).offset(skip).execute();
  return rows.map((row) => row.body);
}

export async function countMachines(db: Db, tenantId: TenantId, where: Expression<SqlBool> | null): Promise<number> {
  let query = db
    .selectFrom('machines')
    .select((e) => e.fn.countAll<number>().as('count'))
    .where('tenantId', '=', tenantId);
  if (where) query = query.where(where);
  return Number((await query.executeTakeFirstOrThrow()).count);
}

/** By id, in lower case. */
export async function findByIds(db: Db, tenantId: TenantId, ids: readonly string[]): Promise<MachineRow[]> {
  const found: MachineRow[] = [];
  for (let start = 0; start < ids.length; start += rowsAtOnce) {
    const rows = await db
      .selectFrom('machines')
      .select(['id', 'isNameOnly', 'body'])
      .where('tenantId', '=', tenantId)
      .where('id', 'in', ids.slice(start, start + rowsAtOnce))
      .execute();
    found.push(...rows);
  }
  return found;
}

export interface NamedRow extends MachineRow {
  readonly computerDnsName: string | null;
}

/** By DNS name in lower case; of several with one name, the one seen last comes last. */
export async function findByNames(db: Db, tenantId: TenantId, names: readonly string[]): Promise<NamedRow[]> {
  const found: NamedRow[] = [];
  for (let start = 0; start < names.length; start += rowsAtOnce) {
    const rows = await db
      .selectFrom('machines')
      .select(['id', 'isNameOnly', 'body', 'computerDnsName'])
      .where('tenantId', '=', tenantId)
      .where('computerDnsName', 'in', names.slice(start, start + rowsAtOnce))
      .orderBy('lastSeenTicks')
      .orderBy('id')
      .execute();
    found.push(...rows);
  }
  return found;
}

/** Writes the rows, new or not; no id may occur twice. */
export async function writeMachines(trx: Trx, rows: readonly MachinesTable[]): Promise<void> {
  for (let start = 0; start < rows.length; start += rowsAtOnce) {
    const some = rows.slice(start, start + rowsAtOnce);
    await trx
      .insertInto('machines')
      .values(some)
      .onConflict((conflict) =>
        conflict.columns(['tenantId', 'id']).doUpdateSet((e) => {
          const [{ tenantId: _tenantId, id: _id, ...first } = {} as MachinesTable] = some; // There is one.
          const columns = Object.keys(first) as (keyof typeof first)[]; // The row's own columns.
          return Object.fromEntries(columns.map((column) => [column, e.ref(`excluded.${column}`)]));
        }),
      )
      .execute();
  }
}

export async function deleteMachines(trx: Trx, tenantId: TenantId, ids: readonly string[]): Promise<void> {
  for (let start = 0; start < ids.length; start += rowsAtOnce) {
    await trx
      .deleteFrom('machines')
      .where('tenantId', '=', tenantId)
      .where('id', 'in', ids.slice(start, start + rowsAtOnce))
      .execute();
  }
}

/** Those whose ids come behind `behind`, by id. */
export async function listBehind(db: Db, tenantId: TenantId, behind: string, limit: number): Promise<MachineRow[]> {
  return await db
    .selectFrom('machines')
    .select(['id', 'isNameOnly', 'body'])
    .where('tenantId', '=', tenantId)
    .where('id', '>', behind)
    .orderBy('id')
    .limit(limit)
    .execute();
}
