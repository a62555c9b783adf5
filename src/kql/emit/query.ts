// The whole query: passes over the tree, the relation, its order, and the common table expressions before it.

import type { Catalogue, HostedTable, ParameterName, Rel } from '../ir.ts';
import { prepare } from '../passes/prepare.ts';
import { type Block, orderText, selectText } from './block.ts';
import { Context, usesOfShared } from './context.ts';
import type { Dialect } from './dialect.ts';
import { emitRel } from './relation.ts';

export interface EmittedQuery {
  readonly sql: string;
  /** What to bind to $1, $2, …, which are {p1:…}, {p2:…}, … on ClickHouse. */
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
  const prepared = prepare(rel);
  const context = new Context(options.catalogue, options.dialect, usesOfShared(prepared), emitRel);
  const block = emitRel(prepared, context);
  const text = finalText(block, prepared, context.sql.truth);
  const parts = [...context.clauses, ...unreadParameters(`${context.clauses.join(' ')} ${text}`, context)];
  const clauses = parts.length > 0 ? `with ${parts.join(', ')} ` : '';
  return {
    sql: `${clauses}${text}`,
    parameters: context.parameters,
    tables: [...context.tables],
    hosted: [...context.hosted],
  };
}

/**
 * A parameter that a function asked for and then had no use for, as in `gettype(now())`: the engine takes a value only for
 * one that the statement has, so it is read where nobody looks.
 */
function unreadParameters(sql: string, context: Context): string[] {
  const unread = context.parameters.map((name) => context.parameter(name)).filter((each) => !sql.includes(each));
  return unread.length > 0 ? [context.sql.clause('unread_parameters', `select ${unread.join(', ')}`, false)] : [];
}

/** `truth`: what makes a result of the engine's own operators a truth value to whoever reads the rows. */
function finalText(block: Block, rel: Rel, truth: (sql: string) => string): string {
  const columns = rel.columns.map(({ name, type }) => {
    const cell = block.cells.get(name);
    if (!cell) throw new Error(`The column ${name} got lost.`);
    return [name, type === 'bool' ? { ...cell, sql: truth(cell.sql) } : cell] as const;
  });
  const isWrapped =
    columns.every(([name, cell]) => block.cells.get(name)?.sql === cell.sql) &&
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
