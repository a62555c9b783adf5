// Calls of functions from the tables of functions, and what makes their SQL safe to stand anywhere.
import { scalarFunctions } from '../functions/index.ts';
import type { Operand, ScalarFunction } from '../functions/scalar.ts';
import type { Expr, Span } from '../ir.ts';
import { Unsupported } from '../unsupported.ts';
import type { Context } from './context.ts';

export type FunctionTable = ReadonlyMap<string, Pick<ScalarFunction, 'duckdb' | 'clickhouse'>>;

interface Use {
  readonly type: Expr['type'];
  readonly span: Span;
  readonly table: FunctionTable;
  readonly what: string;
  readonly context: Context;
  readonly order?: string | undefined;
}

export function emitFunction(name: string, operands: readonly Operand[], use: Use): string {
  const { type, span, context } = use;
  const emit = use.table.get(name)?.[context.dialect];
  if (!emit) throw new Unsupported(`${use.what} ${name}`, span);
  const order = use.order ? { order: use.order } : {};
  // Read only by the functions that need it, so that no other query has the parameter.
  const now = (): string => context.parameter('now');
  return emit(operands, {
    name,
    type,
    span,
    ...order,
    get now() {
      return now();
    },
  });
}

/** A scalar function of the table over operands that are SQL already. */
export function applyFunction(
  name: string,
  operands: readonly Operand[],
  use: { readonly type: Expr['type']; readonly span: Span; readonly context: Context },
): string {
  return enclosed(emitFunction(name, operands, { ...use, table: scalarFunctions, what: 'the function' }));
}

/** SQL that keeps its meaning inside any other: in parentheses, unless it is one name, one literal or one call. */
export function enclosed(sql: string): string {
  return isClosed(sql) ? sql : `(${sql})`;
}

function isClosed(sql: string): boolean {
  if (/^[\w.]+$/.test(sql)) return true;
  const open = /^(?:\w*\(|'|")/.exec(sql);
  if (!open) return false;
  let depth = 0;
  let quote: string | null = null;
  for (let index = 0; index < sql.length; index += 1) {
    const character = sql[index] ?? '';
    if (quote !== null) {
      if (character === quote) quote = null;
    } else if (character === "'" || character === '"') quote = character;
    else if (character === '(') depth += 1;
    else if (character === ')') depth -= 1;
    else if (depth === 0 && !/\w/.test(character)) return false;
    const ended = depth === 0 && quote === null && /[)'"]/.test(character);
    if (ended && index < sql.length - 1) {
      // A doubled quote goes on with the same literal; anything else is more than one thing.
      if (character === ')' || sql[index + 1] !== character) return false;
    }
  }
  return true;
}
