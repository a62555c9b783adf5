// JSON read where its bytes lie, token by token, without making a value of anything (RFC 8259). Texts lose their escapes
// in place. Whoever reads stops at what is not as it should be, and reads the whole with JSON.parse, which says why.
import { isUtf8 } from 'node:buffer';
import { sourceBytes } from '../../events/text-source.ts';

/** Behind the bytes stand zeros, which no JSON has: every loop ends there, and words may be read beyond the last byte. */
const zerosBehind = 256;
/** Longer ones are not read so: few are. Behind them there is as much room for what is put together out of them. */
const jsonBytesMax = sourceBytes.length / 2 - zerosBehind;

const bytes = sourceBytes;
const view = new DataView(bytes.buffer);
const buffer = Buffer.from(bytes.buffer);
/** Behind it are zeros. */
let used = 0;

const [tab, lineFeed, carriageReturn, blank] = [0x09, 0x0a, 0x0d, 0x20];
const [quote, backslash, point, minus, digit0, digit9] = [0x22, 0x5c, 0x2e, 0x2d, 0x30, 0x39];
const [openBracket, closeBracket, openBrace, closeBrace] = [0x5b, 0x5d, 0x7b, 0x7d];
const letterU = 0x75;

/** What stands behind a backslash, and what it means; 0 for what may not. */
const escapes = new Uint8Array(256);
for (const [mark, byte] of ['""', '\\\\', '//', 'b\b', 'f\f', 'n\n', 'r\r', 't\t']) {
  escapes[mark?.charCodeAt(0) ?? 0] = byte?.charCodeAt(0) ?? 0;
}

/** A text to compare with, in words; the last one is filled up with zeros. */
export interface TextWords {
  /** No typed array: those are looked after at each access. */
  readonly words: readonly number[];
  readonly lastMask: number;
  readonly bytes: number;
}

export function textWords(text: string): TextWords {
  const bytes = Buffer.byteLength(text);
  const words = new Int32Array((bytes + 3) >> 2);
  Buffer.from(words.buffer).write(text);
  return { words: [...words], lastMask: bytes % 4 === 0 ? -1 : (1 << ((bytes % 4) * 8)) - 1, bytes };
}

/**
 * 0 when none of the word's four bytes is one that does not simply belong to a text (the quote, the backslash, control
 * characters); else the lowest bit that is set is the highest one of the first such byte: its difference borrows from it.
 */
const stopsIn = (word: number): number => {
  const quotes = word ^ 0x22222222;
  const backslashes = word ^ 0x5c5c5c5c;
  const borrowed =
    ((quotes - 0x01010101) & ~quotes) | ((backslashes - 0x01010101) & ~backslashes) | ((word - 0x20202020) & ~word);
  return borrowed & 0x80808080;
};

export class JsonBytes {
  /** The next byte to read. */
  at = 0;
  /** The text or number that was read last. */
  begin = 0;
  end = 0;
  /** The number that was read last has neither fraction nor exponent and is not -0: its digits are what it is. */
  isWhole = false;
  /** Where the copy under way ends: see {@link beginCopy}. */
  copied = 0;
  #length = 0;

  /** Takes the bytes over; false when they are not UTF-8 or too many. */
  load(json: Uint8Array): boolean {
    const { length } = json;
    if (length > jsonBytesMax || !isUtf8(json)) return false;
    bytes.set(json);
    bytes.fill(0, length, Math.max(used, length + zerosBehind));
    this.#length = length;
    used = length;
    this.copied = 0;
    this.at = 0;
    return true;
  }

  get isAtEnd(): boolean {
    return this.at === this.#length;
  }

  /** The byte at which the next token begins; 0 at the end. */
  next(): number {
    const byte = bytes[this.at] ?? 0;
    return byte > blank ? byte : this.#behindBlanks(byte);
  }

