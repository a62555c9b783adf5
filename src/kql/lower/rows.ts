// Operators that pass rows through: where, project and its kin, extend, sort, take, top.
import type { Column, Expr, NamedExpr, Rel, SortKey } from '../ir.ts';
import type { Node } from '../parser/tree.ts';
import { nullOf } from './literals.ts';
import type { Lowering, LowerOperator, Scope } from './lowering.ts';
import { columnExpr, columnsOf, describe, findColumn, parametersOf, unnamed } from './nodes.ts';
import { isSession, lowerSession } from './sessions.ts';
import { givenNames, isTuple, lowerTuple } from './tuples.ts';

function lowerFilter(input: Rel, node: Node, scope: Scope, lowering: Lowering): Rel {
  parametersOf(node, [], lowering);
  const predicate = lowering.expr(node.get('Condition'), scope);
  return { op: 'filter', input, predicate, columns: input.columns };
}

/** Each expression makes one column, in order; the binder has named them. */
export function outputsInOrder(
  expressions: readonly Node[],
  columns: readonly Column[],
  scope: Scope,
  lowering: Lowering,
): NamedExpr[] {
  return expressions.map((each, index) => {
    const column = columns[index];
    if (!column || each.kind === 'CompoundNamedExpression') return lowering.refuse(describe(each), each);
    return { name: column.name, expr: lowering.expr(unnamed(each), scope) };
  });
}

function lowerProject(input: Rel, node: Node, scope: Scope, lowering: Lowering): Rel {
  return projected(input, node.list('Expressions'), node, scope, lowering);
}

/** One column of each expression, or several of one that gives several, in the order of the binder. */
export function projected(input: Rel, expressions: readonly Node[], node: Node, scope: Scope, lowering: Lowering): Rel {
  const columns = columnsOf(node, lowering);
  let source = input;
  const exprs = expressions.flatMap((each) => {
    if (!isTuple(each)) return [lowering.expr(unnamed(each), scope)];
    const tuple = lowerTuple(source, each, scope, lowering);
    source = tuple.input;
    return tuple.outputs;
  });
  if (exprs.length !== columns.length) return lowering.refuse(describe(node), node);
  const outputs = exprs.map((expr, index) => ({ name: columns[index]?.name ?? '', expr }));
  lowering.ask(columns.map(({ name }) => name));
  return { op: 'project', input: source, outputs, columns };
}

/** Columns that stay what they are, in the order of the binder. */
function passThrough(input: Rel, columns: readonly Column[], node: Node, lowering: Lowering): Rel {
  const outputs = columns.map((each) => {
    const column = findColumn(each.name, input.columns);
    return column ? { name: each.name, expr: columnExpr(column) } : lowering.refuse(describe(node), node);
  });
  return { op: 'project', input, outputs, columns };
}

function lowerSelection(input: Rel, node: Node, _scope: Scope, lowering: Lowering): Rel {
  return passThrough(input, columnsOf(node, lowering), node, lowering);
}

function lowerRename(input: Rel, node: Node, _scope: Scope, lowering: Lowering): Rel {
  const columns = columnsOf(node, lowering);
  const renamed = new Map<string, string>();
  for (const each of node.list('Expressions')) {
    if (each.kind !== 'SimpleNamedExpression') return lowering.refuse(describe(each), each);
    renamed.set(each.get('Name').simpleName, each.get('Expression').symbol?.name ?? '');
  }
  const outputs = columns.map(({ name }) => {
    const column = findColumn(renamed.get(name) ?? name, input.columns);
    return column ? { name, expr: columnExpr(column) } : lowering.refuse(describe(node), node);
  });
  return { op: 'project', input, outputs, columns };
}

/** Columns keep their places; new ones follow. All expressions see the columns as they were. */
function lowerExtend(input: Rel, node: Node, scope: Scope, lowering: Lowering): Rel {
  return extended(input, node.list('Expressions'), node, scope, lowering);
}

