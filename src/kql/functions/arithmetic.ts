// Arithmetic: whole numbers divide to whole numbers, a remainder is never negative, and dates and durations are ticks.
// https://learn.microsoft.com/kusto/query/numerical-operators and …/datetime-timespan-arithmetic. A result beyond 64 bits
// ends the query with the engine's error.

import { sqlType } from '../emit/representation.ts';
import { convert } from './conversions.ts';
import type { Call, Convert, Emit, Operand, ScalarFunction } from './scalar.ts';
import { entry, isNumber, once, operand, refuse } from './sql.ts';

/** A number or ticks; a dynamic value as the number that it holds, in the type of the other operand. */
export function numbers(operands: readonly Operand[], call: Call, convert: Convert): readonly Operand[] {
  return operands.map((each, index) => {
    if (each.type === 'bool') return { sql: convert(each, 'long', call), type: 'long' };
    if (each.type === 'string' || each.type === 'guid') return refuse(`${call.name} of a ${each.type}`, call);
    if (each.type !== 'dynamic') return each;
    const other = operands[1 - index]?.type;
    const isKnown = other !== undefined && other !== 'dynamic' && other !== 'bool';
    const type = isNumber(call.type) ? call.type : isKnown ? other : 'real';
    return { sql: convert(each, type, call), type };
  });
}

/** As wide as the result, as the engine does not widen by itself. */
function widened(operands: readonly Operand[], call: Call): readonly Operand[] {
  return numbers(operands, call, convert).map((each, index) =>
    operands[index]?.type === 'int' && call.type === 'long' ? { sql: `(${each.sql})::BIGINT`, type: 'long' } : each,
  );
}

/** The result in the representation of the type that the binder gave it. */
function typed(sql: string, call: Call): string {
  if (call.type === 'real' || call.type === 'decimal') return `(${sql})::${sqlType(call.type)}`;
  return call.type === 'dynamic' ? refuse(`${call.name} of dynamic values without a conversion`, call) : `(${sql})`;
}

type Two = readonly [a: Operand, b: Operand];

/** Both values, where they are of kinds that have such a result: `d` a duration, `t` a datetime, `n` a number. */
export function pairOf(values: readonly Operand[], kinds: readonly string[], call: Call): Two {
  const [a, b] = [operand(values, 0, call), operand(values, 1, call)];
  if (!kinds.includes(`${kindOf(a)}${kindOf(b)}`) || call.type === 'dynamic')
    return refuse(`${call.name} of a ${a.type} and a ${b.type}`, call);
  if (call.name !== '+' && call.name !== '-' && (a.type === 'decimal' || b.type === 'decimal'))
    return refuse(`${call.name} of decimals`, call);
  return [a, b];
}

function pair(operands: readonly Operand[], kinds: readonly string[], call: Call): Two {
  return pairOf(widened(operands, call), kinds, call);
}

function kindOf({ type }: Operand): string {
  if (isNumber(type)) return 'n';
  return type === 'datetime' ? 't' : type === 'timespan' ? 'd' : '?';
}

const plus: Emit = (operands, call) => {
  if (operands.length === 1) return operand(widened(operands, call), 0, call).sql;
  const [a, b] = pair(operands, ['nn', 'dd', 'td', 'dt'], call);
  return typed(`${a.sql} + ${b.sql}`, call);
};

const minus: Emit = (operands, call) => {
  if (operands.length === 1) return typed(`-${operand(widened(operands, call), 0, call).sql}`, call);
  const [a, b] = pair(operands, ['nn', 'dd', 'td', 'tt'], call);
  return typed(`${a.sql} - ${b.sql}`, call);
};

const multiply: Emit = (operands, call) => {
  const [a, b] = pair(operands, ['nn', 'nd', 'dn'], call);
  const isCut = call.type === 'timespan' && (a.type === 'real' || b.type === 'real');
  return isCut ? `round(${a.sql}::DOUBLE * ${b.sql}::DOUBLE)::BIGINT` : typed(`${a.sql} * ${b.sql}`, call);
};

const divide: Emit = (operands, call) => {
  const [a, b] = pair(operands, ['nn', 'dn', 'dd'], call);
  if (call.type === 'real') return `(${a.sql}::DOUBLE / ${b.sql}::DOUBLE)`;
  const isCut = a.type === 'real' || b.type === 'real';
  return isCut ? `round(${a.sql}::DOUBLE / ${b.sql}::DOUBLE)::BIGINT` : typed(`${a.sql} // ${b.sql}`, call);
};

const remainder: Emit = (operands, call) => {
  const [a, b] = pair(operands, ['nn', 'dd', 'td'], call);
  const positive = (rest: string, size: string): string =>
    once('n', [rest], (r) => `(CASE WHEN ${r} < 0 THEN ${r} + abs(${size}) ELSE ${r} END)`);
  const value = b.literal?.value;
  if (typeof value === 'bigint' && value > 0n) return typed(positive(`(${a.sql} % ${b.sql})`, b.sql), call);
  return typed(
    once('m', [a.sql, b.sql], (x, y) => positive(`(${x} % ${y})`, y)),
    call,
  );
};

export const arithmetic: readonly ScalarFunction[] = [
  entry('+', plus, 'print 1 + 2, datetime(2020-01-01) + 1tick', ['3', '637134336000000001']),
  entry('-', minus, 'print 1 - 2, datetime(2020-01-02) - datetime(2020-01-01), -(3)', ['-1', '864000000000', '-3']),
  entry('*', multiply, 'print 2 * 3, 1.5 * 1h, 3 * 1d', ['6', '54000000000', '2592000000000']),
  entry('/', divide, 'print 7 / 2, -7 / 2, 1 / 0, 7.0 / 2, 1h / 1m', ['3', '-3', null, 3.5, 60]),
  entry('%', remainder, 'print -10 % 4, 10 % 4, 5 % 0', ['2', '2', null]),
];
