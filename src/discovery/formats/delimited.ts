import type { Fields, Slots } from './fields.ts';
import type { Line } from './line.ts';
import type { MarkedBlock } from './marks.ts';

const quote = 0x22;
const backslash = 0x5c;
const tab = 0x09;
const opening = 0x5b;
const closing = 0x5d;

export interface DelimitedOptions {
  /** One ASCII character between two values. */
  readonly separator: string;
  /** Several separators in a row are one, and blanks at the start of the line are none; tabs separate like blanks then. */
  readonly collapse?: boolean;
  /** Values may stand in double quotes; a quote inside is written twice, or after a backslash. */
  readonly quotes?: 'none' | 'doubled' | 'backslash';
  /** A value that begins with `[` ends after the `]` that has a separator behind it; the brackets belong to it. */
  readonly brackets?: boolean;
  /** A row of fewer values is not of this shape. */
  readonly columnsMin?: number;
}

const doubledForm = 1;
const backslashForm = 2;

function unquoted(bytes: Buffer, start: number, end: number, form: number): string {
  const text = bytes.toString('utf8', start, end);
  return form === doubledForm ? text.replaceAll('""', '"') : text.replaceAll(/\\(.)/gsu, '$1');
}

/**
 * Values in columns with a character between them. Which column goes to which slot may be set anew, for logs whose header says
 * what the columns are. Reads no further than to the last column that is asked for.
 */
export class DelimitedReader<Name extends string = string> {
  readonly slots: Slots<Name>;
  readonly #quotes: number;
  readonly #collapse: boolean;
  readonly #brackets: boolean;
  readonly #columnsMin: number;
  #separator: number;
  /** 1 for each byte that ends a value which is not quoted: one look-up a byte is faster than two comparisons. */
  readonly #isEnding = new Uint8Array(256);
  /** The block that was asked for last, and whether it has the places that this reader needs: see {@link marks}. */
  #block: MarkedBlock | null = null;
  #hasMarks = false;
  /** Slot of each column, -1 for one that nobody asks for; ends with the last one that is asked for. */
  #columns: Int32Array = new Int32Array(0);

  constructor(slots: Slots<Name>, options: DelimitedOptions) {
    this.slots = slots;
    this.#separator = options.separator.charCodeAt(0);
    this.#collapse = options.collapse ?? false;
    this.#quotes = options.quotes === 'doubled' ? doubledForm : options.quotes === 'backslash' ? backslashForm : 0;
    this.#brackets = options.brackets ?? false;
    this.#columnsMin = options.columnsMin ?? 1;
    this.#markEnding();
  }

