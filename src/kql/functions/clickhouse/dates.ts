// Calendar and clock for ClickHouse. What the functions mean stands with DuckDB's.
// https://learn.microsoft.com/kusto/query/scalar-functions#datetimetimespan-functions

import { sqlType } from '../../emit/clickhouse/representation.ts';
import { ticksAtUnixEpoch } from '../../emit/representation.ts';
import { fixedTicks, monthsIn, type Period, periodEnd, periodName, periodStart, ticksAt } from '../periods.ts';
import type { Call, Emit, Operand } from '../scalar.ts';
import { formatDatetime, formatTimespan } from './date-format.ts';
import { long, once, operand, refuse } from './sql.ts';
import {
  calendarDay,
  daysBefore,
  daysBeforeMonths,
  daysInMonth,
  daysInMonths,
  daysOf,
  monthsOf,
  tick,
  yearOf,
} from './times.ts';

/** Ticks that are computed in 128 bits; those beyond 64 end the query. */
function narrowed(sql: string): string {
  return `accurateCast(${sql}, '${sqlType('datetime')}')`;
}

/** First tick of the period that is `offset` periods after the one in which the datetime is. */
function startOf(period: Period, ticks: string, offset: string): string {
  const days = startDay(period, ticks, offset);
  return narrowed(`toInt128(${days}) * ${tick.day}`);
}

function startDay(period: Period, ticks: string, offset: string): string {
  if (period === 'day') return `(${daysOf(ticks)} + ${offset})`;
  if (period === 'week') return once('w', [daysOf(ticks)], (day) => `(${day} - (${day} + 1) % 7 + 7 * (${offset}))`);
  return once('w', [ticks], (t) =>
    daysBeforeMonths(period === 'year' ? `((${yearOf(t)} + ${offset}) * 12)` : `(${monthsOf(t)} + ${offset})`),
  );
}

/** `datetime_add(period, amount, datetime)`; a day that a month has not becomes its last one. */
const datetimeAdd: Emit = (operands, call) => {
  const period = periodName(operands, call);
  const amount = operand(operands, 1, call).sql;
  const start = ticksAt(operands, 2, call);
  const months = monthsIn[period];
  if (months !== undefined) {
    return once('t', [start, `(${monthsOf(start)} + ${amount} * ${months})`], (t, month) => {
      const day = `least(toInt64(toDayOfMonth(${calendarDay(t)})), ${daysInMonths(month)})`;
      return narrowed(`toInt128(${daysBeforeMonths(month)} + ${day} - 1) * ${tick.day} + ${t} % ${tick.day}`);
    });
  }
  const size = fixedTicks[period];
  if (size !== undefined) return narrowed(`toInt128(${start}) + toInt128(${amount}) * ${size}`);
  if (period === 'nanosecond') return narrowed(`toInt128(${start}) + intDiv(${amount}, 100)`);
  return refuse(`datetime_add of ${period}`, call);
};

/** How many borders of the period lie between the two, which are the first and the second argument. */
const datetimeDiff: Emit = (operands, call) => {
  const period = periodName(operands, call);
  const count = countOf(period);
  if (!count) return refuse(`datetime_diff of ${period}`, call);
  return once('d', [ticksAt(operands, 1, call), ticksAt(operands, 2, call)], (a, b) =>
    period === 'nanosecond' ? narrowed(`(toInt128(${a}) - ${b}) * 100`) : `(${count(a)} - ${count(b)})`,
  );
};

/** Number of the period in which a datetime is, counted from some period. */
function countOf(period: string): ((ticks: string) => string) | undefined {
  if (period === 'year') return yearOf;
  if (period === 'quarter') return (t) => `intDiv(${monthsOf(t)}, 3)`;
  if (period === 'month') return monthsOf;
  // Day 0 was a Monday.
  if (period === 'week') return (t) => `intDiv(${daysOf(t)} + 1, 7)`;
  const size = period === 'nanosecond' ? 1n : fixedTicks[period];
  return size === undefined ? undefined : (t) => `intDiv(${t}, ${size})`;
}

/** Numbers that calendar and clock show; of the fractions, all digits down to the unit. */
const parts: Readonly<Record<string, (ticks: string) => string>> = {
  year: yearOf,
  quarter: (t) => `toQuarter(${calendarDay(t)})`,
  month: (t) => `toMonth(${calendarDay(t)})`,
  week_of_year: (t) => `toISOWeek(${calendarDay(t)})`,
  day: (t) => `toDayOfMonth(${calendarDay(t)})`,
  // The engine's own is one less on the last day of its calendar.
  dayofyear: (t) => `(${daysOf(t)} - ${daysBefore(yearOf(t), '1')} + 1)`,
  hour: (t) => `(intDiv(${t}, ${tick.hour}) % 24)`,
  minute: (t) => `(intDiv(${t}, ${tick.minute}) % 60)`,
  second: (t) => `(intDiv(${t}, ${tick.second}) % 60)`,
  millisecond: (t) => `intDiv(${t} % ${tick.second}, ${tick.millisecond})`,
  microsecond: (t) => `intDiv(${t} % ${tick.second}, 10)`,
  nanosecond: (t) => `(${t} % ${tick.second} * 100)`,
};

function partOf(name: string, ticks: string, call: Call): string {
  const found = parts[name] ?? refuse(`${call.name} of ${name}`, call);
  return `CAST(${once('t', [ticks], found)}, '${sqlType(call.type)}')`;
}

function part(name: string): Emit {
  return (operands, call) => partOf(name, ticksAt(operands, 0, call), call);
}

