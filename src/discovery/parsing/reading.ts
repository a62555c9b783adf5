// Reads slices of a log in one thread: record by record through the parser into the collector, with counts and the first bad
// records for people.
import { Line } from '../formats/line.ts';
import { blockBytesMax, MarkedBlock } from '../formats/marks.ts';
import { type LogParser, type RecordReader, type SkipReason, skipReasons } from '../formats/reader.ts';
import { Transaction } from '../formats/transaction.ts';
import { cutterOf, type RecordCutter } from './records.ts';
import { HeaderFinder } from './slicing.ts';
import type { Slice } from './slots.ts';

const newline = 0x0a;
const carriageReturn = 0x0d;
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

/** Is given each record that tells of a transaction; says why not when it does not take it. */
export type Take = (transaction: Transaction) => SkipReason | null;

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
  /** Where lines and what the reader asks for are looked for; a record of several lines is found otherwise. */
  readonly #block: MarkedBlock | undefined;
  /** Of the slice that is being read: its number, its lines so far, whether its first line may be a header, and who takes. */
  #slice = 0;
  #lines = 0;
  #isFirst = false;
  #take: Take = () => null;

  constructor({ parser, isSyslog, receivedAt, lineBytesMax }: ReadOptions) {
    this.#parser = parser;
    this.#receivedAt = receivedAt;
    this.#reader = parser.open({ receivedAt });
    this.#cutter = cutterOf(parser.records, lineBytesMax);
    this.#isLines = parser.records === 'lines';
    this.#lineBytesMax = lineBytesMax;
    if (this.#isLines) this.#block = new MarkedBlock(parser.marks ?? '');
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
  readSlice(slice: Slice, take: Take, recordsMax = Infinity): number {
    const bytes = slice.data.subarray(0, slice.dataBytes);
    this.#begin(slice);
    this.#take = take;
    this.#slice = slice.number;
    this.#lines = 0;
    const readMax = this.#read + recordsMax;
    if (this.#block) this.#readBlocks(bytes, this.#block, readMax);
    else this.#readRecords(bytes, readMax);
    return this.#lines;
  }

  #readRecords(bytes: Buffer, readMax: number): void {
    const cutter = this.#cutter;
    const line = this.#line;
    line.bytes = bytes;
    for (let from = 0; this.#read < readMax && cutter.find(bytes, from, bytes.length, true); from = cutter.next) {
      line.start = cutter.start;
      line.end = cutter.end;
      const before = this.#lines;
      this.#lines += this.#isLines ? 1 : countLines(bytes, from, cutter.next);
      this.#readLine(line, before, bytes, 0);
    }
  }

  /** Lines are looked for block by block, and with them what the reader asks for (LogParser.marks). */
  #readBlocks(bytes: Buffer, block: MarkedBlock, readMax: number): void {
    const line = this.#line;
    for (let from = 0; from < bytes.length && this.#read < readMax; ) {
      const rest = bytes.length - from;
      const to = rest <= blockBytesMax ? bytes.length : bytes.lastIndexOf(newline, from + blockBytesMax - 1) + 1;
      if (to <= from) {
        from = this.#readLongLine(bytes, from);
        continue;
      }
      block.fill(bytes, from, to);
      line.bytes = block.bytes;
      line.marks = block;
      this.#readBlock(line, block, readMax, bytes, from);
      line.marks = null;
      from = to;
    }
  }

  /** `bytes` and `offset` say where in the slice the block lies. */
  #readBlock(line: Line, block: MarkedBlock, readMax: number, bytes: Buffer, offset: number): void {
    const { lineEnds, lineCount } = block;
    let start = 0;
    for (let at = 0; at < lineCount && this.#read < readMax; at++) {
      const stop = lineEnds[at] ?? 0;
      line.start = start;
      line.end = stop > start && line.bytes[stop - 1] === carriageReturn ? stop - 1 : stop;
      start = stop + 1;
      this.#readLine(line, this.#lines++, bytes, offset);
    }
  }

  /** A line that is longer than a block; returns where the next one begins. */
  #readLongLine(bytes: Buffer, from: number): number {
    this.#cutter.find(bytes, from, bytes.length, true);
    const { start, end, next } = this.#cutter;
    const line = this.#line;
    line.bytes = bytes;
    line.start = start;
    line.end = end;
    this.#readLine(line, this.#lines++, bytes, 0);
    return next;
  }

  /** `before` are the lines of the slice before it; `bytes` are the slice's, in which the line lies so far behind its place. */
  #readLine(line: Line, before: number, bytes: Buffer, offset: number): void {
    const { start, end } = line;
    if (end === start) return;
    const isTooLong = end - start > this.#lineBytesMax;
    if (!isTooLong && (this.#isFirst || this.#finder?.isNext(bytes, start + offset, end + offset))) {
      const isHeader = this.#takeHeader(line, this.#isFirst);
      this.#isFirst = false;
      if (isHeader) return;
    }
    this.#read++;
    const reason = isTooLong ? 'too-long' : this.#readRecord(line, this.#transaction);
    if (reason !== null) this.#skip(reason, before, line, start, end);
  }

  #readRecord(line: Line, transaction: Transaction): SkipReason | null {
    transaction.clear();
    return this.#reader.read(line, transaction) ?? this.#take(transaction);
  }

  /** Puts the header in force. */
  #begin({ header, headerBytes }: Slice): void {
    this.#finder?.begin();
    this.#isFirst = headerBytes === 0 && this.#parser.headers === 'first-line';
    if (this.#parser.headers === 'none' || headerBytes === 0) return;
    const given = header.subarray(0, headerBytes);
    if (this.#header.equals(given)) return;
    const line = new Line();
    line.bytes = Buffer.from(given);
    line.end = headerBytes;
    this.#takeHeader(line, this.#parser.headers === 'first-line');
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

  #skip(reason: SkipReason, before: number, { bytes }: Line, start: number, end: number): void {
    const at = skipReasons.indexOf(reason);
    this.#skipped[at] = (this.#skipped[at] ?? 0) + 1;
    if (this.#bad.length < badRecordsMax && badReasons.has(reason)) {
      this.#bad.push({ slice: this.#slice, line: before, reason, excerpt: excerptOf(bytes, start, end) });
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
