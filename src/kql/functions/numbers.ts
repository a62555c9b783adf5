// Mathematics, bits, and rounding. https://learn.microsoft.com/kusto/query/scalar-functions#mathematical-functions
// Beyond a function's domain the answer is NaN, never an error.

import { sqlType } from '../emit/representation.ts';
import { convert } from './conversions.ts';
import { functionOf, numbersAs } from './operand-numbers.ts';
import type { Call, Emit, Operand, ScalarFunction } from './scalar.ts';
import { entry, isNumber, isWhole, once, operand, refuse } from './sql.ts';

const real = numbersAs('real', convert);
const long = numbersAs('long', convert);
const realFunction = functionOf(once, real);

const nan = "'nan'::DOUBLE";

/** The engine refuses to take a logarithm of what has none. */
function logarithm(name: string): Emit {
  return realFunction(
    (x) =>
      `(CASE WHEN ${x} > 0 THEN ${name}(${x}) WHEN ${x} = 0 THEN '-inf'::DOUBLE WHEN ${x} IS NOT NULL THEN ${nan} END)`,
  );
}

/** Largest multiple of `size`, counted from `origin`, that is not above the value; null for a size that is not positive. */
export function binAt(value: Operand, size: Operand, origin: string | null, call: Call): string {
  const isReal = call.type === 'real' || value.type === 'real' || size.type === 'real';
  const shift = (x: string): string => (origin === null ? x : `(${x} - ${origin})`);
  const back = (x: string): string => (origin === null ? x : `(${x} + ${origin})`);
  if (isReal && isNumber(value.type)) {
    return once(
      'b',
      [`${value.sql}::DOUBLE`, `${size.sql}::DOUBLE`],
      (x, s) => `(CASE WHEN ${s} > 0 THEN ${back(`floor(${shift(x)} / ${s}) * ${s}`)} END)`,
    );
  }
  if (isReal) return refuse(`${call.name} of a ${value.type} by a real`, call);
  const known = size.literal?.value;
  if (typeof known === 'bigint' && known <= 0n) return `NULL::${call.type === 'int' ? 'INTEGER' : 'BIGINT'}`;
  if (typeof known === 'bigint' && origin === null && value.type === 'datetime')
    return once('b', [value.sql], (x) => `(${x} - ${x} % ${size.sql})`);
  return once('b', [shift(value.sql), size.sql], (x, s) => {
    const floor = `(${x} - (${x} % ${s} + ${s}) % ${s})`;
    return back(typeof known === 'bigint' ? floor : `(CASE WHEN ${s} > 0 THEN ${floor} END)`);
  });
}

const bin: Emit = (operands, call) => {
  const value = operand(operands, 0, call);
  const size = operands[1] ?? {
    sql: '1',
    type: 'long' as const,
    literal: { kind: 'literal' as const, type: 'long' as const, value: 1n },
  };
  if (value.type === 'decimal' || value.type === 'string' || value.type === 'dynamic')
    return refuse(`${call.name} of a ${value.type}`, call);
  return `(${binAt(value, size, null, call)})::${sqlType(call.type)}`;
};

const binFrom: Emit = (operands, call) => {
  const origin = operand(operands, 2, call).sql;
  return `(${binAt(operand(operands, 0, call), operand(operands, 1, call), origin, call)})::${sqlType(call.type)}`;
};

const ceiling: Emit = (operands, call) => {
  const value = operand(operands, 0, call);
  return isWhole(value.type) ? value.sql : `ceil(${real(operands, 0, call)})`;
};

/** The number is the double that it is, not the decimal that it is printed as. */
const round: Emit = (operands, call) => {
  const value = operand(operands, 0, call);
  if (isWhole(value.type) && operands.length === 1) return value.sql;
  const digits = operands[1];
  return `round(${real(operands, 0, call)}, ${digits ? `(${digits.sql})::INTEGER` : '0'})`;
};

const abs: Emit = (operands, call) => {
  const value = operand(operands, 0, call);
  const isPlain = isNumber(value.type) || value.type === 'timespan';
  return `abs(${isPlain ? value.sql : real(operands, 0, call)})::${sqlType(call.type)}`;
};

