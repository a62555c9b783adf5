// Barracuda CloudGen Firewall (NextGen, NG): the activity log, `Info host Remove: type=FWD|proto=TCP|…`, in older releases the same
// values without their keys. Keys and types: Barracuda, "Firewall Activity Log".
import { readNumber, readZone } from '../formats/date-parts.ts';
import { dayOf, timeOfDay } from '../formats/dates.ts';
import { delimited } from '../formats/delimited.ts';
import { Fields, slotsOf } from '../formats/fields.ts';
import { keyValueReader } from '../formats/key-value.ts';
import type { Line } from '../formats/line.ts';
import type { SkipReason } from '../formats/reader.ts';
import type { Transaction } from '../formats/transaction.ts';
import { startsWith } from './firewalls.ts';
import { lineParser } from './line-parser.ts';

const names = ['type', 'srcIP', 'dstIP', 'receivedBytes', 'sentBytes', 'user', 'target'] as const;
const slots = slotsOf(names);
const pairs = keyValueReader(names, { separators: '|' });
/** The keys in their order: type, proto, srcIF, srcIP, srcPort, srcMAC, dstIP, … */
// biome-ignore format: as the keys stand in a line
const places = delimited(
  ['type', null, null, 'srcIP', null, null, 'dstIP', null, null, null, null, null, null, null, null, null,
    'receivedBytes', 'sentBytes', null, null, 'user', null, null, 'target'],
  { separator: '|', columnsMin: 18 },
);
const [space, bar, equals] = [0x20, 0x7c, 0x3d];

/** What is forwarded for people inside, by rule or by proxy, and what the firewall itself sends on their behalf. */
const outbound = ['fwd', 'pxy', 'prx', 'lout'];
const inbound = ['ifwd', 'ipxy', 'iprx', 'lin'];

export const barracudaCloudGen = lineParser(() => {
  const fields = new Fields(names.length);
  return { read: (line, transaction) => read(line, transaction, fields) };
});

function read(line: Line, transaction: Transaction, fields: Fields): SkipReason | null {
  const { start } = line;
  const body = bodyStart(line);
  // Rules that were loaded and the like stand in the same file.
  if (body < 0) return Number.isNaN(timeOf(line, start)) ? 'malformed' : 'other';
  line.start = body;
  const isRead = readBody(line, fields);
  line.start = start;
  if (!isRead) return 'malformed';
  if (inbound.some((type) => fields.is(slots.type, type))) return 'inbound';
  if (!outbound.some((type) => fields.is(slots.type, type))) return 'other';
  const isBlocked = actionIs(line, body, 'Block') || actionIs(line, body, 'Deny') || actionIs(line, body, 'Drop');
  // "Allow" is the beginning of what "Remove" ends, with its bytes.
  if (!isBlocked && !actionIs(line, body, 'Remove')) return 'other';
  fields.into(slots.srcIP, transaction.source);
  fields.into(slots.dstIP, transaction.destination);
  fields.into(slots.target, transaction.url);
  fields.into(slots.user, transaction.user);
  transaction.uploaded = fields.whole(slots.sentBytes);
  transaction.downloaded = fields.whole(slots.receivedBytes);
  transaction.isBlocked = isBlocked;
  transaction.time = timeOf(line, body);
  return null;
}

/** Behind the colon and the blank in front of the first bar; -1 when there is none. */
function bodyStart({ bytes, start, end }: Line): number {
  let at = start;
  while (at < end && bytes[at] !== bar) at++;
  if (at >= end) return -1;
  while (at > start + 2 && !(bytes[at - 1] === space && bytes[at - 2] === 0x3a)) at--;
  return at > start + 2 ? at : -1;
}

function readBody(line: Line, fields: Fields): boolean {
  const { bytes, start, end } = line;
  let at = start;
  while (at < end && bytes[at] !== bar && bytes[at] !== equals) at++;
  if (bytes[at] === equals) return pairs.read(line, fields);
  if (!places.read(line, placesFields)) return false;
  fields.begin(line);
  for (const name of names) {
    const slot = places.slots[name];
    fields.put(slots[name], placesFields.starts[slot] ?? -1, placesFields.ends[slot] ?? -1);
  }
  return true;
}

const placesFields = new Fields(names.length);

/** The word in front of the colon. */
function actionIs({ bytes, start }: Line, body: number, word: string): boolean {
  const at = body - 2 - word.length;
  return at >= start && startsWith(bytes, at, body, word) && (at === start || bytes[at - 1] === space);
}

/** `2026 11 21 09:00:00 Security +01:00 Block:`; NaN where syslog has the time. */
function timeOf({ bytes, start, end }: Line, body: number): number {
  if (bytes[start + 4] !== space || bytes[start + 7] !== space || bytes[start + 10] !== space) return Number.NaN;
  const day = dayOf(
    readNumber(bytes, start, start + 4, end),
    readNumber(bytes, start + 5, start + 7, end),
    readNumber(bytes, start + 8, start + 10, end),
  );
  const local = day + timeOfDay(bytes, start + 11, start + 19);
  for (let at = start + 19; at < body; at++) {
    const byte = bytes[at];
    if ((byte !== 0x2b && byte !== 0x2d) || bytes[at - 1] !== space) continue;
    const ahead = readZone(bytes, at, Math.min(at + 6, body));
    return Number.isNaN(ahead) ? local : local - ahead;
  }
  return local;
}
