import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { cutterOf } from './records.ts';

function recordsOf(text: string, kind: Parameters<typeof cutterOf>[0], bytesMax = 1000): string[] {
  const bytes = Buffer.from(text);
  const cutter = cutterOf(kind, bytesMax);
  const found: string[] = [];
  for (let from = 0; cutter.find(bytes, from, bytes.length, true); from = cutter.next) {
    found.push(bytes.toString('utf8', cutter.start, cutter.end));
  }
  return found;
}

test('lines end at line breaks of either kind, and the last one needs none', () => {
  assert.deepEqual(recordsOf('a\r\n\nb\nc', 'lines'), ['a', '', 'b', 'c']);
});

test('a line break inside of quotes belongs to the record', () => {
  assert.deepEqual(recordsOf('1,"a\r\nb ""c""",2\n3,d\n', 'quoted-lines'), ['1,"a\r\nb ""c""",2', '3,d']);
});

test('a quote that nobody closes costs its line only', () => {
  const lines = Array.from({ length: 100 }, (_, index) => `${index},plain,line`);
  const text = ['0,"never closed', ...lines].join('\n');
  assert.deepEqual(recordsOf(text, 'quoted-lines', 100).slice(0, 3), [
    '0,"never closed',
    '0,plain,line',
    '1,plain,line',
  ]);
});

test('elements are found whatever stands between them, and one that is never closed does not hide the next', () => {
  const kind = { element: 'log' };
  assert.deepEqual(recordsOf('<?xml?><logs>\n<log a="1">x</log> <log b="2"/>\n<login/></logs>', kind), [
    '<log a="1">x</log>',
    '<log b="2"/>',
  ]);
  assert.deepEqual(recordsOf(`<log>${'y'.repeat(60)}<log a="1"/>`, kind, 50), ['<log a="1"/>']);
});

test('records that are found piece by piece, as far as they are whole, are those of the whole text', () => {
  const text = fc.string({
    unit: fc.constantFrom('"', '\n', '\r', 'a', ',', '<log', '>', '</log>', '/', ' '),
    maxLength: 60,
  });
  const kinds = fc.constantFrom('lines' as const, 'quoted-lines' as const, { element: 'log' });
  fc.assert(
    fc.property(text, kinds, fc.nat(80), (value, kind, border) => {
      const whole = recordsOf(value, kind, 20);
      const bytes = Buffer.from(value);
      const cutter = cutterOf(kind, 20);
      let end = 0;
      // As far as they are whole in the first piece of the text: cut there, and read both halves.
      while (cutter.find(bytes, end, Math.min(border, bytes.length), false)) end = cutter.next;
      const halves = [bytes.toString('utf8', 0, end), bytes.toString('utf8', end)];
      assert.deepEqual(
        halves.flatMap((half) => recordsOf(half, kind, 20)),
        whole,
      );
    }),
    { numRuns: 2000 },
  );
});
