// What a hunting query of the caller may name: for editors that complete and check it, and for whoever looks for a column.
import { require } from '../access/caller.ts';
import type { Ctx } from '../context.ts';
import type { KqlType } from '../kql/ir.ts';
import { huntingCatalogue } from './hunting.ts';
import { watchlistColumns } from './watchlists/watchlist-table.ts';
import { listWatchlists } from './watchlists/watchlists.ts';

/** Beyond that many, `moreWatchlists` says that there are others; queries read those all the same. */
const watchlistsMax = 200;

export interface QuerySchema {
  readonly tables: readonly {
    readonly name: string;
    /** What the time range of a query applies to; null for snapshots. */
    readonly timeColumn: string | null;
    readonly columns: readonly { readonly name: string; readonly type: KqlType }[];
  }[];
  readonly functions: readonly {
    readonly name: string;
    /** As KQL declares them: `(T:(*), limit:long=100)`. */
    readonly parameters: string;
    /** With its braces. What it says of columns holds; what is run may be something better. */
    readonly body: string;
  }[];
  readonly watchlists: readonly {
    readonly alias: string;
    readonly searchKey: string;
    /** As `_GetWatchlist(alias)` has them: the server's own come before those of the upload. */
    readonly columns: readonly { readonly name: string; readonly type: KqlType }[];
  }[];
  readonly moreWatchlists: boolean;
  /** An answer has that many rows at most; it may have been cut off where it has all of them. */
  readonly rowsMax: number;
}

/** Tables and functions of every tenant, and the watchlists of the caller's. Needs AdvancedHunting.Read.All. */
export async function getQuerySchema(ctx: Ctx): Promise<QuerySchema> {
  require(ctx.caller, 'AdvancedHunting.Read.All');
  const { tables, functions = [] } = huntingCatalogue();
  const watchlists = await listWatchlists(ctx);
  return {
    tables: tables.map(({ name, timeColumn, columns }) => ({ name, timeColumn: timeColumn ?? null, columns })),
    // Those that are known only to be refused are nothing to offer.
    functions: functions
      .filter(({ refusal }) => refusal === undefined)
      .map(({ name, parameters, body }) => ({ name, parameters, body })),
    watchlists: watchlists
      .slice(0, watchlistsMax)
      .map(({ alias, searchKey, columns }) => ({ alias, searchKey, columns: watchlistColumns(columns) })),
    moreWatchlists: watchlists.length > watchlistsMax,
    rowsMax: ctx.config.huntingRowsMax,
  };
}
