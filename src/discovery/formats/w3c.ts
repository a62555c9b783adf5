// The Extended Log File Format of the W3C (working draft WD-logfile-960323): directives begin with `#`, and `#Fields:` says what
// the columns of the lines after it are. A log may say so more than once.
import { DelimitedReader } from './delimited.ts';
import type { Fields } from './fields.ts';
import type { Line } from './line.ts';
import { columnsOf, slotsOfTitles, type Titles } from './titles.ts';

const directive = /^\uFEFF?#Fields:(?<value>.*)$/iu;
/** What values end at, whether blanks or tabs are between them (LogParser.marks). */
export const w3cMarks = ' \t"';

const tab = 0x09;

/** What the one directive begins with that says what the columns are (LogParser.headers). */
export const w3cHeaders = { prefix: '#Fields:' } as const;

export class W3cReader<Name extends string> {
  readonly slots;
  readonly #titles: Titles<Name>;
  readonly #blanks: DelimitedReader<Name>;
  readonly #tabs: DelimitedReader<Name>;
  /** Which of both reads the lines after the header in force: null until the first of them shows it. */
  #reader: DelimitedReader<Name> | null = null;
  #columnCount = 0;
  #header: readonly string[] = [];

  /** `columns`: names of the fields as after `#Fields:`, in force until a header comes. */
  constructor(titles: Titles<Name>, columns?: string) {
    this.#titles = titles;
    this.slots = slotsOfTitles(titles);
    this.#blanks = new DelimitedReader(this.slots, {
      separator: ' ',
      collapse: true,
      quotes: 'doubled',
      brackets: true,
    });
    this.#tabs = new DelimitedReader(this.slots, { separator: '\t', quotes: 'doubled' });
    if (columns !== undefined) this.#take(columns);
  }

  /** Whether a header is in force. */
  get hasColumns(): boolean {
    return this.#columnCount > 0;
  }

  /** The header in force has a column whose name begins with one of these, which are lower case. */
  hasOneOf(beginnings: readonly string[]): boolean {
    return this.#header.some((name) => beginnings.some((beginning) => name.toLowerCase().startsWith(beginning)));
  }

  /** Takes a `#Fields:` directive. */
  header(line: Line): void {
    const value = directive.exec(line.text())?.groups?.value;
    if (value !== undefined) this.#take(value);
  }

  #take(columns: string): void {
    const header = columns.trim().split(/\s+/u);
    this.#columnCount = header.length;
    this.#header = header;
    const names = columnsOf(this.#titles, header);
    this.#blanks.setColumns(names);
    this.#tabs.setColumns(names);
    this.#reader = null;
  }

  /** False until a header was read, and for a line that has no column that is asked for. */
  read(line: Line, fields: Fields): boolean {
    if (this.#columnCount === 0) return false;
    this.#reader ??= this.#tabCount(line) * 2 >= this.#columnCount - 1 ? this.#tabs : this.#blanks;
    return this.#reader.read(line, fields);
  }

  /** Some appliances write tabs, which lets values hold blanks; a lone tab in a user agent does not make it that. */
  #tabCount({ bytes, start, end }: Line): number {
    let count = 0;
    for (let at = start; at < end; at++) if (bytes[at] === tab) count++;
    return count;
  }
}
