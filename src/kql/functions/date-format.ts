// Formats of `format_datetime` and `format_timespan`: the elements and delimiters that are documented, and nothing else.
// https://learn.microsoft.com/kusto/query/format-datetime-function and …/format-timespan-function

import type { Call, Emit } from './scalar.ts';
import { literalText, once, operand, orEmptyText, refuse, text } from './sql.ts';
import { secondOf, tick } from './times.ts';

type Elements = Readonly<Record<string, (ticks: string) => string>>;

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

/** A run of one letter is an element, a documented delimiter itself. */
function formatted(ticks: string, format: string, elements: Elements, call: Call): string {
  const parts = format.match(/([A-Za-z])\1*|[^A-Za-z]+/g) ?? [];
  const sql = parts.map((each) => {
    if (/^[ /:,._[\]-]+$/.test(each)) return text(each);
    if (/^(?:f{1,7}|F{1,7})$/.test(each)) return fraction(each, ticks);
    if (elements === timespanElements && /^d{1,8}$/.test(each))
      return `lpad((${ticks} // ${tick.day})::VARCHAR, greatest(${each.length}, length((${ticks} // ${tick.day})::VARCHAR))::INTEGER, '0')`;
    return elements[each]?.(ticks) ?? refuse(`${call.name} with ${each}`, call);
  });
  return sql.length > 0 ? `(${sql.join(' || ')})` : "''";
}

function format(elements: Elements): Emit {
  return (operands, call) => {
    const value = operand(operands, 0, call);
    const wanted = literalText(operands, 1, call);
    if (value.type !== 'datetime' && value.type !== 'timespan') return refuse(`${call.name} of a ${value.type}`, call);
    const ticks = elements === timespanElements ? `abs(${value.sql})` : value.sql;
    return orEmptyText(once('t', [ticks], (t) => formatted(t, wanted, elements, call)));
  };
}

export const formatDatetime: Emit = format(datetimeElements);
export const formatTimespan: Emit = format(timespanElements);
