// The pieces that headers of syslog are made of. See syslog.ts.
import { readMonth, readNumber, zoneMs } from './date-parts.ts';
import { dayOf, isoTime, timeOfDay } from './dates.ts';

const space = 0x20;
const colon = 0x3a;
const quote = 0x22;
const backslash = 0x5c;
const openBracket = 0x5b;
const closeBracket = 0x5d;
const hyphen = 0x2d;

/** A time at the beginning of a header. `time` is NaN when it has no year; then month, day and clock tell it. */
export interface Timestamp {
  end: number;
  year: number;
  /** 0 when the time does not begin with the name of a month. */
  month: number;
  day: number;
  /** Milliseconds since midnight, less the zone. */
  clock: number;
  time: number;
}

/** Longest time that is looked at, in bytes. */
const timeBytesMax = 40;

/** Fills `stamp` with the time that begins at `start`; false when none does. */
export function timestampAt(bytes: Buffer, start: number, end: number, stamp: Timestamp): boolean {
  const first = bytes[start] ?? 0;
  if (end - start < 14) return false;
  if (first >= 0x30 && first <= 0x39) {
    let at = start;
    while (at < end && at < start + timeBytesMax && bytes[at] !== space) at += 1;
    const last = bytes[at - 1] === colon ? at - 1 : at;
    stamp.month = 0;
    stamp.time = isoHeaderTime(bytes, start, last);
    stamp.end = last;
    return !Number.isNaN(stamp.time);
  }
  return namedMonth(bytes, start, end, stamp);
}

/** `2026-11-21T09:00:00.123Z` with its `T`, or Astaro's `2026:11:21-09:00:00`. */
export function isoHeaderTime(bytes: Buffer, start: number, end: number): number {
  if (end - start < 14) return Number.NaN;
  if (bytes[start + 4] === colon && bytes[start + 10] === hyphen) {
    const day = dayOf(
      readNumber(bytes, start, start + 4, end),
      readNumber(bytes, start + 5, start + 7, end),
      readNumber(bytes, start + 8, start + 10, end),
    );
    return day + timeOfDay(bytes, start + 11, end);
  }
  return bytes[start + 4] === hyphen ? isoTime(bytes, start, end) : Number.NaN;
}

/** `Nov 21 09:00:00`, `Nov  1 2026 09:00:00.123`, `Nov 21 09:00:00 2026`, `Nov 21 09:00:00 UTC`. */
function namedMonth(bytes: Buffer, start: number, end: number, stamp: Timestamp): boolean {
  if (bytes[start + 3] !== space) return false;
  stamp.month = readMonth(bytes, start, start + 3);
  if (Number.isNaN(stamp.month)) return false;
  let at = start + 4;
  if (bytes[at] === space) at += 1;
  const dayEnd = bytes[at + 1] === space ? at + 1 : at + 2;
  stamp.day = readNumber(bytes, at, dayEnd, end);
  if (bytes[dayEnd] !== space || !(stamp.day >= 1 && stamp.day <= 31)) return false;
  at = dayEnd + 1;
  stamp.year = yearAt(bytes, at, end);
  if (stamp.year > 0) at += 5;
  const clockEnd = numbersEnd(bytes, at, end);
  stamp.clock = timeOfDay(bytes, at, clockEnd);
  if (Number.isNaN(stamp.clock)) return false;
  stamp.end = clockEnd;
  if (stamp.year === 0 && bytes[clockEnd] === space) {
    stamp.year = yearAt(bytes, clockEnd + 1, end);
    if (stamp.year > 0) stamp.end = clockEnd + 5;
  }
  takeZone(bytes, end, stamp);
  stamp.time = stamp.year > 0 ? dayOf(stamp.year, stamp.month, stamp.day) + stamp.clock : Number.NaN;
  return true;
}

/** The year that stands at `start` between spaces; 0 when there is none. */
function yearAt(bytes: Buffer, start: number, end: number): number {
  const after = start + 4 < end ? bytes[start + 4] : space;
  // `2001:db8::1` is a host.
  if (after !== space && !(after === colon && bytes[start + 5] === space)) return 0;
  const year = readNumber(bytes, start, start + 4, end);
  return year >= 1990 && year < 2100 ? year : 0;
}

/** Where the digits, colons between digits and fractions of a time end. */
function numbersEnd(bytes: Buffer, start: number, end: number): number {
  let at = start;
  for (; at < end && at < start + 20; at++) {
    const byte = bytes[at] ?? 0;
    const isDigit = byte >= 0x30 && byte <= 0x39;
    if (!isDigit && byte !== colon && byte !== 0x2e && byte !== 0x2c) break;
  }
  return at > start && bytes[at - 1] === colon ? at - 1 : at;
}

