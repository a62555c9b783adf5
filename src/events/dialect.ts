// The few places where the SQL of DuckDB is not everybody's. Each function says what it means, so that another engine
// needs another version of this file and of engine.ts, and nothing else.
import { name, or, type Sql, sql } from './sql.ts';

/**
 * What a column holds. `time` is epoch milliseconds; `set` is a set of texts, kept as one text (see {@link encodeSet});
 * `prose` is a longer text that is searched, `document` a long one that is read whole and never compared. A `string` is
 * a text that is never nothing: where a row has none it is empty. `long` has 64 bits, `real` is a double.
 */
export type ColumnType =
  | 'uuid'
  | 'text'
  | 'prose'
  | 'document'
  | 'integer'
  | 'time'
  | 'flag'
  | 'set'
  | 'string'
  | 'long'
  | 'real';

const columnTypes: Record<ColumnType, string> = {
  uuid: 'UUID',
  text: 'VARCHAR',
  prose: 'VARCHAR',
  // Five times smaller than what DuckDB would choose by itself, and faster to write.
  document: 'VARCHAR USING COMPRESSION zstd',
  integer: 'INTEGER',
  time: 'BIGINT',
  flag: 'BOOLEAN',
  set: 'VARCHAR',
  string: "VARCHAR DEFAULT ''",
  long: 'BIGINT',
  real: 'DOUBLE',
};

export function columnDefinition(column: { readonly name: string; readonly type: ColumnType }): string {
  return `"${column.name}" ${columnTypes[column.type]}`;
}

/** The table as statements on any connection name it. */
export function qualifiedName(table: { readonly name: string; readonly database?: string }): string {
  return table.database === undefined ? `"${table.name}"` : `${table.database}.main."${table.name}"`;
}

/** Values that need no more than this many marks are written one by one, which the engine can plan with. */
const marksMax = 64;
/** From here on a set is taken apart once instead of being searched for each value. */
const searchesMax = 8;

/** The column's value is one of these. */
export function isOneOf(column: Sql, values: readonly (string | number)[]): Sql {
  if (values.length === 0) return sql`false`;
  const texts = values.filter((value) => typeof value === 'string');
  if (texts.length > marksMax && texts.length === values.length) return sql`${column} in (select unnest(${texts}))`;
  return { text: `${column.text} in (${values.map(() => '?').join(', ')})`, values: [...column.values, ...values] };
}

/** A relation with the columns "key" and "class": a class for each number, however many there are. */
export function classesOf(pairs: readonly (readonly [key: number, of: string])[]): Sql {
  const keys = pairs.map(([key]) => String(key));
  const classes = pairs.map(([, of]) => of);
  return sql`(select cast(unnest(${keys}) as bigint) as "key", unnest(${classes}) as "class")`;
}

// U+001F, the unit separator of ASCII, stands before, between and after the elements.
const separator = '\u001f';

/**
 * A set of texts as one text, null when it is empty. One text is stored and read several times faster than a list, and
 * a search for an element is a search for a piece of text on any engine.
 */
export function encodeSet(elements: readonly string[]): string | null {
  if (elements.length === 0) return null;
  const distinct = elements.length > searchesMax ? new Set(elements.map(withoutSeparator)) : fewDistinct(elements);
  let text = separator;
  for (const element of distinct) text += element + separator;
  return text;
}

/** Looking through a few costs less than making a set of them. */
function fewDistinct(elements: readonly string[]): readonly string[] {
  const distinct: string[] = [];
  for (const element of elements) {
    const clean = withoutSeparator(element);
    if (!distinct.includes(clean)) distinct.push(clean);
  }
  return distinct;
}

function withoutSeparator(element: string): string {
  return element.includes(separator) ? element.replaceAll(separator, ' ') : element;
}

/** The set has one of these elements. */
export function setHasAnyOf(column: Sql, elements: readonly string[]): Sql {
  const clean = elements.map(withoutSeparator);
  if (clean.length > searchesMax) return sql`list_has_any(string_split(${column}, ${separator}), ${clean})`;
  return or(clean.map((element) => sql`contains(${column}, ${separator + element + separator})`));
}

/** The set has an element that starts so. */
export function setHasStart(column: Sql, start: string): Sql {
  return sql`contains(${column}, ${separator + withoutSeparator(start)})`;
}

