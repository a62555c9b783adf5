// Palo Alto Networks: the TRAFFIC and THREAT (URL filtering) logs as comma-separated values. The columns that are read here stand at the same
// places from PAN-OS 6.1 to 11, in syslog as in exported files. Source: PAN-OS Administrator's Guide, "Traffic Log Fields" and
// "Threat Log Fields". And its LEEF as the "PAN-OS Syslog Integration" tech note sets it up.
import { isoTime } from '../formats/dates.ts';
import { delimited } from '../formats/delimited.ts';
import { Fields } from '../formats/fields.ts';
import { leefReader } from '../formats/leef.ts';
import type { Line } from '../formats/line.ts';
import { namedMonthTime } from '../formats/named-dates.ts';
import type { SkipReason } from '../formats/reader.ts';
import type { Span, Transaction } from '../formats/transaction.ts';
import { isInbound } from './firewalls.ts';
import { fieldParser, lineParser } from './line-parser.ts';
import { saysBlocked } from './values.ts';

// biome-ignore format: the columns by number, ten in a line.
const csv = delimited(
  [
    null, 'received', null, 'type', 'subtype', null, 'generated', 'source', 'destination', null,
    null, null, 'user', null, null, null, 'fromZone', 'toZone', null, null,
    null, null, null, null, null, null, null, null, null, null,
    'action', 'bytesOrUrl', 'sent', 'receivedBytes',
  ],
  { separator: ',', quotes: 'doubled', columnsMin: 31 },
);
const { slots } = csv;
const quote = 0x22;

export const paloAlto = lineParser(() => {
  const fields = new Fields(Object.keys(slots).length);
  return { read: (line, transaction) => readCsv(line, fields, transaction) };
});

function readCsv(line: Line, fields: Fields, transaction: Transaction): SkipReason | null {
  if (!csv.read(line, fields)) return 'malformed';
  const isTraffic = fields.is(slots.type, 'traffic');
  const isThreat = fields.is(slots.type, 'threat');
  if (!isTraffic && !isThreat) return isOtherLog(fields) ? 'other' : 'malformed';
  if (isTraffic ? fields.is(slots.subtype, 'start') : !fields.is(slots.subtype, 'url')) return 'other';
  const time = fields.has(slots.generated) ? slots.generated : slots.received;
  transaction.time = isoTime(fields.bytes, fields.starts[time] ?? 0, fields.ends[time] ?? 0);
  fields.into(slots.source, transaction.source);
  fields.into(slots.destination, transaction.destination);
  fields.into(slots.user, transaction.user);
  if (isInbound(fields, slots.fromZone, slots.toZone, transaction)) return 'inbound';
  transaction.isBlocked =
    isBlocked(fields, slots.action) || fields.is(slots.subtype, 'deny') || fields.is(slots.subtype, 'drop');
  if (isTraffic) {
    transaction.total = fields.whole(slots.bytesOrUrl);
    transaction.uploaded = fields.whole(slots.sent);
    transaction.downloaded = fields.whole(slots.receivedBytes);
  } else fields.into(slots.bytesOrUrl, transaction.url);
  return null;
}

const otherLogs = [
  'type',
  'system',
  'config',
  'userid',
  'hip-match',
  'hipmatch',
  'globalprotect',
  'decryption',
  'auth',
  'authentication',
  'correlation',
  'tunnel',
  'sctp',
  'gtp',
  'iptag',
];

/** The header of an exported file, or another log of the same appliance. */
function isOtherLog(fields: Fields): boolean {
  return otherLogs.some((name) => fields.is(slots.type, name));
}

/** deny, drop, drop-icmp, reset-client, reset-both, block-url, block-override, override-lockout, sinkhole ...; `continue` passed. */
function isBlocked(fields: Fields, slot: number): boolean {
  if (fields.is(slot, 'allow') || fields.is(slot, 'alert')) return false;
  return (
    saysBlocked(fields, slot) ||
    fields.is(slot, 'reset-client') ||
    fields.is(slot, 'reset-server') ||
    fields.is(slot, 'reset-both') ||
    fields.is(slot, 'reset client') ||
    fields.is(slot, 'reset server') ||
    fields.is(slot, 'reset both') ||
    fields.is(slot, 'override-lockout') ||
    fields.is(slot, 'sinkhole')
  );
}

const leef = leefReader([
  'cat',
  'Type',
  'Subtype',
  'devTime',
  'ReceiveTime',
  'src',
  'dst',
  'usrName',
  'SourceUser',
  'action',
  'eventId',
  'totalBytes',
  'srcBytes',
  'dstBytes',
  'Miscellaneous',
  'url',
  'vendor',
  'SourceZone',
  'DestinationZone',
]);
const tags = leef.slots;

export const paloAltoLeef = fieldParser(leef, (fields, transaction, { receivedAt }) => {
  if (!fields.is(tags.vendor, 'palo alto networks')) return 'malformed';
  // `cat` is the type of the log in the traffic log, and the threat in the threat log.
  const type = fields.has(tags.Type) ? tags.Type : tags.cat;
  const isTraffic = fields.is(type, 'traffic');
  if (!isTraffic && !fields.is(type, 'threat')) return 'other';
  if (isTraffic ? fields.is(tags.Subtype, 'start') : !fields.is(tags.Subtype, 'url')) return 'other';
  const { bytes, starts, ends } = fields;
  if (fields.has(tags.devTime)) {
    transaction.time = namedMonthTime(bytes, starts[tags.devTime] ?? 0, ends[tags.devTime] ?? 0, receivedAt);
  } else if (fields.has(tags.ReceiveTime)) {
    transaction.time = isoTime(bytes, starts[tags.ReceiveTime] ?? 0, ends[tags.ReceiveTime] ?? 0);
  }
  fields.into(tags.src, transaction.source);
  fields.into(tags.dst, transaction.destination);
  if (isInbound(fields, tags.SourceZone, tags.DestinationZone, transaction)) return 'inbound';
  fields.into(fields.has(tags.usrName) ? tags.usrName : tags.SourceUser, transaction.user);
  if (!isTraffic) intoUrl(fields, fields.has(tags.Miscellaneous) ? tags.Miscellaneous : tags.url, transaction.url);
  transaction.total = fields.whole(tags.totalBytes);
  transaction.uploaded = fields.whole(tags.srcBytes);
  transaction.downloaded = fields.whole(tags.dstBytes);
  transaction.isBlocked =
    isBlocked(fields, fields.has(tags.action) ? tags.action : tags.eventId) ||
    fields.is(tags.Subtype, 'deny') ||
    fields.is(tags.Subtype, 'drop');
  return null;
});

/** Since PAN-OS 8 the URL stands in quotation marks. */
function intoUrl(fields: Fields, slot: number, url: Span): void {
  fields.into(slot, url);
  const { bytes, start, end } = url;
  if (end - start > 1 && bytes[start] === quote && bytes[end - 1] === quote) url.set(bytes, start + 1, end - 1);
}
