// Activities in the order in which they came in, for who passes all of them on. The time of an activity says nothing of
// when it is there: providers are late, and a long ingestion counts as one moment. Batches are numbered as they become
// visible, so that whoever goes on behind one misses nothing and meets nothing twice.
import { scopeOf } from '../access/caller.ts';
import type { Ctx } from '../context.ts';
import { activitiesTable } from '../events/catalogue.ts';
import { and, name, or, type Sql, sql } from '../events/sql.ts';
import { filesOf, groupsOf, matchesOf } from './activities.ts';
import { type ArrivalPlace, findFirstBatch, listStoredArrivals, type StoredArrival } from './arrivals-store.ts';
import { conditionsSql, scopeSql } from './filter-sql.ts';
import type { FilterCondition } from './filters.ts';

export type { ArrivalPlace, StoredArrival } from './arrivals-store.ts';

export interface ArrivalQuery {
  readonly conditions: readonly FilterCondition[];
  readonly after: ArrivalPlace;
  /** Of what came in with batches up to this one, only what happened at `since` or later. */
  readonly backlog: { readonly upTo: number; readonly since: number };
  readonly limit: number;
}

export interface Arrivals {
  readonly rows: readonly StoredArrival[];
  /** Behind everything that was looked at; there may be no row before it. */
  readonly next: ArrivalPlace;
  readonly hasMore: boolean;
}

/** So many batches are looked at in one query, so that filters which few activities meet cost a bounded time. */
const batchesAtOnce = 1024;

/** The next activities that the caller may see. Needs Activities.read. */
export async function listArrivals(ctx: Ctx, query: ArrivalQuery): Promise<Arrivals> {
  const { caller, events } = ctx;
  const visible = await scopeSql(scopeOf(caller, 'Activities.read'), groupsOf(ctx));
  const filtered = await conditionsSql(query.conditions, ctx.clock(), groupsOf(ctx), {
    matches: matchesOf(ctx),
    files: filesOf(ctx.store.db, caller.tenantId),
  });
  const last = await events.lastBatch(activitiesTable);
  const upTo = Math.min(last, query.after.batch + batchesAtOnce);
  const where = and([visible, filtered, ...recent(query)]);
  const rows = await listStoredArrivals(events, caller.tenantId, {
    after: query.after,
    upTo,
    where,
    limit: query.limit,
  });
  const lastRow = rows.at(-1);
  if (lastRow && rows.length === query.limit) return { rows, next: lastRow.place, hasMore: true };
  // After a restore there may be fewer batches than before: then it goes on with what comes from now on.
  return { rows, next: { batch: upTo, within: null }, hasMore: upTo < last };
}

function recent({ after, backlog }: ArrivalQuery): Sql[] {
  if (after.batch > backlog.upTo) return [];
  return [or([sql`${name('batch')} > ${backlog.upTo}`, sql`${name('timestamp')} >= ${backlog.since}`])];
}

/** The number of the last batch, and where to begin for everything that happened since then. Needs Activities.read. */
export async function beginArrivals(ctx: Ctx, since: number): Promise<{ last: number; first: ArrivalPlace }> {
  scopeOf(ctx.caller, 'Activities.read');
  const last = await ctx.events.lastBatch(activitiesTable);
  const first = await findFirstBatch(ctx.events, ctx.caller.tenantId, since);
  return { last, first: { batch: first === undefined ? last : Math.min(first - 1, last), within: null } };
}

/** Tells the event store of this process from others beside the same control store. */
export async function arrivalsStoreId(ctx: Ctx): Promise<string> {
  return await ctx.events.id();
}
