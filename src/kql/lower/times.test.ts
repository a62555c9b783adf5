import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatDatetime, formatTimespan } from './literals.ts';
import { parseDatetime, parseTimespan, ticksOfUnixEpoch } from './times.ts';

const at = (iso: string): bigint => BigInt(Date.parse(iso)) * 10_000n + ticksOfUnixEpoch;

test('timespans are exact in all their forms', () => {
  const second = 10_000_000n;
  const forms: readonly (readonly [string, bigint])[] = [
    ['1d', 86_400n * second],
    ['1.5h', 5400n * second],
    ['2m', 120n * second],
    ['10s', 10n * second],
    ['0.1ms', 1000n],
    ['3microseconds', 30n],
    ['5tick', 5n],
    ['2', 172_800n * second],
    ['15 seconds', 15n * second],
    ['-1d', -86_400n * second],
    ['01:30', 5400n * second],
    ['1.02:03:04.5678901', 93_784n * second + 5_678_901n],
    ['-00:00:01', -second],
  ];
  for (const [text, ticks] of forms) assert.equal(parseTimespan(text), ticks, text);
  for (const text of ['', 'x', '1y', '25:00:00', '1:60', '1.2.3', '1:2:3:4']) {
    assert.equal(parseTimespan(text), undefined, text);
  }
});

test('datetimes are exact to 100 ns and UTC in all their forms', () => {
  const forms: readonly (readonly [string, bigint])[] = [
    ['1970-01-01', ticksOfUnixEpoch],
    ['0001-01-01', 0n],
    ['2015-12-31 23:59:59.9', at('2015-12-31T23:59:59.900Z')],
    ['2015-12-31T23:59:59.1234567Z', at('2015-12-31T23:59:59.000Z') + 1_234_567n],
    ['2020-01-01T01:00:00+02:00', at('2019-12-31T23:00:00.000Z')],
    ['2020-1-2 3:04', at('2020-01-02T03:04:00.000Z')],
    ['2014-05', at('2014-05-01T00:00:00.000Z')],
    ['2014', at('2014-01-01T00:00:00.000Z')],
    ['01-22-2022', at('2022-01-22T00:00:00.000Z')],
    ['2025, 6, 14', at('2025-06-14T00:00:00.000Z')],
    ['Sat, 8 Nov 2014 15:05:02 GMT', at('2014-11-08T15:05:02.000Z')],
    ['Sunday, 02-Feb-25 07:30', at('2025-02-02T07:30:00.000Z')],
    ['2-Feb-2025', at('2025-02-02T00:00:00.000Z')],
    ['2024-02-29', at('2024-02-29T00:00:00.000Z')],
  ];
  for (const [text, ticks] of forms) assert.equal(parseDatetime(text), ticks, text);
  for (const text of ['', '2023-02-29', '2020-13-01', '2020-01-01T25:00', '10000-01-01', '2020-01-01x', '22-01-2022']) {
    assert.equal(parseDatetime(text), undefined, text);
  }
});

test('inside dynamic values, times are written as KQL prints them', () => {
  assert.equal(formatDatetime(at('2020-01-01T00:00:00.000Z') + 1n), '2020-01-01T00:00:00.0000001Z');
  assert.equal(formatDatetime(0n), '0001-01-01T00:00:00.0000000Z');
  assert.equal(formatTimespan(937_845_678_901n), '1.02:03:04.5678901');
  assert.equal(formatTimespan(-36_000_000_000n), '-01:00:00');
});
