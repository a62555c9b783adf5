// Repeated policies: so many activities of one group (a user, an app, both, or everybody) within so long. The first
// activities that suffice open a window of that length, everything in it belongs to it, and one alert tells of it. Which
// windows there are depends on the activities alone, not on the batches in which they came: what has a window already
// counts for no other one, and the event store is asked again for whatever lies around the new activities.
import type { Services } from '../context.ts';
import { isOneOf } from '../events/dialect.ts';
import { and, type Sql, sql } from '../events/sql.ts';
import { minuteMs } from '../lib/clock.ts';
import type { TenantId } from '../lib/ids.ts';
import { type Aim, activities, col, type Fact, factColumns, factOf, list, ofTenant, type Span } from './matching.ts';
import type { Repetition } from './policy.ts';
import type { Grouping, Tally } from './tallies.ts';

/** From `start` to `end`, both within it. */
export interface Window {
  readonly start: number;
  readonly end: number;
}

/** Windows that stand already. */
export type FindWindows = (
  policyId: string,
  groupKeys: readonly string[],
  from: number,
  to: number,
) => Promise<ReadonlyMap<string, readonly Window[]>>;

export interface FoundWindow extends Window {
  readonly groupKey: string;
  /** How many activities, or things acted on, are in it so far. */
  readonly count: number;
  /** The first of its activities. */
  readonly facts: readonly Fact[];
}

/** Groups that are looked at over one span, earliest first; a tenant with more of them is flooded. */
const groupsMax = 5000;
/** Activities that are held at once, a single group's apart. */
const rowsAtOnce = 20_000;
/** Activities of one group: what a span brings, and more than any repetition counts around it. */
const groupRowsMax = 100_000;
/** Windows of one policy over one span. */
const windowsMax = 1000;
const factsPerWindow = 100;

interface Group {
  readonly key: string;
  readonly from: number;
  readonly to: number;
  readonly windows: readonly Window[];
}

type Query = { readonly events: Pick<Services['events'], 'query'>; readonly tenantId: TenantId; readonly span: Span };

/** What is known of the activities before anybody asks for them. */
export interface Known {
  /** All that match in the span. */
  readonly facts: readonly Fact[] | null;
  /** With those of the span. */
  readonly tally?: Tally | undefined;
}

/** The windows that activities of the span open, in time. */
export async function findRepeated(
  query: Query,
  aim: Aim,
  findWindows: FindWindows,
  known: Known,
): Promise<FoundWindow[]> {
  const { repetition } = aim.policy;
  if (!repetition) return [];
  const groups = await openGroups(query, aim, repetition, findWindows, known);
  if (groups.length === 0) return [];
  const found: FoundWindow[] = [];
  for (const part of await inParts(query, aim, repetition, groups)) {
    const rows = await listRows(query, aim, repetition, part);
    for (const group of part) found.push(...windowsIn(group, rows.get(group.key) ?? [], repetition));
    if (found.length >= windowsMax) break;
  }
  return found.sort((left, right) => left.start - right.start || (left.groupKey < right.groupKey ? -1 : 1));
}

function windowMs({ windowMinutes }: Repetition): number {
  return windowMinutes * minuteMs;
}

/** How the policy groups activities. */
export function groupingOf(repetition: Repetition): Grouping {
  return { repetition, key: keySql(repetition), keyOf: (fact) => keyOf(fact, repetition) };
}

/** The text that the activities of a group share. */
function keySql({ sameUser, sameApp }: Repetition): Sql {
  if (sameUser && sameApp) return sql`concat(${col.userName}, '|', ${col.appId}, '|', ${col.instance})`;
  if (sameUser) return col.userName;
  if (sameApp) return sql`concat(${col.appId}, '|', ${col.instance})`;
  return sql`''`;
}

/** The same of one activity. */
function keyOf({ userName, appId, instance }: Fact, { sameUser, sameApp }: Repetition): string {
  return [...(sameUser ? [userName] : []), ...(sameApp ? [appId, instance] : [])].join('|');
}

/** What an activity was about; itself when it was about nothing that is known. */
const target = sql`coalesce(${col.fileIds}, ${col.objects}, ${col.id})`;

