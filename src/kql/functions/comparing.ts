// Which values a comparison or a branch takes from its operands, whichever dialect compares them.
// https://learn.microsoft.com/kusto/query/scalar-data-types/null-values

import type { Literal } from '../ir.ts';
import type { Call, Convert, Emit, Once, Operand } from './scalar.ts';
import { isNumber, isWhole, operand, refuse } from './sql.ts';

/** Two operands as SQL values that the engine compares as KQL does. */
export interface Pair {
  readonly a: Operand;
  readonly b: Operand;
}

/** How a dialect compares. */
export interface ComparingSql {
  readonly convert: Convert;
  readonly literalSql: (literal: Literal) => string;
  /** Two numbers, of two types where they are not of one. */
  readonly numbers: (a: Operand, b: Operand) => Pair;
  /** A dynamic value as the type of what it stands beside. */
  readonly valueAs: Typed;
  /** What stands beside a dynamic value, which is now of a type that may be another one. */
  readonly beside: (other: Operand, value: Operand) => Operand;
}

/** As `Convert`, with the type that came of it. */
type Typed = (value: Operand, type: Operand['type'], call: Call) => Operand;

/** Both operands in one type: text for a dynamic value beside a string, else the other operand's type. */
export function pairing(sql: ComparingSql): (operands: readonly Operand[], call: Call) => Pair {
  const { convert } = sql;
  return (operands, call) => {
    const [a, b] = [operand(operands, 0, call), operand(operands, 1, call)];
    if (a.type === 'dynamic' && b.type === 'dynamic')
      return refuse(`${call.name} of two dynamic values without a conversion`, call);
    if (a.type === b.type) return { a, b };
    if (isNumber(a.type) && isNumber(b.type)) return sql.numbers(a, b);
    if (a.type === 'dynamic') return withValue(a, b, call, sql);
    if (b.type === 'dynamic') {
      const { a: typed, b: value } = withValue(b, a, call, sql);
      return { a: value, b: typed };
    }
    if (b.type === 'string' && b.literal) return { a, b: { sql: convert(b, a.type, call), type: a.type } };
    if (a.type === 'string' && a.literal) return { a: { sql: convert(a, b.type, call), type: b.type }, b };
    if (a.type === 'bool' && isNumber(b.type)) return { a: { sql: convert(a, 'long', call), type: 'long' }, b };
    if (b.type === 'bool' && isNumber(a.type)) return { a, b: { sql: convert(b, 'long', call), type: 'long' } };
    return refuse(`${call.name} of a ${a.type} and a ${b.type}`, call);
  };
}

/** Beyond these, not every whole number is a double of its own. */
const exactMost = 9_007_199_254_740_991n;

/**
 * A dynamic value beside a typed one. Beside a known whole number that is a double, too, doubles are enough: rounding keeps
 * the order of numbers, and makes none that was not that number equal to it.
 */
function withValue(value: Operand, other: Operand, call: Call, { valueAs, beside, literalSql }: ComparingSql): Pair {
  const known = other.literal?.value;
  const isExact = isWhole(other.type) && typeof known === 'bigint' && known <= exactMost && known >= -exactMost;
  if (!isExact) {
    const typed = valueAs(value, other.type, call);
    return { a: typed, b: beside(other, typed) };
  }
  const literal: Literal = { kind: 'literal', type: 'real', value: Number(known) };
  return { a: valueAs(value, 'real', call), b: { sql: literalSql(literal), type: 'real', literal } };
}

/** Whether the operand cannot be null. */
export function hasValue(value: Operand): boolean {
  return value.type === 'string' || (value.literal !== undefined && value.literal.value !== null);
}

/** `x between (low .. high)`, where `high` may be a span from a time on: `later` is SQL of the two. */
export function between(
  once: Once,
  order: (sign: string) => Emit,
  later: (time: string, span: string) => string,
): (negated: boolean) => Emit {
  return (negated) => (operands, call) => {
    const [x, low, high] = [operand(operands, 0, call), operand(operands, 1, call), operand(operands, 2, call)];
    const end: Operand =
      high.type === 'timespan' && low.type === 'datetime' ? { sql: later(low.sql, high.sql), type: 'datetime' } : high;
    const inside = once('w', [x.sql], (sql = '') => {
      const value = { ...x, sql };
      return `(${order('>=')([value, low], call)} AND ${order('<=')([value, end], call)})`;
    });
    return negated ? `(NOT ${inside})` : inside;
  };
}

/** Truth values joined by a word of SQL. */
export function logic(asBool: (value: Operand, call: Call) => string): (word: string) => Emit {
  return (word) => (operands, call) => `(${operands.map((each) => asBool(each, call)).join(` ${word} `)})`;
}

/** Values of one type for `iff`, `case`, `coalesce`: the call's own type. */
export function branching({ convert, literalSql }: Pick<ComparingSql, 'convert' | 'literalSql'>) {
  return (value: Operand, call: Call): string => {
    if (value.type === call.type) return value.sql;
    if (value.literal?.value === null) return literalSql({ kind: 'literal', type: call.type, value: null });
    return convert(value, call.type, call);
  };
}
