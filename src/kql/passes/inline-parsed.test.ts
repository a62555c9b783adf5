import assert from 'node:assert/strict';
import { test } from 'node:test';
import { onAnEngine } from '../../../test/kql/answers.ts';

const { rowsOf } = onAnEngine();

const texts = `datatable(n:int, x:string)[1, '{"a": "x", "b": [1, 2]}', 2, '', 3, 'no json', 4, '{"a": null}', 5, 'nan', 6, '[{"a":"y"}]']`;

test('a step into parsed text gives what a step into the parsed value gives', async () => {
  const steps = 'a = tostring(F.a), b = tolong(F.b[1]), c = tostring(F[0].a), d = isnull(F.a) | sort by n asc';
  const inlined = await rowsOf(`${texts} | extend F = parse_json(x) | project n, ${steps}`);
  const whole = await rowsOf(`${texts} | extend F = array_concat(pack_array(parse_json(x)))[0] | project n, ${steps}`);
  assert.deepEqual(inlined, whole);
  assert.deepEqual(inlined[0], [1, 'x', '2', '', false]);
});

test('a text that was replaced after it was parsed is not parsed in its place', async () => {
  const query = `print x = '{"a": 1}', y = 'p.q' | extend F = parse_json(x), S = split(y, '.')`;
  const replaced = `${query} | extend x = '{"a": 2}', y = 'r.s'`;
  const swapped = `${query} | project y = x, x = y, F, S`;
  for (const each of [replaced, swapped])
    assert.deepEqual(await rowsOf(`${each} | project a = toint(F.a), s = tostring(S[1])`), [[1, 'q']]);
});

test('a part of a split text is there or not as in the whole array', async () => {
  const query = `datatable(n:int, x:string)[1, 'a.b', 2, '', 3, 'null.null', 4, '.'] | extend S = split(x, '.')`;
  const parts = 'a = tostring(S[0]), b = tostring(S[1]), c = isnull(S[1]), d = tostring(S[-1]) | sort by n asc';
  assert.deepEqual(await rowsOf(`${query} | project n, ${parts}`), [
    [1, 'a', 'b', false, 'b'],
    [2, '', '', true, ''],
    [3, 'null', 'null', false, 'null'],
    [4, '', '', false, ''],
  ]);
});

test('a dynamic value beside a number is compared and converted by what it holds', async () => {
  const values = `datatable(n:int, x:string)[1, '15', 2, '"15"', 3, 'true', 4, '15.5', 5, '9007199254740993', 6, '9999999999', 7, '-2.9', 8, '', 9, '[15]'] | extend d = parse_json(x)`;
  const rows = await rowsOf(
    `${values} | project n, a = d == 15, b = d > 15, c = toint(d), l = tolong(d), e = d == 9007199254740993, i = d in (15, 9007199254740993) | sort by n asc`,
  );
  assert.deepEqual(rows, [
    [1, true, false, 15, '15', false, true],
    [2, false, null, 15, '15', false, false],
    [3, false, null, 1, '1', false, false],
    [4, false, true, 15, '15', false, false],
    [5, false, true, 1, '9007199254740993', true, true],
    [6, false, true, 1_410_065_407, '9999999999', false, false],
    [7, false, false, -2, '-2', false, false],
    [8, false, null, null, null, false, false],
    [9, false, null, null, null, false, false],
  ]);
});
