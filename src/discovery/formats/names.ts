import type { Slots } from './fields.ts';

interface Entry {
  readonly name: string;
  readonly slot: number;
}

/** ASCII letters become lower case, everything else stays. */
function fold(byte: number): number {
  return byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte;
}

/**
 * Finds slots by the bytes of a name, without making a string of it: for formats whose lines carry the names of their fields.
 * Names are ASCII; several may lead to one slot.
 */
export class NameTable {
  readonly #ignoreCase: boolean;
  readonly #mask: number;
  /** First entry of each bucket and the next one of the same bucket, -1 at the end. */
  readonly #heads: Int32Array;
  readonly #next: Int32Array;
  readonly #slots: Int32Array;
  readonly #bytes: Uint8Array;
  /** Entry i lies in #bytes from #ends[i] to #ends[i + 1]. */
  readonly #ends: Int32Array;

  constructor(entries: readonly Entry[], { ignoreCase = false }: { readonly ignoreCase?: boolean } = {}) {
    this.#ignoreCase = ignoreCase;
    let size = 16;
    while (size < entries.length * 4) size *= 2;
    this.#mask = size - 1;
    this.#heads = new Int32Array(size).fill(-1);
    this.#next = new Int32Array(entries.length).fill(-1);
    this.#slots = Int32Array.from(entries, ({ slot }) => slot);
    const names = entries.map(({ name }) => (ignoreCase ? name.toLowerCase() : name));
    this.#bytes = Buffer.from(names.join(''), 'latin1');
    this.#ends = new Int32Array(entries.length + 1);
    names.forEach((name, i) => {
      const start = this.#ends[i] ?? 0;
      this.#ends[i + 1] = start + name.length;
      const bucket = this.#bucket(this.#bytes, start, start + name.length);
      this.#next[i] = this.#heads[bucket] ?? -1;
      this.#heads[bucket] = i;
    });
  }

  /** A table of all slots under their own names. */
  static of(slots: Slots<string>, options?: { readonly ignoreCase?: boolean }): NameTable {
    return new NameTable(
      Object.entries(slots).map(([name, slot]) => ({ name, slot })),
      options,
    );
  }

  /** The slot of the name at bytes[start..end), -1 when it is none of the table's. */
  find(bytes: Uint8Array, start: number, end: number): number {
    const length = end - start;
    if (length <= 0) return -1;
    const own = this.#bytes;
    const ends = this.#ends;
    let entry = this.#heads[this.#bucket(bytes, start, end)] ?? -1;
    while (entry >= 0) {
      const from = ends[entry] ?? 0;
      if ((ends[entry + 1] ?? 0) - from === length && this.#same(own, from, bytes, start, length)) {
        return this.#slots[entry] ?? -1;
      }
      entry = this.#next[entry] ?? -1;
    }
    return -1;
  }

  #same(own: Uint8Array, from: number, bytes: Uint8Array, start: number, length: number): boolean {
    const ignoreCase = this.#ignoreCase;
    for (let i = 0; i < length; i++) {
      const byte = bytes[start + i] ?? 0;
      if ((ignoreCase ? fold(byte) : byte) !== own[from + i]) return false;
    }
    return true;
  }

  /** Length and three of the bytes tell names apart well enough; the case bit is left out so that case can be ignored. */
  #bucket(bytes: Uint8Array, start: number, end: number): number {
    const first = (bytes[start] ?? 0) | 0x20;
    const middle = (bytes[(start + end) >> 1] ?? 0) | 0x20;
    const last = (bytes[end - 1] ?? 0) | 0x20;
    return ((end - start) * 31 + first * 7 + middle * 17 + last * 29) & this.#mask;
  }
}
