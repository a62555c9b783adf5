// Times as exports and result pages write them, to the ticks that the event store keeps: 100 ns since 0001-01-01 (UTC).
// A time takes 60 bits, more than a number is exact for, so ticks are handled as two words of 32 bits.

/** Ticks. The words are unsigned. */
export interface TimeWords {
  low: number;
  high: number;
}

const secondsAtUnixEpoch = 62_135_596_800;
const pattern =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?)?\s*(Z|UTC|[+-]\d{2}:?\d{2})?$/i;

/** Reads an ISO 8601 time into `words`; without a zone it is UTC. False, and nothing is changed, for anything else. */
export function readTime(text: string, words: TimeWords): boolean {
  if (readUsual(text, words)) return true;
  const match = pattern.exec(text);
  if (!match) return false;
  const [, year, month, day, hour = '00', minute = '00', second = '00', fraction = '', zone = 'Z'] = match;
  const start = daysBefore(Number(year), Number(month), Number(day)) * 86_400;
  if (Number.isNaN(start) || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return false;
  const offset = offsetSeconds(zone);
  if (offset === undefined) return false;
  const seconds = start + Number(hour) * 3600 + Number(minute) * 60 + Number(second) - offset;
  // 0001-01-01 to the end of 9999: what KQL's datetime can be.
  if (seconds < 0 || seconds >= 315_537_897_600) return false;
  setWords(words, seconds, Number(fraction.slice(0, 7).padEnd(7, '0')));
  return true;
}

const [digit0, digit9, hyphen, point, colon, letterT, letterZ] = [0x30, 0x39, 0x2d, 0x2e, 0x3a, 0x54, 0x5a];
const [usualLeast, usualMost] = [20, 28];
const codes = new Uint8Array(usualMost);

function readUsual(text: string, words: TimeWords): boolean {
  const { length } = text;
  if (length < usualLeast || length > usualMost) return false;
  for (let at = 0; at < length; at++) {
    const code = text.charCodeAt(at);
    if (code > 0x7f) return false;
    codes[at] = code;
  }
  return readUsualTime(codes, 0, length, words);
}

/** Reads the form that exports have, `2026-01-31T09:00:00.1234567Z`, out of bytes. False for any other, good or not. */
export function readUsualTime(bytes: Uint8Array, begin: number, end: number, words: TimeWords): boolean {
  const length = end - begin;
  if (length < usualLeast || length > usualMost || bytes[end - 1] !== letterZ) return false;
  if (bytes[begin + 4] !== hyphen || bytes[begin + 7] !== hyphen || bytes[begin + 10] !== letterT) return false;
  if (bytes[begin + 13] !== colon || bytes[begin + 16] !== colon) return false;
  const year = twoDigits(bytes, begin) * 100 + twoDigits(bytes, begin + 2);
  const days = daysBeforeAny(year, twoDigits(bytes, begin + 5), twoDigits(bytes, begin + 8));
  const [hour, minute] = [twoDigits(bytes, begin + 11), twoDigits(bytes, begin + 14)];
  const second = twoDigits(bytes, begin + 17);
  if (!(year <= 9999 && days >= 0 && hour <= 23 && minute <= 59 && second <= 59)) return false;
  let ticks = 0;
  if (length > usualLeast) {
    if (bytes[begin + 19] !== point || length === usualLeast + 1) return false;
    for (let at = begin + 20; at < begin + 27; at++) {
      const code = at < end - 1 ? (bytes[at] ?? 0) : digit0;
      if (code < digit0 || code > digit9) return false;
      ticks = ticks * 10 + code - digit0;
    }
  }
  setWords(words, days * 86_400 + hour * 3600 + minute * 60 + second, ticks);
  return true;
}

/** More than any part of a time can be. */
const noDigits = 10_000;

/** {@link noDigits} for anything else. */
function twoDigits(bytes: Uint8Array, at: number): number {
  const [tens, ones] = [bytes[at] ?? 0, bytes[at + 1] ?? 0];
  if (tens < digit0 || tens > digit9 || ones < digit0 || ones > digit9) return noDigits;
  return (tens - digit0) * 10 + ones - digit0;
}

const daysOfMonths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

// Most times of an export are of the day of the one before.
const lastDate = { year: 0, month: 0, day: 0, days: Number.NaN };

function daysBeforeAny(year: number, month: number, day: number): number {
  if (lastDate.day !== day || lastDate.month !== month || lastDate.year !== year) {
    lastDate.days = daysBefore(year, month, day);
    lastDate.year = year;
    lastDate.month = month;
    lastDate.day = day;
  }
  return lastDate.days;
}

/** Days from 0001-01-01 to the day, in the Gregorian calendar; NaN for a day that there is not. */
function daysBefore(year: number, month: number, day: number): number {
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const last = month === 2 && isLeap ? 29 : (daysOfMonths[month - 1] ?? 0);
  if (!(day >= 1 && day <= last)) return Number.NaN;
  // Years that begin in March have the day that comes and goes at their end.
  const years = month > 2 ? year : year - 1;
  const months = (month + 9) % 12;
  const leaps = Math.floor(years / 4) - Math.floor(years / 100) + Math.floor(years / 400);
  return 365 * years + leaps + Math.floor((153 * months + 2) / 5) + day - 307;
}

/** Ticks of a whole number of milliseconds since 1970. */
export function setEpochMs(words: TimeWords, epochMs: number): void {
  const seconds = Math.floor(epochMs / 1000);
  setWords(words, seconds + secondsAtUnixEpoch, Math.floor(epochMs - seconds * 1000) * 10_000);
}

function offsetSeconds(zone: string): number | undefined {
  if (!/^[+-]/.test(zone)) return 0;
  const [hours, minutes] = [Number(zone.slice(1, 3)), Number(zone.slice(-2))];
  if (hours > 14 || minutes > 59) return undefined;
  return (zone.startsWith('-') ? -1 : 1) * (hours * 3600 + minutes * 60);
}

/** Seconds times ten million is up to 60 bits, so it is multiplied in two parts, each exact. */
function setWords(words: TimeWords, seconds: number, ticks: number): void {
  const upper = Math.floor(seconds / 65_536) * 10_000_000;
  const lower = remainder(seconds, 65_536) * 10_000_000 + ticks;
  const low = remainder(upper, 65_536) * 65_536 + remainder(lower, 4_294_967_296);
  words.low = remainder(low, 4_294_967_296);
  words.high = Math.floor(upper / 65_536) + Math.floor(lower / 4_294_967_296) + Math.floor(low / 4_294_967_296);
}

/** Of a number that is not negative and a power of two: exact, and quicker than %, which is a call for large numbers. */
function remainder(value: number, power: number): number {
  return value - Math.floor(value / power) * power;
}

/** The whole as a number, exact to some hundred nanoseconds: to compare, not to store. */
export function roughTicks({ low, high }: TimeWords): number {
  return high * 4_294_967_296 + low;
}