/** The name of a zone behind a time, if it is one that is known: it could be the host as well. */
function takeZone(bytes: Buffer, end: number, stamp: Timestamp): void {
  if (bytes[stamp.end] !== space) return;
  let at = stamp.end + 1;
  while (at < end && at < stamp.end + 6 && (bytes[at] ?? 0) >= 0x41 && (bytes[at] ?? 0) <= 0x5a) at += 1;
  const length = at - stamp.end - 1;
  if (length < 3 || length > 4 || (at < end && bytes[at] !== space && bytes[at] !== colon)) return;
  const name = bytes.toString('latin1', stamp.end + 1, at);
  const ahead = zoneMs(name);
  if (ahead === 0 && name !== 'UTC' && name !== 'GMT') return;
  stamp.clock -= ahead;
  stamp.end = at;
}

const hostBytesMax = 255;
const tagBytesMax = 64;

/** Bytes of host names and addresses: letters, digits, `.`, `-`, `_`, `:`, `/`, brackets, and letters of other alphabets. */
const isHostByte = new Uint8Array(256);
/** Bytes of tags: the same, and parentheses. */
const isTagByte = new Uint8Array(256);
for (let byte = 0; byte < 256; byte++) {
  const char = String.fromCharCode(byte);
  isHostByte[byte] = byte >= 0x80 || /[A-Za-z0-9._:/[\]-]/.test(char) ? 1 : 0;
  isTagByte[byte] = isHostByte[byte] === 1 || /[()]/.test(char) ? 1 : 0;
}

/** Where the name of the host ends that begins at `start`; `start` when there is none: a tag, or the message, begins there. */
export function hostEnd(bytes: Buffer, start: number, end: number): number {
  const limit = Math.min(end, start + hostBytesMax);
  let at = start;
  while (at < limit && isHostByte[bytes[at] ?? 0] === 1) at += 1;
  if (at === start || at >= end || bytes[at] !== space || bytes[at - 1] === colon || bytes[start] === openBracket)
    return start;
  return at;
}

/** Where the tag ends that begins at `start` (`squid[123]:`, `:`); `start` when there is none. */
export function tagEnd(bytes: Buffer, start: number, end: number): number {
  const limit = Math.min(end, start + tagBytesMax);
  let at = start;
  let hasLetter = false;
  while (at < limit && isTagByte[bytes[at] ?? 0] === 1) {
    hasLetter ||= ((bytes[at] ?? 0) | 0x20) >= 0x61;
    at += 1;
  }
  if (at === start || at >= end || bytes[at] !== space || bytes[at - 1] !== colon) return start;
  if (at === start + 1) return at;
  if (!hasLetter || bytes[start] === openBracket || isFormatMark(bytes, start, at)) return start;
  return at;
}

/** `CEF:` or `LEEF:` with a space behind it is the message. */
function isFormatMark(bytes: Buffer, start: number, end: number): boolean {
  const text = bytes.toString('latin1', Math.max(start, end - 5), end);
  return text.endsWith('CEF:') || text.endsWith('LEEF:');
}

/**
 * Where the message begins when structured data begins at `start`: behind `-` or behind the elements; at `messageId` when a
 * product tells its events in the elements; at `start` when what stands there is no structured data.
 */
export function structuredData(bytes: Buffer, start: number, end: number, messageId: number): number {
  if (start >= end) return start;
  if (bytes[start] === hyphen && (start + 1 >= end || bytes[start + 1] === space))
    return message(bytes, start + 1, end);
  let at = start;
  while (at < end && bytes[at] === openBracket) {
    const next = elementEnd(bytes, at, end);
    if (next < 0) return start;
    if (tellsEvent(bytes, at + 1, end)) return messageId;
    at = next;
  }
  if (at === start) return start;
  const text = message(bytes, at, end);
  return text >= end ? messageId : text;
}

/** Names of elements that hold the event itself: Junos (enterprise 2636) and Check Point (2620). */
const eventElements = ['junos@2636.', 'Fields@1.3.6.1.4.1.2620'].map((name) => Buffer.from(name, 'latin1'));

function tellsEvent(bytes: Buffer, start: number, end: number): boolean {
  return eventElements.some(
    (name) => start + name.length <= end && bytes.compare(name, 0, name.length, start, start + name.length) === 0,
  );
}

/** Just behind the element that begins at `start`; -1 when its name is none, or its end is missing. */
function elementEnd(bytes: Buffer, start: number, end: number): number {
  let at = start + 1;
  for (; at < end; at++) {
    const byte = bytes[at];
    if (byte === space || byte === closeBracket) break;
    if (byte === quote || byte === 0x3d || byte === colon) return -1;
  }
  let isQuoted = false;
  for (; at < end; at++) {
    const byte = bytes[at];
    if (byte === backslash && isQuoted) at += 1;
    else if (byte === quote) isQuoted = !isQuoted;
    else if (byte === closeBracket && !isQuoted) return at + 1;
  }
  return -1;
}

/** Past the space in front of a message and its byte order mark. */
function message(bytes: Buffer, start: number, end: number): number {
  const at = start < end && bytes[start] === space ? start + 1 : start;
  return bytes[at] === 0xef && bytes[at + 1] === 0xbb && bytes[at + 2] === 0xbf && at + 3 <= end ? at + 3 : at;
}
