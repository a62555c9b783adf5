// `in`, `has_any`, `has_all`: a value against a list, whose items may be values and dynamic arrays.
// https://learn.microsoft.com/kusto/query/in-operator and …/has-any-operator

import type { Literal } from '../ir.ts';
import { asText, convert } from './conversions.ts';
import { paired, valueAs } from './operators.ts';
import type { Call, Emit, Operand, ScalarFunction } from './scalar.ts';
import { elementsOf, entry, once, operand, refuse, text } from './sql.ts';
import { hasAnyLiteral, hasComputed } from './terms.ts';

/** The items of a list: single values, and SQL lists of JSON texts that come from dynamic arrays. */
interface Items {
  readonly values: readonly Operand[];
  readonly lists: readonly string[];
}

function itemsOf(operands: readonly Operand[]): Items {
  const values: Operand[] = [];
  const lists: string[] = [];
  for (const item of operands.slice(1)) {
    const known = item.type === 'dynamic' ? knownStrings(item.literal) : undefined;
    if (known) values.push(...known);
    else if (item.type === 'dynamic') lists.push(asList(item.sql));
    else values.push(item);
  }
  return { values, lists };
}

/** The strings of an array that is known and holds nothing else. */
function knownStrings(literal: Literal | undefined): readonly Operand[] | undefined {
  if (typeof literal?.value !== 'string') return undefined;
  const parsed: unknown = JSON.parse(literal.value);
  if (!Array.isArray(parsed) || !parsed.every((each): each is string => typeof each === 'string')) return undefined;
  return parsed.map((value) => ({
    sql: text(value),
    type: 'string',
    literal: { kind: 'literal', type: 'string', value },
  }));
}

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
    const { values, lists } = itemsOf(operands);
    const isText =
      value.type === 'string' || fold || (value.type === 'dynamic' && values.every((each) => each.type === 'string'));
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

function textOperand(operands: readonly Operand[], call: Call): string {
  const value = operand(operands, 0, call);
  if (value.type !== 'string' && value.type !== 'dynamic') return refuse(`${call.name} of a ${value.type}`, call);
  return asText(value, call);
}

/** Text of a needle that is known: numbers as KQL prints them. */
function known({ literal }: Operand): string | undefined {
  const value = literal?.value;
  if (typeof value === 'string' && literal?.type === 'string') return value;
  return typeof value === 'bigint' && (literal?.type === 'long' || literal?.type === 'int') ? String(value) : undefined;
}

const hasAny: Emit = (operands, call) => {
  const { values, lists } = itemsOf(operands);
  const literals = values.map(known).filter((each) => each !== undefined);
  if (literals.length === values.length && lists.length === 0)
    return hasAnyLiteral(textOperand(operands, call), literals);
  return once('x', [textOperand(operands, call)], (h) => {
    const tests = literals.length > 0 ? [hasAnyLiteral(h, literals)] : [];
    for (const value of values) if (known(value) === undefined) tests.push(computed(h, asText(value, call)));
    for (const list of lists)
      tests.push(
        `coalesce(list_bool_or(list_transform(${list}, lambda "@e": ${computed(h, `coalesce("@e" ->> '$', '')`)})), false)`,
      );
    return tests.length > 0 ? `(${tests.join(' OR ')})` : 'false';
  });
};

const hasAll: Emit = (operands, call) => {
  const { values, lists } = itemsOf(operands);
  return once('x', [textOperand(operands, call)], (h) => {
    const tests = values.map((value) => {
      const literal = known(value);
      return literal === undefined ? computed(h, asText(value, call)) : hasAnyLiteral(h, [literal]);
    });
    for (const list of lists)
      tests.push(
        `coalesce(list_bool_and(list_transform(${list}, lambda "@e": ${computed(h, `coalesce("@e" ->> '$', '')`)})), true)`,
      );
    return tests.length > 0 ? `(${tests.join(' AND ')})` : 'true';
  });
};

function computed(haystack: string, needle: string): string {
  return hasComputed(haystack, needle, whole, false);
}

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
    hasAny,
    "print 'North_America' has_any ('x', 'AMERICA'), 'errors' has_any ('error'), 'a b' has_any (dynamic(['c', 'b']))",
    [true, false, true],
  ),
  entry('has_all', hasAll, "print 'a-b c' has_all ('A', 'c'), 'a b' has_all (dynamic(['a', 'c']))", [true, false]),
];
