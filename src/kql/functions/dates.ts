// Calendar and clock. Weeks start on Sunday; `endof…` is the last tick of the period.
// https://learn.microsoft.com/kusto/query/scalar-functions#datetimetimespan-functions

import { sqlType, ticksAtUnixEpoch } from '../emit/representation.ts';
import { formatDatetime, formatTimespan } from './date-format.ts';
import { fixedTicks, monthsIn, type Period, periodEnd, periodName, periodStart, ticksAt } from './periods.ts';
import type { Emit, Operand, ScalarFunction } from './scalar.ts';
import { entry, literalText, long, once, operand, refuse, text } from './sql.ts';
import { secondOf, tick, ticksOf } from './times.ts';

const ticksInSecond = tick.second;

/** A calendar field as a whole number of the call's type. */
function part(sql: (timestamp: string) => string): Emit {
  return (operands, call) => `(${sql(secondOf(ticksAt(operands, 0, call)))})::${sqlType(call.type)}`;
}

/** First tick of the period that is `offset` periods after the one in which the datetime is. */
function startOf(period: Period, ticks: string, offset: string): string {
  if (period === 'day') return `((${ticks} // ${tick.day} + ${offset}) * ${tick.day})`;
  if (period === 'week')
    return once(
      'w',
      [ticks],
      (t) => `((${t} // ${tick.day} - (${t} // ${tick.day} + 1) % 7 + 7 * (${offset})) * ${tick.day})`,
    );
  const months = period === 'year' ? `12 * (${offset})` : `(${offset})`;
  return ticksOf(`(date_trunc('${period}', ${secondOf(ticks)}) + to_months((${months})::INTEGER))`);
}

/** `datetime_add(period, amount, datetime)`; a day that a month has not becomes its last one. */
const datetimeAdd: Emit = (operands, call) => {
  const period = periodName(operands, call);
  const amount = operand(operands, 1, call).sql;
  const start = ticksAt(operands, 2, call);
  const months = monthsIn[period];
  if (months !== undefined) {
    return once(
      't',
      [start],
      (t) => `(${ticksOf(`(${secondOf(t)} + to_months((${amount} * ${months})::INTEGER))`)} + ${t} % ${ticksInSecond})`,
    );
  }
  const size = fixedTicks[period];
  if (size !== undefined) return `(${start} + ${amount} * ${size})`;
  if (period === 'nanosecond') return `(${start} + ${amount} // 100)`;
  return refuse(`datetime_add of ${period}`, call);
};

/** How many borders of the period lie between the two, which are the first and the second argument. */
const datetimeDiff: Emit = (operands, call) => {
  const period = periodName(operands, call);
  const count = countOf(period);
  if (!count) return refuse(`datetime_diff of ${period}`, call);
  return once('d', [ticksAt(operands, 1, call), ticksAt(operands, 2, call)], (a, b) =>
    period === 'nanosecond' ? `((${a} - ${b}) * 100)` : `(${count(a)} - ${count(b)})`,
  );
};

/** Number of the period in which a datetime is, counted from some period. */
function countOf(period: string): ((ticks: string) => string) | undefined {
  const field = (unit: string, t: string): string => `date_part('${unit}', ${secondOf(t)})`;
  if (period === 'year') return (t) => field('year', t);
  if (period === 'quarter') return (t) => `(${field('year', t)} * 4 + ${field('quarter', t)})`;
  if (period === 'month') return (t) => `(${field('year', t)} * 12 + ${field('month', t)})`;
  // Day 0 was a Monday.
  if (period === 'week') return (t) => `((${t} // ${tick.day} + 1) // 7)`;
  const size = period === 'nanosecond' ? 1n : fixedTicks[period];
  return size === undefined ? undefined : (t) => `(${t} // ${size})`;
}

const fields: Readonly<Record<string, string>> = {
  year: 'year',
  quarter: 'quarter',
  month: 'month',
  week_of_year: 'week',
  day: 'day',
  dayofyear: 'doy',
  hour: 'hour',
  minute: 'minute',
  second: 'second',
};

/** Of the fractions, all digits down to the unit. */
const datetimePart: Emit = (operands, call) => {
  const found = partOf(periodName(operands, call), ticksAt(operands, 1, call));
  if (found === undefined) return refuse(`datetime_part of ${periodName(operands, call)}`, call);
  return `(${found})::${sqlType(call.type)}`;
};

function partOf(name: string, ticks: string): string | undefined {
  const field = fields[name];
  if (field) return `date_part('${field}', ${secondOf(ticks)})`;
  if (name === 'millisecond') return `${ticks} % ${ticksInSecond} // ${tick.millisecond}`;
  if (name === 'microsecond') return `${ticks} % ${ticksInSecond} // 10`;
  return name === 'nanosecond' ? `${ticks} % ${ticksInSecond} * 100` : undefined;
}

/** Seconds, which may have a fraction, as ticks; cut, not rounded, to the tick. */
function secondTicks(value: Operand): string {
  return value.type === 'real'
    ? `trunc(round(${value.sql} * 1e8) / 10)::BIGINT`
    : `(${value.sql})::BIGINT * ${ticksInSecond}`;
}

