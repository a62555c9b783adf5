import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import type { DuckDBConnection } from '@duckdb/node-api';
import {
  agg,
  call,
  col,
  engine,
  extend,
  filter,
  key,
  lit,
  long,
  named,
  project,
  rows,
  run,
  sort,
  summarize,
  table,
  take,
  tenant,
  text,
  win,
} from '../../../test/kql/trees.ts';
import type { Catalogue, Rel } from '../ir.ts';
import { emitQuery } from './query.ts';

const catalogue: Catalogue = {
  tables: [
    {
      name: 'Events',
      source: '"Events"',
      timeColumn: 'Timestamp',
      columns: [
        { name: 'Timestamp', type: 'datetime' },
        { name: 'Name', type: 'string' },
        { name: 'Size', type: 'long' },
      ],
    },
  ],
};
const events = table('Events', 'Timestamp:datetime, Name:string, Size:long');
const sqlOf = (rel: Rel): string => emitQuery(rel, { catalogue, dialect: 'duckdb' }).sql;

let connection: DuckDBConnection;
before(async () => {
  connection = await engine();
  await connection.run('create table "Events" ("tenantId" UUID, "Timestamp" BIGINT, "Name" VARCHAR, "Size" BIGINT)');
  await connection.run(`insert into "Events" values
    ('${tenant}', 10, 'a', 1), ('${tenant}', 20, 'b', NULL), ('${tenant}', 30, 'a', 3), ('${tenant}', 5000000, 'late', 9),
    ('22222222-2222-4222-8222-222222222222', 10, 'other', 1)`);
});

const numbers = rows(
  'a:long, b:string',
  [long(3), text('x')],
  [long(1), text('y')],
  [long(null), text('x')],
  [long(2), text('z')],
);

test('a table gives the rows of the tenant within the time range, and nothing else', async () => {
  const result = await run(connection, sort(events, key(col('Timestamp', 'datetime'))), catalogue);
  assert.deepEqual(result, [
    ['10', 'a', '1'],
    ['20', 'b', null],
    ['30', 'a', '3'],
  ]);
});

test('a chain of where, project, sort and take is one flat SELECT', () => {
  const rel = take(
    sort(
      project(filter(events, call('bool', '==', col('Name', 'string'), text('a'))), named('n', col('Name', 'string'))),
      key(col('n', 'string')),
    ),
    5,
  );
  assert.equal(sqlOf(rel).match(/select/g)?.length, 1);
});

test('the order of a sort lives on through projections that drop its key', async () => {
  const sorted = sort(numbers, key(col('a'), 'desc'));
  assert.deepEqual(await run(connection, project(sorted, named('b', col('b', 'string')))), [
    ['x'],
    ['z'],
    ['y'],
    ['x'],
  ]);
});

test('ascending order has nulls first and descending order last', async () => {
  const only = (rel: Rel) => project(rel, named('a', col('a')));
  assert.deepEqual(await run(connection, only(sort(numbers, key(col('a'), 'asc')))), [[null], ['1'], ['2'], ['3']]);
  assert.deepEqual(await run(connection, only(sort(numbers, key(col('a'), 'desc')))), [['3'], ['2'], ['1'], [null]]);
});

test('take keeps the first rows of the order, and the order stays', async () => {
  const top = take(sort(numbers, key(col('a'), 'desc')), 2);
  assert.deepEqual(await run(connection, project(top, named('b', col('b', 'string')))), [['x'], ['z']]);
  assert.deepEqual(await run(connection, take(sort(top, key(col('a'))), 1)), [['2', 'z']]);
  assert.deepEqual(await run(connection, take(numbers, 0)), []);
  const after = filter(top, call('bool', '==', col('b', 'string'), text('z')));
  assert.deepEqual(await run(connection, after), [['2', 'z']]);
});

test('rows of the query keep their order', async () => {
  assert.deepEqual(await run(connection, project(numbers, named('b', col('b', 'string')))), [
    ['x'],
    ['y'],
    ['x'],
    ['z'],
  ]);
});

test('columns that differ in case only stay apart', async () => {
  const twice = extend(numbers, named('A', call('long', '+', col('a'), long(10))));
  const again = project(twice, named('A', col('A')), named('a', col('a')));
  assert.deepEqual((await run(connection, again))[0], ['13', '3']);
  assert.deepEqual((await run(connection, filter(again, call('bool', '==', col('A'), long(11)))))[0], ['11', '1']);
});

