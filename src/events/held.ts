// Tables that are only held in memory: what a query needs besides the stored rows, and what can be had again.
import type { DuckDBConnection } from '@duckdb/node-api';
import { boundType, boundValue } from './cells.ts';
import { qualifiedName } from './dialect.ts';
import type { EventStore } from './events.ts';
import { type Sql, sql } from './sql.ts';

/** The name of the engine's own database, which is on no disk. */
const database = 'memory';

/** The table as statements on any connection name it. */
export function heldName(table: string): string {
  return qualifiedName({ name: table, database });
}

/** Whether `hold` was called for the table and its rows are still there. */
export async function holds(events: Pick<EventStore, 'query'>, table: string): Promise<boolean> {
  const found = await events.query(
    sql`select 1 from duckdb_tables() where database_name = ${database} and table_name = ${table}`,
  );
  return found.length > 0;
}

/** Fills the table with the rows of a query, or removes it. */
export async function holdRows(connection: DuckDBConnection, table: string, rows: Sql | null): Promise<void> {
  const name = heldName(table);
  if (rows === null) {
    await connection.run(`drop table if exists ${name}`);
    return;
  }
  const statement = `create or replace table ${name} as ${rows.text}`;
  await connection.run(statement, rows.values.map(boundValue), rows.values.map(boundType));
}