interface News {
  readonly key: string;
  readonly first: number;
  readonly last: number;
}

/** When each group has new activities, earliest first. */
async function listNews(
  { events, tenantId, span }: Query,
  aim: Aim,
  repetition: Repetition,
  { facts, tally }: Known,
): Promise<News[]> {
  const length = windowMs(repetition);
  const isOpen = ({ key, first, last }: News) =>
    tally === undefined || tally.mayHave(repetition.count, key, first - length, last + length);
  if (facts) {
    const news = new Map<string, News>();
    for (const fact of facts) {
      const key = keyOf(fact, repetition);
      const known = news.get(key);
      news.set(key, { key, first: known?.first ?? fact.timestamp, last: fact.timestamp });
    }
    return [...news.values()].filter(isOpen).slice(0, groupsMax);
  }
  const rows = await events.query(sql`select ${keySql(repetition)}, min(${col.timestamp}), max(${col.timestamp})
    from ${activities} where ${and([ofTenant(tenantId), span.rows, aim.where])}
    group by 1 order by 2, 1 limit ${groupsMax}`);
  return rows
    .map(([key, first, last]) => ({ key: String(key), first: Number(first), last: Number(last) }))
    .filter(isOpen);
}

/** Groups with new activities that no window has yet, and the time around these in which others count with them. */
async function openGroups(
  query: Query,
  aim: Aim,
  repetition: Repetition,
  findWindows: FindWindows,
  known: Known,
): Promise<Group[]> {
  const news = await listNews(query, aim, repetition, known);
  if (news.length === 0) return [];
  const length = windowMs(repetition);
  const from = Math.min(...news.map(({ first }) => first)) - length;
  const to = Math.max(...news.map(({ last }) => last)) + length;
  const keys = news.map(({ key }) => key);
  const windows = await findWindows(aim.policy.id, keys, from, to);
  const groups = news.flatMap(
    ({ key, first, last }) => groupAround(key, first, last, length, windows.get(key) ?? []) ?? [],
  );
  // Less time may be left of what they were looked up by.
  return groups.filter((each) => known.tally?.mayHave(repetition.count, each.key, each.from, each.to) !== false);
}

/** Undefined when all that is new lies in windows. */
export function groupAround(
  key: string,
  first: number,
  last: number,
  length: number,
  windows: readonly Window[],
): Group | undefined {
  const sorted = windows.toSorted((left, right) => left.start - right.start);
  let low = first;
  let high = last;
  for (const { start, end } of sorted) if (start <= low && low <= end) low = end + 1;
  for (const { start, end } of sorted.toReversed()) if (start <= high && high <= end) high = start - 1;
  if (low > high) return undefined;
  const before = sorted.filter(({ end }) => end < low).map(({ end }) => end + 1);
  const after = sorted.filter(({ start }) => start > high).map(({ start }) => start - 1);
  return {
    key,
    from: Math.max(low - length, ...before),
    to: Math.min(high + length, ...after),
    windows: sorted,
  };
}

/** The groups as rows to join with. Lists are bound as texts. */
function groupRows(groups: readonly Group[]): Sql {
  const keys = groups.map(({ key }) => key);
  const froms = groups.map(({ from }) => String(from));
  const tos = groups.map(({ to }) => String(to));
  return sql`(select unnest(${keys}) as "key", unnest(${froms})::bigint as "from", unnest(${tos})::bigint as "to")`;
}

/** Few names are looked for while the engine reads, before anything is joined. */
const namesMax = 64;

function nameOf(key: string, { sameUser, sameApp }: Repetition): string | undefined {
  if (!sameUser) return undefined;
  return sameApp ? key.slice(0, key.lastIndexOf('|', key.lastIndexOf('|') - 1)) : key;
}

function ofFewNames(groups: readonly Group[], repetition: Repetition): Sql[] {
  const names = new Set(groups.flatMap(({ key }) => nameOf(key, repetition) ?? []));
  return names.size > 0 && names.size <= namesMax ? [isOneOf(col.userName, [...names])] : [];
}

