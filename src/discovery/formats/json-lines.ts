import { type Fields, type Slots, slotsOf } from './fields.ts';
import type { Line } from './line.ts';
import { NameTable } from './names.ts';

const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;
const colon = 0x3a;
const openBrace = 0x7b;
const closeBrace = 0x7d;
const openBracket = 0x5b;
const closeBracket = 0x5d;
const escapedForm = 1;

/** What the members of an object at one place of a record lead to. */
interface Node {
  readonly members: NameTable;
  /** Slot of each member, -1 when only something inside of it is asked for. */
  readonly slots: Int32Array;
  /** Node of each member that has something inside which is asked for. */
  readonly children: readonly (Node | null)[];
}

function nodeOf(paths: ReadonlyMap<string, number>): Node {
  const names = [...new Set([...paths.keys()].map((path) => path.split('.', 1)[0] ?? ''))];
  const inside = names.map(
    (name) =>
      new Map(
        [...paths].flatMap(([path, slot]) =>
          path.startsWith(`${name}.`) ? [[path.slice(name.length + 1), slot]] : [],
        ),
      ),
  );
  return {
    members: new NameTable(names.map((name, slot) => ({ name, slot }))),
    slots: Int32Array.from(names, (name) => paths.get(name) ?? -1),
    children: inside.map((rest) => (rest.size > 0 ? nodeOf(rest) : null)),
  };
}

function unescaped(bytes: Buffer, start: number, end: number): string {
  try {
    return JSON.parse(bytes.toString('utf8', start - 1, end + 1)) as string; // It stands in quotes.
  } catch {
    return bytes.toString('utf8', start, end);
  }
}

function isBlank(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d;
}

function skipBlanks(bytes: Buffer, start: number, end: number): number {
  let at = start;
  while (at < end && isBlank(bytes[at])) at++;
  return at;
}

/** Position after the string whose text begins at `start`; -1 when it has no end. */
function stringEnd(bytes: Buffer, start: number, end: number): number {
  for (let at = start; at < end; at++) {
    if (bytes[at] === quote) return at + 1;
    if (bytes[at] === backslash) at++;
  }
  return -1;
}

/** Position after the object or array that begins at `start`; -1 when it has no end. */
function nestedEnd(bytes: Buffer, start: number, end: number): number {
  let depth = 0;
  for (let at = start; at < end; at++) {
    const byte = bytes[at];
    if (byte === quote) {
      at = stringEnd(bytes, at + 1, end) - 1;
      if (at < 0) return -1;
    } else if (byte === openBrace || byte === openBracket) depth++;
    else if ((byte === closeBrace || byte === closeBracket) && --depth === 0) return at + 1;
  }
  return -1;
}

function literalEnd(bytes: Buffer, start: number, end: number): number {
  let at = start;
  while (at < end && bytes[at] !== comma && bytes[at] !== closeBrace && !isBlank(bytes[at])) at++;
  return at;
}

/**
 * One JSON object a line. A name is that of a member, or a path to one within objects: `source.ip`. Values that are lists, objects or
 * null are absent; text stands without its quotes, numbers as they are written.
 */
export class JsonLinesReader<Name extends string = string> {
  readonly slots: Slots<Name>;
  readonly #root: Node;

  constructor(names: readonly Name[]) {
    this.slots = slotsOf(names);
    this.#root = nodeOf(new Map(names.map((name) => [name, this.slots[name]])));
  }

  /** False when the line is not one object. */
  read(line: Line, fields: Fields): boolean {
    fields.begin(line);
    fields.decode = unescaped;
    const { bytes, end } = line;
    const start = skipBlanks(bytes, line.start, end);
    if (start >= end || bytes[start] !== openBrace) return false;
    const after = this.#object(bytes, start + 1, end, this.#root, fields);
    return after >= 0 && skipBlanks(bytes, after, end) === end;
  }

  /** Position after the object whose members begin at `start`; -1 when it is broken. */
  #object(bytes: Buffer, start: number, end: number, node: Node, fields: Fields): number {
    let at = skipBlanks(bytes, start, end);
    if (at < end && bytes[at] === closeBrace) return at + 1;
    while (at < end && bytes[at] === quote) {
      const nameEnd = stringEnd(bytes, at + 1, end);
      if (nameEnd < 0) return -1;
      const member = node.members.find(bytes, at + 1, nameEnd - 1);
      at = skipBlanks(bytes, nameEnd, end);
      if (at >= end || bytes[at] !== colon) return -1;
      at = this.#value(bytes, skipBlanks(bytes, at + 1, end), end, node, member, fields);
      if (at < 0) return -1;
      at = skipBlanks(bytes, at, end);
      if (at >= end) return -1;
      if (bytes[at] === closeBrace) return at + 1;
      if (bytes[at] !== comma) return -1;
      at = skipBlanks(bytes, at + 1, end);
    }
    return -1;
  }

  #value(bytes: Buffer, start: number, end: number, node: Node, member: number, fields: Fields): number {
    const slot = member < 0 ? -1 : (node.slots[member] ?? -1);
    const first = start < end ? bytes[start] : undefined;
    if (first === quote) {
      const after = stringEnd(bytes, start + 1, end);
      if (slot >= 0 && after >= 0)
        fields.put(slot, start + 1, after - 1, hasEscape(bytes, start + 1, after) ? escapedForm : 0);
      return after;
    }
    if (first === openBrace) {
      const child = member < 0 ? null : (node.children[member] ?? null);
      return child === null ? nestedEnd(bytes, start, end) : this.#object(bytes, start + 1, end, child, fields);
    }
    if (first === openBracket) return nestedEnd(bytes, start, end);
    const after = literalEnd(bytes, start, end);
    if (after === start) return -1;
    // 0x6e is the n of null.
    if (slot >= 0 && first !== 0x6e) fields.put(slot, start, after);
    return after;
  }
}

function hasEscape(bytes: Buffer, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (bytes[at] === backslash) return true;
  return false;
}
