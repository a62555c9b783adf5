// Stored activities as detections read them, and the conditions that many of them share.
import { expandRecord } from '../activities/record-text.ts';
import { isRecord } from '../activities/unified-audit/fields.ts';
import { userTags } from '../activities/unified-audit/unified-audit.ts';
import { isOneOf, setHasAnyOf } from '../events/dialect.ts';
import { and, notTrue, type Sql, sql } from '../events/sql.ts';
import { dayMs } from '../lib/clock.ts';
import type { AddressFacts } from '../subnets/addresses.ts';
import { ipTags } from '../subnets/cloud-operators.ts';
import type { Scene, SceneKind } from './detection.ts';
import { activities, col, ofTenant, rangeCondition } from './scene.ts';

export interface Seen {
  readonly id: string;
  /** Epoch milliseconds. */
  readonly timestamp: number;
  readonly userName: string;
  readonly eventType: string;
  readonly actionType: string;
  readonly appId: number;
  readonly instance: number;
  readonly appName: string;
  readonly address: string;
  readonly countryCode: string | null;
  /** It belongs to the range that is being looked at; the others are history. */
  readonly isNew: boolean;
}

/** The columns of {@link Seen} but for isNew, in their order. */
export const seenColumns: Sql = sql`${col.id}, ${col.timestamp}, ${col.userName}, ${col.eventType}, ${col.actionType},
  ${col.appId}, ${col.instance}, ${col.appName}, coalesce(${col.ipAddress}, ''), ${col.countryCode}`;

export type Cell = string | number | boolean | null | undefined;

export function seenOf(cells: readonly Cell[]): Seen {
  const [id, timestamp, userName, eventType, actionType, appId, instance, appName, address, country, isNew] = cells;
  return {
    id: String(id),
    timestamp: Number(timestamp),
    userName: String(userName),
    eventType: String(eventType),
    actionType: String(actionType),
    appId: Number(appId),
    instance: Number(instance),
    appName: String(appName),
    address: String(address),
    countryCode: typeof country === 'string' ? country : null,
    isNew: isNew === true,
  };
}

/** Activities of the tenant in order of time, at most `limit`. */
export async function listSeen(scene: Scene, where: Sql, limit: number): Promise<Seen[]> {
  const rows = await scene.services.events.query(sql`
    select ${seenColumns}, ${rangeCondition(scene.range)} from ${activities}
    where ${and([ofTenant(scene.tenantId), where])} order by ${col.timestamp}, ${col.id} limit ${limit}`);
  return rows.map(seenOf);
}

/** Records are taken in parts of so many characters; a single one may be longer. */
const charsAtOnce = 8_388_608;
/** More than any range has: what a hostile sender makes up beyond that is no detection's business. */
const charsMax = 268_435_456;

/**
 * What `read` makes of the provider's own record of each of these activities, in their order; what cannot be read, or
 * gives nothing, is left out. Records are as long as an ingestion's lines may be, so that only some are held at once.
 */
export async function readRawRecords<Item>(
  scene: Scene,
  seen: readonly Seen[],
  read: (record: Readonly<Record<string, unknown>>, seen: Seen) => Item | undefined,
): Promise<Item[]> {
  if (seen.length === 0) return [];
  const sizes = new Map((await ofIds(scene, seen, sql`length(${col.record})`)).map(([id, size]) => [id, Number(size)]));
  const items: Item[] = [];
  for (const part of inParts(seen, sizes)) {
    const records = new Map(await ofIds(scene, part, col.record));
    for (const each of part) {
      const raw = rawRecord(String(records.get(each.id) ?? ''));
      const item = raw && read(raw, each);
      if (item !== undefined) items.push(item);
    }
  }
  return items;
}

function* inParts(seen: readonly Seen[], sizes: ReadonlyMap<string, number>): Generator<Seen[]> {
  let part: Seen[] = [];
  let chars = 0;
  let all = 0;
  for (const each of seen) {
    const size = sizes.get(each.id) ?? 0;
    all += size;
    if (all > charsMax) break;
    if (part.length > 0 && chars + size > charsAtOnce) {
      yield part;
      part = [];
      chars = 0;
    }
    part.push(each);
    chars += size;
  }
  if (part.length > 0) yield part;
}

