// Headers that syslog puts in front of a message, as appliances and relays really write them: RFC 5424, RFC 3164 and its
// relatives (with a year, a fraction, a zone, an ISO time, without host), RFC 6587 octet counts, and several in a row.
import { nearestYear } from './dates.ts';
import type { Line } from './line.ts';
import type { LogParser, ReadingContext, RecordReader, SkipReason } from './reader.ts';
import { hostEnd, isoHeaderTime, structuredData, type Timestamp, tagEnd, timestampAt } from './syslog-parts.ts';
import type { Transaction } from './transaction.ts';

const space = 0x20;
const less = 0x3c;
const greater = 0x3e;

/** A message passes at most so many relays that put a header of their own in front. */
const headersMax = 4;

/**
 * Moves `line.start` past the headers of syslog and gives the time of the innermost one, epoch milliseconds, NaN without any.
 * Some products tell their events in structured data; such a message begins at its MSGID. Of a time without year
 * it is the nearest before `receivedAt`. Undeclared, only what cannot be the record itself is taken for a header: a priority,
 * a time that begins with the name of a month, an ISO time with host and tag behind it.
 */
export function syslogHeader(line: Line, receivedAt: number, isDeclared: boolean): number {
  let time = Number.NaN;
  for (let round = 0; round < headersMax; round++) {
    const before = line.start;
    const found = oneHeader(line, receivedAt, isDeclared && round === 0, round > 0);
    if (line.start === before) break;
    if (!Number.isNaN(found)) time = found;
  }
  return time;
}

/** A relay may leave the priority of the header that it puts its own in front of away (`isInner`). */
function oneHeader(line: Line, receivedAt: number, isDeclared: boolean, isInner: boolean): number {
  const { bytes, end } = line;
  const start = pastOctetCount(bytes, line.start, end);
  const at = pastPriority(bytes, start, end);
  const hasPriority = at > start;
  if (hasPriority) line.start = at;
  if ((hasPriority || isInner) && bytes[at] === 0x31 && bytes[at + 1] === space && at + 2 < end) {
    return newHeader(line, at + 2);
  }
  return oldHeader(line, at, receivedAt, isDeclared || hasPriority);
}

/** `123 <14>...`: the count that frames messages over TCP. */
function pastOctetCount(bytes: Buffer, start: number, end: number): number {
  let at = start;
  while (at < end && at < start + 7 && isDigit(bytes[at] ?? 0)) at += 1;
  return at > start && at + 1 < end && bytes[at] === space && bytes[at + 1] === less ? at + 1 : start;
}

function pastPriority(bytes: Buffer, start: number, end: number): number {
  if (bytes[start] !== less) return start;
  let at = start + 1;
  while (at < end && at < start + 4 && isDigit(bytes[at] ?? 0)) at += 1;
  return at > start + 1 && at < end && bytes[at] === greater ? at + 1 : start;
}

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}

/** RFC 5424 behind its version. What does not go on with a time is left as it is, for some products only begin alike. */
function newHeader(line: Line, start: number): number {
  const { bytes, end } = line;
  let at = tokenEnd(bytes, start, end);
  let time = Number.NaN;
  if (!(at === start + 1 && bytes[start] === 0x2d)) {
    // Check Point writes a space between date and time.
    if (at === start + 10 && bytes[at + 3] === 0x3a) at = tokenEnd(bytes, at + 1, end);
    time = isoHeaderTime(bytes, start, at);
    if (Number.isNaN(time)) return time;
  }
  let messageId = at;
  for (let field = 0; field < 4; field++) {
    if (at >= end) return time;
    messageId = at + 1;
    at = tokenEnd(bytes, messageId, end);
    // Check Point leaves the MSGID out: what should be there is the structured data already.
    if (field === 3 && bytes[messageId] === 0x5b) at = messageId - 1;
  }
  const data = at + 1;
  line.start = Math.min(end, structuredData(bytes, data, end, messageId));
  return time;
}

function tokenEnd(bytes: Buffer, start: number, end: number): number {
  let at = start;
  while (at < end && bytes[at] !== space) at += 1;
  return at;
}

const stamp: Timestamp = { end: 0, year: 0, month: 0, day: 0, clock: 0, time: 0 };

