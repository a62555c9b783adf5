// _GetWatchlist("alias"): the rows of a table that the host has found for the tenant.
import type { Rel } from '../ir.ts';
import type { Node } from '../parser/tree.ts';
import { isWatchlistCall } from '../watchlists.ts';
import { typedTexts } from './external.ts';
import { type Lowering, NeedsWatchlist, type Scope } from './lowering.ts';
import { argumentsOf, constantOf } from './nodes.ts';

/** The watchlist that the call reads; undefined for calls of anything else. */
export function lowerWatchlist(node: Node, scope: Scope, lowering: Lowering): Rel | undefined {
  if (!isWatchlistCall(node) || scope.env.has(node.get('Name').simpleName)) return undefined;
  const [argument] = argumentsOf(node);
  const value = argument ? constantOf(argument, scope, lowering).value : undefined;
  if (typeof value !== 'string') return lowering.refuse('A watchlist whose alias is not constant', node);
  const found = lowering.watchlists.find(({ alias }) => alias === value);
  if (!found) throw new NeedsWatchlist(value, lowering.place(node));
  return typedTexts(found.columns, found.source, lowering.place(node));
}
