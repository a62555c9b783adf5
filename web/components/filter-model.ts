// Filters of the API, `{field: {operator: operand}}` (cloud-apps reference 2.2), as rows that a person edits, and back.
import { type FilterField, findField, findOperator } from './filter-table.ts';

/** Filters as the API takes them. */
export type Filters = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** One condition as it is typed: whatever the operator takes is a list of texts; of a range, pairs of start and end. */
export interface FilterRow {
  readonly key: number;
  readonly field: string;
  readonly operator: string;
  readonly values: readonly string[];
}

export type RowFault = 'empty' | 'number' | 'time' | 'json' | 'twice';

export interface JsonFault {
  readonly kind: 'syntax' | 'shape' | 'field' | 'operator' | 'value';
  /** Where: the field, and the operator where it is known. */
  readonly name: string;
  /** What stands there, shortened. */
  readonly found: string;
  readonly line?: number;
  readonly column?: number;
}

let lastKey = 0;

export function newRow(field: string, operator: string, values: readonly string[] = []): FilterRow {
  lastKey += 1;
  return { key: lastKey, field, operator, values };
}

/** What is wrong with each row that cannot be sent as it is; the same field and operator can stand only once in JSON. */
export function faultsOfRows(
  rows: readonly FilterRow[],
  fields: readonly FilterField[],
): ReadonlyMap<number, RowFault> {
  const faults = new Map<number, RowFault>();
  const seen = new Set<string>();
  for (const row of rows) {
    const name = `${row.field} ${row.operator}`;
    const operand = operandOf(row, fields);
    if (seen.has(name)) faults.set(row.key, 'twice');
    else if ('fault' in operand) faults.set(row.key, operand.fault);
    seen.add(name);
  }
  return faults;
}

/** The JSON of the rows that are whole. */
export function filtersOfRows(rows: readonly FilterRow[], fields: readonly FilterField[]): Filters {
  const filters: Record<string, Record<string, unknown>> = {};
  for (const row of rows) {
    const operand = operandOf(row, fields);
    if ('fault' in operand) continue;
    filters[row.field] = { ...filters[row.field], [row.operator]: operand.value };
  }
  return filters;
}

type Result = { readonly value: unknown } | { readonly fault: RowFault };

function operandOf({ field: name, operator: operatorName, values }: FilterRow, fields: readonly FilterField[]): Result {
  const field = findField(fields, name);
  const operator = findOperator(field, operatorName);
  if (!field || !operator) return { fault: 'empty' };
  if (operator.takes === 'flag') return { value: true };
  if (operator.takes === 'ranges') return rangesOf(values);
  const texts = values.map((each) => each.trim()).filter((each) => each !== '');
  if (texts.length === 0) return { fault: 'empty' };
  switch (operator.takes) {
    case 'texts':
      return { value: texts };
    case 'days':
      return numberOf(texts[0] ?? '', 0, 36_600, /^\d+(\.\d+)?$/);
    case 'value':
      return singleOf(field, texts[0] ?? '');
    case 'values': {
      const all = texts.map((each) => singleOf(field, each));
      const wrong = all.find((each) => 'fault' in each);
      return wrong ?? { value: all.map((each) => ('value' in each ? each.value : null)) };
    }
  }
}

function singleOf({ values: kind }: FilterField, text: string): Result {
  switch (kind) {
    case 'integer':
    case 'number':
      return numberOf(text, Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER);
    case 'time': {
      const time = numberOf(text, Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER);
      return 'fault' in time ? { fault: 'time' } : time;
    }
    case 'flag':
      return { value: text === 'true' };
    case 'choice':
      return { value: text === 'null' ? null : text };
    case 'entity':
    case 'set':
    case 'group':
      return isJson(text) ? jsonOf(text) : { value: text };
    default:
      return { value: text };
  }
}

function numberOf(text: string, least: number, most: number, form = /^-?\d+$/): Result {
  const number = form.test(text) ? Number(text) : Number.NaN;
  return number >= least && number <= most ? { value: number } : { fault: 'number' };
}

