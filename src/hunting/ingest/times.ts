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
  const start = secondsOfDay(`${year}-${month}-${day}`);
  if (start === undefined || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return false;
  const offset = offsetSeconds(zone);
  if (offset === undefined) return false;
  const seconds = start + Number(hour) * 3600 + Number(minute) * 60 + Number(second) - offset;
  // 0001-01-01 to the end of 9999: what KQL's datetime can be.
  if (seconds < 0 || seconds >= 315_537_897_600) return false;
  setWords(words, seconds, Number(fraction.slice(0, 7).padEnd(7, '0')));
  return true;
}

const [digit0, digit9] = [0x30, 0x39];

/** The form that exports have, `2026-01-31T09:00:00.1234567Z`, on the day of the time before: without taking it apart. */
function readUsual(text: string, words: TimeWords): boolean {
  const { length } = text;
  if (lastStart === undefined || length < 20 || length > 28 || !text.startsWith(lastDay)) return false;
  if (text[10] !== 'T' || text[13] !== ':' || text[16] !== ':' || text[length - 1] !== 'Z') return false;
  const [hour, minute, second] = [twoDigits(text, 11), twoDigits(text, 14), twoDigits(text, 17)];
  if (!(hour <= 23 && minute <= 59 && second <= 59)) return false;
  let ticks = 0;
  if (length > 20) {
    if (text[19] !== '.' || length === 21) return false;
    for (let at = 20; at < 27; at++) {
      const code = at < length - 1 ? text.charCodeAt(at) : digit0;
      if (code < digit0 || code > digit9) return false;
      ticks = ticks * 10 + code - digit0;
    }
  }
  setWords(words, lastStart + hour * 3600 + minute * 60 + second, ticks);
  return true;
}

/** NaN for anything else. */
function twoDigits(text: string, at: number): number {
  const [tens, ones] = [text.charCodeAt(at), text.charCodeAt(at + 1)];
  if (tens < digit0 || tens > digit9 || ones < digit0 || ones > digit9) return Number.NaN;
  return (tens - digit0) * 10 + ones - digit0;
}

/** Ticks of a whole number of milliseconds since 1970. */
export function setEpochMs(words: TimeWords, epochMs: number): void {
  const seconds = Math.floor(epochMs / 1000);
  setWords(words, seconds + secondsAtUnixEpoch, Math.floor(epochMs - seconds * 1000) * 10_000);
}

// Records of an hour or a day follow each other.
let lastDay = '';
let lastStart: number | undefined;

/** Seconds from 0001-01-01 to the beginning of the day; undefined for a day that there is not. */
function secondsOfDay(day: string): number | undefined {
  if (day === lastDay) return lastStart;
  const ms = Date.parse(`${day}T00:00:00Z`);
  const isReal = !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(day);
  lastDay = day;
  lastStart = isReal ? ms / 1000 + secondsAtUnixEpoch : undefined;
  return lastStart;
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
  const lower = (seconds % 65_536) * 10_000_000 + ticks;
  const low = (upper % 65_536) * 65_536 + (lower % 4_294_967_296);
  words.low = low % 4_294_967_296;
  words.high = Math.floor(upper / 65_536) + Math.floor(lower / 4_294_967_296) + Math.floor(low / 4_294_967_296);
}

/** The whole as a number, exact to some hundred nanoseconds: to compare, not to store. */
export function roughTicks({ low, high }: TimeWords): number {
  return high * 4_294_967_296 + low;
}