function bits(operator: string): Emit {
  return (operands, call) => `(${long(operands, 0, call)} ${operator} ${long(operands, 1, call)})`;
}

/** Shifts by the count modulo 64 over 64 bits; null for a negative count. */
function shift(direction: 'left' | 'right'): Emit {
  return (operands, call) =>
    once('s', [long(operands, 0, call), long(operands, 1, call)], (x, n) => {
      const wrapped = `((${x})::HUGEINT * (1::HUGEINT << (${n} % 64)::INTEGER))`;
      const low = once(
        'w',
        [`(${wrapped} % 18446744073709551616::HUGEINT)`],
        (w) =>
          `(CASE WHEN ${w} > 9223372036854775807 THEN ${w} - 18446744073709551616::HUGEINT WHEN ${w} < -9223372036854775808::HUGEINT THEN ${w} + 18446744073709551616::HUGEINT ELSE ${w} END)::BIGINT`,
      );
      return `(CASE WHEN ${n} >= 0 THEN ${direction === 'left' ? low : `(${x} >> (${n} % 64))`} END)`;
    });
}

const toHex: Emit = (operands, call) => {
  const value = operand(operands, 0, call);
  if (!isWhole(value.type)) return refuse(`tohex of a ${value.type}`, call);
  const bits32 = value.type === 'int' ? `((${value.sql})::BIGINT & 4294967295)` : value.sql;
  const digits = `lower(to_hex((${bits32})::BIGINT))`;
  const width = operands[1];
  if (!width) return `coalesce(${digits}, '')`;
  return once(
    'h',
    [digits],
    (h) => `coalesce(lpad(${h}, greatest(least((${width.sql})::BIGINT, 16), length(${h}))::INTEGER, '0'), '')`,
  );
};

