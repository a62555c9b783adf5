import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { blockLines, tableLines } from './table.ts';
import { displayWidth, padDisplay, printable } from './width.ts';

test('Latin letters take one column, CJK and emoji two, combining marks none', () => {
  assert.equal(displayWidth('token'), 5);
  assert.equal(displayWidth('é'), 1);
  assert.equal(displayWidth('é'), 1);
  assert.equal(displayWidth('名前'), 4);
  assert.equal(displayWidth('테넌트'), 6);
  assert.equal(displayWidth('（１）'), 6);
  assert.equal(displayWidth('ｱｲｳ'), 3);
  assert.equal(displayWidth('👩‍💻'), 2);
  assert.equal(displayWidth('​'), 0);
});

test('columns line up whatever the script of their cells', () => {
  const rows = [
    { name: 'エクスポート', owner: 'ana' },
    { name: 'nightly', owner: '이수진' },
    { name: '👩‍💻', owner: 'chloé' },
  ];
  const lines = tableLines(
    [
      { heading: '名前', cell: (row: (typeof rows)[number]) => row.name },
      { heading: 'Owner', cell: (row: (typeof rows)[number]) => row.owner },
    ],
    rows,
  );
  const starts = lines.map((line, index) => {
    const last = index === 0 ? 'Owner' : (rows[index - 1]?.owner ?? '');
    return displayWidth(line.slice(0, line.lastIndexOf(last)));
  });
  assert.deepEqual(new Set(starts), new Set([displayWidth('エクスポート') + 2]));
});

test('padding never cuts and reaches the wanted width', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 0, max: 60 }), (text, columns) => {
      const padded = padDisplay(text, columns);
      assert.ok(padded.startsWith(text));
      assert.equal(displayWidth(padded), Math.max(displayWidth(text), columns));
    }),
  );
});

test('no text from outside can steer the terminal or turn the reading order round', () => {
  assert.equal(printable('a\u001b[2Jb'), 'a\\u{1b}[2Jb');
  assert.equal(printable('a\u202eb\nc'), 'a\\u{202e}b\\u{a}c');
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const [line = ''] = blockLines([['name', text]]);
      assert.doesNotMatch(line, /[\p{Cc}\u202a-\u202e\u2066-\u2069\u2028\u2029]/u);
    }),
  );
});
