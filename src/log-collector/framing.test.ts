import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Framing, oneLine } from './framing.ts';

function framed(chunks: readonly string[], bound = 1000): { text: string; count: number; cut: number } {
  const framing = new Framing(bound);
  const all = [...chunks.map((chunk) => framing.take(Buffer.from(chunk, 'latin1'))), framing.end()];
  const found = all.filter((lines) => lines !== null);
  return {
    text: Buffer.concat(found.map(({ bytes }) => bytes)).toString('latin1'),
    count: found.reduce((sum, { count }) => sum + count, 0),
    cut: framing.cut,
  };
}

test('messages that end with a line feed come out whole, whatever the chunks', () => {
  assert.deepEqual(framed(['<14>one\n<14>tw', 'o\n<14>thr', 'ee']), {
    text: '<14>one\n<14>two\n<14>three\n',
    count: 3,
    cut: 0,
  });
  assert.deepEqual(framed(['<14>a\r\n', '\n']), { text: '<14>a\r\n\n', count: 2, cut: 0 });
});

test('counted messages come out as lines, line breaks inside of them as spaces', () => {
  const counted = ['<14>one', '<14>two\nlines', '<14>3'].map((each) => `${each.length} ${each}`).join('');
  assert.equal(framed([counted]).text, '<14>one\n<14>two lines\n<14>3\n');
});

test('both kinds may follow each other on one connection', () => {
  assert.equal(framed(['<14>one\n7 <14>two<14>three\n']).text, '<14>one\n<14>two\n<14>three\n');
});

test('a line that begins with digits is no counted message', () => {
  assert.equal(framed(['1732179600.123 10 192.0.2.1\n2026 <x>\n']).count, 2);
});

test('a message without end is cut at the bound, and nothing is kept beyond it', () => {
  const { count, cut } = framed(['x'.repeat(600), 'x'.repeat(600), 'y\n'], 1000);
  assert.deepEqual([count, cut], [1, 1]);
});

test('however a stream is cut, the same messages come out', () => {
  const message = fc.string({ unit: fc.constantFrom(...'ab <>:7'), maxLength: 20 }).map((text) => `<14>${text}`);
  fc.assert(
    fc.property(
      fc.array(fc.tuple(message, fc.boolean()), { maxLength: 12 }),
      fc.array(fc.nat(400), { maxLength: 8 }),
      (messages, cuts) => {
        const stream = messages.map(([text, counted]) => (counted ? `${text.length} ${text}` : `${text}\n`)).join('');
        const places = [0, ...cuts.map((cut) => cut % (stream.length + 1)), stream.length].sort((a, b) => a - b);
        const chunks = places.slice(1).map((place, index) => stream.slice(places[index], place));
        assert.deepEqual(framed(chunks).text, messages.map(([text]) => `${text}\n`).join(''));
      },
    ),
  );
});

test('one line of a message has no break inside and one at the end', () => {
  assert.equal(oneLine(Buffer.from('a\r\nb\0\n')).bytes.toString(), 'a  b\n');
});

test('what follows of a message that is too long is left out, to its end', () => {
  const framing = new Framing(10);
  const texts: string[] = [];
  const take = (text: string): void => {
    const lines = framing.take(Buffer.from(text));
    if (lines) texts.push(lines.bytes.toString());
  };
  take('<13>ok\n');
  for (let i = 0; i < 10; i++) take('0123456789'.replace('0', 'x'));
  take('tail\n<13>next\n');
  assert.deepEqual(texts, ['<13>ok\n', 'x123456789\n', '<13>next\n']);
  assert.equal(framing.cut, 1);
  // Counted ones as well.
  take(`25 <13>${'y'.repeat(10)}`);
  take(`${'y'.repeat(11)}8 <13>next`);
  assert.deepEqual(texts.slice(3), ['<13>yyyyyy\n', '<13>next\n']);
  assert.equal(framing.cut, 2);
});

test('a long message in many small parts is not copied with each of them', () => {
  const framing = new Framing(256 * 1024);
  const part = Buffer.from('z');
  const began = performance.now();
  for (let i = 0; i < 200_000; i++) framing.take(part);
  assert.equal(framing.take(Buffer.from('\n'))?.bytes.length, 200_001);
  // Copied each time, it would be twenty gigabytes.
  assert.ok(performance.now() - began < 5000);
});
