// Columns as the engine's vectors keep them (its C API, "duckdb_vector" and "duckdb_string_t"), so that a whole column changes
// hands at once. A text is 16 bytes: its length in bytes, and then either up to 12 bytes of the text itself or its first 4
// bytes and the address of all of them. All numbers are little-endian, as on every machine that the engine is made for.
import duckdb, { type Vector } from '@duckdb/node-bindings';
import type { ColumnType } from './dialect.ts';
import { sourceBytes } from './text-source.ts';

const inlineBytesMax = 12;
const prefixBytes = 4;
const source = new DataView(sourceBytes.buffer);

/** Shorter texts have no address. */
export const addressedBytesLeast = inlineBytesMax + 1;

/** A column of a bounded number of rows. */
export interface PackedColumn {
  readonly type: ColumnType;
  /** The column's values, as words and as bytes. */
  readonly words: Uint32Array<ArrayBuffer>;
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** One bit a row, 0 for nothing. */
  readonly validity: Uint8Array<ArrayBuffer>;
  hasNulls: boolean;
}

const bytesPerRow: Record<ColumnType, number> = {
  uuid: 16,
  text: 16,
  prose: 16,
  document: 16,
  set: 16,
  string: 16,
  time: 8,
  long: 8,
  real: 8,
  integer: 4,
  flag: 1,
};

export function emptyColumn(type: ColumnType, rowsMax: number): PackedColumn {
  const memory = new ArrayBuffer(rowsMax * bytesPerRow[type]);
  return {
    type,
    words: new Uint32Array(memory),
    bytes: new Uint8Array(memory),
    validity: new Uint8Array(rowsMax / 8).fill(0xff),
    hasNulls: false,
  };
}

export function clearColumn(column: PackedColumn): void {
  if (column.hasNulls) column.validity.fill(0xff);
  column.hasNulls = false;
}

export function isText(type: ColumnType): boolean {
  return type === 'text' || type === 'prose' || type === 'document' || type === 'set' || type === 'string';
}

export function writeNull(column: PackedColumn, row: number): void {
  column.hasNulls = true;
  const byte = row >> 3;
  column.validity[byte] = (column.validity[byte] ?? 0) & ~(1 << (row & 7));
  if (isText(column.type)) column.words.fill(0, row * 4, row * 4 + 4);
}

/** Throws TypeError when a column of that type cannot hold the value. */
export function writeFixed({ type, words, bytes }: PackedColumn, row: number, value: string | number | boolean): void {
  if (type === 'flag' && typeof value === 'boolean') {
    bytes[row] = value ? 1 : 0;
  } else if (type === 'integer' && typeof value === 'number' && (value | 0) === value) {
    words[row] = value;
  } else if ((type === 'time' || type === 'long') && Number.isSafeInteger(value)) {
    const time = Number(value);
    words[row * 2] = time;
    words[row * 2 + 1] = Math.floor(time / 2 ** 32);
  } else if (type === 'uuid' && typeof value === 'string') {
    writeFour(words, row * 4, uuidWords(value));
  } else {
    throw new TypeError(`A column of type ${type} cannot hold ${typeof value} ${String(value)}.`);
  }
}

/** Quicker than `set`, which is a call, for so few. */
export function writeFour(words: Uint32Array, at: number, four: ArrayLike<number>): void {
  words[at] = four[0] ?? 0;
  words[at + 1] = four[1] ?? 0;
  words[at + 2] = four[2] ?? 0;
  words[at + 3] = four[3] ?? 0;
}

// Most often the next UUID is the last one again: a batch belongs to one tenant.
let lastUuid: { readonly text: string; readonly words: readonly number[] } | undefined;

/** A UUID as the engine keeps it: a number of 128 bits, its highest bit turned over so that it sorts as a signed one. */
function uuidWords(text: string): readonly number[] {
  if (lastUuid?.text !== text) {
    const digits = text.replaceAll('-', '');
    const word = (index: number) => Number.parseInt(digits.slice(index * 8, index * 8 + 8), 16);
    lastUuid = { text, words: [word(3), word(2), word(1), word(0) ^ 0x8000_0000] };
  }
  return lastUuid.words;
}

