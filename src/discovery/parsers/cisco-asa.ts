// Cisco ASA, and its kin FWSM, PIX and Firepower where they write the same messages: `%ASA-6-302014: Teardown TCP connection ...`.
// Source: "Cisco Secure Firewall ASA Series Syslog Messages" and "Catalyst 6500 Series Firewall Services Module System Log Messages".
import { isoTime } from '../formats/dates.ts';
import type { Line } from '../formats/line.ts';
import type { SkipReason } from '../formats/reader.ts';
import type { Transaction } from '../formats/transaction.ts';
import { Endpoint, isOutsideName } from './cisco-endpoints.ts';
import { indexOfText, startsWith } from './firewalls.ts';
import { lineParser } from './line-parser.ts';
import { isPrivateAddress } from './private-addresses.ts';

const percent = 0x25;
const space = 0x20;
const quote = 0x27;

/** Numbers of messages that tell the end of a connection, with its bytes: TCP, UDP, GRE, SCTP, TCP without state. */
const teardowns = new Set([302014, 302016, 302018, 302036, 302304]);
/** Denials that name interface and address of both sides behind `src` and `dst`. */
const deniedBetween = new Set([106010, 106023, 106027]);
/** Denials that name both addresses behind `from` and `to`. */
const deniedFrom = new Set([106001, 106006, 106007, 106015, 106016, 106017]);
/** Matches of access lists, and of those that were loaded for a user: permitted and denied. */
const accessLists = new Set([106100, 106102, 106103]);
const urlAccessed = 304001;
const urlDenied = 304002;

export const ciscoAsa = lineParser(() => {
  const reader = new AsaReader();
  return { read: (line, transaction) => reader.read(line, transaction) };
});

class AsaReader {
  private readonly first = new Endpoint();
  private readonly second = new Endpoint();

  read(line: Line, transaction: Transaction): SkipReason | null {
    const { bytes, end } = line;
    const mark = messageMark(line);
    if (mark < 0) return 'malformed';
    let at = mark + 1;
    while (at < end && !isDigit(bytes[at] ?? 0) && bytes[at] !== space) at += 1;
    // The severity, then the number of the message.
    at += 2;
    const number = sixDigits(bytes, at, end);
    if (number < 0 || bytes[at - 1] !== 0x2d) return 'malformed';
    at += 6;
    if (bytes[at] === 0x3a) at += 1;
    while (at < end && bytes[at] === space) at += 1;
    // A syslog server that writes its own time in front of lines whose header has none.
    transaction.time = isoTime(bytes, line.start, timeEnd(bytes, line.start, mark));
    if (teardowns.has(number)) return this.teardown(bytes, at, end, number, transaction);
    if (deniedBetween.has(number)) return this.between(bytes, at, end, transaction);
    if (deniedFrom.has(number)) return this.from(bytes, at, end, transaction);
    if (accessLists.has(number)) return this.accessList(bytes, at, end, transaction);
    if (number === urlAccessed) return this.accessed(bytes, at, end, transaction);
    if (number === urlDenied) return this.urlDenied(bytes, at, end, transaction);
    return 'other';
  }

  /** `Teardown TCP connection 7 for outside:203.0.113.5/443(user) to inside:192.0.2.1/50000(user) duration 0:00:10 bytes 99 ... (user)`. */
  private teardown(bytes: Buffer, start: number, end: number, number: number, found: Transaction): SkipReason | null {
    const isFromClient = number === 302304 || number === 302018;
    let at = pastWord(bytes, start, end, isFromClient ? ' from ' : ' for ');
    if (at >= 0) {
      at = pastWord(bytes, this.first.read(bytes, at, end), end, 'to ');
    } else {
      // PIX and the first FWSM write `faddr 203.0.113.5/443 gaddr 198.51.100.1/1 laddr 192.0.2.1/1`.
      const foreign = pastWord(bytes, start, end, ' faddr ');
      if (foreign < 0) return 'malformed';
      at = pastWord(bytes, this.first.read(bytes, foreign, end), end, 'laddr ');
    }
    if (at < 0) return 'malformed';
    const total = pastWord(bytes, this.second.read(bytes, at, end), end, ' bytes ');
    if (total < 0 || this.first.isEmpty || this.second.isEmpty) return 'malformed';
    found.total = wholeNumber(bytes, total, end);
    const [client, server] = isFromClient ? [this.first, this.second] : this.sides();
    client.intoSource(found);
    server.intoDestination(found);
    if (found.user.isEmpty) intoLastUser(bytes, total, end, found);
    return this.isInbound(client, server) ? 'inbound' : null;
  }

