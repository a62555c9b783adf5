import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { type TestContext, test } from 'node:test';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import fc from 'fast-check';
import type { EventTable } from './catalogue.ts';
import { columnDefinition } from './dialect.ts';
import { releaseRows } from './packing.ts';
import { RowWriter } from './row-writer.ts';
import { insertRows, registerRowSource } from './rows.ts';
import { never } from './sql.ts';

const table = {
  name: 'things',
  columns: [
    { name: 'owner', type: 'uuid', isApart: true },
    { name: 'key', type: 'uuid', isKey: true },
    { name: 'name', type: 'string' },
    { name: 'bag', type: 'text' },
    { name: 'count', type: 'integer' },
    { name: 'ticks', type: 'long' },
    { name: 'size', type: 'real' },
    { name: 'isGood', type: 'flag' },
    { name: 'story', type: 'string' },
  ],
} as const satisfies EventTable;

const owner = randomUUID();

interface Thing {
  readonly name: string | null;
  readonly bag: string | null;
  readonly count: number | null;
  readonly ticks: bigint | null;
  readonly size: number | null;
  readonly isGood: boolean | null;
  readonly story: string | null;
}

/** Steps that write a thing, one a value, so that they can come in any order. */
function stepsOf(thing: Thing, writer: RowWriter): (() => void)[] {
  const { name, bag, count, ticks, size, isGood, story } = thing;
  return [
    () => name !== null && writer.setText(2, name),
    () => bag !== null && bag !== '' && writer.setText(3, bag),
    () => count !== null && writer.set(4, count),
    () => ticks !== null && writer.setLong(5, Number(BigInt.asUintN(32, ticks)), Number(ticks >> 32n)),
    () => size !== null && writer.setReal(6, size),
    () => isGood !== null && writer.set(7, isGood),
    () => story !== null && writer.setText(8, story),
  ];
}

function write(writer: RowWriter, thing: Thing, isBackwards = false): boolean {
  writer.set(0, owner);
  const steps = stepsOf(thing, writer);
  for (const step of isBackwards ? steps.toReversed() : steps) step();
  return writer.endRow();
}

async function openTable(t: TestContext): Promise<DuckDBConnection> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  t.after(() => {
    connection.closeSync();
    instance.closeSync();
  });
  registerRowSource(connection);
  await connection.run(`create table things (${table.columns.map(columnDefinition).join(', ')})`);
  return connection;
}

async function stored(connection: DuckDBConnection, writer: RowWriter): Promise<unknown[][]> {
  const rows = writer.take();
  await connection.run('delete from things');
  await insertRows(connection, rows, never, undefined);
  releaseRows(rows);
  const answer = await connection.runAndReadAll('select * exclude (owner, key) from things order by rowid');
  return answer.getRows();
}

/** As the engine should have it. */
function expected({ name, bag, count, ticks, size, isGood, story }: Thing): unknown[] {
  return [wellFormed(name ?? ''), bag ? wellFormed(bag) : null, count, ticks, size, isGood, wellFormed(story ?? '')];
}

const wellFormed = (text: string): string => text.toWellFormed();

const texts = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 30 }),
  fc.string({ unit: 'binary', maxLength: 14 }),
  fc.string({ minLength: 300, maxLength: 400 }),
  fc.constant('\ud800'),
);

const things: fc.Arbitrary<Thing> = fc.record({
  name: fc.option(texts),
  bag: fc.option(texts),
  count: fc.option(fc.integer()),
  ticks: fc.option(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })),
  size: fc.option(fc.double({ noNaN: true }).map((size) => (size === 0 ? 0 : size))),
  isGood: fc.option(fc.boolean()),
  story: fc.option(texts),
});

test('whatever is written is what the engine has, and a row comes once in any order of its values', async (t) => {
  const connection = await openTable(t);
  await fc.assert(
    fc.asyncProperty(fc.array(things, { maxLength: 12 }), async (rows) => {
      const writer = new RowWriter(table);
      const kept = rows.filter((row) => write(writer, row));
      for (const row of rows) assert.equal(write(writer, row, true), false, 'it is known');
      assert.equal(writer.rowCount, kept.length);
      assert.deepEqual(await stored(connection, writer), kept.map(expected));
    }),
    { numRuns: 200 },
  );
});

test('thousands of rows of long texts fill several chunks, and a forgotten row leaves nothing behind', async (t) => {
  const connection = await openTable(t);
  const writer = new RowWriter(table);
  const none = { name: null, bag: null, count: null, ticks: null, size: null, isGood: null, story: null };
  const rows = Array.from({ length: 5000 }, (_, index): Thing => {
    return index % 3 === 0
      ? { ...none, ticks: BigInt(index) }
      : { ...none, name: `é${index}`, story: 'x'.repeat(index) };
  });
  for (const row of rows) {
    for (const step of stepsOf({ ...row, count: 7, bag: 'a bag that is forgotten', isGood: true }, writer)) step();
    writer.dropRow();
    assert.ok(write(writer, row));
  }
  for (const row of rows) assert.ok(!write(writer, row), 'it is known');
  assert.deepEqual(await stored(connection, writer), rows.map(expected));
});

test('rows that differ in one value have different keys', () => {
  const writer = new RowWriter(table);
  const base = {
    name: 'a',
    bag: '1',
    count: 1,
    ticks: 1n,
    size: 1,
    isGood: true,
    story: 'a story of more than twelve',
  };
  const others: Partial<Thing>[] = [
    { name: 'b' },
    { name: null },
    { bag: '2' },
    { count: 2 },
    { ticks: 2n },
    { ticks: 1n << 32n },
    { size: 2 },
    { isGood: false },
    { isGood: null },
    { story: 'a story of more than twelvf' },
    { name: '1', bag: 'a' },
    { name: 'a story of more than twelve', story: 'a' },
  ];
  assert.ok(write(writer, base));
  for (const other of others) assert.ok(write(writer, { ...base, ...other }), JSON.stringify(other, bigintText));
});

const bigintText = (_key: string, value: unknown): unknown => (typeof value === 'bigint' ? String(value) : value);