/** Writes the text of `length` bytes that begins at `from`, which stands for its address until {@link setAddresses}. */
export function writeText(
  { words, bytes }: PackedColumn,
  row: number,
  texts: Buffer,
  from: number,
  length: number,
): void {
  const at = row * 4;
  words[at] = length;
  words[at + 1] = 0;
  words[at + 2] = 0;
  words[at + 3] = 0;
  const inline = length <= inlineBytesMax ? length : prefixBytes;
  for (let index = 0; index < inline; index++) bytes[at * 4 + 4 + index] = texts[from + index] ?? 0;
  if (length > inlineBytesMax) words[at + 2] = from;
}

/**
 * The same for a text that is too long to be inline and lies in {@link sourceBytes} as well, where it begins at `begin`: its first
 * bytes are a word there.
 */
export function writeLongBytes(
  { words }: PackedColumn,
  row: number,
  begin: number,
  length: number,
  from: number,
): void {
  const at = row * 4;
  words[at] = length;
  words[at + 1] = source.getInt32(begin, true);
  words[at + 2] = from;
  words[at + 3] = 0;
}

/** Writes a text that is inline if it is short and ASCII; false, and nothing written, if it is not. */
export function writeShortText({ words, bytes }: PackedColumn, row: number, text: string): boolean {
  const { length } = text;
  if (length > inlineBytesMax) return false;
  const at = row * 4;
  for (let index = 0; index < length; index++) {
    const code = text.charCodeAt(index);
    if (code > 0x7f) {
      words.fill(0, at, at + 4);
      return false;
    }
    bytes[at * 4 + 4 + index] = code;
  }
  words[at] = length;
  return true;
}

/** Keeps as many bytes of a word. */
const firstBytes = [0, 0xff, 0xffff, 0xff_ffff, -1];
const highBits = 0x8080_8080;

/** The same for a text that lies in {@link sourceBytes}. */
export function writeShortBytes({ words }: PackedColumn, row: number, from: number, length: number): boolean {
  if (length > inlineBytesMax) return false;
  const first = source.getInt32(from, true) & (firstBytes[Math.min(length, 4)] ?? 0);
  const second = length > 4 ? source.getInt32(from + 4, true) & (firstBytes[Math.min(length - 4, 4)] ?? 0) : 0;
  const third = length > 8 ? source.getInt32(from + 8, true) & (firstBytes[length - 8] ?? 0) : 0;
  if (((first | second | third) & highBits) !== 0) return false;
  const at = row * 4;
  words[at] = length;
  words[at + 1] = first;
  words[at + 2] = second;
  words[at + 3] = third;
  return true;
}

/** In the engine's memory: two words of 32 bits. */
export interface Address {
  readonly low: number;
  readonly high: number;
}

/** Makes the engine copy a text that is too long to be inline, as one value of the vector, and says where the copy lies. */
export function giveText(vector: Vector, row: number, text: Uint8Array): Address {
  duckdb.vector_assign_string_element_len(vector, row, text);
  const bytes = duckdb.vector_get_data(vector, (row + 1) * 16);
  const view = new DataView(bytes.buffer, bytes.byteOffset + row * 16, 16);
  return { low: view.getUint32(8, true), high: view.getUint32(12, true) };
}

/** Rows whose addresses count from the beginning of a text get those in its copy at `low` and `high`. */
export function setAddresses(words: Uint32Array, firstRow: number, endRow: number, { low, high }: Address): void {
  for (let at = firstRow * 4; at < endRow * 4; at += 4) {
    if ((words[at] ?? 0) <= inlineBytesMax) continue;
    const sum = low + (words[at + 2] ?? 0);
    words[at + 2] = sum;
    words[at + 3] = sum > 0xffff_ffff ? high + 1 : high;
  }
}

/** Copies the column into a vector of the engine. */
export function handOver({ type, bytes, validity, hasNulls }: PackedColumn, rowCount: number, vector: Vector): void {
  duckdb.copy_data_to_vector(vector, 0, bytes.buffer, 0, rowCount * bytesPerRow[type]);
  if (!hasNulls) return;
  duckdb.vector_ensure_validity_writable(vector);
  duckdb.copy_data_to_vector_validity(vector, 0, validity.buffer, 0, validity.length);
}
