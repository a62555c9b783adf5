import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { csvRows } from './csv-rows.ts';
import { filesAt } from './paths.ts';
import type { LocalProblem } from './records.ts';

test('folders stand for the records below them, by name; other files are left out unless they are named', (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'paths-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(join(folder, 'day2'));
  for (const name of ['b.ndjson', 'a.json.gz', 'readme.txt', 'day2/c.csv', 'day2/d.gz'])
    writeFileSync(join(folder, name), '');
  const named = join(folder, 'readme.txt');
  assert.deepEqual(filesAt(['-', folder, named]), [
    '-',
    ...['a.json.gz', 'b.ndjson', 'day2/c.csv', 'day2/d.gz'].map((name) => join(folder, name)),
    named,
  ]);
});

async function read(text: string, chunkBytes = 9): Promise<{ rows: unknown[]; problems: LocalProblem[] }> {
  const bytes = Buffer.from(text);
  const chunks = (async function* () {
    for (let start = 0; start < bytes.length; start += chunkBytes) yield bytes.subarray(start, start + chunkBytes);
  })();
  const problems: LocalProblem[] = [];
  const parts: Buffer[] = [];
  for await (const part of csvRows(chunks, (problem) => problems.push(problem))) parts.push(part);
  const lines = Buffer.concat(parts).toString('utf8').split('\n').slice(0, -1);
  return { rows: lines.map((line) => (line === '' ? null : JSON.parse(line))), problems };
}

const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;

test('every row of a CSV becomes an object of its cells, whatever they hold', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.string({ minLength: 1 }), fc.string()), { minLength: 1, maxLength: 6 }),
      fc.constantFrom(',', ';', '\t'),
      async (cells, delimiter) => {
        const rows = cells.map((row) => row.map(quoted).join(delimiter));
        const { rows: found, problems } = await read(
          `\ufeff${['First', 'Second'].join(delimiter)}\r\n${rows.join('\r\n')}\r\n`,
        );
        assert.deepEqual(problems, []);
        assert.deepEqual(
          found,
          cells.map(([First, Second]) => ({ First, Second })),
        );
      },
    ),
    { numRuns: 200 },
  );
});

test('a row that the end cuts off is told by its number and sent as an empty line', async () => {
  const { rows, problems } = await read('A,B\r\n1,2\r\n3,"4');
  assert.deepEqual(rows, [{ A: '1', B: '2' }, null]);
  assert.deepEqual(problems, [{ record: 2, reason: 'cut-off' }]);
});
