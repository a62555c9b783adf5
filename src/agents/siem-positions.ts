// How far a SIEM agent has come, as a text that it keeps and sends back. It is opaque to the agent and says nothing that
// the agent may not know; what is in it is checked, because anybody may send anything.
import type { ArrivalPlace } from '../activities/arrivals.ts';
import { InvalidInput } from '../lib/failures.ts';

/** The way through the activities of one event store. */
export interface StorePlace {
  readonly storeId: string;
  /** How often the agent had been enabled when it began here: a later enabling begins at most two days back. */
  readonly enablings: number;
  readonly at: ArrivalPlace;
  /** The last batch of the backlog, of which only what happened at `since` or later is sent. */
  readonly backlogUpTo: number;
  readonly since: number;
}

export interface ActivityPosition {
  /** The store that was asked last comes first; processes that share a control store have one each. */
  readonly stores: readonly StorePlace[];
}

export interface AlertPosition {
  readonly enablings: number;
  /** Number of the last change note that was looked at. */
  readonly note: number;
  readonly backlogUpTo: number;
  readonly since: number;
}

const textMax = 8192;
/** Stores that are kept in mind; a deployment has a few processes. */
const storesMax = 16;

export function formatActivityPosition({ stores }: ActivityPosition): string {
  const parts = stores.slice(0, storesMax).map(({ storeId, enablings, at, backlogUpTo, since }) => {
    const within = at.within === null ? [] : [at.within.timestamp, at.within.id];
    return [storeId, enablings, backlogUpTo, since, at.batch, ...within];
  });
  return encode(['activities', parts]);
}

/** Throws InvalidInput when the text is none of ours. */
export function parseActivityPosition(text: string): ActivityPosition {
  const [kind, parts] = decode(text);
  if (kind !== 'activities' || !Array.isArray(parts) || parts.length > storesMax) throw foreign();
  return { stores: parts.map(parseStore) };
}

function parseStore(part: unknown): StorePlace {
  if (!Array.isArray(part) || (part.length !== 5 && part.length !== 7)) throw foreign();
  const [storeId, enablings, backlogUpTo, since, batch, timestamp, id] = part as unknown[];
  if (typeof storeId !== 'string' || ![enablings, backlogUpTo, since, batch].every(isCount)) throw foreign();
  const place = { storeId, enablings: Number(enablings), backlogUpTo: Number(backlogUpTo), since: Number(since) };
  if (part.length === 5) return { ...place, at: { batch: Number(batch), within: null } };
  if (!Number.isSafeInteger(timestamp) || typeof id !== 'string' || id.includes('\0') || !id.isWellFormed())
    throw foreign();
  return { ...place, at: { batch: Number(batch), within: { timestamp: Number(timestamp), id } } };
}

export function formatAlertPosition({ enablings, note, backlogUpTo, since }: AlertPosition): string {
  return encode(['alerts', enablings, note, backlogUpTo, since]);
}

/** Throws InvalidInput when the text is none of ours. */
export function parseAlertPosition(text: string): AlertPosition {
  const [kind, enablings, note, backlogUpTo, since] = decode(text);
  if (kind !== 'alerts' || !isCount(enablings) || !isCount(note) || !isCount(backlogUpTo) || !isCount(since)) {
    throw foreign();
  }
  return { enablings, note, backlogUpTo, since };
}

function encode(parts: readonly unknown[]): string {
  return Buffer.from(JSON.stringify(parts)).toString('base64url');
}

function decode(text: string): unknown[] {
  if (text.length > textMax) throw foreign();
  try {
    const parts: unknown = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
    if (Array.isArray(parts)) return parts;
  } catch {
    // As below.
  }
  throw foreign();
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

function foreign(): InvalidInput {
  return new InvalidInput('after', 'after is no position that this server gave. Leave it out to begin two days back.');
}
