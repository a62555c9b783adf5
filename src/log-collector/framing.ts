// Messages out of a stream of syslog over TCP (RFC 6587): counted ones, and ones that end with a line feed. Both may come on
// one connection; what a message begins with tells.
import { lineFeedsIn } from './segments.ts';

const lineFeed = 0x0a;
const space = 0x20;
const lessThan = 0x3c;
/** Digits of a count: more would be a message of a gigabyte. */
const countDigitsMax = 7;

export interface Lines {
  /** Whole lines, each with its line feed. */
  readonly bytes: Buffer;
  readonly count: number;
}

const nothing = Buffer.alloc(0);

export class Framing {
  readonly #messageBytesMax: number;
  /** What has come of the next message, at the beginning of a buffer that may be larger. */
  #buffer: Buffer = nothing;
  #length = 0;
  /** What is still to come of a message that was cut: so many bytes, or all up to the line feed. */
  #skip: number | 'line' = 0;
  /** Messages that were longer than the bound and cut there. */
  cut = 0;

  constructor(messageBytesMax: number) {
    this.#messageBytesMax = messageBytesMax;
  }

  /** The lines that are complete with this chunk; null when there is none. To be used before the next call. */
  take(chunk: Buffer): Lines | null {
    const heard = this.#skip === 0 ? chunk : this.#afterSkipped(chunk);
    if (heard.length === 0) return null;
    const isContinued = this.#length > 0;
    const bytes = isContinued ? this.#append(heard) : heard;
    if (isCount(bytes[0])) return this.#takeMixed(bytes);
    if (isContinued && !heard.includes(lineFeed)) return this.#takeLong();
    const end = bytes.lastIndexOf(lineFeed) + 1;
    const whole = bytes.subarray(0, end);
    if (mayHoldCounts(whole) || isCount(bytes[end])) return this.#takeMixed(bytes);
    this.#keep(bytes.subarray(end));
    if (end === 0) return this.#takeLong();
    return { bytes: whole, count: lineFeedsIn(whole) };
  }

  /** What stands unfinished when the connection ends is a message as well. */
  end(): Lines | null {
    const rest = this.#buffer.subarray(0, this.#length);
    this.#keep(nothing);
    if (rest.length === 0) return null;
    const counted = countAt(rest, 0);
    return oneLine(typeof counted === 'object' ? rest.subarray(counted.start) : rest);
  }

  #afterSkipped(chunk: Buffer): Buffer {
    if (this.#skip === 'line') {
      const end = chunk.indexOf(lineFeed);
      if (end >= 0) this.#skip = 0;
      return end < 0 ? nothing : chunk.subarray(end + 1);
    }
    const skipped = Math.min(this.#skip, chunk.length);
    this.#skip -= skipped;
    return chunk.subarray(skipped);
  }

  /** Room is doubled, lest many small chunks copy a long message again and again. */
  #append(chunk: Buffer): Buffer {
    const length = this.#length + chunk.length;
    if (length > this.#buffer.length) {
      const larger = Buffer.allocUnsafe(Math.max(length, 2 * this.#buffer.length));
      this.#buffer.copy(larger, 0, 0, this.#length);
      this.#buffer = larger;
    }
    chunk.copy(this.#buffer, this.#length);
    this.#length = length;
    return this.#buffer.subarray(0, length);
  }

  /** The rest of a chunk is copied, lest it keeps the whole chunk in memory. */
  #keep(rest: Buffer): void {
    const isAllOfOurs = rest.length === this.#length && rest.buffer === this.#buffer.buffer;
    if (!isAllOfOurs) this.#buffer = rest.length === 0 ? nothing : Buffer.from(rest);
    this.#length = rest.length;
  }

  #takeLong(): Lines | null {
    if (this.#length <= this.#messageBytesMax) return null;
    const rest = this.#buffer.subarray(0, this.#length);
    const counted = countAt(rest, 0);
    const [start, skip] =
      typeof counted === 'object'
        ? [counted.start, counted.start + counted.length - rest.length]
        : [0, 'line' as const];
    this.cut++;
    this.#skip = skip;
    const line = oneLine(rest.subarray(start, start + this.#messageBytesMax));
    this.#keep(nothing);
    return line;
  }

  #takeMixed(bytes: Buffer): Lines | null {
    const lines: Buffer[] = [];
    let at = 0;
    while (at < bytes.length) {
      const next = this.#nextMessage(bytes, at);
      if (!next) break;
      if (next.end > next.start) lines.push(oneLine(bytes.subarray(next.start, next.end)).bytes);
      at = next.after;
    }
    this.#keep(bytes.subarray(at));
    if (lines.length > 0) return { bytes: Buffer.concat(lines), count: lines.length };
    return this.#takeLong();
  }

  #nextMessage(bytes: Buffer, at: number): { start: number; end: number; after: number } | undefined {
    const counted = countAt(bytes, at);
    if (counted === 'unfinished') return undefined;
    if (counted) {
      const end = counted.start + counted.length;
      return end > bytes.length ? undefined : { start: counted.start, end, after: end };
    }
    const end = bytes.indexOf(lineFeed, at);
    return end < 0 ? undefined : { start: at, end, after: end + 1 };
  }
}

function isCount(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x31 && byte <= 0x39;
}

/** Counted messages follow each other without a line feed: somewhere a line would begin with a digit. */
function mayHoldCounts(whole: Buffer): boolean {
  for (let at = whole.indexOf(lineFeed); at >= 0 && at + 1 < whole.length; at = whole.indexOf(lineFeed, at + 1)) {
    if (isCount(whole[at + 1])) return true;
  }
  return false;
}

/** `LENGTH SP <` (RFC 6587 section 3.4.1); undefined when no count stands here. */
function countAt(bytes: Buffer, at: number): { start: number; length: number } | 'unfinished' | undefined {
  if (!isCount(bytes[at])) return undefined;
  let length = 0;
  for (let digit = at; digit < at + countDigitsMax + 1; digit++) {
    const byte = bytes[digit];
    if (byte === undefined) return 'unfinished';
    if (byte === space && digit > at) {
      const first = bytes[digit + 1];
      if (first === undefined) return 'unfinished';
      return first === lessThan ? { start: digit + 1, length } : undefined;
    }
    if (byte < 0x30 || byte > 0x39) return undefined;
    length = length * 10 + byte - 0x30;
  }
  return undefined;
}

/** A message as one line: line breaks inside of it become spaces, those at its end go. */
export function oneLine(message: Buffer): Lines {
  let end = message.length;
  while (end > 0 && isBreak(message[end - 1])) end--;
  const line = Buffer.allocUnsafe(end + 1);
  for (let at = 0; at < end; at++) {
    const byte = message[at] ?? 0;
    line[at] = isBreak(byte) ? space : byte;
  }
  line[end] = lineFeed;
  return { bytes: line, count: 1 };
}

function isBreak(byte: number | undefined): boolean {
  return byte === lineFeed || byte === 0x0d || byte === 0;
}
