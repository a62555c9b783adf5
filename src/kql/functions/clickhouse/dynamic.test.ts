import { describe, test } from 'node:test';
import { onBothEngines, quoted } from '../../../../test/support/both-engines.ts';

// Dynamic values and addresses over rows: what DuckDB answers is what the functions mean.

const { assertSame } = onBothEngines();

const values = [
  '{"a": {"b": "x", "c": 1.0, "1": "one"}, "d": [1.0, {"e": 1e3}, null, "z/y"], "1": 5}',
  '[10, 20.0, "x", null, [1], {"k": 1.0}]',
  '{"a": null, "": 3, "a.b": 7, "a/b~c": 8, "d": {}}',
  '[[1, 2], [3]]',
  '["a", "b", 5, "a/c"]',
  '[1, 2, 3, 4, 5]',
  '[5, 4, 4.0, 4]',
  '[]',
  '{}',
  '"str"',
  '5',
  'true',
  'null',
].map((each) => `dynamic(${each})`);

describe('functions of dynamic values give what they give on DuckDB', () => {
  test('steps', async () => {
    const rows = values.flatMap((d) =>
      [
        ['0', "'a'"],
        ['-1', "'d'"],
        ['3', "''"],
        ['long(null)', "'1'"],
      ].map((each) => [d, ...each]),
    );
    const keys = [
      'd.a',
      'd.a.b',
      'd.a.c',
      "d['1']",
      'd["a.b"]',
      "d['a/b~c']",
      "d['']",
      'd[k]',
      "d.a['1']",
      'd[tostring(n)]',
    ];
    const places = ['d.d[0]', 'd.d[1].e', 'd.d[2]', 'd.d[3]', 'd[n]', 'd[0]', 'd[-1]', 'd[5]'];
    await assertSame('d:dynamic,n:long,k:string', rows, [
      ...keys,
      ...places,
      'isnull(d.a)',
      'gettype(d.d)',
      'tostring(d.d)',
      'toreal(d.d[0])',
    ]);
  });

  test('text that is JSON, and text that is not', async () => {
    const texts = [
      '{"a":{"b":[1.0, 2]}, "big": 123456789012345678901234567890, "e": 1E3, "neg": -0.0, "x": "7"}',
      ...[
        '{"a":',
        'plain',
        '',
        '[1, {"a":2}]',
        '"{\\"a\\":1}"',
        'null',
        '{"a":null}',
        '5',
        '1.50',
        '12345678901234567890123',
      ],
      '{"a": "x\\u0000N5", "\\u0000k": 1.0, "\\u0000Sk": [1e2]}',
      '{"a": "say \\"1.0\\", 2.0", "b\\\\": 3.0}',
    ].map((each) => [quoted(each)]);
    const parsed = ['.a', '.a.b', '.a.b[0]', '.big', '.e', '.neg', '[1].a'].map((each) => `parse_json(s)${each}`);
    const extracted = ['$.a', '$.a.b', '$.a.b[0]', '$[1].a', '$'].map((each) => `extract_json('${each}', s)`);
    const types = ['long', 'string', 'real', 'dynamic'].map((each) => `extract_json('$.x', s, typeof(${each}))`);
    await assertSame('s:string', texts, [
      ...parsed,
      ...extracted,
      ...types,
      'bag_keys(parse_json(s))',
      'tostring(parse_json(s))',
    ]);
  });

  test('bags', async () => {
    const rows = values.flatMap((a) =>
      ['{"a": 3, "c": 4e3}', '["a", "d"]', 'null', '{}'].map((b) => [a, `dynamic(${b})`]),
    );
    const bags = [
      'bag_merge(a, b)',
      'bag_merge(b, a, dynamic({"q": 1}))',
      "bag_has_key(a, 'a')",
      "bag_has_key(a, '$.a.b')",
      'bag_keys(a)',
    ];
    const set = ["bag_set_key(a, 'b', 7)", "bag_set_key(a, 'n', b)", 'bag_zip(b, a)'];
    const removed = [
      "bag_remove_keys(a, dynamic(['$.a.b', 'd']))",
      "bag_remove_keys(a, dynamic(['a']))",
      'bag_remove_keys(a, b)',
    ];
    await assertSame('a:dynamic,b:dynamic', rows, [...bags, ...set, ...removed]);
  });

  test('values packed', async () => {
    const rows = [
      ['1', `'x"y/'`, '1.0', 'true', 'datetime(2020-01-01)', '1h', 'dynamic({"k":[1.0,null]})', '5'],
      ['long(null)', "''", 'real(null)', 'bool(null)', 'datetime(null)', 'time(null)', 'dynamic(null)', 'int(null)'],
      ['2', "'z'", 'real(nan)', 'false', 'datetime(2020-01-02 03:04:05.678)', '-1d', 'dynamic("s")', '7'],
      ['3', "'z'", '1e22', 'true', 'datetime(2020-01-02)', '1tick', 'dynamic([])', '7'],
    ];
    const packed = [
      'pack_array(a, s, r, b, t, d, j, i)',
      "bag_pack('a', a, 's', s, s, j)",
      'pack_all()',
      'pack_all(true)',
    ];
    await assertSame('a:long,s:string,r:real,b:bool,t:datetime,d:timespan,j:dynamic,i:int', rows, packed);
  });

  test('arrays', async () => {
    const rows = values.flatMap((a) =>
      [
        ['0', '2'],
        ['-3', '-2'],
        ['2', '1'],
        ['9', '5'],
        ['-7', '9'],
      ].map((each) => [a, ...each]),
    );
    const places = [
      'array_index_of(a, 4)',
      "array_index_of(a, 'b')",
      'array_index_of(a, 4, n)',
      'array_index_of(a, 4, 0, m)',
      'array_index_of(a, 4, 0, -1, 2)',
    ];
    const cut = [
      'array_slice(a, n, m)',
      'array_slice(a, -2, -1)',
      'array_split(a, n)',
      'array_split(a, dynamic([1, 3]))',
      'array_split(a, dynamic([-1, "x", 1]))',
    ];
    const moved = [
      'array_rotate_left(a, n)',
      'array_rotate_right(a, m)',
      'array_shift_left(a, n)',
      "array_shift_right(a, m, 'f')",
      'array_reverse(a)',
    ];
    const whole = [
      'array_length(a)',
      'array_sum(a)',
      'array_concat(a, dynamic([7.0]))',
      'zip(a, dynamic([9]))',
      "array_iff(a, 'y', 'n')",
      'array_iff(a, dynamic([1, 2]), 5)',
    ];
    const sets = [
      'set_has_element(a, 4)',
      "set_has_element(a, 'b')",
      'set_equals(a, dynamic([3, 2, 1, 5, 4, 1]))',
      'jaccard_index(a, dynamic([1, 2]))',
      'array_length(set_union(a, dynamic([1])))',
    ];
    const made = [
      'array_length(repeat(a, m))',
      'repeat(n, 2)',
      'range(n, m)',
      'range(n, m, 2)',
      'range(toreal(n), toreal(m), 0.5)',
      'range(n * 1h, m * 1h)',
    ];
    await assertSame('a:dynamic,n:long,m:long', rows, [...places, ...cut, ...moved, ...whole, ...sets, ...made]);
  });

  test('arrays sorted', async () => {
    const arrays = [
      '[10, null, 9.5, 9, -1e3]',
      '[null, "b", "a", "é", "B"]',
      '[]',
      '[true, false, true]',
      '[[2], [1]]',
      '[null]',
    ];
    const sorts = ['array_sort_asc(a)', 'array_sort_desc(a)', 'array_sort_asc(a, false)', 'array_sort_desc(a, true)'];
    await assertSame(
      'a:dynamic',
      arrays.map((each) => [`dynamic(${each})`]),
      sorts,
    );
  });
});

