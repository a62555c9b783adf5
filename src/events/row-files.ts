// Rows on their way from a thread to the event store through a file: pieces laid out in columns as the engine keeps them
// (vectors.ts), so that whoever stores them copies memory and makes no value. Loads nothing of the engine, which threads
// that only write need not have.
import { closeSync, openSync, writevSync } from 'node:fs';
import type { EventColumn } from './catalogue.ts';
import type { ColumnType } from './dialect.ts';

/** The engine takes so many rows at once. */
export const pieceRows = 2048;

const inlineBytesMax = 12;
/** Columns of other types are not written to files. */
const bytesPerValue: Readonly<Partial<Record<ColumnType, number>>> = { string: 16, long: 8, time: 8, flag: 1 };

export function valueBytes({ name, type }: EventColumn): number {
  const bytes = bytesPerValue[type];
  if (bytes === undefined) throw new TypeError(`A file of rows cannot hold ${name}, which is of type ${type}.`);
  return bytes;
}

/** Where each column of a piece begins, and behind the last one where the texts begin. */
export function columnOffsets(columns: readonly EventColumn[], rowCount: number): number[] {
  const rows = (rowCount + 7) & ~7;
  const offsets = [0];
  for (const column of columns) offsets.push((offsets.at(-1) ?? 0) + rows * valueBytes(column));
  return offsets;
}

export interface RowPiece {
  /** Where it begins in the file. */
  readonly offset: number;
  readonly rowCount: number;
  /** Bytes of its texts. */
  readonly pileBytes: number;
}

/** A file of rows, by name; as it goes from thread to thread. */
export interface RowFile {
  readonly path: string;
  readonly pieces: readonly RowPiece[];
}

/** Texts by number, each as the 16 bytes that a vector has of it. */
export class TextWords {
  readonly #words: Uint32Array;
  readonly #bytes: Buffer;
  readonly #starts: Uint32Array;
  /** Where the text lies in the pile of the piece under way, and which piece that was. */
  readonly #placed: Int32Array;
  readonly #pieces: Int32Array;

  constructor(texts: readonly string[]) {
    this.#words = new Uint32Array(texts.length * 4);
    this.#starts = new Uint32Array(texts.length + 1);
    this.#placed = new Int32Array(texts.length);
    this.#pieces = new Int32Array(texts.length).fill(-1);
    this.#bytes = Buffer.from(texts.join(''));
    const view = Buffer.from(this.#words.buffer);
    let start = 0;
    for (const [number, text] of texts.entries()) {
      const length = Buffer.byteLength(text);
      this.#words[number * 4] = length;
      const kept = length <= inlineBytesMax ? length : 4;
      this.#bytes.copy(view, number * 16 + 4, start, start + kept);
      start += length;
      this.#starts[number + 1] = start;
    }
  }

  /** Writes the text as the value of a row; a longer one is added to the pile of the piece, if it is not there yet. */
  write(number: number, words: Uint32Array, row: number, pile: Pile, piece: number): void {
    const at = row * 4;
    const from = number * 4;
    const length = this.#words[from] ?? 0;
    words[at] = length;
    words[at + 1] = this.#words[from + 1] ?? 0;
    if (length <= inlineBytesMax) {
      words[at + 2] = this.#words[from + 2] ?? 0;
      words[at + 3] = this.#words[from + 3] ?? 0;
      return;
    }
    if (this.#pieces[number] !== piece) {
      this.#pieces[number] = piece;
      this.#placed[number] = pile.add(this.#bytes, this.#starts[number] ?? 0, this.#starts[number + 1] ?? 0);
    }
    words[at + 2] = this.#placed[number] ?? 0;
    words[at + 3] = 0;
  }
}

/** The longer texts of a piece, one after the other. */
export class Pile {
  bytes = Buffer.allocUnsafeSlow(1 << 16);
  used = 0;

  add(from: Buffer, start: number, end: number): number {
    const at = this.used;
    if (at + end - start > this.bytes.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(this.bytes.length * 2, at + end - start));
      this.bytes.copy(larger, 0, 0, at);
      this.bytes = larger;
    }
    from.copy(this.bytes, at, start, end);
    this.used += end - start;
    return at;
  }
}

/** Writes a file of rows, piece by piece. Errors of the disk come as Node gives them. */
export class RowFileWriter {
  readonly #columns: readonly EventColumn[];
  readonly #path: string;
  readonly #file: number;
  readonly #pieces: RowPiece[] = [];
  readonly #memory: Buffer;
  readonly #places: readonly number[];
  readonly #pile = new Pile();
  #offset = 0;
  #rowCount = 0;
  /** Of the piece under way, by the order of the columns: 32-bit words, four for a text and two for a number. */
  readonly words: readonly Uint32Array[];
  /** The same as bytes, one for a flag. */
  readonly bytes: readonly Uint8Array[];

  constructor(path: string, columns: readonly EventColumn[]) {
    this.#columns = columns;
    this.#path = path;
    this.#places = columnOffsets(columns, pieceRows);
    const memory = new ArrayBuffer(this.#places.at(-1) ?? 0);
    this.#memory = Buffer.from(memory);
    const lengths = columns.map((column) => pieceRows * valueBytes(column));
    this.words = lengths.map((length, index) => new Uint32Array(memory, this.#places[index], length >> 2));
    this.bytes = lengths.map((length, index) => new Uint8Array(memory, this.#places[index], length));
    this.#file = openSync(path, 'w', 0o600);
  }

  /** Where the row under way stands in the columns. */
  get row(): number {
    return this.#rowCount;
  }

  writeText(column: number, texts: TextWords, number: number): void {
    const words = this.words[column];
    if (words) texts.write(number, words, this.#rowCount, this.#pile, this.#pieces.length);
  }

  /** A whole number that a double holds exactly. */
  writeLong(column: number, value: number): void {
    const words = this.words[column];
    const at = this.#rowCount * 2;
    if (!words) return;
    words[at] = value;
    words[at + 1] = Math.floor(value / 2 ** 32);
  }

  writeFlag(column: number, value: boolean): void {
    const bytes = this.bytes[column];
    if (bytes) bytes[this.#rowCount] = value ? 1 : 0;
  }

  endRow(): void {
    if (++this.#rowCount === pieceRows) this.#endPiece();
  }

  #endPiece(): void {
    const rowCount = this.#rowCount;
    if (rowCount === 0) return;
    const narrow = columnOffsets(this.#columns, rowCount);
    const parts = this.#columns.map((_, index) => {
      const start = this.#places[index] ?? 0;
      return this.#memory.subarray(start, start + (narrow[index + 1] ?? 0) - (narrow[index] ?? 0));
    });
    parts.push(this.#pile.bytes.subarray(0, this.#pile.used));
    const length = parts.reduce((sum, part) => sum + part.length, 0);
    const written = writevSync(this.#file, parts, this.#offset);
    if (written !== length) throw Object.assign(new Error('A file of rows was not written whole.'), { code: 'ENOSPC' });
    this.#pieces.push({ offset: this.#offset, rowCount, pileBytes: this.#pile.used });
    this.#offset += length;
    this.#pile.used = 0;
    this.#rowCount = 0;
  }

  /** The file is there when this returns; nobody promises that it survives a power cut. */
  close(): RowFile {
    try {
      this.#endPiece();
    } finally {
      closeSync(this.#file);
    }
    return { path: this.#path, pieces: this.#pieces };
  }
}