/** The value for each of these activities, by id. */
async function ofIds(scene: Scene, seen: readonly Seen[], value: Sql): Promise<[id: string, value: Cell][]> {
  let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { timestamp } of seen) {
    first = Math.min(first, timestamp);
    last = Math.max(last, timestamp);
  }
  const ids = seen.map((each) => each.id);
  const rows = await scene.services.events.query(sql`
    select ${col.id}, ${value} from ${activities}
    where ${and([ofTenant(scene.tenantId), between(first, last), isOneOf(col.id, ids)])}`);
  return rows.map(([id, found]) => [String(id), found]);
}

function rawRecord(stored: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const wire: unknown = JSON.parse(expandRecord(stored));
    const raw = isRecord(wire) ? wire.rawDataJson : undefined;
    return isRecord(raw) ? raw : undefined;
  } catch {
    return undefined;
  }
}

/** An account with a name that no application or service acts under. */
export const byPerson: Sql = and([
  sql`${col.userName} <> ''`,
  notTrue(setHasAnyOf(col.userTags, [userTags.applications])),
]);

const failedLogin = 'EVENT_CATEGORY_FAILED_LOGIN';

/** Anybody may fail to sign in; only what succeeded tells where a person is. */
export const notFailed: Sql = sql`${col.eventType} <> ${failedLogin}`;
export const failed: Sql = sql`${col.eventType} = ${failedLogin}`;
export const isSignIn: Sql = sql`${col.eventType} = 'EVENT_CATEGORY_LOGIN'`;

export const ipCategory = { corporate: 1, administrative: 2, risky: 3, vpn: 4, cloud: 5 } as const;

/**
 * The address tells where somebody is: its country is known and it is no VPN exit, no cloud operator (what runs there
 * acts for people who are elsewhere) and no private network.
 */
export const tellsPlace: Sql = and([
  sql`${col.countryCode} is not null`,
  sql`coalesce(${col.ipCategory}, 0) not in (${ipCategory.vpn}, ${ipCategory.cloud})`,
  notTrue(setHasAnyOf(col.ipTags, [ipTags.internalAddress])),
]);

/** The same of an address as it is described now, since ranges may have been added after the activity came in. */
export function factsTellPlace(facts: AddressFacts | null): boolean {
  if (facts === null || facts.countryCode === null) return false;
  return facts.category !== ipCategory.vpn && facts.category !== ipCategory.cloud;
}

/** Corporate, administrative and VPN ranges are the organisation's own. */
export function isSafe(facts: AddressFacts | null): boolean {
  return facts !== null && [1, 2, 4].includes(facts.category);
}

/**
 * One of these, for a second look at rows that an equation has chosen: the engine looks for one value while it reads, ten
 * times faster than for one of several, and comes to this only afterwards.
 */
export function isAmong(column: Sql, values: readonly string[]): Sql {
  return sql`list_contains(${values}, ${column})`;
}

/** The time that activities of these kinds take up in the range; undefined when there are none. */
export function spanOf(
  scene: Scene,
  wanted: (kind: SceneKind) => boolean,
): { readonly first: number; readonly last: number } | undefined {
  let first = Number.POSITIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;
  for (const kind of scene.kinds) {
    if (!wanted(kind)) continue;
    if (kind.first < first) first = kind.first;
    if (kind.last > last) last = kind.last;
  }
  return first > last ? undefined : { first, last };
}

/** The day of an activity: days since 1970 in UTC. */
export const dayNumber: Sql = sql`${col.timestamp} // ${dayMs}`;

/** Rows whose time lies between two times, both included. */
export function between(first: number, last: number): Sql {
  return sql`${col.timestamp} between ${Math.floor(first)} and ${Math.ceil(last)}`;
}

/** Rows of people with a row in the range that matches `where`. */
export function usersOfRange(scene: Scene, where: Sql): Sql {
  return sql`${col.userName} in (select distinct ${col.userName} from ${activities}
    where ${and([ofTenant(scene.tenantId), rangeCondition(scene.range), where])})`;
}

export function groupBy<Item>(items: Iterable<Item>, keyOf: (item: Item) => string): Map<string, Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return groups;
}