/** RFC 3164 and its relatives: a time, a host, a tag. */
function oldHeader(line: Line, start: number, receivedAt: number, isCertain: boolean): number {
  const { bytes, end } = line;
  // Cisco marks clocks that are not synchronised, and begins its EMBLEM format with a colon.
  const isMarked = bytes[start] === 0x3a || bytes[start] === 0x2a || bytes[start] === 0x2e;
  if (!timestampAt(bytes, isMarked ? start + 1 : start, end, stamp)) return Number.NaN;
  const isNamed = stamp.month > 0;
  const time =
    isNamed && Number.isNaN(stamp.time) ? nearestYear(stamp.month, stamp.day, stamp.clock, receivedAt) : stamp.time;
  if (Number.isNaN(time)) return Number.NaN;
  let at = stamp.end;
  // "Nov 21 2026 09:00:00: %ASA-...": no host.
  const isHostless = bytes[at] === 0x3a;
  if (isHostless) at += 1;
  if (at < end && bytes[at] !== space) return Number.NaN;
  at = pastSpaces(bytes, at, end);
  const host = isHostless ? at : hostEnd(bytes, at, end);
  if (host > at) at = pastSpaces(bytes, host, end);
  const tag = isHostless ? at : tagEnd(bytes, at, end);
  if (!isNamed && !isCertain && !(host > 0 && tag > at)) return Number.NaN;
  line.start = pastSpaces(bytes, tag, end);
  return time;
}

function pastSpaces(bytes: Buffer, start: number, end: number): number {
  let at = start;
  while (at < end && bytes[at] === space) at += 1;
  return at;
}

/**
 * The same parser behind the headers of syslog; it serves the plain files of a kind too (`isDeclared` false), for many are written by
 * a syslog server. A transaction without a time of its own gets that of the header, whether the parser leaves `time` NaN or, after it
 * has filled in everything else, says `no-time`. Lines with the parser's prefix of headers are found behind those of syslog, too.
 */
export function withSyslog(parser: LogParser, isDeclared: boolean): LogParser {
  if (typeof parser.records === 'object') return parser;
  const bare = wrapped.get(parser) ?? parser;
  const result: LogParser = { ...bare, open: (context) => new BehindSyslog(bare, context, isDeclared) };
  wrapped.set(result, bare);
  return result;
}

/** What is inside: nothing is gained by taking headers away twice. */
const wrapped = new WeakMap<LogParser, LogParser>();

class BehindSyslog implements RecordReader {
  private readonly reader: RecordReader;
  private readonly receivedAt: number;
  private readonly isDeclared: boolean;
  private readonly prefix: Buffer | null;

  constructor(parser: LogParser, context: ReadingContext, isDeclared: boolean) {
    this.reader = parser.open(context);
    this.receivedAt = context.receivedAt;
    this.isDeclared = isDeclared;
    this.prefix = typeof parser.headers === 'object' ? Buffer.from(parser.headers.prefix, 'utf8') : null;
  }

  header(line: Line): void {
    const start = line.start;
    syslogHeader(line, this.receivedAt, this.isDeclared);
    this.reader.header?.(line);
    line.start = start;
  }

  isHeader(line: Line): boolean {
    const start = line.start;
    syslogHeader(line, this.receivedAt, this.isDeclared);
    const answer = this.reader.isHeader?.(line) ?? true;
    line.start = start;
    return answer;
  }

  read(line: Line, transaction: Transaction): SkipReason | null {
    const start = line.start;
    const time = syslogHeader(line, this.receivedAt, this.isDeclared);
    let reason: SkipReason | null;
    if (this.prefix !== null && line.start !== start && this.beginsWithPrefix(line)) {
      this.reader.header?.(line);
      reason = 'other';
    } else {
      reason = this.reader.read(line, transaction);
      if (!Number.isNaN(time) && Number.isNaN(transaction.time) && (reason === null || reason === 'no-time')) {
        transaction.time = time;
        reason = null;
      }
    }
    line.start = start;
    return reason;
  }

  private beginsWithPrefix(line: Line): boolean {
    const prefix = this.prefix ?? Buffer.alloc(0);
    const stop = line.start + prefix.length;
    return stop <= line.end && line.bytes.compare(prefix, 0, prefix.length, line.start, stop) === 0;
  }
}
