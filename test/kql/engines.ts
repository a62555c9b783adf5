// Both engines that a query can be compiled for, in memory, with rows as the same JavaScript values: whole numbers, times
// and spans are bigint, decimals are text without zeros at the end.
import { DuckDBInstance } from '@duckdb/node-api';
import { optimizersOff } from '../../src/events/engine.ts';
import type { Dialect } from '../../src/kql/emit/dialect.ts';
import type { Compiled, KqlType, ParameterName } from '../../src/kql/ir.ts';
import { startClickHouse } from '../support/clickhouse.ts';

export type ParameterValues = Readonly<Record<ParameterName, string | bigint>>;

export interface Engine {
  readonly dialect: Dialect;
  execute(sql: string): Promise<void>;
  rows(compiled: Compiled, values: ParameterValues): Promise<unknown[][]>;
  close(): Promise<void>;
}

export async function startEngine(dialect: Dialect): Promise<Engine> {
  return dialect === 'duckdb' ? await duckdbEngine() : await clickhouseEngine();
}

async function duckdbEngine(): Promise<Engine> {
  const instance = await DuckDBInstance.create(':memory:', { disabled_optimizers: optimizersOff });
  const connection = await instance.connect();
  return {
    dialect: 'duckdb',
    execute: async (sql) => {
      await connection.run(sql);
    },
    rows: async (compiled, values) => {
      const reader = await connection.runAndReadAll(
        compiled.sql,
        compiled.parameters.map((name) => values[name]),
      );
      return typed(reader.getRows(), compiled);
    },
    close: async () => {
      connection.closeSync();
      instance.closeSync();
    },
  };
}

async function clickhouseEngine(): Promise<Engine> {
  const engine = await startClickHouse();
  return {
    dialect: 'clickhouse',
    execute: async (sql) => {
      await engine.query(sql);
    },
    rows: async (compiled, values) => typed((await engine.run(compiled, values)).rows, compiled),
    close: () => engine.close(),
  };
}

function typed(rows: unknown[][], { columns }: Compiled): unknown[][] {
  return rows.map((row) => row.map((value, index) => typedValue(value, columns[index]?.type)));
}

function typedValue(value: unknown, type: KqlType | undefined): unknown {
  if (value === null) return null;
  switch (type) {
    case 'int':
    case 'long':
    case 'datetime':
    case 'timespan':
      return BigInt(String(value));
    case 'real':
      return typeof value === 'number' ? value : Number(String(value).replace('inf', 'Infinity'));
    case 'decimal':
      return String(value)
        .replace(/(\.\d*?)0+$/, '$1')
        .replace(/\.$/, '');
    default:
      return value;
  }
}
