import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { type CsvItem, readCsv } from './csv.ts';

async function read(text: string | Buffer, rowBytesMax = 1000, pieceBytes = 64): Promise<CsvItem[]> {
  const bytes = Buffer.from(text);
  const chunks = (async function* () {
    for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes);
  })();
  return await all(readCsv(chunks, rowBytesMax));
}

async function all(items: AsyncIterable<CsvItem>): Promise<CsvItem[]> {
  const found: CsvItem[] = [];
  for await (const item of items) found.push(item);
  return found;
}

const cells = (items: readonly CsvItem[]) => items.map((item) => (item.kind === 'row' ? item.cells : item.reason));

const quoted = (cell: string): string => `"${cell.replaceAll('"', '""')}"`;

describe('a CSV', () => {
  test('comes back cell by cell, whatever is in them and however its bytes are cut', async () => {
    const rows = fc.array(fc.array(fc.string({ unit: 'grapheme' }), { minLength: 2, maxLength: 4 }), { maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(
        rows,
        fc.integer({ min: 1, max: 50 }),
        fc.constantFrom('\n', '\r\n'),
        async (table, piece, end) => {
          const text = table.map((row) => row.map(quoted).join(',') + end).join('');
          assert.deepEqual(cells(await read(text, 100_000, piece)), table);
        },
      ),
      { numRuns: 100 },
    );
  });

  test('may have a byte order mark, semicolons or tabs, rows of any length and empty lines', async () => {
    const items = await read('\ufeffName;Size\r\n\r\na;1;more\r\nb\r\n');
    assert.deepEqual(cells(items), [['Name', 'Size'], ['a', '1', 'more'], ['b']]);
    assert.deepEqual(
      items.map(({ line }) => line),
      [1, 3, 4],
    );
    assert.deepEqual(cells(await read('a\tb\n1\t2')), [
      ['a', 'b'],
      ['1', '2'],
    ]);
  });

  test('ends with the row that is too long, and those before it are kept', async () => {
    for (const long of [`${'x'.repeat(1001)},1\n`, `${'x'.repeat(3_000_000)},1\n`, `"${'x\n'.repeat(1_500_000)}`]) {
      const items = await read(`a,b\n1,2\n${long}3,4\n`, 1000, 16_384);
      assert.deepEqual(cells(items), [['a', 'b'], ['1', '2'], 'too-long']);
      assert.equal(items.at(-1)?.line, 3);
    }
    assert.equal((await read(`a,b\n${'x'.repeat(997)},1\n3,4\n`, 1000)).length, 3);
  });

  test('says that it is cut off when a quotation mark is never closed', async () => {
    assert.deepEqual(cells(await read('a,b\n1,2\n3,"four\n5,6\n')), [['a', 'b'], ['1', '2'], 'cut-off']);
  });

  test('passes on an error of its source', async () => {
    const chunks = (async function* () {
      yield Buffer.from('a,b\n');
      throw new Error('The disk is gone.');
    })();
    await assert.rejects(all(readCsv(chunks, 1000)), /The disk is gone/);
  });

  test('gives its source back when somebody stops reading', async () => {
    let isOver = false;
    const chunks = (async function* () {
      try {
        for (;;) yield Buffer.from('a,b\n'.repeat(1000));
      } finally {
        isOver = true;
      }
    })();
    for await (const item of readCsv(chunks, 1000)) if (item.line > 10) break;
    // The source ends in its own time, but it does.
    for (let turn = 0; turn < 1000 && !isOver; turn++) await new Promise((resolve) => setImmediate(resolve));
    assert.ok(isOver);
  });
});
