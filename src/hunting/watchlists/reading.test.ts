import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { InvalidInput, TooLarge } from '../../lib/failures.ts';
import { readWatchlist } from './reading.ts';

const limits = { bytesMax: 10_000_000, rowsMax: 100_000 };

async function* pieces(text: string | Buffer, length: number): AsyncIterable<Buffer> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += length) yield bytes.subarray(at, at + length);
}

const rowsOf = (parts: readonly string[]): string[][] =>
  parts.flatMap((part) => JSON.parse(part) as string[][]).map(([, ...values]) => values);

const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;

test('every value comes back as it was written, wherever the bytes are cut', async () => {
  const value = fc.string({ unit: 'grapheme', maxLength: 12 }).map((text) => text.replaceAll('\0', ''));
  const table = fc
    .integer({ min: 1, max: 5 })
    .chain((width) =>
      fc.array(fc.array(value, { minLength: width, maxLength: width }), { minLength: 1, maxLength: 20 }),
    );
  await fc.assert(
    fc.asyncProperty(table, fc.integer({ min: 1, max: 40 }), async (rows, length) => {
      const names = rows[0]?.map((_, index) => `c${index}`) ?? [];
      const csv = [names, ...rows].map((row) => row.map(quoted).join(',')).join('\r\n');
      const read = await readWatchlist(pieces(csv, length), null, limits);
      assert.deepEqual([read.columns, read.searchKey], [names, 'c0']);
      assert.deepEqual(rowsOf(read.parts), rows);
      assert.equal(read.rowCount, rows.length);
    }),
    { numRuns: 100 },
  );
});

test('whatever comes in, the answer is rows or a refusal that says why', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), fc.integer({ min: 1, max: 50 }), async (bytes, length) => {
      try {
        const read = await readWatchlist(pieces(Buffer.from(bytes), length), null, limits);
        assert.equal(rowsOf(read.parts).length, read.rowCount);
        for (const row of rowsOf(read.parts)) assert.equal(row.length, read.columns.length);
      } catch (error) {
        assert.ok(error instanceof InvalidInput || error instanceof TooLarge, String(error));
      }
    }),
    { numRuns: 300 },
  );
});

test('rows have ids that are their own, the same in every upload', async () => {
  const read = async (csv: string) => {
    const { parts } = await readWatchlist(pieces(csv, 7), 'a', limits);
    return parts.flatMap((part) => JSON.parse(part) as string[][]).map(([id]) => id);
  };
  const [one, two, again] = await read('a,b\n1,2\n3,4\n1,2\n');
  assert.equal(new Set([one, two, again]).size, 3);
  assert.deepEqual(await read('a,b\n1,2\n1,2\n'), [one, again]);
});

test('rows are cut into parts that hold all of them in their order', async () => {
  const rows = Array.from({ length: 3000 }, (_, index) => `${index},${'x'.repeat(500)}`);
  const { parts } = await readWatchlist(pieces(`n,t\n${rows.join('\n')}`, 65_536), 'n', limits);
  assert.ok(parts.length > 2 && parts.every((part) => part.length < 600_000));
  assert.deepEqual(
    rowsOf(parts).map(([n]) => Number(n)),
    rows.map((_, index) => index),
  );
});

test('rows of many columns are fewer, however little they say', async () => {
  const csv = `a,b,c,d,e,f,g\n${'x\n'.repeat(101)}`;
  const read = await readWatchlist(pieces(csv, 100), null, { ...limits, cellsMax: 1010 });
  assert.equal(read.rowCount, 101);
  await assert.rejects(
    readWatchlist(pieces(csv, 100), null, { ...limits, cellsMax: 1009 }),
    (error) => error instanceof TooLarge && error.message === 'A watchlist of 7 columns has at most 100 rows.',
  );
});
