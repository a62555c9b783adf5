// Hunting data: the published tables of advanced hunting, filled from exports and events of a tenant's own. The schema is
// data (schema/), records are read and mapped by ingest/, and queries see the tables through `huntingCatalogue`.
import type { Catalogue, Column, TableDescription } from '../kql/ir.ts';
import { huntingFunctions } from './functions.ts';
import { hostedTables } from './hosted.ts';
import { sourceOf, storedColumns } from './schema/stored.ts';
import { huntingTables, type QueryTable } from './schema/tables.ts';

let catalogue: Catalogue | undefined;

/** The tables that every hunting query may name, with their columns; made when it is asked for first. */
export function huntingCatalogue(): Catalogue {
  catalogue ??= { tables: huntingTables().map(describe), functions: huntingFunctions, hosted: hostedTables };
  return catalogue;
}

function describe(table: QueryTable): TableDescription {
  return {
    name: table.name,
    columns: table.columns.map(({ name, type }): Column => ({ name, type })),
    source: sourceOf(table),
    timeColumn: table.timeColumn,
    tenantColumn: storedColumns.tenant,
    ingestedColumn: storedColumns.ingested,
  };
}
