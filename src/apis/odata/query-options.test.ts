import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ODataProblem } from './problem.ts';
import { type OptionName, readQueryOptions } from './query-options.ts';

const bounds = { topMax: 100, skipMax: 1000 };
const all: readonly OptionName[] = ['$filter', '$top', '$skip', '$orderby', '$select', '$count', '$search', '$expand'];

function problemOf(query: unknown, allowed: readonly OptionName[] = all): ODataProblem {
  try {
    readQueryOptions(query, allowed, bounds);
  } catch (error) {
    assert.ok(error instanceof ODataProblem, String(error));
    return error;
  }
  return assert.fail(`${JSON.stringify(query)} was taken.`);
}

test('options are read in any case of their names', () => {
  const query = {
    $Top: '100',
    $skip: '0',
    $filter: 'a eq 1',
    $orderBy: 'a desc, b/c',
    $select: 'id, name',
    $COUNT: 'true',
  };
  assert.deepEqual(readQueryOptions(query, all, bounds), {
    filter: 'a eq 1',
    top: 100,
    skip: 0,
    skipToken: undefined,
    orderBy: [
      { property: 'a', direction: 'desc' },
      { property: 'b/c', direction: 'asc' },
    ],
    select: ['id', 'name'],
    expand: undefined,
    count: true,
    search: undefined,
  });
  assert.deepEqual(readQueryOptions({}, all, bounds).orderBy, []);
});

test('what is not supported, wrong, too much or given twice is refused by name', () => {
  for (const [query, allowed, said] of [
    [{ $orderby: 'a' }, ['$top'], /\$orderby is not supported here/],
    [{ top: '5' }, ['$top'], /top is not supported here.*mean \$top/],
    [{ nonsense: '' }, ['$top'], /nonsense is not supported/],
    [{ $top: '101' }, all, /limit of 100 for \$top is exceeded: 101/],
    [{ $skip: '1001' }, all, /limit of 1000 for \$skip/],
    [{ $top: '-1' }, all, /whole number/],
    [{ $top: '' }, all, /whole number/],
    [{ $top: '1e3' }, all, /whole number/],
    [{ $top: ['1', '2'] }, all, /\$top is given more than once/],
    [{ $top: '1', $TOP: '2' }, all, /\$top is given more than once/],
    [{ $orderby: 'a sideways' }, all, /\$orderby/],
    [{ $select: 'a,,b' }, all, /\$select/],
    [{ $count: 'yes' }, all, /\$count must be true or false/],
  ] as const)
    assert.match(problemOf(query, allowed).message, said, JSON.stringify(query));
});

test('whatever the query string holds, the answer is options or a problem', () => {
  const values = fc.oneof(fc.string(), fc.array(fc.string()), fc.nat().map(String));
  fc.assert(
    fc.property(fc.dictionary(fc.oneof(fc.constantFrom(...all), fc.string()), values), (query) => {
      try {
        const read = readQueryOptions(query, all, bounds);
        assert.ok((read.top ?? 0) <= bounds.topMax && (read.skip ?? 0) <= bounds.skipMax);
      } catch (error) {
        assert.ok(error instanceof ODataProblem, String(error));
      }
    }),
  );
});
