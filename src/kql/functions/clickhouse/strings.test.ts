import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { onBothEngines, quoted } from '../../../../test/support/both-engines.ts';
import { compile } from '../../compile.ts';

// The functions of text over rows, not constants: what DuckDB answers is what they mean.

const { assertSame, rowsOf } = onBothEngines();

/** Units of UTF-16, so that a character beyond them is two. */
const texts = [
  ...['', ' ', 'a', 'A', 'aBc', 'bc', 'abcabc', 'aaaa', 'aa', 'a b', 'a_b', 'a.b', '.', '_', '\\', "'", '"', "it's"],
  ...[
    'é',
    'É',
    'É é',
    'ß',
    'straße',
    '日本語',
    '本',
    '😀',
    'a😀b',
    '\n',
    'a\nb',
    '\tA',
    '%',
    '(a|b)',
    '*',
    '^',
    '$',
    '\\d',
  ],
  ...[
    'K',
    'k',
    '\u212a',
    'ſ',
    's',
    'İ',
    'i',
    'ΟΔΟΣ',
    'δος',
    'Σ',
    '0',
    '10',
    '10.0.0.1',
    'North America',
    'amer',
    'a\0b',
  ],
];
/** Every text with itself and with a sixth of the others, each on either side. */
const pairs = texts.flatMap((a, at) =>
  texts.filter((b, index) => (at + index) % 6 === 0 || a === b).map((b) => [quoted(a), quoted(b)]),
);
const singles = texts.map((each) => [quoted(each)]);

const wholes = [0, 1, -1, 2, -2, 3, 100, -100, 4294967290, -2147483648, null].map((each) => `long(${each})`);
const bounds = ['', 'abc', '日本語😀', 'a'].flatMap((a) => wholes.flatMap((n) => wholes.map((m) => [quoted(a), n, m])));

const infix = ['contains', 'startswith', 'endswith', 'has', 'hasprefix', 'hassuffix'];
const operators = [...infix.flatMap((each) => [each, `!${each}`, `${each}_cs`, `!${each}_cs`]), '=~', '!~', '==', '!='];

describe('functions of text give what they give on DuckDB', () => {
  test('operators of two columns', async () => {
    await assertSame(
      'a:string,b:string',
      pairs,
      operators.map((each) => `a ${each} b`),
    );
  });

  test('operators of a column and a known text', async () => {
    for (const needle of texts.filter((_, index) => index % 3 === 1)) {
      const text = quoted(needle);
      const lists = [
        `a in (${text}, 'abc')`,
        `a in~ ('x', ${text})`,
        `a !in~ (${text})`,
        `a has_any (${text}, 'zz', 's')`,
      ];
      await assertSame('a:string', singles, [
        ...operators.map((each) => `a ${each} ${text}`),
        ...lists,
        `a has_all (${text}, 'a')`,
      ]);
    }
  });

  test('lists of a column', async () => {
    const lists = [
      "a in (b, 'abc')",
      "a in~ (b, 'ABC')",
      'a !in (b)',
      'a !in~ (b)',
      "a has_any (b, 'zz')",
      "a has_all (b, 'a')",
    ];
    const dynamics = [
      "a in (split(b, ' '))",
      "a in~ (split(b, ' '))",
      "a has_any (split(b, ' '))",
      "a has_all (split(b, ' '))",
    ];
    await assertSame('a:string,b:string', pairs, [...lists, ...dynamics, "has_any_index(a, split(b, ' '))"]);
  });

  test('one text in another, taken apart and put together', async () => {
    const places = [
      'indexof(a, b)',
      'indexof(a, b, 1)',
      'indexof(a, b, -2)',
      'indexof(a, b, 0, 2)',
      'indexof(a, b, 0, -1, 2)',
    ];
    const parts = [
      'countof(a, b)',
      'tostring(split(a, b))',
      'tostring(split(a, b, 1))',
      'strcat(a, b, 1)',
      'strcat_delim(b, a, a)',
    ];
    const replaced = [
      "replace_string(a, b, 'xy')",
      "replace_string(a, 'a', b)",
      "translate(b, 'xy', strcat('x', a))",
      'strcmp(a, b)',
    ];
    await assertSame('a:string,b:string', pairs, [...places, ...parts, ...replaced]);
  });

  test('one text', async () => {
    const lengths = [
      'strlen(a)',
      'string_size(a)',
      'toupper(a)',
      'tolower(a)',
      'reverse(a)',
      'isascii(a)',
      'regex_quote(a)',
    ];
    const parts = ['substring(a, 1)', 'substring(a, -2, 1)', 'substring(a, 0, 2)', 'strrep(a, 3)', "strrep(a, 2, '-')"];
    const points = ['tostring(unicode_codepoints_from_string(a))', 'make_string(to_utf8(a))'];
    const codes = ['url_encode(a)', 'url_decode(a)', 'base64_encode_tostring(a)', 'base64_decode_tostring(a)'];
    const hashes = [
      'hash_md5(a)',
      'hash_sha1(a)',
      'hash_sha256(a)',
      'hash(a)',
      'hash(a, 10)',
      'tostring(base64_decode_toarray(a))',
    ];
    const forms = [
      'parse_url(a)',
      'parse_urlquery(a)',
      'parse_csv(a)',
      "parse_command_line(a, 'windows')",
      'parse_json(a)',
    ];
    const known = [
      "split('a b.c', 'b')",
      "strcat_array(split(a, 'a'), '-')",
      "countof(a, 'a')",
      "indexof(a, 'b')",
      "split(a, 'b', 0)",
    ];
    const all = [
      ...lengths,
      ...parts,
      ...points,
      ...codes,
      ...hashes,
      ...forms.map((each) => `tostring(${each})`),
      ...known,
    ];
    await assertSame('a:string', singles, all);
  });

  test('places and numbers that are out of range or null', async () => {
    const parts = [
      'substring(a, n, m)',
      'substring(a, n)',
      'strrep(a, n)',
      "strrep(a, n, '--')",
      "split(a, '', n)",
      "split(a, 'b', n)",
    ];
    const places = ["indexof(a, 'b', n)", "indexof(a, 'b', n, m)", "indexof(a, 'c', 0, m)"];
    const numbers = [
      'hash(n)',
      'hash(n, m)',
      'n in (m, 1)',
      'n !in (m)',
      'n in (dynamic([1, 2.0, null]))',
      'make_string(n % 50000)',
    ];
    await assertSame('a:string,n:long,m:long', bounds, [...parts, ...places, ...numbers]);
  });
});

