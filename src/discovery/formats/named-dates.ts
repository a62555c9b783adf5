import { readMonth, readNumber, readZone } from './date-parts.ts';
import { commonLog, type DateOrder, dayOf, epochSeconds, isoTime, nearestYear, slashTime, timeOfDay } from './dates.ts';

const space = 0x20;
const colon = 0x3a;

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}

function isLetter(byte: number): boolean {
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x7a;
}

function runEnd(bytes: Uint8Array, start: number, end: number, belongs: (byte: number) => boolean): number {
  let at = start;
  while (at < end && belongs(bytes[at] ?? 0)) at++;
  return at;
}

function isClock(byte: number): boolean {
  return isDigit(byte) || byte === colon || byte === 0x2e;
}

/**
 * A time whose month has a name, in whatever order its parts stand: `Sat Nov 21 09:00:00 2026`, `Nov 21 2026 9:00:00 PM`,
 * `21Nov2026 09:00:00`, `Sat, 21 Nov 2026 09:00:00 +0100`, `21-Nov-2026 09:00`, `Nov 21 26 09:00:00`. Without a year it is the last such moment before
 * `receivedAt`, or within the day after it. Epoch milliseconds, NaN when the text is no such time.
 */
export function namedMonthTime(bytes: Uint8Array, start: number, end: number, receivedAt: number): number {
  let month = Number.NaN;
  let day = Number.NaN;
  let year = Number.NaN;
  let clock = Number.NaN;
  let zone = 0;
  for (let at = start; at < end; ) {
    const byte = bytes[at] ?? 0;
    let to = at + 1;
    if (isLetter(byte)) {
      to = runEnd(bytes, at, end, isLetter);
      const found = readMonth(bytes, at, to);
      if (Number.isNaN(month) && !Number.isNaN(found)) month = found;
      else if (!Number.isNaN(clock) && to - at === 2 && ((bytes[at + 1] ?? 0) | 0x20) === 0x6d) {
        const hour = Math.floor(clock / 3_600_000);
        if (((byte | 0x20) === 0x70) !== hour >= 12) clock += hour >= 12 ? -43_200_000 : 43_200_000;
      } else if (!Number.isNaN(clock)) zone = readZone(bytes, at, to);
    } else if (isDigit(byte)) {
      to = runEnd(bytes, at, end, isDigit);
      if (bytes[to] === colon && to < end) {
        to = runEnd(bytes, at, end, isClock);
        clock = timeOfDay(bytes, at, to);
        if (Number.isNaN(clock)) return clock;
      } else if (to - at === 4) year = readNumber(bytes, at, to, end);
      else if (Number.isNaN(day)) day = readNumber(bytes, at, to, end);
      else year = 2000 + readNumber(bytes, at, to, end);
    } else if ((byte === 0x2b || byte === 0x2d) && !Number.isNaN(clock) && isDigit(bytes[to] ?? 0)) {
      to = runEnd(bytes, to, end, (b) => isDigit(b) || b === colon);
      zone = readZone(bytes, at, to);
    } else if (byte !== space && byte !== 0x2c && byte !== 0x2d && byte !== 0x2f) return Number.NaN;
    at = to;
  }
  if (Number.isNaN(clock)) clock = 0;
  if (Number.isNaN(year)) return nearestYear(month, day, clock, receivedAt) - zone;
  return dayOf(year, month, day) + clock - zone;
}

/**
 * A time in any of the ways in which logs write them, told apart by their looks; `order` says what the first number is where a
 * date begins with neither year nor month name, unless it can only be the other way round. For formats that leave the shape to whoever set the appliance up.
 */
export function anyTime(
  bytes: Uint8Array,
  start: number,
  end: number,
  receivedAt: number,
  order: DateOrder = 'month-first',
): number {
  const first = bytes[start] ?? 0;
  if (first === 0x5b) {
    const time = commonLog(bytes, start, end);
    return Number.isNaN(time) ? eitherOrder(bytes, start, end, order) : time;
  }
  if (!isDigit(first)) return namedMonthTime(bytes, start, end, receivedAt);
  const mark = bytes[runEnd(bytes, start, end, isDigit)];
  const digits = runEnd(bytes, start, end, isDigit) - start;
  if (start + digits === end || (mark === 0x2e && digits > 4)) return epochSeconds(bytes, start, end);
  if (digits === 4) return isoTime(bytes, start, end);
  if (isLetter(bytes[start + digits + 1] ?? 0)) {
    const time = commonLog(bytes, start, end);
    return Number.isNaN(time) ? namedMonthTime(bytes, start, end, receivedAt) : time;
  }
  return isLetter(mark ?? 0) ? namedMonthTime(bytes, start, end, receivedAt) : eitherOrder(bytes, start, end, order);
}

/** 03/04/2026 is read in the order that is asked for, 11/21/2026 in the only one that it can have. */
function eitherOrder(bytes: Uint8Array, start: number, end: number, order: DateOrder): number {
  const time = slashTime(bytes, start, end, order);
  return Number.isNaN(time) ? slashTime(bytes, start, end, order === 'day-first' ? 'month-first' : 'day-first') : time;
}
