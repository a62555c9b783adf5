import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LineEditor, readInputLines } from './terminal.ts';

function type(keys: string): { text: string; shown: string; outcome: string } {
  let shown = '';
  const line = new LineEditor((text) => {
    shown += text;
  });
  let outcome = 'typing';
  for (const key of keys) {
    if (outcome === 'typing') outcome = line.press(key);
  }
  return { text: line.text, shown, outcome };
}

test('a line is edited as at a shell', () => {
  assert.deepEqual(type('abé日\r'), { text: 'abé日', shown: 'abé日', outcome: 'done' });
  assert.equal(type('ab\u007fc\b\bd\n').text, 'd');
  assert.equal(type('wrong\u0015right\r').text, 'right');
  assert.equal(type('ab\u0003').outcome, 'interrupted');
  assert.equal(type('\u0004').outcome, 'ended');
  assert.equal(type('a\u0004').outcome, 'typing');
  assert.equal(type('a\u0007\u0000b\r').text, 'ab');
});

test('a line that never ends is held only up to a limit', () => {
  assert.equal(type('x'.repeat(100_000)).text.length, 4096);
});

test('piped lines are read without their ends, and no more than asked for', async () => {
  const pieces = async function* (...texts: string[]) {
    for (const text of texts) yield Buffer.from(text);
  };
  assert.deepEqual(await readInputLines(pieces('one\r', '\ntw', 'o\nthree'), 2), ['one', 'two']);
  assert.deepEqual(await readInputLines(pieces(), 2), ['']);
});
