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
  join,
  key,
  long,
  named,
  project,
  rows,
  run,
  sort,
  summarize,
  table,
  text,
} from '../../../test/kql/trees.ts';
import type { Rel } from '../ir.ts';
import { prune } from './prune.ts';
import { relationsIn } from './walk.ts';

const events = table('Events', 'Timestamp:datetime, Name:string, Size:long, Wide:string');
const name = named('Name', col('Name', 'string'));

/** The columns that are left of each stored table, in the order in which the tree names them. */
function left(rel: Rel): string[] {
  if (rel.op === 'table') return [rel.columns.map((column) => column.name).join()];
  return relationsIn(rel).flatMap(left);
}

test('a table keeps what the result, the filters, the order and the keys read', () => {
  const rel = project(
    sort(
      filter(extend(events, named('x', call('long', '+', col('Size'), long(1)))), call('bool', '>', col('x'), long(2))),
      key(col('Timestamp', 'datetime')),
    ),
    name,
  );
  assert.deepEqual(left(prune(rel)), ['Timestamp,Name,Size']);
});

test('what nobody reads is not computed', () => {
  const rel = project(extend(events, named('x', call('string', 'toupper', col('Wide', 'string')))), name);
  assert.deepEqual(left(prune(rel)), ['Name']);
  const counted = summarize(
    events,
    [name],
    [named('n', agg('long', 'count')), named('w', agg('string', 'max', col('Wide', 'string')))],
  );
  assert.deepEqual(left(prune(project(counted, name))), ['Name']);
});

test('each side of a join keeps its keys and what comes out of it', () => {
  const rel = join('inner', events, events, [col('Name', 'string', 'left'), col('Name', 'string', 'right')]);
  assert.deepEqual(left(prune(project(rel, named('Size1', col('Size1'))))), ['Name', 'Name,Size']);
});

test('what is shared keeps what any of its uses reads, for all of them', () => {
  const shared: Rel = { op: 'shared', id: 1, mustOnce: true, input: events, columns: events.columns };
  const one = project(shared, name);
  const other = project(shared, named('Size', col('Size')), name);
  const rel = join('inner', one, other, [col('Name', 'string', 'left'), col('Name', 'string', 'right')]);
  assert.deepEqual(left(prune(rel)), ['Name,Size', 'Name,Size']);
});

let connection: DuckDBConnection;
before(async () => {
  connection = await engine();
});

test('an aggregate that nobody reads still makes its one row', async () => {
  const data = rows('a:long, b:string', [long(1), text('x')], [long(2), text('y')]);
  const counted = summarize(data, [], [named('n', agg('long', 'count'))]);
  assert.deepEqual(await run(connection, summarize(counted, [], [named('rows', agg('long', 'count'))])), [['1']]);
});
