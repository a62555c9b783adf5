// WatchGuard XTM and Firebox (Fireware 11 and 12), as syslog and as Traffic Monitor shows it: words by their place around the pair
// of addresses, then `key="value"`. Messages and fields: WatchGuard, "Fireware Log Catalog" and "Read a Log Message".
import { isoTime } from '../formats/dates.ts';
import { Fields, slotsOf } from '../formats/fields.ts';
import { keyValueReader } from '../formats/key-value.ts';
import type { Line } from '../formats/line.ts';
import type { SkipReason } from '../formats/reader.ts';
import type { Transaction } from '../formats/transaction.ts';
import { comesFromOutside, indexOfText, startsWith } from './firewalls.ts';
import { lineParser } from './line-parser.ts';
import { looksLikeAddress } from './values.ts';

const names = [
  'msg_id',
  'dstname',
  'host',
  'sni',
  'cn',
  'src_user',
  'sent_bytes',
  'rcvd_bytes',
  'in_bytes',
  'out_bytes',
] as const;
const slots = slotsOf(names);
const pairs = keyValueReader(names);

const [space, openParenthesis, star] = [0x20, 0x28, 0x2a];
/** The users of the Firebox's own database carry its name, which is no domain of the organisation. */
const ownDatabase = '@Firebox-DB';

export const watchGuard = lineParser(() => {
  const fields = new Fields(names.length);
  return { read: (line, transaction) => read(line, transaction, fields) };
});

function read(line: Line, transaction: Transaction, fields: Fields): SkipReason | null {
  pairs.read(line, fields);
  const disposition = dispositionOf(line);
  if (disposition === null || !intoAddresses(line, transaction)) {
    return fields.has(slots.msg_id) ? 'other' : 'malformed';
  }
  const { bytes } = line;
  transaction.time = timeOf(line);
  transaction.uploaded = fields.whole(slots.sent_bytes);
  transaction.downloaded = fields.whole(slots.rcvd_bytes);
  transaction.isBlocked = disposition === 'blocked';
  // A connection that begins tells no bytes; its end does, when logging is on for reports.
  if (!transaction.isBlocked && Number.isNaN(transaction.uploaded) && Number.isNaN(transaction.downloaded))
    return 'other';
  if (comesFromOutside(transaction)) return 'inbound';
  if (fields.has(slots.dstname)) fields.into(slots.dstname, transaction.url);
  else if (fields.has(slots.host)) fields.into(slots.host, transaction.url);
  else if (fields.has(slots.sni)) fields.into(slots.sni, transaction.url);
  else if (fields.has(slots.cn) && bytes[fields.starts[slots.cn] ?? 0] !== star) fields.into(slots.cn, transaction.url);
  const user = fields.text(slots.src_user);
  if (user.endsWith(ownDatabase)) transaction.user.setText(user.slice(0, -ownDatabase.length));
  else fields.into(slots.src_user, transaction.user);
  return null;
}

/** `Allow`, `Deny`, `ProxyAllow:`, `ProxyDeny:`, `ProxyDrop:`, `ProxyBlock:` as a word of its own; null when there is none. */
function dispositionOf({ bytes, start, end }: Line): 'allowed' | 'blocked' | null {
  for (let at = start; at < end; at++) {
    if (at > start && bytes[at - 1] !== space) continue;
    const from = startsWith(bytes, at, end, 'Proxy') ? at + 5 : at;
    if (isWord(bytes, from, end, 'Allow') || isWord(bytes, from, end, 'Strip')) return 'allowed';
    if (isWord(bytes, from, end, 'Deny') || isWord(bytes, from, end, 'Drop') || isWord(bytes, from, end, 'Block'))
      return 'blocked';
  }
  return null;
}

function isWord(bytes: Uint8Array, start: number, end: number, word: string): boolean {
  if (!startsWith(bytes, start, end, word)) return false;
  const after = bytes[start + word.length];
  return start + word.length === end || after === space || after === 0x3a;
}

/** The first two words in a row that are addresses: interfaces have names with blanks, so that places cannot be counted. */
function intoAddresses({ bytes, start, end }: Line, { source, destination }: Transaction): boolean {
  let previous = -1;
  let previousEnd = -1;
  for (let at = start; at < end; ) {
    let to = at;
    while (to < end && bytes[to] !== space) to++;
    if (looksLikeAddress(bytes, at, to)) {
      if (previous >= 0) {
        source.set(bytes, previous, previousEnd);
        destination.set(bytes, at, to);
        return true;
      }
      previous = at;
      previousEnd = to;
    } else if (to > at) previous = -1;
    at = to + 1;
  }
  return false;
}

/**
 * Traffic Monitor begins with `2026-11-21 09:00:00`; syslog may begin with an ISO time, and some releases put `(2026-11-21T09:00:00)`
 * behind the host. NaN for others.
 */
function timeOf({ bytes, start, end }: Line): number {
  let to = start;
  while (to < end && bytes[to] !== space) to++;
  const own = isoTime(bytes, start, to - start === 10 ? Math.min(end, start + 19) : to);
  if (!Number.isNaN(own)) return own;
  const at =
    bytes[start] === openParenthesis ? start : indexOfText(bytes, start, Math.min(end, start + 120), ' (2') + 1;
  return at > 0 || bytes[start] === openParenthesis ? isoTime(bytes, at + 1, Math.min(end, at + 20)) : Number.NaN;
}
