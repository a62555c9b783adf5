import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import type { DuckDBConnection } from '@duckdb/node-api';
import fc from 'fast-check';
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
  run,
  sort,
  span,
  summarize,
  table,
  take,
  tenant,
  text,
  win,
} from '../../../test/kql/trees.ts';
import { startClickHouse } from '../../../test/support/clickhouse.ts';
import type { Catalogue, Expr, ParameterName, Rel } from '../ir.ts';
import { createTableText } from './clickhouse/table.ts';
import type { Dialect } from './dialect.ts';
import { emitQuery } from './query.ts';

const stored = (name: string, timeColumn: string | null) => ({
  name,
  source: `"${name}"`,
  timeColumn,
  columns: [
    { name: 'Timestamp', type: 'datetime' as const },
    { name: 'Name', type: 'string' as const },
    { name: 'Size', type: 'long' as const },
  ],
});
const catalogue: Catalogue = { tables: [stored('Events', 'Timestamp'), stored('Files', null)] };
const schema = 'Timestamp:datetime, Name:string, Size:long';

let connection: DuckDBConnection;
before(async () => {
  connection = await engine();
  for (const name of ['Events', 'Files']) {
    await connection.run(`create table "${name}" ("tenantId" UUID, "Timestamp" BIGINT, "Name" VARCHAR, "Size" BIGINT)`);
    await connection.run(`insert into "${name}" values ('${tenant}', 10, 'ours', 1), ('${tenant}', 20, 'ours', NULL),
      ('22222222-2222-4222-8222-222222222222', 15, 'theirs', 2), ('22222222-2222-4222-8222-222222222222', 20, 'theirs', 1)`);
  }
});

const name = col('Name', 'string');
const size = col('Size');
const output = (rel: Rel): Rel =>
  project(rel, named('Timestamp', col('Timestamp', 'datetime')), named('Name', name), named('Size', size));
const first = (rel: Rel, column: 'Name' | 'Size'): Rel => project(rel, named(column, column === 'Name' ? name : size));
const scalar = (rel: Rel): Expr => ({ kind: 'scalarQuery', type: 'string', query: first(rel, 'Name'), span });
const inQuery = (rel: Rel, operator: string): Expr => ({
  kind: 'inQuery',
  type: 'bool',
  name: operator,
  operand: size,
  query: first(rel, 'Size'),
  span,
});

let ids = 0;
function shared(input: Rel, mustOnce: boolean): Rel {
  ids += 1;
  const rel: Rel = { op: 'shared', id: ids, mustOnce, input, columns: input.columns };
  return output(join('inner', rel, rel, [col('Name', 'string', 'left'), col('Name', 'string', 'right')]));
}

const { tree } = fc.letrec<{ tree: Rel; leaf: Rel; node: Rel }>((tie) => ({
  leaf: fc.constantFrom('Events', 'Files').map((of) => table(of, schema)),
  tree: fc.oneof({ maxDepth: 4, depthSize: 'small' }, tie('leaf'), tie('node')),
  node: fc.oneof(
    tie('tree').map((rel) => filter(rel, call('bool', '!=', name, text('x')))),
    tie('tree').map((rel) => take(sort(rel, key(size, 'desc')), 3)),
    tie('tree').map((rel) => output(extend(rel, named('n', win('long', 'row_number'))))),
    tie('tree')
      .map((rel) =>
        filter(extend(rel, named('z', call('long', '+', size, long(1)))), call('bool', '>', col('z'), long(0))),
      )
      .map(output),
    tie('tree')
      .map((rel) =>
        summarize(
          rel,
          [named('Name', name)],
          [
            named('Timestamp', agg('datetime', 'max', col('Timestamp', 'datetime'))),
            named('Size', agg('long', 'count')),
          ],
        ),
      )
      .map(output),
    tie('tree')
      .map((rel) =>
        summarize(
          rel,
          [named('Name', name)],
          [],
          [
            {
              which: 'max',
              by: size,
              outputs: [named('Timestamp', col('Timestamp', 'datetime')), named('Size', size)],
            },
          ],
        ),
      )
      .map(output),
    fc
      .tuple(
        tie('tree'),
        tie('tree'),
        fc.constantFrom(
          'inner',
          'innerunique',
          'leftouter',
          'rightouter',
          'fullouter',
          'leftsemi',
          'leftanti',
          'rightsemi',
          'rightanti',
        ),
      )
      .map(([one, other, kind]) =>
        output(join(kind, one, other, [col('Name', 'string', 'left'), col('Name', 'string', 'right')])),
      ),
    fc.tuple(tie('tree'), tie('tree')).map(([one, other]): Rel => {
      const from = ['Timestamp', 'Name', 'Size'];
      return {
        op: 'union',
        columns: one.columns,
        inputs: [
          { rel: one, from },
          { rel: other, from },
        ],
      };
    }),
    fc.tuple(tie('tree'), fc.boolean()).map(([rel, once]) => shared(rel, once)),
    fc
      .tuple(tie('tree'), tie('tree'), fc.constantFrom('in', '!in'))
      .map(([one, other, operator]) => filter(one, inQuery(other, operator))),
    fc.tuple(tie('tree'), tie('tree')).map(([one, other]) => filter(one, call('bool', '!=', name, scalar(other)))),
  ),
}));

