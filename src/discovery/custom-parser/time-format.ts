// Times by a format that people give, in the letters of Java's SimpleDateFormat, which the documented dialog takes
// (cloud-apps reference 3.3). A format is compiled once into steps; reading makes no text.
import { readMonth, readNumber, readZone } from '../formats/date-parts.ts';
import { dayOf, epochSeconds, nearestYear } from '../formats/dates.ts';

/** What of a time a format names. */
type Part = 'year' | 'month' | 'day' | 'hour' | 'minute' | 'second' | 'fraction' | 'half' | 'zone' | 'weekday';

type Step =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'number'; readonly part: Part; readonly letters: number; readonly digitsMax: number }
  | { readonly kind: 'month-name' | 'half' | 'zone' | 'weekday' };

/** How many digits a number of each letter has at most, and what it is. */
const numbers: Readonly<Record<string, readonly [part: Part, digitsMax: number]>> = {
  y: ['year', 4],
  M: ['month', 2],
  d: ['day', 2],
  H: ['hour', 2],
  k: ['hour', 2],
  h: ['hour', 2],
  K: ['hour', 2],
  m: ['minute', 2],
  s: ['second', 2],
  S: ['fraction', 9],
};
const formatLengthMax = 100;

/** What a value of that format says: `read` fills it. */
class Found {
  year = Number.NaN;
  month = Number.NaN;
  day = Number.NaN;
  hour = 0;
  minute = 0;
  second = 0;
  fractionMs = 0;
  /** 0 before noon, 12 after it, NaN when the format does not say. */
  half = Number.NaN;
  zoneMs = 0;

  clear(): void {
    this.year = this.month = this.day = this.half = Number.NaN;
    this.hour = this.minute = this.second = this.fractionMs = this.zoneMs = 0;
  }

  /** Milliseconds since midnight; NaN when there is no such time. */
  clock(): number {
    let { hour } = this;
    // `HH` beside `a` is in the documented example: the half counts where the hour leaves it open.
    if (!Number.isNaN(this.half) && hour <= 12) hour = (hour % 12) + this.half;
    if (hour === 24) hour = 0;
    if (!(hour <= 23 && this.minute <= 59 && this.second <= 60)) return Number.NaN;
    return ((hour * 60 + this.minute) * 60 + Math.min(this.second, 59)) * 1000 + this.fractionMs;
  }
}

export interface TimeFormat {
  readonly hasDay: boolean;
  readonly hasClock: boolean;
  /** Epoch milliseconds at bytes[start..end), NaN when the value does not have this format. Without a year the nearest past. */
  moment(bytes: Uint8Array, start: number, end: number, receivedAt: number): number;
  /** Milliseconds since midnight UTC, for a column that holds only the time of day. */
  clock(bytes: Uint8Array, start: number, end: number): number;
}

/** The format, or a sentence about what is wrong with it. `epoch` stands for seconds, or milli-, micro- or nanoseconds, since 1970. */
export function parseTimeFormat(format: string): TimeFormat | string {
  if (format.length > formatLengthMax) return `A format has at most ${formatLengthMax} characters.`;
  if (/^epoch$/i.test(format)) {
    return { hasDay: true, hasClock: true, moment: epochSeconds, clock: () => Number.NaN };
  }
  const steps = stepsOf(format);
  if (typeof steps === 'string') return steps;
  const parts = steps.map((step) => (step.kind === 'number' ? step.part : step.kind));
  const found = new Found();
  return {
    hasDay: parts.includes('day') && (parts.includes('month') || parts.includes('month-name')),
    hasClock: parts.includes('hour'),
    moment(bytes, start, end, receivedAt) {
      if (!readSteps(steps, bytes, start, end, found)) return Number.NaN;
      const clock = found.clock();
      const { year, month, day, zoneMs } = found;
      if (Number.isNaN(year)) return nearestYear(month, day, clock, receivedAt) - zoneMs;
      return dayOf(year, month, day) + clock - zoneMs;
    },
    clock: (bytes, start, end) =>
      readSteps(steps, bytes, start, end, found) ? found.clock() - found.zoneMs : Number.NaN,
  };
}

