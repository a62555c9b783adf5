// Calls about watchlists.
import type { WatchlistRows, Watchlist as WatchlistSchema } from '../../../src/apis/management/hunting-schemas.ts';
import type { Type } from '../../../src/lib/schema.ts';
import { call, managementPath } from '../../api/client.ts';
import { upload } from '../../api/upload.ts';
import type { ListQuery } from '../../components/list-state.ts';
import type { Page } from '../../components/ServerTable.tsx';

export type Watchlist = Type.Static<typeof WatchlistSchema>;
type Rows = Type.Static<typeof WatchlistRows>;

export const watchlistsKey = ['watchlists', 'list'] as const;

export function listWatchlists(
  { filters: _filters, ...page }: ListQuery,
  signal: AbortSignal,
): Promise<Page<Watchlist>> {
  return call(managementPath('watchlists'), { query: page, signal });
}

export function deleteWatchlist(alias: string): Promise<void> {
  return call(managementPath('watchlists', alias), { method: 'DELETE' });
}

export function listRows(alias: string, skip: number, limit: number, signal: AbortSignal): Promise<Rows> {
  return call(managementPath('watchlists', alias, 'rows'), { query: { skip, limit }, signal });
}

interface NewWatchlist {
  readonly alias: string;
  readonly searchKey: string;
  readonly description: string;
  readonly file: File;
}

/** Makes the watchlist, or puts the rows of the file in the place of those that it has. */
export function putWatchlist(
  { alias, searchKey, description, file }: NewWatchlist,
  signal: AbortSignal,
  progress: (part: number) => void,
): Promise<Watchlist> {
  return upload(managementPath('watchlists', alias), file, {
    method: 'PUT',
    query: { searchKey, description },
    contentType: 'text/csv',
    signal,
    progress,
  });
}

/** The column names of a CSV: its first line, quoted or not. Only for the choice; the server reads the file for good. */
export async function columnsOf(file: File): Promise<string[]> {
  const [line = ''] = (await file.slice(0, 65_536).text()).replace(/^\ufeff/, '').split(/\r?\n/, 1);
  return [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)]
    .map(([, quoted, plain]) => (quoted?.replaceAll('""', '"') ?? plain ?? '').trim())
    .filter((name) => name !== '');
}
