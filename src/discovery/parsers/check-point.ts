// Check Point, in the ways in which its logs leave it: rows of `fwm logexport` (semicolons, a header that begins with `num;`), text of
// `fw log`, Log Exporter in its syslog form (`[action:"Accept"; ...]`), its generic form (`time=...|action=Accept|...`), its JSON,
// and `key="value"` of older relays. Fields: sk144192 "Log Fields Description"; forms: sk122323 "Log Exporter" and the CLI reference of
// `fw log` and `fwm logexport`.
import { CsvReader } from '../formats/csv.ts';
import { timeOfDay } from '../formats/dates.ts';
import { Fields } from '../formats/fields.ts';
import { JsonLinesReader } from '../formats/json-lines.ts';
import { keyValueReader, labelListReader } from '../formats/key-value.ts';
import type { Line } from '../formats/line.ts';
import { anyTime, namedMonthTime } from '../formats/named-dates.ts';
import type { NamedReader } from '../formats/named-reader.ts';
import type { LogParser, ReadingContext, RecordReader, SkipReason } from '../formats/reader.ts';
import { withSyslog } from '../formats/syslog.ts';
import type { Span, Transaction } from '../formats/transaction.ts';
import { comesFromOutside, indexOfText, namesOutside, startsWith } from './firewalls.ts';
import { contains, intoAddress, saysBlocked } from './values.ts';

const names = [
  'time',
  'action',
  'src',
  'dst',
  'user',
  'src_user_name',
  'src_machine_name',
  'resource',
  'sent_bytes',
  'received_bytes',
  'bytes',
  'conn_direction',
  'inzone',
  'outzone',
  'date',
  'product',
  'origin',
  'orig',
  'loguid',
] as const;
type Name = (typeof names)[number];
type Reader = NamedReader<Name>;

const labels = labelListReader(names, { separator: ';' });
const bars = keyValueReader(names, { separators: '|' });
const pairs = keyValueReader(names);
const objects = new JsonLinesReader(names);
const { slots } = labels;

/** `num;date;time;orig;type;action;...` is the header of exported logs. */
export const checkPoint: LogParser = withSyslog(
  { records: 'lines', headers: { prefix: 'num;' }, open: (context) => new CheckPointReader(context) },
  false,
);

class CheckPointReader implements RecordReader {
  private readonly fields = new Fields(names.length);
  private readonly rows = new CsvReader(Object.fromEntries(names.map((name) => [name, name])) as Record<Name, string>, {
    separator: ';',
    quotes: 'none',
  });
  private hasHeader = false;
  private readonly context: ReadingContext;

  constructor(context: ReadingContext) {
    this.context = context;
  }

  header(line: Line): void {
    this.rows.header(line);
    this.hasHeader = true;
  }

  read(line: Line, transaction: Transaction): SkipReason | null {
    const { fields } = this;
    if (this.hasHeader && isRow(line)) {
      return this.rows.read(line, fields) ? mapCheckPoint(fields, transaction, this.context) : 'malformed';
    }
    if (line.bytes[line.start] === 0x7b) {
      return objects.read(line, fields) ? mapCheckPoint(fields, transaction, this.context) : 'malformed';
    }
    const bare = this.textOf(line, transaction);
    const isRead = formOf(bare).read(bare, fields);
    if (!isRead) return 'malformed';
    const reason = mapCheckPoint(fields, transaction, this.context);
    if (bare.action === 0) return reason;
    transaction.isBlocked = isBlockedText(bare, bare.action);
    return reason === 'malformed' ? 'other' : reason;
  }

  private readonly part = new TextLine();

  /**
   * What stands behind the beginning of a line of `fw log`: `21Nov2026  9:00:00 accept gateway >eth0 `; the time is taken, and the
   * action noted. Of Log Exporter it is what is within the brackets.
   */
  private textOf(line: Line, transaction: Transaction): TextLine {
    const { part } = this;
    part.bytes = line.bytes;
    part.start = line.start;
    part.end = line.end;
    part.action = 0;
    const { bytes, start, end } = line;
    const bracket = indexOfText(bytes, start, Math.min(end, start + 80), '[');
    if (bracket >= 0) {
      part.start = bracket + 1;
      return part;
    }
    let at = pastWord(bytes, start, end);
    const time = pastWord(bytes, at, end);
    const found = namedMonthTime(bytes, start, Math.max(start, time - 1), this.context.receivedAt);
    if (Number.isNaN(found) || time >= end) return part;
    transaction.time = found;
    part.action = time;
    // Behind the name of the gateway and that of the interface.
    at = pastWord(bytes, pastWord(bytes, time, end), end);
    part.start = bytes[at] === 0x3e || bytes[at] === 0x3c ? pastWord(bytes, at, end) : at;
    return part;
  }
}

/** A part of a line, and where the action stands in front of it (0: it does not). */
class TextLine implements Line {
  bytes: Buffer = Buffer.alloc(0);
  start = 0;
  end = 0;
  readonly marks = null;
  action = 0;

