// Values as documentation prints them in a Markdown table, compared with those that a query gave: by what they mean, so
// that `2019-01-01 00:00:00.0000000` and `2019-01-01T00:00:00Z` are one datetime and JSON may be laid out in any way.

import type { Column, KqlType } from '../../src/kql/ir.ts';
import { parseDatetime, parseTimespan } from '../../src/kql/lower/times.ts';

/** Digits that documentation prints of a real. */
const relativeTolerance = 1e-11;

/** Without what Markdown puts around a value. */
function withoutMarkup(text: string): string {
  const plain = text
    .replaceAll(/<br\s*\/?>/g, '')
    .replaceAll('\u00a0', ' ')
    .trim();
  return plain.replace(/^`([\s\S]*)`$/, '$1').replace(/^<(https?:[^>]*)>$/, '$1');
}

function isNull(text: string): boolean {
  return text === '' || text === 'null' || text === '(null)';
}

/** Whether the value of a column is what the documentation prints. `asSet`: arrays may be in any order. */
export function isDocumented(value: unknown, type: KqlType, documented: string, asSet: boolean): boolean {
  const text = withoutMarkup(documented);
  if (value === null) return isNull(text);
  switch (type) {
    case 'string':
      return (
        withoutMarkup(String(value)) === text || JSON.stringify(value) === text || sameJson(String(value), text, asSet)
      );
    case 'guid':
      return String(value) === text.toLowerCase();
    case 'bool':
      return String(value) === text.toLowerCase() || String(Number(value)) === text;
    case 'int':
    case 'long':
      return String(value) === text.replaceAll(',', '');
    case 'real':
    case 'decimal':
      return isNear(Number(String(value)), Number(text.replaceAll(',', '')));
    case 'datetime':
      return value === parseDatetime(text);
    case 'timespan':
      return value === parseTimespan(text);
    case 'dynamic':
      return sameJson(String(value), text, asSet) || JSON.stringify(text) === value;
  }
}

function isNear(a: number, b: number): boolean {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number.isNaN(a) && Number.isNaN(b);
  return a === b || Math.abs(a - b) <= relativeTolerance * Math.max(Math.abs(a), Math.abs(b));
}

function sameJson(a: string, b: string, asSet: boolean): boolean {
  try {
    return canonical(JSON.parse(a), asSet) === canonical(JSON.parse(b), asSet);
  } catch {
    return false;
  }
}

/** JSON with keys in order, so that equal values are equal texts. */
function canonical(value: unknown, asSet: boolean): string {
  if (Array.isArray(value)) {
    const items = value.map((each) => canonical(each, asSet));
    return `[${(asSet ? items.sort() : items).join()}]`;
  }
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).map(([key, each]) => `${JSON.stringify(key)}:${canonical(each, asSet)}`);
  return `{${entries.sort().join()}}`;
}

export interface Output {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** Whether rows are those of the documentation; their order counts only where the query sorts at its end. */
export function matches(
  query: string,
  columns: readonly Column[],
  rows: readonly (readonly unknown[])[],
  output: Output,
): boolean {
  if (rows.length !== output.rows.length || (rows.length > 0 && columns.length !== output.columns.length)) return false;
  const places = placesOf(columns, output.columns);
  const asSet = /\b(make_?set|set_)\w*/.test(query);
  const same = (row: readonly unknown[], documented: readonly string[]): boolean =>
    columns.every(({ type }, index) => isDocumented(row[index], type, documented[places[index] ?? index] ?? '', asSet));
  if (sortsAtTheEnd(query)) return rows.every((row, index) => same(row, output.rows[index] ?? []));
  const left = [...output.rows];
  return rows.every((row) => {
    const found = left.findIndex((documented) => same(row, documented));
    if (found >= 0) left.splice(found, 1);
    return found >= 0;
  });
}

/** Where each column stands in the documented table: by name where all names are there, else by place. */
function placesOf(columns: readonly Column[], documented: readonly string[]): readonly number[] {
  const names = documented.map(withoutMarkup);
  const places = columns.map(({ name }) => names.indexOf(name));
  return places.every((place) => place >= 0) && new Set(places).size === places.length
    ? places
    : columns.map((_, index) => index);
}

/** Whether the order of the rows is one that the query asks for. */
export function sortsAtTheEnd(query: string): boolean {
  const last = [...query.matchAll(/\|\s*(?:sort|order|top)\b/g)].at(-1);
  return (
    last !== undefined && !/\|\s*(?!sort|order|top|project|extend|take|limit)\w|\)\s*$/.test(query.slice(last.index))
  );
}
