import { type DelimitedOptions, DelimitedReader } from './delimited.ts';
import type { Fields } from './fields.ts';
import type { Line } from './line.ts';
import { columnsOf, slotsOfTitles, type Titles } from './titles.ts';

/** The values of one row of CSV (RFC 4180), for headers and tests; `"` inside a quoted value is written twice. */
export function csvValues(row: string, separator = ','): string[] {
  const values: string[] = [];
  let value = '';
  let isQuoted = false;
  for (let i = 0; i < row.length; i++) {
    const character = row[i] ?? '';
    if (isQuoted) {
      if (character !== '"') value += character;
      else if (row[i + 1] === '"') value += row[++i] ?? '';
      else isQuoted = false;
    } else if (character === '"' && value.trim() === '') {
      isQuoted = true;
      value = '';
    } else if (character === separator) {
      values.push(value);
      value = '';
    } else {
      value += character;
    }
  }
  return [...values, value];
}

/** CSV whose first line names the columns. Until a header was read, or after one that names nothing that is asked for, no row is understood. */
export class CsvReader<Name extends string> extends DelimitedReader<Name> {
  readonly #titles: Titles<Name>;
  readonly #separators: string;
  #isKnown = false;
  #names: ReadonlySet<Name> = new Set();

  /** `separators`: which characters may be between the columns; the one that the header has most of is it. */
  constructor(titles: Titles<Name>, options: Partial<DelimitedOptions> & { readonly separators?: string } = {}) {
    super(slotsOfTitles(titles), { separator: ',', quotes: 'doubled', ...options });
    this.#titles = titles;
    this.#separators = options.separators ?? options.separator ?? ',';
  }

  header(line: Line): void {
    const text = line.text().replace(/^\uFEFF/u, '');
    const counts = [...this.#separators].map((separator) => ({ separator, count: text.split(separator).length }));
    const separator = counts.reduce((best, next) => (next.count > best.count ? next : best)).separator;
    this.setHeader(csvValues(text, separator), separator);
  }

  /** The columns of rows whose names stand nowhere, in their order. */
  setHeader(titles: readonly string[], separator: string): void {
    const columns = columnsOf(this.#titles, titles);
    this.#names = new Set(columns.filter((name) => name !== null));
    this.#isKnown = this.#names.size > 0;
    this.setColumns(columns, separator);
  }

  /** The header has a column of one of these. */
  hasOneOf(...names: readonly Name[]): boolean {
    return names.some((name) => this.#names.has(name));
  }

  override read(line: Line, fields: Fields): boolean {
    return this.#isKnown && super.read(line, fields);
  }
}
