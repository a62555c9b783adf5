// The formats of externaldata as rows of texts: https://learn.microsoft.com/kusto/query/externaldata-operator and
// https://learn.microsoft.com/kusto/ingestion-supported-formats. KQL's conversions make values of the texts.
import type { ExternalSource } from '../kql/ir.ts';

export type TextRow = readonly string[];

/** Rows of all the files of one source together. */
const rowsMax = 500_000;

const formats = ['csv', 'json', 'multijson', 'psv', 'raw', 'scsv', 'tsv', 'txt'] as const;
type Format = (typeof formats)[number];

/** Between the fields of a line whose fields may be in quotes. */
const delimiters: Readonly<Partial<Record<Format, string>>> = { csv: ',', psv: '|', scsv: ';' };

/** The rows of a file, or a sentence about why there are none. */
export function externalRows(text: string, path: string, { columns, properties }: ExternalSource): TextRow[] | string {
  const { format: named, ignorefirstrecord: ignore = 'false', ...others } = properties;
  const [other] = Object.keys(others);
  if (other !== undefined) return `The property ${other} of externaldata is not supported.`;
  const wanted = (named ?? /\.(\w+)$/.exec(path)?.[1] ?? 'csv').toLowerCase();
  const format = formats.find((each) => each === wanted);
  if (!format) return `The format ${wanted} of externaldata is not supported: name one of ${formats.join(', ')}.`;
  const body = text.startsWith('\uFEFF') ? text.slice(1) : text;
  const rows = readAs(format, body, columns);
  if (typeof rows === 'string') return rows;
  const isHeaded = ignore.toLowerCase() === 'true' && !/json|raw/.test(format);
  if (rows.length > rowsMax) return `An external file has more than ${rowsMax} rows.`;
  return isHeaded ? rows.slice(1) : rows;
}

function readAs(format: Format, text: string, columns: ExternalSource['columns']): TextRow[] | string {
  switch (format) {
    case 'raw':
      return [[text]];
    case 'txt':
      return linesOf(text).map((line) => [line]);
    case 'tsv':
      return linesOf(text).map((line) => line.split('\t'));
    case 'json':
    case 'multijson':
      return jsonRows(format, text, columns);
    default:
      return quotedRows(text, delimiters[format] ?? ',');
  }
}

/** Lines with something on them. */
function linesOf(text: string): string[] {
  return text.split(/\r?\n/).filter((line) => line !== '');
}

/** RFC 4180: a field in quotes may hold delimiters and ends of lines, and a quote as two. */
function quotedRows(text: string, delimiter: string): TextRow[] | string {
  const rows: string[][] = [];
  let row: string[] = [];
  let at = 0;
  const end = (): void => {
    if (row.length > 1 || row[0] !== '') rows.push(row);
    row = [];
  };
  while (at < text.length) {
    if (text[at] === '"') {
      const [field, next] = quotedField(text, at + 1);
      if (next < 0) return 'An external file has a field whose quotes do not end.';
      row.push(field);
      at = next;
    } else {
      let next = at;
      while (next < text.length && text[next] !== delimiter && text[next] !== '\n') next += 1;
      const field = text.slice(at, next);
      row.push(text[next] === delimiter ? field : field.replace(/\r$/, ''));
      at = next;
    }
    if (text[at] === '\r' && text[at + 1] === '\n') at += 1;
    if (text[at] === delimiter) {
      at += 1;
      if (at === text.length || text[at] === '\n') row.push('');
    } else if (at < text.length && text[at] !== '\n') return 'An external file has text behind a field in quotes.';
    if (text[at] === '\n') {
      end();
      at += 1;
    }
  }
  if (row.length > 0) end();
  return rows;
}

/** The field that begins behind a quote, and where the text goes on behind it; -1 when it does not end. */
function quotedField(text: string, start: number): readonly [string, number] {
  let field = '';
  let at = start;
  for (;;) {
    const quote = text.indexOf('"', at);
    if (quote < 0) return ['', -1];
    field += text.slice(at, quote);
    if (text[quote + 1] !== '"') return [field, quote + 1];
    field += '"';
    at = quote + 2;
  }
}

/** Objects, whose members are the columns of the same names. */
function jsonRows(format: 'json' | 'multijson', text: string, columns: ExternalSource['columns']): TextRow[] | string {
  const values: unknown[] = [];
  try {
    if (format === 'json') for (const line of linesOf(text)) values.push(JSON.parse(line));
    else {
      const value: unknown = JSON.parse(text);
      values.push(...(Array.isArray(value) ? value : [value]));
    }
  } catch {
    return `An external file is not ${format === 'json' ? 'one JSON object a line' : 'a JSON object or an array of them'}.`;
  }
  if (values.some((value) => typeof value !== 'object' || value === null || Array.isArray(value))) {
    return 'An external file has JSON values that are not objects.';
  }
  return values.map((value) => {
    const members = value as Readonly<Record<string, unknown>>; // Objects, as was just checked.
    return columns.map(({ name, type }) =>
      textOf(Object.hasOwn(members, name) ? members[name] : null, type === 'dynamic'),
    );
  });
}

function textOf(value: unknown, isDynamic: boolean): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'string' && !isDynamic ? value : JSON.stringify(value);
}
