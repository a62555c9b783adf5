import assert from 'node:assert/strict';
import { test } from 'node:test';
import { onAnEngine } from '../../../test/kql/answers.ts';
import { compile } from '../compile.ts';

const { rowsOf } = onAnEngine();

test('a real that is not a number is sorted to where null is, between null and the numbers', async () => {
  const values =
    "datatable(v:real, k:string)[2.5, 'b', real(nan), 'n', real(-inf), 'a', real(null), 'x', real(+inf), 'c']";
  const sorted = async (order: string): Promise<string> =>
    (await rowsOf(`${values} | sort by v ${order} | project k`)).flat().join('');
  assert.equal(await sorted('asc'), 'xnabc');
  assert.equal(await sorted('desc'), 'cbanx');
  assert.equal(await sorted('asc nulls last'), 'abcnx');
  assert.equal(await sorted('desc nulls first'), 'xncba');
  assert.deepEqual(await rowsOf(`${values} | top 4 by v | summarize take_anyif(k, isnan(v))`), [['n']]);
});

test('rows_near keeps the rows around those of a condition, and is refused without a known number of rows', async () => {
  const near = async (rest: string): Promise<unknown[]> =>
    (await rowsOf(`range n from 1 to 9 step 1 | sort by n asc | evaluate rows_near(${rest})`)).flat();
  assert.deepEqual(await near('n == 5, 1'), ['4', '5', '6']);
  assert.deepEqual(await near('n == 2 or n == 8, 1, 2'), ['1', '2', '3', '4', '7', '8', '9']);
  assert.deepEqual(await near('n == 5, 0'), ['5']);
  assert.deepEqual(await near('n > 9, 3'), []);
  const open = compile('range n from 1 to 9 step 1 | sort by n asc | evaluate rows_near(n == 5, -1)', { tables: [] });
  assert.match(open.ok ? '' : (open.diagnostics[0]?.message ?? ''), /as a number of rows/);
});

test('a scalar function without parameters is a value without its parentheses as well', async () => {
  assert.deepEqual(await rowsOf('let Half = () { 21 }; print a = 2 * Half, b = Half()'), [['42', '21']]);
});

test('dcount_intersect counts what digests have in common', async () => {
  const digests =
    'range n from 1 to 60 step 1 | summarize a = hll(n), b = hll_if(n, n % 4 == 0), c = hll_if(n, n % 10 == 0)';
  assert.deepEqual(await rowsOf(`${digests} | evaluate dcount_intersect(a, b, c) | project-keep s*`), [
    ['60', '15', '3'],
  ]);
});
