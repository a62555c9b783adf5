// Activities in the event store: queries only. Ids are unique in a tenant because every insertion looks for them first,
// and insertions run one after the other.
import { activitiesTable, type ColumnOf } from '../events/catalogue.ts';
import { countUpTo, encodeSet, page } from '../events/dialect.ts';
import type { EventStore } from '../events/events.ts';
import { type Cells, RowPacker, releaseRows } from '../events/packing.ts';
import { and, name, type Sql, sql } from '../events/sql.ts';
import type { TenantId } from '../lib/ids.ts';
import type { Activity } from './activity.ts';
import { forgetBatches, noteBatch } from './recent-batches.ts';
import { expandRecord } from './record-text.ts';

/** So many at once are stored with the least work for each; more or fewer are right as well. */
export const activityBatchRows = 8192;

/** Activities on their way into the store: packed as they come, so that none of them is kept as an object. */
export class ActivityBatch {
  readonly #tenantId: TenantId;
  readonly #ids = new Set<string>();
  readonly #packer: RowPacker<typeof activitiesTable, Activity>;
  #received = 0;
  /** Of the long texts, which are most of what a row takes up. */
  #chars = 0;
  #first = Number.POSITIVE_INFINITY;
  #last = Number.NEGATIVE_INFINITY;

  constructor(tenantId: TenantId) {
    this.#tenantId = tenantId;
    this.#packer = new RowPacker(activitiesTable, cellsOf(tenantId));
  }

  /** How many were added, those with the same id included. */
  get size(): number {
    return this.#received;
  }

  add(row: Activity): void {
    this.#received++;
    if (this.#ids.has(row.id)) return;
    this.#ids.add(row.id);
    if (row.timestamp < this.#first) this.#first = row.timestamp;
    if (row.timestamp > this.#last) this.#last = row.timestamp;
    this.#chars += row.record.length + (row.searchText?.length ?? 0);
    this.#packer.add(row);
  }

  /**
   * Stores, once, the activities that the tenant does not have yet and counts the rest, those that were added twice
   * included. When it resolves they are on the disk; when it throws none of them is stored.
   */
  async insert(events: EventStore): Promise<{ stored: number; duplicates: number }> {
    const rows = this.#packer.take();
    if (rows.rowCount === 0) return { stored: 0, duplicates: 0 };
    // The same id has the same time, so that ids are looked for in the batch's span of time only.
    const span = sql`${at.timestamp} between ${this.#first} and ${this.#last}`;
    const tenantId = this.#tenantId;
    const bytes = this.#chars;
    const noted = {
      ...rows,
      stored: (batch: number, count: number) => noteBatch(events, { batch, tenantId, rows: count, bytes }),
    };
    try {
      const stored = await events.insert(noted, and([ofTenant(tenantId), span]));
      return { stored, duplicates: this.#received - stored };
    } catch (error) {
      forgetBatches(events);
      throw error;
    }
  }

  /** Gives back the memory of a batch that will not be inserted; of one that was, there is none. */
  discard(): void {
    releaseRows(this.#packer.take());
  }
}

/** All of these at once, see {@link ActivityBatch.insert}. */
export async function insertActivities(
  events: EventStore,
  tenantId: TenantId,
  rows: readonly Activity[],
): Promise<{ stored: number; duplicates: number }> {
  const batch = new ActivityBatch(tenantId);
  for (const row of rows) batch.add(row);
  return await batch.insert(events);
}

/** The columns, quoted, by name. */
export const at = Object.fromEntries(
  activitiesTable.columns.map((column) => [column.name, name(column.name)]),
) as Record<ColumnOf<typeof activitiesTable>, Sql>; // One entry for each column of the table, by construction.

function ofTenant(tenantId: TenantId): Sql {
  return sql`${at.tenantId} = ${{ uuid: tenantId }}`;
}

function cellsOf(tenantId: TenantId): Cells<typeof activitiesTable, Activity> {
  return {
    tenantId: () => tenantId,
    id: (row) => row.id,
    timestamp: (row) => row.timestamp,
    created: (row) => row.created,
    appId: (row) => row.appId,
    instance: (row) => row.instance,
    appName: (row) => row.appName,
    actionType: (row) => row.actionType,
    eventType: (row) => row.eventType,
    eventTypeValue: (row) => row.eventTypeValue,
    isAdminEvent: (row) => row.isAdminEvent,
    isImpersonated: (row) => row.isImpersonated,
    userName: (row) => row.userName,
    userDomain: (row) => row.userDomain,
    userTags: (row) => encodeSet(row.userTags),
    ipAddress: (row) => row.ipAddress,
    ipCategory: (row) => row.ipCategory,
    ipTags: (row) => encodeSet(row.ipTags),
    countryCode: (row) => row.countryCode,
    organization: (row) => row.organization,
    deviceType: (row) => row.deviceType,
    userAgent: (row) => row.userAgent,
    userAgentTags: (row) => encodeSet(row.userAgentTags),
    entities: (row) => encodeSet(entityElements(row.entities)),
    objects: (row) => encodeSet(row.objects),
    fileIds: (row) => encodeSet(row.fileIds),
    policies: (row) => encodeSet(row.policies),
    source: (row) => row.source,
    searchText: (row) => row.searchText,
    record: (row) => row.record,
  };
}

/**
 * An account is found by `<id>|<saas>|<inst>` and by `<id>||<inst>`: since 2023 the documented examples leave the app
 * out of an account's key (cloud-apps reference 2.2).
 */
function entityElements(entities: readonly string[]): string[] {
  const elements: string[] = [];
  for (const entity of entities) {
    const end = entity.lastIndexOf('|');
    const middle = entity.lastIndexOf('|', end - 1);
    elements.push(entity, `${entity.slice(0, middle + 1)}${entity.slice(end)}`);
  }
  return elements;
}

/** Which rows, in which order. `where` never names the tenant: every function here adds it. */
export interface ActivityPage {
  readonly where: Sql;
  readonly sortBy: 'timestamp' | 'created';
  readonly direction: 'asc' | 'desc';
  readonly skip: number;
  readonly limit: number;
}

export interface StoredActivity {
  readonly id: string;
  /** Value of the column that the page is sorted by. */
  readonly position: number;
  /** The wire record as JSON text. */
  readonly record: string;
}

/** Sorted by time, and by id within a millisecond, so that the order is the same every time. */
export async function listStoredActivities(
  events: EventStore,
  tenantId: TenantId,
  { where, sortBy, direction, skip, limit }: ActivityPage,
): Promise<StoredActivity[]> {
  const order = direction === 'asc' ? sql`${at[sortBy]} asc, ${at.id} asc` : sql`${at[sortBy]} desc, ${at.id} desc`;
  const columns = [at.id, at[sortBy], at.record];
  const rows = await events.query(
    page(activitiesTable.name, columns, and([ofTenant(tenantId), where]), order, limit, skip),
  );
  return rows.map(([id, position, record]) => ({
    id: String(id),
    position: Number(position),
    record: expandRecord(String(record)),
  }));
}

/** How many activities match, counting no further than `most`. */
export async function countStoredActivities(
  events: EventStore,
  tenantId: TenantId,
  where: Sql,
  most: number,
): Promise<number> {
  const [[count] = []] = await events.query(countUpTo(activitiesTable.name, and([ofTenant(tenantId), where]), most));
  return Number(count);
}