  text(): string {
    return this.bytes.toString('utf8', this.start, this.end);
  }
}

function pastWord(bytes: Buffer, start: number, end: number): number {
  let at = start;
  while (at < end && bytes[at] !== 0x20) at += 1;
  while (at < end && bytes[at] === 0x20) at += 1;
  return at;
}

/** `123;21Nov2026;9:00:00;...` */
function isRow({ bytes, start, end }: Line): boolean {
  let at = start;
  while (at < end && (bytes[at] ?? 0) >= 0x30 && (bytes[at] ?? 0) <= 0x39) at += 1;
  return at > start && bytes[at] === 0x3b;
}

/** By what stands between the first key and its value, and behind the value. */
function formOf({ bytes, start, end }: Line): Reader {
  for (let at = start; at < end; at++) {
    const byte = bytes[at];
    if (byte === 0x3a) return labels;
    if (byte === 0x3d) return bytes[at + 1] === 0x22 || indexOfText(bytes, at, end, '|') < 0 ? pairs : bars;
  }
  return pairs;
}

function isBlockedText({ bytes, end }: Line, action: number): boolean {
  return ['drop', 'reject', 'block', 'prevent'].some((word) => startsWith(bytes, action, end, word));
}

/** From fields named as in a log of Check Point; rows of exported logs have the day in `date`. */
export function mapCheckPoint(
  fields: Fields,
  transaction: Transaction,
  { receivedAt }: ReadingContext,
): SkipReason | null {
  const isOurs =
    fields.has(slots.product) ||
    fields.has(slots.origin) ||
    fields.has(slots.orig) ||
    fields.has(slots.loguid) ||
    fields.has(slots.inzone);
  if (!isOurs) return 'malformed';
  // Messages of the product itself name no destination.
  if (!fields.has(slots.dst) && !fields.has(slots.resource))
    return fields.has(slots.action) || fields.has(slots.time) || fields.has(slots.loguid) ? 'other' : 'malformed';
  if (fields.is(slots.action, 'ctl') || fields.is(slots.action, 'keyinst')) return 'other';
  if (Number.isNaN(transaction.time)) transaction.time = timeOf(fields, receivedAt);
  intoAddress(fields, slots.src, transaction.source);
  intoAddress(fields, slots.dst, transaction.destination);
  fields.into(slots.resource, transaction.url);
  intoAccount(fields, fields.has(slots.src_user_name) ? slots.src_user_name : slots.user, transaction.user);
  fields.into(slots.src_machine_name, transaction.machine);
  transaction.uploaded = fields.whole(slots.sent_bytes);
  transaction.downloaded = fields.whole(slots.received_bytes);
  transaction.total = fields.whole(slots.bytes);
  transaction.isBlocked = isBlockedAction(fields, slots.action);
  return entered(fields, transaction) ? 'inbound' : null;
}

/** Drop, Reject, Block, Prevent, Redirect (to a page that says no); Detect, Bypass, Inspect, Encrypt and the like let pass. */
export function isBlockedAction(fields: Fields, slot: number): boolean {
  return saysBlocked(fields, slot) || contains(fields, slot, 'prevent') || fields.is(slot, 'redirect');
}

function entered(fields: Fields, transaction: Transaction): boolean {
  if (fields.has(slots.conn_direction)) return fields.is(slots.conn_direction, 'incoming');
  const { bytes, starts, ends } = fields;
  if (fields.has(slots.inzone) && namesOutside(bytes, starts[slots.inzone] ?? 0, ends[slots.inzone] ?? 0)) {
    return !namesOutside(bytes, starts[slots.outzone] ?? 0, ends[slots.outzone] ?? 0);
  }
  return comesFromOutside(transaction);
}

/** Seconds since 1970, `21Nov2026 9:00:00`, `2026-11-21 09:00:00`, or a time of day that `date` has the day of. */
function timeOf(fields: Fields, receivedAt: number): number {
  const { bytes, starts, ends } = fields;
  if (!fields.has(slots.time)) return Number.NaN;
  if (!fields.has(slots.date)) return anyTime(bytes, starts[slots.time] ?? 0, ends[slots.time] ?? 0, receivedAt);
  const day = anyTime(bytes, starts[slots.date] ?? 0, ends[slots.date] ?? 0, receivedAt);
  let start = starts[slots.time] ?? 0;
  if (bytes[start] === 0x20) start += 1;
  return day + timeOfDay(bytes, start, ends[slots.time] ?? 0);
}

/** `Jane Doe (jane)` is jane: the account stands in the last parentheses. */
export function intoAccount(fields: Fields, slot: number, span: Span): void {
  if (!fields.has(slot)) return;
  const { bytes } = fields;
  const start = fields.starts[slot] ?? 0;
  const end = fields.ends[slot] ?? 0;
  let open = end - 1;
  while (open > start && bytes[open] !== 0x28) open -= 1;
  if (bytes[end - 1] === 0x29 && open > start && open + 1 < end - 1) span.set(bytes, open + 1, end - 1);
  else fields.into(slot, span);
}
