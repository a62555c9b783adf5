import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { LineSplitter } from './lines.ts';

/** The lines of these chunks; a line that was too long is null. */
function split(chunks: readonly Buffer[], lineBytesMax = 1000): [number, string | null][] {
  const lines: [number, string | null][] = [];
  const splitter = new LineSplitter(lineBytesMax, {
    line: (bytes, number) => lines.push([number, bytes.toString('utf8')]),
    tooLong: (number) => lines.push([number, null]),
  });
  for (const chunk of chunks) splitter.push(chunk);
  splitter.finish();
  return lines;
}

const whole = (text: string, max?: number): [number, string | null][] => split([Buffer.from(text)], max);

test('lines end with LF, CRLF or the end of the stream', () => {
  assert.deepEqual(whole('a\nb\r\nc'), [
    [1, 'a'],
    [2, 'b'],
    [3, 'c'],
  ]);
  assert.deepEqual(whole('a\n\nb\n'), [
    [1, 'a'],
    [2, ''],
    [3, 'b'],
  ]);
  assert.deepEqual(whole(''), []);
});

test('a byte order mark is no part of the first line', () => {
  assert.deepEqual(whole('\uFEFFa\n\uFEFFb'), [
    [1, 'a'],
    [2, '\uFEFFb'],
  ]);
  assert.deepEqual(split([Buffer.from([0xef]), Buffer.from([0xbb, 0xbf, 0x61])]), [[1, 'a']]);
});

test('a line that is too long is reported by its number and the next one is read', () => {
  assert.deepEqual(whole('12345\n123456\n12345\r\n123456', 5), [
    [1, '12345'],
    [2, null],
    [3, '12345'],
    [4, null],
  ]);
});

test('a line that is far too long is not held', () => {
  const piece = Buffer.alloc(1_048_576, 0x61);
  const before = process.memoryUsage().arrayBuffers;
  let most = 0;
  const splitter = new LineSplitter(65_536, { line: () => assert.fail('no line'), tooLong: () => {} });
  for (let megabyte = 0; megabyte < 500; megabyte++) {
    splitter.push(Buffer.from(piece));
    most = Math.max(most, process.memoryUsage().arrayBuffers - before);
  }
  splitter.finish();
  assert.ok(most < 250_000_000);
});

test('wherever the stream is cut into chunks, the lines are the same', () => {
  const text = fc.array(fc.constantFrom('a', 'bb', '\n', '\r\n', '\r', 'é', '{"x":1}', 'long'.repeat(5)), {
    maxLength: 60,
  });
  fc.assert(
    fc.property(text, fc.array(fc.nat(200), { maxLength: 12 }), fc.integer({ min: 3, max: 30 }), (parts, cuts, max) => {
      const bytes = Buffer.from(parts.join(''));
      const at = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((left, right) => left - right);
      const chunks = [0, ...at].map((from, index) => bytes.subarray(from, at[index] ?? bytes.length));
      assert.deepEqual(split(chunks, max), split([bytes], max));
    }),
  );
});
