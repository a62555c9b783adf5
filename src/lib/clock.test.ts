import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isoTime, parseIsoTime } from './clock.ts';

test('every time that is written can be read, and is the same', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 253_402_300_799_999 }), (at) => {
      assert.equal(parseIsoTime(isoTime(at)), at);
    }),
  );
  assert.equal(isoTime(null), null);
  assert.equal(parseIsoTime('2027-01-31T02:00+02:00'), Date.UTC(2027, 0, 31));
});

test('a text without zone, without time, with a day that is not in the calendar or of any other form is no time', () => {
  for (const text of [
    '',
    '1',
    '2027',
    '2027-01-31',
    '2027-01-31T00:00:00',
    '2027-01-31 00:00Z',
    '2027-02-30T00:00:00Z',
  ])
    assert.equal(parseIsoTime(text), undefined, text);
  for (const text of ['2027-13-01T00:00:00Z', '2027-01-31T25:00:00Z', '2027-01-31T00:00:00z', ' 2027-01-31T00:00:00Z'])
    assert.equal(parseIsoTime(text), undefined, text);
  fc.assert(fc.property(fc.string(), (text) => assert.ok(parseIsoTime(text) === undefined || text.includes('T'))));
});
