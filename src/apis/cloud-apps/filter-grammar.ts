// The filter grammar of the surface (cloud-apps reference 2.2): whatever a client sends as `filters` becomes conditions
// of the domain's model, or the documented error that names every value which cannot be used.
import {
  type FilterableField,
  type FilterCondition,
  type FilterTest,
  type Operator,
  scannedWordsMax,
  type TimeRange,
  type UnanswerableField,
} from '../../activities/filters.ts';
import { type FilterProblem, InvalidFilters } from './errors.ts';
import { type Parsed, parseFlag, parseNumber, parseTime, parseValue, shown } from './filter-values.ts';

const problemsMax = 20;

/**
 * The conditions in `input`, an object `{field: {operator: value}}`; nothing at all for undefined and null. Throws
 * InvalidFilters. `valuesMax` bounds the values of all conditions together, `scannedWordsMax` the words for fields that are scanned.
 */
export function parseFilters<Field extends FilterableField>(
  input: unknown,
  fields: readonly (Field | UnanswerableField)[],
  valuesMax: number,
): FilterCondition<Field>[] {
  if (input === undefined || input === null) return [];
  if (!isPlainObject(input)) throw new InvalidFilters([{ field: 'filters', value: shown(input) }]);
  const parsing = new Parsing<Field>(valuesMax);
  for (const [fieldName, operators] of Object.entries(input)) {
    // Members may be null wherever they may be missing.
    if (operators === null) continue;
    const field = fields.find((each) => each.names.includes(fieldName));
    if (!field) parsing.refuse(fieldName, fieldName, 'there is no such filter');
    else if (isUnanswerable(field)) {
      parsing.refuse(fieldName, fieldName, 'the records of this server do not say it');
    } else if (!isPlainObject(operators))
      parsing.refuse(fieldName, shown(operators), 'give operators with their values');
    else for (const [operator, operand] of Object.entries(operators)) parsing.add(fieldName, field, operator, operand);
  }
  if (parsing.problems.length > 0) throw new InvalidFilters(parsing.problems);
  return parsing.conditions;
}

export function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isUnanswerable(field: FilterableField | UnanswerableField): field is UnanswerableField {
  return field.type === 'unanswerable';
}

class Parsing<Field extends FilterableField> {
  readonly conditions: FilterCondition<Field>[] = [];
  readonly problems: FilterProblem[] = [];
  #valuesLeft: number;
  #scannedWordsLeft = scannedWordsMax;

  constructor(valuesMax: number) {
    this.#valuesLeft = valuesMax;
  }

  refuse(field: string, value: string, reason?: string): void {
    if (this.problems.length < problemsMax) this.problems.push({ field, value, ...(reason ? { reason } : {}) });
  }

  add(fieldName: string, field: Field, operator: string, operand: unknown): void {
    if (!(field.operators as readonly string[]).includes(operator)) {
      this.refuse(fieldName, operator, `${fieldName} has ${field.operators.join(', ')}`);
      return;
    }
    const list = Array.isArray(operand) ? operand : [operand];
    this.#count(fieldName, Math.max(1, list.length));
    const test = this.#test(fieldName, field, operator as Operator, operand, list); // One of the field's own operators.
    if (test) this.conditions.push({ field, test });
  }

  /** Takes note of so many values more; throws when they are too many. */
  #count(fieldName: string, values: number): void {
    this.#valuesLeft -= values;
    if (this.#valuesLeft >= 0) return;
    const reason = 'there are more values than filterValuesMax allows';
    throw new InvalidFilters([{ field: fieldName, value: `${values} values`, reason }]);
  }

  /** Takes note of the words of the texts, each of which is looked for by itself; throws when they are too many. */
  #countWords(fieldName: string, { isScanned }: Field, texts: readonly string[]): void {
    const counts = texts.map(wordsIn);
    for (const words of counts) this.#count(fieldName, words - 1);
    if (!isScanned) return;
    const words = counts.reduce((sum, each) => sum + each, 0);
    this.#scannedWordsLeft -= words;
    if (this.#scannedWordsLeft >= 0) return;
    const reason = `a request looks for at most ${scannedWordsMax} words in names; name whole values with eq`;
    throw new InvalidFilters([{ field: fieldName, value: `${words} words`, reason }]);
  }

  /** The test; undefined when a value was refused. */
  #test(
    name: string,
    field: Field,
    operator: Operator,
    operand: unknown,
    list: readonly unknown[],
  ): FilterTest | undefined {
    switch (operator) {
      case 'eq':
      case 'neq':
      case 'deq': {
        const values = this.#all(name, list, (each) => parseValue(field, each))?.flat();
        // One element may stand for several values, as a list of accounts does.
        if (values) this.#count(name, Math.max(0, values.length - list.length));
        return values && { operator, values };
      }
      case 'gt':
      case 'gte':
      case 'lt':
      case 'lte': {
        const time = this.#single(name, operand, list, parseTime);
        return time === undefined ? undefined : { operator, time };
      }
      case 'gte_ndays':
      case 'lte_ndays': {
        const days = this.#single(name, operand, list, parseDays);
        return days === undefined ? undefined : { operator, days };
      }
      case 'range': {
        const ranges = this.#all(name, list, parseRange);
        return ranges && { operator, ranges };
      }
      case 'isset':
      case 'isnotset': {
        const isMeant = this.#single(name, operand, list, parseFlag);
        if (isMeant === undefined) return undefined;
        return { operator: isMeant === (operator === 'isset') ? 'isset' : 'isnotset' };
      }
      default: {
        const texts = this.#all(name, list, parseText);
        if (texts) this.#countWords(name, field, texts);
        return texts && { operator, texts };
      }
    }
  }

  #all<T>(name: string, list: readonly unknown[], parse: (value: unknown) => Parsed<T>): T[] | undefined {
    const parsed = list.map(parse);
    parsed.forEach((each, index) => {
      if (each === undefined) this.refuse(name, shown(list[index]));
    });
    const values = parsed.filter((each) => each !== undefined);
    return values.length === list.length ? values : undefined;
  }

  #single<T>(
    name: string,
    operand: unknown,
    list: readonly unknown[],
    parse: (value: unknown) => Parsed<T>,
  ): T | undefined {
    const value = list.length === 1 ? parse(list[0]) : undefined;
    if (value === undefined) this.refuse(name, shown(operand));
    return value;
  }
}

/** How many words there are at most, whatever the operator takes for their ends. */
function wordsIn(text: string): number {
  return text.trim().split(/[,._\s]+/).length;
}

/** A text to look for; never empty, since every text contains that. */
function parseText(value: unknown): Parsed<string> {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return typeof value === 'string' && value.trim() !== '' ? value : undefined;
}

/** Up to about a hundred years; more is a mistake for milliseconds. */
const daysMax = 36_600;

function parseDays(value: unknown): Parsed<number> {
  const days = parseNumber(value);
  return days !== undefined && days >= 0 && days <= daysMax ? days : undefined;
}

/** `{start, end}` in epoch milliseconds; one of them may be missing. */
function parseRange(value: unknown): Parsed<TimeRange> {
  if (!isPlainObject(value)) return undefined;
  const ends = [value.start, value.end].map((end) => (end === undefined || end === null ? null : parseTime(end)));
  const [start, end] = ends;
  if (start === undefined || end === undefined || (start === null && end === null)) return undefined;
  return { start, end };
}
