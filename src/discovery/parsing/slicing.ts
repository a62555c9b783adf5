// Cuts a log into slices at the borders of records, in the thread that unpacks it, and says with each slice which header is
// in force where it begins.
import type { LogParser } from '../formats/reader.ts';
import { cutterOf, type RecordCutter } from './records.ts';
import type { Ring } from './slots.ts';

const newline = 0x0a;
/** How far behind the beginning of a line the prefix of a header may stand when a syslog header is in front. */
const syslogHeaderBytesMax = 512;

export interface SlicerOptions {
  readonly parser: Pick<LogParser, 'records' | 'headers'>;
  readonly isSyslog: boolean;
  readonly lineBytesMax: number;
}

export class Slicer {
  readonly #ring: Ring;
  readonly #cutter: RecordCutter;
  readonly #isLines: boolean;
  readonly #headers: LogParser['headers'];
  readonly #finder: HeaderFinder | undefined;
  #room: ReturnType<Ring['room']> | undefined;
  #used = 0;
  /** What is left of a line that is longer than a slice. */
  #isSkipping = false;
  #tooLong = 0;
  #header: Buffer = Buffer.alloc(0);

  constructor(ring: Ring, { parser, isSyslog, lineBytesMax }: SlicerOptions) {
    this.#ring = ring;
    this.#cutter = cutterOf(parser.records, lineBytesMax);
    this.#isLines = parser.records === 'lines';
    this.#headers = parser.headers;
    if (typeof parser.headers === 'object') this.#finder = new HeaderFinder(parser.headers.prefix, isSyslog);
  }

  /** Records that were longer than a slice: in none of them. */
  get tooLong(): number {
    return this.#tooLong;
  }

  write(bytes: Buffer): void {
    for (let from = 0; from < bytes.length; ) {
      if (this.#isSkipping) {
        const end = bytes.indexOf(newline, from);
        if (end < 0) return;
        this.#isSkipping = false;
        from = end + 1;
        continue;
      }
      this.#room ??= this.#ring.room();
      const { data } = this.#room;
      const count = Math.min(bytes.length - from, data.length - this.#used);
      bytes.copy(data, this.#used, from, from + count);
      this.#used += count;
      from += count;
      if (this.#used === data.length) this.#cut(data);
    }
  }

  /** The file is at its end; what comes next is of another one. */
  endFile(): void {
    if (this.#room && this.#used > 0) this.#publish(this.#room.data, this.#used);
    this.#isSkipping = false;
    // A log that was cut into several files describes its columns in the first one; a first line is of its own file.
    if (this.#headers === 'first-line') this.#header = Buffer.alloc(0);
  }

  #cut(data: Buffer): void {
    const end = this.#lastEnd(data);
    if (end === 0) {
      this.#tooLong++;
      this.#isSkipping = true;
      this.#used = 0;
      return;
    }
    // Copied before the next piece is waited for, because this one belongs to a reader then.
    const rest = Buffer.from(data.subarray(end, this.#used));
    this.#publish(data, end);
    this.#room = this.#ring.room();
    rest.copy(this.#room.data);
    this.#used = rest.length;
  }

  /** Behind the last whole record. */
  #lastEnd(data: Buffer): number {
    if (this.#isLines) return data.lastIndexOf(newline, this.#used - 1) + 1;
    let end = 0;
    while (this.#cutter.find(data, end, this.#used, false)) end = this.#cutter.next;
    return end;
  }

  #publish(data: Buffer, bytes: number): void {
    const { header } = this.#room ?? this.#ring.room();
    const headerBytes = this.#header.length;
    this.#header.copy(header);
    if (this.#headers === 'first-line' && headerBytes === 0) this.#header = this.#firstLine(data, bytes, header.length);
    this.#header = this.#finder?.last(data, bytes, header.length) ?? this.#header;
    this.#ring.publish(headerBytes, bytes);
    this.#room = undefined;
    this.#used = 0;
  }

  /** The reader of the first slice finds it by itself; those of the others are given it. */
  #firstLine(data: Buffer, bytes: number, bytesMax: number): Buffer {
    let from = 0;
    while (this.#cutter.find(data, from, bytes, true)) {
      const { start, end, next } = this.#cutter;
      if (end > start && end - start <= bytesMax) return Buffer.from(data.subarray(start, end));
      from = next;
    }
    return Buffer.alloc(0);
  }
}

/** Finds lines that describe the columns by how they begin. */
export class HeaderFinder {
  readonly #prefix: Buffer;
  readonly #isSyslog: boolean;
  /** Where the prefix stands next in the bytes that are read: see {@link isNext}. */
  #next = -1;

  constructor(prefix: string, isSyslog: boolean) {
    this.#prefix = Buffer.from(prefix);
    this.#isSyslog = isSyslog;
  }

  /** The last header line of the first bytes, without its line break. */
  last(data: Buffer, bytes: number, bytesMax: number): Buffer | undefined {
    const text = data.subarray(0, bytes);
    let found: Buffer | undefined;
    for (let at = text.indexOf(this.#prefix); at >= 0; at = text.indexOf(this.#prefix, at + 1)) {
      const start = at === 0 ? 0 : text.lastIndexOf(newline, at - 1) + 1;
      if (!this.#isPlace(text, start, at)) continue;
      const lineEnd = text.indexOf(newline, at);
      const end = lineEnd < 0 ? bytes : lineEnd;
      if (end - start <= bytesMax) found = Buffer.from(text.subarray(start, text[end - 1] === 0x0d ? end - 1 : end));
    }
    return found;
  }

  /** Whoever asks {@link isNext} begins with other bytes. */
  begin(): void {
    this.#next = -1;
  }

  /** The line bytes[start..end) is a header. To be asked line by line. */
  isNext(bytes: Buffer, start: number, end: number): boolean {
    if (this.#next < start) {
      const found = bytes.indexOf(this.#prefix, start);
      this.#next = found < 0 ? bytes.length : found;
    }
    return this.#next < end && this.#isPlace(bytes, start, this.#next);
  }

  /** At the beginning of a line, or behind a syslog header: one that was declared, or what looks like one. */
  #isPlace(bytes: Buffer, lineStart: number, at: number): boolean {
    if (at === lineStart) return true;
    if (at - lineStart > syslogHeaderBytesMax) return false;
    const first = bytes[lineStart] ?? 0;
    return this.#isSyslog || first === 0x3c || (first >= 0x41 && first <= 0x5a);
  }
}
