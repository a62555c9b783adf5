// Lines of `key=value` pairs, as firewalls write them: values bare or in quotation marks, pairs apart by spaces or another
// byte. What is no pair (a header in front, a word in between) is passed over. Where a key comes twice the first counts: what
// people can put into a log, such as a URL, tends to come later.
import { type Fields, slotsOf } from './fields.ts';
import type { Line } from './line.ts';
import type { NamedReader } from './named-reader.ts';
import { NameTable } from './names.ts';

const space = 0x20;
const tab = 0x09;
const quote = 0x22;
const backslash = 0x5c;
const closingBracket = 0x5d;
const comma = 0x2c;
const colon = 0x3a;

const backslashForm = 1;
const doubledForm = 2;

export interface KeyValueOptions {
  /** Between key and value, one ASCII character; `=` when not given. */
  readonly assign?: string;
  /** The characters that end a bare value; white space when not given. */
  readonly separators?: string;
  /** Keys match whatever their case. */
  readonly anyCase?: boolean;
  /** How a quotation mark is written within quotation marks: `\"` (as is `\\`) or `""`; the first when not given. */
  readonly escapes?: 'backslash' | 'doubled';
}

/**
 * Reads `key=value key="value with spaces"`. A quotation mark ends a value only where a separator, a closing bracket or the end
 * of the line follows, for some appliances do not escape those within. False when there is no pair at all.
 */
export function keyValueReader<const Name extends string>(
  names: readonly Name[],
  options: KeyValueOptions = {},
): NamedReader<Name> {
  const slots = slotsOf(names);
  const table = NameTable.of(slots, { ignoreCase: options.anyCase ?? false });
  const assign = (options.assign ?? '=').charCodeAt(0);
  const isSeparator = new Uint8Array(256);
  for (const char of options.separators ?? ' \t') isSeparator[char.charCodeAt(0)] = 1;
  const doubled = options.escapes === 'doubled';

  function read(line: Line, fields: Fields): boolean {
    fields.begin(line);
    fields.decode = decodeQuoted;
    const { bytes, end } = line;
    let found = false;
    let at = line.start;
    while (at < end) {
      let byte = bytes[at] ?? 0;
      if (isSeparator[byte] === 1 || byte === space) {
        at += 1;
        continue;
      }
      const key = at;
      while (at < end && byte !== assign && isSeparator[byte] === 0) {
        at += 1;
        byte = bytes[at] ?? 0;
      }
      if (at >= end) break;
      if (byte !== assign) continue;
      const slot = table.find(bytes, key, at);
      found = true;
      at += 1;
      if (at < end && bytes[at] === quote) at = quoted(bytes, at + 1, end, slot, fields);
      else {
        const start = at;
        while (at < end && isSeparator[bytes[at] ?? 0] === 0) at += 1;
        if (slot >= 0 && fields.starts[slot] === -1) fields.put(slot, start, at);
      }
    }
    return found;
  }

  /** Takes the value up to its closing quotation mark; gives where the next pair may begin. */
  function quoted(bytes: Buffer, start: number, end: number, slot: number, fields: Fields): number {
    let at = start;
    let form = 0;
    for (; at < end; at++) {
      const byte = bytes[at] ?? 0;
      if (byte === quote) {
        const after = at + 1 < end ? (bytes[at + 1] ?? 0) : space;
        if (doubled && after === quote) {
          form = doubledForm;
          at += 1;
        } else if (isSeparator[after] === 1 || after === space || after === closingBracket) break;
      } else if (byte === backslash && !doubled && at + 1 < end) {
        const after = bytes[at + 1] ?? 0;
        if (after === quote || after === backslash) {
          form = backslashForm;
          at += 1;
        }
      }
    }
    if (slot >= 0 && fields.starts[slot] === -1) fields.put(slot, start, Math.min(at, end), form);
    return at + 1;
  }

  return { slots, read };
}

