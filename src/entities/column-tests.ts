// Tests of the filter grammar (cloud-apps reference 2.2) on columns of the control store, the same on SQLite and
// PostgreSQL. Every test is true or false for every row; a missing value is excluded only by what asks for one.
import { type RawBuilder, type SqlBool, sql } from 'kysely';
import type { FilterTest, FilterValue, TextOperator, TimeRange } from '../activities/filters.ts';
import { dayMs } from '../lib/clock.ts';

export type Condition = RawBuilder<SqlBool>;

export const always: Condition = sql<SqlBool>`1 = 1`;
export const never: Condition = sql<SqlBool>`1 = 0`;

export function allOf(conditions: readonly Condition[]): Condition {
  return conditions.length === 0 ? always : inParts(conditions, sql` and `);
}

export function anyOf(conditions: readonly Condition[]): Condition {
  return conditions.length === 0 ? never : inParts(conditions, sql` or `);
}

/** SQLite takes no expression that is deeper than 1000, and a chain is as deep as it is long. */
const chainMax = 100;

function inParts<T>(terms: readonly RawBuilder<T>[], between: RawBuilder<unknown>): RawBuilder<T> {
  let level = terms;
  while (level.length > chainMax) {
    const parts = Array.from({ length: Math.ceil(level.length / chainMax) }, (_, at) =>
      level.slice(at * chainMax, (at + 1) * chainMax),
    );
    level = parts.map((part) => sql<T>`(${sql.join(part, between)})`);
  }
  return sql<T>`(${sql.join([...level], between)})`;
}

/** True also where the condition is neither true nor false. */
export function notTrue(condition: Condition): Condition {
  return sql<SqlBool>`not coalesce((${condition}), ${never})`;
}

/** A column, or what is computed like one. `set` columns are written by {@link encodeSet}; texts in lower case are compared so. */
export interface TestedColumn {
  readonly sql: RawBuilder<unknown>;
  readonly kind: 'value' | 'set';
  /** What stands for "no value" besides null. */
  readonly empty?: '' | 0;
}

/** The column meets the test. Null among the values of eq stands for "has none". */
export function columnTest(column: TestedColumn, test: FilterTest, now: number): Condition {
  const ref = column.sql;
  switch (test.operator) {
    case 'eq':
      return hasAny(column, test.values);
    case 'neq':
      return notTrue(hasAny(column, test.values));
    case 'deq':
      return hasOther(column, test.values);
    case 'gt':
      return given(column, sql<SqlBool>`${ref} > ${test.time}`);
    case 'gte':
      return given(column, sql<SqlBool>`${ref} >= ${test.time}`);
    case 'lt':
      return given(column, sql<SqlBool>`${ref} < ${test.time}`);
    case 'lte':
      return given(column, sql<SqlBool>`${ref} <= ${test.time}`);
    case 'range':
      return given(column, anyOf(test.ranges.map((range) => inRange(ref, range))));
    case 'gte_ndays':
      return given(column, sql<SqlBool>`${ref} >= ${daysBefore(now, test.days)}`);
    case 'lte_ndays':
      return given(column, sql<SqlBool>`${ref} <= ${daysBefore(now, test.days)}`);
    case 'isset':
      return isSet(column);
    case 'isnotset':
      return notTrue(isSet(column));
    default:
      return textTest(ref, test.operator, test.texts);
  }
}

function daysBefore(now: number, days: number): number {
  return Math.round(now - days * dayMs);
}

function isSet({ sql: ref, kind, empty }: TestedColumn): Condition {
  const nothing = kind === 'set' ? '' : empty;
  return nothing === undefined
    ? sql<SqlBool>`${ref} is not null`
    : sql<SqlBool>`(${ref} is not null and ${ref} <> ${nothing})`;
}

function given(column: TestedColumn, condition: Condition): Condition {
  return allOf([isSet(column), condition]);
}

function inRange(ref: RawBuilder<unknown>, { start, end }: TimeRange): Condition {
  return allOf([
    ...(start === null ? [] : [sql<SqlBool>`${ref} >= ${start}`]),
    ...(end === null ? [] : [sql<SqlBool>`${ref} <= ${end}`]),
  ]);
}

function hasAny(column: TestedColumn, values: readonly FilterValue[]): Condition {
  const listed = plain(values);
  const found =
    column.kind === 'set'
      ? anyOf(listed.map((value) => setHas(column.sql, String(value))))
      : isOneOf(column.sql, listed);
  return values.includes(null) ? anyOf([found, notTrue(isSet(column))]) : found;
}

