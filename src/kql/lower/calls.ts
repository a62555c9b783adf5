// Calls: scalar functions, aggregates, window functions, and functions written in KQL, whose bodies are put in place.
import type { Expr } from '../ir.ts';
import { loadParser } from '../parser/kusto.ts';
import type { Node } from '../parser/tree.ts';
import { bodyOf, enterBody } from './bodies.ts';
import { ingestedColumn } from './ingestion.ts';
import { literal } from './literals.ts';
import type { Lowering, Scope } from './lowering.ts';
import { argumentsOf, columnExpr, describe, findColumn, scalarType } from './nodes.ts';

/** Functions over the order of their relation: they need serialized rows, which the binder has checked. */
const windowFunctions: ReadonlySet<string> = new Set([
  'next',
  'prev',
  'row_cumsum',
  'row_number',
  'row_rank_dense',
  'row_rank_min',
  'row_window_session',
]);

export function lowerCall(node: Node, scope: Scope, lowering: Lowering): Expr {
  const name = node.get('Name').simpleName;
  const body = bodyOf(node, scope);
  if (body) {
    return enterBody(node, body, scope, lowering, (inner, env) => lowering.expr(inner, { ...scope, env }));
  }
  const special = specialCalls[name];
  if (special) return special(node, scope, lowering);
  const span = lowering.place(node);
  const isAggregate = scope.aggregates === true && loadParser().isAggregate(name);
  const inner = isAggregate ? { ...scope, aggregates: false } : scope;
  const operands = argumentsOf(node).map((each) => lowering.expr(each, inner));
  const type = scalarType(node, lowering);
  if (isAggregate) return { kind: 'aggregate', type, name, operands, span };
  if (windowFunctions.has(name)) return { kind: 'window', type, name, operands, span };
  return { kind: 'call', type, name, operands, span };
}

type SpecialCall = (node: Node, scope: Scope, lowering: Lowering) => Expr;

/** Functions that say something about the query itself, so that they have no value of their own in the engine. */
const specialCalls: Readonly<Record<string, SpecialCall>> = {
  now: (node, scope, lowering) => shiftedNow('+', node, scope, lowering),
  ago: (node, scope, lowering) => shiftedNow('-', node, scope, lowering),
  column_ifexists: lowerColumnIfExists,
  columnifexists: lowerColumnIfExists,
  ingestion_time: lowerIngestionTime,
  pack_all: lowerPackAll,
  bag_pack_columns: lowerPackColumns,
};

/** The time of the query stays a parameter, so that what is compiled can be kept. */
function shiftedNow(sign: '+' | '-', node: Node, scope: Scope, lowering: Lowering): Expr {
  const now: Expr = { kind: 'parameter', type: 'datetime', name: 'now' };
  const [offset] = argumentsOf(node);
  if (!offset) return now;
  const operands = [now, lowering.expr(offset, scope)];
  return { kind: 'call', type: 'datetime', name: sign, operands, span: lowering.place(node) };
}

function lowerIngestionTime(node: Node, scope: Scope, lowering: Lowering): Expr {
  if (scope.columns === null) return lowering.refuse('ingestion_time() outside of a table', node);
  lowering.usesIngestionTime = true;
  return { kind: 'column', type: 'datetime', name: ingestedColumn };
}

function lowerColumnIfExists(node: Node, scope: Scope, lowering: Lowering): Expr {
  const [nameNode, fallback] = argumentsOf(node);
  if (!nameNode || !fallback) return lowering.refuse(describe(node), node);
  const name = lowering.expr(nameNode, scope);
  if (name.kind !== 'literal' || typeof name.value !== 'string') {
    return lowering.refuse('column_ifexists of a name that is not constant', node);
  }
  const column = findColumn(name.value, scope.columns);
  return column ? columnExpr(column) : lowering.expr(fallback, scope);
}

/** A bag of the columns that are named, under their names. */
function lowerPackColumns(node: Node, scope: Scope, lowering: Lowering): Expr {
  const operands = argumentsOf(node).flatMap((each) => {
    if (each.symbol?.kind !== 'ColumnSymbol') return lowering.refuse(`${describe(each)}, which is no column,`, each);
    return [literal('string', each.symbol.name), lowering.expr(each, scope)];
  });
  return { kind: 'call', type: 'dynamic', name: 'bag_pack', operands, span: lowering.place(node) };
}

function lowerPackAll(node: Node, scope: Scope, lowering: Lowering): Expr {
  const columns = scope.columns;
  const [flag] = argumentsOf(node).map((each) => lowering.expr(each, scope));
  if (!columns || (flag && flag.kind !== 'literal')) return lowering.refuse(describe(node), node);
  const operands = columns.flatMap((each) => [literal('string', each.name), columnExpr(each)]);
  // `pack_all(true)` leaves out what is null or empty.
  const name = flag?.kind === 'literal' && flag.value === true ? 'bag_pack_filled' : 'bag_pack';
  return { kind: 'call', type: 'dynamic', name, operands, span: lowering.place(node) };
}
