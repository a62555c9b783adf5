// Watchlists as tables of the engine: held in memory for as long as queries use them. A table is made of one upload and
// never changes, so that a query sees one upload throughout, in every process.
import type { Ctx } from '../../context.ts';
import type { EventStore } from '../../events/events.ts';
import { heldName, holds } from '../../events/held.ts';
import type { FetchedWatchlist } from '../../kql/watchlists.ts';
import { minuteMs, secondMs } from '../../lib/clock.ts';
import type { TenantId } from '../../lib/ids.ts';
import * as store from './store.ts';
import { watchlistColumns, watchlistRowsSql } from './watchlist-table.ts';
import { keyOf } from './watchlists.ts';

/** Of all tables together, as far as their texts are counted; one tenant's may be half of it. */
const heldBytesMax = 268_435_456;
/** What the engine keeps of a text besides its bytes. */
const cellBytes = 16;
const partsAtOnce = 16;

interface Held {
  readonly tenantId: TenantId;
  readonly bytes: number;
  usedAt: number;
}

interface HeldTables {
  readonly tables: Map<string, Held>;
  /** One at a time is made or removed. */
  turn: Promise<unknown>;
}

const heldOf = new WeakMap<EventStore, HeldTables>();

/** Somebody replaced the rows while they were read: so often it is tried again. */
const attemptsMax = 5;

/** The caller's tenant's watchlist of that alias, in any letter case, or a sentence about why there is none. */
export async function heldWatchlist(ctx: Ctx, alias: string): Promise<FetchedWatchlist | string> {
  for (let attempt = 1; attempt <= attemptsMax; attempt += 1) {
    const found = await findHeld(ctx, alias);
    if (found !== undefined) return found;
  }
  return `The watchlist ${alias} is being replaced again and again. Try again in a moment.`;
}

/** Undefined when the rows were replaced while they were read. */
async function findHeld(ctx: Ctx, alias: string): Promise<FetchedWatchlist | string | undefined> {
  const { tenantId } = ctx.caller;
  // No store has texts with that character, and PostgreSQL will not be asked for one.
  const row = alias.includes('\0') ? undefined : await store.findWatchlist(ctx.store.db, tenantId, keyOf(alias));
  if (!row) return `There is no watchlist ${alias}. GET /management/v1/watchlists lists those that there are.`;
  // The id of the upload is random and of this tenant: nobody else's query is ever compiled with it.
  const table = `$watchlist ${tenantId} ${row.version}`;
  if (!(await isHeld(ctx.events, table))) {
    const outcome = await inTurn(ctx.events, (tables) => hold(ctx, tables, table, row));
    if (outcome === 'replaced') return undefined;
    if (outcome !== 'held') return outcome.problem;
  }
  const names = JSON.parse(row.columns) as string[]; // As watchlists.ts wrote it.
  return { alias, columns: watchlistColumns(names), source: heldName(table) };
}

/** Also notes that the table is in use, so that it stays. Those who find their table wait for nobody's. */
async function isHeld(events: EventStore, table: string): Promise<boolean> {
  const known = heldOf.get(events)?.tables.get(table);
  if (!known) return false;
  known.usedAt = performance.now();
  return await holds(events, table);
}

async function inTurn<T>(events: EventStore, work: (tables: Map<string, Held>) => Promise<T>): Promise<T> {
  const held = heldOf.get(events) ?? { tables: new Map<string, Held>(), turn: Promise.resolve() };
  heldOf.set(events, held);
  const mine = held.turn.then(() => work(held.tables));
  held.turn = mine.catch(() => {});
  return await mine;
}

async function hold(
  ctx: Ctx,
  tables: Map<string, Held>,
  table: string,
  row: store.WatchlistRow,
): Promise<'held' | 'replaced' | { readonly problem: string }> {
  const { events } = ctx;
  const now = performance.now();
  await forgetUnused(events, tables, now, ctx.config.huntingSecondsMax);
  if (await isHeld(events, table)) return 'held';
  const columns = JSON.parse(row.columns) as string[]; // As watchlists.ts wrote it.
  const bytes = Number(row.bytes) + row.rowCount * watchlistColumns(columns).length * cellBytes;
  const { tenantId } = row;
  const others = [...tables.values()];
  const all = others.reduce((sum, each) => sum + each.bytes, bytes);
  const own = others.reduce((sum, each) => sum + (each.tenantId === tenantId ? each.bytes : 0), bytes);
  if (all > heldBytesMax || own > heldBytesMax / 2) {
    return { problem: 'Too many watchlists are in use at the moment. Try again in a few minutes.' };
  }
  const parts: string[] = [];
  for (let some: string[]; ; ) {
    some = await store.listParts(ctx.store.db, tenantId, row.version, parts.length, partsAtOnce);
    parts.push(...some);
    if (some.length < partsAtOnce) break;
  }
  // An upload takes the parts of the one before away, in one transaction with its own version.
  const present = await store.findWatchlist(ctx.store.db, tenantId, row.key);
  if (present?.version !== row.version) return 'replaced';
  await events.hold(table, watchlistRowsSql(parts, { ...row, columns }));
  tables.set(table, { tenantId, bytes, usedAt: now });
  return 'held';
}

/** Removes the tables that no query can be using any more: a query runs for a bounded time. */
async function forgetUnused(
  events: EventStore,
  tables: Map<string, Held>,
  now: number,
  secondsMax: number,
): Promise<void> {
  for (const [table, { usedAt }] of tables) {
    // The endpoint API gives a query a ninth more, and each pass of its compilation may wait.
    if (now - usedAt <= 2 * secondsMax * secondMs + 2 * minuteMs) continue;
    tables.delete(table);
    await events.hold(table, null);
  }
}
