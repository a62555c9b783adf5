import { describe, test } from 'node:test';
import fc from 'fast-check';
import { onBothEngines, quoted } from '../../../../test/support/both-engines.ts';

const { assertSame } = onBothEngines();

/** Many of such texts to a query, given to the expressions as a column. */
async function assertSameOf(text: fc.Arbitrary<string>, expressions: readonly string[]): Promise<void> {
  await fc.assert(
    fc.asyncProperty(fc.array(text, { minLength: 30, maxLength: 120 }), async (texts) => {
      await assertSame(
        'a:string',
        texts.map((each) => [quoted(each)]),
        expressions,
      );
    }),
    { numRuns: 3 },
  );
}

function textOf(...units: readonly string[]): fc.Arbitrary<string> {
  return fc.string({ unit: fc.constantFrom(...units), maxLength: 14 });
}

describe('text that is taken apart gives what it gives on DuckDB', () => {
  test('command lines', async () => {
    const expressions = [
      "tostring(parse_command_line(a, 'windows'))",
      "tostring(parse_command_line(strcat('p ', a), 'windows'))",
    ];
    await assertSameOf(textOf('a', 'é', ' ', '\t', '\\', '"', '\n'), expressions);
  });

  test('URLs and their queries', async () => {
    const units = [
      'http',
      '://',
      ':',
      '/',
      '?',
      '#',
      '&',
      '=',
      '@',
      'a',
      'b',
      '80',
      '.',
      '[::1]',
      'é',
      '%20',
      '+',
      ' ',
      '\n',
      '"',
      '\\',
    ];
    const expressions = [
      'tostring(parse_url(a))',
      'tostring(parse_url(strcat("https://u:p@h:1/", a)))',
      'tostring(parse_urlquery(a))',
    ];
    await assertSameOf(textOf(...units), [...expressions, 'url_decode(a)', 'url_encode(a)']);
  });

  test('paths', async () => {
    const units = ['C:', 'a', 'b.txt', '.gz', '\\', '/', 'file', '://', ':', '.', ' ', 'é', '\n', '"'];
    await assertSameOf(textOf(...units), ['tostring(parse_path(a))', "tostring(parse_path(strcat('file://C:/', a)))"]);
  });

  test('CSV', async () => {
    await assertSameOf(textOf('a', 'é', ',', '"', '""', '\n', '\r', ' ', '\\'), ['tostring(parse_csv(a))']);
  });

  test('versions', async () => {
    const texts = [
      '1',
      '1.2',
      '1.2.3',
      '1.2.3.4',
      '1.2.3.4.5',
      '0.0.0.0',
      '01.002',
      '1.',
      '.1',
      'a',
      '',
      ' 1',
      '1 ',
      '123456789',
      '9999.99999999.99999999.99999999',
    ];
    await assertSame(
      'a:string',
      texts.map((each) => [quoted(each)]),
      ['parse_version(a)', 'parse_version(a) > parse_version("1.2.3")'],
    );
  });

  test('base64', async () => {
    const text = fc.string({
      unit: fc.constantFrom('S3V', 'zdG8', 'A', 'w', '/', '+', ' ', '\n', '_', '-'),
      maxLength: 8,
    });
    // DuckDB also takes what comes after the padding.
    const padded = fc.tuple(text, fc.constantFrom('', '=', '==', '===', '= =')).map((parts) => parts.join(''));
    await assertSameOf(padded, ['base64_decode_tostring(a)', 'tostring(base64_decode_toarray(a))']);
  });

  test('parts of texts and escapes of patterns', async () => {
    const units = ['a', 'b', 'ab', 'é', '.', '*', '\\', '(', '[', '"', "'", '\0', '\n', '😀'];
    const expressions = [
      "split(a, 'ab')",
      'split(a, substring(a, 1, 1))',
      "countof(a, 'a')",
      "replace_string(a, 'a', 'bb')",
    ];
    const own = [
      'regex_quote(a)',
      'reverse(a)',
      'a has substring(a, 1, 2)',
      'a contains substring(a, 2)',
      "indexof(a, 'b', 1, -1, 2)",
    ];
    await assertSameOf(textOf(...units), [
      ...expressions.map((each) => (each.startsWith('split') ? `tostring(${each})` : each)),
      ...own,
    ]);
  });
});

const numbers = ['0', '1', '2', '-1', '9007199254740993', 'null'];

