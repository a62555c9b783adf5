// How often the groups of a repeated policy were matched lately, counted as activities come in: so that the event store is
// asked for the activities of a whole window only where there can be enough of them. A tally may count too much, never too
// little: groups share its cells, and a range that is followed again counts again.
import type { BatchRange } from '../activities/following.ts';
import type { Services } from '../context.ts';
import { and, type Sql, sql } from '../events/sql.ts';
import { minuteMs } from '../lib/clock.ts';
import type { TenantId } from '../lib/ids.ts';
import { type Aim, activities, col, type Fact, ofTenant, spanOfBatches } from './matching.ts';
import type { Repetition } from './policy.ts';

export interface TallyQuery {
  readonly events: Services['events'];
  readonly tenantId: TenantId;
  readonly range: BatchRange;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** How a policy groups activities. */
export interface Grouping {
  readonly repetition: Repetition;
  readonly key: Sql;
  keyOf(fact: Fact): string;
}

/** A power of two. */
const cellCount = 16_384;
const cellMax = 65_535;
/** A window's length in pieces. */
const piecesPerWindow = 4;
/** Activities that come in later than this after the fact are not counted, but looked for. */
const lateMs = 10 * minuteMs;
/** Groups of one piece that are counted one by one; with more of them each may have any number. */
const groupsMax = 100_000;
/** The tallies of a process, those that were used last. */
const talliesMax = 200;

export class Tally {
  readonly #pieceMs: number;
  readonly #windowMs: number;
  readonly #pieces = new Map<number, Uint16Array>();
  /** What happens later than clocks allow: it counts always. */
  #ahead: Uint16Array | undefined;
  /** All that happened from then on is counted. */
  #since: number;
  /** All that came in up to this batch is counted. */
  upTo: number;

  constructor(windowMs: number, upTo: number, now: number) {
    this.#windowMs = windowMs;
    this.#pieceMs = Math.ceil(windowMs / piecesPerWindow);
    this.upTo = upTo;
    this.#since = this.#firstPiece(now) * this.#pieceMs;
  }

