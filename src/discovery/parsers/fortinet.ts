// FortiGate (FortiOS): `key=value` lines of the traffic log and the web filter log; also separated by commas (`set csv enable`).
// Fields and their values: Fortinet, "FortiOS Log Message Reference" 5.0 to 7.4, and "FortiGate Log Message Reference" 4.0 for
// the older names (src, dst, sent, rcvd, status).

import { readZone } from '../formats/date-parts.ts';
import { dateAndTime, epochSeconds } from '../formats/dates.ts';
import { Fields, slotsOf } from '../formats/fields.ts';
import { keyValueReader } from '../formats/key-value.ts';
import type { SkipReason } from '../formats/reader.ts';
import type { Transaction } from '../formats/transaction.ts';
import { lineParser } from './line-parser.ts';

const names = [
  'date',
  'time',
  'tz',
  'eventtime',
  'logid',
  'log_id',
  'type',
  'subtype',
  'srcip',
  'src',
  'dstip',
  'dst',
  'srcintfrole',
  'dstintfrole',
  'srcname',
  'src_name',
  'user',
  'unauthuser',
  'hostname',
  'url',
  'sentbyte',
  'rcvdbyte',
  'sent',
  'rcvd',
  'action',
  'status',
  'utmaction',
  'eventtype',
] as const;

const slots = slotsOf(names);
const spaced = keyValueReader(names);
const separated = keyValueReader(names, { separators: ',' });

/** Statistics of a session that goes on (its end tells all of it), and the beginning of one. */
const interimId = 20;
const comma = 0x2c;

export const fortinet = lineParser(() => {
  const fields = new Fields(names.length);
  return {
    read(line, transaction) {
      const { bytes, start, end } = line;
      // The first pair is `date=2026-11-21`.
      let at = start;
      while (at < end && at < start + 40 && bytes[at] !== 0x20 && bytes[at] !== comma) at++;
      const reader = at < end && bytes[at] === comma ? separated : spaced;
      return reader.read(line, fields) ? map(fields, transaction) : 'malformed';
    },
  };
});

function map(fields: Fields, transaction: Transaction): SkipReason | null {
  const isTraffic = fields.is(slots.type, 'traffic');
  const isWeb =
    (fields.is(slots.type, 'utm') && fields.is(slots.subtype, 'webfilter')) || fields.is(slots.type, 'webfilter');
  if (!isTraffic && !isWeb) return isFortinet(fields) ? 'other' : 'malformed';
  if (!isFortinet(fields)) return 'malformed';
  if (isTraffic && (fields.is(slots.action, 'start') || fields.is(slots.status, 'start') || isInterim(fields)))
    return 'other';
  if (fields.is(slots.srcintfrole, 'wan') && fields.has(slots.dstintfrole) && !fields.is(slots.dstintfrole, 'wan'))
    return 'inbound';
  transaction.time = timeOf(fields);
  fields.into(fields.has(slots.srcip) ? slots.srcip : slots.src, transaction.source);
  fields.into(fields.has(slots.dstip) ? slots.dstip : slots.dst, transaction.destination);
  fields.into(fields.has(slots.user) ? slots.user : slots.unauthuser, transaction.user);
  fields.into(fields.has(slots.srcname) ? slots.srcname : slots.src_name, transaction.machine);
  intoHost(fields, transaction);
  transaction.uploaded = fields.whole(fields.has(slots.sentbyte) ? slots.sentbyte : slots.sent);
  transaction.downloaded = fields.whole(fields.has(slots.rcvdbyte) ? slots.rcvdbyte : slots.rcvd);
  transaction.isBlocked = isBlocked(fields);
  return null;
}

/** Other appliances have a `type`, too. */
function isFortinet(fields: Fields): boolean {
  return fields.has(slots.type) && fields.has(slots.subtype) && (fields.has(slots.logid) || fields.has(slots.log_id));
}

/** `logid` ends with the number of the message: 0000000020 is the one that long sessions give now and then. */
function isInterim(fields: Fields): boolean {
  const slot = fields.has(slots.logid) ? slots.logid : slots.log_id;
  return fields.whole(slot) % 1_000_000 === interimId;
}

/** Up to 6.0 `url` is the path alone, and `hostname` the host; later `url` may have both. */
function intoHost(fields: Fields, transaction: Transaction): void {
  if (fields.has(slots.hostname)) fields.into(slots.hostname, transaction.url);
  else if (fields.has(slots.url) && fields.bytes[fields.starts[slots.url] ?? 0] !== 0x2f) {
    fields.into(slots.url, transaction.url);
  }
}

function isBlocked(fields: Fields): boolean {
  const { action, status, utmaction } = slots;
  return (
    fields.is(action, 'deny') ||
    fields.is(action, 'blocked') ||
    fields.is(action, 'block') ||
    fields.is(status, 'deny') ||
    fields.is(status, 'blocked') ||
    fields.is(utmaction, 'block') ||
    fields.is(utmaction, 'blocked')
  );
}

/** `eventtime` (seconds in 6.0, nanoseconds since 6.2) knows its zone; date and time are the appliance's, `tz` says which since 6.2. */
function timeOf(fields: Fields): number {
  const { bytes, starts, ends } = fields;
  if (fields.has(slots.eventtime)) {
    const exact = epochSeconds(bytes, starts[slots.eventtime] ?? 0, ends[slots.eventtime] ?? 0);
    if (!Number.isNaN(exact)) return exact;
  }
  if (!fields.has(slots.date) || !fields.has(slots.time)) return Number.NaN;
  const local = dateAndTime(
    bytes,
    starts[slots.date] ?? 0,
    ends[slots.date] ?? 0,
    starts[slots.time] ?? 0,
    ends[slots.time] ?? 0,
  );
  const ahead = fields.has(slots.tz) ? readZone(bytes, starts[slots.tz] ?? 0, ends[slots.tz] ?? 0) : 0;
  return Number.isNaN(ahead) ? local : local - ahead;
}