export function extended(input: Rel, expressions: readonly Node[], node: Node, scope: Scope, lowering: Lowering): Rel {
  const columns = columnsOf(node, lowering);
  const added = columns.slice(input.columns.length).map(({ name }) => name);
  const named = new Set(expressions.flatMap((each) => [each.resultName, ...givenNames(each)]));
  // Names that the binder has made up or made unique, in their order.
  const generated = added.filter((name) => !named.has(name));
  const isColumn = (name: string): boolean => columns.some((column) => column.name === name);
  const made = new Map<string, Expr>();
  let source = input;
  for (const each of expressions) {
    if (isTuple(each)) {
      const tuple = lowerTuple(source, each, scope, lowering);
      source = tuple.input;
      for (const [index, expr] of tuple.outputs.entries()) {
        const name = tuple.names[index] ?? generated.shift();
        if (name === undefined || made.has(name)) return lowering.refuse(`The columns of ${describe(each)}`, each);
        made.set(name, expr);
      }
      continue;
    }
    const name = isColumn(each.resultName) ? each.resultName : generated.shift();
    if (name === undefined || made.has(name)) return lowering.refuse(`The column of ${describe(each)}`, each);
    if (isSession(each)) {
      const session = lowerSession(source, each, scope, lowering);
      source = session.input;
      made.set(name, session.expr);
    } else {
      made.set(name, lowering.expr(unnamed(each), scope));
    }
  }
  lowering.ask([...made.keys()]);
  const outputs = columns.map(({ name }) => {
    const column = findColumn(name, input.columns);
    const expr = made.get(name) ?? (column ? columnExpr(column) : undefined);
    return expr ? { name, expr } : lowering.refuse(describe(node), node);
  });
  return { op: 'project', input: source, outputs, columns };
}

function lowerSort(input: Rel, node: Node, scope: Scope, lowering: Lowering): Rel {
  parametersOf(node, [], lowering);
  const keys = node.list('Expressions').flatMap((each) => sortKeys(each, scope, lowering));
  return { op: 'sort', input, keys, columns: input.columns };
}

/**
 * NaN goes where null goes, next to it, and nearer to the numbers.
 * https://learn.microsoft.com/kusto/query/sort-operator#using-special-floating-point-values
 */
function sortKeys(node: Node, scope: Scope, lowering: Lowering): readonly SortKey[] {
  const key = sortKey(node, scope, lowering);
  const { expr, nullsFirst } = key;
  if (expr.type !== 'real') return [key];
  const span = lowering.place(node);
  const isNan: Expr = { kind: 'call', type: 'bool', name: 'isnan', operands: [expr], span };
  const operands = [isNan, nullOf('real'), expr];
  const number: Expr = { kind: 'call', type: 'real', name: 'iff', operands, span };
  return [
    { ...key, expr: number },
    { expr: isNan, descending: !nullsFirst, nullsFirst },
  ];
}

/** Descending unless it says otherwise; nulls are smaller than all values unless it says otherwise. */
function sortKey(node: Node, scope: Scope, lowering: Lowering): SortKey {
  if (node.kind !== 'OrderedExpression') {
    return { expr: lowering.expr(unnamed(node), scope), descending: true, nullsFirst: false };
  }
  const words = node.get('Ordering').source.toLowerCase().split(/\s+/);
  const descending = !words.includes('asc') && !words.includes('granny-asc');
  if (words.some((each) => each.startsWith('granny'))) return lowering.refuse(describe(node), node);
  const nullsFirst = words.includes('nulls') ? words.includes('first') : !descending;
  return { expr: lowering.expr(node.get('Expression'), scope), descending, nullsFirst };
}

function lowerTake(input: Rel, node: Node, scope: Scope, lowering: Lowering): Rel {
  parametersOf(node, [], lowering);
  const count = lowering.expr(node.get('Expression'), { ...scope, columns: null });
  return { op: 'take', input, count, columns: input.columns };
}

function lowerTop(input: Rel, node: Node, scope: Scope, lowering: Lowering): Rel {
  parametersOf(node, [], lowering);
  const keys = sortKeys(node.get('ByExpression'), scope, lowering);
  const count = lowering.expr(node.get('Expression'), { ...scope, columns: null });
  const sorted: Rel = { op: 'sort', input, keys, columns: input.columns };
  return { op: 'take', input: sorted, count, columns: input.columns };
}

function lowerSerialize(input: Rel, node: Node, scope: Scope, lowering: Lowering): Rel {
  parametersOf(node, [], lowering);
  const expressions = node.list('Expressions');
  const ordered: Rel = { op: 'special', name: 'serialize', inputs: [input], details: null, columns: input.columns };
  return expressions.length === 0 ? ordered : extended(ordered, expressions, node, scope, lowering);
}

export const rowOperators: Readonly<Record<string, LowerOperator>> = {
  FilterOperator: lowerFilter,
  ProjectOperator: lowerProject,
  ProjectAwayOperator: lowerSelection,
  ProjectKeepOperator: lowerSelection,
  ProjectReorderOperator: lowerSelection,
  ProjectByNamesOperator: lowerSelection,
  ProjectRenameOperator: lowerRename,
  ExtendOperator: lowerExtend,
  SortOperator: lowerSort,
  TakeOperator: lowerTake,
  TopOperator: lowerTop,
  SerializeOperator: lowerSerialize,
};
