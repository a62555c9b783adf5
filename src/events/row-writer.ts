// Rows of wide tables on their way into the engine. A record names the few columns that it has: those are written, and
// what it does not name is empty text or nothing without being touched. A row's key is made of its values (row-keys.ts),
// whatever order they came in, so that a record that comes twice is stored once.
import type { DuckDBDataChunk } from '@duckdb/node-api';
import duckdb from '@duckdb/node-bindings';
import type { EventTable } from './catalogue.ts';
import { chunkRows, type PackedRows, type RowChunk } from './packing.ts';
import { addToKey, beginKey, endKey } from './row-keys.ts';
import { TextPile } from './text-pile.ts';
import { emptyColumn, handOver, isText, type PackedColumn, writeFixed, writeShortText, writeText } from './vectors.ts';

/** Most batches of most tables are small: the first chunk takes no more than its share of them. */
const firstChunkRows = 256;

const realValue = new Float64Array(1);
const realWords = new Uint32Array(realValue.buffer);

/** Up to 2048 rows, the last of them under way. */
class WideChunk implements RowChunk {
  readonly columns: readonly PackedColumn[];
  readonly rowsMax: number;
  readonly pile = new TextPile();
  rowCount = 0;

  constructor(table: EventTable, rowsMax: number) {
    this.rowsMax = rowsMax;
    this.columns = table.columns.map(({ type }) => emptyColumn(type, rowsMax));
    this.clear();
  }

  clear(): void {
    this.rowCount = 0;
    this.pile.clear();
    for (const column of this.columns) {
      // Addresses are looked for in every row, and zeros are the empty text.
      if (isText(column.type)) column.words.fill(0);
      column.hasNulls = column.type !== 'string';
      column.validity.fill(column.hasNulls ? 0 : 0xff);
    }
  }

  fill(rows: DuckDBDataChunk): void {
    this.pile.give(this.columns, this.rowCount);
    rows.rowCount = this.rowCount;
    this.columns.forEach((column, index) => {
      handOver(column, this.rowCount, duckdb.data_chunk_get_vector(rows.chunk, index));
    });
  }
}

/** Writes rows of one table, value by value; columns are named by their index in the table. */
export class RowWriter {
  readonly #table: EventTable;
  readonly #keyColumn: number;
  /** The columns that the key is made of. */
  readonly #valued: readonly number[];
  /** The texts of the row under way. */
  readonly #texts: (string | undefined)[];
  readonly #longTexts: number[] = [];
  /** What the key of the row under way is made of, besides long texts. */
  #keyed: Uint32Array<ArrayBuffer>;
  #chunks: WideChunk[] = [];
  #chunk: WideChunk;
  #rowCount = 0;
  /** Where the rows are, by most of their keys: chunk times {@link chunkRows} and row. */
  readonly #rowsByKey = new Map<number, number>();
  readonly #key = beginKey();
  readonly #keyWords = new Uint32Array(this.#key.buffer);

  constructor(table: EventTable) {
    this.#table = table;
    this.#keyColumn = table.columns.findIndex((column) => column.isKey);
    this.#valued = table.columns.flatMap((column, index) => (column.isKey || column.isApart ? [] : [index]));
    this.#texts = table.columns.map(() => undefined);
    this.#keyed = new Uint32Array(table.columns.length * 5);
    this.#chunk = this.#nextChunk(firstChunkRows);
  }

  /** Rows that were kept since the last time. */
  get rowCount(): number {
    return this.#rowCount;
  }

  setText(column: number, value: string): void {
    this.#texts[column] = value;
  }

  /** 64 bits, in two words. */
  setLong(column: number, low: number, high: number): void {
    const { words } = this.#valid(column);
    const at = this.#chunk.rowCount * 2;
    words[at] = low;
    words[at + 1] = high;
  }

  setReal(column: number, value: number): void {
    // Zero has two forms, which are equal.
    realValue[0] = value === 0 ? 0 : value;
    this.setLong(column, realWords[0] ?? 0, realWords[1] ?? 0);
  }

  /** A whole number of 32 bits, a flag or a UUID. Throws TypeError when the column cannot hold it. */
  set(column: number, value: number | boolean | string): void {
    writeFixed(this.#valid(column), this.#chunk.rowCount, value);
  }

  #valid(index: number): PackedColumn {
    const column = this.#chunk.columns[index];
    if (!column) throw new RangeError(`${this.#table.name} has no column ${index}.`);
    const row = this.#chunk.rowCount;
    const byte = row >> 3;
    column.validity[byte] = (column.validity[byte] ?? 0) | (1 << (row & 7));
    return column;
  }

  /** Keeps the row, unless the same values came before since the last {@link take}: then it is false. */
  endRow(): boolean {
    const chunk = this.#chunk;
    const start = this.#writeTexts(chunk);
    const key = this.#keyOf(chunk, start);
    // Most of the key is enough to find the row that may be the same; then all of it is compared.
    const most = (key[0] ?? 0) * 2_097_152 + ((key[1] ?? 0) >>> 11);
    const other = this.#rowsByKey.get(most);
    if (other !== undefined && this.#hasKey(other, key)) {
      chunk.pile.used = start;
      this.dropRow();
      return false;
    }
    this.#rowsByKey.set(most, (this.#chunks.length - 1) * chunkRows + chunk.rowCount);
    this.#valid(this.#keyColumn).words.set(key, chunk.rowCount * 4);
    chunk.rowCount++;
    this.#rowCount++;
    if (chunk.rowCount === chunk.rowsMax) this.#chunk = this.#nextChunk(chunkRows);
    return true;
  }

