// What the relations and the literals of a query need of the engine that it is written for. Whatever is the same for both
// engines is written once, in the files beside this one; where they differ, it is asked for here. The functions have
// their own tables (functions/, aggregates/), one entry for each engine.
import type { Column, KqlType, Literal } from '../ir.ts';
import { clickhouse } from './clickhouse/dialect.ts';
import { duckdb } from './duckdb.ts';

export type Dialect = 'duckdb' | 'clickhouse';

export interface SeriesEnds {
  readonly from: string;
  readonly to: string;
  readonly step: string;
  /** Whether one of them is computed by a query. */
  readonly holdsQuery: boolean;
}

export interface Captures {
  /** The whole pattern is a group of its own; `count` more follow. */
  all(text: string, pattern: string, count: number): string;
  /** From 0, without the one of the whole pattern; '' where nothing matches. */
  one(captures: string, index: number): string;
  /** Whether anything matches, by the captures where a match is never empty, else by the text itself. */
  matches(captures: string): string;
  /** Null where the captures tell whether an empty match is one. */
  readonly matchesText: ((text: string, pattern: string) => string) | null;
}

/** The keys and values of `parse-kv`: two lists of texts side by side. */
export interface Pairs {
  /** What a group is in every match of the pattern, each changed by `map`. */
  groups(text: string, pattern: string, group: 1 | 2, map: (item: string) => string): string;
  /** The value beside the first key that is the one; '' where there is none. */
  value(keys: string, values: string, key: string): string;
  /** Without the quotes around it; `escaped`: what stands for its one group inside of them. */
  unquoted(text: string, quotes: { readonly open: string; readonly close: string }, escaped: string | null): string;
}

export interface DialectSql {
  readonly name: Dialect;
  textLiteral(text: string): string;
  literalSql(literal: Literal): string;
  /** How values of the type are kept. */
  sqlType(type: KqlType): string;
  /** The value of a column that has none: '' for a string, else NULL, with its type. */
  emptyValue(type: KqlType): string;
  typedNull(type: KqlType): string;
  /** A value that is known to be one of the type, kept as the type is. */
  cast(sql: string, type: KqlType): string;
  /** The value in a place where the engine takes it for what it is itself, if that may be another type than what is kept. */
  exactly(sql: string, type: KqlType): string;
  /** A truth value of the engine's own operators as a value of type bool; in a condition it serves as it is. */
  truth(sql: string): string;
  lower(sql: string): string;
  /** A number by chance, another one for each row. */
  readonly random: string;
  /** How many rows: never less than none. */
  rowCount(sql: string): string;
  /** An aggregate: the value of the one row of its group for which the condition holds; NULL, or '', when there is none. */
  valueWhere(value: string, condition: string): string;
  /** An aggregate: every value that occurs, as the text of a JSON array. */
  distinctTexts(text: string): string;
  /** Whole numbers from the first to the last, as a source with one column of that quoted name. */
  series(ends: SeriesEnds, name: string, alias: string): string;
  /** Whole numbers from 0 to the last one, as a SELECT with one column `i`. */
  numbersOfRange(last: string): string;
  /** The parameter of that place, from 1. */
  parameter(place: number, type: 'uuid' | 'long'): string;
  /**
   * Rows of literals as a source under the alias: their numbers, from 0, and their values, under these quoted names.
   */
  numberedRows(
    rows: readonly (readonly Literal[])[],
    columns: readonly Column[],
    names: readonly string[],
    alias: string,
  ): string;
  /** The groups of a pattern in a text, as one value: of the first match; and what is asked of that value. */
  readonly captures: Captures;
  /** The text of the pattern's first group in its first match, '' where nothing matches. */
  firstGroup(text: string, pattern: string): string;
  /** A number without a fraction as a value of type long. */
  wholeOf(number: string): string;
  /** An error of that text where the condition holds. */
  unless(condition: string, message: string, value: string): string;
  /** A row for each whole number from the first up to, and without, the end. */
  rowsOfRange(first: string, end: string): string;
  /** An aggregate: JSON texts as the text of an array, in the order of `by`. */
  arrayInOrder(element: string, by: string): string;
  /** What an IPv4 address or network spans, as one value with the numbers `low` and `high`; NULLs for what is neither. */
  addressRange(text: string): string;
  readonly pairs: Pairs;
  /** Whole numbers divided where nothing is left over. */
  exactQuotient(value: string, by: string): string;
  /** A common table expression; `once` asks the engine to evaluate it once. */
  clause(name: string, text: string, once: boolean): string;
}

const dialects: Readonly<Record<Dialect, DialectSql>> = { clickhouse, duckdb };

export function dialectSql(dialect: Dialect): DialectSql {
  return dialects[dialect];
}
