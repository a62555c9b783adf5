// Autonomous system of an address: a sorted index in typed arrays, made once from the CSV files of the
// @ip-location-db/asn package and kept as one file, so that later starts only read 13 MB instead of parsing 33.
import { createReadStream } from 'node:fs';
import { mkdir, open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

export interface AutonomousSystem {
  readonly number: number;
  /** Name of its holder; '' when the data has none. */
  readonly name: string;
}

/** Ranges are sorted and do not overlap; an IPv6 address is four 32-bit words, the first the most significant. */
interface Arrays {
  readonly starts4: Uint32Array;
  readonly ends4: Uint32Array;
  readonly systems4: Uint32Array;
  readonly starts6: Uint32Array;
  readonly ends6: Uint32Array;
  readonly systems6: Uint32Array;
  readonly numbers: Uint32Array;
  /** Where each system's name begins in `names`; one more entry than there are systems. */
  readonly nameOffsets: Uint32Array;
  readonly names: Buffer;
}

/** First word of the file; goes up with every change of the layout below. */
const layout = 0x53504131;
const headerWords = 6;

export class AsnIndex {
  readonly #arrays: Arrays;

  constructor(arrays: Arrays) {
    this.#arrays = arrays;
  }

  /** `address` as 4 or 16 bytes, as ipaddr.js gives them. */
  find(address: readonly number[]): AutonomousSystem | undefined {
    const { starts4, ends4, systems4, starts6, ends6, systems6 } = this.#arrays;
    const words = toWords(address);
    const isFour = words.length === 1;
    const starts = isFour ? starts4 : starts6;
    const position = lastNotAfter(starts, words);
    if (position < 0 || compareAt(isFour ? ends4 : ends6, position, words) < 0) return undefined;
    return this.#system((isFour ? systems4 : systems6)[position] ?? 0);
  }

  #system(index: number): AutonomousSystem {
    const { numbers, nameOffsets, names } = this.#arrays;
    return {
      number: numbers[index] ?? 0,
      name: names.toString('utf8', nameOffsets[index] ?? 0, nameOffsets[index + 1] ?? 0),
    };
  }

  /** The file's content: layout, counts, the arrays one after the other, the names. */
  toFile(): Buffer {
    const a = this.#arrays;
    const header = Uint32Array.of(
      layout,
      a.starts4.length,
      a.systems6.length,
      a.numbers.length,
      a.names.length,
      checksum(a),
    );
    const parts = [header, a.starts4, a.ends4, a.systems4, a.starts6, a.ends6, a.systems6, a.numbers, a.nameOffsets];
    return Buffer.concat([...parts.map((part) => Buffer.from(part.buffer, part.byteOffset, part.byteLength)), a.names]);
  }

  /** Undefined when the bytes are not a whole file of this layout. */
  static fromFile(bytes: Buffer): AsnIndex | undefined {
    if (bytes.length < headerWords * 4) return undefined;
    // A copy at an aligned address: a small file's buffer may lie anywhere in Node's pool.
    const memory = bytes.byteOffset % 4 === 0 ? bytes : Buffer.from(new Uint8Array(bytes).buffer);
    const header = new Uint32Array(memory.buffer, memory.byteOffset, headerWords);
    const [first, four = 0, six = 0, systems = 0, nameBytes = 0, sum] = header;
    const words = headerWords + four * 3 + six * 9 + systems * 2 + 1;
    if (first !== layout || memory.length !== words * 4 + nameBytes) return undefined;
    let at = memory.byteOffset + headerWords * 4;
    const take = (length: number): Uint32Array => {
      const array = new Uint32Array(memory.buffer, at, length);
      at += length * 4;
      return array;
    };
    const arrays: Arrays = {
      starts4: take(four),
      ends4: take(four),
      systems4: take(four),
      starts6: take(six * 4),
      ends6: take(six * 4),
      systems6: take(six),
      numbers: take(systems),
      nameOffsets: take(systems + 1),
      names: memory.subarray(words * 4),
    };
    return checksum(arrays) === sum ? new AsnIndex(arrays) : undefined;
  }
}

/** Cheap, and enough to see a file that was cut off or overwritten: the last words of every array. */
function checksum(a: Arrays): number {
  let sum = 17;
  for (const array of [a.starts4, a.ends4, a.systems4, a.starts6, a.ends6, a.systems6, a.numbers, a.nameOffsets]) {
    sum = (Math.imul(sum, 31) + (array.at(-1) ?? 0) + (array.at(array.length >> 1) ?? 0)) >>> 0;
  }
  return sum;
}

function toWords(bytes: readonly number[]): readonly number[] {
  const words: number[] = [];
  for (let at = 0; at < bytes.length; at += 4) {
    words.push(
      (((bytes[at] ?? 0) << 24) | ((bytes[at + 1] ?? 0) << 16) | ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0)) >>>
        0,
    );
  }
  return words;
}

