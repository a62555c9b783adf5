// Session events of Junos as text: `session closed TCP FIN: 192.0.2.1/50000->203.0.113.5/443 0x0 junos-https 198.51.100.1/1024->203.0.113.5/443
// 0x0 nat-rule rule N/A N/A 6 policy trust untrust 1234 10(2000) 12(3000) 15 UNKNOWN UNKNOWN name(roles) ge-0/0/1.0 UNKNOWN`. Which words
// stand between depends on the version; the two counts of packets and bytes are found by their looks, the zones stand before them.
import type { Line } from '../formats/line.ts';
import type { SkipReason } from '../formats/reader.ts';
import type { Transaction } from '../formats/transaction.ts';
import { comesFromOutside, indexOfText, namesOutside } from './firewalls.ts';

const space = 0x20;
const slash = 0x2f;
const open = 0x28;
const close = 0x29;
const wordsMax = 64;

const starts = new Int32Array(wordsMax);
const ends = new Int32Array(wordsMax);

/** Reads a line of RT_FLOW or AppTrack; sessions that begin, and volumes of those that go on, are `other`. */
export function readPlainSession({ bytes, start, end }: Line, transaction: Transaction): SkipReason | null {
  const session = indexOfText(bytes, start, end, 'session ');
  if (session < 0)
    return indexOfText(bytes, start, end, 'RT_') >= 0 || indexOfText(bytes, start, end, 'AppTrack') >= 0
      ? 'other'
      : 'malformed';
  const closed = indexOfText(bytes, session, end, 'session closed ');
  const denied = closed >= 0 ? -1 : indexOfText(bytes, session, end, 'session denied ');
  if (closed < 0 && denied < 0)
    return indexOfText(bytes, session, end, 'session created ') >= 0 ? 'other' : 'malformed';
  const arrow = indexOfText(bytes, Math.max(closed, denied), end, '->');
  if (arrow < 0) return 'malformed';
  let from = arrow;
  while (from > session && bytes[from - 1] !== space) from -= 1;
  transaction.source.set(bytes, from, lastSlash(bytes, from, arrow));
  let to = arrow + 2;
  while (to < end && bytes[to] !== space) to += 1;
  transaction.destination.set(bytes, arrow + 2, lastSlash(bytes, arrow + 2, to));
  if (transaction.source.isEmpty || transaction.destination.isEmpty) return 'malformed';
  const count = split(bytes, to, end);
  transaction.isBlocked = closed < 0;
  return closed < 0 ? deniedWords(bytes, count, transaction) : closedWords(bytes, count, transaction);
}

/** Without the port behind the last slash. */
function lastSlash(bytes: Buffer, start: number, end: number): number {
  let at = end;
  while (at > start && bytes[at - 1] !== slash) at -= 1;
  return at > start ? at - 1 : end;
}

/** The words of bytes[start..end), apart by spaces; at most so many as there is room for. */
function split(bytes: Buffer, start: number, end: number): number {
  let count = 0;
  let at = start;
  while (at < end && count < wordsMax) {
    while (at < end && bytes[at] === space) at += 1;
    if (at >= end) break;
    starts[count] = at;
    while (at < end && bytes[at] !== space) at += 1;
    ends[count] = at;
    count += 1;
  }
  return count;
}

function closedWords(bytes: Buffer, count: number, transaction: Transaction): SkipReason | null {
  let first = 0;
  while (first + 1 < count && !(bytesOf(bytes, first) >= 0 && bytesOf(bytes, first + 1) >= 0)) first += 1;
  if (first + 1 >= count) return comesFromOutside(transaction) ? 'inbound' : null;
  transaction.uploaded = bytesOf(bytes, first);
  transaction.downloaded = bytesOf(bytes, first + 1);
  // The elapsed time and two applications stand between the bytes and the user.
  intoUser(bytes, first + 5, count, transaction);
  return entered(bytes, first - 3, first - 2, transaction) ? 'inbound' : null;
}

/** `6(0) policy trust untrust HTTP FACEBOOK name(roles) ...`: protocol and ICMP type, the policy, the zones. */
function deniedWords(bytes: Buffer, count: number, transaction: Transaction): SkipReason | null {
  let protocol = 0;
  while (protocol < count && bytesOf(bytes, protocol) < 0) protocol += 1;
  if (protocol + 3 >= count) return comesFromOutside(transaction) ? 'inbound' : null;
  intoUser(bytes, protocol + 6, count, transaction);
  return entered(bytes, protocol + 2, protocol + 3, transaction) ? 'inbound' : null;
}

function entered(bytes: Buffer, from: number, to: number, transaction: Transaction): boolean {
  if (from >= 0 && namesOutside(bytes, starts[from] ?? 0, ends[from] ?? 0)) {
    return !namesOutside(bytes, starts[to] ?? 0, ends[to] ?? 0);
  }
  return comesFromOutside(transaction);
}

/** The number in the parentheses of `10(2000)`; -1 for any other word. */
function bytesOf(bytes: Buffer, word: number): number {
  const end = ends[word] ?? 0;
  let at = starts[word] ?? 0;
  const begin = at;
  while (at < end && isDigit(bytes[at] ?? 0)) at += 1;
  if (at === begin || bytes[at] !== open || bytes[end - 1] !== close) return -1;
  let value = 0;
  for (at += 1; at < end - 1; at++) {
    if (!isDigit(bytes[at] ?? 0)) return -1;
    value = value * 10 + (bytes[at] ?? 0) - 0x30;
  }
  return value;
}

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}

/** `name(roles)`, where the version has it. */
function intoUser(bytes: Buffer, word: number, count: number, transaction: Transaction): void {
  if (word >= count) return;
  const start = starts[word] ?? 0;
  const end = ends[word] ?? 0;
  let at = start;
  while (at < end && bytes[at] !== open) at += 1;
  if (at > start && at < end && bytes[end - 1] === close) transaction.user.set(bytes, start, at);
}
