// ArcSight Common Event Format: `CEF:0|vendor|product|version|id|name|severity|key=value key=value`. Header fields end at a
// bar that is not escaped; a value ends where white space with another key and its `=` follows, so that it may have spaces.
// Source: "Implementing ArcSight Common Event Format (CEF)", chapters Header Information, Extension and Character Encoding.
import { type Fields, slotsOf } from './fields.ts';
import type { Line } from './line.ts';
import type { NamedReader } from './named-reader.ts';
import { NameTable } from './names.ts';

const backslash = 0x5c;
const bar = 0x7c;
const equals = 0x3d;
const space = 0x20;
const tab = 0x09;

const oneLineForm = 1;
const manyLinesForm = 2;

/** Names of the fields of the header, in their order; a reader asks for them as for those of the extension. */
export const cefHeaderNames = [
  'deviceVendor',
  'deviceProduct',
  'deviceVersion',
  'deviceEventClassId',
  'name',
  'severity',
] as const;

/** Bytes in front of `CEF:` that are looked through: headers of syslog and its relays. */
const preambleBytesMax = 512;

/** Bytes that a key is made of: letters, digits, `_`, `.`, `-` and, as some products write them, brackets. */
export const isKeyByte = new Uint8Array(256);
for (let byte = 0; byte < 256; byte++) isKeyByte[byte] = /[A-Za-z0-9_.[\]-]/.test(String.fromCharCode(byte)) ? 1 : 0;

/** What a byte is to an extension: part of a key, or of nothing but a value, white space, `=` or a backslash. */
const ofKey = 0;
const ofValue = 1;
const between = 2;
const assigns = 3;
const escapes = 4;
const roles = isKeyByte.map((isKey) => (isKey === 1 ? ofKey : ofValue));
roles[space] = roles[tab] = between;
roles[equals] = assigns;
roles[backslash] = escapes;

export interface CefOptions {
  /**
   * Names whose `\n` and `\r` stand for a line break, as in messages. In all others a backslash in front of any but `\`, `=` and
   * `|` is one: products write `DOMAIN\name` without escaping it.
   */
  readonly multiLine?: readonly string[];
}

/** Reads CEF, whatever syslog header is in front. False when there is no `CEF:` or its header is not complete. */
export function cefReader<const Name extends string>(
  names: readonly Name[],
  options: CefOptions = {},
): NamedReader<Name> {
  const slots = slotsOf(names);
  const table = NameTable.of(slots);
  const headerSlots = cefHeaderNames.map((name) => (names as readonly string[]).indexOf(name)); // May be no name asked for.
  const forms = names.map((name) => (options.multiLine?.includes(name) ? manyLinesForm : oneLineForm));

  function read(line: Line, fields: Fields): boolean {
    fields.begin(line);
    fields.decode = decodeCef;
    const { bytes, end } = line;
    const start = afterMark(line);
    if (start < 0) return false;
    let at = headerField(bytes, start, end).end; // The version of CEF.
    for (const slot of headerSlots) {
      if (at >= end) return false;
      const field = headerField(bytes, at + 1, end);
      if (slot >= 0) fields.put(slot, at + 1, field.end, field.isEscaped ? oneLineForm : 0);
      at = field.end;
    }
    if (at >= end) return false;
    readExtension(bytes, at + 1, end, table, forms, fields);
    return true;
  }
  return { slots, read };
}

const found = { end: 0, isEscaped: false };

/** Where the field of a header ends: at the next bar, or at the end of the line. The answer is one object, filled anew. */
export function headerField(bytes: Buffer, start: number, end: number): { end: number; isEscaped: boolean } {
  found.isEscaped = false;
  let at = start;
  for (; at < end; at++) {
    const byte = bytes[at];
    if (byte === bar) break;
    if (byte === backslash && at + 1 < end && (bytes[at + 1] === bar || bytes[at + 1] === backslash)) {
      found.isEscaped = true;
      at += 1;
    }
  }
  found.end = Math.min(at, end);
  return found;
}

/** Just behind `CEF:`; -1 when there is none. */
function afterMark(line: Line): number {
  const { bytes } = line;
  const limit = Math.min(line.end - 4, line.start + preambleBytesMax);
  for (let at = line.start; at < limit; at++) {
    if (bytes[at] === 0x43 && bytes[at + 1] === 0x45 && bytes[at + 2] === 0x46 && bytes[at + 3] === 0x3a) return at + 4;
  }
  return -1;
}

/**
 * Reads `key=value key=other value` at bytes[start..end). A key is what lies between white space and an `=` that no backslash
 * is in front of, if it is made of the bytes of keys; where a key comes twice, the first counts.
 */
export function readExtension(
  bytes: Buffer,
  start: number,
  end: number,
  table: NameTable,
  forms: readonly number[],
  fields: Fields,
): void {
  let slot = -1;
  let valueStart = start;
  let form = 0;
  let word = start; // Where the word begins that may turn out to be a key; -1 when it has a byte that no key has.
  for (let at = start; at < end; at++) {
    const role = roles[bytes[at] ?? 0];
    if (role === ofKey) continue;
    if (role === between) word = at + 1;
    else if (role === assigns) {
      if (word >= 0 && word < at) {
        if (slot >= 0) putValue(bytes, slot, valueStart, word - 1, form, fields);
        slot = table.find(bytes, word, at);
        valueStart = at + 1;
        form = 0;
        word = -1;
      }
    } else if (role === escapes) {
      const next = at + 1 < end ? roles[bytes[at + 1] ?? 0] : between;
      if (next !== between) {
        form = slot >= 0 ? (forms[slot] ?? 0) : 0;
        at += 1;
      }
      word = -1;
    } else word = -1;
  }
  if (slot >= 0) putValue(bytes, slot, valueStart, end, form, fields);
}

/** White space at the end belongs to the line, not to the value. */
function putValue(bytes: Buffer, slot: number, start: number, limit: number, form: number, fields: Fields): void {
  if (fields.starts[slot] !== -1) return;
  let end = Math.max(start, limit);
  while (end > start && (bytes[end - 1] === space || bytes[end - 1] === tab)) end -= 1;
  fields.put(slot, start, end, form);
}

function decodeCef(bytes: Buffer, start: number, end: number, form: number): string {
  const text = bytes.toString('utf8', start, end);
  if (form !== manyLinesForm) return text.replace(/\\([\\=|])/g, '$1');
  return text.replace(/\\([\\=|nr])/g, (_, char: string) => (char === 'n' ? '\n' : char === 'r' ? '\r' : char));
}
