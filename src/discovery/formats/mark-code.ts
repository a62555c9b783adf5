// The one function that is no TypeScript: it finds the bytes of a set 64 at a time, where JavaScript looks at one in a step. It is
// put together here from instructions of WebAssembly (specification 2.0, chapter Binary Format). marks.ts says what it is for, and
// has the same in TypeScript, which tests hold it against.

type Code = readonly number[];
/** Of the function: four parameters, then its own variables. */
const local = { from: 0, to: 1, tables: 2, out: 3, next: 4, bits: 5, bytes: 6, low: 7, high: 8 } as const;
type Local = keyof typeof local;
const [i32, i64, v128] = [0x7f, 0x7e, 0x7b];

const get = (name: Local): Code => [0x20, local[name]];
const put = (name: Local): Code => [0x21, local[name]];
const int = (value: number): Code => [0x41, ...signed(value)];
const long = (value: number): Code => [0x42, ...signed(value)];
const simd = (code: number): Code => [0xfd, ...unsigned(code)];
const load16 = (offset: number): Code => [...simd(0), 0, ...unsigned(offset)];
const store = (offset: number): Code => [0x36, 2, ...unsigned(offset)];
const op = {
  loop: [0x03, 0x40],
  repeatIf: [0x0d, 0],
  end: [0x0b],
  add: [0x6a],
  shiftLeft: [0x74],
  isBelow: [0x49],
  toInt: [0xa7],
  toLong: [0xad],
  longDiffers: [0x52],
  longTrailingZeros: [0x7a],
  longOnes: [0x7b],
  longMinus: [0x7d],
  longAnd: [0x83],
  longOr: [0x84],
  longShiftLeft: [0x86],
  /** Takes from 16 bytes those at the places that 16 others say. */
  pick: simd(14),
  /** Puts an integer into each of 16 bytes. */
  spread: simd(15),
  bytesDiffer: simd(36),
  bytesAnd: simd(78),
  /** The highest bits of 16 bytes as an integer. */
  bitOfBytes: simd(100),
  bytesShiftRight: simd(109),
} as const;

/** The 16 bytes at `from + offset` as bits: 1 where what the tables say of the halves of a byte has a bit in common. */
function bitsAt(offset: number): Code {
  const lower = [get('low'), get('bytes'), int(15), op.spread, op.bytesAnd, op.pick];
  const upper = [get('high'), get('bytes'), int(4), op.bytesShiftRight, op.pick];
  return [
    [get('from'), load16(offset), put('bytes')],
    [...lower, ...upper, op.bytesAnd, int(0), op.spread, op.bytesDiffer, op.bitOfBytes],
    [op.toLong, long(offset), op.longShiftLeft],
  ].flat(2);
}

/** Writes where the lowest of the bits is, so many words behind `out`, and takes that bit away. */
function takeBit(word: number): Code {
  return [
    [get('out'), get('bits'), op.longTrailingZeros, op.toInt, get('from'), op.add, store(word * 4)],
    [get('bits'), long(1), op.longMinus, get('bits'), op.longAnd, put('bits')],
  ].flat(2);
}

/** A jump that depends on the data costs as much as writing eight places, so eight are written at once, and those too many overwritten. */
const body: Code = [
  [get('tables'), load16(0), put('low'), get('tables'), load16(16), put('high')],
  [op.loop],
  [bitsAt(0), bitsAt(16), op.longOr, bitsAt(32), op.longOr, bitsAt(48), op.longOr, put('bits')],
  [get('bits'), op.longOnes, op.toInt, int(2), op.shiftLeft, get('out'), op.add, put('next')],
  [op.loop, ...[0, 1, 2, 3, 4, 5, 6, 7].map(takeBit)],
  [get('out'), int(32), op.add, put('out')],
  [get('bits'), long(0), op.longDiffers, op.repeatIf, op.end],
  [get('next'), put('out')],
  [get('from'), int(64), op.add, put('from')],
  [get('from'), get('to'), op.isBelow, op.repeatIf, op.end],
  [get('out'), op.end],
].flat(2);

/**
 * A module with `memory` of so many pages of 64 KB and `mark(from, to, tables, out)`: writes the places of the bytes that are in a set
 * to `out`, 32 bits each, and returns where it stopped. Looks at 64 bytes at a time, the last ones maybe beyond `to`, and may write 32
 * bytes more than it says. At `tables` lie 16 bytes by lower half of a byte, and 16 by its upper half.
 */
export function markModule(pages: number): Uint8Array<ArrayBuffer> {
  const locals = [
    [1, i32],
    [1, i64],
    [3, v128],
  ];
  const code = [...vector(locals), ...body];
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [[0x60, ...vector([[i32], [i32], [i32], [i32]]), ...vector([[i32]])]]),
    ...section(3, [[0]]),
    ...section(5, [[1, ...unsigned(pages), ...unsigned(pages)]]),
    ...section(7, [
      [...text('memory'), 2, 0],
      [...text('mark'), 0, 0],
    ]),
    ...section(10, [[...unsigned(code.length), ...code]]),
  ]);
}

function section(id: number, entries: readonly Code[]): Code {
  const content = vector(entries);
  return [id, ...unsigned(content.length), ...content];
}

function vector(entries: readonly Code[]): Code {
  return [...unsigned(entries.length), ...entries.flat()];
}

function text(name: string): Code {
  return [name.length, ...Buffer.from(name)];
}

/** LEB128. */
function unsigned(value: number): Code {
  return value < 128 ? [value] : [(value & 127) | 128, ...unsigned(value >>> 7)];
}

function signed(value: number): Code {
  return value >= -64 && value < 64 ? [value & 127] : [(value & 127) | 128, ...signed(value >> 7)];
}
