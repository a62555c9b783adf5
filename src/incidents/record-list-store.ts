// Which incidents a list has, in which order: queries over the index alone, the records come after.
import { sql } from 'kysely';
import type { Db } from '../db/store.ts';
import type { TenantId } from '../lib/ids.ts';
import type { IncidentCondition } from './condition.ts';
import { toSql } from './condition-sql.ts';

/** Just behind this incident in the order of the list. */
export interface ListedPosition {
  /** Of the time that the list is sorted by. */
  readonly ticks: bigint;
  readonly incidentId: number;
}

export type RecordSort = 'created' | 'updated' | 'lastActivity' | 'severity' | 'alertCount' | 'name';

export interface RecordPage {
  readonly where: IncidentCondition | null;
  readonly sort: RecordSort;
  readonly direction: 'asc' | 'desc';
  /** Only of lists that are sorted by the time of creation or change. */
  readonly after: ListedPosition | null;
  readonly skip: number;
  readonly limit: number;
}

const columns = { created: 'createdTicks', updated: 'updatedTicks' } as const;

/** What is sorted by; incidents without alerts have no last activity and come as the oldest. */
const orders = {
  created: sql`"createdTicks"`,
  updated: sql`"updatedTicks"`,
  lastActivity: sql`coalesce("lastActivityTicks", 0)`,
  severity: sql`"severity"`,
  alertCount: sql`"alertCount"`,
  name: sql`lower("name")`,
} as const satisfies Record<RecordSort, unknown>;

/** Sorted as asked, then by id, so that the order is the same every time. `ticks` is the time of creation or change. */
export async function listMatching(db: Db, tenantId: TenantId, page: RecordPage): Promise<ListedPosition[]> {
  const { where, sort, direction, after, skip, limit } = page;
  const column = sort === 'created' ? columns.created : columns.updated;
  let query = db
    .selectFrom('incidents')
    // As text, because ticks are more than a number holds.
    .select((e) => ['incidentId', sql<string>`cast(${e.ref(column)} as text)`.as('ticks')])
    .where('tenantId', '=', tenantId);
  if (after) {
    const [orSame, beyond] = direction === 'asc' ? (['>=', '>'] as const) : (['<=', '<'] as const);
    query = query.where((e) =>
      e.and([
        e(column, orSame, after.ticks),
        e.or([e(column, beyond, after.ticks), e('incidentId', beyond, after.incidentId)]),
      ]),
    );
  }
  if (where) query = query.where((e) => toSql(e, where));
  const rows = await query
    .orderBy(orders[sort], direction)
    .orderBy('incidentId', direction)
    .limit(limit)
    .offset(skip)
    .execute();
  return rows.map(({ incidentId, ticks }) => ({ incidentId, ticks: BigInt(ticks) }));
}

export async function countMatching(db: Db, tenantId: TenantId, where: IncidentCondition | null): Promise<number> {
  let query = db
    .selectFrom('incidents')
    .select((e) => e.fn.countAll<number>().as('count'))
    .where('tenantId', '=', tenantId);
  if (where) query = query.where((e) => toSql(e, where));
  const { count } = await query.executeTakeFirstOrThrow();
  return Number(count);
}