  /** From now on column i holds the value of columns[i]; null is a column that nobody asks for. */
  setColumns(columns: readonly (Name | null)[], separator?: string): void {
    if (separator !== undefined) this.#separator = separator.charCodeAt(0);
    this.#markEnding();
    const slots = columns.map((name) => (name === null ? -1 : this.slots[name]));
    const last = slots.findLastIndex((slot) => slot >= 0);
    this.#columns = Int32Array.from(slots.slice(0, Math.max(last + 1, this.#columnsMin)));
    if (this.#columns.length < this.#columnsMin) {
      const wider = new Int32Array(this.#columnsMin).fill(-1);
      wider.set(this.#columns);
      this.#columns = wider;
    }
  }

  /** What ends a value or begins one in quotes: with these marked, reading takes a fraction of the time. */
  get marks(): string {
    const separator = String.fromCharCode(this.#separator);
    const blank = this.#collapse && separator !== '\t' ? '\t' : '';
    return separator + blank + (this.#quotes === 0 ? '' : '"');
  }

  #markEnding(): void {
    this.#block = null;
    this.#isEnding.fill(0);
    this.#isEnding[this.#separator] = 1;
    if (this.#collapse) this.#isEnding[tab] = 1;
  }

  /** Fills the fields with the row's values. False when the row has fewer than `columnsMin`. */
  read(line: Line, fields: Fields): boolean {
    fields.begin(line);
    fields.decode = unquoted;
    return this.readRow(line, fields) >= this.#columnsMin;
  }

  /** Puts the row's values into fields that are begun already; returns how many columns it saw, at most as many as are asked for. */
  readRow(line: Line, fields: Fields): number {
    if (line.marks !== null && this.#knows(line.marks)) return this.#readMarkedRow(line, fields, line.marks);
    const { bytes, end } = line;
    const columns = this.#columns;
    const separator = this.#separator;
    const collapse = this.#collapse;
    const isEnding = this.#isEnding;
    // Once some never end, none of the rest of the row are looked at: a row must not be read again for each of its values.
    let quotes = this.#quotes;
    let brackets = this.#brackets;
    let at = line.start;
    let column = 0;
    for (; column < columns.length; column++) {
      if (collapse) while (at < end && isEnding[bytes[at] ?? 0] === 1) at++;
      if (at > end || (at === end && (collapse || column === 0))) break;
      const start = at;
      const slot = columns[column] ?? -1;
      const first = bytes[at];
      if (first === quote && quotes !== 0 && at < end) {
        at = this.#quoted(bytes, at, end, slot, fields);
        if (at === start) quotes = 0;
      } else if (first === opening && brackets && at < end) {
        at = bracketed(bytes, at, end, separator);
        if (at === start) brackets = false;
        else if (slot >= 0) fields.put(slot, start, at);
      }
      if (at === start) {
        while (at < end && isEnding[bytes[at] ?? 0] === 0) at++;
        if (slot >= 0) fields.put(slot, start, at);
      }
      at++;
    }
    return column;
  }

  #knows(block: MarkedBlock): boolean {
    if (block !== this.#block) {
      this.#block = block;
      this.#hasMarks = [...this.marks].every((mark) => block.set.includes(mark));
    }
    return this.#hasMarks;
  }

  /** The same from one mark to the next. */
  #readMarkedRow(line: Line, fields: Fields, marks: MarkedBlock): number {
    const { bytes, end } = line;
    const columns = this.#columns;
    const separator = this.#separator;
    const collapse = this.#collapse;
    const isEnding = this.#isEnding;
    const { places } = marks;
    let quotes = this.#quotes;
    let brackets = this.#brackets;
    let at = line.start;
    // The first mark at or behind `at`: that of the line break is at the end of the line at the latest.
    let index = marks.indexOf(at);
    let mark = places[index] ?? end;
    let column = 0;
    for (; column < columns.length; column++) {
      if (collapse) {
        while (mark === at && at < end && isEnding[bytes[at] ?? 0] === 1) {
          at++;
          mark = places[++index] ?? end;
        }
      }
      if (at > end || (at === end && (collapse || column === 0))) break;
      const start = at;
      const slot = columns[column] ?? -1;
      if (mark === at && quotes !== 0 && bytes[at] === quote && at < end) {
        at =
          quotes === doubledForm
            ? this.#doubled(bytes, index, end, slot, fields, places)
            : this.#quoted(bytes, at, end, slot, fields);
        if (at === start) quotes = 0;
      } else if (brackets && bytes[at] === opening && at < end) {
        at = bracketed(bytes, at, end, separator);
        if (at === start) brackets = false;
        else if (slot >= 0) fields.put(slot, start, at);
      }
      if (at === start) {
        while (mark < end && isEnding[bytes[mark] ?? 0] === 0) mark = places[++index] ?? end;
        at = mark < end ? mark : end;
        if (slot >= 0) fields.put(slot, start, at);
      }
      at++;
      while (mark < at && mark < end) mark = places[++index] ?? end;
    }
    marks.stopAt(index);
    return column;
  }

  /** Where the separator after a quoted value is; `start` when its quotes never end, so that they are no quotes. */
  #quoted(bytes: Buffer, start: number, end: number, slot: number, fields: Fields): number {
    const separator = this.#separator;
    let form = 0;
    for (let at = start + 1; at < end; at++) {
      const byte = bytes[at];
      if (byte === backslash && this.#quotes === backslashForm) {
        form = backslashForm;
        at++;
      } else if (byte === quote) {
        if (at + 1 === end || bytes[at + 1] === separator || (this.#collapse && bytes[at + 1] === tab)) {
          if (slot >= 0) fields.put(slot, start + 1, at, form);
          return at + 1;
        }
        if (bytes[at + 1] === quote && this.#quotes === doubledForm) {
          form = doubledForm;
          at++;
        }
      }
    }
    return start;
  }

  /** The same from one mark to the next, for quotes that are written twice; `index` is that of the first quote. */
  #doubled(bytes: Buffer, index: number, end: number, slot: number, fields: Fields, places: Int32Array): number {
    const isEnding = this.#isEnding;
    const start = places[index] ?? end;
    let form = 0;
    let next = index + 1;
    for (let mark = places[next] ?? end; mark < end; mark = places[++next] ?? end) {
      if (bytes[mark] !== quote) continue;
      const after = bytes[mark + 1] ?? 0;
      if (mark + 1 === end || isEnding[after] === 1) {
        if (slot >= 0) fields.put(slot, start + 1, mark, form);
        return mark + 1;
      }
      if (after === quote) {
        form = doubledForm;
        next++;
      }
    }
    return start;
  }
}

/** Where the separator after a value in brackets is; `start` when they never end. */
function bracketed(bytes: Buffer, start: number, end: number, separator: number): number {
  for (let at = start + 1; at < end; at++) {
    if (bytes[at] === closing && (at + 1 === end || bytes[at + 1] === separator)) return at + 1;
  }
  return start;
}

/** A reader of rows whose columns are always the same; `null` is a column that nobody asks for. */
export function delimited<const Column extends string | null>(
  columns: readonly Column[],
  options: DelimitedOptions,
): DelimitedReader<Exclude<Column, null>> {
  // Names are the columns that are not null, each once.
  const names = columns.filter((name): name is Column & Exclude<Column, null> => name !== null);
  const slots = Object.fromEntries(names.map((name, slot) => [name, slot])) as Slots<Exclude<Column, null>>;
  const reader = new DelimitedReader(slots, options);
  reader.setColumns(columns as readonly (Exclude<Column, null> | null)[]); // What is not null is a name.
  return reader;
}
