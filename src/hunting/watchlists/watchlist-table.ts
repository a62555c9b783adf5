// What a watchlist looks like to queries: its columns, and its rows as a table of texts in their order.
import { type Sql, sql } from '../../events/sql.ts';
import type { Column } from '../../kql/ir.ts';
import { isoTime } from '../../lib/clock.ts';
import { ownColumns } from './reading.ts';

export interface WatchlistTable {
  /** As the upload had them. */
  readonly columns: readonly string[];
  /** One of them. */
  readonly searchKey: string;
  readonly changedAt: number;
}

export function watchlistColumns(names: readonly string[]): Column[] {
  return [...ownColumns, ...names].map((name) => ({
    name,
    type: name === 'LastUpdatedTimeUTC' ? 'datetime' : 'string',
  }));
}

/** `parts` as reading.ts makes them. */
export function watchlistRowsSql(parts: readonly string[], { columns, searchKey, changedAt }: WatchlistTable): Sql {
  // The first value of a row is its id; the engine counts from 1.
  const at = (index: number): string => `"row"[${index + 2}]`;
  const cells = [at(columns.indexOf(searchKey)), ...columns.map((_, index) => at(index))];
  const list: Sql = { text: cells.map((cell, index) => `${cell} as "c${index + 2}"`).join(', '), values: [] };
  return sql`select "row"[1] as "c0", ${isoTime(changedAt)} as "c1", ${list}
    from (select unnest(from_json("part", '[["VARCHAR"]]')) as "row" from (select unnest(${parts}) as "part")) as "rows"`;
}
