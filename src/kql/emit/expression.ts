// Expressions to SQL. Functions, operators and aggregates come from their tables only: a name that is in none of them is
// refused, and no name of the query ever stands as a function's name in SQL.
import { aggregateFunctions } from '../aggregates/index.ts';
import { scalarFunctions } from '../functions/index.ts';
import type { Operand } from '../functions/scalar.ts';
import type { Expr } from '../ir.ts';
import { Unsupported } from '../unsupported.ts';
import type { Block } from './block.ts';
import { emitFunction, enclosed, type FunctionTable } from './calls.ts';
import type { Context } from './context.ts';
import { inQuery, scalarQuery } from './queries.ts';

/** What an expression is evaluated over. */
export interface Scope {
  readonly context: Context;
  /** SQL of a column; `side` in the conditions of a join. */
  column(name: string, side?: 'left' | 'right'): string | undefined;
  /** Within `summarize`: what aggregates that keep the rows' order sort by, '' for rows in no order. */
  readonly aggregates?: { readonly order: string };
}

export function scopeOf(block: Block, context: Context): Scope {
  return { context, column: (name) => block.cells.get(name)?.sql };
}

export function emitExpr(expr: Expr, scope: Scope): string {
  return operandOf(expr, scope).sql;
}

/**
 * An expression whose NULL serves as well as false, as in a filter: without what makes results two-valued, so that the engine
 * can compare statistics of its blocks and join.
 */
export function emitCondition(expr: Expr, scope: Scope): string {
  if (expr.kind === 'inQuery') return enclosed(inQuery(expr, operandOf(expr.operand, scope), scope.context, true));
  const condition = expr.kind === 'call' ? scalarFunctions.get(expr.name)?.condition : undefined;
  if (expr.kind !== 'call' || !condition || scope.context.dialect !== 'duckdb') return emitExpr(expr, scope);
  const isLogic = expr.name === 'and' || expr.name === 'or';
  const operands = expr.operands.map((operand) =>
    isLogic && operand.type === 'bool'
      ? { sql: emitCondition(operand, scope), type: operand.type }
      : operandOf(operand, scope),
  );
  const table = new Map([[expr.name, { duckdb: condition }]]);
  return enclosed(emitFunction(expr.name, operands, { ...expr, table, what: 'the function', context: scope.context }));
}

function operandOf(expr: Expr, scope: Scope): Operand {
  const { type } = expr;
  switch (expr.kind) {
    case 'literal':
      return { sql: scope.context.sql.literalSql(expr), type, literal: expr };
    case 'parameter':
      return { sql: scope.context.parameter(expr.name), type };
    case 'column': {
      const sql = scope.column(expr.name, expr.side);
      if (sql === undefined) throw new Error(`The column ${expr.name} is not among those of its relation.`);
      return { sql, type };
    }
    case 'call':
      return { sql: enclosed(callSql(expr, scalarFunctions, 'the function', scope)), type };
    case 'aggregate':
      if (!scope.aggregates) throw new Unsupported(`the aggregate ${expr.name} outside of summarize`, expr.span);
      return { sql: enclosed(callSql(expr, aggregateFunctions, 'the aggregate', scope)), type };
    case 'window':
      throw new Unsupported(`${expr.name} at this place`, expr.span);
    case 'scalarQuery':
      return { sql: scalarQuery(expr, scope.context), type };
    case 'inQuery':
      return { sql: enclosed(inQuery(expr, operandOf(expr.operand, scope), scope.context, false)), type };
  }
}

type Called = Extract<Expr, { readonly kind: 'call' | 'aggregate' }>;

function callSql(expr: Called, table: FunctionTable, what: string, scope: Scope): string {
  const operands = expr.operands.map((operand) => operandOf(operand, scope));
  return emitFunction(expr.name, operands, {
    ...expr,
    table,
    what,
    context: scope.context,
    order: scope.aggregates?.order,
  });
}
