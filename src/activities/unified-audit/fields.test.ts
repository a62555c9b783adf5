import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { bareAddress, parseTime, piece } from './fields.ts';

test('an address is found in every form in which the services write it', () => {
  const forms: [string, string][] = [
    ['192.0.2.7', '192.0.2.7'],
    ['192.0.2.7:52344', '192.0.2.7'],
    ['[192.0.2.7]', '192.0.2.7'],
    ['[192.0.2.7]:52344', '192.0.2.7'],
    ['2001:db8::abcd', '2001:db8::abcd'],
    ['[2001:db8::abcd]', '2001:db8::abcd'],
    ['[2001:db8::abcd]:443', '2001:db8::abcd'],
    ['::ffff:192.0.2.7', '::ffff:192.0.2.7'],
    ['[::ffff:192.0.2.7]:443', '::ffff:192.0.2.7'],
    ['', ''],
  ];
  for (const [written, address] of forms) assert.equal(bareAddress(written), address, written);
});

test('a time without a zone is UTC', () => {
  const expected = Date.UTC(2026, 4, 4, 9, 30, 15);
  assert.equal(parseTime('2026-05-04T09:30:15'), expected);
  assert.equal(parseTime('2026-05-04T09:30:15Z'), expected);
  assert.equal(parseTime('2026-05-04 09:30:15'), expected);
  assert.equal(parseTime('2026-05-04T11:30:15+02:00'), expected);
  assert.equal(parseTime('2026-05-04T04:00:15-0530'), expected);
  assert.equal(parseTime('2026-05-04T09:30:15.1234567Z'), expected + 123);
  assert.equal(parseTime('2026-05-04T09:30'), Date.UTC(2026, 4, 4, 9, 30));
});

test('what only looks like a time is none', () => {
  for (const text of [
    '',
    'yesterday',
    '2026-05-04',
    '2026-13-01T00:00:00',
    '2026-02-29T00:00:00',
    '2026-04-31T00:00:00',
    '2026-05-04T24:00:00',
    '2026-05-04T09:60:00',
    '2026-05-04T09:30:60',
    '2026-05-04T09:30:15 or so',
    '05/04/2026 09:30:15',
    '1777887015000',
  ]) {
    assert.equal(parseTime(text), undefined, text);
  }
  assert.equal(parseTime('2024-02-29T00:00:00'), Date.UTC(2024, 1, 29));
});

test('every time that is written as ISO 8601 is read back to the millisecond', () => {
  fc.assert(
    fc.property(fc.date({ min: new Date(0), max: new Date('2200-01-01'), noInvalidDate: true }), (date) => {
      assert.equal(parseTime(date.toISOString()), date.getTime());
    }),
  );
});

test('a piece of a record is short, well formed and without NUL, whatever it was', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: 'binary', maxLength: 2000 }), fc.anything()), (value) => {
      const text = piece(value);
      assert.ok(text.length <= 512);
      assert.ok(text.isWellFormed());
      assert.ok(!text.includes('\0'));
    }),
  );
  assert.equal(piece('\ud800'), '\ufffd');
  assert.equal(piece(`${'a'.repeat(511)}😀`).at(-1), '\ufffd');
});
