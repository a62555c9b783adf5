// Ticks to text and back, in SQL. A datetime is ticks of 100 ns since 0001-01-01T00:00:00Z, a timespan a number of ticks.
// Formats that are read: https://learn.microsoft.com/kusto/query/scalar-data-types/datetime#supported-formats

import { ticksAtUnixEpoch } from '../emit/representation.ts';
import { once } from './sql.ts';

export const tick = {
  millisecond: 10_000n,
  second: 10_000_000n,
  minute: 600_000_000n,
  hour: 36_000_000_000n,
  day: 864_000_000_000n,
} as const;

/** The engine's timestamp of a datetime, to the microsecond below. */
export function timestampOf(ticks: string): string {
  return `make_timestamp((${ticks} - ${ticksAtUnixEpoch}) // 10 - (CASE WHEN ${ticks} < ${ticksAtUnixEpoch} AND ${ticks} % 10 <> ${ticksAtUnixEpoch % 10n} THEN 1 ELSE 0 END))`;
}

/** The timestamp of the second in which a datetime is: enough for every calendar part. */
export function secondOf(ticks: string): string {
  return `make_timestamp((${ticks} // 10000000 - 62135596800) * 1000000)`;
}

/** Ticks of an SQL timestamp or date. */
export function ticksOf(timestamp: string): string {
  return `(epoch_us(${timestamp}) * 10 + ${ticksAtUnixEpoch})`;
}

/** `2020-01-02T03:04:05.6000000Z`; NULL for null. */
export function datetimeText(sql: string): string {
  return once(
    't',
    [sql],
    (t) => `(strftime(${secondOf(t)}, '%Y-%m-%dT%H:%M:%S.') || lpad((${t} % 10000000)::VARCHAR, 7, '0') || 'Z')`,
  );
}

/** `[-][d.]hh:mm:ss[.fffffff]`; NULL for null. */
export function timespanText(sql: string): string {
  return once('t', [sql], (t) =>
    once('a', [`abs(${t})`], (a) => {
      const two = (part: string): string => `lpad((${part})::VARCHAR, 2, '0')`;
      const days = `(CASE WHEN ${a} >= ${tick.day} THEN (${a} // ${tick.day})::VARCHAR || '.' ELSE '' END)`;
      const clock = `${two(`${a} // ${tick.hour} % 24`)} || ':' || ${two(`${a} // ${tick.minute} % 60`)} || ':' || ${two(`${a} // ${tick.second} % 60`)}`;
      const fraction = `(CASE WHEN ${a} % ${tick.second} = 0 THEN '' ELSE '.' || lpad((${a} % ${tick.second})::VARCHAR, 7, '0') END)`;
      return `((CASE WHEN ${t} < 0 THEN '-' ELSE '' END) || ${days} || ${clock} || ${fraction})`;
    }),
  );
}

const clockPattern = '(?:[T ]+(\\d{1,2}):(\\d{2})(?::(\\d{2})(?:\\.(\\d{1,9}))?)?)?';
const zonePattern = '\\s*(?:Z|GMT|UTC|([+-])(\\d{2}):?(\\d{2}))?\\s*$';
const clockNames = "'h', 'mi', 's', 'f', 'sg', 'oh', 'om'";
const months = 'janfebmaraprmayjunjulaugsepoctnovdec';

/** What of a pattern's groups makes a datetime; NULL where no such day or time exists. */
function fromGroups(text: string, pattern: string, names: string, month: (g: string) => string): string {
  const groups = `regexp_extract(${text}, '${pattern}', [${names}, ${clockNames}])`;
  return `list_transform([${groups}], lambda "@g": ${assembled('"@g"', month('"@g"'))})[1]`;
}

