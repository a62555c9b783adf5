// The texts of rows that are being packed: gathered one after the other, and given to the engine in pieces of a quarter of
// a mebibyte. Until then a text's address counts from the beginning of the piece.
import { BLOB, DuckDBDataChunk } from '@duckdb/node-api';
import duckdb from '@duckdb/node-bindings';
import { sourceBytes } from './text-source.ts';
import { addressedBytesLeast, giveText, isText, type PackedColumn, setAddresses } from './vectors.ts';

const source = new DataView(sourceBytes.buffer);

/** So many bytes of text are given to the engine at once: few enough for the processor's cache. */
const bytesUsual = 1 << 18;

export class TextPile {
  /** The texts that the engine does not have yet. Its length is a multiple of four. */
  bytes = Buffer.allocUnsafeSlow(bytesUsual);
  /** The same, word by word. */
  words = new Uint32Array(this.bytes.buffer);
  view = new DataView(this.bytes.buffer);
  /** How much of them is taken. */
  used = 0;
  /** The texts of the rows before this one are with the engine: as values of this chunk, one for each handing over. */
  #rowsWithEngine = 0;
  #engineTextCount = 0;
  #engineTexts: DuckDBDataChunk | undefined;

  /** Makes it empty; the engine must have taken over the rows. */
  clear(): void {
    this.#engineTexts?.reset();
    this.#engineTextCount = 0;
    this.#rowsWithEngine = 0;
    this.used = 0;
    if (this.bytes.length > bytesUsual) this.#allocate(bytesUsual);
  }

  #allocate(bytes: number): void {
    this.bytes = Buffer.allocUnsafeSlow(bytes);
    this.words = new Uint32Array(this.bytes.buffer);
    this.view = new DataView(this.bytes.buffer);
  }

  /** Makes room for so many more bytes; `rowCount` rows are complete. */
  reserve(more: number, columns: readonly PackedColumn[], rowCount: number): void {
    if (this.used + more <= this.bytes.length) return;
    this.give(columns, rowCount);
    if (more > this.bytes.length) this.#allocate((more + 3) & ~3);
  }

  /** Lets the engine copy the texts that it does not have yet, and notes in the columns where it has them. */
  give(columns: readonly PackedColumn[], rowCount: number): void {
    if (this.used > 0) {
      this.#engineTexts ??= DuckDBDataChunk.create([BLOB]);
      const vector = duckdb.data_chunk_get_vector(this.#engineTexts.chunk, 0);
      const texts = this.bytes.subarray(0, Math.max(this.used, addressedBytesLeast));
      const address = giveText(vector, this.#engineTextCount++, texts);
      for (const { type, words } of columns) {
        if (isText(type)) setAddresses(words, this.#rowsWithEngine, rowCount, address);
      }
    }
    this.used = 0;
    this.#rowsWithEngine = rowCount;
  }
}

/** Adds a text of {@link sourceBytes} to the pile, which has room for three bytes more. */
export function copyText(begin: number, end: number, pile: TextPile): void {
  const target = pile.view;
  let to = pile.used;
  // Four at once: most texts are too short for a call that copies bytes to be worth it.
  for (let from = begin; from < end; from += 4, to += 4) target.setInt32(to, source.getInt32(from, true), true);
  pile.used += end - begin;
}

/** Ends the last word of the pile with zeros. */
export function endWord(pile: TextPile): void {
  for (let at = pile.used; (at & 3) !== 0; at++) pile.bytes[at] = 0;
}