  /** Forgets the row under way. */
  dropRow(): void {
    const row = this.#chunk.rowCount;
    for (const [index, column] of this.#chunk.columns.entries()) {
      this.#texts[index] = undefined;
      if (isText(column.type)) column.words.fill(0, row * 4, row * 4 + 4);
      if (column.type === 'string') continue;
      const byte = row >> 3;
      column.validity[byte] = (column.validity[byte] ?? 0) & ~(1 << (row & 7));
    }
  }

  /** Writes the texts of the row under way and returns where those begin that are in the pile. */
  #writeTexts(chunk: WideChunk): number {
    const { columns, pile, rowCount } = chunk;
    const texts = this.#texts;
    const long = this.#longTexts;
    long.length = 0;
    let all = '';
    for (const index of this.#valued) {
      const text = texts[index];
      const column = columns[index];
      if (text === undefined || column === undefined) continue;
      if (column.type !== 'string') this.#valid(index);
      if (writeShortText(column, rowCount, text)) {
        texts[index] = undefined;
        continue;
      }
      long.push(index);
      all += text;
    }
    pile.reserve(all.length * 3 + 8, columns, rowCount);
    // The key takes the texts word by word.
    const start = (pile.used + 3) & ~3;
    const bytes = pile.bytes;
    const isAscii = bytes.write(all, start) === all.length;
    let from = start;
    for (const index of long) {
      const text = texts[index] ?? '';
      texts[index] = undefined;
      const length = isAscii ? text.length : bytes.write(text, from);
      const column = columns[index];
      if (column) writeText(column, rowCount, bytes, from, length);
      from += length;
    }
    bytes.fill(0, from, (from + 3) & ~3);
    pile.used = from;
    return start;
  }

  #keyOf(chunk: WideChunk, start: number): Uint32Array {
    const { columns, pile, rowCount } = chunk;
    const keyed = this.#keyed;
    let count = 0;
    for (const index of this.#valued) {
      const column = columns[index];
      if (column === undefined) continue;
      const { words, type } = column;
      if (isText(type)) {
        const at = rowCount * 4;
        const length = words[at] ?? 0;
        if (length === 0) continue;
        keyed[count++] = index;
        keyed[count++] = length;
        if (length > 12) continue;
        keyed[count++] = words[at + 1] ?? 0;
        keyed[count++] = words[at + 2] ?? 0;
        keyed[count++] = words[at + 3] ?? 0;
      } else if (((column.validity[rowCount >> 3] ?? 0) >> (rowCount & 7)) & 1) {
        keyed[count++] = index;
        count = addFixed(column, rowCount, keyed, count);
      }
    }
    const state = this.#key.fill(0);
    addToKey(state, keyed, 0, count);
    const end = (pile.used + 3) >> 2;
    addToKey(state, pile.words, start >> 2, end);
    endKey(state, count + end - (start >> 2));
    return this.#keyWords;
  }

  #hasKey(position: number, key: Uint32Array): boolean {
    const column = this.#chunks[Math.floor(position / chunkRows)]?.columns[this.#keyColumn];
    const at = (position % chunkRows) * 4;
    return column?.words.subarray(at, at + 4).every((word, index) => word === key[index]) ?? false;
  }

  #nextChunk(rowsMax: number): WideChunk {
    const chunk = takeSpare(this.#table, rowsMax) ?? new WideChunk(this.#table, rowsMax);
    this.#chunks.push(chunk);
    return chunk;
  }

  /** The rows that were kept since the last time. Who takes them gives them back: see `releaseRows`. */
  take(): PackedRows {
    const [table, chunks] = [this.#table, this.#chunks];
    const rows: PackedRows = {
      table,
      rowCount: this.#rowCount,
      chunks: chunks.filter((chunk) => chunk.rowCount > 0),
      release: () => giveBack(table, chunks),
    };
    this.#chunks = [];
    this.#rowCount = 0;
    this.#rowsByKey.clear();
    this.#chunk = this.#nextChunk(firstChunkRows);
    return rows;
  }
}

function addFixed(column: PackedColumn, row: number, keyed: Uint32Array, from: number): number {
  const { type, words, bytes } = column;
  let count = from;
  if (type === 'flag') keyed[count++] = bytes[row] ?? 0;
  else if (type === 'integer') keyed[count++] = words[row] ?? 0;
  else {
    const wide = type === 'uuid' ? 4 : 2;
    for (let word = 0; word < wide; word++) keyed[count++] = words[row * wide + word] ?? 0;
  }
  return count;
}

/** Chunks that wait to be used again, oldest first. */
const spare: { readonly table: EventTable; readonly chunk: WideChunk }[] = [];
const spareMax = 24;

function takeSpare(table: EventTable, rowsMax: number): WideChunk | undefined {
  const at = spare.findIndex((each) => each.table === table && each.chunk.rowsMax === rowsMax);
  return at < 0 ? undefined : spare.splice(at, 1)[0]?.chunk;
}

function giveBack(table: EventTable, chunks: readonly WideChunk[]): void {
  for (const chunk of chunks) {
    chunk.clear();
    spare.push({ table, chunk });
  }
  if (spare.length > spareMax) spare.splice(0, spare.length - spareMax);
}
