// Comparison and logic for ClickHouse. What they mean stands with DuckDB's; here NaN is equal to nothing and in no order by
// itself, truth values of the engine have three values, and a truth value may be one of its numbers 0 and 1.
// https://clickhouse.com/docs/sql-reference/functions/comparison-functions

import { emptyValue, literalSql, sqlType } from '../../emit/clickhouse/representation.ts';
import type { KqlType } from '../../ir.ts';
import { between, branching, hasValue, logic, type Pair, pairing } from '../comparing.ts';
import type { Call, Emit, Operand } from '../scalar.ts';
import { asText, convert } from './conversions.ts';
import { isJsonNumber, once, operand, refuse } from './sql.ts';

/** Numbers of two types: beside a real all are reals, where the engine would compare exactly. */
function numbers(a: Operand, b: Operand): Pair {
  if (a.type !== 'real' && b.type !== 'real') return { a, b };
  const real = (each: Operand): Operand =>
    each.type === 'real' ? each : { ...each, sql: `toFloat64(${each.sql})`, type: 'real' };
  return { a: real(a), b: real(b) };
}

/** A decimal or a whole number in a decimal that holds all of either. */
function exact(sql: string): string {
  return `CAST(${sql}, 'Nullable(Decimal(76, 10))')`;
}

/** A dynamic value as the type of what it stands beside. A JSON string is no number here, unlike in `tolong()`. */
export function valueAs(value: Operand, type: KqlType, call: Call): Operand {
  if (type === 'string') return { sql: asText(value, call), type };
  if (type === 'datetime' || type === 'timespan' || type === 'guid') return { sql: convert(value, type, call), type };
  if (type === 'bool')
    return { sql: once('d', [value.sql], (d) => `multiIf(${d} = 'true', true, ${d} = 'false', false, NULL)`), type };
  // Only the JSON of a number reads as one: that of a string begins with a quote.
  if (type === 'real') return { sql: `toFloat64OrNull(${value.sql})`, type };
  // Exact for every long; a number beyond the decimal's range is at an end that no long reaches.
  const sql = once('d', [value.sql], (d) => {
    const end = `CAST(if(startsWith(${d}, '-'), '-1000000000000000000000000000', '1000000000000000000000000000'), 'Decimal(76, 10)')`;
    const decimal = `toDecimal256OrNull(assumeNotNull(if(${isJsonNumber(d)}, ${d}, '')), 10)`;
    return `if(${isJsonNumber(d)}, coalesce(${decimal}, ${end}), NULL)`;
  });
  return { sql, type: 'decimal' };
}

/** Both operands in one type, where a decimal stands beside what has all of its digits. */
export const paired = pairing({
  convert,
  literalSql,
  valueAs,
  numbers,
  beside: (other, value) => (value.type === 'decimal' ? { ...other, sql: exact(other.sql) } : other),
});

export function equality({ a, b }: Pair): string {
  if (a.type === 'string') return `(${a.sql} = ${b.sql})`;
  if (hasValue(a) || hasValue(b)) return `ifNull(${a.sql} = ${b.sql}, false)`;
  return once(
    'e',
    [a.sql, b.sql],
    (x, y) => `if(isNull(${x}) AND isNull(${y}), ${emptyValue('bool')}, ifNull(${x} = ${y}, false))`,
  );
}

export function inequality(pair: Pair): string {
  const { a, b } = pair;
  if (a.type === 'string') return `(${a.sql} <> ${b.sql})`;
  if (hasValue(a) || hasValue(b)) return `ifNull(${a.sql} <> ${b.sql}, true)`;
  return `(NOT ${equality(pair)})`;
}

function order(sign: string): Emit {
  return (operands, call) => {
    const { a, b } = paired(operands, call);
    return `(${a.sql} ${sign} ${b.sql})`;
  };
}

const isBetween = between(
  once,
  order,
  (time, span) => `accurateCast(toInt128(${time}) + ${span}, '${sqlType('datetime')}')`,
);

