// scan: steps that rows go through in their order, each with a state that the next ones see.
import type { Column, Expr, NamedExpr, Rel } from '../ir.ts';
import type { Node } from '../parser/tree.ts';
import { nullOf } from './literals.ts';
import type { Lowering, Scope } from './lowering.ts';
import { columnsOf, describe, parametersOf } from './nodes.ts';
import { declaredColumn } from './parsing.ts';

type Details = Extract<Rel, { readonly name: 'scan' }>['details'];

export function lowerScan(input: Rel, node: Node, scope: Scope, lowering: Lowering): Rel {
  const matchId = parametersOf(node, ['with_match_id'], lowering).get('with_match_id');
  for (const clause of ['OrderByClause', 'PartitionByClause']) {
    const found = node.maybe(clause);
    if (found) return lowering.refuse(`${describe(found)} in scan`, found);
  }
  const declared = (node.maybe('DeclareClause')?.list('Declarations') ?? []).map((each) => {
    const column = declaredColumn(each.get('NameAndType'), lowering);
    const value = each.maybe('DefaultValue')?.get('Value');
    return { ...column, initial: value ? lowering.expr(value, { ...scope, columns: null }) : null };
  });
  const columns: readonly Column[] = [...input.columns, ...declared.map(({ name, type }) => ({ name, type }))];
  const steps = node.list('Steps');
  const inner: Scope = { ...scope, columns, steps: new Set(steps.map((each) => each.get('Name').simpleName)) };
  const result = columnsOf(node, lowering);
  // The binder gives every scan a column for its matches, asked for or not.
  const added = result.slice(columns.length);
  if (added.length > 1) return lowering.refuse(`This form of ${describe(node)}`, node);
  const match = added[0]?.name ?? null;
  if (!matchId && match !== null) lowering.unasked.add(match);
  const details: Details = {
    declared,
    matchId: matchId ? match : null,
    unasked: matchId ? null : match,
    steps: steps.map((each) => stepOf(each, declared, inner, lowering)),
    span: lowering.place(node),
  };
  return { op: 'special', name: 'scan', inputs: [input], details, columns: result };
}

function stepOf(node: Node, declared: readonly Column[], scope: Scope, lowering: Lowering): Details['steps'][number] {
  const output = node.maybe('ScanStepOutput')?.get('OutputKind').token.toLowerCase() ?? 'all';
  if (output !== 'all' && output !== 'last' && output !== 'none') return lowering.refuse(`output=${output}`, node);
  const assignments = (node.maybe('ComputationClause')?.list('Assignments') ?? []).map((each): NamedExpr => {
    const name = each.get('Name').simpleName;
    const column = declared.find((one) => one.name === name);
    const expr = lowering.expr(each.get('Expression'), scope);
    return { name, expr: column ? asType(expr, column, each, lowering) : lowering.refuse(describe(each), each) };
  });
  return {
    name: node.get('Name').simpleName,
    output,
    optional: node.maybe('OptionalKeyword') !== undefined,
    condition: lowering.expr(node.get('Condition'), scope),
    assignments,
  };
}

function asType(expr: Expr, column: Column, node: Node, lowering: Lowering): Expr {
  if (expr.type === column.type) return expr;
  if (expr.kind === 'literal' && expr.value === null) return nullOf(column.type);
  return lowering.refuse(`${describe(node)} of type ${expr.type} for ${column.name}:${column.type}`, node);
}