/** Ticks since midnight; NULL for what no clock shows. */
function clockTicks(hour: string, minute: string, seconds: string): string {
  const valid = `${hour} BETWEEN 0 AND 23 AND ${minute} BETWEEN 0 AND 59 AND ${seconds} BETWEEN 0 AND 599999999`;
  return `(CASE WHEN ${valid} THEN ${hour} * ${tick.hour} + ${minute} * ${tick.minute} + ${seconds} END)`;
}

/** Null where there is no such day or time. */
const makeDatetime: Emit = (operands, call) => {
  if (operands.length < 3) return refuse('make_datetime with fewer than three arguments', call);
  const whole = (at: number): string => (operands[at] ? `(${operands[at]?.sql})::BIGINT` : long(0));
  const seconds = operands[5] ? secondTicks(operands[5]) : long(0);
  return once('c', [whole(0), whole(3), whole(4), seconds], (year, hour, minute, ticks) => {
    const day = `TRY(make_date(CASE WHEN ${year} BETWEEN 1 AND 9999 THEN ${year} END, ${whole(1)}, ${whole(2)}))`;
    return `(${ticksOf(day)} + ${clockTicks(hour, minute, ticks)})`;
  });
};

const makeTimespan: Emit = (operands, call) => {
  const [days, rest] = operands.length === 4 ? [operands[0]?.sql ?? '0', operands.slice(1)] : ['0', operands];
  const [hour, minute] = [operand(rest, 0, call).sql, operand(rest, 1, call).sql];
  const seconds = rest[2] ? secondTicks(rest[2]) : long(0);
  return once('c', [days, hour, minute, seconds], (d, h, m, ticks) => {
    return `(CASE WHEN ${d} >= 0 THEN ${d} * ${tick.day} + ${clockTicks(h, m, ticks)} END)`;
  });
};

function fromUnix(ticks: (value: Operand) => string): Emit {
  return (operands, call) => {
    return once(
      'u',
      [ticks(operand(operands, 0, call))],
      (u) =>
        `(CASE WHEN ${u} BETWEEN ${long(-ticksAtUnixEpoch)} AND ${long(2_534_023_007_999_999_999n)} THEN ${u} + ${ticksAtUnixEpoch} END)`,
    );
  };
}

const ofUnit =
  (ticksEach: bigint) =>
  ({ sql, type }: Operand): string =>
    type === 'real' ? `trunc(${sql} * ${ticksEach})::BIGINT` : `(${sql})::BIGINT * ${ticksEach}`;

const ofNanoseconds = ({ sql, type }: Operand): string =>
  type === 'real' ? `trunc(${sql} / 100)::BIGINT` : `(${sql})::BIGINT // 100`;

const around: Emit = (operands, call) => {
  const [x, center, delta] = [ticksAt(operands, 0, call), ticksAt(operands, 1, call), operand(operands, 2, call).sql];
  return once('a', [x, center, delta], (t, c, d) => `(${t} BETWEEN ${c} - ${d} AND ${c} + ${d})`);
};

const march = 'datetime(2017-03-15 10:20:30)';

/** The clock of a time zone, by its IANA name, at a time in UTC. What the name is must be known when the query is compiled. */
const utcToLocal: Emit = (operands, call) => {
  const zone = literalText(operands, 1, call);
  if (!isTimeZone(zone)) return refuse(`the time zone ${zone}`, call);
  return once('z', [ticksAt(operands, 0, call)], (ticks) => {
    const second = secondOf(ticks);
    const local = `timezone(${text(zone)}, timezone('UTC', ${second}))`;
    return `(${ticks} + (epoch(${local}) - epoch(${second}))::BIGINT * ${tick.second})`;
  });
};

function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z_]+(?:\/[A-Za-z0-9_+-]+)*$/.test(name)) return false;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