export function asBool(value: Operand, call: Call): string {
  return value.type === 'bool' ? value.sql : convert(value, 'bool', call);
}

const joined = logic(asBool);

function nullTest(isNull: boolean): Emit {
  return (operands, call) => {
    const value = operand(operands, 0, call);
    if (value.type === 'string') return isNull ? 'false' : 'true';
    return `${isNull ? 'isNull' : 'isNotNull'}(${value.sql})`;
  };
}

/** '' and null are empty; of a dynamic value, its text counts. */
function emptyTest(isEmpty: boolean): Emit {
  return (operands, call) => {
    const value = operand(operands, 0, call);
    if (value.type === 'string') return `(${value.sql} ${isEmpty ? '=' : '<>'} '')`;
    if (value.type !== 'dynamic') return `${isEmpty ? 'isNull' : 'isNotNull'}(${value.sql})`;
    return `(ifNull(${value.sql}, '""') ${isEmpty ? '=' : '<>'} '""')`;
  };
}

/** Values of one type for `iff`, `case`, `coalesce`: the call's own type. */
export const branch = branching({ convert, literalSql });

const iff: Emit = (operands, call) => {
  const [yes, no] = [branch(operand(operands, 1, call), call), branch(operand(operands, 2, call), call)];
  return `if(${asBool(operand(operands, 0, call), call)}, ${yes}, ${no})`;
};

const caseOf: Emit = (operands, call) => {
  const parts: string[] = [];
  for (let index = 0; index + 1 < operands.length; index += 2) {
    parts.push(asBool(operand(operands, index, call), call), branch(operand(operands, index + 1, call), call));
  }
  return `multiIf(${parts.join(', ')}, ${branch(operand(operands, operands.length - 1, call), call)})`;
};

/** The first operand that is neither null nor ''. */
const firstFilled: Emit = (operands, call) => {
  const values = operands.map((each) => branch(each, call));
  if (call.type !== 'string') return `coalesce(${values.join(', ')})`;
  return `coalesce(${values.map((each) => `nullIf(${each}, '')`).join(', ')}, '')`;
};

/** Nulls count for nothing; NaN is above every number. */
function extreme(name: 'greatest' | 'least'): Emit {
  return (operands, call) => {
    if (call.type === 'string' || call.type === 'dynamic') return refuse(`${call.name} of a ${call.type}`, call);
    const values = operands.map((each) => branch(each, call));
    if (call.type === 'bool') return `CAST(${name}(${values.join(', ')}), '${sqlType('bool')}')`;
    if (call.type !== 'real') return `${name}(${values.join(', ')})`;
    return once('x', values, (...names) => {
      const numbers = names.map((each) => `if(isNaN(${each}), NULL, ${each})`).join(', ');
      const hasNaN = names.map((each) => `ifNull(isNaN(${each}), false)`).join(' OR ');
      const found = `${name}(${numbers})`;
      return name === 'greatest'
        ? `if(${hasNaN}, nan, ${found})`
        : `if(isNull(${found}) AND (${hasNaN}), nan, ${found})`;
    });
  };
}

export const operators: Readonly<Record<string, Emit>> = {
  '==': (operands, call) => equality(paired(operands, call)),
  '!=': (operands, call) => inequality(paired(operands, call)),
  '<': order('<'),
  '<=': order('<='),
  '>': order('>'),
  '>=': order('>='),
  between: isBetween(false),
  '!between': isBetween(true),
  and: joined('AND'),
  or: joined('OR'),
  not: (operands, call) => `(NOT ${asBool(operand(operands, 0, call), call)})`,
  isnull: nullTest(true),
  isnotnull: nullTest(false),
  isempty: emptyTest(true),
  isnotempty: emptyTest(false),
  iff,
  case: caseOf,
  coalesce: firstFilled,
  max_of: extreme('greatest'),
  min_of: extreme('least'),
};
