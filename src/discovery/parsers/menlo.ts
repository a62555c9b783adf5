// Menlo Security, web logs as CEF. Which keys its feed uses is published only as those of the CEF dictionary ("Implementing ArcSight
// Common Event Format", chapter Extension dictionary), so all of that dictionary that tells of web traffic are read.
import { cefReader } from '../formats/cef.ts';
import { anyTime } from '../formats/named-dates.ts';
import type { SkipReason } from '../formats/reader.ts';
import { fieldParser } from './line-parser.ts';
import { contains, intoAddress, intoSource, intoUser, saysBlocked } from './values.ts';

const cef = cefReader([
  'deviceVendor',
  'rt',
  'end',
  'start',
  'act',
  'dhost',
  'destinationDnsDomain',
  'request',
  'dst',
  'src',
  'sourceTranslatedAddress',
  'shost',
  'suser',
  'duser',
  'in',
  'out',
]);

export const menloCef = fieldParser(cef, (fields, transaction, { receivedAt }): SkipReason | null => {
  const { slots } = cef;
  if (!contains(fields, slots.deviceVendor, 'menlo')) return 'malformed';
  const time = fields.has(slots.rt) ? slots.rt : fields.has(slots.end) ? slots.end : slots.start;
  if (fields.has(time)) {
    transaction.time = anyTime(fields.bytes, fields.starts[time] ?? 0, fields.ends[time] ?? 0, receivedAt);
  }
  if (fields.has(slots.request)) fields.into(slots.request, transaction.url);
  else fields.into(fields.has(slots.dhost) ? slots.dhost : slots.destinationDnsDomain, transaction.url);
  intoAddress(fields, slots.dst, transaction.destination);
  intoSource(fields, slots.src, slots.sourceTranslatedAddress, transaction.source);
  intoUser(fields, fields.has(slots.suser) ? slots.suser : slots.duser, transaction.user);
  fields.into(slots.shost, transaction.machine);
  // In the dictionary `in` is what flows from the source to the destination.
  transaction.uploaded = fields.whole(slots.in);
  transaction.downloaded = fields.whole(slots.out);
  transaction.isBlocked = saysBlocked(fields, slots.act);
  return null;
});
