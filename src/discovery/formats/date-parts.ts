// The pieces that dates are made of, read from bytes. See dates.ts.

/** A whole number of at most nine digits at bytes[start..to); NaN when it is none or reaches past `end`. */
export function readNumber(bytes: Uint8Array, start: number, to: number, end: number): number {
  if (to > end || to <= start || to - start > 9) return Number.NaN;
  let value = 0;
  for (let i = start; i < to; i++) {
    const digit = (bytes[i] ?? 0) - 0x30;
    if (digit < 0 || digit > 9) return Number.NaN;
    value = value * 10 + digit;
  }
  return value;
}

/** Three letters of a word as one number, whatever their case. */
function word(first: number, second: number, third: number): number {
  return ((first | 0x20) << 16) | ((second | 0x20) << 8) | (third | 0x20);
}

function wordOf(text: string): number {
  return word(text.charCodeAt(0), text.charCodeAt(1), text.charCodeAt(2));
}

const monthWords = Int32Array.from(
  ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'],
  wordOf,
);

/** 1 to 12 for the English name of a month that begins at `start`; NaN for any other text. Its first three letters decide. */
export function readMonth(bytes: Uint8Array, start: number, end: number): number {
  if (end - start < 3) return Number.NaN;
  const index = monthWords.indexOf(word(bytes[start] ?? 0, bytes[start + 1] ?? 0, bytes[start + 2] ?? 0));
  return index < 0 ? Number.NaN : index + 1;
}

const minuteMs = 60_000;

/** Names of zones that logs write, in hours east of Greenwich: those of RFC 2822, Central Europe, Japan and Korea. */
const zoneHours: Readonly<Record<string, number>> = {
  Z: 0,
  UTC: 0,
  GMT: 0,
  EST: -5,
  EDT: -4,
  CST: -6,
  CDT: -5,
  MST: -7,
  MDT: -6,
  PST: -8,
  PDT: -7,
  CET: 1,
  CEST: 2,
  JST: 9,
  KST: 9,
};

/** What a named zone is ahead of UTC, in milliseconds; a name that is unknown is taken as UTC. */
export function zoneMs(name: string): number {
  return (zoneHours[name.toUpperCase()] ?? 0) * 60 * minuteMs;
}

/** What the zone at bytes[start..end) is ahead of UTC: `Z`, `+01:00`, `+0100`, `+01`, `(GMT+1)` is none; NaN when it is no zone. */
export function readZone(bytes: Uint8Array, start: number, end: number): number {
  const sign = bytes[start];
  if (sign !== 0x2b && sign !== 0x2d) return namedZone(bytes, start, end);
  // Check Point writes `--5:00` for five hours behind.
  const first = bytes[start + 1] === sign ? start + 2 : start + 1;
  let at = bytes[first + 1] === 0x3a ? first + 1 : first + 2;
  const hours = readNumber(bytes, first, at, end);
  if (bytes[at] === 0x3a) at++;
  const minutes = at >= end ? 0 : readNumber(bytes, at, at + 2, end);
  if (!(hours <= 14 && minutes <= 59) || (at < end && at + 2 !== end)) return Number.NaN;
  const ahead = (hours * 60 + minutes) * minuteMs;
  return sign === 0x2d ? -ahead : ahead;
}

function namedZone(bytes: Uint8Array, start: number, end: number): number {
  if (end - start === 1 && ((bytes[start] ?? 0) | 0x20) === 0x7a) return 0;
  if (end - start < 1 || end - start > 5) return Number.NaN;
  let name = '';
  for (let i = start; i < end; i++) {
    const letter = bytes[i] ?? 0;
    if ((letter | 0x20) < 0x61 || (letter | 0x20) > 0x7a) return Number.NaN;
    name += String.fromCharCode(letter);
  }
  return zoneMs(name);
}