function hasOther(column: TestedColumn, values: readonly FilterValue[]): Condition {
  const listed = plain(values);
  if (column.kind !== 'set') return allOf([isSet(column), notTrue(isOneOf(column.sql, listed))]);
  const distinct = [...new Set(listed.map((value) => String(value).toLowerCase()))];
  const found = distinct.map((value) => sql`case when ${setHas(column.sql, value)} then 1 else 0 end`);
  // Elements are distinct, so there are others exactly when fewer of ours are found than the set has elements.
  const ref = column.sql;
  const size = sql`length(${ref}) - length(replace(${ref}, ${separator}, '')) - 1`;
  return given(column, sql<SqlBool>`${size} > ${found.length === 0 ? 0 : inParts(found, sql` + `)}`);
}

function plain(values: readonly FilterValue[]): (string | number)[] {
  return values.filter((value) => typeof value === 'string' || typeof value === 'number');
}

export function isOneOf(ref: RawBuilder<unknown>, values: readonly (string | number)[]): Condition {
  return values.length === 0 ? never : sql<SqlBool>`${ref} in (${sql.join([...values])})`;
}

// U+001F, the unit separator of ASCII, stands before, between and after the elements, as in the event store.
const separator = '\u001f';

/** Distinct texts as one, in lower case; '' for none. At most `most` of them. */
export function encodeSet(elements: Iterable<string>, most: number): string {
  const distinct = [...new Set([...elements].map((each) => each.toLowerCase().replaceAll(separator, ' ')))].sort();
  return distinct.length === 0 ? '' : `${separator}${distinct.slice(0, most).join(separator)}${separator}`;
}

export function decodeSet(text: string): string[] {
  return text.split(separator).filter((each) => each !== '');
}

/** The set has this element, letter case apart. */
export function setHas(ref: RawBuilder<unknown>, element: string): Condition {
  return sql<SqlBool>`${ref} like ${`%${separator}${literal(element.toLowerCase())}${separator}%`} escape '!'`;
}

function literal(text: string): string {
  return text.replace(/[!%_]/g, '!$&');
}

function isLike(ref: RawBuilder<unknown>, pattern: string): Condition {
  return sql<SqlBool>`${ref} like ${pattern} escape '!'`;
}

function textTest(ref: RawBuilder<unknown>, operator: TextOperator, texts: readonly string[]): Condition {
  switch (operator) {
    case 'contains':
      return anyText(ref, texts, hasWords);
    case 'ncontains':
      return notTrue(anyText(ref, texts, hasWords));
    case 'startswith':
    case 'startswithsingle':
      return anyText(ref, texts, ({ lower }, text) => isLike(lower, `${literal(text.toLowerCase())}%`));
    case 'doesnotstartwith':
      return notTrue(textTest(ref, 'startswith', texts));
    case 'endswith':
      return anyText(ref, texts, ({ lower }, text) => isLike(lower, `%${literal(text.toLowerCase())}`));
    case 'text':
      return anyText(ref, texts, ({ lower }, text) =>
        allOf(text.split(/\s+/).map((part) => containsPart(lower, part))),
      );
  }
}

/** A text of a row in lower case, and with one space before, between and after its words. */
interface Searched {
  readonly lower: RawBuilder<unknown>;
  readonly spaced: RawBuilder<unknown>;
}

/** The row's text is prepared once, not for every text that is looked for: `limit` keeps databases from putting it in there. */
function anyText(
  ref: RawBuilder<unknown>,
  texts: readonly string[],
  test: (searched: Searched, text: string) => Condition,
): Condition {
  const spaced = ['.', ',', '_'].reduce((inner, each) => sql`replace(${inner}, ${each}, ' ')`, sql`lower(${ref})`);
  const searched = { lower: sql`s."lower"`, spaced: sql`s."spaced"` };
  return sql<SqlBool>`exists (select 1 from (
    select lower(${ref}) as "lower", ' ' || ${spaced} || ' ' as "spaced" limit 1) as s
    where ${anyOf(texts.map((text) => test(searched, text)))})`;
}

function containsPart(lower: RawBuilder<unknown>, part: string): Condition {
  return isLike(lower, `%${literal(part.toLowerCase())}%`);
}

/** One of the text's words stands in the column as a whole word; what is in quotes is looked for as it is (reference 2.2). */
function hasWords({ lower, spaced }: Searched, text: string): Condition {
  const quoted = /^\s*"(.*)"\s*$/s.exec(text)?.[1];
  const words = (quoted ?? text)
    .toLowerCase()
    .split(/[,._\s]+/)
    .filter((word) => word !== '');
  const hasRun = (run: string) => isLike(spaced, `% ${literal(run)} %`);
  if (quoted === undefined) return anyOf(words.map(hasRun));
  const literally = containsPart(lower, quoted.trim());
  return words.length === 0 ? literally : allOf([literally, hasRun(words.join(' '))]);
}
