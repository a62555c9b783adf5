// Mathematics, bits, and rounding for ClickHouse, whose functions of reals answer NaN beyond their domain by themselves.
// https://clickhouse.com/docs/sql-reference/functions/math-functions

import { emptyValue, sqlType } from '../../emit/clickhouse/representation.ts';
import { functionOf, numbersAs } from '../operand-numbers.ts';
import type { Call, Emit, Operand } from '../scalar.ts';
import { roundedHalfAway } from './arithmetic.ts';
import { convert } from './conversions.ts';
import { isNumber, isWhole, once, operand, refuse } from './sql.ts';

const real = numbersAs('real', convert);
const long = numbersAs('long', convert);
const realFunction = functionOf(once, real);

/** A function of the engine that does what is wanted, of one or two reals. */
function plain(name: string): Emit {
  return (operands, call) => `${name}(${operands.map((_, at) => real(operands, at, call)).join(', ')})`;
}

/** Largest multiple of `size`, counted from `origin`, that is not above the value; null for a size that is not positive. */
function binAt(value: Operand, size: Operand, origin: string | null, call: Call): string {
  if (call.type === 'real' || value.type === 'real' || size.type === 'real') {
    if (!isNumber(value.type)) return refuse(`${call.name} of a ${value.type} by a real`, call);
    const from = origin === null ? 'toFloat64(0)' : `toFloat64(${origin})`;
    return once('b', [`toFloat64(${value.sql})`, `toFloat64(${size.sql})`, from], (x, s, o) => {
      const floor = origin === null ? `floor(${x} / ${s}) * ${s}` : `floor((${x} - ${o}) / ${s}) * ${s} + ${o}`;
      return `if(${s} > 0, ${floor}, NULL)`;
    });
  }
  const known = size.literal?.value;
  if (typeof known === 'bigint' && known <= 0n) return emptyValue(call.type);
  // A datetime is not below zero.
  if (typeof known === 'bigint' && origin === null && value.type === 'datetime')
    return once('b', [value.sql], (x) => `(${x} - ${x} % ${size.sql})`);
  return once('b', [`toInt128(${value.sql})`, size.sql, origin ?? '0'], (x, s, o) => {
    // What is not taken may be computed, and nothing divides by zero.
    const positive = typeof known === 'bigint' ? s : `if(${s} > 0, ${s}, 1)`;
    const floor = `accurateCast(${x} - positiveModulo(${x} - ${o}, toInt128(${positive})), '${sqlType('long')}')`;
    return typeof known === 'bigint' ? floor : `if(${s} > 0, ${floor}, NULL)`;
  });
}

function bin(operands: readonly Operand[], origin: string | null, call: Call): string {
  const value = operand(operands, 0, call);
  const size: Operand = operands[1] ?? {
    sql: 'toInt64(1)',
    type: 'long',
    literal: { kind: 'literal', type: 'long', value: 1n },
  };
  if (value.type === 'decimal' || value.type === 'string' || value.type === 'dynamic')
    return refuse(`${call.name} of a ${value.type}`, call);
  return `CAST(${binAt(value, size, origin, call)}, '${sqlType(call.type)}')`;
}

/**
 * The number is the double that it is, not the decimal that it is printed as. Beyond the range of a double the number is left
 * as it is, or is 0 where it is rounded before the point.
 */
export function roundedTo(real: string, digits: Operand): string {
  return once('r', [real, `toInt32(${digits.sql})`], (x, d) => {
    const size = `pow(toFloat64(10), abs(${d}))`;
    const after = once(
      'u',
      [`(${roundedHalfAway(`(${x} * ${size})`)} / ${size})`],
      (r) => `if(isFinite(${r}), ${r}, ${x})`,
    );
    const before = once(
      'v',
      [`(${roundedHalfAway(`(${x} / ${size})`)} * ${size})`],
      (r) => `if(NOT isFinite(${r}), 0, ${r})`,
    );
    const known = digits.literal?.value;
    if (typeof known === 'bigint') return known < 0n ? before : after;
    return `multiIf(isNull(${d}), NULL, ${d} < 0, ${before}, ${after})`;
  });
}

const round: Emit = (operands, call) => {
  const value = operand(operands, 0, call);
  const digits = operands[1];
  const known = digits?.literal?.value ?? 0n;
  // A whole number has nothing behind the point.
  if (isWhole(value.type) && typeof known === 'bigint' && known >= 0n) return value.sql;
  const number = real(operands, 0, call);
  const rounded = digits ? roundedTo(number, digits) : roundedHalfAway(number);
  return isWhole(call.type) ? `accurateCast(${rounded}, '${sqlType(call.type)}')` : rounded;
};