export const numbers: readonly ScalarFunction[] = [
  entry('abs', abs, 'print abs(-5), abs(-1.5)', ['5', 1.5]),
  entry(
    'sign',
    (operands, call) =>
      `sign(${operand(operands, 0, call).sql})::${call.type === 'real' ? 'DOUBLE' : call.type === 'int' ? 'INTEGER' : 'BIGINT'}`,
    'print tolong(sign(-42))',
    ['-1'],
  ),
  entry(
    'bin | floor',
    bin,
    'print bin(-7, 5), bin(4.5, 1), bin(datetime(1970-05-11 13:45:07), 7d) == datetime(1970-05-11), bin(-90m, 1h) == -2h',
    ['-10', 4, true, true],
  ),
  entry('bin_at', binFrom, 'print bin_at(6.5, 2.5, 7), bin_at(time(1h), 1d, 12h) == -12h', [4.5, true]),
  entry('ceiling', ceiling, 'print ceiling(-1.1), ceiling(0), ceiling(0.9)', [-1, '0', 1]),
  entry('round', round, 'print round(2.98765, 3), round(2.5), round(1.005, 2)', [2.988, 3, 1]),
  entry(
    'sqrt',
    realFunction((x) => `(CASE WHEN ${x} < 0 THEN ${nan} ELSE sqrt(${x}) END)`),
    'print sqrt(4), isnan(sqrt(-1))',
    [2, true],
  ),
  entry(
    'pow',
    realFunction((x, y) => `pow(${x}, ${y})`),
    'print pow(2, 3)',
    [8],
  ),
  entry(
    'exp',
    realFunction((x) => `exp(${x})`),
    'print exp(0)',
    [1],
  ),
  entry(
    'exp2',
    realFunction((x) => `pow(2::DOUBLE, ${x})`),
    'print exp2(3)',
    [8],
  ),
  entry(
    'exp10',
    realFunction((x) => `pow(10::DOUBLE, ${x})`),
    'print exp10(2)',
    [100],
  ),
  entry('log', logarithm('ln'), 'print log(1), isnan(log(-1))', [0, true]),
  entry('log2', logarithm('log2'), 'print log2(8)', [3]),
  entry('log10', logarithm('log10'), 'print log10(1000)', [3]),
  entry(
    'loggamma',
    realFunction((x) => `lgamma(${x})`),
    'print round(loggamma(5), 6)',
    [3.178054],
  ),
  entry(
    'gamma',
    realFunction((x) => `gamma(${x})`),
    'print gamma(5)',
    [24],
  ),
  entry('pi', () => 'pi()', 'print pi() > 3.1415926535 and pi() < 3.1415926536', [true]),
  entry(
    'sin',
    realFunction((x) => `sin(${x})`),
    'print sin(0)',
    [0],
  ),
  entry(
    'cos',
    realFunction((x) => `cos(${x})`),
    'print cos(0)',
    [1],
  ),
  entry(
    'tan',
    realFunction((x) => `tan(${x})`),
    'print tan(0)',
    [0],
  ),
  entry(
    'cot',
    realFunction((x) => `(1 / tan(${x}))`),
    'print round(cot(1), 4)',
    [0.6421],
  ),
  entry(
    'asin',
    realFunction((x) => `(CASE WHEN abs(${x}) <= 1 THEN asin(${x}) WHEN ${x} IS NOT NULL THEN ${nan} END)`),
    'print asin(0), isnan(asin(2))',
    [0, true],
  ),
  entry(
    'acos',
    realFunction((x) => `(CASE WHEN abs(${x}) <= 1 THEN acos(${x}) WHEN ${x} IS NOT NULL THEN ${nan} END)`),
    'print acos(1)',
    [0],
  ),
  entry(
    'atan',
    realFunction((x) => `atan(${x})`),
    'print atan(0)',
    [0],
  ),
  entry(
    'atan2',
    realFunction((y, x) => `atan2(${y}, ${x})`),
    'print atan2(0, 1)',
    [0],
  ),
  entry(
    'degrees',
    realFunction((x) => `degrees(${x})`),
    'print degrees(0)',
    [0],
  ),
  entry(
    'radians',
    realFunction((x) => `radians(${x})`),
    'print radians(0)',
    [0],
  ),
  entry(
    'isnan',
    realFunction((x) => `coalesce(isnan(${x}), false)`),
    'print isnan(0.0 / 0.0), isnan(1.0)',
    [true, false],
  ),
  entry(
    'isinf',
    realFunction((x) => `coalesce(isinf(${x}), false)`),
    'print isinf(1.0 / 0.0), isinf(1.0)',
    [true, false],
  ),
  entry(
    'isfinite',
    realFunction((x) => `coalesce(isfinite(${x}), false)`),
    'print isfinite(1.0), isfinite(1.0 / 0.0)',
    [true, false],
  ),
  entry('binary_and', bits('&'), 'print binary_and(12, 10)', ['8']),
  entry('binary_or', bits('|'), 'print binary_or(12, 10)', ['14']),
  entry(
    'binary_xor',
    (operands, call) => `xor(${long(operands, 0, call)}, ${long(operands, 1, call)})`,
    'print binary_xor(12, 10)',
    ['6'],
  ),
  entry('binary_not', (operands, call) => `(~${long(operands, 0, call)})`, 'print binary_not(100)', ['-101']),
  entry(
    'binary_shift_left',
    shift('left'),
    'print binary_shift_left(1, 2), binary_shift_left(1, 63), binary_shift_left(1, 65), binary_shift_left(1, -1)',
    ['4', '-9223372036854775808', '2', null],
  ),
  entry('binary_shift_right', shift('right'), 'print binary_shift_right(8, 2)', ['2']),
  entry(
    'bitset_count_ones',
    (operands, call) => `bit_count(${long(operands, 0, call)})::BIGINT`,
    'print bitset_count_ones(42)',
    ['3'],
  ),
  entry('tohex', toHex, 'print tohex(256), tohex(-256), tohex(toint(-256), 8), tohex(256, 8), tohex(256, 20)', [
    '100',
    'ffffffffffffff00',
    'ffffff00',
    '00000100',
    '0000000000000100',
  ]),
  entry(
    'rand',
    (operands, call) => {
      const [limit] = operands;
      if (!limit) return 'random()';
      if (operands.length > 1) return refuse('rand with two arguments', call);
      return `floor(random() * ${real(operands, 0, call)})`;
    },
    'print rand() < 1.0',
    [true],
  ),
  entry('new_guid', () => 'gen_random_uuid()::VARCHAR', 'print strlen(tostring(new_guid()))', ['36']),
];
