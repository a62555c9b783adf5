import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { awkwardText, columnNames, textsComeBack } from '../../../../test/kql/literals.ts';
import { type ClickHouse, compileForClickHouse, startClickHouse } from '../../../../test/support/clickhouse.ts';
import type { KqlType, Literal } from '../../ir.ts';
import { quotedName } from '../text.ts';
import { literalSql } from './representation.ts';
import { integerLiteral, realLiteral, textLiteral } from './text.ts';

let engine: ClickHouse;
before(async () => {
  engine = await startClickHouse();
});
after(() => engine.close());

async function read(sql: string): Promise<unknown> {
  const [row = []] = await engine.rows(`select ${sql} as v`);
  assert.equal(row.length, 1);
  return row[0];
}

const awkward = awkwardText('`', '{', 'x');

test('a string comes back from its literal as it was, whatever is in it and as long as it is', () =>
  textsComeBack(awkward, (text) => read(textLiteral(text))));

test('nothing that follows a literal becomes part of it, nor the other way round', async () => {
  await fc.assert(
    fc.asyncProperty(awkward, awkward, async (one, other) => {
      const rows = await engine.rows(`select ${textLiteral(one)} as a, 7 as b, ${textLiteral(other)} as c`);
      assert.deepEqual(rows, [[one.toWellFormed(), 7, other.toWellFormed()]]);
    }),
    { numRuns: 300 },
  );
});

test('a quoted name names one column, whatever is in it', async () => {
  await fc.assert(
    fc.asyncProperty(columnNames(awkward), async (name) => {
      const rows = await engine.rows(`select t.${quotedName(name)} as v from (select 5 as ${quotedName(name)}) as t`);
      assert.deepEqual(rows, [[5]]);
    }),
    { numRuns: 200 },
  );
});

test('a column whose name has a backslash, a quote or braces is one column of a query', async () => {
  const name = String.raw`a\' "b" {p1:Int64} \\`;
  const quoted = `["${name.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"]`;
  const compiled = compileForClickHouse(`datatable(a:long)[1, 2] | project ${quoted} = a | sort by ${quoted} asc`);
  assert.deepEqual((await engine.run(compiled)).rows, [['1'], ['2']]);
  assert.equal(compiled.columns[0]?.name, name);
});

test('numbers come back as they were, with their types', async () => {
  const whole = (bits: bigint) => fc.bigInt({ min: -(2n ** (bits - 1n)), max: 2n ** (bits - 1n) - 1n });
  const check = async (value: bigint, type: 'Int32' | 'Int64'): Promise<void> => {
    const rows = await engine.rows(
      `select toString(${integerLiteral(value, type)}) as v, toTypeName(${integerLiteral(value, type)})`,
    );
    assert.deepEqual(rows, [[String(value), type]]);
  };
  await fc.assert(fc.asyncProperty(whole(64n), (value) => check(value, 'Int64')));
  await fc.assert(fc.asyncProperty(whole(32n), (value) => check(value, 'Int32')));
  for (const value of [-(2n ** 63n), 2n ** 63n - 1n, 0n]) await check(value, 'Int64');
  await fc.assert(
    fc.asyncProperty(fc.double(), async (value) => {
      const rows = await engine.rows(`select toString(${realLiteral(value)}) as v, toTypeName(${realLiteral(value)})`);
      const [text, type] = rows[0] ?? [];
      const back = Number(String(text).replace('inf', 'Infinity'));
      assert.equal(type, 'Float64');
      assert.ok(Object.is(back, value) || (value === 0 && back === 0), `${value} became ${text}`);
    }),
  );
});

test('a null literal has its type, and a string is never null', async () => {
  const types: Readonly<Partial<Record<KqlType, string>>> = {
    bool: 'Nullable(Bool)',
    datetime: 'Nullable(Int64)',
    decimal: 'Nullable(Decimal(38, 10))',
    dynamic: 'Nullable(String)',
    guid: 'Nullable(String)',
    int: 'Nullable(Int32)',
    long: 'Nullable(Int64)',
    real: 'Nullable(Float64)',
    timespan: 'Nullable(Int64)',
  };
  for (const [type, sqlType] of Object.entries(types)) {
    // The keys of the table above.
    const literal: Literal = { kind: 'literal', type: type as KqlType, value: null };
    const rows = await engine.rows(`select ${literalSql(literal)} as v, toTypeName(${literalSql(literal)})`);
    assert.deepEqual(rows, [[null, sqlType]]);
  }
  assert.equal(await read(literalSql({ kind: 'literal', type: 'string', value: null })), '');
});