  /**
   * Which side asked. A teardown names the less trusted interface first, whoever began: it is the server unless its port is one that
   * clients take and the other's is one of a service.
   */
  private sides(): [Endpoint, Endpoint] {
    const { first, second } = this;
    const firstAsked = first.port >= 1024 && second.port > 0 && second.port < 1024;
    return firstAsked ? [first, second] : [second, first];
  }

  private isInbound(client: Endpoint, server: Endpoint): boolean {
    const isServerPrivate = isPrivateAddress(server.bytes, server.start, server.end);
    const isClientPrivate = isPrivateAddress(client.bytes, client.start, client.end);
    if (isServerPrivate !== isClientPrivate) return isServerPrivate;
    return !isServerPrivate && isOutsideName(client) && !isOutsideName(server);
  }

  /** `Deny tcp src inside:192.0.2.1/50000(user) dst outside:203.0.113.5/443 by access-group "x" [0x0, 0x0]`. */
  private between(bytes: Buffer, start: number, end: number, found: Transaction): SkipReason | null {
    const source = pastWord(bytes, start, end, ' src ');
    const target = source < 0 ? -1 : pastWord(bytes, source, end, ' dst ');
    if (target < 0) return 'malformed';
    if (startsWith(bytes, start, end, 'Deny icmp')) return 'other';
    return this.denied(bytes, source, target, end, found);
  }

  /** `Deny inbound UDP from 203.0.113.5/53 to 192.0.2.1/50000`, `Deny TCP (no connection) from ... to ... flags RST on interface x`. */
  private from(bytes: Buffer, start: number, end: number, found: Transaction): SkipReason | null {
    const source = pastWord(bytes, start, end, ' from ');
    const target = source < 0 ? -1 : pastWord(bytes, source, end, ' to ');
    if (target < 0) return 'malformed';
    // `Deny IP spoof from (0.0.0.0) to …`: nobody's address.
    if (bytes[source] === 0x28) return 'other';
    if (startsWith(bytes, start, end, 'Inbound') || startsWith(bytes, start, end, 'Deny inbound')) return 'inbound';
    return this.denied(bytes, source, target, end, found);
  }

  /** `access-list x denied tcp inside/192.0.2.1(50000)(user) -> outside/203.0.113.5(443) hit-cnt 1 ...`; what is permitted comes again. */
  private accessList(bytes: Buffer, start: number, end: number, found: Transaction): SkipReason | null {
    const arrow = indexOfText(bytes, start, end, ' -> ');
    if (arrow < 0) return 'malformed';
    const denied = indexOfText(bytes, start, arrow, ' denied ');
    if (denied < 0 || startsWith(bytes, denied + 8, end, 'icmp')) return 'other';
    // Behind the protocol, and behind the user whose access list it is: `denied tcp for user 'jane' inside/192.0.2.1(50000) -> …`.
    let at = wordEnd(bytes, denied + 8, arrow) + 1;
    if (startsWith(bytes, at, arrow, 'for user ')) {
      const userEnd = wordEnd(bytes, at + 9, arrow);
      const isQuoted = bytes[at + 9] === quote && bytes[userEnd - 1] === quote;
      found.user.set(bytes, isQuoted ? at + 10 : at + 9, isQuoted ? userEnd - 1 : userEnd);
      at = userEnd + 1;
    }
    return this.denied(bytes, at, arrow + 4, end, found);
  }

  private denied(bytes: Buffer, source: number, target: number, end: number, found: Transaction): SkipReason | null {
    this.first.read(bytes, source, end);
    this.second.read(bytes, target, end);
    if (this.first.isEmpty || this.second.isEmpty) return 'malformed';
    this.first.intoSource(found);
    this.second.intoDestination(found);
    found.isBlocked = true;
    return this.isInbound(this.first, this.second) ? 'inbound' : null;
  }

