// SonicWall (SonicOS 5 to 7, Default and Enhanced Syslog): `id=firewall sn=… m=<message> key=value …`. Fields and numbers of messages:
// SonicWall, "SonicOS Log Events Reference Guide", Index of Syslog Tag Field Descriptions and Log Event Messages.
import { isoTime } from '../formats/dates.ts';
import { type Fields, slotsOf } from '../formats/fields.ts';
import { keyValueReader } from '../formats/key-value.ts';
import type { LogParser, SkipReason } from '../formats/reader.ts';
import type { Span, Transaction } from '../formats/transaction.ts';
import { isInbound } from './firewalls.ts';
import { fieldParser } from './line-parser.ts';
import { beginsWith, looksLikeAddress } from './values.ts';

const names = [
  'sn',
  'm',
  'time',
  'src',
  'dst',
  'srcV6',
  'dstV6',
  'srcZone',
  'dstZone',
  'dstname',
  'usr',
  'user',
  'sent',
  'rcvd',
  'fw_action',
  'dpi',
] as const;
const slots = slotsOf(names);
const [colon, openBracket, closeBracket] = [0x3a, 0x5b, 0x5d];

/** "Web site hit" (Syslog Website Accessed), and the end of a connection. */
const [websiteAccessed, connectionClosed] = [97, 537];
/** Access to a web site denied; dropped TCP, UDP and ICMP packets; those that a rule denied. */
const denials: ReadonlySet<number> = new Set([14, 36, 37, 38, 173, 174, 175]);

export const sonicWall: LogParser = fieldParser(keyValueReader(names), (fields, transaction) => {
  const message = fields.whole(slots.m);
  if (Number.isNaN(message) || !fields.has(slots.sn)) return 'malformed';
  const isDropped = fields.is(slots.fw_action, 'drop');
  const isBlocked = denials.has(message) || isDropped;
  if (message !== websiteAccessed && message !== connectionClosed && !isBlocked) return 'other';
  return fill(fields, transaction, isBlocked);
});

function fill(fields: Fields, transaction: Transaction, isBlocked: boolean): SkipReason | null {
  intoEndpoint(fields, slots.src, slots.srcV6, transaction.source, transaction.machine);
  intoEndpoint(fields, slots.dst, slots.dstV6, transaction.destination, null);
  if (transaction.source.isEmpty && transaction.destination.isEmpty && !fields.has(slots.dstname)) return 'other';
  if (isInbound(fields, slots.srcZone, slots.dstZone, transaction)) return 'inbound';
  fields.into(slots.dstname, transaction.url);
  const user = fields.has(slots.usr) ? slots.usr : slots.user;
  // `Unknown (SSO failed)`, `Unknown (external IP)` and the like.
  if (!beginsWith(fields, user, 'Unknown (')) fields.into(user, transaction.user);
  transaction.uploaded = fields.whole(slots.sent);
  transaction.downloaded = fields.whole(slots.rcvd);
  transaction.isBlocked = isBlocked;
  if (fields.has(slots.time)) {
    transaction.time = isoTime(fields.bytes, fields.starts[slots.time] ?? 0, fields.ends[slots.time] ?? 0);
  }
  return null;
}

/** `address:port:interface:name`; the name is what the address resolves to, which for a server is not what was asked for. */
function intoEndpoint(fields: Fields, slot: number, slotV6: number, address: Span, name: Span | null): void {
  fields.into(slotV6, address);
  if (!fields.has(slot)) return;
  const { bytes } = fields;
  let start = fields.starts[slot] ?? 0;
  const end = fields.ends[slot] ?? 0;
  let at = start;
  if (bytes[start] === openBracket) {
    start++;
    while (at < end && bytes[at] !== closeBracket) at++;
  } else if (looksLikeAddress(bytes, start, end)) at = end;
  else while (at < end && bytes[at] !== colon) at++;
  if (address.isEmpty && looksLikeAddress(bytes, start, at)) address.set(bytes, start, at);
  if (name === null) return;
  let colons = 0;
  while (at < end && colons < 3) if (bytes[at++] === colon) colons++;
  if (colons === 3 && at < end) name.set(bytes, at, end);
}
