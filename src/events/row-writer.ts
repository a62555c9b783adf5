// Rows of wide tables on their way into the engine. A record names the few columns that it has: those are written, and
// what it does not name is empty text or nothing without being touched. A row's key is made of its values (row-keys.ts),
// whatever order they came in, so that a record that comes twice is stored once.
import type { EventTable } from './catalogue.ts';
import type { ColumnType } from './dialect.ts';
import { chunkRows, type PackedRows } from './packing.ts';
import { RowIndex } from './row-index.ts';
import { addToKey, beginKey, endKey } from './row-keys.ts';
import { copyText, endWord, type TextPile } from './text-pile.ts';
import {
  addressedBytesLeast,
  type PackedColumn,
  writeFixed,
  writeFour,
  writeLongBytes,
  writeShortBytes,
  writeShortText,
  writeText,
} from './vectors.ts';
import { giveBack, takeChunk, type WideChunk } from './wide-chunks.ts';

/** Most batches of most tables are small: the first chunk takes no more than its share of them. */
const firstChunkRows = 256;

const realValue = new Float64Array(1);
const realWords = new Uint32Array(realValue.buffer);

/** How a column's values are taken into the key: texts apart, the number of words of the others. */
const [textKind, flagKind] = [0, -1];
const wordsOf: Readonly<Partial<Record<ColumnType, number>>> = { integer: 1, time: 2, long: 2, real: 2, uuid: 4 };

/** Writes rows of one table, value by value; columns are named by their index in the table. */
export class RowWriter {
  readonly #table: EventTable;
  readonly #keyColumn: number;
  /** The columns that the key is made of. */
  readonly #valued: Int32Array;
  readonly #kinds: Int8Array;
  /** The texts of the row under way. */
  readonly #texts: (string | undefined)[];
  /** Those that lie in `sourceBytes`: where from, and where to (0: there is none). */
  readonly #begins: Int32Array;
  readonly #ends: Int32Array;
  /** Room for all texts of the row under way. */
  #textBytesMax = 0;
  /** What the key of the row under way is made of, besides long texts. */
  #keyed: Uint32Array<ArrayBuffer>;
  #chunks: WideChunk[] = [];
  #chunk: WideChunk;
  #rowCount = 0;
  readonly #index: RowIndex;
  readonly #key = beginKey();
  readonly #keyWords = new Uint32Array(this.#key.buffer);

  constructor(table: EventTable) {
    const { columns } = table;
    this.#table = table;
    this.#keyColumn = columns.findIndex((column) => column.isKey);
    this.#valued = Int32Array.from(columns.flatMap((column, index) => (column.isKey || column.isApart ? [] : [index])));
    this.#kinds = Int8Array.from(columns, ({ type }) => (type === 'flag' ? flagKind : (wordsOf[type] ?? textKind)));
    this.#texts = columns.map(() => undefined);
    this.#begins = new Int32Array(columns.length);
    this.#ends = new Int32Array(columns.length);
    this.#keyed = new Uint32Array(columns.length * 5);
    this.#index = new RowIndex((position) => this.#keyAt(position));
    this.#chunk = this.#nextChunk(firstChunkRows);
  }

  /** Rows that were kept since the last time. */
  get rowCount(): number {
    return this.#rowCount;
  }

  setText(column: number, value: string): void {
    this.#texts[column] = value;
    this.#ends[column] = 0;
    this.#textBytesMax += value.length * 3;
  }

