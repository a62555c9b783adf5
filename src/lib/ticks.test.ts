import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatTicks, parseTicks, ticksOfMs } from './ticks.ts';

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
