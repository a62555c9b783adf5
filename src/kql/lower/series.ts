// make-series and top-nested: groups with an axis, and groups within groups.
import type { Expr, NamedExpr, Rel } from '../ir.ts';
import type { Node } from '../parser/tree.ts';
import type { Lowering, Scope } from './lowering.ts';
import { columnsOf, describe, parametersOf, unnamed } from './nodes.ts';
import { outputsInOrder } from './rows.ts';

/** Columns: those of `by`, then the series, then the axis. */
export function lowerMakeSeries(input: Rel, node: Node, scope: Scope, lowering: Lowering): Rel {
  const kind = parametersOf(node, ['kind'], lowering).get('kind')?.source.toLowerCase();
  if (kind !== undefined && kind !== 'nonempty') return lowering.refuse(`make-series kind=${kind}`, node);
  const columns = columnsOf(node, lowering);
  const groups = node.maybe('ByClause')?.list('Expressions') ?? [];
  const by = outputsInOrder(groups, columns, scope, lowering);
  const aggregates = node.list('Aggregates');
  if (columns.length !== by.length + aggregates.length + 1) return lowering.refuse(describe(node), node);
  const inner: Scope = { ...scope, aggregates: true };
  const outputs = aggregates.map((each, index) => {
    const fallback = each.maybe('DefaultExpression')?.get('Expression');
    return {
      name: columns[by.length + index]?.name ?? '',
      expr: lowering.expr(unnamed(each.get('Expression')), inner),
      default: fallback ? lowering.expr(fallback, { ...scope, columns: null }) : null,
    };
  });
  const axis = {
    name: columns.at(-1)?.name ?? '',
    expr: lowering.expr(unnamed(node.get('OnClause').get('Expression')), scope),
  };
  const bounds = boundsOf(node.get('RangeClause'), scope, lowering);
  const details = { outputs, axis, by, nonEmpty: kind === 'nonempty', span: lowering.place(node), ...bounds };
  return { op: 'special', name: 'make-series', inputs: [input], details, columns };
}

interface Bounds {
  readonly from: Expr | null;
  readonly to: Expr | null;
  readonly step: Expr;
}

function boundsOf(clause: Node, scope: Scope, lowering: Lowering): Bounds {
  const constant = (node: Node): Expr => lowering.expr(node, { ...scope, columns: null });
  // The older form `in range(from, to, step)` includes its end where the newer one does not.
  if (clause.kind !== 'MakeSeriesFromToStepClause') return lowering.refuse('make-series in range()', clause);
  const from = clause.maybe('MakeSeriesFromClause');
  const to = clause.maybe('MakeSeriesToClause');
  return {
    from: from ? constant(from.get('Expression')) : null,
    to: to ? constant(to.get('Expression')) : null,
    step: constant(clause.get('MakeSeriesStepClause').get('Expression')),
  };
}

/** Columns: of each level its value and what it is ranked by. */
export function lowerTopNested(input: Rel, node: Node, scope: Scope, lowering: Lowering): Rel {
  const columns = columnsOf(node, lowering);
  const clauses = node.list('Clauses');
  if (columns.length !== clauses.length * 2) return lowering.refuse(describe(node), node);
  const constant = (each: Node | undefined): Expr | null =>
    each ? lowering.expr(each, { ...scope, columns: null }) : null;
  const levels = clauses.map((clause, index) => {
    const ranked = clause.get('ByExpression');
    const isOrdered = ranked.kind === 'OrderedExpression';
    const by = unnamed(isOrdered ? ranked.get('Expression') : ranked);
    const named = (offset: number, expr: Expr): NamedExpr => ({ name: columns[index * 2 + offset]?.name ?? '', expr });
    return {
      count: constant(clause.maybe('Expression')),
      of: named(0, lowering.expr(unnamed(clause.get('OfExpression')), scope)),
      others: constant(clause.maybe('WithOthersClause')?.maybe('Expression')),
      by: named(1, lowering.expr(by, { ...scope, aggregates: true })),
      descending: !(isOrdered && /\basc\b/i.test(ranked.get('Ordering').source)),
    };
  });
  const details = { levels, span: lowering.place(node) };
  return { op: 'special', name: 'top-nested', inputs: [input], details, columns };
}
