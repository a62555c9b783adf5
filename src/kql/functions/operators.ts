// Comparison and logic. Equality is total: a null equals no value (and differs from every one), and only two nulls compare
// to null; an order comparison with null is null. https://learn.microsoft.com/kusto/query/scalar-data-types/null-values
// NaN is equal to nothing and in no order, where the engine orders it after every number.

import { literalSql, sqlType } from '../emit/representation.ts';
import type { KqlType } from '../ir.ts';
import { between, branching, hasValue, logic, type Pair, pairing } from './comparing.ts';
import { asText, convert } from './conversions.ts';
import type { Call, Emit, Operand, ScalarFunction } from './scalar.ts';
import { entry, once, operand, refuse } from './sql.ts';

/** A dynamic value as the type of what it stands beside. A JSON string is no number here, unlike in `tolong()`. */
export function valueAs(value: Operand, type: KqlType, call: Call): Operand {
  if (type === 'string') return { sql: asText(value, call), type };
  if (type === 'datetime' || type === 'timespan' || type === 'guid') return { sql: convert(value, type, call), type };
  if (type === 'bool') {
    return {
      sql: once('d', [value.sql], (d) => `(CASE ${d} WHEN 'true' THEN true WHEN 'false' THEN false END)`),
      type,
    };
  }
  // Only the JSON of a number reads as one: that of a string begins with a quote.
  if (type === 'real') return { sql: `TRY_CAST(${value.sql} AS DOUBLE)`, type };
  // Exact for every long; a double beyond the decimal's range is at its end, which no long is.
  const decimal = (d: string): string => `TRY_CAST(${d} AS ${sqlType('decimal')})`;
  const end = (d: string): string => `(CASE WHEN ${d} LIKE '-%' THEN -1 ELSE 1 END * 1e27)::${sqlType('decimal')}`;
  const kinds = "('UBIGINT', 'BIGINT', 'DOUBLE')";
  const sql = once(
    'd',
    [value.sql],
    (d) => `(CASE WHEN json_type(${d}) IN ${kinds} THEN coalesce(${decimal(d)}, ${end(d)}) END)`,
  );
  return { sql, type: 'decimal' };
}

/** Both operands in one type; the engine compares numbers of two types by itself. */
export const paired = pairing({
  convert,
  literalSql,
  valueAs,
  numbers: (a, b) => ({ a, b }),
  beside: (other) => other,
});

function mayBeNaN(value: Operand): boolean {
  return value.type === 'real' && !(value.literal && !Number.isNaN(value.literal.value));
}

/** `a = b`, false where either is NaN, unknown where either is null. */
function plainEquality({ a, b }: Pair): string {
  const checked =
    mayBeNaN(a) && mayBeNaN(b) ? once('q', [a.sql, b.sql], (x, y) => `(${x} = ${y} AND NOT isnan(${x}))`) : undefined;
  return checked ?? `(${a.sql} = ${b.sql})`;
}

export function equality(pair: Pair): string {
  const { a, b } = pair;
  if (a.type === 'string') return plainEquality(pair);
  if (hasValue(a) || hasValue(b)) return `coalesce(${plainEquality(pair)}, false)`;
  return once('e', [a.sql, b.sql], (x, y) => {
    const equal = plainEquality({ a: { ...a, sql: x }, b: { ...b, sql: y } });
    return `(CASE WHEN ${x} IS NULL AND ${y} IS NULL THEN NULL ELSE coalesce(${equal}, false) END)`;
  });
}

export function inequality(pair: Pair): string {
  const { a, b } = pair;
  if (a.type === 'string') return `(${a.sql} <> ${b.sql})`;
  if (hasValue(a) || hasValue(b)) return `coalesce(NOT ${plainEquality(pair)}, true)`;
  return `(NOT ${equality(pair)})`;
}

/** An order comparison: the engine puts NaN above every number, so the side that would win by being NaN is checked. */
function order(sign: string): Emit {
  return (operands, call) => {
    const { a, b } = paired(operands, call);
    const winner = sign.startsWith('>') ? a : b;
    if (!mayBeNaN(winner)) return `(${a.sql} ${sign} ${b.sql})`;
    return once('o', [a.sql, b.sql], (x, y) => `(${x} ${sign} ${y} AND NOT isnan(${winner === a ? x : y}))`);
  };
}

const isBetween = between(once, order, (time, span) => `(${time} + ${span})`);

export function asBool(value: Operand, call: Call): string {
  return value.type === 'bool' ? value.sql : convert(value, 'bool', call);
}

const joined = logic(asBool);