/** Accounts can be written as objects: `{"id": "…", "saas": 11161, "inst": 0}`. */
function isJson(text: string): boolean {
  return /^[[{]/.test(text);
}

function jsonOf(text: string): Result {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return { fault: 'json' };
  }
}

/** A range without one of its ends is open there; without both it is none. */
function rangesOf(values: readonly string[]): Result {
  const ranges: { start?: number; end?: number }[] = [];
  for (let place = 0; place < values.length; place += 2) {
    const [start = '', end = ''] = values.slice(place, place + 2);
    if (start === '' && end === '') continue;
    const ends = [start, end].map((each) => (each === '' ? undefined : Number(each)));
    if (ends.some((each) => each !== undefined && !Number.isSafeInteger(each))) return { fault: 'time' };
    ranges.push({ ...(start === '' ? {} : { start: Number(start) }), ...(end === '' ? {} : { end: Number(end) }) });
  }
  return ranges.length === 0 ? { fault: 'empty' } : { value: ranges };
}

/** Reads filters that were written as JSON. `{}` and nothing at all are no filters. */
export function parseJson(text: string, fields: readonly FilterField[]): { filters: Filters } | { fault: JsonFault } {
  if (text.trim() === '') return { filters: {} };
  try {
    return checkFilters(JSON.parse(text), fields);
  } catch (error) {
    return { fault: { kind: 'syntax', name: '', found: '', ...placeOf(text, error) } };
  }
}

/** Engines tell the position of what they could not read, each in its own words. */
function placeOf(text: string, error: unknown): { line?: number; column?: number } {
  const message = error instanceof Error ? error.message : '';
  const position = Number(/position (\d+)/.exec(message)?.[1] ?? (/end of/i.test(message) ? text.length : Number.NaN));
  if (Number.isNaN(position)) return {};
  const before = text.slice(0, position).split('\n');
  return { line: before.length, column: (before.at(-1) ?? '').length + 1 };
}

/** Filters, or the first thing in them that the API would not take; single values it judges by itself. */
export function checkFilters(
  input: unknown,
  fields: readonly FilterField[],
): { filters: Filters } | { fault: JsonFault } {
  if (!isObject(input)) return { fault: { kind: 'shape', name: '', found: shown(input) } };
  const filters: Record<string, Record<string, unknown>> = {};
  for (const [name, operators] of Object.entries(input)) {
    if (operators === null) continue;
    const field = findField(fields, name);
    if (!field) return { fault: { kind: 'field', name, found: name } };
    if (!isObject(operators)) return { fault: { kind: 'shape', name, found: shown(operators) } };
    for (const [operator, operand] of Object.entries(operators)) {
      if (!findOperator(field, operator)) return { fault: { kind: 'operator', name, found: operator } };
      const row = rowOf(field, operator, operand);
      if (!row || 'fault' in operandOf(row, fields)) {
        return { fault: { kind: 'value', name: `${name} ${operator}`, found: shown(operand) } };
      }
    }
    filters[name] = operators;
  }
  return { filters };
}

/** Rows for filters; undefined when the builder has no row for something in them. */
export function rowsOf(filters: Filters, fields: readonly FilterField[]): FilterRow[] | undefined {
  const rows: FilterRow[] = [];
  for (const [name, operators] of Object.entries(filters)) {
    // An address can say anything: to the API, null is no filter.
    if (operators === null) continue;
    const field = findField(fields, name);
    if (!field) return undefined;
    for (const [operator, operand] of Object.entries(operators)) {
      const row = findOperator(field, operator) && rowOf(field, operator, operand);
      if (!row) return undefined;
      rows.push(row);
    }
  }
  return rows;
}

const opposite: Readonly<Record<string, string>> = { isset: 'isnotset', isnotset: 'isset' };

function rowOf(field: FilterField, operator: string, operand: unknown): FilterRow | undefined {
  const takes = findOperator(field, operator)?.takes;
  const list = Array.isArray(operand) ? operand : [operand];
  if (takes === 'flag') {
    if (list.length !== 1 || !['true', 'false'].includes(String(list[0]))) return undefined;
    return newRow(field.name, String(list[0]) === 'true' ? operator : (opposite[operator] ?? operator));
  }
  if (takes === 'ranges') {
    const ends = list.map((each) => (isObject(each) ? [each.start, each.end] : undefined));
    if (ends.some((each) => each === undefined)) return undefined;
    return newRow(
      field.name,
      operator,
      ends.flatMap((each) => (each ?? []).map((end) => (end === undefined || end === null ? '' : String(end)))),
    );
  }
  if ((takes === 'value' || takes === 'days') && list.length !== 1) return undefined;
  const texts = list.map((each) => textOf(field, each));
  return texts.some((each) => each === undefined)
    ? undefined
    : newRow(
        field.name,
        operator,
        texts.flatMap((each) => each ?? []),
      );
}

function textOf({ values: kind, oneOf }: FilterField, value: unknown): string | undefined {
  if (kind === 'flag') return value === true || value === false ? String(value) : flagText(value);
  if (kind === 'choice') {
    const word = value === null ? 'null' : String(value).toUpperCase();
    return word === 'NULL' ? 'null' : word === 'null' || oneOf.map(String).includes(word) ? word : undefined;
  }
  if (typeof value === 'number') return String(value);
  if (typeof value === 'string') return value.includes('\n') || value.trim() === '' ? undefined : value;
  const isOfObjects = kind === 'entity' || kind === 'set' || kind === 'group';
  return isOfObjects && typeof value === 'object' && value !== null ? JSON.stringify(value) : undefined;
}

function flagText(value: unknown): string | undefined {
  const word = typeof value === 'string' ? value.trim().toLowerCase() : '';
  return word === 'true' || word === 'false' ? word : undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
