// What an aggregate is to the compiler: a name and, per dialect, how its operands become an SQL aggregate expression.

import type { Emit, Golden } from '../functions/scalar.ts';

export interface AggregateFunction {
  readonly name: string;
  readonly aliases?: readonly string[];
  /** An SQL expression that aggregates the group's rows; right on no rows as well. */
  readonly duckdb: Emit;
  readonly clickhouse?: Emit;
  readonly golden: Golden;
}

/** One entry of a table: what it is called, what it becomes, and one query with its rows. */
export function aggregate(
  names: string,
  duckdb: Emit,
  query: string,
  ...rows: readonly (readonly unknown[])[]
): AggregateFunction {
  const [name = '', ...aliases] = names.split(' | ');
  return { name, aliases, duckdb, golden: { query, rows } };
}
