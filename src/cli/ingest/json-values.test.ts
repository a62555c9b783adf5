import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { splitJsonValues } from './json-values.ts';
import type { LocalProblem } from './records.ts';

/** Splits the text into chunks of the given size, and answers lines and problems. */
async function split(text: string, chunkBytes = 7): Promise<{ lines: string[]; problems: LocalProblem[] }> {
  const bytes = Buffer.from(text);
  const problems: LocalProblem[] = [];
  const chunks = (async function* () {
    for (let start = 0; start < bytes.length; start += chunkBytes)
      yield Buffer.from(bytes.subarray(start, start + chunkBytes));
  })();
  const parts: Buffer[] = [];
  for await (const part of splitJsonValues(chunks, (problem) => problems.push(problem))) parts.push(part);
  const whole = Buffer.concat(parts).toString('utf8');
  return { lines: whole === '' ? [] : whole.replace(/\n$/, '').split('\n'), problems };
}

test('every value of an array becomes one line that means the same, however it is indented and cut', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.jsonValue({ maxDepth: 4 }), { maxLength: 8 }),
      fc.constantFrom(undefined, 2, '\t'),
      fc.integer({ min: 1, max: 50 }),
      async (values, indent, chunkBytes) => {
        const { lines, problems } = await split(JSON.stringify(values, null, indent), chunkBytes);
        assert.deepEqual(problems, []);
        assert.deepEqual(
          lines.map((line) => JSON.stringify(JSON.parse(line))),
          values.map((value) => JSON.stringify(value)),
        );
      },
    ),
    { numRuns: 300 },
  );
});

test('several arrays behind each other and indented objects without an array are read too', async () => {
  assert.deepEqual((await split('[{"a":1}]\r\n[{"b":[2]},\n{"c":"]}"}]')).lines, [
    '{"a":1}',
    '{"b":[2]}',
    '{"c":"]}"}',
  ]);
  assert.deepEqual((await split('{\n  "a": 1\n}\n{\n  "b": 2\n}\n')).lines, ['{   "a": 1 }', '{   "b": 2 }']);
});

test('a record that the end of the file cuts off is told by its number and sent as an empty line', async () => {
  const { lines, problems } = await split('[{"a":1},{"a":2},{"a":');
  assert.deepEqual(lines, ['{"a":1}', '{"a":2}', '']);
  assert.deepEqual(problems, [{ record: 3, reason: 'cut-off' }]);
});

test('a line feed inside a string, which no JSON has, does not become a sound record', async () => {
  const { lines } = await split('[{"a":"x\ny"},{"a":1}]');
  assert.equal(lines.length, 2);
  assert.throws(() => JSON.parse(lines[0] ?? ''));
  assert.equal(lines[1], '{"a":1}');
});

test('any bytes are split in bounded time, and line numbers stay record numbers', async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: fc.constantFrom(...'[]{}",:\\ \n1atrue\u0000é') }), async (text) => {
      const { lines, problems } = await split(text, 3);
      for (const { record } of problems) assert.equal(lines[record - 1], '');
    }),
    { numRuns: 1000 },
  );
});
