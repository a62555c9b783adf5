// Watchlists: lists of a tenant's own that its hunting queries read as tables, `_GetWatchlist("alias")`. A list is replaced
// as a whole by each upload. It lies in the control store, because people change it: every process sees the same one.
import { require } from '../../access/caller.ts';
import { recordAudit } from '../../audit/audit.ts';
import type { Ctx } from '../../context.ts';
import type { Trx } from '../../db/store.ts';
import { parseText } from '../../directory/naming.ts';
import { changeAs } from '../../directory/present-rights.ts';
import { isoTime } from '../../lib/clock.ts';
import { Conflict, InvalidInput, NotFound } from '../../lib/failures.ts';
import { newId } from '../../lib/ids.ts';
import { readWatchlist } from './reading.ts';
import * as store from './store.ts';

export interface Watchlist {
  readonly alias: string;
  readonly description: string;
  readonly searchKey: string;
  readonly columns: readonly string[];
  readonly rowCount: number;
  readonly bytes: number;
  readonly createdAt: string;
  readonly changedAt: string;
  readonly changedBy: string;
}

export interface WatchlistUpload {
  /** A column of the CSV. */
  readonly searchKey: string;
  /** What was there before stays, unless it is given. */
  readonly description?: string | undefined;
}

const descriptionMax = 500;
const partsAtOnce = 8;
const attemptsMax = 3;

/** All of the tenant, by alias. Needs AdvancedHunting.Read.All, like every call that reads. */
export async function listWatchlists(ctx: Ctx): Promise<Watchlist[]> {
  require(ctx.caller, 'AdvancedHunting.Read.All');
  return (await store.listWatchlists(ctx.store.db, ctx.caller.tenantId)).map(watchlistOf);
}

/** Without its rows. The alias in any letter case. Throws NotFound. */
export async function getWatchlist(ctx: Ctx, alias: string): Promise<Watchlist> {
  require(ctx.caller, 'AdvancedHunting.Read.All');
  return watchlistOf(await getRow(ctx, alias));
}

/** A page of its rows, in the order of the upload. */
export async function listWatchlistRows(
  ctx: Ctx,
  alias: string,
  { skip, limit }: { readonly skip: number; readonly limit: number },
): Promise<{ readonly columns: readonly string[]; readonly items: readonly string[][]; readonly total: number }> {
  require(ctx.caller, 'AdvancedHunting.Read.All');
  for (let attempt = 1; ; attempt += 1) {
    const row = await getRow(ctx, alias);
    const items = await readRows(ctx, row, skip, limit);
    // An upload that replaced the rows meanwhile has taken the parts away.
    const isWhole = items.length === Math.min(limit, Math.max(0, row.rowCount - skip));
    if (isWhole || attempt === attemptsMax) return { columns: watchlistOf(row).columns, items, total: row.rowCount };
  }
}

async function readRows(ctx: Ctx, row: store.WatchlistRow, skip: number, limit: number): Promise<string[][]> {
  const items: string[][] = [];
  let passed = 0;
  for (let part = 0; items.length < limit; part += partsAtOnce) {
    const texts = await store.listParts(ctx.store.db, row.tenantId, row.version, part, partsAtOnce);
    for (const text of texts) {
      const rows = JSON.parse(text) as string[][]; // As reading.ts wrote it.
      const from = Math.max(0, skip - passed);
      for (const [, ...values] of rows.slice(from, from + limit - items.length)) items.push(values);
      passed += rows.length;
    }
    if (texts.length < partsAtOnce) break;
  }
  return items;
}

/**
 * Puts the rows of a CSV in the place of those that the watchlist has, or makes one. Queries that run go on with the rows that
 * they began with. Needs Ingest.write. Throws InvalidInput, TooLarge, and Conflict for one watchlist too many.
 */
