import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { onBothEngines } from '../../../../test/support/both-engines.ts';

// Operators and numbers over rows, not constants: what DuckDB answers is what they mean.

const { assertSame, failuresOf } = onBothEngines();

const comparisons = ['==', '!=', '<', '<=', '>', '>='].map((sign) => `a ${sign} b`);
const choices = ['iff(a > b, a, b)', 'coalesce(a, b)', 'max_of(a, b)', 'min_of(a, b)', 'case(a == b, a, a < b, b, a)'];
const nulls = ['isnull(a)', 'isnotnull(b)', 'isempty(a)', 'isnotempty(b)'];

function pairsOf(values: readonly string[]): readonly (readonly string[])[] {
  return values.flatMap((a) => values.map((b) => [a, b]));
}

/** Without NaN beside null, which are in no order: one engine's null is the other's false. */
function ordered(pairs: readonly (readonly string[])[]): readonly (readonly string[])[] {
  return pairs.filter((pair) => !(pair.includes('real(nan)') && pair.some((each) => each.includes('null'))));
}

/** Whole numbers whose sums and differences stay within 64 bits. */
const longs = ['0', '1', '-1', '5', '-7', '4', '-4', '4611686018427387903', '-4611686018427387904', 'long(null)'];
const reals = [
  '0.0',
  '1.0',
  '1.5',
  '-2.5',
  '0.49999999999999994',
  '123456.789',
  '1e300',
  'real(null)',
  'real(nan)',
  'real(+inf)',
  'real(-inf)',
];

describe('operators give what they give on DuckDB', () => {
  test('of two longs', async () => {
    const known = ['a == 5', 'a != 5', 'a < 5', 'a == long(null)', 'a between (0 .. 5)', 'a !between (b .. 3)'];
    await assertSame('a:long,b:long', pairsOf(longs), [
      ...comparisons,
      ...choices,
      ...nulls,
      ...known,
      ...['a + b', 'a - b', 'a / b', 'a % b', 'a / 2', 'a % 3', '-a', 'not(a > b)'],
      ...['a > 0 and b > 0', 'a > 0 or b > 0', "iff(isnull(a), 'x', 'y')"],
    ]);
  });

  test('of two ints', async () => {
    const ints = ['0', '7', '-7', '2', '46340', '-46340', 'int(null)'];
    await assertSame('a:int,b:int', pairsOf(ints), [
      ...comparisons,
      ...choices,
      'a + b',
      'a - b',
      'a * b',
      'a / b',
      'a % b',
      '-a',
    ]);
  });

  test('of reals and of a long beside a real', async () => {
    const known = ['a == 1', 'a != 1', 'a > 1', 'a == real(nan)', 'a between (0 .. 2)', 'a !between (0.0 .. 2.0)'];
    const signs = ['a + b', 'a - b', 'a * b', 'a / b'];
    await assertSame('a:real,b:real', ordered(pairsOf(reals)), [
      ...comparisons,
      ...choices,
      ...nulls,
      ...known,
      ...signs,
      '-a',
    ]);
    const mixed = ordered(['1', '9007199254740993', 'long(null)'].flatMap((a) => reals.map((b) => [a, b])));
    await assertSame(
      'a:long,b:real',
      [...mixed, ['9007199254740993', '9007199254740992.0']],
      [...comparisons, ...choices, ...signs],
    );
  });

  test('of truth values', async () => {
    const logic = [
      'a and b',
      'a or b',
      'not(a)',
      'a == b',
      'a != b',
      'a == true',
      'a == 1',
      'iff(a, b, a)',
      'coalesce(a, b)',
    ];
    const texts = [
      "iff(a, 'x', 'y')",
      'tostring(a and b)',
      'tostring(a == b)',
      'case(a, true, b, false, a)',
      'isnull(a)',
    ];
    await assertSame('a:bool,b:bool', pairsOf(['true', 'false', 'bool(null)']), [...logic, ...texts]);
  });

  test('of datetimes, timespans and guids', async () => {
    const times = [
      'datetime(2020-01-01)',
      'datetime(2020-01-02 03:04:05.1234567)',
      'datetime(0001-01-01)',
      'datetime(null)',
    ];
    const spans = ['1h', '-90m', '1tick', '0s', '1d', 'time(null)'];
    await assertSame('a:datetime,b:datetime', pairsOf(times), [
      ...comparisons,
      ...choices,
      'a - b',
      'a + 1h',
      'a between (b .. 2d)',
      "a == '2020-01-01'",
    ]);
    await assertSame('a:timespan,b:timespan', pairsOf(spans), [
      ...comparisons,
      ...choices,
      'a + b',
      'a - b',
      'a / b',
      'a % b',
      '-a',
      'a * 3',
      'a * 1.5',
      'a / 7',
      '2 * a',
    ]);
    const guids = [
      'guid(ae3133f2-6e22-49ae-b06a-16e6a9b212eb)',
      'guid(ae3133f2-6e22-49ae-b06a-16e6a9b212ec)',
      'guid(null)',
    ];
    await assertSame('a:guid,b:guid', pairsOf(guids), [
      'a == b',
      'a != b',
      'coalesce(a, b)',
      'isnull(a)',
      "a == 'AE3133F2-6E22-49AE-B06A-16E6A9B212EB'",
    ]);
  });

  test('of a dynamic value beside others', async () => {
    const values = ['1', '1.5', '"1"', 'null', 'true', '9007199254740993', '[1]', '{"a":1}', '-1e40', '"x"'];
    const rows = values.flatMap((d) =>
      [
        ['1', '1.0', "'1'"],
        ['9007199254740992', '1.5', "'x'"],
        ['long(null)', 'real(null)', "''"],
      ].map((each) => [`dynamic(${d})`, ...each]),
    );
    const texts = ['d == s', 'd != s', 'isnull(d)', 'isempty(d)', 'd == true', "d == '1'", 'coalesce(d, dynamic(7))'];
    await assertSame('d:dynamic,n:long,r:real,s:string', rows, [
      ...[
        'd == n',
        'd != n',
        'd < n',
        'd > n',
        'n == d',
        'd == r',
        'd < r',
        'd == 1',
        'd > 1',
        'd == 1.5',
        'd + 1',
        'd * r',
        'd / 2',
      ],
      ...texts,
    ]);
  });
});

