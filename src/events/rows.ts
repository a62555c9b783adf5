// Rows on their way into the engine. Handing a value over costs more than anything that the engine then does with it,
// so the short texts of a row travel as one, together with its other values, into a staging table, and the engine
// takes them apart while this process prepares the next batch.
import { type DuckDBConnection, DuckDBDataChunk, type DuckDBType, VARCHAR } from '@duckdb/node-api';
import type { EventColumn, EventTable } from './catalogue.ts';
import { asEngineValue, boundType, boundValue, type CellValue, engineType } from './cells.ts';
import { partsOfText } from './dialect.ts';
import { name, type Sql, sql } from './sql.ts';

/** How a row of the program gives the table's columns. */
export type Cells<Table extends EventTable, Row> = {
  readonly [Name in Table['columns'][number]['name']]: (row: Row) => CellValue;
};

/** Rows ready to be inserted, once: the store takes their memory back. */
export interface PackedRows {
  readonly table: EventTable;
  readonly rowCount: number;
  readonly chunks: readonly DuckDBDataChunk[];
}

/** The engine takes so many rows at once. */
const chunkRows = 2048;

// U+001E, the record separator of ASCII, stands between the short texts of a row.
const separator = '\u001e';

/** Short texts travel together; the key of the table must be compared, and long texts are not worth taking apart. */
function isShortText(column: EventColumn): boolean {
  return (column.type === 'text' || column.type === 'set') && !column.isKey;
}

function stagedColumns(table: EventTable): readonly EventColumn[] {
  return table.columns.filter((column) => !isShortText(column));
}

/** Packs the rows. Empty text and null are the same: nothing. */
export function packRows<Table extends EventTable, Row>(
  table: Table,
  cells: Cells<Table, Row>,
  rows: readonly Row[],
): PackedRows {
  const cellOf = (column: EventColumn) => cells[column.name as keyof typeof cells]; // Its columns are the keys of `cells`.
  const shortTexts = table.columns.filter(isShortText).map(cellOf);
  const staged = stagedColumns(table);
  const types = [VARCHAR, ...staged.map((column) => engineType(column.type))];
  const chunks: DuckDBDataChunk[] = [];
  for (let start = 0; start < rows.length; start += chunkRows) {
    const slice = rows.slice(start, start + chunkRows);
    const chunk = takeChunk(table, types);
    chunk.rowCount = slice.length;
    chunk.setColumnValues(
      0,
      slice.map((row) => shortTexts.map((cell) => withoutSeparator(cell(row))).join(separator)),
    );
    staged.forEach((column, index) => {
      const cell = cellOf(column);
      chunk.setColumnValues(
        index + 1,
        slice.map((row) => asEngineValue(column.type, cell(row))),
      );
    });
    chunks.push(chunk);
  }
  return { table, rowCount: rows.length, chunks };
}

// The engine's memory of a chunk is freed only when its JavaScript half is collected, which may be long after; so chunks
// are emptied and used again.
const spareChunks = new WeakMap<EventTable, DuckDBDataChunk[]>();
const spareChunksMax = 16;

function takeChunk(table: EventTable, types: readonly DuckDBType[]): DuckDBDataChunk {
  return spareChunks.get(table)?.pop() ?? DuckDBDataChunk.create(types);
}

/** Gives back the memory of rows that are not needed any more. */
export function releaseRows({ table, chunks }: PackedRows): void {
  const spare = spareChunks.get(table) ?? [];
  spareChunks.set(table, spare);
  for (const chunk of chunks) {
    chunk.reset();
    // A new JavaScript half, since the old one remembers the values that were in it.
    if (spare.length < spareChunksMax) spare.push(new DuckDBDataChunk(chunk.chunk));
  }
}

function withoutSeparator(text: CellValue): CellValue {
  return typeof text === 'string' && text.includes(separator) ? text.replaceAll(separator, ' ') : text;
}

const stagingName = 'staging';

/**
 * Adds the rows within the connection's transaction, except those whose key is found among the stored rows that `among`
 * describes. Returns how many were added.
 */
export async function insertRows(connection: DuckDBConnection, packed: PackedRows, among: Sql): Promise<number> {
  const { table, chunks } = packed;
  const staged = stagedColumns(table);
  const definitions = staged.map((column) => `"${column.name}" ${engineType(column.type)}`);
  await connection.run(`create or replace temp table ${stagingName} ("texts" VARCHAR, ${definitions.join(', ')})`);
  const appender = await connection.createAppender(stagingName, 'main', 'temp');
  try {
    for (const chunk of chunks) appender.appendDataChunk(chunk);
    appender.flushSync();
  } finally {
    appender.closeSync();
  }
  const { text, values } = insertionOf(table, among);
  const result = await connection.run(text, values.map(boundValue), values.map(boundType));
  await connection.run(`drop table temp.${stagingName}`);
  return result.rowsChanged;
}

function insertionOf(table: EventTable, among: Sql): Sql {
  let position = 0;
  const columns = table.columns.map((column) =>
    isShortText(column) ? `nullif("parts"[${++position}], '')` : `"${column.name}"`,
  );
  const key = table.columns.find((column) => column.isKey);
  if (!key) throw new Error(`${table.name} has no key.`);
  const list: Sql = { text: columns.join(', '), values: [] };
  return sql`insert into ${name(table.name)} select ${list} from (select *, ${partsOfText(name('texts'), separator)} as parts from temp.${name(stagingName)})
    where ${name(key.name)} not in (select ${name(key.name)} from ${name(table.name)} where ${among})`;
}