/** Compares entry `position` with the address: negative when the entry is smaller. */
function compareAt(array: Uint32Array, position: number, words: readonly number[]): number {
  for (let word = 0; word < words.length; word++) {
    const difference = (array[position * words.length + word] ?? 0) - (words[word] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Position of the last range that begins at or before the address; -1 when all begin after it. */
function lastNotAfter(starts: Uint32Array, words: readonly number[]): number {
  let low = 0;
  let high = starts.length / words.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    if (compareAt(starts, middle, words) <= 0) low = middle + 1;
    else high = middle - 1;
  }
  return high;
}

/** A list of 32-bit numbers that grows without boxing any of them. */
class Numbers {
  #array = new Uint32Array(1 << 16);
  #length = 0;

  push(value: number): void {
    if (this.#length === this.#array.length) {
      const larger = new Uint32Array(this.#length * 2);
      larger.set(this.#array);
      this.#array = larger;
    }
    this.#array[this.#length++] = value;
  }

  taken(): Uint32Array {
    return this.#array.slice(0, this.#length);
  }
}

/** Numbers and names of the systems, each once. */
class Systems {
  readonly #indexes = new Map<number, number>();
  readonly #names: string[] = [];

  index(number: number, name: () => string): number {
    let index = this.#indexes.get(number);
    if (index === undefined) {
      index = this.#names.push(name()) - 1;
      this.#indexes.set(number, index);
    }
    return index;
  }

  taken(): Pick<Arrays, 'numbers' | 'nameOffsets' | 'names'> {
    const nameOffsets = new Uint32Array(this.#names.length + 1);
    this.#names.forEach((name, index) => {
      nameOffsets[index + 1] = (nameOffsets[index] ?? 0) + Buffer.byteLength(name);
    });
    return { numbers: Uint32Array.from(this.#indexes.keys()), nameOffsets, names: Buffer.from(this.#names.join('')) };
  }
}

/**
 * Builds an index from the package's `-num` files: start and end of a range as decimal numbers, number and name of the
 * system. The files are read as a stream, so that other requests go on meanwhile, and byte by byte, because half a
 * million lines as strings would take hundreds of megabytes.
 */
export async function buildAsnIndex(file4: string, file6: string): Promise<AsnIndex> {
  const systems = new Systems();
  const four = await readRanges(file4, 1, systems);
  const six = await readRanges(file6, 4, systems);
  return new AsnIndex({
    starts4: four.starts,
    ends4: four.ends,
    systems4: four.systems,
    starts6: six.starts,
    ends6: six.ends,
    systems6: six.systems,
    ...systems.taken(),
  });
}

interface Columns {
  readonly starts: Uint32Array;
  readonly ends: Uint32Array;
  readonly systems: Uint32Array;
}

const comma = 0x2c;
const newline = 0x0a;

async function readRanges(file: string, words: 1 | 4, systems: Systems): Promise<Columns> {
  const starts = new Numbers();
  const ends = new Numbers();
  const indexes = new Numbers();
  const number = new Uint32Array(words);
  const oneWord = new Uint32Array(1);
  const readLine = (bytes: Buffer, from: number, to: number): void => {
    const first = bytes.indexOf(comma, from);
    const second = bytes.indexOf(comma, first + 1);
    const third = bytes.indexOf(comma, second + 1);
    if (first <= from || second <= first || third <= second || third >= to) return;
    readDecimal(bytes, from, first, number);
    for (const word of number) starts.push(word);
    readDecimal(bytes, first + 1, second, number);
    for (const word of number) ends.push(word);
    readDecimal(bytes, second + 1, third, oneWord);
    indexes.push(systems.index(oneWord[0] ?? 0, () => unquoted(bytes.toString('utf8', third + 1, to).trim())));
  };
  let carry: Buffer = Buffer.alloc(0);
  for await (const chunk of createReadStream(file, { highWaterMark: 1 << 18 })) {
    const bytes: Buffer = carry.length === 0 ? chunk : Buffer.concat([carry, chunk]);
    let from = 0;
    for (let to = bytes.indexOf(newline); to !== -1; to = bytes.indexOf(newline, from)) {
      readLine(bytes, from, to);
      from = to + 1;
    }
    carry = bytes.subarray(from);
  }
  readLine(carry, 0, carry.length);
  return { starts: starts.taken(), ends: ends.taken(), systems: indexes.taken() };
}

/** A decimal number of up to 32 bits a word, the first word the most significant. */
function readDecimal(bytes: Buffer, from: number, to: number, into: Uint32Array): void {
  into.fill(0);
  for (let at = from; at < to; at++) {
    let carry = (bytes[at] ?? 0) - 0x30;
    for (let word = into.length - 1; word >= 0; word--) {
      const value = (into[word] ?? 0) * 10 + carry;
      into[word] = value;
      carry = Math.floor(value / 0x1_0000_0000);
    }
  }
}

function unquoted(field: string): string {
  return field.startsWith('"') ? field.slice(1, field.lastIndexOf('"')).replaceAll('""', '"') : field;
}

/** The index out of `cacheFile`, which is made from the CSV files when it is missing or not whole. */
export async function loadAsnIndex(cacheFile: string, file4: string, file6: string): Promise<AsnIndex> {
  const cached = await readFile(cacheFile).catch(() => undefined);
  const index = cached && AsnIndex.fromFile(cached);
  if (index) return index;
  const built = await buildAsnIndex(file4, file6);
  await keep(cacheFile, built.toFile());
  return built;
}

/** Whole or not at all; without room for it the next start builds it again. */
async function keep(file: string, content: Buffer): Promise<void> {
  const draft = `${file}.${process.pid}.new`;
  try {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    await writeFile(draft, content, { mode: 0o600 });
    const handle = await open(draft, 'r');
    await handle.sync().finally(() => handle.close());
    await rename(draft, file);
  } catch {
    await rm(draft, { force: true }).catch(() => undefined);
  }
}
