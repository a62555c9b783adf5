// summarize, count and distinct.
import type { Column, Expr, NamedExpr, Rel } from '../ir.ts';
import type { Node } from '../parser/tree.ts';
import { literal } from './literals.ts';
import type { Lowering, Scope } from './lowering.ts';
import { argumentsOf, columnExpr, columnsOf, describe, findColumn, parametersOf, unnamed } from './nodes.ts';
import { outputsInOrder } from './rows.ts';

interface Extreme {
  readonly which: 'max' | 'min';
  readonly by: Expr;
  readonly outputs: readonly NamedExpr[];
}

/** The columns of `by` come first, then those of the aggregates, both in their order; the binder has named them. */
export function lowerSummarize(input: Rel, node: Node, scope: Scope, lowering: Lowering): Rel {
  parametersOf(node, [], lowering);
  const columns = columnsOf(node, lowering);
  const clause = node.maybe('ByClause');
  if (clause?.maybe('BinClause')) return lowering.refuse(describe(clause), clause);
  const groups = clause?.list('Expressions') ?? [];
  const by = outputsInOrder(groups, columns, scope, lowering);
  const outputs: NamedExpr[] = [];
  const extremes: Extreme[] = [];
  let position = by.length;
  for (const each of node.list('Aggregates')) {
    const call = unnamed(each.kind === 'CompoundNamedExpression' ? each.get('Expression') : each);
    const taken = columns.slice(position, position + widthOf(call, by, scope));
    const extreme = extremeOf(call, taken, by, scope, lowering);
    if (extreme) extremes.push(extreme);
    else outputs.push(...aggregateOutputs(call, taken, scope, lowering));
    position += taken.length;
  }
  if (position !== columns.length) return lowering.refuse(describe(node), node);
  lowering.ask(columns.map(({ name }) => name));
  return { op: 'summarize', input, by, outputs, extremes, columns };
}

const extremeNames: Readonly<Record<string, 'max' | 'min' | 'any'>> = {
  arg_max: 'max',
  argmax: 'max',
  arg_min: 'min',
  argmin: 'min',
  take_any: 'any',
  any: 'any',
};

function calledName(node: Node): string {
  return node.kind === 'FunctionCallExpression' ? node.get('Name').simpleName : '';
}

/** How many columns an aggregate makes. */
function widthOf(call: Node, by: readonly NamedExpr[], scope: Scope): number {
  const name = calledName(call);
  if (extremeNames[name]) return chosenColumns(call, by, scope).length;
  return name === 'percentiles' ? argumentsOf(call).length - 1 : 1;
}

/** What an arg_max or take_any returns: its own first argument, and each other one; `*` is every column not grouped by. */
function chosenColumns(call: Node, by: readonly NamedExpr[], scope: Scope): (Node | Column)[] {
  const [first, ...rest] = argumentsOf(call);
  if (!first) return [];
  const head: (Node | Column)[] = first.kind === 'StarExpression' ? [] : [first];
  const isStar = [first, ...rest].some((each) => each.kind === 'StarExpression');
  if (!isStar) return [...head, ...rest];
  const grouped = new Set(by.flatMap(({ expr }) => (expr.kind === 'column' ? [expr.name] : [])));
  const ranked = first.symbol?.kind === 'ColumnSymbol' ? first.symbol.name : undefined;
  return [...head, ...(scope.columns ?? []).filter(({ name }) => !grouped.has(name) && name !== ranked)];
}

function extremeOf(
  call: Node,
  columns: readonly Column[],
  by: readonly NamedExpr[],
  scope: Scope,
  lowering: Lowering,
): Extreme | undefined {
  const which = extremeNames[calledName(call)];
  if (!which) return undefined;
  const chosen = chosenColumns(call, by, scope);
  const [first] = argumentsOf(call);
  // take_any of one column prefers a value over null, so it is an aggregate of its own.
  if (!first || (which === 'any' && chosen.length === 1 && first.kind !== 'StarExpression')) return undefined;
  const outputs = chosen.map((each, index) => ({
    name: columns[index]?.name ?? lowering.refuse(describe(call), call),
    expr: 'kind' in each ? lowering.expr(unnamed(each), scope) : columnExpr(each),
  }));
  // Any row of the group: all of them win.
  if (which === 'any') return { which: 'max', by: literal('long', 1n), outputs };
  return { which, by: lowering.expr(unnamed(first), scope), outputs };
}

function aggregateOutputs(call: Node, columns: readonly Column[], scope: Scope, lowering: Lowering): NamedExpr[] {
  const inner: Scope = { ...scope, aggregates: true };
  if (calledName(call) !== 'percentiles') {
    const [column] = columns;
    return column ? [{ name: column.name, expr: lowering.expr(call, inner) }] : lowering.refuse(describe(call), call);
  }
  const [value, ...ranks] = argumentsOf(call).map((each) => lowering.expr(each, scope));
  if (!value) return lowering.refuse(describe(call), call);
  const span = lowering.place(call);
  return columns.map(({ name, type }, index) => {
    const rank = ranks[index] ?? lowering.refuse(describe(call), call);
    return { name, expr: { kind: 'aggregate', type, name: 'percentile', operands: [value, rank], span } };
  });
}

export function lowerCount(input: Rel, node: Node, _scope: Scope, lowering: Lowering): Rel {
  parametersOf(node, [], lowering);
  const columns = columnsOf(node, lowering);
  const span = lowering.place(node);
  const outputs = columns.map(({ name }): NamedExpr => {
    return { name, expr: { kind: 'aggregate', type: 'long', name: 'count', operands: [], span } };
  });
  return { op: 'summarize', input, by: [], outputs, extremes: [], columns };
}

export function lowerDistinct(input: Rel, node: Node, scope: Scope, lowering: Lowering): Rel {
  parametersOf(node, [], lowering);
  const columns = columnsOf(node, lowering);
  const expressions = node.list('Expressions');
  const isStar = expressions.some((each) => each.kind === 'StarExpression');
  const by = isStar
    ? everyColumn(columns, input, node, lowering)
    : outputsInOrder(expressions, columns, scope, lowering);
  if (by.length !== columns.length) return lowering.refuse(describe(node), node);
  return { op: 'summarize', input, by, outputs: [], extremes: [], columns };
}

function everyColumn(columns: readonly Column[], input: Rel, node: Node, lowering: Lowering): NamedExpr[] {
  return columns.map(({ name }) => {
    const column = findColumn(name, input.columns);
    return column ? { name, expr: columnExpr(column) } : lowering.refuse(describe(node), node);
  });
}
