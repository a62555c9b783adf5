// Every construct that the published hunting queries use, each in a query whose rows are known: the names on the left are
// those that such queries were counted by. What needs a host (externaldata, FileProfile, geo_info_from_ip_address,
// ingestion_time) is proved where the host is: src/hunting.
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import type { DuckDBConnection } from '@duckdb/node-api';
import { compile } from '../../src/kql/compile.ts';
import { compileInPasses } from '../../src/kql/two-pass.ts';
import { engine } from './trees.ts';

type Row = readonly unknown[];
/** What it is called, a query that uses it, and its rows; whole numbers of 64 bits as text. */
type Construct = readonly [names: string, query: string, ...rows: readonly Row[]];

const abx = 'datatable(a:long, b:string)[1, "x", 2, "y", 3, "x"]';
const left = 'datatable(a:long, b:long)[1, 2, 1, 3, 5, 6]';
const right = '(datatable(a:long, c:long)[1, 4, 7, 8])';

const operators: readonly Construct[] = [
  ['where', `${abx} | where a > 1`, ['2', 'y'], ['3', 'x']],
  ['extend, project', `${abx} | extend c = a + 1 | project c`, ['2'], ['3'], ['4']],
  ['summarize, count', `${abx} | summarize n = count() by b | sort by b asc`, ['x', '2'], ['y', '1']],
  ['sort, top, take', `${abx} | sort by a desc | take 2 | top 1 by a asc`, ['2', 'y']],
  [
    'project-reorder, project-rename, project-away',
    `${abx} | project-reorder b | project-rename c = a | project-away b | take 1`,
    ['1'],
  ],
  ['distinct', `${abx} | distinct b | sort by b asc`, ['x'], ['y']],
  ['union', 'union (print a = 1), (print a = 2) | sort by a asc', ['1'], ['2']],
  ['union isfuzzy', 'union isfuzzy = true (print a = 1), Missing', ['1']],
  ['union kind=inner', 'union kind = inner (print a = 1, b = 2), (print a = 2) | sort by a asc', ['1'], ['2']],
  [
    'union withsource',
    'let V = view () { print a = 1 }; union withsource = From V, (print a = 2) | where a == 1 | project From',
    ['V'],
  ],
  ['render', 'print a = 1 | render table', ['1']],
  ['mv-expand', 'print a = dynamic([1, 2]) | mv-expand a to typeof(long)', ['1'], ['2']],
  [
    'invoke, let function with tabular parameter',
    `let f = (T:(a:long, b:string)) { T | project c = a }; ${abx} | invoke f() | take 1`,
    ['1'],
  ],
  ['parse', 'print s = "a=1;b=2" | parse s with "a=" x:long ";b=" y:long | project x, y', ['1', '2']],
  ['parse-where', 'print s = "a=1" | parse-where s with "b=" x:long'],
  ['search', 'let V = view () { print MyColumn = 5 }; search MyColumn == 5', ['V', '5']],
  ['find', 'let V = view () { print t = "abc x" }; find where t has "abc" project t', ['V', 'abc x']],
  ['mv-apply', 'print a = dynamic([1, 2, 3]) | mv-apply a to typeof(long) on (summarize s = sum(a))', ['6']],
  [
    'make-series',
    'datatable(t:datetime, v:long)[datetime(2020-01-02), 2] | make-series s = sum(v) on t from datetime(2020-01-01) to datetime(2020-01-04) step 1d | project s',
    ['[0,2,0]'],
  ],
  ['top-nested', 'datatable(a:string)["1", "1", "2"] | top-nested 1 of a by n = count()', ['1', '2']],
  ['count operator', `${abx} | count`, ['3']],
  [
    'scan',
    `${abx} | sort by a asc | scan declare (n:long) with (step s: true => n = coalesce(s.n, 0) + a;) | project n`,
    ['1'],
    ['3'],
    ['6'],
  ],
  ['getschema', 'datatable(a:long)[] | getschema', ['a', '0', 'System.Int64', 'long']],
  ['partition', `${abx} | partition by b (top 1 by a | project a) | sort by a asc`, ['2'], ['3']],
  [
    'serialize, row_number, prev, next',
    `${abx} | sort by a asc | serialize | project row_number(), prev(a), next(a)`,
    ['1', null, '2'],
    ['2', '1', '3'],
    ['3', '2', null],
  ],
  [
    'row_window_session',
    'datatable(t:datetime)[datetime(2024-01-01 10:00), datetime(2024-01-01 10:04), datetime(2024-01-01 10:20)] | sort by t asc | extend s = row_window_session(t, 1h, 5m) | project format_datetime(s, "HH:mm")',
    ['10:00'],
    ['10:00'],
    ['10:20'],
  ],
  [
    'let scalar, let tabular, let function',
    'let x = 3; let T = print y = 1; let f = (n:long) { n + x }; T | project f(y)',
    ['4'],
  ],
  ['datatable, range, print', 'range x from 1 to 2 step 1', ['1'], ['2']],
  ['materialize, toscalar', 'let T = materialize(print x = 1); union T, (print x = toscalar(T)) | count', ['2']],
];

