import assert from 'node:assert/strict';
import { test } from 'node:test';
import { onAnEngine } from '../../../../test/kql/answers.ts';

const { refusal, rowsOf } = onAnEngine();

const sorted = (rows: unknown[][]): string[] => rows.map((row) => JSON.stringify(row)).toSorted();

test('mv-expand: null is one row, an empty array none, a bag one row a key, and several expand side by side', async () => {
  const of = (value: string) => rowsOf(`print d = dynamic(${value}) | mv-expand d`);
  assert.deepEqual(await of('null'), [[null]]);
  assert.deepEqual(await of('[]'), []);
  assert.deepEqual(await of('[1, "a", null]'), [['1'], ['"a"'], [null]]);
  assert.deepEqual(await of('{"k": 1, "l\'\\"": [2]}'), [['{"k":1}'], ['{"l\'\\"":[2]}']]);
  assert.deepEqual(await rowsOf('print d = dynamic({"k": 1}) | mv-expand kind=array d'), [['["k",1]']]);
  assert.deepEqual(await rowsOf("print a = dynamic([10, 20, 30]), b = dynamic(['p']) | mv-expand a, b"), [
    ['10', '"p"'],
    ['20', null],
    ['30', null],
  ]);
  assert.deepEqual(await rowsOf("print a = dynamic([]), b = dynamic(['p']) | mv-expand a, b"), [[null, '"p"']]);
});

test('mv-expand: an index, a limit, and a new name beside the array', async () => {
  assert.deepEqual(await rowsOf('print d = dynamic([5, 6, 7]) | mv-expand with_itemindex=i x = d limit 2'), [
    ['[5,6,7]', '5', '0'],
    ['[5,6,7]', '6', '1'],
  ]);
});

test('mv-expand to typeof takes what is of the kind and makes null of the rest', async () => {
  const of = async (type: string) =>
    (await rowsOf(`print d = dynamic([1, 2.5, -2.5, '2', true, null]) | mv-expand d to typeof(${type})`)).flat();
  assert.deepEqual(await of('long'), ['1', '2', '-2', null, null, null]);
  assert.deepEqual(await of('real'), [1, 2.5, -2.5, null, null, null]);
  assert.deepEqual(await of('bool'), [true, null, null, null, true, null]);
  assert.deepEqual(await of('string'), ['1', '2.5', '-2.5', '2', 'true', '']);
  assert.match(refusal('print d = dynamic([1]) | mv-expand d to typeof(timespan)'), /timespan/);
});

test('sorted rows stay sorted through mv-expand, with the elements in the order of their array', async () => {
  const query = `datatable(k:long, d:dynamic)[1, dynamic([3, 1]), 2, dynamic([2, 9])] | sort by k desc | mv-expand d | project d`;
  assert.deepEqual((await rowsOf(query)).flat(), ['2', '9', '3', '1']);
});

test('mv-apply works on the elements of each row by itself', async () => {
  const data = 'datatable(k:long, d:dynamic)[1, dynamic([5, 1, 3]), 2, dynamic([4, 10, 8, 7])]';
  assert.deepEqual(
    await rowsOf(
      `${data} | mv-apply x = d to typeof(long) on (top 2 by x | summarize l = make_list(x)) | project k, l`,
    ),
    [
      ['1', '[5,3]'],
      ['2', '[10,8]'],
    ],
  );
  assert.deepEqual(await rowsOf(`${data} | mv-apply x = d to typeof(long) on (where x > 4) | project k, x`), [
    ['1', '5'],
    ['2', '10'],
    ['2', '8'],
    ['2', '7'],
  ]);
});

test('partition works on the rows of each value by itself', async () => {
  const data = "datatable(k:string, n:long)['a', 1, 'a', 2, 'b', 3, 'b', 4]";
  assert.deepEqual(sorted(await rowsOf(`${data} | partition by k (top 1 by n)`)), ['["a","2"]', '["b","4"]']);
  assert.deepEqual(sorted(await rowsOf(`${data} | partition by k (summarize s = sum(n))`)), ['["3"]', '["7"]']);
  const numbered = `${data} | partition by k (sort by n desc | extend r = row_number()) | where r == 1 | project n`;
  assert.deepEqual(sorted(await rowsOf(numbered)), ['["2"]', '["4"]']);
});

