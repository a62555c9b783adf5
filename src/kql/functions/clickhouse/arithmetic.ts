// Arithmetic for ClickHouse, which wraps whole numbers that are too large: they are computed in 128 bits, and what does not
// fit into the type of the result ends the query, as on DuckDB.
// https://clickhouse.com/docs/sql-reference/functions/arithmetic-functions

import { sqlType } from '../../emit/clickhouse/representation.ts';
import type { KqlType } from '../../ir.ts';
import { numbers, pairOf } from '../arithmetic.ts';
import type { Call, Emit, Operand } from '../scalar.ts';
import { convert } from './conversions.ts';
import { isWhole, once, operand, refuse } from './sql.ts';

function pair(operands: readonly Operand[], kinds: readonly string[], call: Call): readonly [Operand, Operand] {
  return pairOf(numbers(operands, call, convert), kinds, call);
}

/** A whole number in bits enough for any operation on two of them; those of 32 bits widen by themselves. */
function wide({ sql, type }: Operand): string {
  return type === 'int' ? sql : `toInt128(${sql})`;
}

/** Wide whole numbers as the type; one that does not fit ends the query. NULL stays NULL. */
function narrowed(sql: string, type: KqlType): string {
  return `accurateCast(${sql}, '${sqlType(type)}')`;
}

/** A real without its fraction as ticks; one beyond them ends the query. */
function ticksOfReal(sql: string): string {
  return `accurateCast(${roundedHalfAway(sql)}, '${sqlType('timespan')}')`;
}

/** The whole number nearest to the real, of two the one farther from zero; the engine's own takes the even one. */
export function roundedHalfAway(sql: string): string {
  return once('h', [sql], (x) => `(trunc(${x}) + if(abs(${x} - trunc(${x})) >= 0.5, sign(${x}), 0))`);
}

function real({ sql }: Operand): string {
  return `toFloat64(${sql})`;
}

function operation(sign: string, [a, b]: readonly [Operand, Operand], call: Call): string {
  if (call.type === 'real') return `(${real(a)} ${sign} ${real(b)})`;
  if (call.type === 'decimal') return `CAST(${a.sql} ${sign} ${b.sql}, '${sqlType('decimal')}')`;
  return narrowed(`${wide(a)} ${sign} ${wide(b)}`, call.type);
}

const plus: Emit = (operands, call) => {
  if (operands.length === 1) return operand(numbers(operands, call, convert), 0, call).sql;
  return operation('+', pair(operands, ['nn', 'dd', 'td', 'dt'], call), call);
};

const minus: Emit = (operands, call) => {
  if (operands.length > 1) return operation('-', pair(operands, ['nn', 'dd', 'td', 'tt'], call), call);
  const value = operand(numbers(operands, call, convert), 0, call);
  if (call.type === 'dynamic') return refuse(`${call.name} of dynamic values without a conversion`, call);
  return value.type === 'real' || value.type === 'decimal' ? `(-${value.sql})` : narrowed(`-${wide(value)}`, call.type);
};

const multiply: Emit = (operands, call) => {
  const [a, b] = pair(operands, ['nn', 'nd', 'dn'], call);
  const isCut = call.type === 'timespan' && (a.type === 'real' || b.type === 'real');
  return isCut ? ticksOfReal(`(${real(a)} * ${real(b)})`) : operation('*', [a, b], call);
};

/** Whole numbers that are known cannot divide by zero, nor the smallest number by -1. */
function isPlainDivisor({ literal }: Operand): boolean {
  return typeof literal?.value === 'bigint' && literal.value > 0n;
}

const divide: Emit = (operands, call) => {
  const [a, b] = pair(operands, ['nn', 'dn', 'dd'], call);
  if (call.type === 'real') return `(${real(a)} / ${real(b)})`;
  if (a.type === 'real' || b.type === 'real') return ticksOfReal(`(${real(a)} / ${real(b)})`);
  if (isPlainDivisor(b)) return typed(`intDiv(${a.sql}, ${b.sql})`, call);
  return narrowed(`intDivOrNull(toInt128(${a.sql}), toInt128(${b.sql}))`, call.type);
};

/** A whole number that fits, which the engine gives a type of its own choice, as the type of the result. */
function typed(sql: string, call: Call): string {
  return `${call.type === 'int' ? 'toInt32' : 'toInt64'}(${sql})`;
}

/** Never negative, and null by zero. */
const remainder: Emit = (operands, call) => {
  const [a, b] = pair(operands, ['nn', 'dd', 'td'], call);
  // The engine's own remainder of reals loses digits.
  if (!isTicksOrWhole(a) || !isTicksOrWhole(b)) return refuse(`% of a ${a.type} and a ${b.type}`, call);
  if (isPlainDivisor(b)) return typed(`positiveModulo(${a.sql}, ${b.sql})`, call);
  const sql = once('m', [`toInt128(${a.sql})`, `toInt128(${b.sql})`], (x, y) =>
    once('n', [`moduloOrNull(${x}, ${y})`], (rest) => `if(${rest} < 0, ${rest} + abs(${y}), ${rest})`),
  );
  return narrowed(sql, call.type);
};

function isTicksOrWhole({ type }: Operand): boolean {
  return isWhole(type) || type === 'datetime' || type === 'timespan';
}

export const arithmetic: Readonly<Record<string, Emit>> = {
  '+': plus,
  '-': minus,
  '*': multiply,
  '/': divide,
  '%': remainder,
};
