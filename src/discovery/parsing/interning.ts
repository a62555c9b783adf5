// Texts of a log as numbers. A log of millions of lines names a few thousand hosts, people and addresses: each is looked for
// by its bytes, four at a time, and only one that was not seen before becomes a text.
import { isUtf8 } from 'node:buffer';

const slotsLeast = 1 << 10;
const bytesLeast = 1 << 14;
/** Texts up to this length are compared as four words, without a loop; addresses and most names are that short. */
const shortBytesMax = 16;
const lengthBits = 5;
const lengthMask = (1 << lengthBits) - 1;

/** The bytes that were looked at last, as words: a slice of a log is looked at for thousands of lines. */
let lastBytes: Buffer = Buffer.alloc(0);
let lastView = new DataView(lastBytes.buffer);

function viewOf(bytes: Buffer): DataView {
  if (bytes !== lastBytes) {
    lastView = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    lastBytes = bytes;
  }
  return lastView;
}

/** Bytes of a text that is shorter than a word, as one. */
function tinyWord(view: DataView, start: number, end: number): number {
  let word = 0;
  for (let at = start; at < end; at++) word = (word << 8) | view.getUint8(at);
  return word;
}

function mix(hash: number, word: number): number {
  const mixed = Math.imul(hash ^ word, 0x9e3779b1);
  return mixed ^ (mixed >>> 15);
}

/** Of a longer text. Its last word overlaps the one before unless the length is a multiple of four. */
function longHash(view: DataView, start: number, end: number): number {
  let hash = end - start;
  for (let at = start; at + 4 <= end; at += 4) hash = mix(hash, view.getInt32(at, true));
  return mix(hash, view.getInt32(end - 4, true));
}

export class ByteTable {
  /**
   * Id + 1 and below it the length of the text, or one more than a short one has; behind that the hash of the text. 0 is free. Never
   * more than half full.
   */
  #slots = new Int32Array(slotsLeast * 2);
  /** Where the bytes of each id begin; they end where those of the next one begin. */
  #starts = new Int32Array((slotsLeast >> 1) + 1);
  /** The four words of each id whose text is short. */
  #words = new Int32Array((slotsLeast >> 1) * 4);
  #bytes = Buffer.allocUnsafeSlow(bytesLeast);
  #view = new DataView(this.#bytes.buffer);
  #used = 0;
  #count = 0;

  /** Ids are 0, 1, … below this. */
  get count(): number {
    return this.#count;
  }

  /** Memory that the texts take. */
  get byteCount(): number {
    return this.#used;
  }

  /** The id of a text by its bytes; one that was not there before gets the next id, which is {@link count} before the call. */
  intern(bytes: Buffer, start: number, end: number): number {
    return end - start <= shortBytesMax ? this.#internShort(bytes, start, end) : this.#internLong(bytes, start, end);
  }