describe('regular expressions give what they give on DuckDB', () => {
  const lines = [
    '',
    'a',
    'a1 b2',
    'a\nb',
    'x=45.6, y=7',
    '--abc--',
    'https://bing.com/',
    '(a)[b]{c}',
    'É1é',
    'ab\r\n',
    "it's \\ here",
  ];
  const rows = [...lines, ...texts.slice(0, 20)].map((each) => [quoted(each)]);
  const patterns = [
    'a.b',
    '.',
    '([a-z])([0-9])',
    '(?i)é',
    '(?s)a.b',
    '\\d+',
    '[^a-z]',
    '^a',
    'b$',
    '\\.',
    '(?P<name>[a-z]).',
    '\\pL',
    "'",
    '\\\\',
    '[.]',
  ];
  test('every pattern over every text', async () => {
    for (const pattern of patterns) {
      const p = quoted(pattern);
      const found = [
        `a matches regex ${p}`,
        `extract(${p}, 0, a)`,
        `countof(a, ${p}, 'regex')`,
        `extract(${p}, 0, a, typeof(long))`,
      ];
      const replaced = [
        `replace_regex(a, ${p}, 'x')`,
        `replace_regex(a, ${p}, ${quoted('<\\0>\\\\ \\n')})`,
        `trim(${p}, a)`,
      ];
      await assertSame('a:string', rows, [...found, ...replaced, `trim_start(${p}, a)`, `trim_end(${p}, a)`]);
    }
  });
  test('patterns that match the empty text are refused where the engine would go its own way', async () => {
    for (const regex of ['x*', '[0-9]*', '\\b|x', '$', '(?:a|)', '(?i)É*', '.*', 'a?b?']) {
      const p = quoted(regex);
      await assertSame('a:string', rows, [`replace_regex(a, ${p}, '')`, `trim(${p}, a)`, `extract(${p}, 0, a)`]);
    }
    for (const call of [
      "replace_regex(a, 'x*', 'y')",
      "countof(a, '$', 'regex')",
      "extract_all('(x?)', a)",
      "replace('', 'y', a)",
      String.raw`countof(a, @'\b', 'regex')`,
      String.raw`extract_all(@'(\B)', a)`,
    ]) {
      const result = compile(`print a = 'x' | project ${call}`, { tables: [] }, { dialect: 'clickhouse' });
      const message = result.ok ? 'it was compiled' : (result.diagnostics[0]?.message ?? '');
      assert.match(message, /with a pattern that matches the empty text is not supported/i, call);
    }
    await assert.rejects(rowsOf("print replace_regex('É', @'\\z|x', 'y')"), /matches the empty text is not supported/);
  });

  test('groups', async () => {
    const all = [
      "extract_all('([a-z])([0-9])', a)",
      "extract_all('([a-z])', a)",
      "extract_all('([a-z])([0-9])', dynamic([0, 2]), a)",
    ];
    const optional = ["extract_all('([a-z])(\\\\d)?', a)", "extract_all('(.)', a)"];
    const single = ["extract('([a-z])([0-9])?', 2, a)", String.raw`replace_regex(a, '(.)(.)?', @'\2\1')`];
    await assertSame('a:string', rows, [
      ...[...all, ...optional].map((each) => `tostring(${each})`),
      ...single,
      'trim_end("[^a]*", a)',
    ]);
  });
});
