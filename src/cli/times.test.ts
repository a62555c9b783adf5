import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { durationText, parseDuration, parseIsoTime, parseMoment, relativeTime, utcTime } from './times.ts';

const now = Date.parse('2026-11-21T08:00:00Z');

test('durations are read as people write them', () => {
  assert.equal(parseDuration('90d'), 90 * 86_400);
  assert.equal(parseDuration('1h30m'), 5400);
  assert.equal(parseDuration('2w'), 1_209_600);
  for (const wrong of ['', '0s', '90', 'd', '1.5h', '-1h', '1y', ' 1h', '1h ', '200000d', '9999999999s']) {
    assert.equal(parseDuration(wrong), undefined, wrong);
  }
});

test('a written duration is read back as the same number of seconds', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 3_000_000_000 }), (seconds) => {
      assert.equal(parseDuration(durationText(seconds)), seconds);
    }),
  );
});

test('a time without an offset is UTC, whatever the time zone of this machine', () => {
  assert.equal(parseIsoTime('2027-01-31T12:00'), Date.parse('2027-01-31T12:00:00Z'));
  assert.equal(parseIsoTime('2027-01-31T12:00:00+09:00'), Date.parse('2027-01-31T03:00:00Z'));
  assert.equal(parseIsoTime('2027-01-31'), Date.parse('2027-01-31T00:00:00Z'));
  for (const wrong of ['31.1.2027', '2027-13-01', '2027-02-31T99:00', 'tomorrow', '2027']) {
    assert.equal(parseIsoTime(wrong), undefined, wrong);
  }
});

test('a moment is a time, or a duration ahead or back', () => {
  assert.equal(parseMoment('90d', now, 'ahead'), '2027-02-19T08:00:00.000Z');
  assert.equal(parseMoment('1h', now, 'back'), '2026-11-21T07:00:00.000Z');
  assert.equal(parseMoment('2027-01-01', now, 'ahead'), '2027-01-01T00:00:00.000Z');
  assert.equal(parseMoment('soon', now, 'ahead'), undefined);
});

test('any text is a moment or undefined, never a throw', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const moment = parseMoment(text, now, 'ahead');
      if (moment !== undefined) assert.match(moment, /^\d{4}-.*Z$/);
    }),
  );
});

test('times are shown in UTC, with words in the language', () => {
  assert.equal(utcTime('2026-11-21T09:30:05.123+01:00'), '2026-11-21 08:30:05 UTC');
  assert.equal(relativeTime(now - 3 * 3_600_000, now, 'en'), '3 hours ago');
  assert.equal(relativeTime(now + 90 * 86_400_000, now, 'en'), 'in 3 months');
  assert.equal(relativeTime(now - 2 * 60_000, now, 'ja'), '2 分前');
  assert.equal(relativeTime(now - 2 * 60_000, now, 'fr'), 'il y a 2 minutes');
});
