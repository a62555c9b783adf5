// externaldata: the rows are in a table that the host has made for this query, with the columns in the order of the query's.
import type { Rel, Special } from '../../ir.ts';
import { Unsupported } from '../../unsupported.ts';
import { type Block, cellsOf, sourceBlock } from '../block.ts';
import type { Context } from '../context.ts';

export function emitExternalData(special: Extract<Special, { name: 'externaldata' }> & Rel, context: Context): Block {
  // The host makes the table for the engine of its own.
  if (context.dialect !== 'duckdb') throw new Unsupported('externaldata', { start: 0, length: 0 });
  const alias = context.alias();
  const cells = cellsOf(
    alias,
    special.columns.map(({ name }) => name),
  );
  const names = [...cells.values()].map(({ sql }) => sql.slice(alias.length + 1));
  return sourceBlock(`${special.details.source} as ${alias}(${names.join(', ')})`, cells);
}
