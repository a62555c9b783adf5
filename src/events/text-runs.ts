// Texts out of a column of the engine, many at once. A vector keeps 16 bytes a text (see vectors.ts), and the engine puts
// texts that it makes one after the other into its memory one after the other: so a run of rows is one copy of bytes.
import duckdb, { type Vector } from '@duckdb/node-bindings';
import { addressedBytesLeast } from './vectors.ts';

/** The texts of some rows, one behind the other. */
export interface TextRun {
  readonly bytes: Buffer;
  /** The first row that is not in it. */
  readonly endRow: number;
}

/** Those of the rows from `row` on and before `endRow` that lie together, until they are `sliceBytes`. */
export interface WantedTexts {
  readonly row: number;
  readonly endRow: number;
  readonly sliceBytes: number;
  /** A longer one is not copied. */
  readonly textBytesMax: number;
}

const rowBytes = 16;

/** Reads the column of texts or of bytes. The vector's chunk has to live on meanwhile. */
export class TextRuns {
  readonly #memory: ArrayBuffer;
  readonly #view: DataView;
  readonly #validity: Uint8Array | null;

  constructor(vector: Vector, rowCount: number) {
    const bytes = duckdb.vector_get_data(vector, rowCount * rowBytes);
    // The binding makes it so; a shared one cannot come out of it.
    this.#memory = bytes.buffer as ArrayBuffer;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#validity = duckdb.vector_get_validity(vector, Math.ceil(rowCount / 64) * 8);
  }

  /** Null where the row has no text, or one that is too long. */
  take({ row, endRow: rowsEnd, sliceBytes, textBytesMax }: WantedTexts): TextRun | null {
    if (!this.#isThere(row)) return null;
    const at = row * rowBytes;
    let length = this.#view.getUint32(at, true);
    if (length > textBytesMax) return null;
    let endRow = row + 1;
    if (length < addressedBytesLeast) {
      const from = this.#view.byteOffset + at + 4;
      return { bytes: Buffer.from(this.#memory.slice(from, from + length)), endRow };
    }
    const address = this.#view.getBigUint64(at + 8, true);
    while (endRow < rowsEnd && length < sliceBytes && this.#liesAt(endRow, address + BigInt(length))) {
      const next = this.#view.getUint32(endRow * rowBytes, true);
      if (next > textBytesMax) break;
      length += next;
      endRow += 1;
    }
    const { buffer, byteOffset } = duckdb.get_data_from_pointer(this.#memory, this.#view.byteOffset + at + 8, length);
    return { bytes: Buffer.from(buffer, byteOffset, length), endRow };
  }

  #liesAt(row: number, address: bigint): boolean {
    const at = row * rowBytes;
    return (
      this.#view.getUint32(at, true) >= addressedBytesLeast &&
      this.#view.getBigUint64(at + 8, true) === address &&
      this.#isThere(row)
    );
  }

  #isThere(row: number): boolean {
    return this.#validity === null || duckdb.validity_row_is_valid(this.#validity, row);
  }
}