test('parse keeps a row that does not match; parse-where drops it', async () => {
  const data = "datatable(s:string)['a=1, b=xy', 'nomatch']";
  assert.deepEqual(await rowsOf(`${data} | parse s with "a=" a ", b=" b`), [
    ['a=1, b=xy', '1', 'xy'],
    ['nomatch', '', ''],
  ]);
  assert.deepEqual(await rowsOf(`${data} | parse-where s with "a=" a ", b=" b`), [['a=1, b=xy', '1', 'xy']]);
});

test('parse: one column that cannot be read makes the row one that does not match, unless relaxed', async () => {
  const of = (kind: string) =>
    rowsOf(
      `print s = 'a=1,b=2,c=zz,d=4' | parse ${kind} s with "a=" a:long ",b=" b ",c=" c:long ",d=" d | project a, b, c, d`,
    );
  assert.deepEqual(await of(''), [[null, '', null, '']]);
  assert.deepEqual(await of('kind=relaxed'), [['1', '2', null, '4']]);
});

test('parse reaches the end of the text, takes little, and takes texts as they are', async () => {
  const of = async (text: string, pattern: string) =>
    (await rowsOf(`print s = '${text}' | parse s with ${pattern} | project v`)).flat();
  assert.deepEqual(await of('aXcYc', '"a" v "c" *'), ['X']);
  assert.deepEqual(await of('aXcYc', '"a" v "c"'), ['XcY']);
  assert.deepEqual(await of('abcbd', '"a" v "b"'), ['']);
  assert.deepEqual(await of('axbZ', '"a.b" v'), ['']);
  assert.deepEqual(await of('y=1,x=2,x=9', '* "x=" v "," *'), ['2']);
  assert.deepEqual(await of('n=27 junk', '"n=" v:long *'), ['27']);
});

test('parse kind=regex: own groups do not count, flags hold for all, looking around is refused', async () => {
  const of = async (text: string, pattern: string) =>
    (await rowsOf(`print s = '${text}' | parse kind=regex ${pattern} | project v`)).flat();
  assert.deepEqual(await of('foo=9,', 's with * "(foo)=" v ","'), ['9']);
  assert.deepEqual(await of('A=5', 'flags=i s with * "a=" v'), ['5']);
  assert.deepEqual(await of('y=1,x=2,x=9,', 'flags=U s with * "x=" v ","'), ['9']);
  assert.match(refusal(`print s = '' | parse kind=regex s with * "(?=a)" v`), /looks around/);
  assert.match(refusal(`print s = '' | parse kind=regex s with * "(a)\\\\1" v`), /refers to a group/);
});

test('parse-kv: the first of a key counts, quotes hold delimiters, what is not there is empty', async () => {
  const query = `print s = 'a=1 b="x c=3" a=2' | parse-kv s as (a:long, b:string, c:long) with (pair_delimiter=' ', kv_delimiter='=', quote='"') | project a, b, c`;
  assert.deepEqual(await rowsOf(query), [['1', 'x c=3', null]]);
});

test('make-series fills the steps of every series', async () => {
  const data = "datatable(t:long, k:string)[1, 'a', 2, 'a', 5, 'a', 3, 'b']";
  assert.deepEqual(
    sorted(await rowsOf(`${data} | make-series n = count() default = -1 on t from 0 to 6 step 2 by k`)),
    ['["a","[1,1,1]","[0,2,4]"]', '["b","[-1,1,-1]","[0,2,4]"]'],
  );
  assert.deepEqual(await rowsOf(`${data} | take 0 | make-series n = count() on t from 0 to 6 step 2`), []);
  assert.deepEqual(await rowsOf(`${data} | take 0 | make-series kind=nonempty n = count() on t from 0 to 6 step 2`), [
    ['[0,0,0]', '[0,2,4]'],
  ]);
  await assert.rejects(rowsOf(`${data} | make-series n = count() on t from 0 to 10000000 step 1`), /not supported/);
});
