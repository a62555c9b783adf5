// Literals of datetime and timespan to ticks of 100 ns. The parser's own values are not used: compiled to JavaScript, it
// rounds to milliseconds and reads `time(1.02:03:04.5)` as zero. What is not surely understood is undefined, which the
// caller refuses. Formats: https://learn.microsoft.com/kusto/query/scalar-data-types/datetime and …/timespan.

export const ticksPerSecond = 10_000_000n;
const ticksPerDay = 86_400n * ticksPerSecond;
/** 0001-01-01 to 1970-01-01, in ticks. */
export const ticksOfUnixEpoch = 621_355_968_000_000_000n;
/** 9999-12-31T23:59:59.9999999Z. */
const ticksMax = 3_155_378_975_999_999_999n;

const unitTicks: Readonly<Record<string, bigint>> = {
  d: ticksPerDay,
  day: ticksPerDay,
  days: ticksPerDay,
  h: 3600n * ticksPerSecond,
  hr: 3600n * ticksPerSecond,
  hrs: 3600n * ticksPerSecond,
  hour: 3600n * ticksPerSecond,
  hours: 3600n * ticksPerSecond,
  m: 60n * ticksPerSecond,
  min: 60n * ticksPerSecond,
  minute: 60n * ticksPerSecond,
  minutes: 60n * ticksPerSecond,
  s: ticksPerSecond,
  sec: ticksPerSecond,
  second: ticksPerSecond,
  seconds: ticksPerSecond,
  ms: 10_000n,
  milli: 10_000n,
  millis: 10_000n,
  millisec: 10_000n,
  millisecond: 10_000n,
  milliseconds: 10_000n,
  micro: 10n,
  micros: 10n,
  microsec: 10n,
  microsecond: 10n,
  microseconds: 10n,
  tick: 1n,
  ticks: 1n,
};

/** Ticks of `1.5h`, `2 days`, `1.02:03:04.5678901`, `03:04:05`, `-1d`, or a number of days. */
export function parseTimespan(text: string): bigint | undefined {
  const value = text.trim().toLowerCase();
  return parseUnits(value) ?? parseClock(value);
}

function parseUnits(value: string): bigint | undefined {
  const found = /^(-?)(\d{1,15})(?:\.(\d{1,15}))?\s*([a-z]*)$/.exec(value);
  if (!found) return undefined;
  const [, sign, whole = '', fraction = '', unit = ''] = found;
  const ticks = unitTicks[unit === '' ? 'd' : unit];
  if (ticks === undefined) return undefined;
  const scale = 10n ** BigInt(fraction.length);
  const total = (BigInt(whole + fraction) * ticks) / scale;
  return sign === '-' ? -total : total;
}

function parseClock(value: string): bigint | undefined {
  const found = /^(-?)(?:(\d{1,8})\.)?(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.(\d{1,7}))?)?$/.exec(value);
  if (!found) return undefined;
  const [, sign, days = '0', hours = '0', minutes = '0', seconds = '0', fraction = ''] = found;
  if (Number(hours) > 23 || Number(minutes) > 59 || Number(seconds) > 59) return undefined;
  const clock = BigInt(hours) * 3600n + BigInt(minutes) * 60n + BigInt(seconds);
  const total = BigInt(days) * ticksPerDay + clock * ticksPerSecond + BigInt(fraction.padEnd(7, '0'));
  return sign === '-' ? -total : total;
}

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/** Ticks of an ISO 8601 date or date and time, of `MM-dd-yyyy` and `MM/dd/yyyy`, or of the form of RFC 822. UTC unless an offset is written. */
export function parseDatetime(text: string): bigint | undefined {
  const value = text.trim();
  const date = parseIsoDate(value) ?? parseListedDate(value) ?? parseUsDate(value) ?? parseMailDate(value);
  if (!date) return undefined;
  const clock = parseTimeOfDay(date.rest);
  const start = startOfDate(date.year, date.month, date.day);
  if (clock === undefined || start === undefined) return undefined;
  const ticks = start + clock;
  return ticks < 0n || ticks > ticksMax ? undefined : ticks;
}

interface ParsedDate {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly rest: string;
}

function parseIsoDate(value: string): ParsedDate | undefined {
  const found = /^(\d{4})-(\d{1,2})(?:-(\d{1,2}))?(?:[T ](.*))?$/i.exec(value);
  if (!found) return /^\d{4}$/.test(value) ? { year: Number(value), month: 1, day: 1, rest: '' } : undefined;
  const [, year, month, day, rest = ''] = found;
  if (day === undefined && rest !== '') return undefined;
  return { year: Number(year), month: Number(month), day: Number(day ?? '1'), rest };
}

/** `2025, 6, 14`. */
function parseListedDate(value: string): ParsedDate | undefined {
  const [, year, month, day] = /^(\d{4}), ?(\d{1,2}), ?(\d{1,2})$/.exec(value) ?? [];
  return day === undefined ? undefined : { year: Number(year), month: Number(month), day: Number(day), rest: '' };
}

function parseUsDate(value: string): ParsedDate | undefined {
  const found = /^(\d{1,2})([-/])(\d{1,2})\2(\d{4})(?: (.*))?$/.exec(value);
  if (!found) return undefined;
  const [, month, , day, year, rest = ''] = found;
  return { year: Number(year), month: Number(month), day: Number(day), rest };
}

/** `Sat, 8 Nov 2014 15:05:02 GMT`, `8 Nov 14 15:05 GMT` (RFC 822) and `Saturday, 08-Nov-14 15:05` (RFC 850). */
function parseMailDate(value: string): ParsedDate | undefined {
  const found = /^(?:[a-z]{3,9}, )?(\d{1,2})([ -])([a-z]{3})\2(\d{2}|\d{4})(?: (.*))?$/i.exec(value);
  if (!found) return undefined;
  const [, day, , name = '', year = '', rest = ''] = found;
  const month = months.indexOf(name.toLowerCase()) + 1;
  return { year: year.length === 2 ? 2000 + Number(year) : Number(year), month, day: Number(day), rest };
}

function startOfDate(year: number, month: number, day: number): bigint | undefined {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  if (year < 1 || date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined;
  return BigInt(date.getTime()) * 10_000n + ticksOfUnixEpoch;
}

/** Ticks since midnight in UTC of `15:05`, `15:05:02.1234567`, each with `Z`, `GMT`, or an offset such as `+02:00`. */
function parseTimeOfDay(text: string): bigint | undefined {
  if (text === '') return 0n;
  const pattern = /^(\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)? ?(?:(z|gmt|utc)|([+-])(\d{2}):?(\d{2}))?$/i;
  const found = pattern.exec(text);
  if (!found) return undefined;
  const [, hours = '0', minutes = '0', seconds = '0', fraction = '', , sign, offsetHours = '0', offsetMinutes = '0'] =
    found;
  if (Number(hours) > 23 || Number(minutes) > 59 || Number(seconds) > 59) return undefined;
  if (Number(offsetHours) > 14 || Number(offsetMinutes) > 59) return undefined;
  const offset = BigInt(offsetHours) * 3600n + BigInt(offsetMinutes) * 60n;
  const clock = BigInt(hours) * 3600n + BigInt(minutes) * 60n + BigInt(seconds) - (sign === '-' ? -offset : offset);
  return clock * ticksPerSecond + BigInt(fraction.slice(0, 7).padEnd(7, '0'));
}
