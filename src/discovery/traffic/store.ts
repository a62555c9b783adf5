// Discovered traffic in the event store: queries only. The rows of an upload are stored in one transaction, so that readers
// see all of them or none; the engine writes them into the data file as they come, so that their number costs no memory.
import type { EventStore } from '../../events/events.ts';
import { filedRows } from '../../events/filed-rows.ts';
import { and, name, type Sql, sql } from '../../events/sql.ts';
import type { TenantId } from '../../lib/ids.ts';
import type { TrafficRows } from './rows.ts';
import { discoveryTables, trafficTable } from './table.ts';

/** Whose log it was: the data source or snapshot report, and the upload. */
export interface TrafficOrigin {
  readonly streamId: string;
  readonly uploadId: string;
}

function ofTenant(tenantId: TenantId): Sql {
  return sql`${name('tenantId')} = ${{ uuid: tenantId }}`;
}

/**
 * Stores the rows of an upload in the place of those that it had before, so that doing it again changes nothing. When it
 * resolves they are on the disk; when it throws, what was there before still is. Throws StoreUnavailable when the disk is full.
 */
export async function storeTraffic(
  events: EventStore,
  tenantId: TenantId,
  { streamId, uploadId }: TrafficOrigin,
  rows: TrafficRows,
): Promise<void> {
  await events.prepare(discoveryTables);
  const where = and([ofTenant(tenantId), sql`${name('uploadId')} = ${uploadId}`]);
  await events.replace([{ where, rows: filedRows(trafficTable, rows.files, [tenantId, streamId, uploadId]) }]);
}

/** Removes everything of a data source or snapshot report. */
export async function removeTrafficOfStream(events: EventStore, tenantId: TenantId, streamId: string): Promise<void> {
  await remove(events, tenantId, sql`${name('streamId')} = ${streamId}`);
}

export async function removeTrafficOfUpload(events: EventStore, tenantId: TenantId, uploadId: string): Promise<void> {
  await remove(events, tenantId, sql`${name('uploadId')} = ${uploadId}`);
}

/** Removes what is of days before the one that begins at `day` (epoch milliseconds). */
export async function removeTrafficBefore(events: EventStore, tenantId: TenantId, day: number): Promise<void> {
  await remove(events, tenantId, sql`${name('day')} < ${day}`);
}

/** One day at a time, so that each transaction is bounded by what came in on a day. */
async function remove(events: EventStore, tenantId: TenantId, which: Sql): Promise<void> {
  await events.prepare(discoveryTables);
  const where = and([ofTenant(tenantId), which]);
  const from: Sql = { text: `${trafficTable.database}.main."${trafficTable.name}"`, values: [] };
  const days = await events.query(sql`select distinct ${name('day')} from ${from} where ${where} order by 1`);
  for (const [day] of days) {
    await events.remove(trafficTable, and([where, sql`${name('day')} = ${Number(day)}`]));
  }
}