const abs: Emit = (operands, call) => {
  const value = operand(operands, 0, call);
  if (value.type === 'decimal' || value.type === 'real') return `abs(${value.sql})`;
  const isPlain = isWhole(value.type) || value.type === 'timespan';
  if (!isPlain) return `abs(${real(operands, 0, call)})`;
  return `accurateCast(abs(${value.sql}), '${sqlType(call.type)}')`;
};

/** 0 for NaN. */
const sign: Emit = (operands, call) => {
  const value = operand(operands, 0, call);
  const type = call.type === 'real' || call.type === 'int' ? call.type : 'long';
  const found = once('s', [value.sql], (x) =>
    value.type === 'real' ? `if(isNaN(${x}), 0, sign(${x}))` : `sign(${x})`,
  );
  return `CAST(${found}, '${sqlType(type)}')`;
};

function bits(name: string): Emit {
  return (operands, call) => `${name}(${long(operands, 0, call)}, ${long(operands, 1, call)})`;
}

/** Shifts by the count modulo 64 over 64 bits; null for a negative count. */
function shift(name: string): Emit {
  return (operands, call) =>
    once(
      's',
      [long(operands, 0, call), long(operands, 1, call)],
      (x, n) => `if(${n} >= 0, ${name}(${x}, toUInt8(positiveModulo(${n}, 64))), NULL)`,
    );
}

const toHex: Emit = (operands, call) => {
  const value = operand(operands, 0, call);
  if (!isWhole(value.type)) return refuse(`tohex of a ${value.type}`, call);
  const bytes = `lower(hex(${value.type === 'int' ? 'toUInt32' : 'toUInt64'}(${value.sql})))`;
  const digits = `replaceRegexpOne(${bytes}, '^0(.)', '\\\\1')`;
  const width = operands[1];
  if (!width) return `ifNull(${digits}, '')`;
  return once(
    'h',
    [digits],
    (h) => `ifNull(leftPad(${h}, greatest(least(toInt64(${width.sql}), 16), toInt64(length(${h}))), '0'), '')`,
  );
};

/** Calls of one query at two places are two numbers: the engine computes what is written alike only once. */
const rand: Emit = (operands, call) => {
  if (operands.length > 1) return refuse('rand with two arguments', call);
  const random = `randCanonical(${call.span.start})`;
  return operands.length === 0 ? random : `floor(${random} * ${real(operands, 0, call)})`;
};

export const numbers: Readonly<Record<string, Emit>> = {
  abs,
  sign,
  bin: (operands, call) => bin(operands, null, call),
  bin_at: (operands, call) => bin(operands, operand(operands, 2, call).sql, call),
  ceiling: (operands, call) => {
    const value = operand(operands, 0, call);
    return isWhole(value.type) ? value.sql : `ceil(${real(operands, 0, call)})`;
  },
  round,
  sqrt: plain('sqrt'),
  pow: plain('pow'),
  exp: plain('exp'),
  exp2: realFunction((x) => `pow(toFloat64(2), ${x})`),
  exp10: realFunction((x) => `pow(toFloat64(10), ${x})`),
  log: plain('log'),
  log2: plain('log2'),
  log10: plain('log10'),
  loggamma: plain('lgamma'),
  gamma: plain('tgamma'),
  pi: () => 'pi()',
  sin: plain('sin'),
  cos: plain('cos'),
  tan: plain('tan'),
  cot: realFunction((x) => `(1 / tan(${x}))`),
  asin: plain('asin'),
  acos: plain('acos'),
  atan: plain('atan'),
  atan2: plain('atan2'),
  degrees: plain('degrees'),
  radians: plain('radians'),
  isnan: realFunction((x) => `ifNull(isNaN(${x}), false)`),
  isinf: realFunction((x) => `ifNull(isInfinite(${x}), false)`),
  isfinite: realFunction((x) => `ifNull(isFinite(${x}), false)`),
  binary_and: bits('bitAnd'),
  binary_or: bits('bitOr'),
  binary_xor: bits('bitXor'),
  binary_not: (operands, call) => `bitNot(${long(operands, 0, call)})`,
  binary_shift_left: shift('bitShiftLeft'),
  binary_shift_right: shift('bitShiftRight'),
  bitset_count_ones: (operands, call) => `toInt64(bitCount(${long(operands, 0, call)}))`,
  tohex: toHex,
  rand,
  new_guid: (_, call) => `toString(generateUUIDv4(${call.span.start}))`,
};