const comparisons: readonly ScalarFunction[] = [
  {
    ...entry(
      '==',
      (operands, call) => equality(paired(operands, call)),
      'datatable(a:int, b:int)[5, int(null), int(null), int(null)] | project a == b',
      [false],
      [null],
    ),
    condition: (operands, call) => plainEquality(paired(operands, call)),
  },
  {
    ...entry(
      '!= | <>',
      (operands, call) => inequality(paired(operands, call)),
      'datatable(a:int)[5, int(null)] | project a != 5, real(nan) != real(nan)',
      [false, true],
      [true, true],
    ),
  },
  entry('<', order('<'), 'print 1 < 2, real(nan) < 2.0, 2.0 < real(nan)', [true, false, false]),
  entry('<=', order('<='), 'print 2 <= 2, 2.0 <= real(nan)', [true, false]),
  entry(
    '>',
    order('>'),
    'datatable(a:int)[1, int(null)] | project a > 0, real(nan) > 1.0',
    [true, false],
    [null, false],
  ),
  entry('>=', order('>='), 'print 2 >= 2, real(nan) >= real(nan)', [true, false]),
  entry(
    'between',
    isBetween(false),
    'print 5 between (1 .. 5), datetime(2020-01-02) between (datetime(2020-01-01) .. 1d)',
    [true, true],
  ),
  entry('!between', isBetween(true), 'print 6 !between (1 .. 5)', [true]),
];

const logicals: readonly ScalarFunction[] = [
  {
    ...entry('and', joined('AND'), 'print bool(null) and false, bool(null) and true', [false, null]),
    condition: joined('AND'),
  },
  {
    ...entry('or', joined('OR'), 'print bool(null) or true, bool(null) or false', [true, null]),
    condition: joined('OR'),
  },
  entry(
    'not',
    (operands, call) => `(NOT ${asBool(operand(operands, 0, call), call)})`,
    'print not(true), not(bool(null))',
    [false, null],
  ),
  entry(
    'isnull',
    (operands, call) => nullTest(operands, call, 'IS NULL'),
    "print isnull(''), isnull(int(null)), isnull(dynamic(null))",
    [false, true, true],
  ),
  entry(
    'isnotnull | notnull',
    (operands, call) => nullTest(operands, call, 'IS NOT NULL'),
    "print isnotnull(''), isnotnull(int(null))",
    [true, false],
  ),
  entry(
    'isempty',
    (operands, call) => emptyTest(operands, call, true),
    "print isempty(''), isempty(' '), isempty(int(null)), isempty(dynamic([])), isempty(dynamic(''))",
    [true, false, true, false, true],
  ),
  entry(
    'isnotempty | notempty',
    (operands, call) => emptyTest(operands, call, false),
    "print isnotempty('x'), isnotempty('')",
    [true, false],
  ),
];

function nullTest(operands: readonly Operand[], call: Call, test: string): string {
  const value = operand(operands, 0, call);
  if (value.type === 'string') return test === 'IS NULL' ? 'false' : 'true';
  return `(${value.sql} ${test})`;
}

/** '' and null are empty; of a dynamic value, its text counts. */
function emptyTest(operands: readonly Operand[], call: Call, empty: boolean): string {
  const value = operand(operands, 0, call);
  if (value.type === 'string') return `(${value.sql} ${empty ? '=' : '<>'} '')`;
  if (value.type !== 'dynamic') return `(${value.sql} ${empty ? 'IS NULL' : 'IS NOT NULL'})`;
  const test = `(coalesce(${value.sql}, '""') = '""')`;
  return empty ? test : `(NOT ${test})`;
}

/** Values of one type for `iff`, `case`, `coalesce`: the call's own type. */
export const branch = branching({ convert, literalSql });

const conditionals: readonly ScalarFunction[] = [
  entry(
    'iff | iif',
    (operands, call) =>
      `(CASE WHEN ${asBool(operand(operands, 0, call), call)} THEN ${branch(operand(operands, 1, call), call)} ELSE ${branch(operand(operands, 2, call), call)} END)`,
    "print iff(bool(null), 'a', 'b'), iff(true, 1, 2)",
    ['b', '1'],
  ),
  entry('case', emitCase, "print case(false, 'a', true, 'b', 'c'), case(false, 1, 2)", ['b', '2']),
  entry('coalesce', emitCoalesce, "print coalesce('', 'x'), coalesce(long(null), 0, 5), coalesce('', '')", [
    'x',
    '0',
    '',
  ]),
  entry('max_of', extreme('greatest'), 'print max_of(10, 1, long(null), 17), max_of(1, 2.5)', ['17', 2.5]),
  entry('min_of', extreme('least'), 'print min_of(10, 1, -3, 17)', ['-3']),
];

function emitCase(operands: readonly Operand[], call: Call): string {
  const parts: string[] = [];
  for (let index = 0; index + 1 < operands.length; index += 2) {
    parts.push(
      `WHEN ${asBool(operand(operands, index, call), call)} THEN ${branch(operand(operands, index + 1, call), call)}`,
    );
  }
  return `(CASE ${parts.join(' ')} ELSE ${branch(operand(operands, operands.length - 1, call), call)} END)`;
}

/** The first operand that is neither null nor ''. */
function emitCoalesce(operands: readonly Operand[], call: Call): string {
  const values = operands.map((each) => branch(each, call));
  if (call.type !== 'string') return `coalesce(${values.join(', ')})`;
  return `coalesce(${values.map((each) => `nullif(${each}, '')`).join(', ')}, '')`;
}

function extreme(name: 'greatest' | 'least'): Emit {
  return (operands, call) => {
    if (call.type === 'string' || call.type === 'dynamic') return refuse(`${call.name} of a ${call.type}`, call);
    return `${name}(${operands.map((each) => branch(each, call)).join(', ')})`;
  };
}

export const operators: readonly ScalarFunction[] = [...comparisons, ...logicals, ...conditionals];
