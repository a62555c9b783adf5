// Watchlists in the control store: queries only.
import type { WatchlistsTable } from '../../db/hunting-tables.ts';
import type { Db, Trx } from '../../db/store.ts';
import type { TenantId } from '../../lib/ids.ts';

export type WatchlistRow = WatchlistsTable;

/** All of the tenant, by alias. */
export async function listWatchlists(db: Db, tenantId: TenantId): Promise<WatchlistRow[]> {
  return await db.selectFrom('watchlists').selectAll().where('tenantId', '=', tenantId).orderBy('key').execute();
}

/** `key` is an alias in lower case. */
export async function findWatchlist(db: Db, tenantId: TenantId, key: string): Promise<WatchlistRow | undefined> {
  return await db
    .selectFrom('watchlists')
    .selectAll()
    .where('tenantId', '=', tenantId)
    .where('key', '=', key)
    .executeTakeFirst();
}

/** Writes it in the place of one with that key. */
export async function writeWatchlist(trx: Trx, tenantId: TenantId, row: WatchlistRow): Promise<void> {
  const { tenantId: _tenant, key, ...change } = row;
  await trx
    .insertInto('watchlists')
    .values({ ...row, tenantId })
    .onConflict((c) => c.columns(['tenantId', 'key']).doUpdateSet(change))
    .execute();
}

export async function deleteWatchlist(trx: Trx, tenantId: TenantId, key: string): Promise<void> {
  await trx.deleteFrom('watchlists').where('tenantId', '=', tenantId).where('key', '=', key).execute();
}

/** `parts` are JSON lists of rows. */
export async function insertParts(
  trx: Trx,
  tenantId: TenantId,
  version: string,
  parts: readonly string[],
): Promise<void> {
  for (const [part, rows] of parts.entries()) {
    await trx.insertInto('watchlistParts').values({ tenantId, version, part, rows }).execute();
  }
}

export async function deleteParts(trx: Trx, tenantId: TenantId, version: string): Promise<void> {
  await trx.deleteFrom('watchlistParts').where('tenantId', '=', tenantId).where('version', '=', version).execute();
}

/** From part `from` on, in order. */
export async function listParts(
  db: Db,
  tenantId: TenantId,
  version: string,
  from: number,
  limit: number,
): Promise<string[]> {
  const rows = await db
    .selectFrom('watchlistParts')
    .select('rows')
    .where('tenantId', '=', tenantId)
    .where('version', '=', version)
    .where('part', '>=', from)
    .orderBy('part')
    .limit(limit)
    .execute();
  return rows.map(({ rows: texts }) => texts);
}
