import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { NoAuditData, readPurviewCsv } from './purview-csv.ts';
import { type LocalProblem, splitBatches } from './records.ts';
import { detectFormat, type Format, openSource } from './source.ts';

async function* inChunks(text: string | Buffer, bytes: number): AsyncGenerator<Buffer> {
  const all = Buffer.from(text);
  for (let start = 0; start < all.length; start += bytes) yield all.subarray(start, start + bytes);
}

async function read(chunks: AsyncIterable<Buffer>): Promise<string> {
  const parts: Buffer[] = [];
  for await (const chunk of chunks) parts.push(chunk);
  return Buffer.concat(parts).toString('utf8');
}

test('batches are the whole input, cut between lines, each knowing how many lines went before', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.string({ unit: fc.constantFrom('a', 'é', '\n'), maxLength: 20 }), { maxLength: 30 }),
      fc.integer({ min: 1, max: 40 }),
      fc.integer({ min: 1, max: 60 }),
      async (pieces, chunkBytes, bytesMax) => {
        const text = pieces.join('');
        const batches: { linesBefore: number; text: string }[] = [];
        for await (const { linesBefore, bytes } of splitBatches(inChunks(text, chunkBytes), bytesMax)) {
          batches.push({ linesBefore, text: await read(bytes) });
        }
        assert.equal(batches.map((batch) => batch.text).join(''), text);
        let lines = 0;
        for (const [index, batch] of batches.entries()) {
          assert.equal(batch.linesBefore, lines);
          assert.notEqual(batch.text, '');
          if (index < batches.length - 1) assert.ok(batch.text.endsWith('\n'));
          lines += batch.text.split('\n').length - 1;
        }
      },
    ),
    { numRuns: 300 },
  );
});

async function readCsv(text: string, chunkBytes = 11): Promise<{ lines: string[]; problems: LocalProblem[] }> {
  const problems: LocalProblem[] = [];
  const whole = await read(readPurviewCsv(inChunks(text, chunkBytes), (problem) => problems.push(problem)));
  return { lines: whole === '' ? [] : whole.replace(/\n$/, '').split('\n'), problems };
}

const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;

test('the AuditData of every row of an export becomes one line, whatever it holds', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.dictionary(fc.string(), fc.jsonValue()), { minLength: 1, maxLength: 6 }),
      fc.constantFrom(',', ';', '\t'),
      fc.constantFrom('\r\n', '\n'),
      async (records, delimiter, newline) => {
        const rows = records.map((record, index) =>
          [String(index), quoted(JSON.stringify(record)), ''].join(delimiter),
        );
        const header = ['RecordId', 'AuditData', 'AssociatedAdminUnits'].join(delimiter);
        const { lines, problems } = await readCsv(`\ufeff${[header, ...rows].join(newline)}${newline}`);
        assert.deepEqual(problems, []);
        assert.deepEqual(
          lines.map((line) => JSON.stringify(JSON.parse(line))),
          records.map((record) => JSON.stringify(record)),
        );
      },
    ),
    { numRuns: 200 },
  );
});

test('rows without AuditData and a file that ends inside a row are told by their number', async () => {
  const { lines, problems } = await readCsv('AuditData\r\n"{""a"":1}"\r\n""\r\n"{""a"":3}"\r\n"{""a"":');
  assert.deepEqual(lines, ['{"a":1}', '', '{"a":3}', '']);
  assert.deepEqual(problems, [
    { record: 2, reason: 'no-audit-data' },
    { record: 4, reason: 'cut-off' },
  ]);
});

test('a CSV without the column is refused with the columns it has', async () => {
  await assert.rejects(
    readCsv('Time,User\r\n1,2\r\n'),
    (error) => error instanceof NoAuditData && error.columns.join() === 'Time,User',
  );
});

test('the format is recognised from the first line', () => {
  const expected: [string, Format][] = [
    ['{"Id":"1"}\n', 'ndjson'],
    ['', 'ndjson'],
    ['rubbish\n{"Id":"1"}', 'ndjson'],
    [' \n[{"Id":', 'json'],
    ['{\r\n  "Id": 1', 'json'],
    ['RecordId,CreationDate,RecordType,Operation,UserId,AuditData,AssociatedAdminUnits\r\n', 'csv'],
    ['"CreationDate";"AuditData"\n', 'csv'],
    ['{"AuditData":"{}"}', 'ndjson'],
  ];
  for (const [head, format] of expected) assert.equal(detectFormat(head), format, head);
});

async function open(
  context: TestContext,
  content: Buffer,
): Promise<{ text: string; format: Format; damage: string | undefined }> {
  const folder = mkdtempSync(join(tmpdir(), 'ingest-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'records');
  writeFileSync(file, content);
  const source = await openSource(file, inChunks('', 1), undefined);
  return { text: await read(source.text), format: source.format, damage: source.damage() };
}

test('packed, UTF-16 and marked files are read as what they hold', async (context) => {
  const text = '[{"Id":"é日本"}]';
  const utf16 = Buffer.from(`\ufeff${text}`, 'utf16le');
  for (const content of [Buffer.from(text), Buffer.from(`\ufeff${text}`), utf16, gzipSync(text), gzipSync(utf16)]) {
    assert.deepEqual(await open(context, content), { text, format: 'json', damage: undefined });
  }
  const twice = Buffer.concat([gzipSync('{"a":1}\n'), gzipSync('{"a":2}\n')]);
  assert.equal((await open(context, twice)).text, '{"a":1}\n{"a":2}\n');
});

test('a packed file that was cut off gives what came before, and says so', async (context) => {
  const lines = Array.from({ length: 20_000 }, (_, index) => `{"Id":"${index}-${Math.sin(index)}"}\n`).join('');
  const packed = gzipSync(lines);
  const { text, damage } = await open(context, packed.subarray(0, packed.length / 2));
  assert.ok(text.length > 0 && lines.startsWith(text));
  assert.match(damage ?? '', /unexpected end/);
});

test('standard input is read to its end', async () => {
  const source = await openSource('-', inChunks('{"Id":"1"}\n{"Id":"2"}', 3), undefined);
  assert.equal(await read(source.text), '{"Id":"1"}\n{"Id":"2"}');
  assert.equal(source.bytesRead(), 21);
  assert.equal(source.bytesTotal, undefined);
});
