// Which activities policies match: one look at the activities for all policies together, with one answer for each.
import type { DataScope } from '../access/caller.ts';
import { filesOf } from '../activities/activities.ts';
import { conditionsSql, type GroupDirectory, scopeSql } from '../activities/filter-sql.ts';
import { type BatchRange, inRange } from '../activities/following.ts';
import type { Services } from '../context.ts';
import { listGroupIds, listMemberNames } from '../directory/groups.ts';
import { activitiesTable, type ColumnOf } from '../events/catalogue.ts';
import type { CellValue } from '../events/cells.ts';
import { isOneOf, setHasAnyOf } from '../events/dialect.ts';
import { and, name, notTrue, or, type Sql, sql } from '../events/sql.ts';
import type { TenantId } from '../lib/ids.ts';
import type { Policy, PolicyScope } from './policy.ts';

/** The columns of activities, quoted, by name. */
export const col = Object.fromEntries(
  activitiesTable.columns.map((column) => [column.name, name(column.name)]),
) as Record<ColumnOf<typeof activitiesTable>, Sql>; // One entry for each column of the table, by construction.

export const activities: Sql = name(activitiesTable.name);

/** Which activities are looked at now, and which others may be counted with them. */
export interface Span {
  readonly rows: Sql;
  readonly known: Sql;
}

/** Activities as they come in, with all that came before. */
export function spanOfBatches(range: BatchRange): Span {
  return { rows: inRange(range), known: sql`${name('batch')} <= ${range.upTo}` };
}

/** Activities of `from` <= timestamp < `to`; `since` is where the whole period began. */
export function spanOfTime(since: number, from: number, to: number): Span {
  const until = sql`${col.timestamp} < ${to}`;
  return {
    rows: and([sql`${col.timestamp} >= ${from}`, until]),
    known: and([sql`${col.timestamp} >= ${since}`, until]),
  };
}

export function ofTenant(tenantId: TenantId): Sql {
  return sql`${col.tenantId} = ${{ uuid: tenantId }}`;
}

/** A policy with the SQL of what it matches. */
export interface Aim {
  readonly policy: Policy;
  readonly where: Sql;
}

/** `isLive`: only what happened after the policy was made counts (cloud-apps reference 5). */
export async function aimAt(
  services: Pick<Services, 'store' | 'clock'>,
  tenantId: TenantId,
  policy: Policy,
  isLive: boolean,
): Promise<Aim> {
  const groups: GroupDirectory = {
    membersOf: (groupIds) => listMemberNames(services.store.db, tenantId, groupIds),
    groupIdsFrom: (start) => listGroupIds(services.store.db, tenantId, start),
  };
  const reach: DataScope =
    policy.reach === null ? { all: true } : { all: false, instances: policy.reach, groupIds: [], reportIds: [] };
  const parts = [
    await conditionsSql(policy.conditions, services.clock(), groups, {
      files: filesOf(services.store.db, tenantId),
    }),
    ...(policy.reach === null ? [] : [await scopeSql(reach, groups)]),
    ...(await groupConditions(policy.scope, groups)),
    ...(isLive ? [sql`${col.timestamp} >= ${policy.createdAt}`] : []),
    // What somebody does again is told by the name.
    ...(policy.repetition?.sameUser ? [sql`${col.userName} <> ''`] : []),
  ];
  return { policy, where: and(parts) };
}

async function groupConditions(scope: PolicyScope, groups: GroupDirectory): Promise<Sql[]> {
  const isIn = async (ids: readonly string[]) =>
    or([setHasAnyOf(col.userTags, ids), isOneOf(col.userName, await groups.membersOf(ids))]);
  const { includeGroups, excludeGroups } = scope;
  return [
    ...(includeGroups.length > 0 ? [await isIn(includeGroups)] : []),
    ...(excludeGroups.length > 0 ? [notTrue(await isIn(excludeGroups))] : []),
  ];
}

type Query = { readonly events: Pick<Services['events'], 'query'>; readonly tenantId: TenantId; readonly span: Span };

/** One statement takes so many bound values and policies. */
const valuesMax = 5000;
const aimsMax = 100;

