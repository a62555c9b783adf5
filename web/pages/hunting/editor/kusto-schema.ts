// What queries may name, as the language service wants it told.
import type {
  Database,
  EngineSchema,
  Function as KustoFunction,
} from '@kusto/monaco-kusto/release/esm/monaco.contribution';
import type { QuerySchema } from '../api.ts';

const connectionString = 'https://sallyport';

/** Watchlists are a database of their own, so that `union *` and the list of tables do not have them. */
export function kustoSchema({ tables, functions, watchlists }: QuerySchema): EngineSchema {
  const versions = { majorVersion: 1, minorVersion: 0, entityGroups: [] };
  const database: Database = {
    ...versions,
    name: 'hunting',
    tables: tables.map(({ name, columns }) => ({ name, entityType: 'Table', columns })),
    functions: functions.map(({ name, parameters, body }): KustoFunction => {
      return { name, body, inputParameters: inputParameters(parameters) };
    }),
  };
  const lists: Database = {
    ...versions,
    name: 'watchlists',
    tables: watchlists.map(({ alias, columns }) => ({
      name: alias,
      entityType: 'Table',
      columns,
    })),
    functions: [],
  };
  return { clusterType: 'Engine', cluster: { connectionString, databases: [database, lists] }, database };
}

type InputParameter = KustoFunction['inputParameters'][number];

/** `(T:(*), x:string="SHA1")` as parameters. Defaults of declared functions have no commas and no brackets but `null`'s. */
function inputParameters(declared: string): InputParameter[] {
  const inside = declared.trim().replace(/^\(|\)$/g, '');
  return inside
    .split(',')
    .filter((each) => each.trim() !== '')
    .map((each): InputParameter => {
      const [, name = '', type = '', defaultValue] =
        /^\s*(\w+)\s*:\s*(\(\*\)|\w+)\s*(?:=\s*(.+?))?\s*$/.exec(each) ?? [];
      if (type === '(*)') return { name, columns: [] };
      return { name, type, cslType: type, ...(defaultValue === undefined ? {} : { cslDefaultValue: defaultValue }) };
    });
}
