// Sophos XG (SFOS) and Cyberoam (CROS), which has the same lines without `device="SFW"`: `key=value`, texts in quotes. SFOS 18 and
// later, with the format "Central reporting", has other names for most keys. Fields: Sophos, "Sophos Firewall syslog guide",
// modules Firewall and Web filter; Cyberoam, "Log and report guide".
import { readZone } from '../formats/date-parts.ts';
import { dateAndTime, isoTime } from '../formats/dates.ts';
import { type Fields, slotsOf } from '../formats/fields.ts';
import { keyValueReader } from '../formats/key-value.ts';
import type { LogParser, SkipReason } from '../formats/reader.ts';
import type { Transaction } from '../formats/transaction.ts';
import { comesFromOutside } from './firewalls.ts';
import { fieldParser } from './line-parser.ts';

const names = [
  'device',
  'timestamp',
  'date',
  'time',
  'timezone',
  'log_type',
  'log_component',
  'log_subtype',
  'status',
  'user_name',
  'user',
  'url',
  'domain',
  'src_ip',
  'dst_ip',
  'sent_bytes',
  'bytes_sent',
  'recv_bytes',
  'bytes_received',
  'srczonetype',
  'src_zone_type',
  'dstzonetype',
  'dst_zone_type',
  'connevent',
  'con_event',
] as const;
const slots = slotsOf(names);

export const sophosFirewall: LogParser = fieldParser(keyValueReader(names), read);

/** The same, for lines that do not say that they are of an SFOS. */
export const cyberoam: LogParser = fieldParser(keyValueReader(names), (fields, transaction) =>
  fields.is(slots.device, 'sfw') || fields.has(slots.timestamp) ? 'malformed' : read(fields, transaction),
);

function read(fields: Fields, transaction: Transaction): SkipReason | null {
  const isWeb = fields.is(slots.log_type, 'content filtering');
  if (!isWeb && !fields.is(slots.log_type, 'firewall')) return fields.has(slots.log_type) ? 'other' : 'malformed';
  const isBlocked = fields.is(slots.log_subtype, 'denied') || fields.is(slots.status, 'deny');
  return (isWeb ? null : reasonOfConnection(fields, isBlocked)) ?? fill(fields, transaction, isBlocked);
}

/** Why a record of the firewall is no transaction; null when it is one. What was let in is told at its end, what was denied at once. */
function reasonOfConnection(fields: Fields, isBlocked: boolean): SkipReason | null {
  if (!fields.is(slots.log_component, 'firewall rule')) return 'other';
  const event = first(fields, slots.connevent, slots.con_event);
  if (!isBlocked && (fields.is(event, 'start') || fields.is(event, 'interim'))) return 'other';
  const from = first(fields, slots.srczonetype, slots.src_zone_type);
  const to = first(fields, slots.dstzonetype, slots.dst_zone_type);
  return fields.is(from, 'wan') && fields.has(to) && !fields.is(to, 'wan') ? 'inbound' : null;
}

function fill(fields: Fields, transaction: Transaction, isBlocked: boolean): SkipReason | null {
  fields.into(slots.src_ip, transaction.source);
  fields.into(slots.dst_ip, transaction.destination);
  if (comesFromOutside(transaction)) return 'inbound';
  fields.into(first(fields, slots.domain, slots.url), transaction.url);
  fields.into(first(fields, slots.user_name, slots.user), transaction.user);
  transaction.uploaded = fields.whole(first(fields, slots.sent_bytes, slots.bytes_sent));
  transaction.downloaded = fields.whole(first(fields, slots.recv_bytes, slots.bytes_received));
  transaction.isBlocked = isBlocked;
  transaction.time = timeOf(fields);
  return null;
}

function first(fields: Fields, slot: number, other: number): number {
  return fields.has(slot) ? slot : other;
}

/** `timestamp` knows its zone; `date` and `time` are those of the appliance, whose zone is a number or one of many names. */
function timeOf(fields: Fields): number {
  const { bytes, starts, ends } = fields;
  const { timestamp, date, time, timezone } = slots;
  if (fields.has(timestamp)) return isoTime(bytes, starts[timestamp] ?? 0, ends[timestamp] ?? 0);
  if (!fields.has(date) || !fields.has(time)) return Number.NaN;
  const local = dateAndTime(bytes, starts[date] ?? 0, ends[date] ?? 0, starts[time] ?? 0, ends[time] ?? 0);
  if (!fields.has(timezone)) return local;
  const ahead = readZone(bytes, starts[timezone] ?? 0, ends[timezone] ?? 0);
  return Number.isNaN(ahead) ? local : local - ahead;
}
