import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DuckDBInstance, LIST, listValue, VARCHAR } from '@duckdb/node-api';
import fc from 'fast-check';
import { type StreamedChunk, streamRows } from './streaming.ts';

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.integer({ min: 8, max: 16 }).map((length) => 'x'.repeat(length)),
  fc
    .tuple(fc.string({ unit: 'grapheme' }), fc.integer({ min: 1, max: 300 }))
    .map(([unit, times]) => unit.repeat(times)),
);

/** The rows' texts as they come in runs, and how many runs there were. */
function takenFrom(chunk: StreamedChunk, sliceBytes: number): { bytes: Buffer; runs: number } {
  const taken: Uint8Array[] = [];
  for (let row = 0; row < chunk.rowCount; ) {
    const run = chunk.texts({ row, endRow: chunk.rowCount, sliceBytes, textBytesMax: 1_000_000 });
    assert.ok(run && run.endRow > row);
    taken.push(run.bytes);
    row = run.endRow;
  }
  return { bytes: Buffer.concat(taken), runs: taken.length };
}

test('texts come out of the engine as they are, whatever is in them and wherever runs end', async () => {
  const connection = await (await DuckDBInstance.create(':memory:', { threads: '1' })).connect();
  await fc.assert(
    fc.asyncProperty(
      fc.array(text, { minLength: 1, maxLength: 40 }),
      fc.integer({ min: 1, max: 5000 }),
      async (all, slice) => {
        // As the driver writes a text: what is no character of Unicode becomes U+FFFD.
        const texts = all.map((each) => each.toWellFormed());
        await connection.run(
          'create or replace temp table texts as select unnest($1) as t',
          [listValue(texts)],
          [LIST(VARCHAR)],
        );
        for (const sql of ['select t from texts', `select concat(t, ',') from texts`, 'select encode(t) from texts']) {
          for await (const chunk of streamRows(connection, { sql, values: [], secondsMax: 30, rowsMax: 100 })) {
            const end = sql.includes('concat') ? ',' : '';
            assert.equal(takenFrom(chunk, slice).bytes.toString(), texts.map((each) => each + end).join(''));
          }
        }
      },
    ),
    { numRuns: 60 },
  );
});

test('many rows are few runs, none longer than a slice and one row', async () => {
  const connection = await (await DuckDBInstance.create(':memory:', { threads: '1' })).connect();
  const sql = "select concat('row ', range, repeat(' and more', 100)) from range(2048)";
  for await (const chunk of streamRows(connection, { sql, values: [], secondsMax: 30, rowsMax: 5000 })) {
    assert.equal(chunk.rowCount, 2048);
    assert.ok(takenFrom(chunk, 1_000_000).runs < 100);
    const run = chunk.texts({ row: 5, endRow: 2048, sliceBytes: 10_000, textBytesMax: 1000 });
    assert.ok(run && run.bytes.length >= 908 && run.bytes.length < 11_000);
    assert.equal(chunk.texts({ row: 5, endRow: 6, sliceBytes: 10_000, textBytesMax: 1000 })?.endRow, 6);
  }
});

test('no text and one that is too long are null, and a run ends before them', async () => {
  const connection = await (await DuckDBInstance.create(':memory:', { threads: '1' })).connect();
  const sql =
    "select * from (values ('first of the texts'), ('second of the texts'), (null), (repeat('long', 100)), ('x')) as t";
  for await (const chunk of streamRows(connection, { sql, values: [], secondsMax: 30, rowsMax: 10 })) {
    const take = (row: number) => chunk.texts({ row, endRow: 5, sliceBytes: 10_000, textBytesMax: 399 });
    assert.ok((take(0)?.endRow ?? 9) <= 2);
    assert.equal(take(1)?.endRow, 2);
    assert.equal(take(2), null);
    assert.equal(take(3), null);
    assert.equal(Buffer.from(take(4)?.bytes ?? []).toString(), 'x');
  }
});
