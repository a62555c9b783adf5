// Files of rows (row-files.ts) on their way into the engine: one piece at a time is read, given the columns that are the same
// in every row, and handed over.
import { closeSync, openSync, readSync } from 'node:fs';
import { BLOB, DuckDBDataChunk } from '@duckdb/node-api';
import duckdb from '@duckdb/node-bindings';
import type { EventTable } from './catalogue.ts';
import type { PackedRows, RowChunk } from './packing.ts';
import { columnOffsets, pieceRows, type RowFile, type RowPiece, valueBytes } from './row-files.ts';
import {
  emptyColumn,
  giveText,
  handOver,
  isText,
  type PackedColumn,
  setAddresses,
  writeFixed,
  writeText,
} from './vectors.ts';

/** The engine has taken the rows of a piece over before it asks for the one that comes so many later. */
const piecesAtOnce = 4;
/** Shorter texts have no address, so that a pile is at least as long. */
const pileBytesLeast = 16;

/**
 * The rows of the files, for one insertion. `same` are the first columns of the table, with the value that they have in every row;
 * the files have the others. Reading errors reject the insertion. Releasing them closes the files and leaves them where they are.
 */
export function filedRows(table: EventTable, files: readonly RowFile[], same: readonly string[]): PackedRows {
  const reader = new PieceReader(table, same);
  const chunks = files.flatMap((file) => file.pieces.map((piece) => reader.chunkOf(file, piece)));
  const rowCount = files.reduce((sum, { pieces }) => sum + pieces.reduce((rows, piece) => rows + piece.rowCount, 0), 0);
  return { table, rowCount, chunks, release: () => reader.close() };
}

class PieceReader {
  readonly #table: EventTable;
  readonly #same: readonly PackedColumn[];
  /** The longer ones of the texts that are the same in every row; they stand behind the texts of a piece. */
  readonly #sameTexts: Buffer;
  readonly #texts: DuckDBDataChunk[] = [];
  readonly #files = new Map<string, number>();
  #memory = Buffer.alloc(0);
  #turn = 0;

  constructor(table: EventTable, same: readonly string[]) {
    this.#table = table;
    this.#sameTexts = Buffer.from(same.join(''));
    let from = 0;
    this.#same = same.map((value, index) => {
      const type = table.columns[index]?.type ?? 'string';
      const column = emptyColumn(type, pieceRows);
      const length = Buffer.byteLength(value);
      for (let row = 0; row < pieceRows; row++) {
        if (isText(type)) writeText(column, row, this.#sameTexts, from, length);
        else writeFixed(column, row, value);
      }
      from += length;
      return column;
    });
  }

  chunkOf(file: RowFile, piece: RowPiece): RowChunk {
    return { fill: (rows) => this.#fill(file, piece, rows) };
  }

  #fill(file: RowFile, piece: RowPiece, rows: DuckDBDataChunk): void {
    const { rowCount, pileBytes } = piece;
    const own = this.#table.columns.slice(this.#same.length);
    const offsets = columnOffsets(own, rowCount);
    const pileAt = offsets.at(-1) ?? 0;
    const end = pileAt + pileBytes;
    this.#read(file.path, piece.offset, end);
    this.#sameTexts.copy(this.#memory, end);
    const pile = this.#memory.subarray(pileAt, end + Math.max(this.#sameTexts.length, pileBytesLeast));
    const vector = duckdb.data_chunk_get_vector(this.#textChunk().chunk, 0);
    const address = giveText(vector, 0, pile);
    rows.rowCount = rowCount;
    const { buffer } = this.#memory;
    own.forEach((column, index) => {
      const at = offsets[index] ?? 0;
      const bytes = rowCount * valueBytes(column);
      if (isText(column.type)) setAddresses(new Uint32Array(buffer, at, bytes >> 2), 0, rowCount, address);
      const target = duckdb.data_chunk_get_vector(rows.chunk, this.#same.length + index);
      duckdb.copy_data_to_vector(target, 0, buffer, at, bytes);
    });
    this.#same.forEach((column, index) => {
      this.#giveSame(column, rowCount, pileBytes, address, duckdb.data_chunk_get_vector(rows.chunk, index));
    });
  }

  /** The texts lie behind those of the piece, elsewhere in every piece. */
  #giveSame(
    column: PackedColumn,
    rowCount: number,
    pileBytes: number,
    { low, high }: { readonly low: number; readonly high: number },
    vector: Parameters<typeof handOver>[2],
  ): void {
    if (!isText(column.type)) {
      handOver(column, rowCount, vector);
      return;
    }
    const sum = low + pileBytes;
    const moved = { low: sum >>> 0, high: sum > 0xffff_ffff ? high + 1 : high };
    const words = Uint32Array.from(column.words);
    setAddresses(words, 0, rowCount, moved);
    duckdb.copy_data_to_vector(vector, 0, words.buffer, 0, rowCount * 16);
  }

  #read(path: string, offset: number, bytes: number): void {
    const room = bytes + Math.max(this.#sameTexts.length, pileBytesLeast);
    // Memory of its own, whose beginning is at an address that numbers may have.
    if (this.#memory.length < room) this.#memory = Buffer.from(new ArrayBuffer(room * 2));
    const file = this.#files.get(path) ?? openSync(path, 'r');
    this.#files.set(path, file);
    for (let read = 0; read < bytes; ) {
      const count = readSync(file, this.#memory, read, bytes - read, offset + read);
      if (count === 0) throw new Error(`The file of rows ${path} is shorter than it was.`);
      read += count;
    }
  }

  #textChunk(): DuckDBDataChunk {
    const place = this.#turn++ % piecesAtOnce;
    const chunk = this.#texts[place] ?? DuckDBDataChunk.create([BLOB]);
    this.#texts[place] = chunk;
    chunk.reset();
    return chunk;
  }

  close(): void {
    for (const file of this.#files.values()) closeSync(file);
    this.#files.clear();
    this.#texts.length = 0;
    this.#memory = Buffer.alloc(0);
  }
}
