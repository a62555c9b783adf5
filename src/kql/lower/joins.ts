// join and lookup.
import type { Column, Expr, JoinKind, Rel } from '../ir.ts';
import type { Node } from '../parser/tree.ts';
import type { Lowering, Scope } from './lowering.ts';
import { columnExpr, columnsOf, describe, findColumn, parametersOf } from './nodes.ts';

const joinKinds: Readonly<Record<string, JoinKind>> = {
  innerunique: 'innerunique',
  inner: 'inner',
  leftouter: 'leftouter',
  rightouter: 'rightouter',
  fullouter: 'fullouter',
  leftsemi: 'leftsemi',
  rightsemi: 'rightsemi',
  leftanti: 'leftanti',
  anti: 'leftanti',
  leftantisemi: 'leftanti',
  rightanti: 'rightanti',
  rightantisemi: 'rightanti',
};

type Pair = readonly [Expr, Expr];
type Output = Extract<Rel, { readonly op: 'join' }>['outputs'][number];

export function lowerJoin(left: Rel, node: Node, scope: Scope, lowering: Lowering): Rel {
  const kind = kindOf(node, 'innerunique', lowering);
  const right = lowering.rel(node.get('Expression'), { env: scope.env, columns: null });
  const clause = node.maybe('ConditionClause');
  if (clause?.kind !== 'JoinOnClause') return lowering.refuse(`The condition of ${describe(node)}`, node);
  const on = lowerOn(clause, left, right, scope, lowering);
  const columns = columnsOf(node, lowering);
  const sources = [
    ...(kind === 'rightsemi' || kind === 'rightanti' ? [] : sourcesOf(left, 'left')),
    ...(kind === 'leftsemi' || kind === 'leftanti' ? [] : sourcesOf(right, 'right')),
  ];
  return { op: 'join', kind, left, right, on, outputs: named(sources, columns, node, lowering), columns };
}

/** A join whose right side is the smaller: only its columns that are not keys are added. */
export function lowerLookup(left: Rel, node: Node, scope: Scope, lowering: Lowering): Rel {
  const kind = kindOf(node, 'leftouter', lowering);
  if (kind !== 'leftouter' && kind !== 'inner') return lowering.refuse(`lookup kind=${kind}`, node);
  const right = lowering.rel(node.get('Expression'), { env: scope.env, columns: null });
  const on = lowerOn(node.get('LookupClause'), left, right, scope, lowering);
  const keys = new Set(on.flatMap(([, key]) => (key.kind === 'column' ? [key.name] : [])));
  const columns = columnsOf(node, lowering);
  const sources = [...sourcesOf(left, 'left'), ...sourcesOf(right, 'right').filter(({ from }) => !keys.has(from))];
  return { op: 'join', kind, left, right, on, outputs: named(sources, columns, node, lowering), columns };
}

function kindOf(node: Node, fallback: JoinKind, lowering: Lowering): JoinKind {
  const parameter = parametersOf(node, ['kind'], lowering).get('kind');
  if (!parameter) return fallback;
  return joinKinds[parameter.source.toLowerCase()] ?? lowering.refuse(`The kind ${describe(parameter)}`, parameter);
}

export function sourcesOf(rel: Rel, side: 'left' | 'right'): Omit<Output, 'name'>[] {
  return rel.columns.map(({ name }) => ({ side, from: name }));
}

/** The binder's names, in the order of the columns of both sides. */
export function named(
  sources: readonly Omit<Output, 'name'>[],
  columns: readonly Column[],
  node: Node,
  lowering: Lowering,
): Output[] {
  if (sources.length !== columns.length) return lowering.refuse(`The columns of ${describe(node)}`, node);
  return sources.map((source, index) => ({ ...source, name: columns[index]?.name ?? source.from }));
}

function lowerOn(clause: Node, left: Rel, right: Rel, scope: Scope, lowering: Lowering): Pair[] {
  const inner: Scope = { env: scope.env, columns: null, sides: { left: left.columns, right: right.columns } };
  return clause.list('Expressions').flatMap((each) => pairsOf(each, inner, lowering));
}

/** `Key`, `$left.A == $right.B`, and any of them joined by `and`. */
function pairsOf(node: Node, scope: Scope, lowering: Lowering): Pair[] {
  if (node.kind === 'ParenthesizedExpression') return pairsOf(node.get('Expression'), scope, lowering);
  if (node.kind === 'AndExpression') {
    return [...pairsOf(node.get('Left'), scope, lowering), ...pairsOf(node.get('Right'), scope, lowering)];
  }
  if (node.kind === 'NameReference') {
    const name = node.symbol?.name ?? node.simpleName;
    const left = findColumn(name, scope.sides?.left ?? null);
    const right = findColumn(name, scope.sides?.right ?? null);
    if (left && right) return [[columnExpr(left, 'left'), columnExpr(right, 'right')]];
  }
  if (node.kind === 'EqualExpression') {
    const first = lowering.expr(node.get('Left'), scope);
    const second = lowering.expr(node.get('Right'), scope);
    if (sideOf(first) === 'left' && sideOf(second) === 'right') return [[first, second]];
    if (sideOf(first) === 'right' && sideOf(second) === 'left') return [[second, first]];
  }
  return lowering.refuse(`The condition ${describe(node)}`, node);
}

function sideOf(expr: Expr): 'left' | 'right' | undefined {
  return expr.kind === 'column' ? expr.side : undefined;
}
