// Statements over the hunting tables, and what they cost.
import type { DuckDBConnection } from '@duckdb/node-api';
import type { ParameterName } from '../../src/kql/ir.ts';
import { beginTicks, endTicks, tenant } from './hunting-tables.ts';

export interface Statement {
  readonly sql: string;
  readonly values: readonly (string | bigint)[];
}

export function argumentOf(parameter: ParameterName): string | bigint {
  if (parameter === 'tenant') return tenant;
  return parameter === 'from' ? beginTicks : endTicks;
}

/** Milliseconds of the processor. */
export async function timeOf({ sql, values }: Statement, connection: DuckDBConnection): Promise<number> {
  const before = process.cpuUsage();
  await connection.run(sql, [...values]);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}
