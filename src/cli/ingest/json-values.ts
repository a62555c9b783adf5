// JSON arrays and indented JSON, turned into one value a line without ever holding more than one value.
import type { LocalProblem } from './records.ts';

const valueBytesMax = 64 * 1024 * 1024;

const newline = Buffer.from('\n');
const [tab, lineFeed, carriageReturn, blank] = [0x09, 0x0a, 0x0d, 0x20];
const [quote, backslash, comma] = [0x22, 0x5c, 0x2c];
const [openBracket, closeBracket, openBrace, closeBrace] = [0x5b, 0x5d, 0x7b, 0x7d];

/**
 * The values of the outermost arrays, and objects that stand in no array, each as the bytes it was written with and a
 * line feed. It finds where values begin and end and judges nothing else: what is no JSON is for the server to refuse.
 * A value that cannot be sent (too long, cut off by the end) becomes an empty line, so that line numbers stay record
 * numbers, and is told to `onProblem`.
 */
export async function* splitJsonValues(
  chunks: AsyncIterable<Buffer>,
  onProblem: (problem: LocalProblem) => void,
): AsyncGenerator<Buffer> {
  const splitter = new ValueSplitter(onProblem);
  for await (const chunk of chunks) {
    const lines = splitter.take(chunk);
    if (lines.length > 0) yield Buffer.concat(lines);
  }
  const rest = splitter.end();
  if (rest.length > 0) yield Buffer.concat(rest);
}

class ValueSplitter {
  readonly #onProblem: (problem: LocalProblem) => void;
  #isInArray = false;
  /** Between values, inside an object or array, inside a string on its own, inside a number or word. */
  #state: 'between' | 'nested' | 'string' | 'bare' = 'between';
  #depth = 0;
  #isInString = false;
  #isEscaped = false;
  #record = 0;
  /** What earlier chunks held of the value under way. */
  #parts: Buffer[] = [];
  #partBytes = 0;
  #isTooLong = false;

  constructor(onProblem: (problem: LocalProblem) => void) {
    this.#onProblem = onProblem;
  }

  take(chunk: Buffer): Buffer[] {
    const lines: Buffer[] = [];
    let start = this.#state === 'between' ? -1 : 0;
    for (let index = 0; index < chunk.length; index++) {
      const byte = chunk[index] ?? 0;
      if (this.#state === 'between') {
        if (this.#begins(byte)) start = index;
        continue;
      }
      if (byte === lineFeed || byte === carriageReturn) {
        // Between tokens a line feed is white space (RFC 8259 section 2). Inside a string it is an error, and stays
        // one as another control character: a broken record must not become a sound one on its way.
        chunk[index] = this.#isInString ? 0x01 : blank;
      }
      const end = this.#advance(byte);
      if (end === 'inside') continue;
      const after = end === 'with' ? index + 1 : index;
      this.#finish(lines, chunk.subarray(start, after));
      start = -1;
      // The byte that ended a number or word is itself a separator, or closes the array.
      if (end === 'before') index--;
    }
    if (this.#state !== 'between' && start >= 0) this.#hold(chunk.subarray(start));
    return lines;
  }

  /** What is left when the input ends. */
  end(): Buffer[] {
    const lines: Buffer[] = [];
    if (this.#state === 'bare') this.#finish(lines, Buffer.alloc(0));
    else if (this.#state !== 'between') {
      this.#record++;
      this.#onProblem({ record: this.#record, reason: 'cut-off' });
      lines.push(newline);
    }
    return lines;
  }

  /** True when the byte is the first of a value. */
  #begins(byte: number): boolean {
    if (byte === blank || byte === lineFeed || byte === carriageReturn || byte === tab || byte === comma) return false;
    if (byte === closeBracket) {
      this.#isInArray = false;
      return false;
    }
    if (byte === openBracket && !this.#isInArray) {
      this.#isInArray = true;
      return false;
    }
    this.#isInString = byte === quote;
    this.#depth = byte === openBrace || byte === openBracket ? 1 : 0;
    this.#state = this.#depth === 1 ? 'nested' : this.#isInString ? 'string' : 'bare';
    return true;
  }

  /** Whether the value goes on after this byte, ends with it, or ended before it. */
  #advance(byte: number): 'inside' | 'with' | 'before' {
    if (this.#isInString) {
      if (this.#isEscaped) this.#isEscaped = false;
      else if (byte === backslash) this.#isEscaped = true;
      else if (byte === quote) {
        this.#isInString = false;
        if (this.#state === 'string') return 'with';
      }
      return 'inside';
    }
    if (this.#state === 'bare') {
      const isSeparator = byte <= blank || byte === comma || byte === closeBracket || byte === openBrace;
      return isSeparator ? 'before' : 'inside';
    }
    if (byte === quote) this.#isInString = true;
    else if (byte === openBrace || byte === openBracket) this.#depth++;
    else if (byte === closeBrace || byte === closeBracket) {
      this.#depth--;
      if (this.#depth === 0) return 'with';
    }
    return 'inside';
  }

  #hold(part: Buffer): void {
    this.#partBytes += part.length;
    if (this.#partBytes > valueBytesMax) {
      this.#isTooLong = true;
      this.#parts = [];
    } else this.#parts.push(part);
  }

  #finish(lines: Buffer[], last: Buffer): void {
    this.#hold(last);
    this.#record++;
    if (this.#isTooLong) this.#onProblem({ record: this.#record, reason: 'too-long' });
    else lines.push(...this.#parts);
    lines.push(newline);
    this.#parts = [];
    this.#partBytes = 0;
    this.#isTooLong = false;
    this.#isInString = false;
    this.#isEscaped = false;
    this.#state = 'between';
  }
}
