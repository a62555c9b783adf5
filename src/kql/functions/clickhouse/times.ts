// Ticks to text and back, in SQL for ClickHouse. A datetime is ticks of 100 ns since 0001-01-01T00:00:00Z, a timespan a
// number of ticks. The engine's own dates go from 1900 to 2299, so its calendar is asked for a day of those 400 years, after
// which the calendar repeats itself, weekdays included.
// Formats that are read: https://learn.microsoft.com/kusto/query/scalar-data-types/datetime#supported-formats

import { tick } from '../times.ts';
import { always, once, text } from './sql.ts';

export { tick } from '../times.ts';

const daysOf400Years = 146_097;
/** Days from 0001-01-01 to 1900-01-01. */
const daysBefore1900 = 693_595;

export function daysOf(ticks: string): string {
  return `intDiv(${ticks}, ${tick.day})`;
}

/** The day of the engine's calendar that stands for the day in which a datetime is: month, day and week are the same. */
export function calendarDay(ticks: string): string {
  return `addDays(toDate32('1900-01-01'), positiveModulo(${daysOf(ticks)} - ${daysBefore1900}, ${daysOf400Years}))`;
}

/** The year of a datetime. */
export function yearOf(ticks: string): string {
  const cycles = Math.ceil(daysBefore1900 / daysOf400Years);
  const cycle = `intDiv(${daysOf(ticks)} + ${cycles * daysOf400Years - daysBefore1900}, ${daysOf400Years})`;
  return `(toInt64(toYear(${calendarDay(ticks)})) + 400 * ${cycle} - ${400 * cycles})`;
}

/** Months from January of year 0 to the month in which a datetime is. */
export function monthsOf(ticks: string): string {
  return `(${yearOf(ticks)} * 12 + toMonth(${calendarDay(ticks)}) - 1)`;
}

function isLeap(year: string): string {
  return `(${year} % 4 = 0 AND (${year} % 100 <> 0 OR ${year} % 400 = 0))`;
}

/** Days from 0001-01-01 to the first of the month; the year is positive, the month from 1 to 12. */
export function daysBefore(year: string, month: string): string {
  const years = `365 * (${year} - 1) + intDiv(${year} - 1, 4) - intDiv(${year} - 1, 100) + intDiv(${year} - 1, 400)`;
  const months = `intDiv(367 * ${month} - 362, 12) - if(${month} > 2, 2 - ${isLeap(year)}, 0)`;
  return `(${years} + ${months})`;
}

export function daysInMonth(year: string, month: string): string {
  return `(30 + (${month} + intDiv(${month}, 8)) % 2 - if(${month} = 2, 2 - ${isLeap(year)}, 0))`;
}

/** Days from 0001-01-01 to the first of the month that `months` counts from January of year 0. */
export function daysBeforeMonths(months: string): string {
  return once('mo', [months], (m) => daysBefore(`intDiv(${m}, 12)`, `(${m} % 12 + 1)`));
}

/** How many days that month has. */
export function daysInMonths(months: string): string {
  return once('mo', [months], (m) => daysInMonth(`intDiv(${m}, 12)`, `(${m} % 12 + 1)`));
}

/** A number that is not negative, with zeros before it. */
export function padded(sql: string, digits: number): string {
  return `leftPad(toString(${sql}), ${digits}, '0')`;
}

function clock(ticks: string): string {
  const hour = padded(`intDiv(${ticks}, ${tick.hour}) % 24`, 2);
  const minute = padded(`intDiv(${ticks}, ${tick.minute}) % 60`, 2);
  return `${hour}, ':', ${minute}, ':', ${padded(`intDiv(${ticks}, ${tick.second}) % 60`, 2)}`;
}

/** `2020-01-02T03:04:05.6000000Z`; NULL for null. */
export function datetimeText(sql: string): string {
  return once('t', [sql], (t) => {
    const day = `${padded(yearOf(t), 4)}, substring(toString(${calendarDay(t)}), 5)`;
    return `concat(${day}, 'T', ${clock(t)}, '.', ${padded(`${t} % ${tick.second}`, 7)}, 'Z')`;
  });
}

/** `[-][d.]hh:mm:ss[.fffffff]`; NULL for null. The smallest long has no positive one, but its absolute value is unsigned. */
export function timespanText(sql: string): string {
  return once('t', [sql], (t) =>
    once('a', [`abs(${t})`], (a) => {
      const days = `if(${a} >= ${tick.day}, concat(toString(${daysOf(a)}), '.'), '')`;
      const rest = `${a} % ${tick.second}`;
      const fraction = `if(${rest} = 0, '', concat('.', ${padded(rest, 7)}))`;
      return `concat(if(${t} < 0, '-', ''), ${days}, ${clock(a)}, ${fraction})`;
    }),
  );
}

const clockPattern = '(?:[T ]+(\\d{1,2}):(\\d{2})(?::(\\d{2})(?:\\.(\\d{1,9}))?)?)?';
const zonePattern = '\\s*(?:Z|GMT|UTC|([+-])(\\d{2}):?(\\d{2}))?\\s*$';
const monthNames = 'janfebmaraprmayjunjulaugsepoctnovdec';

