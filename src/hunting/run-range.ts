// The time that a query looks at: what the request's Timespan says (Defender reference 3.2), or the documented look-back.
import { dayMs, hourMs, minuteMs, secondMs } from '../lib/clock.ts';
import { InvalidInput } from '../lib/failures.ts';
import { parseTicks, ticksOfMs } from '../lib/ticks.ts';

/** Ticks of 100 ns since 0001-01-01, as the engine keeps times. */
export interface TickRange {
  readonly from: bigint;
  /** The first tick that is not in it. */
  readonly to: bigint;
}

/** Ticks from 0001-01-01 to 1970-01-01. */
const epochTicks = 621_355_968_000_000_000n;
/** The end of the year 9999: records whose clock is ahead are found as well. */
const endOfTime = 3_155_378_976_000_000_000n;

export function ticksNow(now: number): bigint {
  return ticksOfMs(now) + epochTicks;
}

/**
 * The range of an ISO 8601 interval: `start/end`, `duration/end`, `start/duration`, a duration back from now, or a start.
 * Without one, the usual days back from now. Throws InvalidInput.
 */
export function rangeOf(timespan: string | undefined, now: number, usualDays: number): TickRange {
  if (timespan === undefined) return { from: atLeastZero(ticksNow(now - usualDays * dayMs)), to: endOfTime };
  const [first = '', second, ...more] = timespan.trim().split('/');
  if (more.length > 0) throw unreadable(timespan);
  const range = second === undefined ? openRange(first, timespan, now) : closedRange(first, second, timespan);
  if (range.from > range.to)
    throw new InvalidInput('Timespan', `The Timespan ${shown(timespan)} ends before it begins.`);
  return { from: atLeastZero(range.from), to: range.to };
}

function openRange(text: string, whole: string, now: number): TickRange {
  const to = ticksNow(now) + 1n;
  if (isDuration(text)) return { from: before(ticksNow(now), text, whole), to };
  return { from: timeOf(text, whole), to };
}

function closedRange(first: string, second: string, whole: string): TickRange {
  if (isDuration(first)) {
    const end = timeOf(second, whole);
    return { from: before(end, first, whole), to: end + 1n };
  }
  const from = timeOf(first, whole);
  return { from, to: (isDuration(second) ? moved(from, second, whole, 1) : timeOf(second, whole)) + 1n };
}

function isDuration(text: string): boolean {
  return /^p/i.test(text);
}

/** A time of the day may be left out; a zone as well, which is then UTC. */
function timeOf(text: string, whole: string): bigint {
  const day = /^\d{4}-\d{2}-\d{2}$/.test(text);
  const withZone = /(?:Z|[+-]\d{2}:\d{2})$/i.test(text) ? text : `${text}Z`;
  const ticks = parseTicks(day ? `${text}T00:00:00Z` : withZone);
  if (ticks === undefined) throw unreadable(whole);
  return ticks + epochTicks;
}

const durationPattern =
  /^P(?:(\d{1,4})Y)?(?:(\d{1,5})M)?(?:(\d{1,5})W)?(?:(\d{1,6})D)?(?:T(?:(\d{1,7})H)?(?:(\d{1,8})M)?(?:(\d{1,10})(?:[.,]\d{1,9})?S)?)?$/;

function before(end: bigint, duration: string, whole: string): bigint {
  return moved(end, duration, whole, -1);
}

/** Years and months by the calendar, in UTC. */
function moved(from: bigint, duration: string, whole: string, sign: 1 | -1): bigint {
  const [found, ...parts] = durationPattern.exec(duration.toUpperCase()) ?? [];
  if (found === undefined || /[PT]$/.test(found)) throw unreadable(whole);
  const [years = 0, months = 0, weeks = 0, days = 0, hours = 0, minutes = 0, seconds = 0] = parts.map((part) =>
    Number(part ?? 0),
  );
  const fixed = (weeks * 7 + days) * dayMs + hours * hourMs + minutes * minuteMs + seconds * secondMs;
  const start = from + BigInt(sign) * ticksOfMs(fixed);
  const byCalendar = sign * (years * 12 + months);
  if (byCalendar === 0) return start;
  const ms = Number((start - epochTicks) / 10_000n);
  const date = new Date(ms);
  date.setUTCMonth(date.getUTCMonth() + byCalendar);
  if (Number.isNaN(date.getTime())) throw unreadable(whole);
  return start + ticksOfMs(date.getTime() - ms);
}

function atLeastZero(ticks: bigint): bigint {
  return ticks < 0n ? 0n : ticks;
}

function shown(text: string): string {
  return JSON.stringify(text.length > 100 ? `${text.slice(0, 100)}…` : text);
}

function unreadable(text: string): InvalidInput {
  return new InvalidInput(
    'Timespan',
    `Invalid input ${shown(text)}: a Timespan is an ISO 8601 interval such as P7D, 2027-01-01T00:00:00Z/2027-01-31T00:00:00Z or P1D/2027-01-31T09:00:00Z.`,
  );
}
