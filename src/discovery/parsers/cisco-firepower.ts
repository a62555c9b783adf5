// Connection events of Cisco Firepower: `%FTD-1-430003: Label: value, ...` (Firepower 6.3 and later), and `SFIMS: ...` of ASA with FirePOWER
// and Firepower up to 6.2, with labels in one word or in several. Source: "Cisco Secure Firewall Threat Defense Syslog Messages",
// "Security Event Syslog Messages"; "Firepower Management Center Configuration Guide", "Connection and Security Intelligence Event Fields".
import { isoTime } from '../formats/dates.ts';
import type { Fields } from '../formats/fields.ts';
import { labelListReader } from '../formats/key-value.ts';
import type { Line } from '../formats/line.ts';
import type { SkipReason } from '../formats/reader.ts';
import type { Transaction } from '../formats/transaction.ts';
import { indexOfText, isInbound } from './firewalls.ts';
import { fieldParser } from './line-parser.ts';
import { contains, looksLikeAddress, saysBlocked } from './values.ts';

const labels = labelListReader(
  [
    'SrcIP',
    'DstIP',
    'OriginalClientIP',
    'User',
    'UserName',
    'URL',
    'InitiatorBytes',
    'ResponderBytes',
    'Initiator Bytes',
    'Responder Bytes',
    'AccessControlRuleAction',
    'Access Control Rule Action',
    'Firewall Rule Action',
    'FirstPacketSecond',
    'ConnectType',
    'IngressZone',
    'EgressZone',
    'Security Zone Ingress',
    'Security Zone Egress',
    'IngressInterface',
    'EgressInterface',
  ],
  { separator: ',' },
);
const { slots } = labels;

/** Messages of Firepower itself: 430001 is an intrusion, 430002 a connection that begins, 430003 one that ends, 430004 and 430005 are files. */
const messageMark = '-43000';

/** The name of the message ends with a colon too, and would be a label with the first pair as its value. */
const pairs = {
  slots,
  read(line: Line, fields: Fields): boolean {
    const { bytes, start, end } = line;
    const mark = indexOfText(bytes, start, Math.min(end, start + 200), messageMark);
    if (mark >= 0) line.start = Math.min(end, mark + messageMark.length + 2);
    const isRead = labels.read(line, fields);
    line.start = start;
    return isRead;
  },
};

export const ciscoFirepower = fieldParser(pairs, (fields, transaction, _context, line) => {
  const isStart = beginsConnection(fields, line);
  if (isStart === null) return namesProduct(line) ? 'other' : 'malformed';
  const action = firstOf(
    fields,
    slots.AccessControlRuleAction,
    slots['Access Control Rule Action'],
    slots['Firewall Rule Action'],
  );
  transaction.isBlocked = saysBlocked(fields, action) || contains(fields, action, 'blacklist');
  // What is blocked ends where it begins; everything else comes again at its end.
  if (isStart && !transaction.isBlocked) return 'other';
  return map(fields, transaction, line);
});

/** Null for what is no connection event. */
function beginsConnection(fields: Fields, line: Line): boolean | null {
  const { bytes, start, end } = line;
  const mark = indexOfText(bytes, start, Math.min(end, start + 200), messageMark);
  if (mark >= 0) {
    const kind = bytes[mark + messageMark.length];
    return kind === 0x32 ? true : kind === 0x33 ? false : null;
  }
  if (fields.has(slots.SrcIP)) return fields.is(slots.ConnectType, 'start');
  const type = indexOfText(bytes, start, end, 'Connection Type: ');
  return type < 0 ? null : bytes[type + 17] === 0x53;
}

/** `%FTD-6-305011: ...`, `%NGIPS-1-430001: ...`. */
function namesProduct({ bytes, start, end }: Line): boolean {
  const mark = indexOfText(bytes, start, Math.min(end, start + 200), '%');
  return mark >= 0 && /^%[A-Z]+-/.test(bytes.toString('latin1', mark, Math.min(end, mark + 12)));
}

function map(fields: Fields, transaction: Transaction, line: Line): SkipReason | null {
  const { bytes, starts, ends } = fields;
  if (fields.has(slots.FirstPacketSecond)) {
    transaction.time = isoTime(bytes, starts[slots.FirstPacketSecond] ?? 0, ends[slots.FirstPacketSecond] ?? 0);
  }
  // A server's own time in front of the message: `2026-11-21T09:00:00Z host  %FTD-1-430003: …`.
  if (Number.isNaN(transaction.time)) transaction.time = isoTime(bytes, line.start, wordEnd(line));
  if (fields.has(slots.SrcIP)) {
    fields.into(slots.SrcIP, transaction.source);
    fields.into(slots.DstIP, transaction.destination);
  } else if (!intoArrow(line, transaction)) return 'malformed';
  if (
    isInbound(
      fields,
      firstOf(fields, slots.IngressZone, slots['Security Zone Ingress'], slots.IngressInterface),
      firstOf(fields, slots.EgressZone, slots['Security Zone Egress'], slots.EgressInterface),
      transaction,
    )
  )
    return 'inbound';
  intoOriginalClient(fields, transaction);
  const user = firstOf(fields, slots.User, slots.UserName);
  if (!contains(fields, user, 'authentication') && !fields.is(user, 'not found')) fields.into(user, transaction.user);
  if (!fields.is(slots.URL, 'unknown') && !fields.is(slots.URL, '(null)') && !fields.is(slots.URL, 'n/a')) {
    fields.into(slots.URL, transaction.url);
  }
  transaction.uploaded = fields.whole(firstOf(fields, slots.InitiatorBytes, slots['Initiator Bytes']));
  transaction.downloaded = fields.whole(firstOf(fields, slots.ResponderBytes, slots['Responder Bytes']));
  return null;
}

/** The client in front of a proxy, where a header of its request names it; `::` says that none does. */
function intoOriginalClient(fields: Fields, transaction: Transaction): void {
  const start = fields.starts[slots.OriginalClientIP] ?? 0;
  const end = fields.ends[slots.OriginalClientIP] ?? 0;
  if (fields.has(slots.OriginalClientIP) && end - start > 2 && looksLikeAddress(fields.bytes, start, end)) {
    fields.into(slots.OriginalClientIP, transaction.source);
  }
}

function firstOf(fields: Fields, ...candidates: readonly number[]): number {
  return candidates.find((slot) => fields.has(slot)) ?? candidates[0] ?? 0;
}

/** `{TCP} 192.0.2.1:50000 -> 203.0.113.5:443` at the end of the line, maybe with the country behind each. */
function intoArrow({ bytes, start, end }: Line, transaction: Transaction): boolean {
  const arrow = indexOfText(bytes, start, end, ' -> ');
  const brace = arrow < 0 ? -1 : indexOfText(bytes, Math.max(start, arrow - 120), arrow, '} ');
  if (brace < 0) return false;
  transaction.source.set(bytes, brace + 2, addressEnd(bytes, brace + 2, arrow));
  transaction.destination.set(bytes, arrow + 4, addressEnd(bytes, arrow + 4, end));
  return !transaction.source.isEmpty && !transaction.destination.isEmpty;
}

/** Without the port, which stands behind the last colon. */
function addressEnd(bytes: Buffer, start: number, limit: number): number {
  let stop = start;
  while (stop < limit && bytes[stop] !== 0x20) stop += 1;
  let colon = stop - 1;
  while (colon > start && bytes[colon] !== 0x3a) colon -= 1;
  return colon > start ? colon : stop;
}

function wordEnd({ bytes, start, end }: Line): number {
  let at = start;
  while (at < end && bytes[at] !== 0x20) at += 1;
  return at;
}
