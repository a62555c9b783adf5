// Matches, counts and windows of policies in the control store: queries only.
import { setImmediate } from 'node:timers/promises';
import { type Expression, type Insertable, type Selectable, type SqlBool, sql } from 'kysely';
import type { DataScope } from '../access/caller.ts';
import type { PolicyMatchesTable } from '../db/policy-tables.ts';
import type { Db, Trx } from '../db/store.ts';
import type { TenantId } from '../lib/ids.ts';

export type MatchRow = Selectable<PolicyMatchesTable>;

const rowsAtOnce = 500;

function* inChunks<Item>(items: readonly Item[]): Iterable<Item[]> {
  for (let at = 0; at < items.length; at += rowsAtOnce) yield items.slice(at, at + rowsAtOnce);
}

/** Adds matches; those that are there already stay as they are. */
export async function insertMatches(trx: Trx, rows: readonly Insertable<PolicyMatchesTable>[]): Promise<void> {
  for (const chunk of inChunks(rows)) {
    await trx
      .insertInto('policyMatches')
      .values(chunk)
      .onConflict((conflict) => conflict.columns(['tenantId', 'policyId', 'activityId']).doNothing())
      .execute();
    // SQLite works in this thread: others have their turn in between.
    await setImmediate();
  }
}

/** Says which alert tells of these matches. */
export async function nameAlert(
  trx: Trx,
  tenantId: TenantId,
  policyId: string,
  activityIds: readonly string[],
  alert: string,
): Promise<void> {
  for (const chunk of inChunks(activityIds)) {
    await trx
      .updateTable('policyMatches')
      .set({ alert })
      .where('tenantId', '=', tenantId)
      .where('policyId', '=', policyId)
      .where('activityId', 'in', chunk)
      .execute();
  }
}

function visible(scope: DataScope): Expression<SqlBool> {
  if (scope.all) return sql<SqlBool>`1 = 1`;
  const instances = scope.instances.map(
    ({ appId, instance }) => sql<SqlBool>`("appId" = ${appId} and "instance" = ${instance})`,
  );
  const members =
    scope.groupIds.length === 0
      ? []
      : [
          sql<SqlBool>`"userName" in (select "userName" from "groupMembers"
            where "groupMembers"."tenantId" = "policyMatches"."tenantId" and "groupId" in (${sql.join(scope.groupIds)}))`,
        ];
  const reached = [...instances, ...members];
  return reached.length === 0 ? sql<SqlBool>`1 = 0` : sql<SqlBool>`(${sql.join(reached, sql` or `)})`;
}

/** One page of a policy's matches that the scope reaches, latest activity first. */
export async function listMatchRows(
  db: Db,
  tenantId: TenantId,
  policyId: string,
  scope: DataScope,
  page: { readonly skip: number; readonly limit: number; readonly countMax: number },
): Promise<{ rows: MatchRow[]; count: number }> {
  const matches = db
    .selectFrom('policyMatches')
    .where('tenantId', '=', tenantId)
    .where('policyId', '=', policyId)
    .where(visible(scope));
  const rows = await matches
    .selectAll()
    .orderBy('timestamp', 'desc')
    .orderBy('activityId', 'desc')
    .limit(page.limit)
    .offset(page.skip)
    .execute();
  const { count } = await db
    .selectFrom(matches.select('activityId').limit(page.countMax).as('some'))
    .select((e) => e.fn.countAll().as('count'))
    .executeTakeFirstOrThrow();
  return { rows, count: Number(count) };
}

/** What these policies found in one activity, as far as the scope reaches. */
export async function listMatchesOf(
  db: Db,
  tenantId: TenantId,
  activityId: string,
  policyIds: readonly string[],
  scope: DataScope,
): Promise<MatchRow[]> {
  const rows: MatchRow[] = [];
  for (const chunk of inChunks(policyIds)) {
    const found = await db
      .selectFrom('policyMatches')
      .selectAll()
      .where('tenantId', '=', tenantId)
      .where('policyId', 'in', chunk)
      .where('activityId', '=', activityId)
      .where(visible(scope))
      .execute();
    rows.push(...found);
  }
  return rows;
}

/** Ids of activities that one of the policies matched, latest first; of any policy for null. */
export async function listMatchedIds(
  db: Db,
  tenantId: TenantId,
  policyIds: readonly string[] | null,
  limit: number,
): Promise<string[]> {
  let query = db.selectFrom('policyMatches').select('activityId').where('tenantId', '=', tenantId);
  if (policyIds !== null) query = query.where('policyId', 'in', [...policyIds]);
  const rows = await query.distinct().orderBy('activityId', 'desc').limit(limit).execute();
  return rows.map(({ activityId }) => activityId);
}

