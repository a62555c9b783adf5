// Rows on their way into the engine, as the engine itself keeps them (vectors.ts). Handing values over one by one costs more than
// everything that the engine then does with them, so a row is written into the columns of a chunk when it comes, and a
// whole column changes hands at once. Nothing of a row is kept as an object: thousands of them would be copied about by
// the garbage collector.
import type { DuckDBDataChunk } from '@duckdb/node-api';
import duckdb from '@duckdb/node-bindings';
import type { EventTable } from './catalogue.ts';
import type { CellValue } from './cells.ts';
import { TextPile } from './text-pile.ts';
import { clearColumn, emptyColumn, handOver, type PackedColumn, writeFixed, writeNull, writeText } from './vectors.ts';

/** How a row of the program gives the table's columns. */
export type Cells<Table extends EventTable, Row> = {
  readonly [Name in Table['columns'][number]['name']]: (row: Row) => CellValue;
};

/** Up to 2048 rows, in columns. */
export interface RowChunk {
  /** Fills a chunk of the engine. This one must live, and not be cleared, until the engine took the rows over. */
  fill(rows: DuckDBDataChunk): void;
}

/** Rows ready to be inserted, once: the store takes their memory back. */
export interface PackedRows {
  readonly table: EventTable;
  readonly rowCount: number;
  readonly chunks: readonly RowChunk[];
  /** Gives the memory back; they cannot be inserted any more. */
  release(): void;
  /** Told, in the order of the batches, which one they were stored with and how many of them were. */
  stored?(batch: number, rows: number): void;
}

/** The engine takes so many rows at once. */
export const chunkRows = 2048;

export class PackedChunk implements RowChunk {
  readonly #columns: readonly PackedColumn[];
  #rowCount = 0;
  readonly #pile = new TextPile();
  /** The texts of the row that is being added; null where the column is nothing or no text. */
  readonly #row: (string | null)[];

  constructor(table: EventTable) {
    this.#row = table.columns.map(() => null);
    this.#columns = table.columns.map(({ type }) => emptyColumn(type, chunkRows));
  }

  get isFull(): boolean {
    return this.#rowCount === chunkRows;
  }

  /** Makes it empty; the engine must have taken over what it was filled with. */
  clear(): void {
    this.#pile.clear();
    this.#rowCount = 0;
    this.#columns.forEach(clearColumn);
  }

  /** Adds the row that has these cells. Empty text and null are the same: nothing. */
  add<Row>(row: Row, cells: readonly ((row: Row) => CellValue)[]): void {
    const columns = this.#columns;
    const at = this.#rowCount;
    let all = '';
    for (let index = 0; index < columns.length; index++) {
      const column = columns[index];
      const value = cells[index]?.(row) ?? null;
      if (column === undefined) continue;
      let text: string | null = null;
      if (value === null || value === '') writeNull(column, at);
      else if (typeof value === 'string' && column.type !== 'uuid') {
        text = value;
        all += value;
      } else writeFixed(column, at, value);
      this.#row[index] = text;
    }
    this.#writeTexts(all);
    this.#rowCount++;
  }

  #writeTexts(all: string): void {
    this.#pile.reserve(all.length * 3, this.#columns, this.#rowCount);
    const texts = this.#pile.bytes;
    const start = this.#pile.used;
    const written = texts.write(all, start);
    // As many bytes as characters: all of them ASCII, and every text is where it is in `all`.
    const isAscii = written === all.length;
    let from = start;
    for (let index = 0; index < this.#row.length; index++) {
      const text = this.#row[index];
      const column = this.#columns[index];
      if (typeof text !== 'string' || column === undefined) continue;
      // One by one, so that half a surrogate pair at the end of a text does not find the other half in the next.
      const bytes = isAscii ? text.length : texts.write(text, from);
      writeText(column, this.#rowCount, texts, from, bytes);
      from += bytes;
    }
    this.#pile.used = from;
  }

  fill(rows: DuckDBDataChunk): void {
    this.#pile.give(this.#columns, this.#rowCount);
    rows.rowCount = this.#rowCount;
    this.#columns.forEach((column, index) => {
      handOver(column, this.#rowCount, duckdb.data_chunk_get_vector(rows.chunk, index));
    });
  }
}

/** Packs rows as they come. */
export class RowPacker<Table extends EventTable, Row> {
  readonly #table: Table;
  readonly #cells: readonly ((row: Row) => CellValue)[];
  #chunks: PackedChunk[] = [];
  #rowCount = 0;

  constructor(table: Table, cells: Cells<Table, Row>) {
    this.#table = table;
    this.#cells = table.columns.map((column) => cells[column.name as keyof typeof cells]); // Its columns are the keys.
  }

  add(row: Row): void {
    let chunk = this.#chunks.at(-1);
    if (chunk === undefined || chunk.isFull) {
      chunk = spareChunks.get(this.#table)?.pop() ?? new PackedChunk(this.#table);
      this.#chunks.push(chunk);
    }
    chunk.add(row, this.#cells);
    this.#rowCount++;
  }

  /** The rows that were added since the last time. Who takes them gives them back: see {@link releaseRows}. */
  take(): PackedRows {
    const [table, chunks] = [this.#table, this.#chunks];
    const rows = { table, rowCount: this.#rowCount, chunks, release: () => giveBack(table, chunks) };
    this.#chunks = [];
    this.#rowCount = 0;
    return rows;
  }
}

const spareChunks = new WeakMap<EventTable, PackedChunk[]>();
const spareChunksMax = 12;

/** Gives back the memory of rows that are not needed any more. */
export function releaseRows(rows: PackedRows): void {
  rows.release();
}

function giveBack(table: EventTable, chunks: readonly PackedChunk[]): void {
  const spare = spareChunks.get(table) ?? [];
  spareChunks.set(table, spare);
  for (const chunk of chunks) {
    chunk.clear();
    if (spare.length < spareChunksMax) spare.push(chunk);
  }
}
