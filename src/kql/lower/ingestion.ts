// ingestion_time(): when a row was stored. It is kept beside the columns of a stored table and goes along with its rows
// as far as they are the table's own rows.
import type { Rel } from '../ir.ts';
import type { Lowering } from './lowering.ts';
import { columnExpr } from './nodes.ts';

/** A name that no query can write. */
export const ingestedColumn = '\0ingested';

const column = { name: ingestedColumn, type: 'datetime' } as const;

/** The operator over an input that has the time as well; undefined where the rows of the input are no stored ones. */
export function withIngestionTime(rel: Rel, input: Rel, lowering: Lowering): Rel | undefined {
  const provided = providing(input, lowering);
  return provided && replaced(rel, input, provided);
}

function providing(rel: Rel, lowering: Lowering): Rel | undefined {
  if (rel.columns.some(({ name }) => name === ingestedColumn)) return rel;
  const columns = [...rel.columns, column];
  if (rel.op === 'table') {
    const table = lowering.catalogue.tables.find(({ name }) => name === rel.table);
    return table?.ingestedColumn === undefined ? undefined : { ...rel, ingested: ingestedColumn, columns };
  }
  // A name of `let` stands for the same rows wherever it is used.
  if (rel.op === 'shared' && !rel.mustOnce) return providing(rel.input, lowering);
  if (rel.op !== 'filter' && rel.op !== 'sort' && rel.op !== 'take' && rel.op !== 'project') return undefined;
  const input = providing(rel.input, lowering);
  if (!input) return undefined;
  if (rel.op !== 'project') return { ...rel, input, columns };
  return { ...rel, input, outputs: [...rel.outputs, { name: ingestedColumn, expr: columnExpr(column) }], columns };
}

/** An operator is lowered to at most a few nodes over its input. */
function replaced(rel: Rel, from: Rel, to: Rel): Rel | undefined {
  if (rel === from) return to;
  if (!('input' in rel) || rel.op === 'shared') return undefined;
  const input = replaced(rel.input, from, to);
  return input && { ...rel, input };
}
