// A stored table on ClickHouse, as queries read it: every column in the representation of its type, and behind them whose
// row it is and when it was stored.
import type { Catalogue, TableDescription } from '../../catalogue.ts';
import { quotedName } from '../text.ts';
import { sqlType } from './representation.ts';

/** The same tables and functions, with the tables in a database of ClickHouse under their own names. */
export function catalogueOn(database: string, { tables, functions = [] }: Catalogue): Catalogue {
  const source = (name: string): string => `${quotedName(database)}.${quotedName(name)}`;
  return { functions, tables: tables.map((table) => ({ ...table, source: source(table.name) })) };
}

/**
 * CREATE TABLE for the table. Rows lie in the order in which queries look for them: one tenant's, and of these a range of
 * time, which is never null where the table has one.
 * https://clickhouse.com/docs/engines/table-engines/mergetree-family/mergetree
 */
export function createTableText(table: TableDescription): string {
  const tenant = quotedName(table.tenantColumn ?? 'tenantId');
  const columns = table.columns.map(({ name, type }) => {
    return `${quotedName(name)} ${name === table.timeColumn ? 'Int64' : sqlType(type)}`;
  });
  const ingested = table.ingestedColumn === undefined ? [] : [`${quotedName(table.ingestedColumn)} Int64`];
  const key = table.timeColumn === null ? [tenant] : [tenant, quotedName(table.timeColumn)];
  const all = [`${tenant} UUID`, ...ingested, ...columns];
  return `create table ${table.source} (${all.join(', ')}) engine = MergeTree order by (${key.join(', ')})`;
}
