// How many rows `take` and its kin are asked for.
import type { Expr } from '../ir.ts';
import { sourceBlock } from './block.ts';
import type { Context } from './context.ts';
import { emitExpr, scopeOf } from './expression.ts';

/** How many rows: never less than none. */
export function countSql(count: Expr, context: Context): string {
  if (count.kind === 'literal' && typeof count.value === 'bigint') return String(count.value > 0n ? count.value : 0n);
  return context.sql.rowCount(emitExpr(count, scopeOf(sourceBlock(null, new Map()), context)));
}
