// Queries inside expressions: `toscalar(…)` and `x in (table)`.
import type { Operand } from '../functions/scalar.ts';
import type { Expr, Rel } from '../ir.ts';
import { partsOf, relationsIn, someExpr } from '../passes/walk.ts';
import { Unsupported } from '../unsupported.ts';
import { type Block, type Cell, seal, selectText, unordered } from './block.ts';
import { applyFunction } from './calls.ts';
import type { Context } from './context.ts';
import { mayBeNull, orEmpty } from './representation.ts';

/** The value of the first column in the first row; null, or the empty string, when there is no row. */
export function scalarQuery(expr: Extract<Expr, { kind: 'scalarQuery' }>, context: Context): string {
  if (context.dialect === 'clickhouse') refuseChance(expr, context);
  const [block, cell] = firstColumn(expr.query, expr, context);
  return orEmpty(`(${selectText({ ...block, limit: '1' }, [['v', cell]])})`, expr.type);
}

/**
 * ClickHouse answers a query within an expression before the rest, with common table expressions of its own: what chance
 * decides would not be the same there.
 */
function refuseChance({ query, span }: Extract<Expr, { kind: 'scalarQuery' }>, context: Context): void {
  const isByChance = (rel: Rel): boolean => {
    const byExpression = partsOf(rel).expressions.some((each) =>
      someExpr(each, (inner) => inner.kind === 'call' && /^(?:rand|new_guid)/.test(inner.name)),
    );
    const byOperator = rel.op === 'take' || (rel.op === 'special' && rel.name.startsWith('sample'));
    return byExpression || byOperator || relationsIn(rel).some(isByChance);
  };
  const isShared = (rel: Rel): boolean =>
    (rel.op === 'shared' && rel.mustOnce && (context.uses.get(rel.id) ?? 1) > 1 && isByChance(rel)) ||
    relationsIn(rel).some(isShared);
  if (isShared(query)) throw new Unsupported('toscalar over a materialized table with rows or values by chance', span);
}

type InQuery = Extract<Expr, { kind: 'inQuery' }>;

/** The list forms of KQL's operators, over a relation: what each compares by, and whether it negates. */
const memberships: Readonly<Record<string, { readonly fold: boolean; readonly negated: boolean }>> = {
  in: { fold: false, negated: false },
  'in~': { fold: true, negated: false },
  '!in': { fold: false, negated: true },
  '!in~': { fold: true, negated: true },
};

/**
 * Membership is two-valued where SQL's is three-valued: a null on either side is no match, and its negation is true. For
 * the positive form NULL serves as well as false wherever a filter asks, which leaves the engine free to join.
 */
export function inQuery(expr: InQuery, operand: Operand, context: Context, isCondition: boolean): string {
  const membership = memberships[expr.name];
  if (!membership) return listQuery(expr, operand, context);
  const [block, cell] = firstColumn(expr.query, expr, context);
  const type = expr.query.columns[0]?.type;
  const value = comparable(operand, type, expr, context);
  const fold = (sql: string): string => (membership.fold ? context.sql.lower(sql) : sql);
  if (membership.fold && type !== 'string')
    throw new Unsupported(`${expr.name} over values that are not strings`, expr.span);
  const known = mayBeNull(type ?? 'string') ? [`${cell.sql} is not null`] : [];
  const rows = { ...unordered(block), where: [...block.where, ...known] };
  const column: Cell = { sql: fold(cell.sql), atomic: false };
  const found = `${fold(value)} in (${selectText(rows, [['v', column]])})`;
  const result = (sql: string): string => (isCondition ? sql : context.sql.truth(sql));
  if (!mayBeNull(operand.type) || (isCondition && !membership.negated)) {
    return result(membership.negated ? `not (${found})` : `(${found})`);
  }
  return result(membership.negated ? `not coalesce(${found}, false)` : `coalesce(${found}, false)`);
}

/** The left side as a value that the engine compares with the right side's type as KQL would. */
function comparable(operand: Operand, type: Expr['type'] | undefined, expr: InQuery, context: Context): string {
  const numbers = new Set(['int', 'long', 'real', 'decimal']);
  if (type === operand.type || (type && numbers.has(type) && numbers.has(operand.type))) return operand.sql;
  if (operand.type === 'dynamic' && type === 'string') {
    return applyFunction('tostring', [operand], { type: 'string', span: expr.span, context });
  }
  throw new Unsupported(`${expr.name} of a ${operand.type} among values of type ${type ?? 'unknown'}`, expr.span);
}

/** `has_any`, `has_all` and others over a relation: the same operator over an array of the column's values. */
function listQuery(expr: InQuery, operand: Operand, context: Context): string {
  const [block, cell] = firstColumn(expr.query, expr, context);
  if (expr.query.columns[0]?.type !== 'string')
    throw new Unsupported(`${expr.name} over values that are not strings`, expr.span);
  const list: Cell = { sql: context.sql.distinctTexts(cell.sql), atomic: false };
  const array = `(${selectText(unordered(block), [['v', list]])})`;
  const operands = [operand, { sql: array, type: 'dynamic' as const }];
  return applyFunction(expr.name, operands, { type: 'bool', span: expr.span, context });
}

/** The query's block with its first column ready to be selected or aggregated. */
function firstColumn(query: Rel, expr: Expr & { span: InQuery['span'] }, context: Context): readonly [Block, Cell] {
  const emitted = context.emit(query);
  if (emitted.partition.length > 0) throw new Unsupported('a query over the rows of the same sub-table', expr.span);
  const isSimple = emitted.limit === null && !emitted.frozen;
  const block = isSimple ? emitted : seal(emitted, context);
  const [first] = query.columns;
  const cell = first && block.cells.get(first.name);
  if (!cell) throw new Unsupported('a query without columns', expr.span);
  return [block, cell];
}