/** Seconds, which may have a fraction, as ticks; cut, not rounded, to the tick. */
function secondTicks(value: Operand): string {
  if (value.type !== 'real') return `(toInt128(${value.sql}) * ${tick.second})`;
  // Beyond every clock, and no whole number of the engine: a value that no clock shows stands for it.
  return once('x', [value.sql], (x) => {
    const isShown = `ifNull(abs(${x}) < 1e9, false)`;
    return `if(isNull(${x}), NULL, toInt128(if(${isShown}, trunc(round(${x} * 1e8) / 10), -1)))`;
  });
}

/** Ticks since midnight; NULL for what no clock shows. */
function clockTicks(hour: string, minute: string, seconds: string): string {
  const valid = `${hour} BETWEEN 0 AND 23 AND ${minute} BETWEEN 0 AND 59 AND ${seconds} BETWEEN 0 AND 599999999`;
  return `if(${valid}, toInt64(${hour} * ${tick.hour} + ${minute} * ${tick.minute} + ${seconds}), NULL)`;
}

/** Null where there is no such day or time. */
const makeDatetime: Emit = (operands, call) => {
  if (operands.length < 3) return refuse('make_datetime with fewer than three arguments', call);
  const whole = (at: number): string => (operands[at] ? `toInt64(${operands[at]?.sql})` : long(0));
  const seconds = operands[5] ? secondTicks(operands[5]) : long(0);
  const values = [whole(0), whole(1), whole(2), whole(3), whole(4), seconds];
  return once('c', values, (year = '', month = '', day = '', hour = '', minute = '', ticks = '') => {
    const isMonth = `${year} BETWEEN 1 AND 9999 AND ${month} BETWEEN 1 AND 12`;
    const isDay = `${isMonth} AND ${day} BETWEEN 1 AND ${daysInMonth(year, month)}`;
    const date = `if(${isDay}, (${daysBefore(year, month)} + ${day} - 1) * ${tick.day}, NULL)`;
    return `(${date} + ${clockTicks(hour, minute, ticks)})`;
  });
};

const makeTimespan: Emit = (operands, call) => {
  const [days, rest] = operands.length === 4 ? [operands[0]?.sql ?? '0', operands.slice(1)] : [long(0), operands];
  const [hour, minute] = [operand(rest, 0, call).sql, operand(rest, 1, call).sql];
  const seconds = rest[2] ? secondTicks(rest[2]) : long(0);
  return once('c', [days, hour, minute, seconds], (d, h, m, ticks) =>
    narrowed(`if(${d} >= 0, toInt128(${d}) * ${tick.day} + ${clockTicks(h, m, ticks)}, NULL)`),
  );
};

/** Null for what is before year 1 or after year 9999. */
function fromUnix(ticksEach: bigint, perTick = 1n): Emit {
  return (operands, call) => {
    const value = operand(operands, 0, call);
    const [low, high] = [-ticksAtUnixEpoch, 2_534_023_007_999_999_999n];
    if (value.type === 'real') {
      const scaled = perTick === 1n ? `${value.sql} * ${ticksEach}` : `${value.sql} / ${perTick}`;
      return once('u', [`trunc(${scaled})`], (u) => {
        const isTime = `ifNull(${u} >= ${low} AND ${u} < ${high}, false)`;
        return `if(${isTime}, toInt64(if(${isTime}, ${u}, 0)) + ${ticksAtUnixEpoch}, NULL)`;
      });
    }
    const ticks = `(toInt128(${value.sql}) * ${ticksEach})`;
    return once('u', [perTick === 1n ? ticks : `intDiv(${ticks}, ${perTick})`], (u) => {
      return `if(${u} BETWEEN ${low} AND ${high}, toInt64(${u} + ${ticksAtUnixEpoch}), NULL)`;
    });
  };
}

const around: Emit = (operands, call) => {
  const [x, center, delta] = [ticksAt(operands, 0, call), ticksAt(operands, 1, call), operand(operands, 2, call).sql];
  return once('a', [x, `toInt128(${center})`, delta], (t, c, d) => `(${t} BETWEEN ${c} - ${d} AND ${c} + ${d})`);
};

export const dates: Readonly<Record<string, Emit>> = {
  startofday: periodStart(startOf, 'day'),
  startofweek: periodStart(startOf, 'week'),
  startofmonth: periodStart(startOf, 'month'),
  startofyear: periodStart(startOf, 'year'),
  endofday: periodEnd(startOf, 'day'),
  endofweek: periodEnd(startOf, 'week'),
  endofmonth: periodEnd(startOf, 'month'),
  endofyear: periodEnd(startOf, 'year'),
  dayofweek: (operands, call) => `((${daysOf(ticksAt(operands, 0, call))} + 1) % 7 * ${tick.day})`,
  dayofmonth: part('day'),
  dayofyear: part('dayofyear'),
  monthofyear: part('month'),
  getyear: part('year'),
  hourofday: part('hour'),
  week_of_year: part('week_of_year'),
  datetime_add: datetimeAdd,
  datetime_diff: datetimeDiff,
  datetime_part: (operands, call) => partOf(periodName(operands, call), ticksAt(operands, 1, call), call),
  make_datetime: makeDatetime,
  make_timespan: makeTimespan,
  unixtime_seconds_todatetime: fromUnix(tick.second),
  unixtime_milliseconds_todatetime: fromUnix(tick.millisecond),
  unixtime_microseconds_todatetime: fromUnix(10n),
  unixtime_nanoseconds_todatetime: fromUnix(1n, 100n),
  around,
  format_datetime: formatDatetime,
  format_timespan: formatTimespan,
};
