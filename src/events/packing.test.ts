import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { type TestContext, test } from 'node:test';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import fc from 'fast-check';
import type { EventTable } from './catalogue.ts';
import { cellValue } from './cells.ts';
import { columnDefinition } from './dialect.ts';
import { type Cells, RowPacker, releaseRows } from './packing.ts';
import { insertRows, registerRowSource } from './rows.ts';
import { never } from './sql.ts';

const table = {
  name: 'things',
  columns: [
    { name: 'owner', type: 'uuid' },
    { name: 'id', type: 'text', isKey: true },
    { name: 'at', type: 'time' },
    { name: 'size', type: 'integer' },
    { name: 'isGood', type: 'flag' },
    { name: 'words', type: 'set' },
    { name: 'story', type: 'prose' },
    { name: 'whole', type: 'document' },
  ],
} as const satisfies EventTable;

interface Thing {
  readonly owner: string | null;
  readonly id: string;
  readonly at: number | null;
  readonly size: number | null;
  readonly isGood: boolean | null;
  readonly words: string | null;
  readonly story: string | null;
  readonly whole: string | null;
}

const cells: Cells<typeof table, Thing> = {
  owner: (row) => row.owner,
  id: (row) => row.id,
  at: (row) => row.at,
  size: (row) => row.size,
  isGood: (row) => row.isGood,
  words: (row) => row.words,
  story: (row) => row.story,
  whole: (row) => row.whole,
};

async function openTable(t: TestContext): Promise<DuckDBConnection> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '2' });
  const connection = await instance.connect();
  t.after(() => {
    connection.closeSync();
    instance.closeSync();
  });
  registerRowSource(connection);
  await connection.run(`create table things (${table.columns.map(columnDefinition).join(', ')})`);
  return connection;
}

/** Inserts the things and gives them as they are stored, in the order of their ids. */
async function storedThings(connection: DuckDBConnection, things: readonly Thing[]): Promise<unknown[][]> {
  const packer = new RowPacker(table, cells);
  for (const thing of things) packer.add(thing);
  const rows = packer.take();
  assert.equal(await insertRows(connection, rows, never, undefined), things.length);
  releaseRows(rows);
  const answer = await connection.runAndReadAll('delete from things returning *');
  return answer
    .getRows()
    .map((row) => row.map(cellValue))
    .sort((left, right) => (String(left[1]) < String(right[1]) ? -1 : 1));
}

function expectedRow(thing: Thing): unknown[] {
  const text = (value: string | null) => (value === null || value === '' ? null : value.toWellFormed());
  const { owner, id, at, size, isGood, words, story, whole } = thing;
  return [owner, id, at, size, isGood, text(words), text(story), text(whole)];
}

/** Short and long, around the length from which the engine keeps a text elsewhere, in any script, ill-formed as well. */
const anyText = fc.option(
  fc.oneof(
    fc.string({ maxLength: 30 }),
    fc.string({ unit: 'binary', maxLength: 30 }),
    fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 16 }).map((units) => String.fromCharCode(...units)),
    fc.integer({ min: 0, max: 40 }).map((length) => 'abcdefghijklmnopqrstuvwxyz0123456789-_.:'.slice(0, length)),
  ),
);
const anyThing = fc.record({
  owner: fc.option(fc.uuid()),
  at: fc.option(fc.maxSafeInteger()),
  size: fc.option(fc.integer()),
  isGood: fc.option(fc.boolean()),
  words: anyText,
  story: anyText,
  whole: anyText,
});

test('whatever is packed comes back as it was', async (t) => {
  const connection = await openTable(t);
  await fc.assert(
    fc.asyncProperty(fc.array(anyThing, { minLength: 1, maxLength: 40 }), async (list) => {
      const things = list.map((thing, index) => ({ ...thing, id: `thing ${String(index).padStart(3, '0')}` }));
      assert.deepEqual(await storedThings(connection, things), things.map(expectedRow));
    }),
    { numRuns: 60 },
  );
});

test('rows come back whole when they fill many chunks and their texts many buffers', async (t) => {
  const connection = await openTable(t);
  const owner = randomUUID();
  const things = Array.from({ length: 5000 }, (_, index): Thing => {
    // Every thousandth text is longer than what is given to the engine at once.
    const whole = index % 1000 === 999 ? `${index} é 🙂`.repeat(40_000) : `${index} of many`.repeat(index % 60);
    const id = `thing ${String(index).padStart(5, '0')}`;
    return { owner, id, at: index, size: 10 - index, isGood: index % 3 === 0, words: null, story: `${index}`, whole };
  });
  for (let round = 0; round < 2; round++) {
    const stored = await storedThings(connection, things);
    assert.equal(stored.length, things.length);
    things.forEach((thing, index) => {
      assert.deepEqual(stored[index], expectedRow(thing));
    });
  }
});

test('half a character at the end of a text does not find the other half in the next', async (t) => {
  const connection = await openTable(t);
  const thing: Thing = {
    owner: null,
    id: '1',
    at: null,
    size: null,
    isGood: null,
    words: 'a\ud83d',
    story: '\ude42b',
    whole: null,
  };
  assert.deepEqual(await storedThings(connection, [thing]), [expectedRow(thing)]);
});

test('a value that its column cannot hold is refused when it is packed', () => {
  const packer = new RowPacker(table, cells);
  const good: Thing = {
    owner: null,
    id: '1',
    at: 1,
    size: 1,
    isGood: true,
    words: null,
    story: null,
    whole: null,
  };
  for (const wrong of [{ at: 1.5 }, { at: 2 ** 53 }, { size: 2 ** 31 }, { size: Number.NaN }]) {
    assert.throws(() => packer.add({ ...good, ...wrong }), TypeError);
  }
});

test('two insertions at once do not mix their rows', async (t) => {
  const connections = [await openTable(t), await openTable(t)];
  const thingsOf = (owner: string) =>
    Array.from(
      { length: 3000 },
      (_, index): Thing => ({
        owner,
        id: `thing ${String(index).padStart(5, '0')}`,
        at: index,
        size: index,
        isGood: null,
        words: null,
        story: `${owner} told ${index}`,
        whole: owner.repeat(50),
      }),
    );
  await Promise.all(
    connections.map(async (connection) => {
      const things = thingsOf(randomUUID());
      assert.deepEqual(await storedThings(connection, things), things.map(expectedRow));
    }),
  );
});
