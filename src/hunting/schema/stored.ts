// The same tables as the event store keeps them.
import type { EventColumn, EventTable, TableSet } from '../../events/catalogue.ts';
import type { ColumnType } from '../../events/dialect.ts';
import type { KqlType } from '../../kql/ir.ts';
import { type HuntingColumn, huntingTables, type QueryTable } from './tables.ts';

/** Columns of every stored table besides its own. No column of KQL begins with a dollar sign. */
export const storedColumns = { tenant: '$tenant', key: '$key', ingested: '$ingested' } as const;

/** The database of the event store that holds the tables. */
export const huntingDatabase = 'hunting';

/** As src/kql/emit/representation.ts wants every type kept. */
const storedTypes: Readonly<Record<KqlType, ColumnType>> = {
  string: 'string',
  dynamic: 'text',
  guid: 'text',
  bool: 'flag',
  int: 'integer',
  long: 'long',
  datetime: 'long',
  timespan: 'long',
  real: 'real',
  decimal: 'text',
};

/** What a query reads: the stored table, or a view over it when the names differ. Spelled by the program, never from outside. */
export function sourceOf(table: QueryTable): string {
  return `${huntingDatabase}.main."${isPlain(table) ? table.stored : viewName(table)}"`;
}

/** The engine takes names that differ in letter case only for the same. */
function viewName(table: QueryTable): string {
  return `${table.name}+`;
}

/** Every column is where a query looks for it; the engine does not mind letter case. */
function isPlain(table: QueryTable): boolean {
  return table.columns.every((column) => column.name.toLowerCase() === column.stored.toLowerCase());
}

export function eventTableOf(table: QueryTable): EventTable {
  const own = table.columns.filter((column) => column.name === column.stored).map(eventColumn);
  return {
    name: table.stored,
    database: huntingDatabase,
    columns: [
      { name: storedColumns.tenant, type: 'uuid', isApart: true },
      { name: storedColumns.key, type: 'uuid', isKey: true },
      { name: storedColumns.ingested, type: 'long', isApart: true },
      ...own,
    ],
  };
}

function eventColumn({ name, type }: HuntingColumn): EventColumn {
  return { name, type: storedTypes[type] };
}

/**
 * How far projections got, one row a tenant: it changes in the transaction of what they store, so that a store that was
 * restored from a copy knows where to go on from. Retention never finds it old.
 */
export const positionsTable: EventTable = {
  name: '$positions',
  database: huntingDatabase,
  columns: [
    { name: storedColumns.tenant, type: 'uuid', isApart: true },
    { name: storedColumns.key, type: 'uuid', isKey: true },
    { name: storedColumns.ingested, type: 'long', isApart: true },
    { name: 'position', type: 'long' },
  ],
};

let set: TableSet | undefined;

/** All of them, for the event store to make or to bring up to date. */
export function huntingTableSet(): TableSet {
  set ??= {
    database: huntingDatabase,
    tables: [
      ...huntingTables()
        .filter((table) => table.name === table.stored)
        .map(eventTableOf),
      positionsTable,
    ],
    views: huntingTables()
      .filter((table) => !isPlain(table))
      .map(viewOf),
  };
  return set;
}

function viewOf(table: QueryTable): TableSet['views'][number] {
  const internal = Object.values(storedColumns).map((name) => ({ name, from: name }));
  const columns = table.columns.map(({ name, stored }) => ({ name, from: stored }));
  return { name: viewName(table), over: table.stored, columns: [...internal, ...columns] };
}
