// Times of the security APIs have up to seven digits after the second: ticks of 100 ns. Clients ask for "later than the
// last one I have", so such times are compared with all their digits. As bigint, because today they exceed 2^53.

const ticksPerMs = 10_000n;
const timePattern = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?(Z|[+-]\d{2}:\d{2})$/i;
const fractionDigits = 7;
/** The years 0000 to 9999: others cannot be written in this form. */
const [firstMs, lastMs] = [-62_167_219_200_000, 253_402_300_799_999];

/**
 * Ticks of 100 ns since 1970 (UTC) of an ISO 8601 time that says its zone, such as 2027-01-31T09:00:00.1234567Z. Digits
 * beyond the seventh are cut off. Undefined for anything else: a day that the month does not have, a year beyond 9999 in UTC.
 */
export function parseTicks(text: string): bigint | undefined {
  const match = timePattern.exec(text);
  if (!match) return undefined;
  const [, year, month, day, hour, minute, second = '00', fraction = '', zone = 'Z'] = match;
  const date = `${year}-${month}-${day}`;
  // Without a fraction, because a time before 1970 would be rounded towards it.
  const ms = Date.parse(`${date}T${hour}:${minute}:${second}${zone.toUpperCase()}`);
  if (Number.isNaN(ms) || ms < firstMs || ms > lastMs) return undefined;
  const isRealDay = new Date(Date.parse(`${date}T00:00:00Z`)).toISOString().startsWith(date);
  if (!isRealDay) return undefined;
  return BigInt(ms) * ticksPerMs + BigInt(fraction.slice(0, fractionDigits).padEnd(fractionDigits, '0'));
}

/** The time as the security APIs write it: UTC, as many digits as it needs, at most seven. */
export function formatTicks(ticks: bigint): string {
  const ticksPerSecond = ticksPerMs * 1000n;
  const rest = ((ticks % ticksPerSecond) + ticksPerSecond) % ticksPerSecond;
  const seconds = new Date(Number((ticks - rest) / ticksPerMs)).toISOString().slice(0, -'.000Z'.length);
  const fraction = String(rest).padStart(fractionDigits, '0').replace(/0+$/, '');
  return `${seconds}${fraction === '' ? '' : `.${fraction}`}Z`;
}

/** Ticks that were written as a whole number; undefined for what {@link parseTicks} never gives. */
export function readTicks(text: string): bigint | undefined {
  if (!/^-?\d{1,19}$/.test(text)) return undefined;
  const ticks = BigInt(text);
  const isWritable = ticks >= ticksOfMs(firstMs) && ticks < ticksOfMs(lastMs + 1);
  return isWritable ? ticks : undefined;
}

export function ticksOfMs(epochMs: number): bigint {
  return BigInt(Math.floor(epochMs)) * ticksPerMs;
}