function decodeQuoted(bytes: Buffer, start: number, end: number, form: number): string {
  const text = bytes.toString('utf8', start, end);
  return form === doubledForm ? text.replaceAll('""', '"') : text.replace(/\\(["\\])/g, '$1');
}

export interface LabelListOptions {
  /** Between the pairs: a comma or a semicolon, one ASCII character. */
  readonly separator: string;
  readonly anyCase?: boolean;
}

/** Longest label that is looked for behind a separator, in bytes. */
const labelBytesMax = 64;

/**
 * Reads `Label: value, Other label: value`. Labels may have spaces, and bare values separators: a value ends where a separator, a
 * space and another label with its colon, or the end of the line, follow. Values may be in quotation marks. False when there is no
 * pair at all.
 */
export function labelListReader<const Name extends string>(
  names: readonly Name[],
  options: LabelListOptions,
): NamedReader<Name> {
  const slots = slotsOf(names);
  const table = NameTable.of(slots, { ignoreCase: options.anyCase ?? false });
  const separator = options.separator.charCodeAt(0);

  function read(line: Line, fields: Fields): boolean {
    fields.begin(line);
    fields.decode = decodeQuoted;
    const { bytes, end } = line;
    let at = line.start;
    let found = false;
    while (at < end) {
      at = pastSpaces(bytes, at, end);
      const key = at;
      const mark = labelEnd(bytes, at, end, separator);
      if (mark < 0) {
        at = nextSeparator(bytes, at, end, separator) + 1;
        continue;
      }
      found = true;
      const slot = table.find(bytes, key, mark);
      at = pastSpaces(bytes, mark + 1, end);
      const isQuoted = at < end && bytes[at] === quote;
      const start = isQuoted ? at + 1 : at;
      if (isQuoted) at = closingQuote(bytes, start, end, separator);
      else at = valueEnd(bytes, at, end, separator);
      if (slot >= 0 && fields.starts[slot] === -1) {
        let stop = at;
        while (stop > start && isBlank(bytes[stop - 1] ?? 0)) stop -= 1;
        fields.put(slot, start, stop, isQuoted && hasBackslash(bytes, start, stop) ? backslashForm : 0);
      }
      at += 1;
    }
    return found;
  }
  return { slots, read };
}

function isBlank(byte: number): boolean {
  return byte === space || byte === tab;
}

function hasBackslash(bytes: Buffer, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (bytes[at] === backslash) return true;
  return false;
}

function pastSpaces(bytes: Buffer, start: number, end: number): number {
  let at = start;
  while (at < end && isBlank(bytes[at] ?? 0)) at += 1;
  return at;
}

function nextSeparator(bytes: Buffer, start: number, end: number, separator: number): number {
  let at = start;
  while (at < end && bytes[at] !== separator) at += 1;
  return at;
}

/** Where the colon of a label that begins here is; -1 when there is no label. A colon within a URL or an address is none. */
function labelEnd(bytes: Buffer, start: number, end: number, separator: number): number {
  const limit = Math.min(end, start + labelBytesMax);
  for (let at = start; at < limit; at++) {
    const byte = bytes[at] ?? 0;
    if (byte === colon) {
      if (at === start) return -1;
      const after = at + 1 < end ? (bytes[at + 1] ?? 0) : space;
      return isBlank(after) || after === quote || after === separator ? at : -1;
    }
    if (byte === separator || byte === quote || byte === comma) return -1;
  }
  return -1;
}

function valueEnd(bytes: Buffer, start: number, end: number, separator: number): number {
  let at = start;
  for (;;) {
    at = nextSeparator(bytes, at, end, separator);
    if (at >= end) return end;
    const next = pastSpaces(bytes, at + 1, end);
    if (next >= end || (next > at + 1 && labelEnd(bytes, next, end, separator) >= 0)) return at;
    at += 1;
  }
}

function closingQuote(bytes: Buffer, start: number, end: number, separator: number): number {
  for (let at = start; at < end; at++) {
    const byte = bytes[at] ?? 0;
    if (byte === backslash) at += 1;
    else if (byte === quote) {
      const after = at + 1 < end ? (bytes[at + 1] ?? 0) : separator;
      if (after === separator || isBlank(after) || after === closingBracket) return at;
    }
  }
  return end;
}