const joins: readonly Construct[] = [
  ['kind=inner', `${left} | join kind = inner ${right} on a | project b, c | sort by b asc`, ['2', '4'], ['3', '4']],
  ['the default, innerunique', `${left} | join ${right} on a | count`, ['1']],
  ['kind=innerunique', `${left} | join kind = innerunique ${right} on a | count`, ['1']],
  ['kind=leftouter', `${left} | join kind = leftouter ${right} on a | where isnull(c) | project b`, ['6']],
  ['kind=rightouter', `${left} | join kind = rightouter ${right} on a | where isnull(b) | project c`, ['8']],
  ['kind=fullouter', `${left} | join kind = fullouter ${right} on a | count`, ['4']],
  ['kind=leftanti', `${left} | join kind = leftanti ${right} on a`, ['5', '6']],
  ['kind=rightanti', `${left} | join kind = rightanti ${right} on a`, ['7', '8']],
  ['kind=leftsemi', `${left} | join kind = leftsemi ${right} on $left.a == $right.a | count`, ['2']],
  ['kind=rightsemi', `${left} | join kind = rightsemi ${right} on a`, ['1', '4']],
  ['lookup, lookup kind=leftouter', `${left} | lookup ${right} on a | where isnull(c) | project b`, ['6']],
  ['lookup kind=inner', `${left} | lookup kind = inner ${right} on a | count`, ['2']],
];

const plugins: readonly Construct[] = [
  ['pivot', 'datatable(a:string, b:long)["x", 2, "y", 3] | evaluate pivot(a, sum(b))', ['2', '3']],
  ['bag_unpack', 'print d = dynamic({"x": 1}) | evaluate bag_unpack(d)', ['1']],
  [
    'bag_unpack',
    'datatable(n: long, s: string)[1, \'{"x": 1}\', 2, ""] | evaluate bag_unpack(s) | sort by n asc | where n == 2 | project n, isnull(x)',
    ['2', true],
  ],
  [
    'ipv4_lookup',
    'print ip = "10.1.1.1", k = "a" | evaluate ipv4_lookup(datatable(net:string, k:string, n:string)["10.0.0.0/8", "a", "ten", "10.0.0.0/8", "b", "no"], ip, net, k) | project n',
    ['ten'],
  ],
  [
    'ipv6_lookup',
    'print ip = "2001:db8::1" | evaluate ipv6_lookup(datatable(net:string, n:string)["::/0", "all", "2001:db8::/32", "doc"], ip, net) | project n',
    ['doc'],
  ],
];

const one = 'range x from 1 to 4 step 1 | summarize';

