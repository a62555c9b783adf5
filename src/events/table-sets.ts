// Tables beside the activities: described by whoever owns them (catalogue.ts, TableSet), made in a database of their own
// when they are needed first. Tables and columns are only ever added.
import { createHash } from 'node:crypto';
import type { DuckDBConnection } from '@duckdb/node-api';
import type { TableSet } from './catalogue.ts';
import { columnDefinition, qualifiedName } from './dialect.ts';

/** Says which description the database was made by. */
const markTable = '$described';

/** Makes what the database lacks, in one transaction; does next to nothing when it is as described. */
export async function prepareTables(connection: DuckDBConnection, set: TableSet): Promise<void> {
  const mark = createHash('sha256').update(JSON.stringify(set)).digest('hex');
  const marks = qualifiedName({ name: markTable, database: set.database });
  await connection.run(`create table if not exists ${marks} ("mark" VARCHAR)`);
  const found = await connection.runAndReadAll(`select "mark" from ${marks}`);
  if (found.getRows().some(([each]) => each === mark)) return;
  await connection.run('begin');
  try {
    const stored = await storedColumns(connection, set.database);
    for (const statement of statementsFor(set, stored)) await connection.run(statement);
    await connection.run(`delete from ${marks}`);
    await connection.run(`insert into ${marks} values ('${mark}')`);
    await connection.run('commit');
  } catch (error) {
    await connection.run('rollback').catch(() => {});
    throw error;
  }
}

/** Columns of the tables that are there, by the table's name. */
async function storedColumns(connection: DuckDBConnection, database: string): Promise<Map<string, Set<string>>> {
  const answer = await connection.runAndReadAll(
    `select table_name, column_name from duckdb_columns() where database_name = '${database}' and not internal`,
  );
  const columns = new Map<string, Set<string>>();
  for (const [table, column] of answer.getRows()) {
    const names = columns.get(String(table)) ?? new Set<string>();
    columns.set(String(table), names.add(String(column)));
  }
  return columns;
}

function* statementsFor(set: TableSet, stored: ReadonlyMap<string, ReadonlySet<string>>): Generator<string> {
  for (const table of set.tables) {
    const there = stored.get(table.name);
    const name = qualifiedName(table);
    if (!there) {
      yield `create table ${name} (${table.columns.map(columnDefinition).join(', ')})`;
      continue;
    }
    for (const column of table.columns) {
      if (!there.has(column.name)) yield `alter table ${name} add column ${columnDefinition(column)}`;
    }
  }
  for (const view of set.views) {
    const columns = view.columns.map(({ name, from }) => `"${from}" as "${name}"`);
    const { database } = set;
    yield `create or replace view ${qualifiedName({ name: view.name, database })} as select ${columns.join(', ')} from ${qualifiedName({ name: view.over, database })}`;
  }
}
