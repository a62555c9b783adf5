// Reads slices of a log in one thread: record by record through the parser into the collector, with counts and the first bad
// records for people.
import { Line } from '../formats/line.ts';
import { type LogParser, type RecordReader, type SkipReason, skipReasons } from '../formats/reader.ts';
import { Transaction } from '../formats/transaction.ts';
import { cutterOf, type RecordCutter } from './records.ts';
import { HeaderFinder } from './slicing.ts';
import type { Slice } from './slots.ts';

const newline = 0x0a;
export const badRecordsMax = 10;
const excerptCharactersMax = 200;

/** Reasons that say something of the log's shape. */
const badReasons: ReadonlySet<SkipReason> = new Set([
  'malformed',
  'no-time',
  'no-destination',
  'in-the-future',
  'too-old',
  'too-long',
]);

export interface ReadOptions {
  readonly parser: LogParser;
  readonly isSyslog: boolean;
  readonly receivedAt: number;
  readonly lineBytesMax: number;
}

/** A bad record by its place in a slice. */
export interface BadInSlice {
  readonly slice: number;
  /** Lines of the slice before it. */
  readonly line: number;
  readonly reason: SkipReason;
  readonly excerpt: string;
}

export class SliceReader {
  readonly #parser: LogParser;
  readonly #receivedAt: number;
  #reader: RecordReader;
  readonly #cutter: RecordCutter;
  readonly #isLines: boolean;
  readonly #finder: HeaderFinder | undefined;
  readonly #lineBytesMax: number;
  readonly #line = new Line();
  readonly #transaction = new Transaction();
  #header: Buffer = Buffer.alloc(0);
  #read = 0;
  /** By the order of the reasons. */
  readonly #skipped = new Float64Array(skipReasons.length);
  readonly #bad: BadInSlice[] = [];

  constructor({ parser, isSyslog, receivedAt, lineBytesMax }: ReadOptions) {
    this.#parser = parser;
    this.#receivedAt = receivedAt;
    this.#reader = parser.open({ receivedAt });
    this.#cutter = cutterOf(parser.records, lineBytesMax);
    this.#isLines = parser.records === 'lines';
    this.#lineBytesMax = lineBytesMax;
    if (typeof parser.headers === 'object') this.#finder = new HeaderFinder(parser.headers.prefix, isSyslog);
  }

  get read(): number {
    return this.#read;
  }

  /** A line that describes the columns was there. */
  get hasHeader(): boolean {
    return this.#header.length > 0;
  }

  get skipped(): Record<SkipReason, number> {
    // One entry for each reason, by construction.
    return Object.fromEntries(skipReasons.map((reason, at) => [reason, this.#skipped[at] ?? 0])) as Record<
      SkipReason,
      number
    >;
  }

  /** The first ones, in their order. */
  get bad(): readonly BadInSlice[] {
    return this.#bad;
  }

  /**
   * Reads the records of a slice, at most so many; `take` is given each that tells of a transaction, and may have a reason
   * of its own to skip it. Returns the number of lines.
   */
  readSlice(slice: Slice, take: (transaction: Transaction) => SkipReason | null, recordsMax = Infinity): number {
    const bytes = slice.data.subarray(0, slice.dataBytes);
    const cutter = this.#cutter;
    const line = this.#line;
    const transaction = this.#transaction;
    let isFirst = this.#begin(slice);
    let lines = 0;
    let records = 0;
    line.bytes = bytes;
    for (let from = 0; records < recordsMax && cutter.find(bytes, from, bytes.length, true); from = cutter.next) {
      line.start = cutter.start;
      line.end = cutter.end;
      const before = lines;
      lines += this.#isLines ? 1 : countLines(bytes, from, cutter.next);
      if (line.end === line.start) continue;
      const isTooLong = line.end - line.start > this.#lineBytesMax;
      if (!isTooLong && (isFirst || this.#finder?.isNext(bytes, line.start, line.end))) {
        const isHeader = this.#takeHeader(line, isFirst);
        isFirst = false;
        if (isHeader) continue;
      }
      this.#read++;
      records++;
      const reason = isTooLong ? 'too-long' : this.#readRecord(line, transaction, take);
      if (reason !== null) this.#skip(reason, { slice: slice.number, line: before }, cutter);
    }
    return lines;
  }

  #readRecord(
    line: Line,
    transaction: Transaction,
    take: (transaction: Transaction) => SkipReason | null,
  ): SkipReason | null {
    transaction.clear();
    return this.#reader.read(line, transaction) ?? take(transaction);
  }

  /** Puts the header in force; true when the first record of the slice may be one. */
  #begin({ header, headerBytes }: Slice): boolean {
    this.#finder?.begin();
    if (this.#parser.headers === 'none') return false;
    if (headerBytes === 0) return this.#parser.headers === 'first-line';
    const given = header.subarray(0, headerBytes);
    if (this.#header.equals(given)) return false;
    const line = new Line();
    line.bytes = Buffer.from(given);
    line.end = headerBytes;
    this.#takeHeader(line, this.#parser.headers === 'first-line');
    return false;
  }

  /** False when the first line of a file turns out to be a record. */
  #takeHeader(line: Line, isFirstLine: boolean): boolean {
    if (isFirstLine && this.#reader.isHeader?.(line) === false) {
      // The columns of the file before are not those of this one.
      if (this.#header.length > 0) this.#reader = this.#parser.open({ receivedAt: this.#receivedAt });
      this.#header = Buffer.alloc(0);
      return false;
    }
    // The reader may keep where the names of the columns lie.
    const own = new Line();
    own.bytes = Buffer.from(line.bytes.subarray(line.start, line.end));
    own.end = own.bytes.length;
    this.#header = own.bytes;
    this.#reader.header?.(own);
    return true;
  }

  #skip(
    reason: SkipReason,
    place: { readonly slice: number; readonly line: number },
    { start, end }: RecordCutter,
  ): void {
    const at = skipReasons.indexOf(reason);
    this.#skipped[at] = (this.#skipped[at] ?? 0) + 1;
    if (this.#bad.length < badRecordsMax && badReasons.has(reason)) {
      this.#bad.push({ ...place, reason, excerpt: excerptOf(this.#line.bytes, start, end) });
    }
  }
}

function countLines(bytes: Buffer, from: number, to: number): number {
  let lines = 0;
  for (let at = bytes.indexOf(newline, from); at >= 0 && at < to; at = bytes.indexOf(newline, at + 1)) lines++;
  return Math.max(lines, 1);
}

/** The beginning of a record as text that can be shown anywhere. */
function excerptOf(bytes: Buffer, start: number, end: number): string {
  const text = Buffer.from(bytes.subarray(start, Math.min(end, start + excerptCharactersMax * 4))).toString('utf8');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it takes away.
  return Array.from(text.replace(/[\u0000-\u001f\u007f-\u009f]+/g, ' '))
    .slice(0, excerptCharactersMax)
    .join('');
}
