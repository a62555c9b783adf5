// Hunting tables in the event store: statements only.

import type { EventTable } from '../events/catalogue.ts';
import { qualifiedName } from '../events/dialect.ts';
import type { EventStore } from '../events/events.ts';
import type { PackedRows } from '../events/packing.ts';
import { and, name, type Sql, sql } from '../events/sql.ts';
import type { TenantId } from '../lib/ids.ts';
import { huntingTableSet, storedColumns } from './schema/stored.ts';
import type { QueryTable } from './schema/tables.ts';

export interface HuntingBatch {
  readonly table: QueryTable;
  readonly rows: PackedRows;
  /** Ticks of the first and of the last row, as far as a number is exact; null for tables without a time. */
  readonly span: { readonly first: number; readonly last: number } | null;
}

/** How far a number of today's ticks may be from the truth. */
const inexact = 1024;

/** Makes the tables, if that was not done before. */
export async function prepareHuntingTables(events: EventStore): Promise<void> {
  await events.prepare(huntingTableSet());
}

/** Stores the rows that the tenant does not have yet, and says how many they were. All of them or none. */
export async function insertHuntingRows(
  events: EventStore,
  tenantId: TenantId,
  { table, rows, span }: HuntingBatch,
): Promise<number> {
  const own = sql`${name(storedColumns.tenant)} = ${{ uuid: tenantId }}`;
  if (!span || table.timeColumn === null) return await events.insert(rows, own);
  // The same record has the same time, so that it is looked for in the batch's span of time only.
  const within = sql`${name(table.timeColumn)} between ${span.first - inexact} and ${span.last + inexact}`;
  return await events.insert(rows, and([own, within]));
}

const [tenant, ingested] = [name(storedColumns.tenant), name(storedColumns.ingested)];

export interface OldestRows {
  readonly tenantId: TenantId;
  /** Ticks at which the oldest row of the tenant came in, as far as a number is exact. */
  readonly ingested: number;
}

/** Of every tenant at once, because it is for retention, which goes over all of them. */
export async function oldestHuntingRows(events: EventStore, table: EventTable): Promise<OldestRows[]> {
  const from: Sql = { text: qualifiedName(table), values: [] };
  const rows = await events.query(sql`select ${tenant}::VARCHAR, min(${ingested}) from ${from} group by ${tenant}`);
  // What was stored as a tenant's id is one.
  return rows.map(([id, ticks]) => ({ tenantId: String(id) as TenantId, ingested: Number(ticks) }));
}

/** Removes the tenant's rows of the table that came in before so many ticks. */
export async function removeHuntingRows(
  events: EventStore,
  tenantId: TenantId,
  table: EventTable,
  before: number,
): Promise<void> {
  await events.remove(table, sql`${tenant} = ${{ uuid: tenantId }} and ${ingested} < ${before}`);
}
