// Times of logs, read from their bytes: every function takes bytes[start..end) and returns epoch milliseconds, NaN when the text
// is no such time. A time that names no zone is UTC. Days are computed, not looked up, so that nothing is allocated.
import { readMonth, readNumber, readZone } from './date-parts.ts';

const dayMs = 86_400_000;
const colon = 0x3a;
const space = 0x20;

/** Epoch milliseconds of the start of a day of the Gregorian calendar; NaN when there is no such day. */
export function dayOf(year: number, month: number, day: number): number {
  if (!(year >= 1970 && year <= 9999 && month >= 1 && month <= 12 && day >= 1 && day <= daysIn(year, month)))
    return Number.NaN;
  // Days since 0000-03-01, so that the leap day is the last one of a year.
  const y = month <= 2 ? year - 1 : year;
  const m = month <= 2 ? month + 9 : month - 3;
  const days = y * 365 + Math.floor(y / 4) - Math.floor(y / 100) + Math.floor(y / 400) + Math.floor((m * 153 + 2) / 5);
  return (days + day - 1 - 719_468) * dayMs;
}

function daysIn(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/**
 * Time of day in milliseconds: `9:00`, `09:00:00`, `09:00:00.123`, `09:00:00,123456`, `9:00:00 PM`, then a zone or nothing.
 * Reads on to `end`; anything that it does not understand there makes it NaN.
 */
export function timeOfDay(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  const hourEnd = bytes[at + 1] === colon ? at + 1 : at + 2;
  const hour = readNumber(bytes, at, hourEnd, end);
  if (bytes[hourEnd] !== colon) return Number.NaN;
  const minute = readNumber(bytes, hourEnd + 1, hourEnd + 3, end);
  at = hourEnd + 3;
  let ms = 0;
  if (at < end && bytes[at] === colon) {
    const second = readNumber(bytes, at + 1, at + 3, end);
    // A leap second is the last moment of its minute.
    ms = second === 60 ? 59_999 : second * 1000;
    at += 3;
    if (at < end && (bytes[at] === 0x2e || bytes[at] === 0x2c)) {
      let weight = 100;
      at++;
      for (let digit = (bytes[at] ?? 0) - 0x30; at < end && digit >= 0 && digit <= 9; digit = (bytes[at] ?? 0) - 0x30) {
        if (second !== 60) ms += Math.floor(digit * weight);
        weight /= 10;
        at++;
      }
    }
  }
  if (!(hour <= 23 && minute <= 59 && ms < 60_000)) return Number.NaN;
  const clock = hour * 3_600_000 + minute * 60_000 + ms;
  return at === end ? clock : clock + afterTime(bytes, at, end, hour);
}

/** What a half of the day and a zone behind a time add to it. */
function afterTime(bytes: Uint8Array, start: number, end: number, hour: number): number {
  let at = start;
  let shift = 0;
  while (at < end && bytes[at] === space) at++;
  const half = (bytes[at] ?? 0) | 0x20;
  if (at + 1 < end && (half === 0x61 || half === 0x70) && ((bytes[at + 1] ?? 0) | 0x20) === 0x6d) {
    if (hour === 0 || hour > 12) return Number.NaN;
    shift = (half === 0x70 ? 12 : 0) - (hour === 12 ? 12 : 0);
    at += 2;
    while (at < end && bytes[at] === space) at++;
  }
  return shift * 3_600_000 - (at >= end ? 0 : readZone(bytes, at, end));
}

/**
 * `2026-11-21T09:00:00.123+01:00` and its relatives: blank or `_` for the `T`, `/` or `.` for the hyphens, no seconds, a zone
 * with or without colon, blank or not before it, none, or no time of day at all (ISO 8601, RFC 3339).
 */
export function isoTime(bytes: Uint8Array, start: number, end: number): number {
  if (end - start < 8) return Number.NaN;
  const mark = bytes[start + 4];
  if (mark !== 0x2d && mark !== 0x2f && mark !== 0x2e) return Number.NaN;
  const year = readNumber(bytes, start, start + 4, end);
  let at = start + 5;
  const monthEnd = bytes[at + 1] === mark ? at + 1 : at + 2;
  if (bytes[monthEnd] !== mark) return Number.NaN;
  const month = readNumber(bytes, at, monthEnd, end);
  at = monthEnd + 1;
  const second = (bytes[at + 1] ?? 0) - 0x30;
  const dayEnd = at + 1 < end && second >= 0 && second <= 9 ? at + 2 : at + 1;
  const day = dayOf(year, month, readNumber(bytes, at, dayEnd, end));
  if (dayEnd === end) return day;
  const between = bytes[dayEnd];
  if (between !== 0x54 && between !== 0x74 && between !== space && between !== 0x5f && between !== 0x09)
    return Number.NaN;
  at = dayEnd + 1;
  while (at < end && bytes[at] === space) at++;
  return day + timeOfDay(bytes, at, end);
}

/** Seconds since 1970 with or without fraction; whole numbers of 13 digits are milliseconds, of 16 microseconds, of 19 nanoseconds. */
export function epochSeconds(bytes: Uint8Array, start: number, end: number): number {
  if (end - start === 14 && bytes[start + 10] === 0x2e) return usualSeconds(bytes, start);
  let seconds = 0;
  let at = start;
  for (; at < end; at++) {
    const digit = (bytes[at] ?? 0) - 0x30;
    if (digit < 0 || digit > 9) break;
    seconds = seconds * 10 + digit;
  }
  const digits = at - start;
  if (digits === 0 || digits > 19) return Number.NaN;
  if (at === end) {
    if (digits >= 18) return Math.floor(seconds / 1e6);
    if (digits >= 15) return Math.floor(seconds / 1000);
    return digits >= 12 ? seconds : seconds * 1000;
  }
  if (bytes[at] !== 0x2e || digits > 11) return Number.NaN;
  let ms = seconds * 1000;
  let weight = 100;
  for (at++; at < end; at++) {
    const digit = (bytes[at] ?? 0) - 0x30;
    if (digit < 0 || digit > 9) return Number.NaN;
    ms += Math.floor(digit * weight);
    weight /= 10;
  }
  return ms;
}

/** Ten digits, a dot, three digits: as nearly all clocks are written, in a fraction of the time. */
function usualSeconds(bytes: Uint8Array, start: number): number {
  const high = fourDigits(bytes, start);
  const middle = fourDigits(bytes, start + 4);
  const a = (bytes[start + 8] ?? 0) - 0x30;
  const b = (bytes[start + 9] ?? 0) - 0x30;
  const c = (bytes[start + 11] ?? 0) - 0x30;
  const d = (bytes[start + 12] ?? 0) - 0x30;
  const e = (bytes[start + 13] ?? 0) - 0x30;
  // Negative when one of them is no digit.
  const wrong = high | middle | a | (9 - a) | b | (9 - b) | c | (9 - c) | d | (9 - d) | e | (9 - e);
  if (wrong < 0) return Number.NaN;
  return high * 1_000_000_000 + (middle * 100_000 + a * 10_000 + b * 1000 + c * 100 + d * 10 + e);
}

/** Negative when another character is among them. */
function fourDigits(bytes: Uint8Array, start: number): number {
  const a = (bytes[start] ?? 0) - 0x30;
  const b = (bytes[start + 1] ?? 0) - 0x30;
  const c = (bytes[start + 2] ?? 0) - 0x30;
  const d = (bytes[start + 3] ?? 0) - 0x30;
  const wrong = a | (9 - a) | b | (9 - b) | c | (9 - c) | d | (9 - d);
  return wrong < 0 ? -1 : a * 1000 + b * 100 + c * 10 + d;
}

/** `21/Nov/2026:09:00:00 +0100`, as the common log format of web servers has it, with or without its brackets. */
export function commonLog(bytes: Uint8Array, start: number, end: number): number {
  const from = bytes[start] === 0x5b ? start + 1 : start;
  const to = end > from && bytes[end - 1] === 0x5d ? end - 1 : end;
  if (to - from < 17 || bytes[from + 2] !== 0x2f || bytes[from + 6] !== 0x2f || bytes[from + 11] !== colon)
    return Number.NaN;
  const month = readMonth(bytes, from + 3, from + 6);
  const day = dayOf(readNumber(bytes, from + 7, from + 11, to), month, readNumber(bytes, from, from + 2, to));
  return day + timeOfDay(bytes, from + 12, to);
}

/**
 * `Nov 21 09:00:00`, `Nov  1 09:00:00`, `Nov 01 09:00:00.123 UTC` (RFC 3164). It has no year: it is the last such moment before
 * `receivedAt` (epoch milliseconds), or one of the day after it, because clocks of appliances run ahead and may know no zone.
 */
export function monthDay(bytes: Uint8Array, start: number, end: number, receivedAt: number): number {
  if (end - start < 10 || bytes[start + 3] !== space) return Number.NaN;
  const month = readMonth(bytes, start, start + 3);
  let at = start + 4;
  if (bytes[at] === space) at++;
  const dayEnd = bytes[at + 1] === space ? at + 1 : at + 2;
  const day = readNumber(bytes, at, dayEnd, end);
  if (bytes[dayEnd] !== space) return Number.NaN;
  return nearestYear(month, day, timeOfDay(bytes, dayEnd + 1, end), receivedAt);
}

/** The time of day on the last such day of a year before `receivedAt`, or of the day after it. */
export function nearestYear(month: number, day: number, clock: number, receivedAt: number): number {
  if (Number.isNaN(clock)) return Number.NaN;
  const latest = receivedAt + dayMs;
  const year = new Date(latest).getUTCFullYear();
  // A 29 February may be up to eight years away, but such a log is too old for everybody who asks.
  for (const candidate of [year, year - 1, year - 2, year - 3, year - 4]) {
    const time = dayOf(candidate, month, day) + clock;
    if (time <= latest) return time;
  }
  return Number.NaN;
}

/** Order of the numbers in dates that do not begin with the year. */
export type DateOrder = 'month-first' | 'day-first';

/**
 * `11/21/2026 9:00:00 AM`, `21.11.2026 09:00`, `21-11-2026 09:00:00 +0100`, `21/11/2026:09:00:00 GMT`, `11/21/26`, with or without
 * a time of day or brackets around it all.
 */
export function slashTime(bytes: Uint8Array, from: number, to: number, order: DateOrder): number {
  const start = bytes[from] === 0x5b ? from + 1 : from;
  const end = to > start && bytes[to - 1] === 0x5d ? to - 1 : to;
  const firstEnd = numberEnd(bytes, start, end);
  const secondEnd = numberEnd(bytes, firstEnd + 1, end);
  const yearEnd = numberEnd(bytes, secondEnd + 1, end);
  const mark = bytes[firstEnd];
  if (firstEnd >= end || bytes[secondEnd] !== mark || (mark !== 0x2f && mark !== 0x2e && mark !== 0x2d))
    return Number.NaN;
  const first = readNumber(bytes, start, firstEnd, end);
  const second = readNumber(bytes, firstEnd + 1, secondEnd, end);
  let year = readNumber(bytes, secondEnd + 1, yearEnd, end);
  if (yearEnd - secondEnd === 3) year += 2000;
  const day = order === 'month-first' ? dayOf(year, first, second) : dayOf(year, second, first);
  if (yearEnd === end) return day;
  let at = yearEnd;
  if (bytes[at] === colon || bytes[at] === 0x54) at++;
  else while (at < end && (bytes[at] === space || bytes[at] === 0x2c)) at++;
  return at === yearEnd ? Number.NaN : day + timeOfDay(bytes, at, end);
}

function numberEnd(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && at < start + 4 && (bytes[at] ?? 0) >= 0x30 && (bytes[at] ?? 0) <= 0x39) at++;
  return at;
}

/** A day and a time of day that stand in columns of their own: `2026-11-21` and `09:00:00`. */
export function dateAndTime(
  bytes: Uint8Array,
  dateStart: number,
  dateEnd: number,
  timeStart: number,
  timeEnd: number,
): number {
  return isoTime(bytes, dateStart, dateEnd) + timeOfDay(bytes, timeStart, timeEnd);
}
