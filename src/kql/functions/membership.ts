// `in`, `has_any`, `has_all`: a value against a list, whose items may be values and dynamic arrays.
// https://learn.microsoft.com/kusto/query/in-operator and …/has-any-operator

import { asText, convert } from './conversions.ts';
import { hasAll, hasAny, isOfTexts, itemsOf, type ListSql } from './list-tests.ts';
import { paired, valueAs } from './operators.ts';
import type { Call, Emit, Operand, ScalarFunction } from './scalar.ts';
import { elementsOf, entry, once, operand, refuse, text } from './sql.ts';
import { hasAnyLiteral, hasComputed } from './terms.ts';

/** A dynamic value as a list: an array's elements, another value alone, nothing for null. */
function asList(json: string): string {
  return once(
    'l',
    [json],
    (j) =>
      `(CASE WHEN json_type(${j}) = 'ARRAY' THEN ${elementsOf(j)} WHEN ${j} IS NULL THEN []::VARCHAR[] ELSE [${j}] END)`,
  );
}

function membership(fold: boolean, negated: boolean, isCondition = false): Emit {
  return (operands, call) => {
    const value = operand(operands, 0, call);
    const items = itemsOf(operands, listSql);
    const { values, lists } = items;
    const isText = fold || isOfTexts(value, items);
    const found = isText
      ? inTexts(value, values, lists, fold, call)
      : inValues(value, values, lists, call, isCondition);
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
  const folded = (sql: string): string => (fold ? `lower(${sql})` : sql);
  return once('i', [asText(value, call)], (x) => {
    const tests =
      values.length > 0 ? [`${folded(x)} IN (${values.map((each) => folded(asText(each, call))).join(', ')})`] : [];
    for (const list of lists) {
      tests.push(
        `list_contains(list_transform(${list}, lambda "@e": ${folded(`coalesce("@e" ->> '$', '')`)}), ${folded(x)})`,
      );
    }
    return tests.length > 0 ? `(${tests.join(' OR ')})` : 'false';
  });
}

/** A typed value is in the list if it equals an item; null is in no list. */
function inValues(
  value: Operand,
  values: readonly Operand[],
  lists: readonly string[],
  call: Call,
  isCondition: boolean,
): string {
  const type = value.type === 'dynamic' ? values[0]?.type : value.type;
  if (type === undefined || type === 'dynamic')
    return refuse(`${call.name} of a dynamic value in a dynamic array`, call);
  return once('i', [value.sql], (sql) => {
    const x = { ...value, sql };
    const pairs = values.map((each) => paired([x, each], call));
    const groups = Map.groupBy(pairs, ({ a }) => a.sql);
    const tests = [...groups].map(([a, items]) => `${a} IN (${items.map(({ b }) => b.sql).join(', ')})`);
    const typed = value.type === 'dynamic' ? valueAs(x, type, call).sql : sql;
    for (const list of lists) {
      const item = { sql: '"@e"', type: 'dynamic' } as const;
      const converted =
        type === 'string'
          ? asText(item, call)
          : type === 'bool' || type === 'real'
            ? valueAs(item, type, call).sql
            : convert(item, type, call);
      tests.push(`list_contains(list_transform(${list}, lambda "@e": ${converted}), ${typed})`);
    }
    if (tests.length === 0) return 'false';
    return isCondition ? `(${tests.join(' OR ')})` : `coalesce(${tests.join(' OR ')}, false)`;
  });
}

const whole = { start: true, end: true };

/** The text of an element, which may be the JSON null. */
const elementText = `coalesce("@e" ->> '$', '')`;

const listSql: ListSql = {
  once,
  asText,
  text,
  asList,
  hasAnyLiteral,
  hasComputed: (haystack, needle) => hasComputed(haystack, needle, whole, false),
  some: (list, test) => `coalesce(list_bool_or(list_transform(${list}, lambda "@e": ${test(elementText)})), false)`,
  every: (list, test) => `coalesce(list_bool_and(list_transform(${list}, lambda "@e": ${test(elementText)})), true)`,
};

export const memberships: readonly ScalarFunction[] = [
  {
    ...entry(
      'in',
      membership(false, false),
      "print 'a' in ('b', 'a'), 'A' in ('a'), 2 in (dynamic([1, 2])), long(null) in (1)",
      [true, false, true, false],
    ),
    condition: membership(false, false, true),
  },
  entry('!in', membership(false, true), "print 'a' !in ('b', 'a'), long(null) !in (1)", [false, true]),
  entry('in~', membership(true, false), "print 'a' in~ ('b', 'A'), 'a' in~ (dynamic(['A']))", [true, true]),
  entry('!in~', membership(true, true), "print 'a' !in~ ('b', 'A')", [false]),
  entry(
    'has_any',
    hasAny(listSql),
    "print 'North_America' has_any ('x', 'AMERICA'), 'errors' has_any ('error'), 'a b' has_any (dynamic(['c', 'b']))",
    [true, false, true],
  ),
  entry('has_all', hasAll(listSql), "print 'a-b c' has_all ('A', 'c'), 'a b' has_all (dynamic(['a', 'c']))", [
    true,
    false,
  ]),
];