/** Places of the year, the month and the day among a pattern's first three groups; seven more are of the clock and the zone. */
type Places = readonly [year: number, month: number, day: number];

/** What of a pattern's groups makes a datetime; NULL where no such day or time exists. */
function fromGroups(source: string, pattern: string, places: Places, month: (name: string) => string): string {
  const groups = `extractGroups(${source}, ${text(`(?i)^\\s*${pattern}${clockPattern}${zonePattern}`)})`;
  return always('g', groups, (g) => {
    const at = (place: number): string => `arrayElement(${g}, ${place})`;
    const whole = (place: number): string => `toInt64OrZero(${at(place)})`;
    const [y, m, d] = places;
    const century = `multiIf(length(${at(y)}) <> 2, 0, ${whole(y)} < 50, 2000, 1900)`;
    const zone = `multiIf(${at(8)} = '-', -1, ${at(8)} = '+', 1, 0) * (${whole(9)} * 3600 + ${whole(10)} * 60)`;
    const seconds = `(${whole(4)} * 3600 + ${whole(5)} * 60 + ${whole(6)} - ${zone})`;
    const fraction = `toInt64OrZero(rightPad(substring(${at(7)}, 1, 7), 7, '0'))`;
    const isClock = `${whole(4)} < 24 AND ${whole(5)} < 60 AND ${whole(6)} < 60`;
    const parts = [`(${whole(y)} + ${century})`, month(at(m)), whole(d)];
    const ticks = bound('c', parts, (year, name, day) => {
      const isDay = `${year} > 0 AND ${name} BETWEEN 1 AND 12 AND ${day} BETWEEN 1 AND ${daysInMonth(year, name)}`;
      return `if(${isDay}, (${daysBefore(year, name)} + ${day} - 1) * ${tick.day}, NULL)`;
    });
    return `if(length(${g}) > 0 AND ${isClock}, ${ticks} + ${seconds} * ${tick.second} + ${fraction}, NULL)`;
  });
}

/** Three values, each under a name of its own. */
function bound(key: string, values: readonly string[], body: (a: string, b: string, c: string) => string): string {
  const [a = '', b = '', c = ''] = values;
  return always(`${key}1`, a, (x) => always(`${key}2`, b, (y) => always(`${key}3`, c, (z) => body(x, y, z))));
}

/** Ticks of the text; NULL for what no documented format reads. */
export function parseDatetimeSql(sql: string): string {
  return once('x', [sql], (x) => {
    const number = (month: string): string => `toInt64OrZero(${month})`;
    const named = (month: string): string => `intDiv(toInt64(position('${monthNames}', lower(${month}))) + 2, 3)`;
    const weekday = '(?:[a-z]{3,9},\\s*)?';
    const month = '(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*';
    const formats = [
      fromGroups(x, '(\\d{4})[-/.](\\d{1,2})[-/.](\\d{1,2})', [1, 2, 3], number),
      fromGroups(x, '(\\d{1,2})[-/.](\\d{1,2})[-/.](\\d{4})', [3, 1, 2], number),
      fromGroups(x, `${weekday}(\\d{1,2})[ -]${month}[ -](\\d{4}|\\d{2})`, [3, 2, 1], named),
      fromGroups(x, `${weekday}${month} (\\d{1,2}),? (\\d{4})`, [3, 1, 2], named),
      fromGroups(x, '(\\d{4})(\\d{2})(\\d{2})', [1, 2, 3], number),
    ];
    return `coalesce(${formats.join(', ')})`;
  });
}

/** `[-][d.]hh:mm[:ss[.fffffff]]`, or a number of days. NULL for other text. */
export function parseTimespanSql(sql: string): string {
  return once('x', [sql], (x) => {
    const pattern = '^\\s*(-?)(?:(\\d{1,8})\\.)?(\\d{1,2}):(\\d{2})(?::(\\d{2})(?:\\.(\\d{1,7}))?)?\\s*$';
    const ofClock = always('g', `extractGroups(${x}, ${text(pattern)})`, (g) => {
      const at = (place: number): string => `arrayElement(${g}, ${place})`;
      const whole = (place: number): string => `toInt64OrZero(${at(place)})`;
      const isClock = `length(${g}) > 0 AND ${whole(3)} < 24 AND ${whole(4)} < 60 AND ${whole(5)} < 60`;
      const seconds = `${whole(3)} * ${tick.hour} + ${whole(4)} * ${tick.minute} + ${whole(5)} * ${tick.second}`;
      const ticks = `toInt128(${whole(2)}) * ${tick.day} + ${seconds} + toInt64OrZero(rightPad(${at(6)}, 7, '0'))`;
      return `if(${isClock}, accurateCastOrNull(if(${at(1)} = '-', -1, 1) * (${ticks}), 'Int64'), NULL)`;
    });
    const days = `toInt64OrNull(extract(${x}, ${text('^\\s*(-?\\d{1,7})\\s*$')})) * ${tick.day}`;
    return `coalesce(${ofClock}, ${days})`;
  });
}
