// Juniper SSG and NetScreen (ScreenOS): message 00257 of the traffic log. Source: "ScreenOS Message Log Reference Guide", Traffic.
import { isoTime } from '../formats/dates.ts';
import { keyValueReader } from '../formats/key-value.ts';
import { comesFromOutside, indexOfText, namesOutside } from './firewalls.ts';
import { fieldParser } from './line-parser.ts';
import { saysBlocked } from './values.ts';

// `zone` stands behind `src ` and `dst `: the first is that of the source.
const reader = keyValueReader([
  'start_time',
  'zone',
  'action',
  'sent',
  'rcvd',
  'src',
  'dst',
  'user',
  'username',
  'reason',
  'device_id',
]);
const { slots } = reader;

export const juniperSsg = fieldParser(reader, (fields, transaction, _context, line) => {
  if (!fields.has(slots.src) || !fields.has(slots.dst) || !fields.has(slots.action))
    return fields.has(slots.device_id) ? 'other' : 'malformed';
  // WELF of other firewalls reads alike, but for the zones and the start that ScreenOS always names.
  if (!fields.has(slots.start_time) && !fields.has(slots.zone) && !fields.has(slots.device_id)) return 'malformed';
  // Where the beginning of sessions is logged, the end is, too.
  if (fields.is(slots.reason, 'creation')) return 'other';
  const { bytes, starts, ends } = fields;
  if (fields.has(slots.start_time)) {
    transaction.time = isoTime(bytes, starts[slots.start_time] ?? 0, ends[slots.start_time] ?? 0);
  }
  fields.into(slots.src, transaction.source);
  fields.into(slots.dst, transaction.destination);
  fields.into(fields.has(slots.user) ? slots.user : slots.username, transaction.user);
  transaction.uploaded = fields.whole(slots.sent);
  transaction.downloaded = fields.whole(slots.rcvd);
  transaction.isBlocked = saysBlocked(fields, slots.action);
  if (!fields.has(slots.zone) || !namesOutside(bytes, starts[slots.zone] ?? 0, ends[slots.zone] ?? 0)) {
    return comesFromOutside(transaction) ? 'inbound' : null;
  }
  const target = indexOfText(bytes, line.start, line.end, 'dst zone=');
  let targetEnd = target + 9;
  while (targetEnd < line.end && bytes[targetEnd] !== 0x20) targetEnd += 1;
  return target >= 0 && namesOutside(bytes, target + 9, targetEnd) ? null : 'inbound';
});
