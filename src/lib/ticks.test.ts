import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatTicks, parseTicks, readTicks, ticksOfMs } from './ticks.ts';

test('every digit of a time counts, and zones are taken into account', () => {
  const whole = ticksOfMs(Date.UTC(2024, 4, 6, 12, 18, 3));
  for (const [text, ticks] of [
    ['2024-05-06T12:18:03Z', whole],
    ['2024-05-06T12:18:03.6Z', whole + 6_000_000n],
    ['2024-05-06T12:18:03.6266667Z', whole + 6_266_667n],
    ['2024-05-06T12:18:03.626666799z', whole + 6_266_667n],
    ['2024-05-06T14:18:03.0000001+02:00', whole + 1n],
    ['2024-05-06T12:18Z', whole - 30_000_000n],
  ] as const)
    assert.equal(parseTicks(text), ticks, text);
});

test('what is no time with a zone is none', () => {
  for (const text of [
    '',
    '2024',
    '2024-05-06',
    '2024-05-06T12:18:03',
    '2024-02-30T00:00:00Z',
    '2024-13-01T00:00:00Z',
    '2024-05-06T25:00:00Z',
    '2024-05-06T12:18:03.Z',
    '2024-05-06T12:18:03.1234567890Z',
    ' 2024-05-06T12:18:03Z',
  ])
    assert.equal(parseTicks(text), undefined, text);
});

test('a time that is written reads as the same time', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -600_000_000_000_000_000n, max: 2_500_000_000_000_000_000n }), (ticks) => {
      assert.equal(parseTicks(formatTicks(ticks)), ticks);
    }),
  );
  assert.equal(formatTicks(ticksOfMs(Date.UTC(2020, 8, 6, 14, 46, 57, 290))), '2020-09-06T14:46:57.29Z');
});

test('ticks as a number are those of times that can be written', () => {
  for (const time of ['0000-01-01T00:00:00Z', '1970-01-01T00:00:00Z', '9999-12-31T23:59:59.9999999Z']) {
    assert.equal(readTicks(String(parseTicks(time))), parseTicks(time));
  }
  for (const text of ['', '-', '1.5', '1e3', ' 1', '9'.repeat(19), `-${'9'.repeat(19)}`, '2534023008000000000']) {
    assert.equal(readTicks(text), undefined, text);
  }
});