/** Ids of the activities that these alerts tell of. */
export async function listIdsOfAlerts(
  db: Db,
  tenantId: TenantId,
  alerts: readonly string[],
  limit: number,
): Promise<string[]> {
  const rows = await db
    .selectFrom('policyMatches')
    .select('activityId')
    .where('tenantId', '=', tenantId)
    .where('alert', 'in', [...alerts])
    .distinct()
    .orderBy('activityId', 'desc')
    .limit(limit)
    .execute();
  return rows.map(({ activityId }) => activityId);
}

export interface Counts {
  readonly matches: number;
  readonly alerts: number;
  readonly heldBack: number;
}

/** Sums from an hour on, by policy; policies with nothing are left out. */
export async function sumCounts(db: Db, tenantId: TenantId, fromHour: number): Promise<Map<string, Counts>> {
  const rows = await db
    .selectFrom('policyCounts')
    .select((e) => [
      'policyId',
      e.fn.sum('matches').as('matches'),
      e.fn.sum('alerts').as('alerts'),
      e.fn.sum('heldBack').as('heldBack'),
    ])
    .where('tenantId', '=', tenantId)
    .where('hour', '>=', fromHour)
    .groupBy('policyId')
    .execute();
  return new Map(
    rows.map((row) => [
      row.policyId,
      { matches: Number(row.matches), alerts: Number(row.alerts), heldBack: Number(row.heldBack) },
    ]),
  );
}

export async function addCounts(
  trx: Trx,
  tenantId: TenantId,
  policyId: string,
  hour: number,
  counts: Counts,
): Promise<void> {
  await trx
    .insertInto('policyCounts')
    .values({ tenantId, policyId, hour, ...counts })
    .onConflict((conflict) =>
      conflict.columns(['tenantId', 'policyId', 'hour']).doUpdateSet((e) => ({
        matches: e('policyCounts.matches', '+', counts.matches),
        alerts: e('policyCounts.alerts', '+', counts.alerts),
        heldBack: e('policyCounts.heldBack', '+', counts.heldBack),
      })),
    )
    .execute();
}

export async function insertWindow(
  trx: Trx,
  tenantId: TenantId,
  policyId: string,
  groupKey: string,
  window: { readonly start: number; readonly end: number },
): Promise<void> {
  await trx
    .insertInto('policyWindows')
    .values({ tenantId, policyId, groupKey, startAt: window.start, endAt: window.end })
    .onConflict((conflict) => conflict.columns(['tenantId', 'policyId', 'groupKey', 'startAt']).doNothing())
    .execute();
}

/** Windows of the groups that touch the time from `from` to `to`. */
export async function listWindows(
  db: Db,
  tenantId: TenantId,
  policyId: string,
  groupKeys: readonly string[],
  from: number,
  to: number,
): Promise<Map<string, { start: number; end: number }[]>> {
  const found = new Map<string, { start: number; end: number }[]>();
  for (const chunk of inChunks(groupKeys)) {
    const rows = await db
      .selectFrom('policyWindows')
      .select(['groupKey', 'startAt', 'endAt'])
      .where('tenantId', '=', tenantId)
      .where('policyId', '=', policyId)
      .where('groupKey', 'in', chunk)
      .where('endAt', '>=', from)
      .where('startAt', '<=', to)
      .execute();
    for (const { groupKey, startAt, endAt } of rows) {
      found.set(groupKey, [...(found.get(groupKey) ?? []), { start: startAt, end: endAt }]);
    }
  }
  return found;
}

/** Everything that a policy found. */
export async function removeWork(trx: Trx, tenantId: TenantId, policyId: string): Promise<void> {
  for (const table of ['policyCounts', 'policyWindows', 'policyBackfills'] as const) {
    await trx.deleteFrom(table).where('tenantId', '=', tenantId).where('policyId', '=', policyId).execute();
  }
}

/** Removes what was found before `at`, and windows whose time is as far back. */
export async function pruneFindings(trx: Trx, tenantId: TenantId, at: number, hour: number): Promise<void> {
  await trx.deleteFrom('policyMatches').where('tenantId', '=', tenantId).where('matchedAt', '<', at).execute();
  await trx.deleteFrom('policyCounts').where('tenantId', '=', tenantId).where('hour', '<', hour).execute();
  await trx.deleteFrom('policyWindows').where('tenantId', '=', tenantId).where('endAt', '<', at).execute();
  await trx.deleteFrom('governanceActions').where('tenantId', '=', tenantId).where('at', '<', at).execute();
}
