// The whole query: passes over the tree, the relation, its order, and the common table expressions before it.

import type { Catalogue, HostedTable, ParameterName, Rel } from '../ir.ts';
import { prepare } from '../passes/prepare.ts';
import { Unsupported } from '../unsupported.ts';
import { type Block, orderText, selectText } from './block.ts';
import { Context, type Dialect, usesOfShared } from './context.ts';
import { emitRel } from './relation.ts';

export interface EmittedQuery {
  readonly sql: string;
  /** What to bind to $1, $2, …. */
  readonly parameters: readonly ParameterName[];
  /** Names of the stored tables that are read. */
  readonly tables: readonly string[];
  readonly hosted: readonly HostedTable[];
}

/** SQL whose columns are the relation's, in its order and with its rows in the order that KQL promises. */
export function emitQuery(
  rel: Rel,
  options: { readonly catalogue: Catalogue; readonly dialect: Dialect },
): EmittedQuery {
  if (options.dialect !== 'duckdb') throw new Unsupported(`the dialect ${options.dialect}`, { start: 0, length: 0 });
  const prepared = prepare(rel);
  const context = new Context(options.catalogue, options.dialect, usesOfShared(prepared), emitRel);
  const block = emitRel(prepared, context);
  const text = finalText(block, prepared);
  const clauses = context.clauses.length > 0 ? `with ${context.clauses.join(', ')} ` : '';
  return {
    sql: `${clauses}${text}`,
    parameters: context.parameters,
    tables: [...context.tables],
    hosted: [...context.hosted],
  };
}

function finalText(block: Block, rel: Rel): string {
  const columns = rel.columns.map(({ name }) => {
    const cell = block.cells.get(name);
    if (!cell) throw new Error(`The column ${name} got lost.`);
    return [name, cell] as const;
  });
  const isWrapped =
    block.wraps !== null &&
    block.where.length === 0 &&
    block.limit === null &&
    block.order.length === 0 &&
    block.wraps.columns.length === columns.length &&
    columns.every(([name], index) => block.wraps?.columns[index] === name);
  if (block.wraps && isWrapped) return block.wraps.sql;
  const text = selectText(block, columns);
  if (block.order.length === 0 || block.limit !== null) return text;
  return `${text} order by ${orderText(block.order)}`;
}