  /** A text that lies in `sourceBytes`, in UTF-8; they must stay as they are until the row is kept or dropped. Not an empty one. */
  setTextBytes(column: number, begin: number, end: number): void {
    this.#begins[column] = begin;
    this.#ends[column] = end;
    this.#texts[column] = undefined;
    this.#textBytesMax += end - begin;
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
    const { pile, rowCount } = chunk;
    pile.reserve(this.#textBytesMax + 8, chunk.columns, rowCount);
    this.#textBytesMax = 0;
    // The key takes the texts word by word.
    const start = (pile.used + 3) & ~3;
    const keyedCount = this.#writeRow(chunk, start);
    const key = this.#keyOf(pile, start, keyedCount);
    if (!this.#index.add(key, (this.#chunks.length - 1) * chunkRows + rowCount)) {
      pile.used = start;
      this.dropRow();
      return false;
    }
    writeFour(this.#valid(this.#keyColumn).words, rowCount * 4, key);
    chunk.rowCount++;
    this.#rowCount++;
    if (chunk.rowCount === chunk.rowsMax) this.#chunk = this.#nextChunk(chunkRows);
    return true;
  }

  /** Forgets the row under way. */
  dropRow(): void {
    const row = this.#chunk.rowCount;
    this.#textBytesMax = 0;
    this.#ends.fill(0);
    for (const [index, column] of this.#chunk.columns.entries()) {
      this.#texts[index] = undefined;
      if (this.#kinds[index] === textKind) column.words.fill(0, row * 4, row * 4 + 4);
      if (column.type === 'string') continue;
      const byte = row >> 3;
      column.validity[byte] = (column.validity[byte] ?? 0) & ~(1 << (row & 7));
    }
  }

  /**
   * Writes the texts of the row under way, the longer ones into the pile from `start` on, and gathers what the key is made
   * of besides those: of each column that has a value its index and the value. Returns how many words that takes.
   */
  #writeRow({ columns, pile, rowCount }: WideChunk, start: number): number {
    const [valued, kinds, keyed] = [this.#valued, this.#kinds, this.#keyed];
    let count = 0;
    pile.used = start;
    for (let at = 0; at < valued.length; at++) {
      const index = valued[at] ?? 0;
      const column = columns[index];
      if (column === undefined) continue;
      const kind = kinds[index] ?? textKind;
      const { words } = column;
      if (kind === textKind) {
        if (!this.#writeText(column, index, pile, rowCount)) continue;
        const first = rowCount * 4;
        const length = words[first] ?? 0;
        if (length === 0) continue;
        keyed[count++] = index;
        keyed[count++] = length;
        if (length > 12) continue;
        keyed[count++] = words[first + 1] ?? 0;
        keyed[count++] = words[first + 2] ?? 0;
        keyed[count++] = words[first + 3] ?? 0;
      } else if (((column.validity[rowCount >> 3] ?? 0) >> (rowCount & 7)) & 1) {
        keyed[count++] = index;
        if (kind === flagKind) keyed[count++] = column.bytes[rowCount] ?? 0;
        for (let word = 0; word < kind; word++) keyed[count++] = words[rowCount * kind + word] ?? 0;
      }
    }
    endWord(pile);
    return count;
  }

  /** False when the column has none. */
  #writeText(column: PackedColumn, index: number, pile: TextPile, row: number): boolean {
    const end = this.#ends[index] ?? 0;
    const from = pile.used;
    if (end > 0) {
      const begin = this.#begins[index] ?? 0;
      this.#ends[index] = 0;
      if (column.type !== 'string') this.#valid(index);
      if (writeShortBytes(column, row, begin, end - begin)) return true;
      copyText(begin, end, pile);
      if (end - begin >= addressedBytesLeast) {
        writeLongBytes(column, row, begin, end - begin, from);
        return true;
      }
    } else {
      const text = this.#texts[index];
      if (text === undefined) return false;
      this.#texts[index] = undefined;
      if (column.type !== 'string') this.#valid(index);
      if (writeShortText(column, row, text)) return true;
      pile.used += pile.bytes.write(text, from);
    }
    writeText(column, row, pile.bytes, from, pile.used - from);
    return true;
  }

  #keyOf(pile: TextPile, start: number, keyedCount: number): Uint32Array {
    const state = this.#key;
    state[0] = 0;
    state[1] = 0;
    state[2] = 0;
    state[3] = 0;
    addToKey(state, this.#keyed, 0, keyedCount);
    const end = (pile.used + 3) >> 2;
    addToKey(state, pile.words, start >> 2, end);
    endKey(state, keyedCount + end - (start >> 2));
    return this.#keyWords;
  }

  /** Positions are the number of the chunk times {@link chunkRows}, and the row in it. */
  #keyAt(position: number): { readonly words: Uint32Array; readonly at: number } {
    const column = this.#chunks[Math.floor(position / chunkRows)]?.columns[this.#keyColumn];
    if (!column) throw new RangeError(`${this.#table.name} has no row ${position} under way.`);
    return { words: column.words, at: (position % chunkRows) * 4 };
  }

  #nextChunk(rowsMax: number): WideChunk {
    const chunk = takeChunk(this.#table, rowsMax);
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
    this.#index.clear();
    this.#chunk = this.#nextChunk(firstChunkRows);
    return rows;
  }
}