/** Runs of one letter, text in single quotes, and every other character as it stands. */
function stepsOf(format: string): Step[] | string {
  const steps: Step[] = [];
  for (const [piece] of format.matchAll(/'(?:[^']|'')*'|([A-Za-z])\1*|'|[^A-Za-z']+/gu)) {
    const letter = piece.charAt(0);
    if (letter === "'") {
      if (piece.length === 1) return 'A single quote in the format has no second one.';
      steps.push({ kind: 'text', text: piece === "''" ? "'" : piece.slice(1, -1).replaceAll("''", "'") });
    } else if (!/[A-Za-z]/.test(letter)) steps.push({ kind: 'text', text: piece });
    else if (letter === 'M' && piece.length > 2) steps.push({ kind: 'month-name' });
    else if (letter === 'a') steps.push({ kind: 'half' });
    else if (letter === 'E') steps.push({ kind: 'weekday' });
    else if (letter === 'z' || letter === 'Z' || letter === 'X') steps.push({ kind: 'zone' });
    else {
      const number = Object.hasOwn(numbers, letter) ? numbers[letter] : undefined;
      if (number === undefined) {
        return `The letter ${letter} means nothing in a format: use y M d H h k K m s S a E z Z X, and put text into 'single quotes'.`;
      }
      steps.push({ kind: 'number', part: number[0], letters: piece.length, digitsMax: number[1] });
    }
  }
  return steps.length === 0 ? 'The format is empty.' : steps;
}

function readSteps(steps: readonly Step[], bytes: Uint8Array, start: number, end: number, found: Found): boolean {
  found.clear();
  let at = start;
  for (let index = 0; index < steps.length; index++) {
    const step = steps[index];
    if (step === undefined) break;
    at =
      step.kind === 'number'
        ? readNumberStep(step, steps[index + 1], bytes, at, end, found)
        : readOther(step, bytes, at, end, found);
    if (at < 0) return false;
  }
  return at === end;
}

/** Where the number ends; -1 when there is none. In front of another number it has as many digits as the format has letters. */
function readNumberStep(
  step: Extract<Step, { kind: 'number' }>,
  next: Step | undefined,
  bytes: Uint8Array,
  start: number,
  end: number,
  found: Found,
): number {
  const isFixed = next?.kind === 'number';
  const limit = Math.min(end, start + (isFixed ? step.letters : step.digitsMax));
  let at = start;
  while (at < limit && isDigit(bytes[at] ?? 0)) at++;
  if (at === start || (isFixed && at < start + step.letters)) return -1;
  const value = readNumber(bytes, start, at, end);
  switch (step.part) {
    case 'year':
      found.year = at - start <= 2 ? 2000 + value : value;
      break;
    case 'fraction':
      found.fractionMs = Math.floor(value * 10 ** (3 - (at - start)));
      break;
    case 'month':
      found.month = value;
      break;
    case 'day':
      found.day = value;
      break;
    case 'hour':
      found.hour = value;
      break;
    case 'minute':
      found.minute = value;
      break;
    default:
      found.second = value;
  }
  return at;
}

function readOther(
  step: Exclude<Step, { kind: 'number' }>,
  bytes: Uint8Array,
  start: number,
  end: number,
  found: Found,
): number {
  if (step.kind === 'text') return afterText(step.text, bytes, start, end);
  let at = start;
  const belongs = step.kind === 'zone' ? isZoneByte : isLetter;
  while (at < end && belongs(bytes[at] ?? 0)) at++;
  if (at === start) return -1;
  if (step.kind === 'month-name') found.month = readMonth(bytes, start, at);
  else if (step.kind === 'zone') found.zoneMs = readZone(bytes, start, at);
  else if (step.kind === 'half') {
    const first = (bytes[start] ?? 0) | 0x20;
    found.half = first === 0x61 ? 0 : first === 0x70 ? 12 : Number.NaN;
    if (Number.isNaN(found.half)) return -1;
  }
  return Number.isNaN(step.kind === 'month-name' ? found.month : found.zoneMs) ? -1 : at;
}

/** Blanks in the format stand for any number of blanks, one at least. */
function afterText(text: string, bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (at >= end || bytes[at] !== code) return -1;
    at++;
    if (code === 0x20) while (at < end && bytes[at] === 0x20) at++;
  }
  return at;
}

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}

function isLetter(byte: number): boolean {
  return (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a;
}

function isZoneByte(byte: number): boolean {
  return isLetter(byte) || isDigit(byte) || byte === 0x2b || byte === 0x2d || byte === 0x3a;
}