export const dates: readonly ScalarFunction[] = [
  entry(
    'startofday',
    periodStart(startOf, 'day'),
    `print startofday(${march}) == datetime(2017-03-15), startofday(${march}, -1) == datetime(2017-03-14)`,
    [true, true],
  ),
  entry(
    'startofweek',
    periodStart(startOf, 'week'),
    `print startofweek(${march}) == datetime(2017-03-12), startofweek(${march}, 1) == datetime(2017-03-19)`,
    [true, true],
  ),
  entry('startofmonth', periodStart(startOf, 'month'), `print startofmonth(${march}) == datetime(2017-03-01)`, [true]),
  entry('startofyear', periodStart(startOf, 'year'), `print startofyear(${march}, 1) == datetime(2018-01-01)`, [true]),
  entry('endofday', periodEnd(startOf, 'day'), `print endofday(${march}) == datetime(2017-03-15 23:59:59.9999999)`, [
    true,
  ]),
  entry('endofweek', periodEnd(startOf, 'week'), `print endofweek(${march}) == datetime(2017-03-18 23:59:59.9999999)`, [
    true,
  ]),
  entry(
    'endofmonth',
    periodEnd(startOf, 'month'),
    `print endofmonth(${march}, -1) == datetime(2017-02-28 23:59:59.9999999)`,
    [true],
  ),
  entry('endofyear', periodEnd(startOf, 'year'), `print endofyear(${march}) == datetime(2017-12-31 23:59:59.9999999)`, [
    true,
  ]),
  entry(
    'dayofweek',
    (operands, call) => `((${ticksAt(operands, 0, call)} // ${tick.day} + 1) % 7 * ${tick.day})`,
    `print dayofweek(${march}) == 3d`,
    [true],
  ),
  entry(
    'dayofmonth',
    part((t) => `day(${t})`),
    `print dayofmonth(${march})`,
    ['15'],
  ),
  entry(
    'dayofyear',
    part((t) => `dayofyear(${t})`),
    `print dayofyear(${march})`,
    ['74'],
  ),
  entry(
    'monthofyear | getmonth',
    part((t) => `month(${t})`),
    `print monthofyear(${march})`,
    ['3'],
  ),
  entry(
    'getyear',
    part((t) => `year(${t})`),
    `print getyear(${march})`,
    ['2017'],
  ),
  entry(
    'hourofday',
    part((t) => `hour(${t})`),
    `print hourofday(${march})`,
    ['10'],
  ),
  entry(
    'week_of_year',
    part((t) => `week(${t})`),
    'print week_of_year(datetime(2020-12-31)), week_of_year(datetime(1970-01-01))',
    ['53', '1'],
  ),
  entry(
    'datetime_add',
    datetimeAdd,
    "print datetime_add('month', 1, datetime(2020-01-31)) == datetime(2020-02-29), datetime_add('week', 1, datetime(2020-01-01)) == datetime(2020-01-08)",
    [true, true],
  ),
  entry(
    'datetime_diff',
    datetimeDiff,
    "print datetime_diff('year', datetime(2017-01-01), datetime(2000-12-31)), datetime_diff('week', datetime(2017-10-29), datetime(2017-09-30 23:59)), datetime_diff('hour', datetime(2017-10-31 01:00), datetime(2017-10-30 23:59))",
    ['17', '5', '2'],
  ),
  entry(
    'datetime_part | datepart',
    datetimePart,
    "print datetime_part('week_of_year', datetime(2017-10-30 01:02:03.7654321)), datetime_part('microsecond', datetime(2017-10-30 01:02:03.7654321))",
    ['44', '765432'],
  ),
  entry(
    'make_datetime',
    makeDatetime,
    'print make_datetime(2017, 10, 1, 12, 11, 0.1234567) == datetime(2017-10-01 12:11:00.1234567), make_datetime(2017, 13, 1)',
    [true, null],
  ),
  entry('make_timespan', makeTimespan, 'print make_timespan(1, 12, 30, 55) == time(1.12:30:55), make_timespan(25, 0)', [
    true,
    null,
  ]),
  entry(
    'unixtime_seconds_todatetime',
    fromUnix(ofUnit(tick.second)),
    'print unixtime_seconds_todatetime(1546300800) == datetime(2019-01-01)',
    [true],
  ),
  entry(
    'unixtime_milliseconds_todatetime',
    fromUnix(ofUnit(tick.millisecond)),
    'print unixtime_milliseconds_todatetime(1546300800000) == datetime(2019-01-01)',
    [true],
  ),
  entry(
    'unixtime_microseconds_todatetime',
    fromUnix(ofUnit(10n)),
    'print unixtime_microseconds_todatetime(1546300800000000) == datetime(2019-01-01)',
    [true],
  ),
  entry(
    'unixtime_nanoseconds_todatetime',
    fromUnix(ofNanoseconds),
    'print unixtime_nanoseconds_todatetime(1546300800000000199) == datetime(2019-01-01 00:00:00.0000001)',
    [true],
  ),
  entry(
    'around',
    around,
    'print around(datetime(2021-01-01 01:31), datetime(2021-01-01 01:30), 1m), around(datetime(2021-01-01 01:32), datetime(2021-01-01 01:30), 1m)',
    [true, false],
  ),
  entry(
    'format_datetime',
    formatDatetime,
    "print format_datetime(datetime(2017-01-29 09:00:05.12), 'yyyy-M-dd [h:mm:ss.fff tt]'), format_datetime(datetime(null), '-')",
    ['2017-1-29 [9:00:05.120 AM]', ''],
  ),
  entry(
    'datetime_utc_to_local',
    utcToLocal,
    "print datetime_utc_to_local(datetime(2020-07-01 10:00), 'Europe/Berlin') == datetime(2020-07-01 12:00), datetime_utc_to_local(datetime(2020-01-01 10:00:00.1234567), 'US/Pacific') == datetime(2020-01-01 02:00:00.1234567)",
    [true, true],
  ),
  entry('format_timespan', formatTimespan, "print format_timespan(time(29.09:00:05.12345), 'dd.hh:mm:ss:FF')", [
    '29.09:00:05:12',
  ]),
];
