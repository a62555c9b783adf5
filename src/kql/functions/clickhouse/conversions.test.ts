import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { onBothEngines, quoted } from '../../../../test/support/both-engines.ts';

// Conversions over rows, not constants: what DuckDB answers is what they mean.

const { assertSame, rowsOf } = onBothEngines();

const wholes = [
  '7',
  ' 7 ',
  '+7',
  '-7',
  '007',
  '0x10',
  '0X1f',
  '0xFFFFFFFF',
  '0x7fffffff',
  '0x80000000',
  '1 2',
  '\t5\n',
  '٣',
];
const ends = [
  ...['0x7FFFFFFFFFFFFFFF', '0x8000000000000000', '0xffffffffffffffff', '9223372036854775807', '9223372036854775808'],
  ...[
    '-9223372036854775808',
    '-9223372036854775809',
    '2147483647',
    '2147483648',
    '-2147483649',
    '99999999999999999999',
  ],
];
const reals = [
  ...['1.5', '1e3', 'nan', 'NaN', 'inf', '1.', '.5', '-.5e-3', '1e400', '-1e400', '1e-400', '5e', '+', '0.1', '-', '.'],
  ...['123456789.123456789', '4.9e-324', '1.7976931348623157e308', '100000000000000000000', '9007199254740993'],
];
const others = [
  '',
  ' ',
  'x',
  'true',
  'TRUE',
  ' false ',
  'yes',
  '0',
  '-0',
  '1,000',
  '2020-01-02',
  '01:02:03',
  '1.02:03:04.5',
];
const guids = [
  ...[
    'AE3133F2-6E22-49AE-B06A-16E6A9B212EB',
    ' ae3133f26e2249aeb06a16e6a9b212eb ',
    '{ae3133f2-6e22-49ae-b06a-16e6a9b212eb}',
  ],
  ...[
    'ae3133f2-6e22-49ae-b06a-16e6a9b212e',
    'ge3133f2-6e22-49ae-b06a-16e6a9b212eb',
    '(ae3133f2-6e22-49ae-b06a-16e6a9b212eb)',
  ],
];
const decimals = [
  '1.12345678905',
  '1.12345678904999',
  '-1.12345678905',
  '1e27',
  '1e28',
  '1e-20',
  '0.00000000005',
  '1e100',
];

const targets = ['toint', 'tolong', 'toreal', 'tobool', 'toguid', 'todatetime', 'totimespan', 'todecimal'];

function rowsOfTexts(texts: readonly string[]): string[][] {
  return texts.map((each) => [quoted(each)]);
}

describe('conversions give what they give on DuckDB', () => {
  test('of text', async () => {
    const texts = [...wholes, ...ends, ...reals, ...others, ...guids, ...decimals];
    await assertSame(
      'a:string',
      rowsOfTexts(texts),
      targets.map((each) => `${each}(a)`),
    );
  });

  test('of numbers and truth values', async () => {
    const real = [
      '0.0',
      '-0.0',
      '1.0',
      '-1.5',
      '0.1',
      '0.0001',
      '0.00012345',
      '0.00009999',
      '1e-5',
      '1.5e-6',
      '1.5e-7',
      '5e-324',
    ];
    const large = [
      '123456789.125',
      '1e15',
      '9999999999999998.0',
      '1e16',
      '1.5e17',
      '1e20',
      '1e21',
      '1.7976931348623157e308',
      '-1e100',
    ];
    const special = [
      'real(nan)',
      'real(+inf)',
      'real(-inf)',
      'real(null)',
      '0.30000000000000004',
      '-1e-5',
      '2147483647.5',
      '-2147483648.5',
    ];
    const numbers = [...real, ...large, ...special].map((each) =>
      each.startsWith('real') ? [each] : [`real(${each})`],
    );
    const results = ['tostring(a)', 'toint(a)', 'tolong(a)', 'tobool(a)', 'tostring(pack_array(a))', 'strcat(a, "x")'];
    await assertSame('a:real', numbers, results);
    const long = [
      '0',
      '1',
      '-1',
      '2147483647',
      '2147483648',
      '-2147483649',
      '4294967296',
      '9223372036854775807',
      '-9223372036854775808',
      'null',
    ];
    await assertSame(
      'a:long',
      long.map((each) => [`long(${each})`]),
      [...results, 'toreal(a)', 'todecimal(a)', 'totimespan(a)'],
    );
    const bools = ['true', 'false', 'bool(null)'].map((each) => [each]);
    await assertSame('a:bool', bools, [
      'tostring(a)',
      'toint(a)',
      'tolong(a)',
      'toreal(a)',
      'tostring(pack_array(a))',
      'gettype(a)',
    ]);
  });

  test('of times and GUIDs', async () => {
    const times = [
      '0001-01-01',
      '1582-10-15',
      '1899-12-31T23:59:59.9999999',
      '1970-01-01',
      '2020-02-29T12:34:56.7',
      '9999-12-31',
      'null',
    ];
    const results = ['tostring(a)', 'tolong(a)', 'tostring(pack_array(a))', 'strcat(a, 1)', 'hash(a)'];
    await assertSame(
      'a:datetime',
      times.map((each) => [`datetime(${each})`]),
      results,
    );
    const spans = ['0s', '1tick', '-1.5h', '400d', '1.02:03:04.5', 'null'];
    await assertSame(
      'a:timespan',
      spans.map((each) => [`timespan(${each})`]),
      results.slice(0, 4),
    );
    const known = ['ae3133f2-6e22-49ae-b06a-16e6a9b212eb', '00000000-0000-0000-0000-000000000000', 'null'];
    await assertSame(
      'a:guid',
      known.map((each) => [`guid(${each})`]),
      ['tostring(a)', 'base64_encode_fromguid(a)', 'tostring(pack_array(a))'],
    );
  });
});