describe('functions of series give what they give on DuckDB', () => {
  test('element by element and as a whole', async () => {
    const series = [
      '[1, 2, 4]',
      '[4, 2.5, "a"]',
      '[2, 2.0, 2, 1]',
      '[]',
      'null',
      '[-6.5, 0.5, -8, null]',
      '[1e3, -0.5]',
      '{"a":1}',
    ];
    const large = ['dynamic([9223372036854775807, 100000000000000000])', 'dynamic([1, 100])'];
    const rows = series.flatMap((a) => series.map((b) => [`dynamic(${a})`, `dynamic(${b})`]));
    const two = [
      'add',
      'subtract',
      'multiply',
      'divide',
      'equals',
      'not_equals',
      'less',
      'less_equals',
      'greater',
      'greater_equals',
      'dot_product',
      'cosine_similarity',
    ];
    const one = ['abs', 'sign', 'floor', 'ceiling', 'sum', 'product', 'magnitude'];
    await assertSame(
      'a:dynamic,b:dynamic',
      [...rows, large],
      [
        ...two.map((each) => `series_${each}(a, b)`),
        ...one.map((each) => `series_${each}(a)`),
        'round(series_pearson_correlation(a, b), 9)',
      ],
    );
  });

  test('gaps filled', async () => {
    const gaps = [
      '[1, null, 3]',
      '[null, 111, null, 36, 41, null, null, 16, null]',
      '[-1, 1, -1.0, 2, null]',
      '[null, null]',
      '[]',
      'null',
      '[1, null, null, null, 2.5, null]',
    ];
    const known = [
      'series_fill_const(a, 0)',
      'series_fill_const(a, 0.5, -1)',
      'series_fill_forward(a)',
      'series_fill_backward(a, -1)',
    ];
    const linear = [
      'series_fill_linear(a)',
      'series_fill_linear(a, -1)',
      'series_fill_linear(a, real(null), false)',
      'series_fill_linear(a, 0, true, 7)',
    ];
    await assertSame(
      'a:dynamic',
      gaps.map((each) => [`dynamic(${each})`]),
      [...known, ...linear],
    );
  });
});