const aggregates: readonly Construct[] = [
  [
    'count, countif, count_distinct, dcount, dcountif',
    `${one} count(), countif(x > 1), count_distinct(x), dcount(x), dcountif(x, x > 2)`,
    ['4', '3', '4', '4', '2'],
  ],
  [
    'make_set, make_set_if, makeset, make_list, makelist',
    'print x = 1 | summarize tostring(make_set(x)), tostring(make_set_if(x, x > 1)), tostring(makeset(x)), tostring(make_list(x)), tostring(makelist(x))',
    ['[1]', '[]', '[1]', '[1]', '[1]'],
  ],
  ['arg_max, argmax', `${one} arg_max(x, y = x * 2), argmax(x, z = x * 3)`, ['4', '8', '4', '12']],
  ['arg_min, argmin', `${one} arg_min(x, y = x * 2), argmin(x, z = x * 3)`, ['1', '2', '1', '3']],
  [
    'max, min, sum, avg, minif, maxif, stdev',
    `${one} max(x), min(x), sum(x), avg(x), minif(x, x > 1), maxif(x, x < 3), round(stdev(x), 4)`,
    ['4', '1', '10', 2.5, '2', '2', 1.291],
  ],
  ['any, take_any', 'print x = 1 | summarize any(x), take_any(x)', ['1', '1']],
  ['make_bag', 'print x = 1 | summarize make_bag(bag_pack("k", x))', ['{"k":1}']],
];