test('columns that change names with each other change values with each other', async () => {
  const swapped = project(
    summarize(numbers, [named('b', col('b', 'string'))], [named('c', agg('string', 'max', col('b', 'string')))]),
    named('c', col('b', 'string')),
    named('b', call('string', 'strcat', col('c', 'string'), text('!'))),
  );
  const result = await run(connection, sort(swapped, key(col('c', 'string'))));
  assert.deepEqual(result, [
    ['x', 'x!'],
    ['y', 'y!'],
    ['z', 'z!'],
  ]);
});

test('arg_max alone gives the whole row that wins, of each group or of all rows', async () => {
  const outputs = [named('a', col('a')), named('b', col('b', 'string'))];
  const extremes = [{ which: 'max' as const, by: col('a'), outputs }];
  assert.deepEqual(await run(connection, summarize(numbers, [], [], extremes)), [['3', 'x']]);
  const groups = summarize(numbers, [named('k', col('b', 'string'))], [], extremes);
  assert.deepEqual(await run(connection, sort(groups, key(col('k', 'string')))), [
    ['x', '3', 'x'],
    ['y', '1', 'y'],
    ['z', '2', 'z'],
  ]);
  const none = filter(numbers, call('bool', '==', col('a'), long(100)));
  assert.deepEqual(await run(connection, summarize(none, [], [], extremes)), [[null, '']]);
});

test('arg_max and arg_min beside other aggregates come from their own rows', async () => {
  const of = (which: 'max' | 'min', name: string) => ({
    which,
    by: col('a'),
    outputs: [named(name, col('b', 'string'))],
  });
  const both = summarize(numbers, [], [named('n', agg('long', 'count'))], [of('max', 'most'), of('min', 'least')]);
  assert.deepEqual(await run(connection, both), [['4', 'x', 'y']]);
});

test('windows see the order of their relation, start again where told, and nest', async () => {
  const input = rows(
    'a:long, b:string',
    [long(1), text('p')],
    [long(2), text('p')],
    [long(3), text('q')],
    [long(3), text('q')],
  );
  const b = col('b', 'string');
  const restart = call('bool', '!=', b, win('string', 'prev', b));
  const result = extend(
    input,
    named('n', win('long', 'row_number')),
    named('s', win('long', 'row_cumsum', col('a'), restart)),
    named('p', win('string', 'prev', b)),
    named('x', win('long', 'next', col('a'), long(2), long(-1))),
    named('d', win('long', 'row_rank_dense', col('a'))),
    named('m', win('long', 'row_rank_min', b)),
  );
  assert.deepEqual(await run(connection, result), [
    ['1', 'p', '1', '1', '', '3', '1', '1'],
    ['2', 'p', '2', '3', 'p', '3', '2', '1'],
    ['3', 'q', '3', '3', 'p', '-1', '3', '3'],
    ['3', 'q', '4', '6', 'q', '-1', '3', '3'],
  ]);
});

test('a filter after a window sees what the window saw before it', async () => {
  const numbered = extend(numbers, named('n', win('long', 'row_number')));
  assert.deepEqual(await run(connection, filter(numbered, call('bool', '==', col('b', 'string'), text('z')))), [
    ['2', 'z', '4'],
  ]);
});

test('range goes up to and with its end, and down', async () => {
  const range = (type: 'long' | 'int' | 'real', from: number, to: number, step: number): Rel => {
    const of = (value: number) => lit(type, type === 'real' ? value : BigInt(value));
    return { op: 'range', columns: [{ name: 'x', type }], from: of(from), to: of(to), step: of(step) };
  };
  assert.deepEqual(await run(connection, range('long', 1, 7, 3)), [['1'], ['4'], ['7']]);
  assert.deepEqual(await run(connection, range('int', 3, 1, -1)), [[3], [2], [1]]);
  assert.deepEqual(await run(connection, range('real', 1, 2, 0.5)), [[1], [1.5], [2]]);
  assert.deepEqual(await run(connection, range('long', 5, 1, 1)), []);
});

test('what no table of functions holds is refused by name', () => {
  assert.throws(() => sqlOf(filter(events, call('bool', 'read_csv', text('/etc/passwd')))), /the function read_csv/);
  assert.throws(() => sqlOf(table('pragma_database_list', 'x:long')), /the table pragma_database_list/);
  assert.throws(() => sqlOf(table('Events', 'tenantId:guid')), /the column tenantId/);
});