  /** `user@192.0.2.1 Accessed URL 203.0.113.5:http://www.example.com/`, or `192.0.2.1(user) Accessed URL ...`. */
  private accessed(bytes: Buffer, start: number, end: number, found: Transaction): SkipReason | null {
    const target = indexOfText(bytes, start, end, ' Accessed ');
    const url = target < 0 ? -1 : pastWord(bytes, target, end, 'URL ');
    if (url < 0) return 'malformed';
    let at = start;
    while (at < target && bytes[at] !== 0x40) at += 1;
    if (at < target) found.user.set(bytes, start, at);
    this.first.read(bytes, at < target ? at + 1 : start, target);
    this.first.intoSource(found);
    intoUrl(bytes, url, end, this.second, found);
    return null;
  }

  /** `Access denied URL http://www.example.com/ SRC 192.0.2.1(user) DEST 203.0.113.5 on interface inside`. */
  private urlDenied(bytes: Buffer, start: number, end: number, found: Transaction): SkipReason | null {
    const url = pastWord(bytes, start, end, ' URL ');
    const source = url < 0 ? -1 : indexOfText(bytes, url, end, ' SRC ');
    if (source < 0) return 'malformed';
    found.url.set(bytes, url, source);
    this.first.read(bytes, source + 5, end);
    this.first.intoSource(found);
    const target = pastWord(bytes, source, end, ' DEST ');
    if (target > 0) {
      this.second.read(bytes, target, end);
      this.second.intoDestination(found);
    }
    found.isBlocked = true;
    return null;
  }
}

const products = ['%ASA-', '%FWSM-', '%PIX-', '%FTD-'];

/** The `%` in front of the name of the product; -1 when there is none. */
function messageMark(line: Line): number {
  const { bytes, end } = line;
  for (let at = line.start; at + 12 < end; at++) {
    if (bytes[at] === percent && products.some((name) => startsWith(bytes, at, end, name))) return at;
  }
  return -1;
}

/** Behind `2026-11-21T09:00:00+01:00` or `2026-11-21 09:00:00`. */
function timeEnd(bytes: Buffer, start: number, limit: number): number {
  const at = wordEnd(bytes, start, limit);
  return at === start + 10 ? Math.min(limit, start + 19) : at;
}

function wordEnd(bytes: Buffer, start: number, limit: number): number {
  let at = start;
  while (at < limit && bytes[at] !== space) at += 1;
  return at;
}

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}

function sixDigits(bytes: Buffer, start: number, end: number): number {
  if (start + 6 > end) return -1;
  const value = wholeNumber(bytes, start, start + 6);
  return value >= 100_000 ? value : -1;
}

/** The digits that begin here; NaN without any. */
function wholeNumber(bytes: Buffer, start: number, end: number): number {
  let value = Number.NaN;
  for (let at = start; at < end && at < start + 16; at++) {
    const byte = bytes[at] ?? 0;
    if (!isDigit(byte)) break;
    value = (Number.isNaN(value) ? 0 : value) * 10 + byte - 0x30;
  }
  return value;
}

function pastWord(bytes: Buffer, start: number, end: number, word: string): number {
  const at = indexOfText(bytes, start, end, word);
  return at < 0 ? -1 : at + word.length;
}

/** The name in parentheses at the end of a teardown, unless it is a reason: those stand before any user and have spaces. */
function intoLastUser(bytes: Buffer, start: number, end: number, found: Transaction): void {
  let stop = end;
  while (stop > start && bytes[stop - 1] === space) stop -= 1;
  if (bytes[stop - 1] !== 0x29) return;
  let at = stop - 1;
  while (at > start && bytes[at - 1] !== 0x28 && bytes[at - 1] !== space) at -= 1;
  if (bytes[at - 1] === 0x28) found.user.set(bytes, at, stop - 1);
}

/** `203.0.113.5:http://www.example.com/`, `203.0.113.5:/path`, with a user's name before the address or between it and the colon. */
function intoUrl(bytes: Buffer, start: number, end: number, target: Endpoint, found: Transaction): void {
  const scheme = indexOfText(bytes, start, end, '://');
  let at = start;
  if (scheme >= 0) {
    at = scheme;
    while (at > start && isLetter(bytes[at - 1] ?? 0)) at -= 1;
    found.url.set(bytes, at, end);
  } else {
    while (at < end && bytes[at] !== 0x2f) at += 1;
  }
  if (at - 1 <= start || bytes[at - 1] !== 0x3a) return;
  const name = indexOfText(bytes, start, at - 1, '@');
  target.read(bytes, name < 0 ? start : name + 1, at - 1);
  target.intoDestination(found);
}

function isLetter(byte: number): boolean {
  return (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a;
}
