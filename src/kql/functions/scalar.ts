// What a scalar function or operator is to the compiler: a name and, per dialect, how its operands become SQL.

import type { KqlType, Literal, Span } from '../ir.ts';

/** An operand already emitted. */
export interface Operand {
  /** Safe to embed anywhere: parenthesised where that matters. */
  readonly sql: string;
  readonly type: KqlType;
  /** The value, where it is known when the query is compiled. */
  readonly literal?: Literal;
}

/** The call that is being emitted. */
export interface Call {
  readonly name: string;
  /** The result's type, as the binder gives it. */
  readonly type: KqlType;
  readonly span: Span;
  /** SQL of the parameter that holds the time of the query, in ticks. */
  readonly now: string;
  /** Of an aggregate over rows that are sorted: what follows ORDER BY, for results that keep the rows' order. */
  readonly order?: string;
}

/** Throws `Unsupported` for what cannot be answered rightly. */
export type Emit = (operands: readonly Operand[], call: Call) => string;

// What every dialect has under these names (its conversions.ts and sql.ts), for code that serves each of them.

/** The operand as a string, never NULL. */
export type AsText = (value: Operand, call: Call) => string;
/** The operand as a value of the type. */
export type Convert = (value: Operand, type: KqlType, call: Call) => string;
/** An expression over operands that are evaluated once, however often `body` names them. */
export type Once = (key: string, operands: readonly string[], body: (...names: string[]) => string) => string;

/** One query and its rows: JSON values, with int, long, datetime and timespan as text of their number. */
export interface Golden {
  readonly query: string;
  readonly rows: readonly (readonly unknown[])[];
}

/** A function or operator, by the name that the intermediate tree carries. */
export interface ScalarFunction {
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly duckdb: Emit;
  /**
   * Only for truth values: what may stand in its place where null means the same as false (a filter, and `and`/`or` inside
   * of it). Shorter, and what the engine can use with its statistics.
   */
  readonly condition?: Emit;
  readonly clickhouse?: Emit;
  readonly golden: Golden;
}