  #firstPiece(now: number): number {
    return Math.floor((now - this.#windowMs - lateMs) / this.#pieceMs);
  }

  /** The pieces of time that are counted: the beginning of each and of the one behind it. */
  spans(now: number): { from: number; to: number }[] {
    const spans: { from: number; to: number }[] = [];
    for (let from = this.#since; from <= now + this.#windowMs; from += this.#pieceMs) {
      spans.push({ from, to: from + this.#pieceMs });
    }
    const last = spans.at(-1);
    if (last) last.to = Number.MAX_SAFE_INTEGER;
    return spans;
  }

  add(key: string, timestamp: number, count: number, now: number): void {
    if (timestamp < this.#since) return;
    const cells = this.#cellsAt(timestamp, now);
    const cell = cellOf(key);
    cells[cell] = Math.min(cellMax, (cells[cell] ?? 0) + count);
  }

  /** Any group may have any number at that time. */
  fill(timestamp: number, now: number): void {
    this.#cellsAt(timestamp, now).fill(cellMax);
  }

  #cellsAt(timestamp: number, now: number): Uint16Array {
    if (timestamp > now + this.#windowMs) {
      this.#ahead ??= new Uint16Array(cellCount);
      return this.#ahead;
    }
    const piece = Math.floor(timestamp / this.#pieceMs);
    const cells = this.#pieces.get(piece) ?? new Uint16Array(cellCount);
    this.#pieces.set(piece, cells);
    return cells;
  }

  /** False when the group has fewer than `count` activities between the two times, for certain. */
  mayHave(count: number, key: string, from: number, to: number): boolean {
    if (from < this.#since) return true;
    const cell = cellOf(key);
    let sum = this.#ahead?.[cell] ?? 0;
    const last = Math.floor(to / this.#pieceMs);
    for (const [piece, cells] of this.#pieces) {
      if (piece >= Math.floor(from / this.#pieceMs) && piece <= last) sum += cells[cell] ?? 0;
    }
    return sum >= count;
  }

  /** Forgets what is too old to matter to what comes in now. */
  prune(now: number): void {
    const first = this.#firstPiece(now);
    this.#since = Math.max(this.#since, first * this.#pieceMs);
    for (const piece of this.#pieces.keys()) if (piece < first) this.#pieces.delete(piece);
  }
}

/** FNV-1a. */
function cellOf(key: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < key.length; at++) hash = Math.imul(hash ^ key.charCodeAt(at), 0x01000193);
  return (hash ^ (hash >>> 15)) & (cellCount - 1);
}

interface Kept {
  readonly where: Sql;
  /** Null when the policy has begun to match something else: it may do so all the time, by what its filters depend on. */
  readonly tally: Tally | null;
}

/** By event store, tenant and policy; those that were used last stand last. */
const kept = new WeakMap<object, Map<string, Kept>>();

/**
 * The policy's tally with the range counted in; `facts` are all that it matches there, when they are known. Undefined when
 * nothing is counted.
 */
export async function tallyOf(
  query: TallyQuery,
  aim: Aim,
  grouping: Grouping,
  count: number,
  facts: readonly Fact[] | null,
): Promise<Tally | undefined> {
  const all = kept.get(query.events) ?? new Map<string, Kept>();
  kept.set(query.events, all);
  const name = `${query.tenantId}/${aim.policy.id}/${aim.policy.revision}`;
  const known = all.get(name);
  // Whatever fails on the way leaves none behind.
  all.delete(name);
  const tally = await tallied(query, aim, grouping, count, facts, known);
  if (tally === undefined) return undefined;
  all.set(name, { where: aim.where, tally });
  for (const oldest of all.keys()) {
    if (all.size <= talliesMax) break;
    all.delete(oldest);
  }
  return tally ?? undefined;
}

async function tallied(
  query: TallyQuery,
  aim: Aim,
  grouping: Grouping,
  count: number,
  facts: readonly Fact[] | null,
  known: Kept | undefined,
): Promise<Tally | null | undefined> {
  const { range, now } = query;
  if (known && !isSame(known.where, aim.where)) return null;
  const tally = known?.tally;
  if (tally && tally.upTo >= range.after) {
    tally.prune(now);
    if (tally.upTo < range.upTo) await addRange(query, aim, grouping, tally, count, facts);
    tally.upTo = Math.max(tally.upTo, range.upTo);
    return tally;
  }
  // Nothing is looked up before there is something to find.
  if (count === 0) return undefined;
  const made = new Tally(grouping.repetition.windowMinutes * minuteMs, range.upTo, now);
  await addStored(query, aim, grouping, made, spanOfBatches(range).known);
  return made;
}

function isSame(left: Sql, right: Sql): boolean {
  if (left.text !== right.text || left.values.length !== right.values.length) return false;
  return JSON.stringify(left.values) === JSON.stringify(right.values);
}

async function addRange(
  query: TallyQuery,
  aim: Aim,
  grouping: Grouping,
  tally: Tally,
  count: number,
  facts: readonly Fact[] | null,
): Promise<void> {
  if (count === 0) return;
  if (!facts) return await addStored(query, aim, grouping, tally, spanOfBatches(query.range).rows);
  for (const fact of facts) tally.add(grouping.keyOf(fact), fact.timestamp, 1, query.now);
}

/** Counts stored activities, one piece of time after the other. */
async function addStored(
  { events, tenantId, now }: TallyQuery,
  aim: Aim,
  { key }: Grouping,
  tally: Tally,
  among: Sql,
): Promise<void> {
  for (const { from, to } of tally.spans(now)) {
    const inTime = sql`${col.timestamp} >= ${from} and ${col.timestamp} < ${to}`;
    const rows = await events.query(sql`select ${key}, count(*), max(${col.timestamp}) from ${activities}
      where ${and([ofTenant(tenantId), among, inTime, aim.where])} group by 1 limit ${groupsMax}`);
    if (rows.length === groupsMax) tally.fill(from, now);
    else for (const [group, count, last] of rows) tally.add(String(group), Number(last), Number(count), now);
  }
}