export async function putWatchlist(
  ctx: Ctx,
  alias: string,
  upload: WatchlistUpload,
  stream: AsyncIterable<Buffer>,
): Promise<{ readonly watchlist: Watchlist; readonly isNew: boolean }> {
  require(ctx.caller, 'Ingest.write');
  const { tenantId } = ctx.caller;
  const { config } = ctx;
  const key = keyOf(parseAlias(alias));
  const description = upload.description === undefined ? undefined : descriptionOf(upload.description);
  const limits = { bytesMax: config.watchlistBytesMax, rowsMax: config.watchlistRowsMax };
  const { columns, parts, rowCount, bytes } = await readWatchlist(stream, upload.searchKey, limits);
  const version = newId<string & { readonly __brand: 'watchlist version' }>();
  return await changeAs(ctx, 'Ingest.write', async (trx) => {
    const before = await store.findWatchlist(trx, tenantId, key);
    if (!before) await refuseTooMany(ctx, trx);
    const now = ctx.clock();
    const row: store.WatchlistRow = {
      ...{ tenantId, key, alias, version, rowCount, bytes },
      description: description ?? before?.description ?? '',
      searchKey: upload.searchKey,
      columns: JSON.stringify(columns),
      createdAt: before?.createdAt ?? now,
      changedAt: now,
      changedBy: nameOf(ctx),
    };
    await store.insertParts(trx, tenantId, version, parts);
    await store.writeWatchlist(trx, tenantId, row);
    if (before) await store.deleteParts(trx, tenantId, before.version);
    await audit(ctx, trx, 'put', row);
    return { watchlist: watchlistOf(row), isNew: !before };
  });
}

/** Deletes it with its rows. Needs Ingest.write. Throws NotFound. */
export async function deleteWatchlist(ctx: Ctx, alias: string): Promise<void> {
  require(ctx.caller, 'Ingest.write');
  await changeAs(ctx, 'Ingest.write', async (trx) => {
    const row = await getRow(ctx, alias, trx);
    await store.deleteWatchlist(trx, row.tenantId, row.key);
    await store.deleteParts(trx, row.tenantId, row.version);
    await audit(ctx, trx, 'delete', row);
  });
}

async function getRow(ctx: Ctx, alias: string, trx?: Trx): Promise<store.WatchlistRow> {
  const row = await store.findWatchlist(trx ?? ctx.store.db, ctx.caller.tenantId, keyOf(alias));
  if (!row) throw new NotFound('This watchlist');
  return row;
}

async function refuseTooMany({ config, caller }: Ctx, trx: Trx): Promise<void> {
  const { length } = await store.listWatchlists(trx, caller.tenantId);
  if (length < config.watchlistsPerTenantMax) return;
  throw new Conflict(
    'too-many-watchlists',
    `There are ${length} watchlists, the most that watchlistsPerTenantMax allows. Delete one first.`,
  );
}

export function keyOf(alias: string): string {
  return alias.toLowerCase();
}

/** As Microsoft Sentinel has them, but one character is enough. */
function parseAlias(alias: string): string {
  if (/^[A-Za-z0-9](?:[A-Za-z0-9 _-]{0,62}[A-Za-z0-9])?$/.test(alias)) return alias;
  throw new InvalidInput(
    'alias',
    'An alias has 1 to 64 letters a-z, digits, and blanks, hyphens and underscores between them.',
  );
}

function descriptionOf(text: string): string {
  return text.trim() === '' ? '' : parseText('description', text, descriptionMax);
}

function nameOf({ caller }: Ctx): string {
  const { subject } = caller;
  return subject.kind === 'user' ? subject.userName : subject.name;
}

function watchlistOf(row: store.WatchlistRow): Watchlist {
  const { alias, description, searchKey, rowCount, changedBy } = row;
  return {
    ...{ alias, description, searchKey, rowCount, changedBy },
    columns: JSON.parse(row.columns) as string[], // Written above.
    bytes: Number(row.bytes),
    createdAt: isoTime(row.createdAt),
    changedAt: isoTime(row.changedAt),
  };
}

async function audit(ctx: Ctx, trx: Trx, verb: 'put' | 'delete', row: store.WatchlistRow): Promise<void> {
  const { alias, searchKey, rowCount } = row;
  const details = verb === 'put' ? { searchKey, rowCount, columns: JSON.parse(row.columns) as string[] } : { rowCount };
  await recordAudit(ctx, trx, {
    action: `watchlist.${verb}`,
    target: { kind: 'watchlist', id: row.key, name: alias },
    details,
  });
}
