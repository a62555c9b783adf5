// `in`, `has_any`, `has_all` for ClickHouse: a value against a list, whose items may be values and dynamic arrays.
// https://learn.microsoft.com/kusto/query/in-operator and …/has-any-operator

import type { KqlType } from '../../ir.ts';
import { hasAll, hasAny, isOfTexts, itemsOf, type ListSql } from '../list-tests.ts';
import type { Call, Emit, Operand } from '../scalar.ts';
import { asText, convert } from './conversions.ts';
import { paired, valueAs } from './operators.ts';
import { elementsOf, folded, isArray, lower, once, operand, orEmptyText, refuse, text, textOfJson } from './sql.ts';
import { hasAnyLiteral, hasComputed, whole } from './terms.ts';

/** A dynamic value as a list: an array's elements, another value alone, nothing for null. */
function asList(json: string): string {
  return once('l', [orEmptyText(json)], (j) => `if(${j} = '' OR ${isArray(j)}, ${elementsOf(j)}, [${j}])`);
}

function membership(fold: boolean, negated: boolean): Emit {
  return (operands, call) => {
    const value = operand(operands, 0, call);
    const items = itemsOf(operands, listSql);
    const { values, lists } = items;
    const isText = fold || isOfTexts(value, items);
    const found = isText ? inTexts(value, values, lists, fold, call) : inValues(value, values, lists, call);
    return negated ? `(NOT ${found})` : found;
  };
}

function inTexts(
  value: Operand,
  values: readonly Operand[],
  lists: readonly string[],
  fold: boolean,
  call: Call,
): string {
  return once('i', [fold ? lower(asText(value, call)) : asText(value, call)], (x) => {
    const tests = isIn(
      x,
      values.map((each) => ({
        sql: fold ? folded(each, asText(each, call)) : asText(each, call),
        isKnown: each.literal !== undefined,
      })),
    );
    for (const list of lists)
      tests.push(`has(arrayMap("@e" -> ${fold ? lower(textOfJson('"@e"')) : textOfJson('"@e"')}, ${list}), ${x})`);
    return tests.length > 0 ? `(${tests.join(' OR ')})` : 'false';
  });
}

/** What is known stands in one IN, which the engine can look up in its index; what is computed is compared. */
function isIn(x: string, items: readonly { readonly sql: string; readonly isKnown: boolean }[]): string[] {
  const known = items.filter(({ isKnown }) => isKnown).map(({ sql }) => sql);
  const computed = items.filter(({ isKnown }) => !isKnown).map(({ sql }) => `${x} = ${sql}`);
  return [...(known.length > 0 ? [`${x} IN (${known.join(', ')})`] : []), ...computed];
}

/** A typed value is in the list if it equals an item; null is in no list. */
function inValues(value: Operand, values: readonly Operand[], lists: readonly string[], call: Call): string {
  const type = value.type === 'dynamic' ? values[0]?.type : value.type;
  if (type === undefined || type === 'dynamic')
    return refuse(`${call.name} of a dynamic value in a dynamic array`, call);
  return once('i', [value.sql], (sql) => {
    const x = { ...value, sql };
    const pairs = values.map((each) => paired([x, each], call));
    const tests = pairs.map(({ a, b }) => `${a.sql} = ${b.sql}`);
    const typed = value.type === 'dynamic' ? valueAs(x, type, call).sql : sql;
    for (const list of lists) {
      const item = elementAs({ sql: '"@e"', type: 'dynamic' }, type, call);
      tests.push(`arrayExists("@e" -> ifNull(${item} = ${typed}, false), ${list})`);
    }
    return tests.length > 0 ? `ifNull(${tests.join(' OR ')}, false)` : 'false';
  });
}

function elementAs(item: Operand, type: KqlType, call: Call): string {
  if (type === 'string') return asText(item, call);
  return type === 'bool' || type === 'real' ? valueAs(item, type, call).sql : convert(item, type, call);
}

const listSql: ListSql = {
  once,
  asText,
  text,
  asList,
  hasAnyLiteral,
  hasComputed: (haystack, needle) => hasComputed(haystack, needle, whole, false),
  some: (list, test) => `arrayExists("@e" -> ${test(textOfJson('"@e"'))}, ${list})`,
  every: (list, test) => `arrayAll("@e" -> ${test(textOfJson('"@e"'))}, ${list})`,
};

export const memberships: Readonly<Record<string, Emit>> = {
  in: membership(false, false),
  '!in': membership(false, true),
  'in~': membership(true, false),
  '!in~': membership(true, true),
  has_any: hasAny(listSql),
  has_all: hasAll(listSql),
};
