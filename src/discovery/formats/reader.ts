// What the engine asks of a parser. A parser is data and a reader: how records are cut, which lines say what the columns
// are, and what one record tells.
import type { Line } from './line.ts';
import type { Transaction } from './transaction.ts';

/**
 * Why a record was not used. `other` is a record of the right kind of log that tells of no transaction (a system message, an
 * opened connection whose end is logged too); `malformed` is one that is not of this log's shape at all; `internal` goes to
 * an address of a private network, `unknown-address` to one that no app is known for.
 */
export const skipReasons = [
  'other',
  'malformed',
  'no-time',
  'no-destination',
  'inbound',
  'too-old',
  'in-the-future',
  'too-long',
  'internal',
  'unknown-address',
] as const;
export type SkipReason = (typeof skipReasons)[number];

/** Reads the records of one slice of a log, in order; holds no more state than the header in force. */
export interface RecordReader {
  /** Takes a line that says what the columns are: the first line of a file, or one that begins with the parser's prefix. */
  header?(line: Line): void;
  /** Whether the first line of a file is a header; a record when not. Asked only where `headers` is 'first-line'; absent: it always is. */
  isHeader?(line: Line): boolean;
  /** Fills the transaction, or says why there is none. The last five reasons are the engine's. */
  read(line: Line, transaction: Transaction): SkipReason | null;
}

export interface ReadingContext {
  /** When the log came in, epoch milliseconds: stands for "now" where a time has no year. */
  readonly receivedAt: number;
}

/** A parser of a kind of log. What it is called and which `source` values it serves is in sources.ts. */
export interface LogParser {
  /** How records are cut: at line breaks, at line breaks outside of double quotes, or as elements of XML of this name. */
  readonly records: 'lines' | 'quoted-lines' | { readonly element: string };
  /** Which lines describe the columns; they are handed to the reader's `header` instead of `read`. */
  readonly headers: 'none' | 'first-line' | { readonly prefix: string };
  /** Characters that the reader looks for, ASCII: where they are is found beforehand, for logs that are cut at line breaks (Line.marks). */
  readonly marks?: string;
  open(context: ReadingContext): RecordReader;
}