describe('membership gives what it gives on DuckDB', () => {
  test('of numbers, truth values, times and GUIDs', async () => {
    const dynamics = "dynamic([0, 1.0, null, '2', true, 9007199254740993])";
    const whole = [
      'a in (1, 2)',
      'a in (b, 0)',
      'a !in (b, 1)',
      `a in (${dynamics})`,
      `a !in (${dynamics})`,
      'a in (1.0, 2.5)',
      'a in (pack_array(b, 1))',
    ];
    const pairs = numbers.flatMap((a) => numbers.map((b) => [`long(${a})`, `long(${b})`]));
    await assertSame('a:long,b:long', pairs, whole);
    const small = ['0', '1', '2', '-1', 'null'];
    await assertSame(
      'a:int,b:int',
      small.flatMap((a) => small.map((b) => [`int(${a})`, `int(${b})`])),
      whole,
    );
    const reals = ['0.0', '1.0', '2.5', '-1.5', 'null'];
    await assertSame(
      'a:real,b:real',
      reals.flatMap((a) => reals.map((b) => [`real(${a})`, `real(${b})`])),
      whole,
    );
    await assertSame(
      'a:bool,b:bool',
      ['true', 'false', 'bool(null)'].flatMap((a) => ['true', 'bool(null)'].map((b) => [a, b])),
      ['a in (b)', 'a !in (b, false)', `a in (${dynamics})`],
    );
    const times = ['2020-01-01', '1601-01-01', 'null'].map((each) => `datetime(${each})`);
    await assertSame(
      'a:datetime,b:datetime',
      times.flatMap((a) => times.map((b) => [a, b])),
      ['a in (b)', 'a !in (b)', "a in (dynamic(['2020-01-01']))", 'a in (datetime(2020-01-01), b)'],
    );
    const guids = ['ae3133f2-6e22-49ae-b06a-16e6a9b212eb', 'null'].map((each) => `guid(${each})`);
    await assertSame(
      'a:guid,b:guid',
      guids.flatMap((a) => guids.map((b) => [a, b])),
      ['a in (b)', "a in (dynamic(['AE3133F2-6E22-49AE-B06A-16E6A9B212EB']))"],
    );
  });

  test('of dynamic values', async () => {
    const values = ['1', '1.0', '"1"', '"a"', '"A"', 'true', 'null', '[1]', '{"a":1}', '""'].map((each) => [
      quoted(each),
    ]);
    const read = 'parse_json(a)';
    const lists = [
      `${read} in ('a', '1')`,
      `${read} !in ('a')`,
      `${read} in~ ('a')`,
      `${read} in (1, 2)`,
      `${read} !in (1.0)`,
      `${read} in (true)`,
    ];
    await assertSame('a:string', values, [...lists, `${read} has_any ('a', '1')`, `${read} has_all ('a', '1')`]);
  });

  test('of many known texts, of ASCII and not', async () => {
    const many = Array.from({ length: 260 }, (_, index) => `'word${index}'`).join(', ');
    const texts = ['word7', 'WORD259', 'a word12.', 'word', 'word260', 'é word5', 'wor\u017f', '\u212aelvin', ''];
    const lists = [
      `a in (${many})`,
      `a in~ (${many})`,
      `a has_any (${many})`,
      "a has_any ('kelvin', 'é')",
      "a has_any ('kelvin', 'wors')",
      "a has 'kelvin'",
    ];
    await assertSame(
      'a:string',
      texts.map((each) => [quoted(each)]),
      lists,
    );
  });
});

test('places on the earth give what they give on DuckDB', async () => {
  const degrees = ['0', '-0.5', '35.554128', '90', '-90', '90.01', '139.806115', '180', '-180', '181', 'null'];
  const rows = degrees.flatMap((x) => degrees.map((y) => [`real(${x})`, `real(${y})`]));
  const hashes = ['geo_point_to_geohash(x, y)', 'geo_point_to_geohash(x, y, 18)', 'geo_point_to_geohash(x, y, 1)'];
  const lengths = [
    'geo_point_to_geohash(x, y, 0)',
    'geo_point_to_geohash(x, y, 19)',
    'geo_point_to_geohash(x, y, toint(x))',
  ];
  const circles = ['geo_point_in_circle(x, y, 1, 2, 5000000)', 'geo_point_in_circle(1, 2, 3, 4, x)'];
  const distances = ['round(geo_distance_2points(x, y, 1, 2), 3)', 'round(geo_distance_2points(x, y, y, x), 3)'];
  await assertSame('x:real,y:real', rows, [...hashes, ...lengths, ...circles, ...distances]);
  const texts = ['', 'sunny', 'a', 'S', '0', 'zzzzzzzzzzzzzzzzzz', 'zzzzzzzzzzzzzzzzzzz', 'c23n8', 'c2 3', 'é'];
  const points = ['tostring(geo_geohash_to_central_point(a))', 'isnull(geo_geohash_to_central_point(a))'];
  await assertSame(
    'a:string',
    texts.map((each) => [quoted(each)]),
    points,
  );
});
