// The published tables and their columns, from tables.txt: one table a line, its columns with a letter for each type that
// is not string. Read when it is needed first, because a start without hunting needs none of it.
import { readFileSync } from 'node:fs';
import type { KqlType } from '../../kql/ir.ts';
import { columnAliases, formerColumns, formerTables, liveColumns, otherTimeColumns, tableAliases } from './aliases.ts';
import { ownTables } from './own-tables.ts';

export interface HuntingColumn {
  readonly name: string;
  readonly type: KqlType;
  /** The column of the stored table that holds it. */
  readonly stored: string;
}

/** A table as queries see it. */
export interface QueryTable {
  readonly name: string;
  readonly columns: readonly HuntingColumn[];
  /** What the default time range applies to; null for snapshots, which have no time of their own. */
  readonly timeColumn: string | null;
  /** Name of the table that holds the rows: its own, unless it is another name of that one. */
  readonly stored: string;
}

const letters: Readonly<Record<string, KqlType>> = {
  d: 'datetime',
  y: 'dynamic',
  l: 'long',
  i: 'int',
  b: 'bool',
  g: 'guid',
  r: 'real',
};

/** Records have fields that their table has no column for; they are kept here. */
export const otherFields = 'AdditionalFields';

/** The tables as they are published: name, and columns in their order. */
export function publishedTables(): ReadonlyMap<string, readonly Omit<HuntingColumn, 'stored'>[]> {
  const text = readFileSync(new URL('./tables.txt', import.meta.url), 'utf8');
  const lines = text.split('\n').filter((line) => line !== '');
  return new Map(
    lines.map((line) => {
      const [name = '', ...columns] = line.split(' ');
      return [name, columns.map(columnOf)];
    }),
  );
}

function columnOf(text: string): Omit<HuntingColumn, 'stored'> {
  const [name = '', letter] = text.split(':');
  const type = letter === undefined ? 'string' : letters[letter];
  if (type === undefined) throw new Error(`tables.txt: ${text} has no type.`);
  return { name, type };
}

let tables: readonly QueryTable[] | undefined;

/** Every table that a query may name. */
export function huntingTables(): readonly QueryTable[] {
  tables ??= makeTables();
  return tables;
}

function makeTables(): readonly QueryTable[] {
  const published = new Map([...publishedTables(), ...ownTables]);
  const own = new Map<string, QueryTable>();
  for (const [name, columns] of published) {
    if (tableAliases[name] === undefined) own.set(name, storedTable(name, columns));
  }
  const named = [...published.keys()].map((name) => own.get(name) ?? aliasTable(name, published.get(name), own));
  const unlisted = Object.keys(tableAliases).filter((name) => !published.has(name));
  return [...named, ...unlisted.map((name) => aliasTable(name, undefined, own))];
}

function storedTable(name: string, published: readonly Omit<HuntingColumn, 'stored'>[]): QueryTable {
  const columns = published.map((column) => ({ ...column, stored: column.name }));
  const live = (liveColumns[name] ?? []).map((column) => ({ name: column, type: 'string' as const, stored: column }));
  const aliases = Object.entries(columnAliases[name] ?? {}).map(([alias, stored]) => ({
    name: alias,
    type: typeOf(columns, stored, name),
    stored,
  }));
  const others = { name: otherFields, type: 'dynamic' as const, stored: otherFields };
  const isThere = columns.some((column) => column.name === otherFields);
  const all = [...columns, ...live, ...aliases, ...(isThere ? [] : [others])];
  const time = all.some((column) => column.name === 'Timestamp') ? 'Timestamp' : (otherTimeColumns[name] ?? null);
  return { name, columns: all, timeColumn: time, stored: name };
}

/** A table that is another name of a stored one. */
function aliasTable(
  name: string,
  published: readonly Omit<HuntingColumn, 'stored'>[] | undefined,
  own: ReadonlyMap<string, QueryTable>,
): QueryTable {
  const stored = own.get(tableAliases[name] ?? '');
  if (!stored) throw new Error(`${name} is another name of no table.`);
  const aliases = columnAliases[name] ?? {};
  const columns =
    published === undefined
      ? stored.columns.map((column) => ({ ...column, name: aliasOf(column.stored, aliases) }))
      : [...published, ...stored.columns.filter((column) => column.name === otherFields)].map((column) => {
          const to = aliases[column.name] ?? column.name;
          return { name: column.name, type: typeOf(stored.columns, to, name), stored: to };
        });
  return { name, columns, timeColumn: stored.timeColumn, stored: stored.name };
}

function aliasOf(stored: string, aliases: Readonly<Record<string, string>>): string {
  return Object.keys(aliases).find((alias) => aliases[alias] === stored) ?? stored;
}

function typeOf(columns: readonly Omit<HuntingColumn, 'stored'>[], name: string, table: string): KqlType {
  const type = columns.find((column) => column.name === name)?.type;
  if (type === undefined) throw new Error(`${table} has no column ${name} that another name could mean.`);
  return type;
}

/** The name under which the rows of a table are stored, whatever an export calls it; letter case apart. */
export function storedTableName(name: string): string | undefined {
  storedNames ??= new Map([
    ...huntingTables().map((table): [string, string] => [table.name.toLowerCase(), table.stored]),
    ...Object.entries(formerTables).map(([former, stored]): [string, string] => [former.toLowerCase(), stored]),
  ]);
  return storedNames.get(name.toLowerCase());
}

let storedNames: ReadonlyMap<string, string> | undefined;

/** Names under which exports may carry a column of a stored table, in lower case, each with the stored name. */
export function columnNames(table: QueryTable): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const [former, stored] of Object.entries(formerColumns[table.name] ?? {}))
    names.set(former.toLowerCase(), stored);
  for (const column of table.columns) names.set(column.name.toLowerCase(), column.stored);
  return names;
}
