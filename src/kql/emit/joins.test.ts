import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import type { DuckDBConnection } from '@duckdb/node-api';
import {
  agg,
  call,
  col,
  engine,
  filter,
  join,
  key,
  lit,
  long,
  named,
  project,
  rows,
  run,
  sort,
  span,
  summarize,
  take,
  text,
} from '../../../test/kql/trees.ts';
import type { Expr, JoinKind, Rel } from '../ir.ts';

let connection: DuckDBConnection;
before(async () => {
  connection = await engine();
});

const left = rows(
  'k:long, v:string',
  [long(1), text('a1')],
  [long(2), text('a2')],
  [long(2), text('a3')],
  [long(null), text('an')],
);
const right = rows('k:long, w:string', [long(2), text('b2')], [long(3), text('b3')], [long(null), text('bn')]);
const onKey = [col('k', 'long', 'left'), col('k', 'long', 'right')] as const;

async function joined(kind: JoinKind): Promise<unknown[][]> {
  const rel = join(kind, left, right, onKey);
  return (await run(connection, rel)).toSorted((one, other) =>
    JSON.stringify(one).localeCompare(JSON.stringify(other)),
  );
}

test('every kind of join gives the rows that KQL documents, with null keys equal to each other', async () => {
  const both = [
    ['2', 'a2', '2', 'b2'],
    ['2', 'a3', '2', 'b2'],
    [null, 'an', null, 'bn'],
  ];
  const onlyLeft = ['1', 'a1', null, ''];
  const onlyRight = [null, '', '3', 'b3'];
  const has = async (kind: JoinKind, expected: unknown[][]) => {
    const order = (list: unknown[][]) => list.map((row) => JSON.stringify(row)).toSorted();
    assert.deepEqual(order(await joined(kind)), order(expected), kind);
  };
  await has('inner', both);
  await has('leftouter', [...both, onlyLeft]);
  await has('rightouter', [...both, onlyRight]);
  await has('fullouter', [...both, onlyLeft, onlyRight]);
  await has('leftsemi', [
    ['2', 'a2'],
    ['2', 'a3'],
    [null, 'an'],
  ]);
  await has('rightsemi', [
    ['2', 'b2'],
    [null, 'bn'],
  ]);
  await has('leftanti', [['1', 'a1']]);
  await has('rightanti', [['3', 'b3']]);
});

test('innerunique takes one row of the left side for each key', async () => {
  const result = await joined('innerunique');
  assert.equal(result.length, 2);
  assert.ok(result.some((row) => row[0] === '2' && row[3] === 'b2'));
});

test('a union pairs columns by what it is told and fills the others with their empty values', async () => {
  const one = rows('a:long, b:string', [long(1), text('x')]);
  const two = rows('c:long, a:long', [long(9), long(2)]);
  const union: Rel = {
    op: 'union',
    columns: [
      { name: 'a', type: 'long' },
      { name: 'b', type: 'string' },
      { name: 'c', type: 'long' },
    ],
    inputs: [
      { rel: one, from: ['a', 'b', long(null)] },
      { rel: two, from: ['a', lit('string', ''), 'c'] },
    ],
  };
  assert.deepEqual(await run(connection, sort(union, key(col('a')))), [
    ['1', 'x', null],
    ['2', '', '9'],
  ]);
});

test('a union of limited inputs limits each of them', async () => {
  const one = take(sort(left, key(col('v', 'string'), 'desc')), 1);
  const union: Rel = {
    op: 'union',
    columns: left.columns,
    inputs: [
      { rel: one, from: ['k', 'v'] },
      { rel: one, from: ['k', 'v'] },
    ],
  };
  assert.deepEqual(await run(connection, union), [
    [null, 'an'],
    [null, 'an'],
  ]);
});

test('what is shared is the same for all who use it, and each sees its own columns', async () => {
  const random = project(left, named('k', col('k')), named('r', call('real', 'rand')));
  const once: Rel = { op: 'shared', id: 1, mustOnce: true, input: random, columns: random.columns };
  const twice = join('inner', once, once, [col('r', 'real', 'left'), col('r', 'real', 'right')]);
  assert.equal((await run(connection, project(twice, named('k', col('k'))))).length, 4);
});

const inQuery = (name: string, operand: Expr, query: Rel): Expr => ({
  kind: 'inQuery',
  type: 'bool',
  name,
  operand,
  query,
  span,
});

test('membership in a table is two-valued: null is in none and not in all', async () => {
  const some = rows('s:long', [long(2)], [long(null)]);
  const keys = async (name: string) =>
    (
      await run(connection, project(filter(left, inQuery(name, col('k'), some)), named('v', col('v', 'string'))))
    ).flat();
  assert.deepEqual(await keys('in'), ['a2', 'a3']);
  assert.deepEqual(await keys('!in'), ['a1', 'an']);
  const shown = project(left, named('x', inQuery('in', col('k'), some)));
  assert.deepEqual(await run(connection, shown), [[false], [true], [true], [false]]);
});

test('the value of a query is null, or the empty string, where the query has no row', async () => {
  const none = filter(left, call('bool', '==', col('k'), long(99)));
  const value = (name: string, type: 'long' | 'string'): Expr => ({
    kind: 'scalarQuery',
    type,
    query: project(none, named(name, col(name, type))),
    span,
  });
  const row = rows('z:long', [long(1)]);
  assert.deepEqual(
    await run(connection, project(row, named('k', value('k', 'long')), named('v', value('v', 'string')))),
    [[null, '']],
  );
});

test('lists keep the order of the rows they are made from', async () => {
  const listed = summarize(
    sort(left, key(col('v', 'string'), 'desc')),
    [],
    [named('l', agg('dynamic', 'make_list', col('v', 'string')))],
  );
  assert.deepEqual(await run(connection, listed), [['["an","a3","a2","a1"]']]);
});