  #behindBlanks(first: number): number {
    let byte = first;
    while (byte === blank || byte === tab || byte === lineFeed || byte === carriageReturn) byte = bytes[++this.at] ?? 0;
    return byte;
  }

  /** Goes behind the byte if it is the next token. */
  skip(byte: number): boolean {
    if (this.next() !== byte) return false;
    this.at++;
    return true;
  }

  /** Goes behind the text if it is what comes next. */
  skipText({ words, lastMask, bytes: length }: TextWords): boolean {
    let at = this.at;
    const last = words.length - 1;
    for (let index = 0; index < last; index++, at += 4) {
      if (view.getInt32(at, true) !== words[index]) return false;
    }
    if ((view.getInt32(at, true) & lastMask) !== words[last]) return false;
    this.at += length;
    return true;
  }

  /** Where something new can be put together, behind everything that was read. */
  beginCopy(): void {
    this.copied = this.#length + zerosBehind;
  }

  copyByte(byte: number): void {
    bytes[this.copied++] = byte;
    used = this.copied;
  }

  copyText({ words, bytes: length }: TextWords): void {
    for (let index = 0; index < words.length; index++) {
      view.setInt32(this.copied + index * 4, words[index] ?? 0, true);
    }
    this.copied += length;
  }

  /** Copies what lies from `begin` to `end`. All copies of a record together are no longer than the record. */
  copyPiece(begin: number, end: number): void {
    bytes.copyWithin(this.copied, begin, end);
    this.copied += end - begin;
  }

  /** What lies there, as text. */
  text(begin: number, end: number): string {
    return buffer.toString('utf8', begin, end);
  }

  /** Reads a text, the quote of which is the next byte: `begin` to `end` is what it says. False when it is none. */
  readText(): boolean {
    let at = this.at + 1;
    this.begin = at;
    let stops = stopsIn(view.getInt32(at, true));
    while (stops === 0) {
      at += 4;
      stops = stopsIn(view.getInt32(at, true));
    }
    at += (31 - Math.clz32(stops & -stops)) >> 3;
    if (bytes[at] !== quote) return this.#readEscaped(at);
    this.end = at;
    this.at = at + 1;
    return true;
  }

  /** The same from the first escape on: what follows moves forward. */
  #readEscaped(first: number): boolean {
    let [at, to] = [first, first];
    for (let byte = bytes[at] ?? 0; byte !== quote; byte = bytes[at] ?? 0) {
      if (byte < blank) return false;
      if (byte !== backslash) {
        const word = view.getInt32(at, true);
        if (stopsIn(word) === 0) {
          view.setInt32(to, word, true);
          at += 4;
          to += 4;
        } else bytes[to++] = bytes[at++] ?? 0;
        continue;
      }
      const mark = bytes[at + 1] ?? 0;
      const meant = escapes[mark] ?? 0;
      if (meant > 0) {
        bytes[to++] = meant;
        at += 2;
      } else if (mark === letterU) {
        const code = this.#codePoint(at);
        if (code < 0) return false;
        at += code > 0xffff ? 12 : 6;
        to = this.#writeCode(code, to);
      } else return false;
    }
    this.end = to;
    this.at = at + 1;
    return true;
  }

  /** Of the escape, or of the pair of escapes, that begins there. Half a pair is U+FFFD. Negative when it is none. */
  #codePoint(at: number): number {
    const code = this.#hexDigits(at + 2);
    if (code < 0xd800 || code > 0xdfff) return code;
    const isPair = code < 0xdc00 && bytes[at + 6] === backslash && bytes[at + 7] === letterU;
    const low = isPair ? this.#hexDigits(at + 8) : 0;
    return low >= 0xdc00 && low <= 0xdfff ? 0x10000 + ((code - 0xd800) << 10) + low - 0xdc00 : 0xfffd;
  }

  #hexDigits(at: number): number {
    let code = 0;
    for (let index = at; index < at + 4; index++) {
      const byte = bytes[index] ?? 0;
      const letter = byte | 0x20;
      const isDigit = byte >= digit0 && byte <= digit9;
      if (!isDigit && (letter < 0x61 || letter > 0x66)) return -1;
      code = code * 16 + (isDigit ? byte - digit0 : letter - 0x57);
    }
    return code;
  }

  /** Writes the character in UTF-8 (RFC 3629 3), which is shorter than its escapes. Returns where it ends. */
  #writeCode(code: number, to: number): number {
    const count = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    bytes[to] = count === 1 ? code : (0xf00 >> count) | (code >> (6 * (count - 1)));
    for (let index = 1; index < count; index++) {
      bytes[to + index] = 0x80 | ((code >> (6 * (count - 1 - index))) & 0x3f);
    }
    return to + count;
  }

  /** Reads a number, whose first digit or sign is the next byte. False when it is none. */
  readNumber(): boolean {
    let at = this.at;
    this.begin = at;
    if (bytes[at] === minus) at++;
    const isZero = bytes[at] === digit0;
    const whole = at;
    at = isZero ? at + 1 : this.#behindDigits(at);
    if (at === whole) return false;
    this.isWhole = !isZero || whole === this.begin;
    if (bytes[at] === point) {
      this.isWhole = false;
      const fraction = ++at;
      at = this.#behindDigits(at);
      if (at === fraction) return false;
    }
    if (((bytes[at] ?? 0) | 0x20) === 0x65) {
      this.isWhole = false;
      at++;
      if (bytes[at] === minus || bytes[at] === 0x2b) at++;
      const exponent = at;
      at = this.#behindDigits(at);
      if (at === exponent) return false;
    }
    this.end = at;
    this.at = at;
    return true;
  }

  /** The number that was read last, which is whole and has no more digits than a number is exact for. */
  wholeNumber(): number {
    const isNegative = bytes[this.begin] === minus;
    let value = 0;
    for (let at = isNegative ? this.begin + 1 : this.begin; at < this.end; at++) {
      value = value * 10 + (bytes[at] ?? 0) - digit0;
    }
    return isNegative ? -value : value;
  }

  #behindDigits(from: number): number {
    let at = from;
    while ((bytes[at] ?? 0) >= digit0 && (bytes[at] ?? 0) <= digit9) at++;
    return at;
  }

  /** Goes behind the word if it is what comes next. */
  skipWord(word: string): boolean {
    for (let index = 0; index < word.length; index++) {
      if (bytes[this.at + index] !== word.charCodeAt(index)) return false;
    }
    this.at += word.length;
    return true;
  }

  /** Finds the end of an object or array, whose bracket is the next byte, and judges nothing else. */
  readNested(): boolean {
    let at = this.at;
    this.begin = at;
    let depth = 0;
    do {
      const byte = bytes[at++] ?? 0;
      if (byte === openBrace || byte === openBracket) depth++;
      else if (byte === closeBrace || byte === closeBracket) depth--;
      else if (byte === quote) {
        for (let inside = bytes[at++]; inside !== quote; inside = bytes[at++]) {
          if (inside === backslash) at++;
          if (inside === 0 || inside === undefined) return false;
        }
      } else if (byte === 0) return false;
    } while (depth > 0);
    this.end = at;
    this.at = at;
    return true;
  }
}
