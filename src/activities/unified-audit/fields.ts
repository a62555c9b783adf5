// Reading members of a record that somebody else wrote: nothing here trusts a type, a length or a character.

/** A provider's record after JSON.parse: any member may be missing or of any type. */
export type AuditRecord = { readonly [member: string]: unknown };

/** Longest piece of a record that is copied into names, descriptions and filter columns; the record itself is kept whole. */
const pieceCharsMax = 512;

/** Most objects, accounts or files that one activity lists besides its record. */
export const itemsMax = 50;

/**
 * Text that every store and every JSON reader takes: at most 512 UTF-16 units, no lone surrogate, no NUL. Anything that
 * is no string or number becomes ''.
 */
export function piece(value: unknown): string {
  if (typeof value === 'number') return String(value);
  if (typeof value !== 'string') return '';
  const text = value.length > pieceCharsMax ? startOf(value) : value;
  if (text.isWellFormed() && !text.includes('\0')) return text;
  return text.toWellFormed().replaceAll('\0', '\uFFFD');
}

/** A copy: the engine keeps the whole of a text for as long as a part that was only cut out of it. */
function startOf(value: string): string {
  return ` ${value.slice(0, pieceCharsMax)}`.slice(1);
}

/** The objects among the elements of a list; an empty list when it is none. At most {@link itemsMax}. */
export function listOf(value: unknown): readonly AuditRecord[] {
  if (!Array.isArray(value)) return [];
  const items: AuditRecord[] = [];
  for (const item of value) {
    if (isRecord(item)) items.push(item);
    if (items.length === itemsMax) break;
  }
  return items;
}

export function isRecord(value: unknown): value is AuditRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The Value of the pair with that Name, in the schema's Collection(Common.NameValuePair); '' when there is none. */
export function pairValue(pairs: unknown, name: string): string {
  if (!Array.isArray(pairs)) return '';
  for (const pair of pairs) {
    if (isRecord(pair) && (pair.Name === name || pair.Key === name)) return piece(pair.Value);
  }
  return '';
}

const dotted = /^\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}$/;
const bracketed = /^\[([^\]]*)\](?::\d{1,5})?$/;

/**
 * The address in what the services write as ClientIP: plain, in brackets, with a port, IPv4 inside IPv6. The answer
 * still has to be checked (it may be a host name); '' stands for none.
 */
export function bareAddress(text: string): string {
  if (text === '' || dotted.test(text)) return text;
  const inBrackets = bracketed.exec(text);
  if (inBrackets) return inBrackets[1] ?? '';
  const colon = text.indexOf(':');
  // One colon separates a port; more are an IPv6 address.
  return colon !== -1 && text.indexOf(':', colon + 1) === -1 ? text.slice(0, colon) : text;
}

const digits = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})?$/i;
const daysOfMonth = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/**
 * Epoch milliseconds of an ISO 8601 time as the services write it: with or without seconds, fraction and zone. Without
 * a zone it is UTC (Management Activity API, common schema: CreationTime). Undefined when it is no such time.
 */
export function parseTime(text: string): number | undefined {
  const match = digits.exec(text);
  if (!match) return undefined;
  const year = Number(text.slice(0, 4));
  const month = Number(text.slice(5, 7));
  const day = Number(text.slice(8, 10));
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const days = month === 2 && !leap ? 28 : daysOfMonth[month - 1];
  if (days === undefined || day < 1 || day > days) return undefined;
  const hour = Number(text.slice(11, 13));
  const minute = Number(text.slice(14, 16));
  const zone = match[1] ?? '';
  const clock = text.slice(16, text.length - zone.length);
  const seconds = clock === '' ? 0 : Number(clock.slice(1, 3));
  // As digits: 4.004 times 1000 is 4003.99… in binary.
  const milliseconds = Number(clock.slice(4, 7).padEnd(3, '0'));
  if (hour > 23 || minute > 59 || seconds > 59) return undefined;
  const offset = zone === '' || zone === 'Z' || zone === 'z' ? 0 : zoneMinutes(zone);
  return Date.UTC(year, month - 1, day, hour, minute - offset) + seconds * 1000 + milliseconds;
}

function zoneMinutes(zone: string): number {
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(-2));
  return zone.startsWith('-') ? -minutes : minutes;
}