const json = [
  ...[
    '',
    ' ',
    '1',
    '1.0',
    '2.50',
    '1e3',
    '1e21',
    '-0.0',
    '-0',
    ' 1 ',
    'true',
    'True',
    'null',
    'nan',
    '-nan',
    'inf',
    'abc',
    '1 2',
  ],
  ...[
    '"x"',
    '"1.5"',
    '"a\\u00e9\\/"',
    '"1.0"',
    '"true"',
    '"0x10"',
    '[]',
    '{}',
    '[1, 2.0, null, "x"]',
    '{"a":1',
    "it's",
    'a"b',
  ],
  ...[
    '{"b": 1.0, "a": {"z":1,"y":[1.0,{"k":null}]}, "a.b":true}',
    '"\\ud83d\\ude00"',
    '9007199254740993',
    '-9007199254740993',
  ],
  ...[
    '[10.0, "10.0.0.1", "v 2.0."]',
    '"2020-01-01"',
    '"01:00:00"',
    '{a:1}',
    "{'a':1}",
    '"\\t\\n"',
    '"a\\\\/b/"',
    '"\\u0000N1.0"',
  ],
  ...[
    '{"a\\\\/b/":"\\\\/", "1.0":1.0}',
    '[12345678901234567890123]',
    '{1:2.0}',
    '[01]',
    '[1.0.0]',
    '[1e5, 1E+5,1e-7]',
    '[1.0',
    '-1.9',
  ],
  ...[
    '"ae3133f2-6e22-49ae-b06a-16e6a9b212eb"',
    '2147483648',
    '4294967297',
    '1e10',
    '{"a, 5.0: b": "x, 5.0 : y", "b":1.0}',
  ],
];

describe('dynamic values give what they give on DuckDB', () => {
  test('read from text, and as values of other types', async () => {
    const read = 'parse_json(a)';
    const values = ['tostring', 'gettype', ...targets].map((each) => `${each}(${read})`);
    const texts = [
      `strlen(${read})`,
      `${read} has "x"`,
      `${read} contains "1"`,
      `${read} =~ "TRUE"`,
      `${read} in ("x", "1")`,
    ];
    await assertSame('a:string', rowsOfTexts(json), [read, ...values, ...texts, `base64_encode_fromarray(${read})`]);
    const flat = json.filter((each) => !each.includes('{"k"') && !each.includes('"a":1,'));
    await assertSame('a:string', rowsOfTexts(flat), [`dynamic_to_json(${read})`]);
  });

  test('in lists and as lists', async () => {
    const read = 'parse_json(a)';
    const lists = [
      `'x' in (${read})`,
      `1 in (${read})`,
      `2.0 in (${read})`,
      `'X' in~ (${read})`,
      `true in (${read})`,
      `'x' !in (${read})`,
    ];
    const terms = [
      `'x 10 v' has_any (${read})`,
      `'x 1 2.0' has_all (${read})`,
      `has_any_index('v x', ${read})`,
      `strcat_array(${read}, '-')`,
    ];
    await assertSame('a:string', rowsOfTexts(json), [...lists, ...terms]);
  });

  test('code points and bytes', async () => {
    const arrays = ['[75, 117.0, 115]', '[]', '[75, null, "x", 255]', '[256]', '[-1]', '75', '75.0', '{}', ''];
    await assertSame('a:string', rowsOfTexts(arrays), [
      'make_string(parse_json(a))',
      'base64_encode_fromarray(parse_json(a))',
    ]);
  });

  test('any JSON at all is kept, and keeps its text', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.json({ maxDepth: 3 }), { minLength: 1, maxLength: 20 }), async (values) => {
        const rows = values.filter((each) =>
          /^(?:[\x20-\x7e]|[\u00a0-\ud7ff])*$/.test(JSON.parse(JSON.stringify(each))),
        );
        await assertSame('a:string', rowsOfTexts(rows), [
          'gettype(parse_json(a))',
          'tostring(parse_json(a))',
          'toreal(parse_json(a))',
        ]);
      }),
      { numRuns: 10 },
    );
  });
});

test('a value that cannot be put in order is an error, never half in order', async () => {
  await assert.rejects(rowsOf(`print dynamic_to_json(parse_json('[{"a":1}]'))`), /nested deeper than four levels/);
});
