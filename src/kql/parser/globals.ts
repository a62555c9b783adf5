// The catalogue as the binder's symbols. Made once per catalogue: the binder keeps what it has worked out about them.
import type { Catalogue } from '../ir.ts';
import { type FetchedWatchlist, watchlistDatabase } from '../watchlists.ts';
import { type Foreign, loadParser } from './kusto.ts';

interface Kept {
  readonly globals: Foreign;
  /** The same with watchlists, by their aliases and columns; what was used last comes last. */
  readonly withWatchlists: Map<string, Foreign>;
}

const kept = new WeakMap<Catalogue, Kept>();
/** Symbols with watchlists that are kept for one catalogue. */
const watchlistSetsMax = 16;

export function globalsOf(catalogue: Catalogue, watchlists: readonly FetchedWatchlist[] = []): Foreign {
  const { globals, withWatchlists } = keptOf(catalogue);
  if (watchlists.length === 0) return globals;
  const key = JSON.stringify(watchlists.map(({ alias, columns }) => [alias, columns]));
  const found = withWatchlists.get(key) ?? withTables(globals, watchlists);
  withWatchlists.delete(key);
  withWatchlists.set(key, found);
  const [oldest] = withWatchlists.keys();
  if (withWatchlists.size > watchlistSetsMax && oldest !== undefined) withWatchlists.delete(oldest);
  return found;
}

function keptOf(catalogue: Catalogue): Kept {
  const found = kept.get(catalogue);
  if (found) return found;
  const parser = loadParser();
  const tables = catalogue.tables.map(({ name, columns }) => parser.table(name, columns));
  const functions = (catalogue.functions ?? []).map(({ name, parameters, body }) =>
    parser.storedFunction(name, parameters, body),
  );
  const made = parser.globalsOf([...tables, ...functions]);
  const all = { globals: withTables(made, []), withWatchlists: new Map<string, Foreign>() };
  kept.set(catalogue, all);
  return all;
}

function withTables(globals: Foreign, watchlists: readonly FetchedWatchlist[]): Foreign {
  const parser = loadParser();
  const tables = watchlists.map(({ alias, columns }) => parser.table(alias, columns));
  return parser.withDatabase(globals, watchlistDatabase, tables);
}
