import assert from 'node:assert/strict';
import { test } from 'node:test';
import { onAnEngine } from '../../../test/kql/answers.ts';

const { refusal, rowsOf } = onAnEngine();

const visits = `datatable(user:string, at:long, host:string)["ada", 30, "c", "ada", 10, "a", "ada", 20, "b", "bob", 5, "z"]`;

test('an element of a call that gives several columns is that column, with its type', async () => {
  const sorted = 'summarize at = make_list(at), host = make_list(host) by user';
  assert.deepEqual(
    await rowsOf(`${visits} | ${sorted} | project user, tostring(array_sort_desc(at, host)[1]) | sort by user asc`),
    [
      ['ada', '["c","b","a"]'],
      ['bob', '["z"]'],
    ],
  );
  assert.deepEqual(await rowsOf('print series_stats(dynamic([4, 9]))[1] + 1, series_stats(dynamic([4, 9]))[4]'), [
    ['1', 6.5],
  ]);
  assert.match(refusal('print array_sort_asc(dynamic([1]), dynamic([2]))[2]'), /is not supported/);
});

test('arrays follow the order of the first one, equal elements as they stand; one of another length is null', async () => {
  const arrays = 'dynamic([2, 1, 2]), dynamic(["x", "y", "z"]), dynamic([0])';
  assert.deepEqual(await rowsOf(`print (a, b, c) = array_sort_asc(${arrays}) | project tostring(b), isnull(c)`), [
    ['["y","x","z"]', true],
  ]);
  assert.deepEqual(await rowsOf(`print (a, b, c) = array_sort_desc(${arrays}) | project tostring(b)`), [
    ['["x","z","y"]'],
  ]);
});

test('arrays without one order that is known are an error, never sorted as something else', async () => {
  await assert.rejects(rowsOf('print array_sort_asc(dynamic([1, "a"]))'), /is not supported/);
  await assert.rejects(rowsOf('print array_sort_asc(dynamic(["1.00:00:00", "10:00:00"]))'), /is not supported/);
  assert.deepEqual(await rowsOf('print tostring(array_sort_asc(dynamic(["10:00:00", "09:00:00"])))'), [
    ['["09:00:00","10:00:00"]'],
  ]);
});

test('bag_pack_columns names its values after the columns', async () => {
  assert.deepEqual(await rowsOf(`${visits} | where at == 5 | project tostring(bag_pack_columns(host, at))`), [
    ['{"host":"z","at":5}'],
  ]);
});
