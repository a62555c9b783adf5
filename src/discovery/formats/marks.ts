// Where in a block of a log the bytes lie that something ends at: line breaks, separators, quotes. They are found for hundreds of
// lines at once, by machine code where the processor has it, so that a reader goes from one to the next instead of from byte to byte.
import { markModule } from './mark-code.ts';

/** Of one block. It fits into the processor's cache with what is found in it. */
export const blockBytesMax = 65_536;
const pageBytes = 65_536;
const newline = 0x0a;
/** The code looks at 64 bytes at a time, and writes eight places at a time. */
const spare = 64;
const placesMax = blockBytesMax + spare;
const tableBytes = 32;
/** What lies where in the memory of a block: its bytes, tables of both sets, places of both. */
const tablesAt = blockBytesMax + spare;
const placesAt = tablesAt + 2 * tableBytes;
const pageCount = Math.ceil((placesAt + 2 * placesMax * 4) / pageBytes);

/** Finds the bytes of a set in the first bytes of a block; returns how many there are. */
type Mark = (length: number) => number;

/** Some bytes of a log, with the places of its line breaks and of the bytes of a set. */
export class MarkedBlock {
  readonly bytes: Buffer;
  /** Where the lines end. */
  readonly lineEnds: Int32Array;
  lineCount = 0;
  /** Where the bytes of the set and the line breaks are, in their order; undefined behind the last line. */
  readonly places: Int32Array;
  readonly set: string;
  /** Where among the places the last reader stopped. */
  #next = 0;
  readonly #markLines: Mark;
  readonly #markSet: Mark;

  /** `set` are ASCII characters; empty for line breaks alone. With `isPlain`, no machine code is used. */
  constructor(set: string, isPlain = false) {
    this.set = set;
    const code = isPlain ? undefined : openCode();
    const memory = code?.memory.buffer ?? new ArrayBuffer(pageCount * pageBytes);
    this.bytes = Buffer.from(memory, 0, tablesAt);
    this.lineEnds = new Int32Array(memory, placesAt, placesMax);
    this.places = new Int32Array(memory, placesAt + placesMax * 4, placesMax);
    const marker = (characters: string, tables: number, places: Int32Array): Mark => {
      if (!code) return plainMark(characters, this.bytes, places);
      new Uint8Array(memory, tables, tableBytes).set(tablesOf(characters));
      const out = places.byteOffset;
      return (length) => (code.mark(0, length, tables, out) - out) >> 2;
    };
    this.#markLines = marker('\n', tablesAt, this.lineEnds);
    this.#markSet = set === '' ? () => 0 : marker(`\n${set}`, tablesAt + tableBytes, this.places);
  }

  /** Takes source[from..to), which is at most {@link blockBytesMax} bytes. A last line without line break gets one. */
  fill(source: Buffer, from: number, to: number): void {
    const { bytes } = this;
    source.copy(bytes, 0, from, to);
    let length = to - from;
    if (length > 0 && bytes[length - 1] !== newline) bytes[length++] = newline;
    bytes.fill(0, length, Math.min(length + spare, bytes.length));
    this.lineCount = this.#markLines(length);
    this.#markSet(length);
    this.#next = 0;
  }

  /** The index of the first place at or behind `at`, which is before the end of a line. Next to the last one that was asked for, it takes no time. */
  indexOf(at: number): number {
    const { places } = this;
    let index = this.#next;
    while ((places[index] ?? at) < at) index++;
    while (index > 0 && (places[index - 1] ?? at) >= at) index--;
    return index;
  }

  /** Where a reader stopped: the next one is likely to begin behind it. */
  stopAt(index: number): void {
    this.#next = index;
  }
}

/** A bit for each upper half of a byte: a byte is in the set when the bits of its lower half and of its upper half have one in common. */
function tablesOf(set: string): Uint8Array {
  const tables = new Uint8Array(tableBytes);
  for (const byte of Buffer.from(set, 'latin1')) {
    const bit = 1 << (byte >> 4);
    tables[byte & 15] = (tables[byte & 15] ?? 0) | bit;
    tables[16 + (byte >> 4)] = bit;
  }
  return tables;
}

function plainMark(set: string, bytes: Buffer, places: Int32Array): Mark {
  const isMarked = new Uint8Array(256);
  for (const byte of Buffer.from(set, 'latin1')) isMarked[byte] = 1;
  return (length) => {
    let count = 0;
    for (let at = 0; at < length; at++) if (isMarked[bytes[at] ?? 0] === 1) places[count++] = at;
    return count;
  };
}

interface Code {
  readonly memory: { readonly buffer: ArrayBuffer };
  readonly mark: (from: number, to: number, tables: number, out: number) => number;
}

/** What is used of WebAssembly, which the types of Node do not have. */
interface Engine {
  validate(module: Uint8Array): boolean;
  Module: new (module: Uint8Array) => object;
  Instance: new (module: object) => { readonly exports: unknown };
}

/** Undefined where the processor cannot do it. */
function openCode(): Code | undefined {
  const { WebAssembly: engine } = globalThis as unknown as { WebAssembly: Engine }; // As far as it is used.
  const module = markModule(pageCount);
  if (!engine.validate(module)) return undefined;
  return new engine.Instance(new engine.Module(module)).exports as Code; // What the module exports.
}
