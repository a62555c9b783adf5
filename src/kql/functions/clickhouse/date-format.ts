// Formats of `format_datetime` and `format_timespan` for ClickHouse: the elements and delimiters that are documented, and
// nothing else.

import { type Elements, formatting } from '../date-format.ts';
import type { Emit } from '../scalar.ts';
import { once, orEmptyText, text } from './sql.ts';
import { calendarDay, daysOf, padded, tick, yearOf } from './times.ts';

function plain(sql: string): string {
  return `toString(${sql})`;
}

/** Digits of the second's fraction: `fff` three of them, `FFF` as many without zeros at the end. */
function fraction(element: string, ticks: string): string {
  const digits = `substring(${padded(`${ticks} % ${tick.second}`, 7)}, 1, ${element.length})`;
  return element.startsWith('F') ? `replaceRegexpOne(${digits}, '0+$', '')` : digits;
}

const hour12 = (ticks: string): string => `((intDiv(${ticks}, ${tick.hour}) + 11) % 12 + 1)`;
const hour24 = (ticks: string): string => `(intDiv(${ticks}, ${tick.hour}) % 24)`;
const minute = (ticks: string): string => `(intDiv(${ticks}, ${tick.minute}) % 60)`;
const second = (ticks: string): string => `(intDiv(${ticks}, ${tick.second}) % 60)`;
const day = (ticks: string): string => `toDayOfMonth(${calendarDay(ticks)})`;
const month = (ticks: string): string => `toMonth(${calendarDay(ticks)})`;

const clockElements: Elements = {
  H: (t) => plain(hour24(t)),
  HH: (t) => padded(hour24(t), 2),
  m: (t) => plain(minute(t)),
  mm: (t) => padded(minute(t), 2),
  s: (t) => plain(second(t)),
  ss: (t) => padded(second(t), 2),
};

const datetimeElements: Elements = {
  ...clockElements,
  d: (t) => plain(day(t)),
  dd: (t) => padded(day(t), 2),
  h: (t) => plain(hour12(t)),
  hh: (t) => padded(hour12(t), 2),
  M: (t) => plain(month(t)),
  MM: (t) => padded(month(t), 2),
  y: (t) => plain(`${yearOf(t)} % 100`),
  yy: (t) => padded(`${yearOf(t)} % 100`, 2),
  yyyy: (t) => padded(yearOf(t), 4),
  tt: (t) => `if(${hour24(t)} < 12, 'AM', 'PM')`,
};

const timespanElements: Elements = {
  ...clockElements,
  h: (t) => plain(hour24(t)),
  hh: (t) => padded(hour24(t), 2),
};

const format = formatting({
  text,
  fraction,
  days: (ticks, digits) => {
    const days = plain(daysOf(ticks));
    return `leftPad(${days}, greatest(${digits}, length(${days})), '0')`;
  },
  joined: (parts) => `concat(${parts.join(', ')}, '')`,
  // A text of delimiters alone is the same for null.
  shown: (ticks, formatted) => orEmptyText(once('t', [ticks], (t) => `if(isNull(${t}), NULL, ${formatted(t)})`)),
});

export const formatDatetime: Emit = format(datetimeElements, 'datetime');
export const formatTimespan: Emit = format(timespanElements, 'timespan');