test('wherever a stored table stands in a query, its tenant and its time range stand with it', () => {
  fc.assert(
    fc.property(tree, (rel) => {
      everyReadingIsBound(rel, 'duckdb', (number, type) => `$${number}::${type === 'uuid' ? 'UUID' : 'BIGINT'}`);
      everyReadingIsBound(rel, 'clickhouse', (number, type) => `{p${number}:${type === 'uuid' ? 'UUID' : 'Int64'}}`);
    }),
    { numRuns: 500 },
  );
});

function everyReadingIsBound(
  rel: Rel,
  dialect: Dialect,
  spelled: (number: number, type: 'uuid' | 'long') => string,
): void {
  const { sql, parameters } = emitQuery(rel, { catalogue, dialect });
  const readings = [...sql.matchAll(/"(Events|Files)" as (t\d+)/g)];
  assert.equal(readings.length, [...sql.matchAll(/"(?:Events|Files)"/g)].length);
  const bound = (name: ParameterName, type: 'uuid' | 'long') => spelled(parameters.indexOf(name) + 1, type);
  for (const [, of, alias] of readings) {
    assert.ok(sql.includes(`${alias}."tenantId" = ${bound('tenant', 'uuid')}`), `${alias} in ${sql}`);
    if (of !== 'Events') continue;
    assert.ok(sql.includes(`${alias}."Timestamp" >= ${bound('from', 'long')}`), `${alias} in ${sql}`);
    assert.ok(sql.includes(`${alias}."Timestamp" < ${bound('to', 'long')}`), `${alias} in ${sql}`);
  }
}

test('every tree is SQL that ClickHouse runs, and no row of another tenant comes out of it', async () => {
  const clickhouse = await startClickHouse();
  try {
    for (const description of catalogue.tables) {
      await clickhouse.query(createTableText(description));
      await clickhouse.query(`insert into ${description.source} values ('${tenant}', 10, 'ours', 1), ('${tenant}', 20, 'ours', NULL),
        ('22222222-2222-4222-8222-222222222222', 15, 'theirs', 2), ('22222222-2222-4222-8222-222222222222', 20, 'theirs', 1)`);
    }
    await fc.assert(
      fc.asyncProperty(tree, async (rel) => {
        const emitted = emitQuery(rel, { catalogue, dialect: 'clickhouse' });
        const { rows } = await clickhouse.run(emitted, { tenant, from: 0n, to: 2_000_000n });
        assert.ok(!JSON.stringify(rows).includes('theirs'));
      }),
      { numRuns: 150 },
    );
  } finally {
    await clickhouse.close();
  }
});

test('every tree is SQL that the engine runs, and no row of another tenant comes out of it', async () => {
  await fc.assert(
    fc.asyncProperty(tree, async (rel) => {
      const result = await run(connection, rel, catalogue);
      assert.ok(!JSON.stringify(result).includes('theirs'));
    }),
    { numRuns: 150 },
  );
});
