// Activities in the order in which they came in: queries only.
import { activitiesTable } from '../events/catalogue.ts';
import type { EventStore } from '../events/events.ts';
import { and, name, or, type Sql, sql } from '../events/sql.ts';
import type { TenantId } from '../lib/ids.ts';
import { expandRecord } from './record-text.ts';

/** A place in the order of arrival: behind this activity of the batch, or behind the whole batch. */
export interface ArrivalPlace {
  readonly batch: number;
  /** Null behind the last activity of the batch. */
  readonly within: { readonly timestamp: number; readonly id: string } | null;
}

export interface StoredArrival {
  readonly place: ArrivalPlace & { readonly within: { readonly timestamp: number; readonly id: string } };
  /** The wire record as JSON text. */
  readonly record: string;
}

const batch = name('batch');
const timestamp = name('timestamp');
const id = name('id');

function ofTenant(tenantId: TenantId): Sql {
  return sql`${name('tenantId')} = ${{ uuid: tenantId }}`;
}

function behind(place: ArrivalPlace): Sql {
  const { within } = place;
  if (within === null) return sql`${batch} > ${place.batch}`;
  const later = or([
    sql`${batch} > ${place.batch}`,
    sql`${timestamp} > ${within.timestamp}`,
    sql`${timestamp} = ${within.timestamp} and ${id} > ${within.id}`,
  ]);
  return and([sql`${batch} >= ${place.batch}`, later]);
}

/** Activities behind `after` up to the batch `upTo`: batch by batch, within one by their time, then by id. */
export async function listStoredArrivals(
  events: EventStore,
  tenantId: TenantId,
  range: { readonly after: ArrivalPlace; readonly upTo: number; readonly where: Sql; readonly limit: number },
): Promise<StoredArrival[]> {
  const where = and([ofTenant(tenantId), behind(range.after), sql`${batch} <= ${range.upTo}`, range.where]);
  const rows = await events.query(
    sql`select ${batch}, ${timestamp}, ${id}, ${name('record')} from ${name(activitiesTable.name)} where ${where} order by ${batch}, ${timestamp}, ${id} limit ${range.limit}`,
  );
  return rows.map(([batchNumber, time, key, record]) => ({
    place: { batch: Number(batchNumber), within: { timestamp: Number(time), id: String(key) } },
    record: expandRecord(String(record)),
  }));
}

/** The first batch with an activity of the tenant that happened at this time or later; undefined without any. */
export async function findFirstBatch(
  events: EventStore,
  tenantId: TenantId,
  since: number,
): Promise<number | undefined> {
  const [[first] = []] = await events.query(
    sql`select min(${batch}) from ${name(activitiesTable.name)} where ${and([ofTenant(tenantId), sql`${timestamp} >= ${since}`])}`,
  );
  return first === null || first === undefined ? undefined : Number(first);
}
