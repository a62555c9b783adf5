// The list of `in`, `has_any` and `has_all`, whose items may be values and dynamic arrays, whichever dialect searches it.
// https://learn.microsoft.com/kusto/query/in-operator and …/has-any-operator

import type { Literal } from '../ir.ts';
import type { AsText, Call, Emit, Once, Operand } from './scalar.ts';
import { operand } from './sql.ts';
import { stringOperand } from './string-tests.ts';

/** The items of a list: single values, and the engine's lists of JSON texts that come from dynamic arrays. */
export interface Items {
  readonly values: readonly Operand[];
  readonly lists: readonly string[];
}

/** How a dialect says what is sought in a list. */
export interface ListSql {
  readonly once: Once;
  readonly asText: AsText;
  readonly text: (value: string) => string;
  /** A dynamic value as a list: an array's elements, another value alone, nothing for null. */
  readonly asList: (json: string) => string;
  /** Whether the haystack has any of the known needles as a term, or the one that is SQL. */
  readonly hasAnyLiteral: (haystack: string, needles: readonly string[]) => string;
  readonly hasComputed: (haystack: string, needle: string) => string;
  /** Whether a test, which gets the text of an element, is true of some element, or of every one. */
  readonly some: (list: string, test: (element: string) => string) => string;
  readonly every: (list: string, test: (element: string) => string) => string;
}

export function itemsOf(operands: readonly Operand[], { text, asList }: Pick<ListSql, 'text' | 'asList'>): Items {
  const values: Operand[] = [];
  const lists: string[] = [];
  for (const item of operands.slice(1)) {
    const known = item.type === 'dynamic' ? knownStrings(item.literal, text) : undefined;
    if (known) values.push(...known);
    else if (item.type === 'dynamic') lists.push(asList(item.sql));
    else values.push(item);
  }
  return { values, lists };
}

/** The strings of an array that is known and holds nothing else. */
function knownStrings(literal: Literal | undefined, text: ListSql['text']): readonly Operand[] | undefined {
  if (typeof literal?.value !== 'string') return undefined;
  const parsed: unknown = JSON.parse(literal.value);
  if (!Array.isArray(parsed) || !parsed.every((each): each is string => typeof each === 'string')) return undefined;
  return parsed.map((value) => ({
    sql: text(value),
    type: 'string',
    literal: { kind: 'literal', type: 'string', value },
  }));
}

/** Whether values are compared by their text. */
export function isOfTexts(value: Operand, { values }: Items): boolean {
  return value.type === 'string' || (value.type === 'dynamic' && values.every((each) => each.type === 'string'));
}

/** Text of a needle that is known: numbers as KQL prints them. */
function known({ literal }: Operand): string | undefined {
  const value = literal?.value;
  if (typeof value === 'string' && literal?.type === 'string') return value;
  return typeof value === 'bigint' && (literal?.type === 'long' || literal?.type === 'int') ? String(value) : undefined;
}

function haystackOf(operands: readonly Operand[], call: Call, { asText }: ListSql): string {
  return stringOperand(operand(operands, 0, call), call, asText);
}

export function hasAny(sql: ListSql): Emit {
  const { once, asText, hasAnyLiteral, hasComputed, some } = sql;
  return (operands, call) => {
    const { values, lists } = itemsOf(operands, sql);
    const literals = values.map(known).filter((each) => each !== undefined);
    if (literals.length === values.length && lists.length === 0)
      return hasAnyLiteral(haystackOf(operands, call, sql), literals);
    return once('x', [haystackOf(operands, call, sql)], (h = '') => {
      const tests = literals.length > 0 ? [hasAnyLiteral(h, literals)] : [];
      for (const value of values) if (known(value) === undefined) tests.push(hasComputed(h, asText(value, call)));
      for (const list of lists) tests.push(some(list, (element) => hasComputed(h, element)));
      return tests.length > 0 ? `(${tests.join(' OR ')})` : 'false';
    });
  };
}

export function hasAll(sql: ListSql): Emit {
  const { once, asText, hasAnyLiteral, hasComputed, every } = sql;
  return (operands, call) => {
    const { values, lists } = itemsOf(operands, sql);
    return once('x', [haystackOf(operands, call, sql)], (h = '') => {
      const tests = values.map((value) => {
        const literal = known(value);
        return literal === undefined ? hasComputed(h, asText(value, call)) : hasAnyLiteral(h, [literal]);
      });
      for (const list of lists) tests.push(every(list, (element) => hasComputed(h, element)));
      return tests.length > 0 ? `(${tests.join(' AND ')})` : 'true';
    });
  };
}