const functions: readonly Construct[] = [
  ['ago, now', 'print now() - ago(1h) == 1h', [true]],
  [
    'tostring, parse_json, parsejson, todynamic, dynamic_to_json',
    `print tostring(1), tostring(parse_json('{"a":1}').a), tostring(parsejson("[1]")), todynamic("[1]"), dynamic_to_json(dynamic({"a":1}))`,
    ['1', '1', '[1]', '[1]', '{"a":1}'],
  ],
  [
    'isnotempty, notempty, isempty, isnull, isnotnull, not, coalesce',
    'print isnotempty("x"), notempty(""), isempty(""), isnull(int(null)), isnotnull(1), not(true), coalesce("", "a")',
    [true, false, true, true, true, false, 'a'],
  ],
  [
    'bin, round, abs, rand, hash',
    'print bin(7, 5), round(1.55, 1), abs(-1), rand() < 1, hash("World")',
    ['5', 1.6, '1', true, '1846988464401551951'],
  ],
  [
    'extract, extract_all, extractjson, split, replace, replace_string, substring, strcat',
    `print extract("a(.)", 1, "ab"), tostring(extract_all("(a)", "aa")), extractjson("$.a", '{"a":"v"}'), tostring(split("a,b", ",")), replace("a", "b", "aa"), replace_string("a.", ".", "b"), substring("abc", 1), strcat("a", 1)`,
    ['b', '["a","a"]', 'v', '["a","b"]', 'bb', 'ab', 'bc', 'a1'],
  ],
  [
    'tolower, toupper, strlen, string_size, trim, indexof, countof, strcat_array, make_string, unicode_codepoints_from_string',
    'print tolower("A"), toupper("a"), strlen("ä"), string_size("ä"), trim("a", "aba"), indexof("abc", "b"), countof("aaa", "a"), strcat_array(dynamic([1, 2]), "-"), make_string(97), tostring(unicode_codepoints_from_string("a"))',
    ['a', 'A', '1', '2', 'b', '1', '3', '1-2', 'a', '[97]'],
  ],
  ['iff, iif, case', 'print iff(true, 1, 2), iif(false, 1, 2), case(false, 1, true, 2, 3)', ['1', '2', '2']],
  [
    'array_length, pack_array, array_concat, array_index_of, array_slice, range, jaccard_index',
    'print array_length(dynamic([1])), tostring(pack_array(1, 2)), tostring(array_concat(dynamic([1]), dynamic([2]))), array_index_of(dynamic([1, 2]), 2), tostring(array_slice(dynamic([1, 2, 3]), 1, 2)), tostring(range(1, 3)), toreal(jaccard_index(dynamic([1, 2]), dynamic([2])))',
    ['1', '[1,2]', '[1,2]', '1', '[2,3]', '[1,2,3]', 0.5],
  ],
  [
    'set_has_element, set_intersect, set_difference, has_any_index',
    'print set_has_element(dynamic([1]), 1), tostring(set_intersect(dynamic([1, 2]), dynamic([2]))), tostring(set_difference(dynamic([1, 2]), dynamic([2]))), has_any_index("a b", dynamic(["c", "b"]))',
    [true, '[2]', '[1]', '1'],
  ],
  [
    'pack, bag_pack, pack_dictionary, column_ifexists',
    'print a = 1 | project pack("a", a), bag_pack("a", 1), pack_dictionary("a", 1), column_ifexists("b", 5)',
    ['{"a":1}', '{"a":1}', '{"a":1}', '5'],
  ],
  [
    'startofday, startofmonth, datetime_diff, datetime_add, format_datetime, format_timespan',
    'print format_datetime(startofday(datetime(2020-01-05 05:00)), "yyyy-MM-dd HH"), format_datetime(startofmonth(datetime(2020-01-05)), "dd"), datetime_diff("day", datetime(2020-01-02), datetime(2020-01-01)), datetime_add("day", 1, datetime(2020-01-01)) == datetime(2020-01-02), format_timespan(1h, "hh")',
    ['2020-01-05 00', '01', '1', true, '01'],
  ],
  [
    'todatetime, toint, tobool, toboolean, todouble, toreal, tolong',
    'print todatetime("2020-01-01") == datetime(2020-01-01), toint("1"), tobool("true"), toboolean("0"), todouble("1.5"), toreal("1.5"), tolong("7")',
    [true, 1, true, false, 1.5, 1.5, '7'],
  ],
  [
    'parse_url, parse_csv, parse_command_line, parse_xml, parse_path',
    'print tostring(parse_url("http://a/b").Host), tostring(parse_csv("a,b")), tostring(parse_command_line("a b", "windows")), tostring(parse_xml("<a>1</a>").a), tostring(parse_path(@"C:\\x\\y.exe").Filename)'.replaceAll(
      '\\\\',
      '\\',
    ),
    ['a', '["a","b"]', '["a","b"]', '1', 'y.exe'],
  ],
  [
    'ipv4_is_private, ipv4_is_in_range, ipv4_is_match',
    'print ipv4_is_private("10.0.0.1"), ipv4_is_in_range("10.0.0.1", "10.0.0.0/8"), ipv4_is_match("1.1.1.1", "1.1.1.1")',
    [true, true, true],
  ],
  [
    'base64_decode_tostring, base64_decodestring, base64_encode_tostring, base64_decode_toarray, url_decode, url_encode',
    'print base64_decode_tostring("YQ=="), base64_decodestring("YQ=="), base64_encode_tostring("a"), tostring(base64_decode_toarray("YQ==")), url_decode("%20"), url_encode("a b")',
    ['a', 'a', 'YQ==', '[97]', ' ', 'a+b'],
  ],
  [
    'binary_shift_left, binary_xor, binary_and, new_guid',
    'print binary_shift_left(1, 2), binary_xor(1, 3), binary_and(3, 1), strlen(tostring(new_guid()))',
    ['4', '2', '1', '36'],
  ],
  [
    'series_decompose_anomalies',
    'print y = dynamic([1, 2, 1, 2, 1, 2, 1, 9, 1, 2, 1, 2]) | extend (flag, score, base) = series_decompose_anomalies(y, 1.5, 2) | project flag',
    ['[0,0,0,0,0,0,0,1,0,0,0,0]'],
  ],
];

