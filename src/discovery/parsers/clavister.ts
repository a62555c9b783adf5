// Clavister (cOS Core, before that CorePlus): `[time] EFW: CONN: prio=… id=… rev=… event=conn_close_natsat key=value …`. Events and
// their parameters: Clavister, "cOS Core Log Reference Guide", categories CONN, RULE, HTTPALG and WCF.
import { isoTime } from '../formats/dates.ts';
import { Fields, slotsOf } from '../formats/fields.ts';
import { keyValueReader } from '../formats/key-value.ts';
import type { Line } from '../formats/line.ts';
import type { SkipReason } from '../formats/reader.ts';
import type { Transaction } from '../formats/transaction.ts';
import { comesFromOutside } from './firewalls.ts';
import { lineParser } from './line-parser.ts';
import { beginsWith, saysBlocked } from './values.ts';

const names = [
  'prio',
  'event',
  'action',
  'conn',
  'connsrcip',
  'conndestip',
  'srcip',
  'destip',
  'url',
  'username',
  'user',
  'srcusername',
  'connsrcuser',
  'origsent',
  'termsent',
] as const;
const slots = slotsOf(names);
const pairs = keyValueReader(names);
const openBracket = 0x5b;
const userSlots = [slots.username, slots.user, slots.srcusername, slots.connsrcuser];

export const clavister = lineParser(() => {
  const fields = new Fields(names.length);
  return { read: (line, transaction) => read(line, transaction, fields) };
});

function read(line: Line, transaction: Transaction, fields: Fields): SkipReason | null {
  if (!pairs.read(line, fields) || !fields.has(slots.event) || !fields.has(slots.prio)) return 'malformed';
  const isEnd = beginsWith(fields, slots.event, 'conn_close') || fields.is(slots.conn, 'close');
  const isBlocked = saysBlocked(fields, slots.action);
  if (!isEnd && !isBlocked && !fields.has(slots.url)) return 'other';
  fields.into(fields.has(slots.connsrcip) ? slots.connsrcip : slots.srcip, transaction.source);
  fields.into(fields.has(slots.conndestip) ? slots.conndestip : slots.destip, transaction.destination);
  if (transaction.destination.isEmpty && !fields.has(slots.url)) return 'other';
  if (comesFromOutside(transaction)) return 'inbound';
  fields.into(slots.url, transaction.url);
  fields.into(userSlots.find((slot) => fields.has(slot)) ?? slots.user, transaction.user);
  // The originator of a connection is the client.
  transaction.uploaded = fields.whole(slots.origsent);
  transaction.downloaded = fields.whole(slots.termsent);
  transaction.isBlocked = isBlocked;
  transaction.time = timeOf(line);
  return null;
}

/** `[2026-11-21 09:00:00] EFW: …`; NaN where syslog has the time. */
function timeOf({ bytes, start, end }: Line): number {
  const limit = Math.min(end, start + 80);
  let at = start;
  while (at < limit && bytes[at] !== openBracket) at++;
  return at < limit ? isoTime(bytes, at + 1, Math.min(end, at + 20)) : Number.NaN;
}
