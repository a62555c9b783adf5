// Incidents with everything that is kept of them: queries for changes only, lists are in store.ts.
import { type Selectable, sql } from 'kysely';
import type { IncidentsTable } from '../db/incident-tables.ts';
import type { Db, Trx } from '../db/store.ts';
import type { TenantId } from '../lib/ids.ts';

export type WrittenRow = Omit<Selectable<IncidentsTable>, 'tenantId'>;

type TicksColumn = 'createdTicks' | 'updatedTicks' | 'sourceTicks' | 'firstActivityTicks' | 'lastActivityTicks';
/** As they are read: times as text, because PostgreSQL's driver makes numbers of them that have lost their last digits. */
export type ReadRow = Omit<WrittenRow, TicksColumn | 'body' | 'bodyBytes' | 'name'> &
  Record<'createdTicks' | 'updatedTicks', string> &
  Record<Exclude<TicksColumn, 'createdTicks' | 'updatedTicks'>, string | null>;

const columns = [
  'incidentId',
  'status',
  'assignedTo',
  'severity',
  'classification',
  'determination',
  'alertCount',
  'details',
  sql<string>`cast("createdTicks" as text)`.as('createdTicks'),
  sql<string>`cast("updatedTicks" as text)`.as('updatedTicks'),
  sql<string | null>`cast("sourceTicks" as text)`.as('sourceTicks'),
  sql<string | null>`cast("firstActivityTicks" as text)`.as('firstActivityTicks'),
  sql<string | null>`cast("lastActivityTicks" as text)`.as('lastActivityTicks'),
] as const;

const valuesAtOnce = 500;

/** Those of the ids that there are. */
export async function findRows(db: Db, tenantId: TenantId, incidentIds: readonly number[]): Promise<ReadRow[]> {
  const rows: ReadRow[] = [];
  for (let start = 0; start < incidentIds.length; start += valuesAtOnce) {
    const found = await db
      .selectFrom('incidents')
      .select(columns)
      .where('tenantId', '=', tenantId)
      .where('incidentId', 'in', incidentIds.slice(start, start + valuesAtOnce))
      .execute();
    rows.push(...found);
  }
  return rows;
}

/** Numbers of incidents in their order, behind this one, at most so many. */
export async function listNumbersBehind(db: Db, tenantId: TenantId, after: number, limit: number): Promise<number[]> {
  const rows = await db
    .selectFrom('incidents')
    .select('incidentId')
    .where('tenantId', '=', tenantId)
    .where('incidentId', '>', after)
    .orderBy('incidentId')
    .limit(limit)
    .execute();
  return rows.map(({ incidentId }) => incidentId);
}

/** Writes incidents as they are now, new or not; no number may occur twice. */
export async function writeRows(trx: Trx, tenantId: TenantId, rows: readonly WrittenRow[]): Promise<void> {
  for (let start = 0; start < rows.length; start += valuesAtOnce) {
    const values = rows.slice(start, start + valuesAtOnce).map((row) => ({ tenantId, ...row }));
    await trx
      .insertInto('incidents')
      .values(values)
      .onConflict((conflict) =>
        conflict
          .columns(['tenantId', 'incidentId'])
          .doUpdateSet((e) =>
            Object.fromEntries(changingColumns.map((column) => [column, e.ref(`excluded.${column}`)])),
          ),
      )
      .execute();
  }
}

const changingColumns = [
  'createdTicks',
  'updatedTicks',
  'status',
  'assignedTo',
  'bodyBytes',
  'body',
  'sourceTicks',
  'severity',
  'classification',
  'determination',
  'firstActivityTicks',
  'lastActivityTicks',
  'alertCount',
  'name',
  'details',
] as const satisfies readonly (keyof WrittenRow)[];

/** The number that was given last to an incident made here; undefined when there was none. Rows of `watermarks`. */
export async function findLastNumber(trx: Trx, tenantId: TenantId): Promise<number | undefined> {
  const row = await trx
    .selectFrom('watermarks')
    .select('position')
    .where('tenantId', '=', tenantId)
    .where('follower', '=', numbersGiven)
    .executeTakeFirst();
  return row === undefined ? undefined : Number(row.position);
}

export async function saveLastNumber(trx: Trx, tenantId: TenantId, position: number): Promise<void> {
  await trx
    .insertInto('watermarks')
    .values({ tenantId, follower: numbersGiven, position })
    .onConflict((conflict) => conflict.columns(['tenantId', 'follower']).doUpdateSet({ position }))
    .execute();
}

const numbersGiven = 'incident-numbers';

/** Which of these numbers are taken. */
export async function findTaken(trx: Trx, tenantId: TenantId, numbers: readonly number[]): Promise<Set<number>> {
  const rows = await trx
    .selectFrom('incidents')
    .select('incidentId')
    .where('tenantId', '=', tenantId)
    .where('incidentId', 'in', numbers)
    .execute();
  return new Set(rows.map(({ incidentId }) => incidentId));
}