/** The set, in lower case, has an address (http, https) that ends so. */
export function setHasAddressEnd(set: Sql, end: string): Sql {
  const wanted = withoutSeparator(end);
  const elements = sql`string_split(${set}, ${separator})`;
  // The search in the text finds the few rows that are worth taking apart.
  return sql`(contains(${set}, ${wanted + separator}) and len(list_filter(${elements},
    lambda x: regexp_matches(x, '^https?://') and ends_with(x, ${wanted}))) > 0)`;
}

/** The set has an element besides these. False for an empty set. */
export function setHasOther(column: Sql, elements: readonly string[]): Sql {
  const distinct = [...new Set(elements.map(withoutSeparator))];
  // Before the first separator and behind the last one stands an empty text.
  if (distinct.length > searchesMax)
    return sql`not list_has_all(${[...distinct, '']}, string_split(${column}, ${separator}))`;
  // Elements are distinct, so there are others exactly when fewer of ours are found than the set has elements.
  const found = distinct.map((element) => sql`contains(${column}, ${separator + element + separator})::integer`);
  const sum = found.reduce((total, each) => sql`${total} + ${each}`, sql`0`);
  return sql`length(${column}) - length(replace(${column}, ${separator}, '')) - 1 > ${sum}`;
}

/** `text` occurs in the column, letter case apart. */
export function containsText(column: Sql, text: string): Sql {
  return sql`contains(lower(${column}), ${text.toLowerCase()})`;
}

/** Where a row stands in its table, by which it is found at once. Rows are only ever added, so that it stays the same. */
export const rowNumber: Sql = sql`rowid`;

/** The column's value in one of the rows that are put together, whichever is there first. */
export function someOf(column: Sql): Sql {
  return sql`any_value(${column})`;
}

/** How many bytes the text takes up. */
export function byteLength(column: Sql): Sql {
  return sql`strlen(${column})`;
}

export function startsWith(column: Sql, start: string): Sql {
  return sql`starts_with(lower(${column}), ${start.toLowerCase()})`;
}

export function endsWith(column: Sql, end: string): Sql {
  return sql`ends_with(lower(${column}), ${end.toLowerCase()})`;
}

/** What separates words (cloud-apps reference 2.2), for this program and for the engine. */
const separatorPattern = '[,._ \\t\\n\\r]+';
const wordSeparators = new RegExp(separatorPattern);
// Spelled in the text, since the engine compiles a bound pattern for every row.
const separatorLiteral: Sql = { text: `'${separatorPattern}'`, values: [] };

/** The column's words in lower case, one space between them. */
function wordsIn(column: Sql): Sql {
  return sql`regexp_replace(lower(${column}), ${separatorLiteral}, ' ', 'g')`;
}

/** The words of a text, in lower case. */
export function wordsOf(text: string): string[] {
  return text
    .toLowerCase()
    .split(wordSeparators)
    .filter((word) => word !== '');
}

/** One of these words stands in the column as a whole word, letter case apart. */
export function hasAnyWord(column: Sql, words: readonly string[]): Sql {
  if (words.length <= searchesMax) return or(words.map((word) => containsWords(column, [word])));
  return sql`list_has_any(string_split(${wordsIn(column)}, ' '), ${words})`;
}

/** These words stand in the column as whole words, one after the other, letter case apart. */
export function containsWords(column: Sql, words: readonly string[]): Sql {
  return sql`contains(concat(' ', ${wordsIn(column)}, ' '), ${` ${words.join(' ')} `})`;
}

/** A word of the column starts so, letter case apart. */
export function hasWordStart(column: Sql, start: string): Sql {
  return sql`contains(concat(' ', ${wordsIn(column)}), ${` ${wordsOf(start).join(' ')}`})`;
}

/**
 * Rows of `table` in an order, from `skip` on, at most `limit`: the positions are found first and the wide columns read
 * for those rows only. `order` spells the columns without a table name.
 */
export function page(table: string, columns: readonly Sql[], where: Sql, order: Sql, limit: number, skip: number): Sql {
  const list = columns.reduce((text, column) => sql`${text}, ${column}`);
  return sql`select ${list} from ${name(table)} where ${where} order by ${order} limit ${limit} offset ${skip}`;
}

/** How many rows there are, counting no further than `most`. */
export function countUpTo(table: string, where: Sql, most: number): Sql {
  return sql`select count(*) from (select 1 from ${name(table)} where ${where} limit ${most})`;
}
