// mv-expand, mv-apply and partition: rows out of dynamic values, and bodies that work on some rows at a time.
import type { Column, Expand, Expansion, KqlType, Rel } from '../ir.ts';
import { isScalarType, type Node } from '../parser/tree.ts';
import type { Lowering, Scope } from './lowering.ts';
import { columnsOf, describe, parametersOf, unnamed } from './nodes.ts';
import { typeAliases } from './parsing.ts';

export function lowerMvExpand(input: Rel, node: Node, scope: Scope, lowering: Lowering): Rel {
  const details = expandOf(input, node, scope, lowering);
  return { op: 'special', name: 'mv-expand', inputs: [input], details, columns: columnsOf(node, lowering) };
}

/** The body sees the input's columns and the elements, of one row of the input at a time. */
export function lowerMvApply(input: Rel, node: Node, scope: Scope, lowering: Lowering): Rel {
  if (node.maybe('ContextIdClause')) return lowering.refuse('mv-apply with id', node);
  const expand = expandOf(input, node, scope, lowering);
  const columns = [...input.columns];
  for (const { name, type } of expand.expansions) replaceOrAdd(columns, { name, type });
  if (expand.itemIndex !== null) replaceOrAdd(columns, { name: expand.itemIndex, type: 'long' });
  const id = lowering.nextId();
  const body = lowerBody(node.get('Subquery').get('Expression'), columns, id, scope, lowering);
  const details = { ...expand, id, body };
  return withColumnsOf(
    node,
    { op: 'special', name: 'mv-apply', inputs: [input], details, columns: body.columns },
    lowering,
  );
}

/**
 * Of mv-apply the binder says the columns of the input that the body keeps, in its own order; the operator gives the
 * input's columns, then those of the body.
 */
function withColumnsOf(node: Node, rel: Extract<Rel, { readonly op: 'special' }>, lowering: Lowering): Rel {
  return { ...rel, columns: columnsOf(node, lowering) };
}

function replaceOrAdd(columns: Column[], column: Column): void {
  const index = columns.findIndex(({ name }) => name === column.name);
  if (index < 0) columns.push(column);
  else columns[index] = column;
}

function lowerBody(node: Node, columns: readonly Column[], id: number, scope: Scope, lowering: Lowering): Rel {
  const implicit: Rel = { op: 'special', name: 'subtable', inputs: [], details: { id }, columns };
  return lowering.rel(node, { env: scope.env, columns: null, implicit });
}

export function lowerPartition(input: Rel, node: Node, scope: Scope, lowering: Lowering): Rel {
  parametersOf(node, [], lowering);
  if (node.maybe('Scope')) return lowering.refuse(describe(node), node);
  const operand = node.get('Operand');
  if (operand.kind !== 'PartitionSubquery') return lowering.refuse('partition with a query in braces', node);
  const id = lowering.nextId();
  const body = lowerBody(operand.get('Subquery'), input.columns, id, scope, lowering);
  const by = lowering.expr(node.get('ByExpression'), scope);
  const span = lowering.place(node);
  return { op: 'special', name: 'partition', inputs: [input], details: { id, by, body, span }, columns: body.columns };
}

function expandOf(input: Rel, node: Node, scope: Scope, lowering: Lowering): Expand {
  const parameters = parametersOf(node, ['kind', 'bagexpansion', 'with_itemindex'], lowering);
  const kind = (parameters.get('kind') ?? parameters.get('bagexpansion'))?.source.toLowerCase() ?? 'bag';
  if (kind !== 'bag' && kind !== 'array') return lowering.refuse(`mv-expand kind=${kind}`, node);
  const limit = node.maybe('RowLimitClause')?.maybe('RowLimit');
  const added = columnsOf(node, lowering).slice(input.columns.length);
  const itemIndex = parameters.get('with_itemindex')?.simpleName ?? null;
  const expansions = node.list('Expressions').map((each) => expansionOf(each, added, itemIndex, scope, lowering));
  const names = new Set([...expansions.map(({ name }) => name), itemIndex]);
  if (names.size !== expansions.length + 1)
    return lowering.refuse(`Two columns of one name in ${describe(node)}`, node);
  return {
    expansions,
    kind,
    itemIndex,
    limit: limit ? lowering.expr(limit, { ...scope, columns: null }) : null,
    span: lowering.place(node),
  };
}

function expansionOf(
  node: Node,
  added: readonly Column[],
  itemIndex: string | null,
  scope: Scope,
  lowering: Lowering,
): Expansion {
  const value = node.get('Expression');
  const type = node.maybe('ToTypeOf') ? typeOfClause(node.get('ToTypeOf'), lowering) : 'dynamic';
  const expr = lowering.expr(unnamed(value), scope);
  const isColumn = (name: string): boolean =>
    [...(scope.columns ?? []), ...added].some((column) => column.name === name);
  // What the body of mv-apply makes of the elements need not have their column any more.
  const isNamed = value.resultName !== '' && node.kind === 'MvApplyExpression';
  if (isNamed || isColumn(value.resultName)) return { name: value.resultName, expr, type };
  // A name that the binder has made up: there can be only one to choose from.
  const [generated, second] = added.filter(({ name }) => name !== itemIndex);
  if (!generated || second) return lowering.refuse(`${describe(value)} without a name`, node);
  return { name: generated.name, expr, type };
}

function typeOfClause(clause: Node, lowering: Lowering): KqlType {
  const written = clause.get('TypeOf').list('Types')[0]?.source.toLowerCase() ?? '';
  const name = typeAliases[written] ?? written;
  return isScalarType(name) ? name : lowering.refuse(describe(clause), clause);
}
