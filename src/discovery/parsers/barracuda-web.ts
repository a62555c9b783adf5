// Barracuda Web Filter (Web Security Gateway): `http_scan[pid]: time 1 client server type client URL size BYF action …`, and the web
// log of CloudGen firewalls, whose default template imitates it. Places: Barracuda, "Syslog and the Barracuda Web Security
// Gateway" and "How to Configure Web Log Streaming".
import { epochSeconds } from '../formats/dates.ts';
import { delimited } from '../formats/delimited.ts';
import { Fields } from '../formats/fields.ts';
import type { Line } from '../formats/line.ts';
import type { SkipReason } from '../formats/reader.ts';
import type { Transaction } from '../formats/transaction.ts';
import { indexOfText } from './firewalls.ts';
import { lineParser } from './line-parser.ts';
import { intoAddress } from './values.ts';

const columns = [
  'time',
  null,
  'source',
  'destination',
  null,
  null,
  'url',
  'size',
  'mark',
  'action',
  'reason',
  null,
  null,
  null,
  'policy',
] as const;
const positional = delimited(columns, { separator: ' ', collapse: true, columnsMin: 11 });
const { slots } = positional;
const [openBracket, closeBracket, openParenthesis, colon] = [0x5b, 0x5d, 0x28, 0x3a];

function read(line: Line, transaction: Transaction, fields: Fields): SkipReason | null {
  const { bytes, start, end } = line;
  // A file that was cut out of a syslog may still have the tag in front.
  const tag = isDigit(bytes[start] ?? 0) ? -1 : indexOfText(bytes, start, end, ']: ');
  line.start = tag < 0 ? start : tag + 3;
  const isRow = positional.read(line, fields);
  line.start = start;
  if (!isRow || !fields.is(slots.mark, 'byf')) return 'malformed';
  const time = epochSeconds(bytes, fields.starts[slots.time] ?? 0, fields.ends[slots.time] ?? 0);
  if (Number.isNaN(time)) return 'malformed';
  transaction.time = time;
  fields.into(slots.url, transaction.url);
  intoAddress(fields, slots.source, transaction.source);
  intoServer(fields, transaction);
  intoUser(line, fields.ends[slots.reason] ?? end, transaction);
  transaction.downloaded = fields.whole(slots.size);
  // What the virus scanner let pass may still have met a policy, whose verdict is the fourth number behind.
  transaction.isBlocked =
    !fields.is(slots.action, 'allowed') || (fields.is(slots.reason, 'clean') && fields.is(slots.policy, '1'));
  return null;
}

/** `203.0.113.5(198.51.100.7)`: the second is a proxy on the way. */
function intoServer(fields: Fields, { destination }: Transaction): void {
  if (!fields.has(slots.destination)) return;
  const start = fields.starts[slots.destination] ?? 0;
  let end = start;
  while (end < (fields.ends[slots.destination] ?? 0) && fields.bytes[end] !== openParenthesis) end++;
  fields.put(slots.destination, start, end);
  intoAddress(fields, slots.destination, destination);
}

/** `[jane]`, `[ldap0:jane]`, `[ANON]` for nobody. The last brackets count: a pattern that was matched may have some, too. */
function intoUser({ bytes, end }: Line, from: number, { user }: Transaction): void {
  let at = end - 1;
  let to = -1;
  for (; at > from; at--) {
    if (bytes[at] === closeBracket) to = at;
    else if (bytes[at] === openBracket && to > 0 && bytes[at - 1] === 0x20) break;
  }
  if (at <= from || to <= at + 1) return;
  let start = at + 1;
  for (let i = start; i < to; i++) if (bytes[i] === colon) start = i + 1;
  if (bytes.toString('latin1', start, to) !== 'ANON') user.set(bytes, start, to);
}

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}

export const barracudaWeb = lineParser(() => {
  const fields = new Fields(Object.keys(slots).length);
  return { read: (line, transaction) => read(line, transaction, fields) };
});
