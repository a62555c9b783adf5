// The formats of externaldata as rows of texts: https://learn.microsoft.com/kusto/query/externaldata-operator and
// https://learn.microsoft.com/kusto/ingestion-supported-formats. KQL's conversions make values of the texts. Files are other
// people's, so this runs on a thread of its own (external-worker.ts) and keeps no more of them than the query asked for.
import type { ExternalSource } from '../kql/ir.ts';

export type TextRow = readonly string[];

export interface ExternalFile {
  /** Of its URL; says the format where the query does not. */
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** Rows of all the files of one source together. */
const rowsMax = 500_000;

const formats = ['csv', 'json', 'multijson', 'psv', 'raw', 'scsv', 'tsv', 'txt'] as const;
type Format = (typeof formats)[number];

/** Between the fields of a line whose fields may be in quotes. */
const delimiters: Readonly<Partial<Record<Format, string>>> = { csv: ',', psv: '|', scsv: ';' };

/** Why a file has no rows; a sentence. */
class Unreadable extends Error {}

/** The rows of all files, or a sentence about why there are none. */
export function externalRows(files: readonly ExternalFile[], external: ExternalSource): TextRow[] | string {
  const rows: TextRow[] = [];
  try {
    for (const file of files) {
      let isHead = isHeaded(file, external);
      for (const row of rowsOf(file, external)) {
        if (isHead) {
          isHead = false;
          continue;
        }
        if (rows.length === rowsMax) return `External files have more than ${rowsMax} rows.`;
        rows.push(row);
      }
    }
    return rows;
  } catch (error) {
    if (error instanceof Unreadable) return error.message;
    throw error;
  }
}

function formatOf({ path }: ExternalFile, { properties }: ExternalSource): Format {
  const { format: named, ignorefirstrecord: _, ...others } = properties;
  const [other] = Object.keys(others);
  if (other !== undefined) throw new Unreadable(`The property ${other} of externaldata is not supported.`);
  const wanted = (named ?? /\.(\w+)$/.exec(path)?.[1] ?? 'csv').toLowerCase();
  const format = formats.find((each) => each === wanted);
  if (format) return format;
  throw new Unreadable(`The format ${wanted} of externaldata is not supported: name one of ${formats.join(', ')}.`);
}

function isHeaded(file: ExternalFile, external: ExternalSource): boolean {
  const isWanted = external.properties.ignorefirstrecord?.toLowerCase() === 'true';
  return isWanted && !/json|raw/.test(formatOf(file, external));
}

function rowsOf(file: ExternalFile, external: ExternalSource): Iterable<TextRow> {
  const format = formatOf(file, external);
  const text = textOf(file);
  const { columns } = external;
  switch (format) {
    case 'raw':
      return [[text]];
    case 'txt':
      return mapped(linesOf(text), (line) => [line]);
    case 'tsv':
      // More fields than columns are nobody's.
      return mapped(linesOf(text), (line) => line.split('\t', columns.length));
    case 'json':
      return mapped(linesOf(text), (line) => memberTexts(parsed(line, 'one JSON object a line'), columns));
    case 'multijson': {
      const value = parsed(text, 'a JSON object or an array of them');
      return mapped(Array.isArray(value) ? value : [value], (each) => memberTexts(each, columns));
    }
    default:
      return quotedRows(text, delimiters[format] ?? ',', columns.length);
  }
}

function textOf({ bytes }: ExternalFile): string {
  try {
    // It leaves a byte order mark away.
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new Unreadable('An external file is not UTF-8 text.');
  }
}

function* mapped<From, To>(values: Iterable<From>, to: (value: From) => To): Iterable<To> {
  for (const value of values) yield to(value);
}

/** Lines with something on them. */
function* linesOf(text: string): Iterable<string> {
  for (let at = 0; at < text.length; ) {
    const found = text.indexOf('\n', at);
    const end = found < 0 ? text.length : found;
    const line = text.slice(at, found > at && text[end - 1] === '\r' ? end - 1 : end);
    if (line !== '') yield line;
    at = end + 1;
  }
}

/** RFC 4180: a field in quotes may hold delimiters and ends of lines, and a quote as two. Rows have at most `width` fields. */
function* quotedRows(text: string, delimiter: string, width: number): Iterable<TextRow> {
  let row: string[] = [];
  let [at, nextDelimiter, lineEnd] = [0, -1, -1];
  while (at < text.length) {
    let field: string;
    if (text[at] === '"') {
      const end = closingQuote(text, at + 1);
      field = row.length < width ? text.slice(at + 1, end).replaceAll('""', '"') : '';
      at = end + 1;
      if (text[at] === '\r' && (text[at + 1] === '\n' || at + 1 === text.length)) at += 1;
    } else {
      // Looked for once each, however many fields lie before.
      if (lineEnd < at) lineEnd = placeOf(text, '\n', at);
      if (nextDelimiter < at) nextDelimiter = placeOf(text, delimiter, at);
      const end = Math.min(lineEnd, nextDelimiter);
      field = row.length < width ? text.slice(at, end) : '';
      if (end === lineEnd && field.endsWith('\r')) field = field.slice(0, -1);
      at = end;
    }
    const mark = text[at];
    if (mark !== undefined && mark !== delimiter && mark !== '\n') {
      throw new Unreadable('An external file has text behind a field in quotes.');
    }
    // A line with nothing on it is no row.
    if (row.length < width && (field !== '' || row.length > 0 || mark === delimiter)) row.push(field);
    at += 1;
    if (mark === delimiter && at < text.length) continue;
    if (row.length > 0) yield row;
    row = [];
  }
}

/** Where the text has it next; its length when it has it no more. */
function placeOf(text: string, wanted: string, from: number): number {
  const at = text.indexOf(wanted, from);
  return at < 0 ? text.length : at;
}

/** Where the quote stands that ends the field. */
function closingQuote(text: string, from: number): number {
  let quote = text.indexOf('"', from);
  while (quote >= 0 && text[quote + 1] === '"') quote = text.indexOf('"', quote + 2);
  if (quote < 0) throw new Unreadable('An external file has a field whose quotes do not end.');
  return quote;
}

function parsed(text: string, what: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Unreadable(`An external file is not ${what}.`);
  }
}

/** Of an object, whose members are the columns of the same names. */
function memberTexts(value: unknown, columns: ExternalSource['columns']): TextRow {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new Unreadable('An external file has JSON values that are not objects.');
  }
  const members = value as Readonly<Record<string, unknown>>; // An object, as was just checked.
  return columns.map(({ name, type }) => memberText(Object.hasOwn(members, name) ? members[name] : null, type));
}

function memberText(value: unknown, type: string): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'string' && type !== 'dynamic') return value;
  try {
    return JSON.stringify(value);
  } catch {
    // Writing has a stack, which reading has not.
    throw new Unreadable('An external file has JSON that is nested too deeply.');
  }
}
