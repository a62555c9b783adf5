// Watchlists: tables of a tenant's own that a query reads by their alias, as Microsoft Sentinel has them
// (https://learn.microsoft.com/azure/sentinel/watchlists-queries). Which there are and what columns they have differs from
// tenant to tenant, so the compiler asks its host for each by its alias and compiles the text again. They are a database of
// their own for the binder: wildcards of `union` and `search` never meet them.
import type { Column, FunctionDescription } from './ir.ts';
import type { Node } from './parser/tree.ts';

/** A watchlist that the host has found. */
export interface FetchedWatchlist {
  /** As the query writes it. */
  readonly alias: string;
  readonly columns: readonly Column[];
  /** Quoted name in SQL of the table that holds its rows, all of them texts, in the order of the columns. */
  readonly source: string;
}

export const watchlistDatabase = 'watchlists';
const functionName = '_GetWatchlist';

/** For a catalogue whose host has watchlists. The binder follows the body; the lowering never does. */
export const watchlistFunction: FunctionDescription = {
  name: functionName,
  parameters: '(watchlistAlias:string)',
  body: `{ database("${watchlistDatabase}").table(watchlistAlias) }`,
};

export function isWatchlistCall(node: Node): boolean {
  return node.kind === 'FunctionCallExpression' && node.get('Name').simpleName === functionName;
}

/**
 * The first watchlist that a bound text reads and that is not known yet: what is said of its columns is guesswork so far.
 * Those that functions of the query name are found by the lowering.
 */
export function missingWatchlist(
  text: string,
  root: Node,
): { readonly alias: string; readonly node: Node } | undefined {
  if (!text.includes(functionName)) return undefined;
  const pending = [root];
  for (let node = pending.pop(); node; node = pending.pop()) {
    if (isWatchlistCall(node)) {
      const { result } = node;
      // The binder takes a table that it does not know for one with any columns, under the name that was asked for.
      if (result.kind === 'table' && result.isOpen && result.name !== '') return { alias: result.name, node };
    }
    pending.push(...node.children().reverse());
  }
  return undefined;
}
