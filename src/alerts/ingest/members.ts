// Reading of what came from elsewhere, member by member: a value in the wanted form, or a Fault that names the member.
import { parseTicks, ticksOfMs } from '../../lib/ticks.ts';
import type { Members } from '../alert.ts';

/** What is wrong with a record, as a sentence. Never leaves this folder: readers turn it into a problem. */
export class Fault extends Error {}

export const depthMax = 32;
const nameLengthMax = 500;
const textLengthMax = 65_536;

/** The value as an object. Throws a Fault unless it is one that can be stored: not too deep, no text that no store takes. */
export function asRecord(value: unknown): Members {
  if (!isMembers(value)) throw new Fault('An alert must be an object.');
  requireStorable(value, depthMax);
  return value;
}

export function isMembers(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** PostgreSQL takes no U+0000 in texts, and half a surrogate pair is no character. */
function requireStorable(value: unknown, levels: number): void {
  if (typeof value === 'string') {
    if (value.includes('\u0000') || !value.isWellFormed()) throw new Fault('It holds a character that is none.');
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  if (levels === 0) throw new Fault(`It is nested deeper than ${depthMax} levels.`);
  for (const [name, inner] of Object.entries(value)) {
    requireStorable(name, 0);
    requireStorable(inner, levels - 1);
  }
}

export function isAbsent(value: unknown): value is null | undefined {
  return value === null || value === undefined;
}

/** An object, or an empty one where there is none. */
export function membersIn(path: string, value: unknown): Members {
  if (isAbsent(value)) return {};
  if (!isMembers(value)) throw new Fault(`${path} must be an object.`);
  return value;
}

/** The entries of a list; none where there is no list. */
export function listIn(path: string, value: unknown, entriesMax: number): readonly unknown[] {
  if (isAbsent(value)) return [];
  if (!Array.isArray(value)) throw new Fault(`${path} must be a list.`);
  if (value.length > entriesMax) throw new Fault(`${path} has more than ${entriesMax} entries.`);
  return value;
}

export function objectsIn(path: string, value: unknown, entriesMax: number): Members[] {
  return listIn(path, value, entriesMax).map((entry, index) => {
    if (!isMembers(entry)) throw new Fault(`${path}[${index}] must be an object.`);
    return entry;
  });
}

export function textsIn(path: string, value: unknown, entriesMax: number): string[] {
  return listIn(path, value, entriesMax).map((entry, index) => nameIn(`${path}[${index}]`, entry));
}

/** A short text on one line: names, ids. */
export function nameIn(path: string, value: unknown): string {
  const name = optionalName(path, value);
  if (name === null) throw new Fault(`${path} is missing.`);
  return name;
}

export function optionalName(path: string, value: unknown): string | null {
  if (isAbsent(value) || value === '') return null;
  if (typeof value !== 'string') throw new Fault(`${path} must be a text.`);
  if (value.length > nameLengthMax || /\p{Cc}/u.test(value)) {
    throw new Fault(`${path} must be at most ${nameLengthMax} printable characters.`);
  }
  return value;
}

/** A longer text, of several lines perhaps; '' where there is none. */
export function textIn(path: string, value: unknown): string {
  if (isAbsent(value)) return '';
  if (typeof value !== 'string') throw new Fault(`${path} must be a text.`);
  if (value.length > textLengthMax) throw new Fault(`${path} is longer than ${textLengthMax} characters.`);
  return value;
}

export function timeIn(path: string, value: unknown): bigint {
  const ticks = optionalTime(path, value);
  if (ticks === null) throw new Fault(`${path} is missing.`);
  return ticks;
}

/** ISO 8601 that says its zone, as ticks of 100 ns. */
export function optionalTime(path: string, value: unknown): bigint | null {
  if (isAbsent(value)) return null;
  const ticks = typeof value === 'string' ? parseTicks(value) : undefined;
  if (ticks === undefined) throw new Fault(`${path} must be a time such as 2027-01-31T09:30:00.1234567Z.`);
  return ticks;
}

/** Epoch milliseconds up to the year 9999, as OCSF writes times. */
export function optionalMs(path: string, value: unknown): bigint | null {
  if (isAbsent(value)) return null;
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || Math.abs(value) > 253_402_300_799_999) {
    throw new Fault(`${path} must be a time in milliseconds since 1970.`);
  }
  return ticksOfMs(value);
}

/** The text where there is one, a number as its text; null for anything else. For members that come in every form. */
export function looseText(value: unknown): string | null {
  if (typeof value === 'number' && Number.isFinite(value)) return String(value);
  return typeof value === 'string' && value !== '' && value.length <= textLengthMax ? value : null;
}

/** The members that have a value. */
export function present(members: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => !isAbsent(value) && value !== ''));
}

/** The members that are not among the known ones. */
export function without(members: Members, known: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(members).filter(
      ([name, value]) => !known.includes(name) && !name.startsWith('@odata.') && value !== undefined,
    ),
  );
}