function inParts(aims: readonly Aim[]): Aim[][] {
  const parts: Aim[][] = [];
  let values = Number.POSITIVE_INFINITY;
  for (const aim of aims) {
    const last = parts.at(-1);
    values += aim.where.values.length;
    if (last && last.length < aimsMax && values <= valuesMax) last.push(aim);
    else {
      parts.push([aim]);
      values = aim.where.values.length;
    }
  }
  return parts;
}

/** How many of the span's activities each policy matches. */
export async function countMatches({ events, tenantId, span }: Query, aims: readonly Aim[]): Promise<number[]> {
  const counts: number[] = [];
  for (const part of inParts(aims)) {
    const each = part.map(({ where }) => sql`count(*) filter (where ${where})`);
    const [row = []] = await events.query(
      sql`select ${list(each)} from ${activities} where ${and([ofTenant(tenantId), span.rows])}`,
    );
    counts.push(...row.map(Number));
  }
  return counts;
}

/** What alerts and reports say of an activity. */
export interface Fact {
  readonly id: string;
  readonly timestamp: number;
  readonly userName: string;
  readonly ipAddress: string | null;
  readonly countryCode: string | null;
  readonly appId: number;
  readonly appName: string;
  readonly instance: number;
  readonly actionType: string;
}

export const factColumns: readonly Sql[] = [
  col.id,
  col.timestamp,
  col.userName,
  col.ipAddress,
  col.countryCode,
  col.appId,
  col.appName,
  col.instance,
  col.actionType,
];

export function factOf(row: readonly CellValue[]): Fact {
  const [id, timestamp, userName, ipAddress, countryCode, appId, appName, instance, actionType] = row;
  return {
    id: String(id),
    timestamp: Number(timestamp),
    userName: String(userName ?? ''),
    ipAddress: textOrNull(ipAddress),
    countryCode: textOrNull(countryCode),
    appId: Number(appId),
    appName: String(appName ?? ''),
    instance: Number(instance),
    actionType: String(actionType ?? ''),
  };
}

export function textOrNull(value: CellValue | undefined): string | null {
  return value === null || value === undefined ? null : String(value);
}

/** The first `limit` of the span's activities that any of the policies matches, in time, with the policies of each. */
export async function listMatches(
  { events, tenantId, span }: Query,
  aims: readonly Aim[],
  limit: number,
): Promise<Map<string, Fact[]>> {
  const found = new Map<string, Fact[]>(aims.map(({ policy }) => [policy.id, []]));
  for (const part of inParts(aims)) {
    const marks = part.map(({ where }) => sql`case when ${where} then '1' else '0' end`);
    const matched = or(part.map(({ where }) => where));
    const rows = await events.query(sql`select ${list(factColumns)}, concat(${list(marks)}) from ${activities}
      where ${and([ofTenant(tenantId), span.rows, matched])} order by ${col.timestamp}, ${col.id} limit ${limit}`);
    for (const row of rows) {
      const fact = factOf(row);
      const marked = String(row[factColumns.length]);
      part.forEach(({ policy }, index) => {
        if (marked[index] === '1') found.get(policy.id)?.push(fact);
      });
    }
  }
  return found;
}

/** Activities by their ids, which say when they happened (see Activity). */
export async function listFacts(
  events: Pick<Services['events'], 'query'>,
  tenantId: TenantId,
  ids: readonly string[],
): Promise<Map<string, Fact>> {
  const facts = new Map<string, Fact>();
  if (ids.length === 0) return facts;
  let first = Number.POSITIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;
  for (const id of ids) {
    const time = Number.parseInt(id, 10);
    first = Math.min(first, time);
    last = Math.max(last, time);
  }
  const span = Number.isNaN(first + last) ? [] : [sql`${col.timestamp} between ${first} and ${last}`];
  const rows = await events.query(sql`select ${list(factColumns)} from ${activities}
    where ${and([ofTenant(tenantId), ...span, isOneOf(col.id, ids)])}`);
  for (const row of rows) facts.set(String(row[0]), factOf(row));
  return facts;
}

export function list(pieces: readonly Sql[]): Sql {
  return { text: pieces.map(({ text }) => text).join(', '), values: pieces.flatMap(({ values }) => values) };
}
