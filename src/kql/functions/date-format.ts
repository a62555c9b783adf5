// Formats of `format_datetime` and `format_timespan`: the elements and delimiters that are documented, and nothing else.
// https://learn.microsoft.com/kusto/query/format-datetime-function and …/format-timespan-function

import type { Call, Emit } from './scalar.ts';
import { literalText, once, operand, orEmptyText, refuse, text } from './sql.ts';
import { secondOf, tick } from './times.ts';

/** SQL of each element of a format. */
export type Elements = Readonly<Record<string, (ticks: string) => string>>;

function twoDigits(sql: string): string {
  return `lpad((${sql})::VARCHAR, 2, '0')`;
}

function plain(sql: string): string {
  return `(${sql})::VARCHAR`;
}

function field(unit: string): (ticks: string) => string {
  return (ticks) => `${unit}(${secondOf(ticks)})`;
}

/** Digits of the second's fraction: `fff` three of them, `FFF` as many without zeros at the end. */
function fraction(element: string, ticks: string): string {
  const digits = `substring(lpad((${ticks} % ${tick.second})::VARCHAR, 7, '0'), 1, ${element.length})`;
  return element.startsWith('F') ? `rtrim(${digits}, '0')` : digits;
}

const hour12 = (ticks: string): string => `((${ticks} // ${tick.hour} + 11) % 12 + 1)`;
const hour24 = (ticks: string): string => `(${ticks} // ${tick.hour} % 24)`;
const minute = (ticks: string): string => `(${ticks} // ${tick.minute} % 60)`;
const second = (ticks: string): string => `(${ticks} // ${tick.second} % 60)`;
const day = field('day');
const month = field('month');
const year = field('year');

const datetimeElements: Elements = {
  d: (t) => plain(day(t)),
  dd: (t) => twoDigits(day(t)),
  h: (t) => plain(hour12(t)),
  hh: (t) => twoDigits(hour12(t)),
  H: (t) => plain(hour24(t)),
  HH: (t) => twoDigits(hour24(t)),
  m: (t) => plain(minute(t)),
  mm: (t) => twoDigits(minute(t)),
  M: (t) => plain(month(t)),
  MM: (t) => twoDigits(month(t)),
  s: (t) => plain(second(t)),
  ss: (t) => twoDigits(second(t)),
  y: (t) => plain(`${year(t)} % 100`),
  yy: (t) => twoDigits(`${year(t)} % 100`),
  yyyy: (t) => `lpad((${year(t)})::VARCHAR, 4, '0')`,
  tt: (t) => `(CASE WHEN ${hour24(t)} < 12 THEN 'AM' ELSE 'PM' END)`,
};

const timespanElements: Elements = {
  h: (t) => plain(hour24(t)),
  hh: (t) => twoDigits(hour24(t)),
  H: (t) => plain(hour24(t)),
  HH: (t) => twoDigits(hour24(t)),
  m: (t) => plain(minute(t)),
  mm: (t) => twoDigits(minute(t)),
  s: (t) => plain(second(t)),
  ss: (t) => twoDigits(second(t)),
};

type Of = 'datetime' | 'timespan';

/** How a dialect writes the elements of a format. */
export interface FormatSql {
  readonly text: (value: string) => string;
  /** Digits of the second's fraction. */
  readonly fraction: (element: string, ticks: string) => string;
  /** Days of a timespan, of so many digits at least. */
  readonly days: (ticks: string, digits: number) => string;
  readonly joined: (parts: readonly string[]) => string;
  /** The text, of ticks that are evaluated once: '' for null. */
  readonly shown: (ticks: string, formatted: (ticks: string) => string) => string;
}

/** A run of one letter is an element, a documented delimiter itself. */
function partsOf(
  ticks: string,
  format: string,
  elements: Elements,
  call: Call,
  sql: FormatSql,
  of: Of,
): readonly string[] {
  const parts = format.match(/([A-Za-z])\1*|[^A-Za-z]+/g) ?? [];
  return parts.map((each) => {
    if (/^[ /:,._[\]-]+$/.test(each)) return sql.text(each);
    if (/^(?:f{1,7}|F{1,7})$/.test(each)) return sql.fraction(each, ticks);
    if (of === 'timespan' && /^d{1,8}$/.test(each)) return sql.days(ticks, each.length);
    return elements[each]?.(ticks) ?? refuse(`${call.name} with ${each}`, call);
  });
}

/** Formats of datetimes, or of timespans, whose days are counted and whose sign is not shown. */
export function formatting(sql: FormatSql): (elements: Elements, of: Of) => Emit {
  return (elements, of) => (operands, call) => {
    const value = operand(operands, 0, call);
    const wanted = literalText(operands, 1, call);
    if (value.type !== 'datetime' && value.type !== 'timespan') return refuse(`${call.name} of a ${value.type}`, call);
    const ticks = of === 'timespan' ? `abs(${value.sql})` : value.sql;
    return sql.shown(ticks, (t) => {
      const parts = partsOf(t, wanted, elements, call, sql, of);
      return parts.length > 0 ? sql.joined(parts) : "''";
    });
  };
}

const format = formatting({
  text,
  fraction,
  days: (ticks, digits) => {
    const days = `(${ticks} // ${tick.day})::VARCHAR`;
    return `lpad(${days}, greatest(${digits}, length(${days}))::INTEGER, '0')`;
  },
  joined: (parts) => `(${parts.join(' || ')})`,
  // A text of delimiters alone is the same for null.
  shown: (ticks, formatted) =>
    orEmptyText(once('t', [ticks], (t) => `(CASE WHEN ${t} IS NOT NULL THEN ${formatted(t)} END)`)),
});

export const formatDatetime: Emit = format(datetimeElements, 'datetime');
export const formatTimespan: Emit = format(timespanElements, 'timespan');