function assembled(g: string, month: string): string {
  const whole = (field: string): string => `coalesce(TRY_CAST(${g}.${field} AS BIGINT), 0)`;
  const year = `(CASE WHEN length(${g}.y) = 2 THEN CASE WHEN ${g}.y::BIGINT < 50 THEN 2000 ELSE 1900 END ELSE 0 END + ${g}.y::BIGINT)`;
  const day = `TRY(make_date(${year}, ${month}, ${g}.d::BIGINT))`;
  const seconds = `${whole('h')} * 3600 + ${whole('mi')} * 60 + ${whole('s')} - (CASE ${g}.sg WHEN '-' THEN -1 WHEN '+' THEN 1 ELSE 0 END) * (${whole('oh')} * 3600 + ${whole('om')} * 60)`;
  const fraction = `rpad(substring(${g}.f, 1, 7), 7, '0')::BIGINT`;
  const valid = `${g}.y <> '' AND ${whole('h')} < 24 AND ${whole('mi')} < 60 AND ${whole('s')} < 60`;
  return `(CASE WHEN ${valid} THEN epoch_us(${day}) * 10 + ${ticksAtUnixEpoch} + (${seconds}) * 10000000 + ${fraction} END)`;
}

/** Ticks of the text; NULL for what no documented format reads. */
export function parseDatetimeSql(sql: string): string {
  return once('x', [sql], (x) => {
    const number = (g: string): string => `${g}.m::BIGINT`;
    const named = (g: string): string => `((position(lower(${g}.m) IN '${months}') + 2) // 3)`;
    const iso = fromGroups(
      x,
      `(?i)^\\s*(\\d{4})[-/.](\\d{1,2})[-/.](\\d{1,2})${clockPattern}${zonePattern}`,
      "'y', 'm', 'd'",
      number,
    );
    const american = fromGroups(
      x,
      `(?i)^\\s*(\\d{1,2})[-/.](\\d{1,2})[-/.](\\d{4})${clockPattern}${zonePattern}`,
      "'m', 'd', 'y'",
      number,
    );
    const weekday = '(?:[a-z]{3,9},\\s*)?';
    const month = '(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*';
    const mail = fromGroups(
      x,
      `(?i)^\\s*${weekday}(\\d{1,2})[ -]${month}[ -](\\d{4}|\\d{2})${clockPattern}${zonePattern}`,
      "'d', 'm', 'y'",
      named,
    );
    const letter = fromGroups(
      x,
      `(?i)^\\s*${weekday}${month} (\\d{1,2}),? (\\d{4})${clockPattern}${zonePattern}`,
      "'m', 'd', 'y'",
      named,
    );
    const compact = fromGroups(
      x,
      `(?i)^\\s*(\\d{4})(\\d{2})(\\d{2})${clockPattern}${zonePattern}`,
      "'y', 'm', 'd'",
      number,
    );
    return `coalesce(${[iso, american, mail, letter, compact].join(', ')})`;
  });
}

/** `[-][d.]hh:mm[:ss[.fffffff]]`, a number of days, or a number with a unit. NULL for other text. */
export function parseTimespanSql(sql: string): string {
  return once('x', [sql], (x) => {
    const clock = `regexp_extract(${x}, '^\\s*(-?)(?:(\\d{1,8})\\.)?(\\d{1,2}):(\\d{2})(?::(\\d{2})(?:\\.(\\d{1,7}))?)?\\s*$', ['n', 'd', 'h', 'm', 's', 'f'])`;
    const whole = (g: string, field: string): string => `coalesce(TRY_CAST(${g}.${field} AS BIGINT), 0)`;
    // Eight digits of days are more than there are ticks for: such a timespan is null.
    const sum = `${whole('"@g"', 'd')}::HUGEINT * ${tick.day} + "@g".h::BIGINT * ${tick.hour} + "@g".m::BIGINT * ${tick.minute} + ${whole('"@g"', 's')} * ${tick.second} + rpad("@g".f, 7, '0')::BIGINT`;
    const ticks = `TRY_CAST((CASE "@g".n WHEN '-' THEN -1 ELSE 1 END) * (${sum}) AS BIGINT)`;
    const ofClock = `list_transform([${clock}], lambda "@g": (CASE WHEN "@g".h <> '' AND "@g".h::BIGINT < 24 AND "@g".m::BIGINT < 60 AND ${whole('"@g"', 's')} < 60 THEN ${ticks} END))[1]`;
    const days = `(CASE WHEN regexp_full_match(${x}, '\\s*-?\\d{1,7}\\s*') THEN TRY_CAST(trim(${x}) AS BIGINT) * ${tick.day} END)`;
    return `coalesce(${ofClock}, ${days})`;
  });
}