describe('functions of addresses give what they give on DuckDB', () => {
  test('IPv4', async () => {
    const some = [
      '192.168.1.1/24',
      '255.255.255.255',
      '01.2.3.4',
      '1.2.3.4/0',
      '',
      ' 10.0.0.1 ',
      '10.0.0.1/33',
      '256.1.1.1',
      '172.31.0.1',
      '1.2.3',
      '::ffff:10.0.0.1',
      '172.32.0.1/11',
      '10.0.0.0/8',
      '192.168.1.7',
    ];
    const rows = some.flatMap((a) =>
      some.flatMap((b) => ['8', '24', '33', 'long(null)'].map((p) => [quoted(a), quoted(b), p])),
    );
    const one = [
      'parse_ipv4(a)',
      'ipv4_is_private(a)',
      'ipv4_netmask_suffix(a)',
      'format_ipv4(a)',
      'format_ipv4(a, p)',
      'format_ipv4_mask(a, p)',
      'parse_ipv4_mask(a, p)',
    ];
    const two = [
      'ipv4_is_match(a, b)',
      'ipv4_is_match(a, b, p)',
      'ipv4_compare(a, b)',
      'ipv4_compare(a, b, p)',
      'ipv4_is_in_range(a, b)',
      "ipv4_is_in_any_range(a, b, '10.0.0.0/8')",
      'ipv4_range_to_cidr_list(a, b)',
    ];
    const lists = ["dynamic(['10.0.0.0/8', 'x', '192.168.1.0/24'])", 'dynamic([])', "dynamic(['x'])"].map(
      (each) => `ipv4_is_in_any_range(a, ${each})`,
    );
    await assertSame('a:string,b:string,p:long', rows, [...one, ...two, ...lists]);
  });

  test('IPv6', async () => {
    const some = [
      '192.168.255.255/24',
      'fe80::1',
      '2001:db8::10%eth0',
      '2001:db8::/32',
      '1::2::3',
      '::',
      '::1',
      '::ffff:c0a8:0101',
      'x',
      '',
      'fe80::85d:e82c:9446:7994/120',
      '1:2:3:4:5:6:7:8',
      '1:2:3:4:5:6:7::',
      '12345::',
      '::1.2.3.4',
      'fe80::1/129',
      'FFFF:ffff:ffff:ffff:ffff:ffff:ffff:ffff',
      'fe80::2/10',
      'fe80::1/0',
    ];
    const rows = some.flatMap((a) =>
      some.flatMap((b) => ['32', '127', '200', 'long(null)'].map((p) => [quoted(a), quoted(b), p])),
    );
    await assertSame('a:string,b:string,p:long', rows, [
      'parse_ipv6(a)',
      'parse_ipv6_mask(a, p)',
      'ipv6_is_match(a, b)',
      'ipv6_is_match(a, b, p)',
      'ipv6_compare(a, b)',
      'ipv6_compare(a, b, p)',
      'ipv6_is_in_range(a, b)',
    ]);
  });

  test('addresses within a text', async () => {
    const texts = [
      '05:04:54 127.0.0.1 GET /',
      '05:04:54127.0.0.1 GET',
      '127.0.0.256',
      'é127.0.0.1',
      '(127.0.0.1)',
      '',
      '1.127.0.0.1',
      '127.0.0.12',
    ];
    await assertSame(
      's:string',
      texts.map((each) => [quoted(each)]),
      [
        "has_ipv4(s, '127.0.0.1')",
        "has_any_ipv4(s, '127.0.0.1', '1.1.1.1')",
        "has_any_ipv4(s, dynamic(['127.0.0.12']))",
        "has_ipv4_prefix(s, '127.0.')",
        "has_any_ipv4_prefix(s, '127.0.0.1', '1.')",
      ],
    );
  });
});
