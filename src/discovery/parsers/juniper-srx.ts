// Juniper SRX: session, AppTrack and web filter events of Junos as plain text, as structured data (`[junos@2636... key="value"]`) and
// in WELF. Each line tells by its looks which of them it is. Source: Juniper, "Information Provided in Session Log Entries for SRX Series",
// "System Log Explorer" (RT_FLOW, RT_UTM, APPTRACK), and "Understanding WELF Logging for UTM Features".
import { isoTime } from '../formats/dates.ts';
import { Fields } from '../formats/fields.ts';
import { keyValueReader } from '../formats/key-value.ts';
import type { Line } from '../formats/line.ts';
import type { SkipReason } from '../formats/reader.ts';
import type { Transaction } from '../formats/transaction.ts';
import { comesFromOutside, indexOfText, isInbound, startsWith } from './firewalls.ts';
import { readPlainSession } from './junos-text.ts';
import { lineParser } from './line-parser.ts';
import { saysBlocked } from './values.ts';

const reader = keyValueReader([
  'source-address',
  'destination-address',
  'bytes-from-client',
  'bytes-from-server',
  'username',
  'source-zone-name',
  'destination-zone-name',
  'source-zone',
  'destination-zone',
  'url',
  'URL',
  'USERNAME',
  // Of WELF.
  'id',
  'time',
  'src',
  'dst',
  'dstname',
  'rg',
  'arg',
  'sent',
  'rcvd',
  'user',
  'action',
  'result',
  // Of others who write WELF.
  'sn',
  'startime',
  'logtype',
]);
const { slots } = reader;

export const juniperSrx = lineParser(() => {
  const fields = new Fields(Object.keys(slots).length);
  return {
    read(line, transaction) {
      const isPairs = reader.read(line, fields);
      if (isPairs && fields.has(slots['source-address'])) return readStructured(line, fields, transaction);
      if (isPairs && fields.is(slots.id, 'firewall')) return readWelf(fields, transaction);
      const { bytes, start, end } = line;
      const filter = indexOfText(bytes, start, end, 'ACTION="URL ');
      if (filter >= 0) return readFiltered(line, filter, fields, transaction);
      return readPlainSession(line, transaction);
    },
  };
});

/** The name of the event stands in front of the element. Both of one session, RT_FLOW and APPTRACK, may be logged. */
function readStructured(line: Line, fields: Fields, transaction: Transaction): SkipReason | null {
  const { bytes, start, end } = line;
  const element = indexOfText(bytes, start, end, '[');
  const nameEnd = element < 0 ? end : element;
  const isFilter = indexOfText(bytes, start, nameEnd, 'WEBFILTER_URL_') >= 0;
  const isDenied = indexOfText(bytes, start, nameEnd, isFilter ? '_BLOCKED' : 'SESSION_DENY') >= 0;
  if (!isDenied && indexOfText(bytes, start, nameEnd, isFilter ? '_PERMITTED' : 'SESSION_CLOSE') < 0) return 'other';
  fields.into(slots['source-address'], transaction.source);
  fields.into(slots['destination-address'], transaction.destination);
  const from = fields.has(slots['source-zone-name']) ? slots['source-zone-name'] : slots['source-zone'];
  const to = fields.has(slots['destination-zone-name']) ? slots['destination-zone-name'] : slots['destination-zone'];
  if (isInbound(fields, from, to, transaction)) return 'inbound';
  fields.into(slots.username, transaction.user);
  if (isFilter) fields.into(slots.url, transaction.url);
  transaction.uploaded = fields.whole(slots['bytes-from-client']);
  transaction.downloaded = fields.whole(slots['bytes-from-server']);
  transaction.isBlocked = isDenied;
  return null;
}

/** `id=firewall time="2026-11-21 9:00:00" fw=srx1 src=... dst=... rg=www.example.com/index.html op=GET result=200 rcvd=1426`. */
function readWelf(fields: Fields, transaction: Transaction): SkipReason | null {
  const { bytes, starts, ends } = fields;
  if (fields.has(slots.sn) || fields.has(slots.startime) || fields.has(slots.logtype)) return 'malformed';
  if (!fields.has(slots.dst) && !fields.has(slots.dstname) && !fields.has(slots.rg)) return 'other';
  if (fields.has(slots.time)) transaction.time = isoTime(bytes, starts[slots.time] ?? 0, ends[slots.time] ?? 0);
  fields.into(slots.src, transaction.source);
  fields.into(slots.dst, transaction.destination);
  if (comesFromOutside(transaction)) return 'inbound';
  const resource = fields.has(slots.rg) ? slots.rg : slots.arg;
  // `rg` is the URL, or its path alone when `dstname` has the host.
  const isPath = fields.has(resource) && bytes[starts[resource] ?? 0] === 0x2f;
  if (fields.has(slots.dstname)) fields.into(slots.dstname, transaction.url);
  else if (!isPath) fields.into(resource, transaction.url);
  fields.into(slots.user, transaction.user);
  transaction.uploaded = fields.whole(slots.sent);
  transaction.downloaded = fields.whole(slots.rcvd);
  transaction.isBlocked = saysBlocked(fields, slots.action) || saysBlocked(fields, slots.result);
  return null;
}

/** `WebFilter: ACTION="URL Blocked" 192.0.2.1(50000)->203.0.113.5(443) CATEGORY="..." ... URL=www.example.com OBJ=/ USERNAME=...`. */
function readFiltered(line: Line, action: number, fields: Fields, transaction: Transaction): SkipReason | null {
  const { bytes, end } = line;
  const arrow = indexOfText(bytes, action, end, '->');
  if (arrow < 0) return 'malformed';
  let start = arrow;
  while (start > action && bytes[start - 1] !== 0x20) start -= 1;
  transaction.source.set(bytes, start, upTo(bytes, start, arrow));
  transaction.destination.set(bytes, arrow + 2, upTo(bytes, arrow + 2, end));
  fields.into(slots.URL, transaction.url);
  fields.into(slots.USERNAME, transaction.user);
  transaction.isBlocked = startsWith(bytes, action, end, 'ACTION="URL Blocked');
  return null;
}

/** To the parenthesis or space. */
function upTo(bytes: Buffer, start: number, end: number): number {
  let at = start;
  while (at < end && bytes[at] !== 0x28 && bytes[at] !== 0x20) at += 1;
  return at;
}