const expressions: readonly Construct[] = [
  [
    '==, !=, =~, !~, <, <=, >, >=',
    'print "a" == "a", "a" != "b", "A" =~ "a", "A" !~ "a", 1 < 2, 1 <= 1, 2 > 1, 1 >= 2',
    [true, true, true, false, true, true, true, false],
  ],
  ['and, or', 'print true and false, true or false', [false, true]],
  ['in, !in, in~, !in~', 'print "a" in ("a"), "A" !in ("a"), "A" in~ ("a"), "A" !in~ ("a")', [true, true, true, false]],
  [
    'has, !has, has_cs, has_any, has_all, hasprefix',
    'print "a b" has "B", "ab" !has "a", "a b" has_cs "B", "a b" has_any ("c", "b"), "a b" has_all ("a", "b"), "abc d" hasprefix "ab"',
    [true, true, false, true, true, true],
  ],
  [
    'contains, !contains, contains_cs, startswith, !startswith, endswith, !endswith',
    'print "abc" contains "B", "abc" !contains "d", "abc" contains_cs "B", "abc" startswith "A", "abc" !startswith "b", "abc" endswith "C", "abc" !endswith "b"',
    [true, true, false, true, true, true, true],
  ],
  ['matches regex, between', 'print "abc" matches regex "b.", 2 between (1 .. 3)', [true, true]],
  [
    'a pattern in a column that is constant',
    'print s = "abc" | extend p = "b." | where s matches regex p | project s',
    ['abc'],
  ],
  [
    'has_any and in of a table',
    'let l = datatable(v:string)["x"]; print a = "x y" | where a has_any (l) and "x" in (l)',
    ['x y'],
  ],
  [
    'paths, elements',
    'print d = dynamic({"a": {"b": [5, 6]}}) | project tolong(d.a.b[1]), tolong(d["a"].b[-1])',
    ['6', '6'],
  ],
  ['+, -, *, /, %, unary minus', 'print 1 + 1, 3 - 1, 2 * 3, 7 / 2, -10 % 4, -(1)', ['2', '2', '6', '3', '2', '-1']],
  [
    'literals',
    "print 1h, datetime(2020-01-01), 1.5, int(5), true, @'c:\\x', 'a' 'b', guid(74be27de-1e4e-49d9-b579-fe0b331d3642), dynamic([1d])",
    [
      '36000000000',
      '637134336000000000',
      1.5,
      5,
      true,
      'c:\\x',
      'ab',
      '74be27de-1e4e-49d9-b579-fe0b331d3642',
      '["1.00:00:00"]',
    ],
  ],
  [
    'several columns of one call',
    'print y = dynamic([1, 2, 3]) | extend (r, slope) = series_fit_line(y) | project slope',
    [1],
  ],
];

let connection: DuckDBConnection;
before(async () => {
  connection = await engine();
});

async function rowsOf(query: string): Promise<unknown[][]> {
  const compilation = await compileInPasses({
    compile: (options) => compile(query, { tables: [] }, options),
    read: async ({ sql }) => (await connection.runAndReadAll(sql)).getRows(),
    fetch: async () => 'nothing is fetched here',
  });
  assert.ok(compilation.ok, compilation.ok ? '' : JSON.stringify(compilation.diagnostics));
  const { sql, parameters } = compilation.compiled;
  const reader = await connection.runAndReadAll(
    sql,
    parameters.map(() => 637_134_336_000_000_000n),
  );
  return reader.getRows().map((row) => row.map((each) => (typeof each === 'bigint' ? String(each) : each)));
}

const groups = { operators, joins, plugins, aggregates, functions, expressions };

for (const [group, constructs] of Object.entries(groups)) {
  describe(`${group} of published hunting queries give what KQL promises`, () => {
    for (const [names, query, ...rows] of constructs) {
      test(names, async () => assert.deepEqual(await rowsOf(query), rows));
    }
  });
}
