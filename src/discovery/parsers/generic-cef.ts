// Any appliance that writes ArcSight CEF by the dictionary of keys. As documented there, `in` are the bytes from source to
// destination and `out` those back; products that mean it the other way round have parsers of their own.
// Source: Micro Focus, "ArcSight Common Event Format (CEF) Implementation Standard", Extension Dictionary.
import { cefReader } from '../formats/cef.ts';
import { type Fields, slotsOf } from '../formats/fields.ts';
import { anyTime } from '../formats/named-dates.ts';
import type { LogParser } from '../formats/reader.ts';
import { comesFromOutside } from './firewalls.ts';
import { fieldParser } from './line-parser.ts';
import { contains, saysBlocked } from './values.ts';

const names = [
  'request',
  'dhost',
  'destinationDnsDomain',
  'dst',
  'c6a3',
  'c6a3Label',
  'src',
  'c6a2',
  'c6a2Label',
  'shost',
  'suser',
  'suid',
  'in',
  'out',
  'act',
  'rt',
  'end',
  'start',
  'deviceDirection',
] as const;
const slots = slotsOf(names);

export const genericCef: LogParser = fieldParser(cefReader(names), (fields, transaction, { receivedAt }) => {
  if (fields.is(slots.deviceDirection, '0') || fields.is(slots.deviceDirection, 'inbound')) return 'inbound';
  fields.into(slots.src, transaction.source);
  fields.into(slots.dst, transaction.destination);
  if (transaction.source.isEmpty && contains(fields, slots.c6a2Label, 'source'))
    fields.into(slots.c6a2, transaction.source);
  if (transaction.destination.isEmpty && contains(fields, slots.c6a3Label, 'destination')) {
    fields.into(slots.c6a3, transaction.destination);
  }
  if (comesFromOutside(transaction)) return 'inbound';
  if (isHostLike(fields, slots.request)) fields.into(slots.request, transaction.url);
  else fields.into(fields.has(slots.dhost) ? slots.dhost : slots.destinationDnsDomain, transaction.url);
  fields.into(fields.has(slots.suser) ? slots.suser : slots.suid, transaction.user);
  fields.into(slots.shost, transaction.machine);
  transaction.uploaded = fields.whole(slots.in);
  transaction.downloaded = fields.whole(slots.out);
  transaction.isBlocked = saysBlocked(fields, slots.act);
  transaction.time = timeOf(fields, receivedAt);
  // An event without a server is of the appliance itself.
  return transaction.url.isEmpty && transaction.destination.isEmpty ? 'other' : null;
});

/** There is a value, and it is no path alone. */
function isHostLike(fields: Fields, slot: number): boolean {
  return fields.has(slot) && fields.bytes[fields.starts[slot] ?? 0] !== 0x2f;
}

/** When the event came in at the appliance, when what it tells of ended, when that began: the first that can be read. */
function timeOf(fields: Fields, receivedAt: number): number {
  const received = timeIn(fields, slots.rt, receivedAt);
  if (!Number.isNaN(received)) return received;
  const ended = timeIn(fields, slots.end, receivedAt);
  return Number.isNaN(ended) ? timeIn(fields, slots.start, receivedAt) : ended;
}

function timeIn(fields: Fields, slot: number, receivedAt: number): number {
  if (!fields.has(slot)) return Number.NaN;
  return anyTime(fields.bytes, fields.starts[slot] ?? 0, fields.ends[slot] ?? 0, receivedAt);
}
