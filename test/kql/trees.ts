// Short ways to write intermediate trees by hand, and an engine in memory to run what they become.
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { emitQuery } from '../../src/kql/emit/query.ts';
import type {
  Catalogue,
  Column,
  Expr,
  JoinKind,
  KqlType,
  Literal,
  NamedExpr,
  ParameterName,
  Rel,
  SortKey,
} from '../../src/kql/ir.ts';

export const span = { start: 0, length: 1 };

export const lit = (type: KqlType, value: Literal['value']): Literal => ({ kind: 'literal', type, value });
export const long = (value: number | bigint | null): Literal => lit('long', value === null ? null : BigInt(value));
export const text = (value: string): Literal => lit('string', value);
export const json = (value: unknown): Literal => lit('dynamic', value === null ? null : JSON.stringify(value));
export const col = (name: string, type: KqlType = 'long', side?: 'left' | 'right'): Expr =>
  side ? { kind: 'column', type, name, side } : { kind: 'column', type, name };
export const call = (type: KqlType, name: string, ...operands: readonly Expr[]): Expr => ({
  kind: 'call',
  type,
  name,
  operands,
  span,
});
export const agg = (type: KqlType, name: string, ...operands: readonly Expr[]): Expr => ({
  kind: 'aggregate',
  type,
  name,
  operands,
  span,
});
export const win = (type: KqlType, name: string, ...operands: readonly Expr[]): Expr => ({
  kind: 'window',
  type,
  name,
  operands,
  span,
});
export const named = (name: string, expr: Expr): NamedExpr => ({ name, expr });

/** `a:long, b:string` as columns. */
export const columns = (schema: string): readonly Column[] =>
  schema
    .split(',')
    .map((each) => each.trim())
    .filter((each) => each !== '')
    .map((each) => {
      const [name = '', type = 'long'] = each.split(':');
      // Schemas are written in the tests themselves.
      return { name, type: type as KqlType };
    });

export const rows = (schema: string, ...values: readonly (readonly Literal[])[]): Rel => ({
  op: 'rows',
  columns: columns(schema),
  rows: values,
});
export const filter = (input: Rel, predicate: Expr): Rel => ({
  op: 'filter',
  columns: input.columns,
  input,
  predicate,
});
export const project = (input: Rel, ...outputs: readonly NamedExpr[]): Rel => ({
  op: 'project',
  columns: outputs.map(({ name, expr }) => ({ name, type: expr.type })),
  input,
  outputs,
});
export const extend = (input: Rel, ...outputs: readonly NamedExpr[]): Rel =>
  project(input, ...input.columns.map(({ name, type }) => named(name, col(name, type))), ...outputs);
export const key = (expr: Expr, direction: 'asc' | 'desc' = 'asc'): SortKey => ({
  expr,
  descending: direction === 'desc',
  nullsFirst: direction === 'asc',
});
export const sort = (input: Rel, ...keys: readonly SortKey[]): Rel => ({
  op: 'sort',
  columns: input.columns,
  input,
  keys,
});
export const take = (input: Rel, count: number): Rel => ({
  op: 'take',
  columns: input.columns,
  input,
  count: long(count),
});
export const summarize = (
  input: Rel,
  by: readonly NamedExpr[],
  outputs: readonly NamedExpr[],
  extremes: Extract<Rel, { op: 'summarize' }>['extremes'] = [],
): Rel => ({
  op: 'summarize',
  columns: [...by, ...outputs, ...extremes.flatMap((each) => each.outputs)].map(({ name, expr }) => ({
    name,
    type: expr.type,
  })),
  input,
  by,
  outputs,
  extremes,
});
/** Joins on columns of the same name; the right side's columns that clash get a 1, as KQL names them. */
export const join = (kind: JoinKind, left: Rel, right: Rel, ...on: readonly (readonly [Expr, Expr])[]): Rel => {
  const names = new Set(left.columns.map((column) => column.name));
  const ours = left.columns.map(({ name }) => ({ name, side: 'left' as const, from: name }));
  const theirs = right.columns.map(({ name }) => ({
    name: names.has(name) ? `${name}1` : name,
    side: 'right' as const,
    from: name,
  }));
  const isLeft = kind === 'leftsemi' || kind === 'leftanti';
  const isRight = kind === 'rightsemi' || kind === 'rightanti';
  const outputs = isLeft ? ours : isRight ? theirs.map((each) => ({ ...each, name: each.from })) : [...ours, ...theirs];
  const types = (side: 'left' | 'right', from: string): KqlType =>
    (side === 'left' ? left : right).columns.find((column) => column.name === from)?.type ?? 'string';
  return {
    op: 'join',
    kind,
    left,
    right,
    on,
    outputs,
    columns: outputs.map(({ name, side, from }) => ({ name, type: types(side, from) })),
  };
};
export const table = (name: string, schema: string): Rel => ({
  op: 'table',
  table: name,
  columns: columns(schema),
  span,
});

export const tenant = '11111111-1111-4111-8111-111111111111';
const values: Readonly<Record<ParameterName, string | bigint>> = { tenant, now: 1_000_000n, from: 0n, to: 2_000_000n };

/** Connects to an engine in memory that this test alone uses. */
export async function engine(): Promise<DuckDBConnection> {
  const instance = await DuckDBInstance.create(':memory:');
  return await instance.connect();
}

/** The rows as JSON values: whole numbers of 64 bits as text. */
export async function run(
  connection: DuckDBConnection,
  rel: Rel,
  catalogue: Catalogue = { tables: [] },
): Promise<unknown[][]> {
  const { sql, parameters } = emitQuery(rel, { catalogue, dialect: 'duckdb' });
  const result = await connection.runAndReadAll(
    sql,
    parameters.map((name) => values[name]),
  );
  return result.getRowsJson();
}
