import assert from 'node:assert/strict';
import { test } from 'node:test';
import { onAnEngine } from '../../../../test/kql/answers.ts';

const { refusal, rowsOf } = onAnEngine();

const numbers = 'range n from 1 to 5 step 1';

test('one step that always matches sees what it left at the row before', async () => {
  const query = `${numbers} | scan declare (total:long = 100) with (step s: true => total = n + s.total;)`;
  assert.deepEqual(await rowsOf(query), [
    ['1', '101'],
    ['2', '103'],
    ['3', '106'],
    ['4', '110'],
    ['5', '115'],
  ]);
});

test('a state moves on to the next step and is empty behind it', async () => {
  const data = "datatable(t:long, e:string)[1, 'a', 2, 'b', 3, 'b', 4, 'c', 5, 'c', 6, 'a', 7, 'c'] | sort by t asc";
  const steps = "step a: e == 'a'; step b: e == 'b' and t - a.t < 5; step c: e == 'c' and t > b.t;";
  assert.deepEqual(await rowsOf(`${data} | scan with_match_id = m with (${steps}) | project t, m`), [
    ['1', '0'],
    ['2', '0'],
    ['3', '0'],
    ['4', '0'],
    ['5', '0'],
    ['6', '1'],
    ['7', '0'],
  ]);
});

test('of one row the last step comes first, and one that gives no output is silent', async () => {
  const steps = 'step s: true => x = n; step t: n % 2 == 0 => x = s.n * 10;';
  assert.deepEqual(await rowsOf(`${numbers} | scan declare (x:long) with (${steps})`), [
    ['1', '1'],
    ['2', '10'],
    ['2', '2'],
    ['3', '3'],
    ['4', '30'],
    ['4', '4'],
    ['5', '5'],
  ]);
  const silent = steps.replace('step s:', 'step s output=none:');
  assert.deepEqual(await rowsOf(`${numbers} | scan declare (x:long) with (${silent})`), [
    ['2', '10'],
    ['4', '30'],
  ]);
});

test('every partition is scanned by itself', async () => {
  const data = "datatable(k:string, n:long)['a', 1, 'b', 10, 'a', 2, 'b', 20]";
  const scan = 'sort by n asc | scan declare (s:long = 0) with (step one: true => s = n + one.s;)';
  assert.deepEqual(await rowsOf(`${data} | partition by k (${scan}) | sort by n asc | project k, s`), [
    ['a', '1'],
    ['a', '3'],
    ['b', '10'],
    ['b', '30'],
  ]);
});

test('what is not surely told of scan is refused by name', () => {
  const of = (rest: string) => refusal(`${numbers} | scan ${rest}`);
  assert.match(of('with (step s output=last: true;)'), /output=last/i);
  assert.match(of('declare (x:long) with (step s: true;)'), /without a value/);
  assert.match(
    refusal(
      'datatable(n:long)[1, 2] | where n in (range n from 1 to 2 step 1) | summarize by n | scan with (step s: true;)',
    ),
    /no order/,
  );
});

test('rows that the first step takes while it has a state are one match', async () => {
  const data = "datatable(t:long, e:string)[1, 'a', 2, 'a', 3, 'b', 4, 'a', 5, 'a', 6, 'b'] | sort by t asc";
  const query = `${data} | scan with_match_id = m with (step a: e == 'a'; step b: e == 'b' and t > a.t;) | project t, m`;
  assert.deepEqual(await rowsOf(query), [
    ['1', '0'],
    ['2', '0'],
    ['3', '0'],
    ['4', '1'],
    ['5', '1'],
    ['6', '1'],
  ]);
});