function around({ tenantId, span }: Query, aim: Aim, repetition: Repetition, groups: readonly Group[]): Sql {
  return sql`${activities} join ${groupRows(groups)} as "groups" on ${keySql(repetition)} = "groups"."key"
    where ${and([
      ofTenant(tenantId),
      span.known,
      sql`${col.timestamp} between ${Math.min(...groups.map(({ from }) => from))} and ${Math.max(...groups.map(({ to }) => to))}`,
      sql`${col.timestamp} between "groups"."from" and "groups"."to"`,
      ...ofFewNames(groups, repetition),
      aim.where,
    ])}`;
}

/** The groups with enough activities close together, in parts of which each can be held. */
async function inParts(query: Query, aim: Aim, repetition: Repetition, groups: readonly Group[]): Promise<Group[][]> {
  // So many within the window is also the least that so many different things take.
  const rows = await query.events.query(sql`select "key", count(*) from (
      select "groups"."key" as "key", ${col.timestamp} as "at",
        lag(${col.timestamp}, ${repetition.count - 1}) over (partition by "groups"."key" order by ${col.timestamp}) as "first"
      from ${around(query, aim, repetition, groups)}) as "counted"
    group by 1 having max(case when "at" - "first" <= ${windowMs(repetition)} then 1 else 0 end) = 1`);
  const counts = new Map(rows.map(([key, count]) => [String(key), Number(count)]));
  const parts: Group[][] = [];
  let sum = Number.POSITIVE_INFINITY;
  for (const group of groups) {
    const count = counts.get(group.key);
    if (count === undefined) continue;
    sum += count;
    if (sum <= rowsAtOnce) parts.at(-1)?.push(group);
    else {
      parts.push([group]);
      sum = count;
    }
  }
  return parts;
}

interface Row {
  readonly fact: Fact;
  readonly target: string;
}

/** The activities around the groups, in time. */
async function listRows(
  query: Query,
  aim: Aim,
  repetition: Repetition,
  groups: readonly Group[],
): Promise<Map<string, Row[]>> {
  const rows =
    await query.events.query(sql`select ${list(factColumns)}, ${target}, "groups"."key" from ${around(query, aim, repetition, groups)}
    order by ${col.timestamp}, ${col.id} limit ${groupRowsMax}`);
  const byKey = new Map<string, Row[]>();
  for (const row of rows) {
    const key = String(row[factColumns.length + 1]);
    const found = byKey.get(key) ?? [];
    found.push({ fact: factOf(row), target: String(row[factColumns.length]) });
    byKey.set(key, found);
  }
  return byKey;
}

/** The windows of one group's activities, which come in time. */
function windowsIn(group: Group, rows: readonly Row[], repetition: Repetition): FoundWindow[] {
  const length = windowMs(repetition);
  const isTaken = ({ fact: { timestamp } }: Row) =>
    group.windows.some(({ start, end }) => start <= timestamp && timestamp <= end);
  const free = rows.filter((row) => !isTaken(row));
  const found: FoundWindow[] = [];
  const targets = new Map<string, number>();
  let first = 0;
  for (let next = 0; next < free.length; next++) {
    const row = free[next];
    if (!row) break;
    add(targets, row.target, 1);
    for (let old = free[first]; old && old.fact.timestamp < row.fact.timestamp - length; old = free[++first]) {
      add(targets, old.target, -1);
    }
    const count = repetition.uniqueTargets ? targets.size : next - first + 1;
    const start = free[first]?.fact.timestamp;
    if (count < repetition.count || start === undefined) continue;
    const end = start + length;
    const inside: Row[] = [];
    for (let at = first; at < free.length; at++) {
      const each = free[at];
      if (!each || each.fact.timestamp > end) break;
      inside.push(each);
    }
    found.push({
      groupKey: group.key,
      start,
      end,
      count: repetition.uniqueTargets ? new Set(inside.map((each) => each.target)).size : inside.length,
      facts: inside.slice(0, factsPerWindow).map(({ fact }) => fact),
    });
    first += inside.length;
    next = first - 1;
    targets.clear();
  }
  return found;
}

function add(targets: Map<string, number>, key: string, by: number): void {
  const count = (targets.get(key) ?? 0) + by;
  if (count > 0) targets.set(key, count);
  else targets.delete(key);
}