  /** The words of a text overlap unless it has as many bytes as a short one can have. */
  #internShort(bytes: Buffer, start: number, end: number): number {
    const view = viewOf(bytes);
    const length = end - start;
    if (length < 4) return this.#internWords(bytes, start, end, tinyWord(view, start, end), 0, 0, 0);
    const second = length < 8 ? end - 4 : start + 4;
    const third = length < 8 ? start : end - 8;
    return this.#internWords(
      bytes,
      start,
      end,
      view.getInt32(start, true),
      view.getInt32(second, true),
      view.getInt32(third, true),
      view.getInt32(end - 4, true),
    );
  }

  #internWords(bytes: Buffer, start: number, end: number, a: number, b: number, c: number, d: number): number {
    const length = end - start;
    // Multiplications that do not wait for each other.
    const sum =
      Math.imul(a ^ length, 0x9e3779b1) +
      Math.imul(b, 0x85ebca77) +
      Math.imul(c, 0xc2b2ae3d) +
      Math.imul(d, 0x27d4eb2f);
    const mixed = Math.imul(sum ^ (sum >>> 15), 0x165667b1);
    const hash = mixed ^ (mixed >>> 13);
    const slots = this.#slots;
    const words = this.#words;
    const mask = slots.length - 2;
    let slot = (hash << 1) & mask;
    for (let found = slots[slot] ?? 0; found !== 0; found = slots[slot] ?? 0) {
      if (slots[slot + 1] === hash && (found & lengthMask) === length) {
        const id = (found >> lengthBits) - 1;
        const at = id * 4;
        if (words[at] === a && words[at + 1] === b && words[at + 2] === c && words[at + 3] === d) return id;
      }
      slot = (slot + 2) & mask;
    }
    const at = this.#count * 4;
    words[at] = a;
    words[at + 1] = b;
    words[at + 2] = c;
    words[at + 3] = d;
    return this.#add(slot, hash, length, bytes, start, end);
  }

  #internLong(bytes: Buffer, start: number, end: number): number {
    const view = viewOf(bytes);
    const hash = longHash(view, start, end);
    const slots = this.#slots;
    const mask = slots.length - 2;
    let slot = (hash << 1) & mask;
    for (let found = slots[slot] ?? 0; found !== 0; found = slots[slot] ?? 0) {
      const id = (found >> lengthBits) - 1;
      if (slots[slot + 1] === hash && (found & lengthMask) > shortBytesMax && this.#is(id, view, start, end)) return id;
      slot = (slot + 2) & mask;
    }
    return this.#add(slot, hash, shortBytesMax + 1, bytes, start, end);
  }

  /** In UTF-8, or in Latin-1 if it is not that. */
  text(id: number): string {
    const bytes = this.#bytes.subarray(this.#starts[id] ?? 0, this.#starts[id + 1] ?? 0);
    return bytes.toString(isUtf8(bytes) ? 'utf8' : 'latin1');
  }

  #is(id: number, view: DataView, start: number, end: number): boolean {
    const own = this.#view;
    const from = this.#starts[id] ?? 0;
    const length = end - start;
    if ((this.#starts[id + 1] ?? 0) - from !== length) return false;
    const last = length - 4;
    for (let at = 0; at < last; at += 4) {
      if (own.getInt32(from + at, true) !== view.getInt32(start + at, true)) return false;
    }
    return own.getInt32(from + last, true) === view.getInt32(start + last, true);
  }

  /** `slot` is a free one. */
  #add(slot: number, hash: number, kind: number, bytes: Buffer, start: number, end: number): number {
    const id = this.#count++;
    this.#slots[slot] = ((id + 1) << lengthBits) | kind;
    this.#slots[slot + 1] = hash;
    const length = end - start;
    if (this.#used + length > this.#bytes.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(this.#bytes.length * 2, this.#used + length));
      this.#bytes.copy(larger, 0, 0, this.#used);
      this.#bytes = larger;
      this.#view = new DataView(larger.buffer);
    }
    bytes.copy(this.#bytes, this.#used, start, end);
    this.#used += length;
    this.#starts[id + 1] = this.#used;
    if (this.#count * 4 >= this.#slots.length) this.#grow();
    return id;
  }

  #grow(): void {
    const before = this.#slots;
    const slots = new Int32Array(before.length * 2);
    const mask = slots.length - 2;
    for (let from = 0; from < before.length; from += 2) {
      const found = before[from] ?? 0;
      if (found === 0) continue;
      const hash = before[from + 1] ?? 0;
      let slot = (hash << 1) & mask;
      while (slots[slot] !== 0) slot = (slot + 2) & mask;
      slots[slot] = found;
      slots[slot + 1] = hash;
    }
    const starts = new Int32Array((slots.length >> 2) + 1);
    starts.set(this.#starts);
    const words = new Int32Array(slots.length);
    words.set(this.#words);
    this.#slots = slots;
    this.#starts = starts;
    this.#words = words;
  }
}
