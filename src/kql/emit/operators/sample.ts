// `sample` and `sample-distinct`. https://learn.microsoft.com/kusto/query/sample-operator
import type { Rel, Special } from '../../ir.ts';
import { Unsupported } from '../../unsupported.ts';
import { type Block, seal, sealIf, unordered } from '../block.ts';
import type { Context } from '../context.ts';
import { countSql } from '../count.ts';

/** Rows by chance: those that come first in an order by chance. */
export function emitSample(special: Extract<Special, { name: 'sample' }> & Rel, context: Context): Block {
  const input = context.emit(special.inputs[0]);
  if (input.partition.length > 0) throw new Unsupported('sample within a sub-table', { start: 0, length: 0 });
  const block = unordered(sealIf(input.limit !== null, input, context));
  const order = [{ cell: { sql: context.sql.random, atomic: false }, descending: false, nullsFirst: false }];
  const chosen = seal({ ...block, order, limit: countSql(special.details.count, context) }, context);
  return { ...chosen, order: [] };
}

export function emitSampleDistinct(
  special: Extract<Special, { name: 'sample-distinct' }> & Rel,
  context: Context,
): Block {
  const { count, of } = special.details;
  const columns = [{ name: of.name, type: of.expr.type }];
  const distinct: Rel = { op: 'summarize', input: special.inputs[0], by: [of], outputs: [], extremes: [], columns };
  return context.emit({ op: 'take', input: distinct, count, columns });
}
