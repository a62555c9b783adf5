// IBM Log Event Extended Format. 1.0: `LEEF:1.0|vendor|product|version|event|key=value<tab>key=value`; 2.0 has one more field
// in the header, the byte between the pairs: itself or its number (`^`, `x5E`, `0x5E`). Some products name it in 1.0 as well.
// Source: IBM Security QRadar, "LEEF event components" and "LEEF header".
import { headerField, isKeyByte, readExtension } from './cef.ts';
import { type Fields, slotsOf } from './fields.ts';
import type { Line } from './line.ts';
import type { NamedReader } from './named-reader.ts';
import { NameTable } from './names.ts';

const bar = 0x7c;
const equals = 0x3d;
const space = 0x20;
const tab = 0x09;
const hash = 0x23;

/** Names of the fields of the header, in their order; a reader asks for them as for attributes. */
export const leefHeaderNames = ['vendor', 'product', 'version', 'eventId'] as const;

const headerForm = 1;

/** Bytes in front of `LEEF:` that are looked through: headers of syslog and its relays. */
const preambleBytesMax = 512;

/** Reads LEEF 1.0 and 2.0, whatever syslog header is in front. False when there is no `LEEF:` or its header is not complete. */
export function leefReader<const Name extends string>(names: readonly Name[]): NamedReader<Name> {
  const slots = slotsOf(names);
  const table = NameTable.of(slots);
  const headerSlots = leefHeaderNames.map((name) => (names as readonly string[]).indexOf(name)); // May be no name asked for.
  const forms = names.map(() => 0);

  function read(line: Line, fields: Fields): boolean {
    fields.begin(line);
    fields.decode = decodeLeef;
    const { bytes, end } = line;
    const start = afterMark(line);
    if (start < 0) return false;
    const isSecond = bytes[start] === 0x32;
    let at = headerField(bytes, start, end).end;
    for (const slot of headerSlots) {
      if (at >= end) return false;
      const field = headerField(bytes, at + 1, end);
      if (slot >= 0) fields.put(slot, at + 1, field.end, field.isEscaped ? headerForm : 0);
      at = field.end;
    }
    if (at >= end) return false;
    at += 1;
    let delimiter = namedDelimiter(bytes, at, end, isSecond);
    if (delimiter >= 0) at = afterBar(bytes, at, end);
    else delimiter = tab;
    if (delimiter === tab && hasBars(bytes, at, end)) delimiter = bar;
    if (delimiter !== tab || has(bytes, at, end, tab)) readPairs(bytes, at, end, delimiter, table, fields);
    else if (hasEscapedTab(bytes, at, end)) readPairs(bytes, at, end, hash, table, fields);
    else readExtension(bytes, at, end, table, forms, fields); // Something on the way made spaces of the tabs.
    return true;
  }
  return { slots, read };
}

/**
 * The delimiter that the header names at this place, -1 when it names none. In 1.0 only a number counts, for the attributes
 * begin here; an empty field in 2.0 is a tab.
 */
function namedDelimiter(bytes: Buffer, start: number, end: number, isSecond: boolean): number {
  const length = afterBar(bytes, start, Math.min(end, start + 6)) - start - 1;
  // The delimiter may be the bar itself: `||`.
  if (isSecond && start + 1 < end && bytes[start] === bar && bytes[start + 1] === bar) return bar;
  if (length < 0) return -1;
  if (length === 0) return isSecond ? tab : -1;
  if (length === 1) return isSecond ? (bytes[start] ?? tab) : -1;
  let at = start;
  if (bytes[at] === 0x30) at += 1;
  if (((bytes[at] ?? 0) | 0x20) !== 0x78) return -1;
  const value = Number.parseInt(bytes.toString('latin1', at + 1, start + length), 16);
  return Number.isNaN(value) || value > 255 ? -1 : value;
}

/** Just behind the next bar; `start` when there is none. */
function afterBar(bytes: Buffer, start: number, end: number): number {
  if (start + 1 < end && bytes[start] === bar && bytes[start + 1] === bar) return start + 2;
  for (let at = start; at < end; at++) if (bytes[at] === bar) return at + 1;
  return start;
}

/** A delimiter that is `#` stands for `#011`, which relays of syslog write in place of a tab. */
function readPairs(
  bytes: Buffer,
  start: number,
  end: number,
  delimiter: number,
  table: NameTable,
  fields: Fields,
): void {
  let at = start;
  while (at < end) {
    while (at < end && bytes[at] === space) at += 1;
    const key = at;
    let mark = -1;
    let stop = at;
    for (; stop < end; stop++) {
      const byte = bytes[stop];
      if (byte === delimiter && (delimiter !== hash || isEscapedTab(bytes, stop, end))) break;
      if (byte === equals && mark < 0) mark = stop;
    }
    if (mark > key) {
      const slot = table.find(bytes, key, mark);
      if (slot >= 0 && fields.starts[slot] === -1) fields.put(slot, mark + 1, withoutBlanks(bytes, mark + 1, stop));
    }
    at = stop + (delimiter === hash ? 4 : 1);
  }
}

function withoutBlanks(bytes: Buffer, start: number, limit: number): number {
  let end = limit;
  while (end > start && (bytes[end - 1] === space || bytes[end - 1] === tab)) end -= 1;
  return end;
}

function isEscapedTab(bytes: Buffer, at: number, end: number): boolean {
  return at + 3 < end && bytes[at + 1] === 0x30 && bytes[at + 2] === 0x31 && bytes[at + 3] === 0x31;
}

function hasEscapedTab(bytes: Buffer, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (bytes[at] === hash && isEscapedTab(bytes, at, end)) return true;
  return false;
}

/** The first bar has a pair in front of it and another one behind it: some set the delimiter and do not name it. */
function hasBars(bytes: Buffer, start: number, end: number): boolean {
  let at = start;
  let hasPair = false;
  for (; at < end && bytes[at] !== bar; at++) {
    if (bytes[at] === tab || (bytes[at] === hash && isEscapedTab(bytes, at, end))) return false;
    hasPair ||= bytes[at] === equals;
  }
  const key = at + 1;
  for (at = key; at < end && isKeyByte[bytes[at] ?? 0] === 1; at++);
  return hasPair && at > key && bytes[at] === equals;
}

function has(bytes: Buffer, start: number, end: number, byte: number): boolean {
  for (let at = start; at < end; at++) if (bytes[at] === byte) return true;
  return false;
}

/** Just behind `LEEF:`; -1 when there is none. */
function afterMark(line: Line): number {
  const { bytes } = line;
  const limit = Math.min(line.end - 5, line.start + preambleBytesMax);
  for (let at = line.start; at < limit; at++) {
    if (
      bytes[at] === 0x4c &&
      bytes[at + 1] === 0x45 &&
      bytes[at + 2] === 0x45 &&
      bytes[at + 3] === 0x46 &&
      bytes[at + 4] === 0x3a
    )
      return at + 5;
  }
  return -1;
}

function decodeLeef(bytes: Buffer, start: number, end: number): string {
  return bytes.toString('utf8', start, end).replace(/\\([\\|])/g, '$1');
}