describe('functions of numbers give what they give on DuckDB', () => {
  test('of reals', async () => {
    const exact = [
      'abs(a)',
      'sign(a)',
      'ceiling(a)',
      'round(a)',
      'round(a, 2)',
      'round(a, -2)',
      'round(a, 400)',
      'sqrt(a)',
    ];
    const tests = ['isnan(a)', 'isinf(a)', 'isfinite(a)', 'isnan(log(a))', 'isnan(asin(a))', 'isnan(acos(a))'];
    const bins = ['bin(a, b)', 'bin(a, 0.5)', 'bin(a, 2)', 'bin_at(a, 2.5, 7.0)', 'bin_at(a, b, 0.5)'];
    const near = [
      'exp2(a)',
      'log2(a)',
      'log10(a)',
      'sin(a)',
      'cos(a)',
      'atan2(a, b)',
      'degrees(a)',
      'radians(a)',
      'pow(a, 2)',
    ];
    const sized = pairsOf(reals).filter(([, size]) => size !== 'real(nan)');
    await assertSame('a:real,b:real', sized, [...exact, ...tests, ...bins]);
    // DuckDB takes no sine of what is infinite.
    const finite = pairsOf(reals.filter((each) => !/inf|e300/.test(each)));
    await assertSame(
      'a:real,b:real',
      finite,
      near.map((each) => `round(${each}, 9)`),
    );
  });

  test('of whole numbers', async () => {
    const bits = [
      'binary_and(a, b)',
      'binary_or(a, b)',
      'binary_xor(a, b)',
      'binary_shift_left(a, b)',
      'binary_shift_right(a, b)',
    ];
    const one = [
      'abs(a)',
      'sign(a)',
      'binary_not(a)',
      'bitset_count_ones(a)',
      'tohex(a)',
      'tohex(a, 20)',
      'bin(a, 5)',
      'bin(a, 0)',
    ];
    await assertSame(
      'a:long,b:long',
      pairsOf([...longs.filter((each) => !each.startsWith('-4611')), '63', '64', '65']),
      [...bits, ...one, 'bin(a, b)', 'bin_at(a, 5, b)'],
    );
    await assertSame(
      'a:int',
      [['-256'], ['2147483647'], ['0'], ['int(null)']],
      ['abs(a)', 'tohex(a)', 'tohex(a, 10)', 'bin(a, 7)'],
    );
  });

  test('of bytes and units', async () => {
    const sizes = ['564', '10332', '20010332', '-2048', '0', '1023', '9223372036854775807', 'long(null)'];
    const formats = [
      'format_bytes(a)',
      'format_bytes(a, 2)',
      "format_bytes(a, 0, 'KB')",
      "format_bytes(a, 2, 'Bytes')",
    ];
    await assertSame(
      'a:long',
      sizes.map((each) => [each]),
      [...formats, "convert_mass(a, 'Kilogram', 'Pound')"],
    );
  });
});

test('a whole number that is too large ends the query on both engines, and is never another number', async () => {
  const tooLarge = /overflow|out of range|can't be cast|cannot be safely converted/i;
  const rows = 'datatable(a:long, b:long)[1, -9223372036854775808]';
  for (const expression of [
    '9223372036854775807 + a',
    'b - a',
    '5000000000000000000 * (a + 1)',
    '-b',
    'b / (a - 2)',
    'abs(b)',
    'bin(b, 5)',
  ]) {
    for (const message of await failuresOf(`${rows} | project x = ${expression}`))
      assert.match(message, tooLarge, expression);
  }
  const sums = 'datatable(x:long)[9223372036854775807, 1] | summarize sum(x)';
  for (const message of await failuresOf(sums)) assert.match(message, tooLarge);
});
