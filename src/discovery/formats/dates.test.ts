import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { commonLog, dateAndTime, dayOf, epochSeconds, isoTime, monthDay, slashTime, timeOfDay } from './dates.ts';
import { anyTime, namedMonthTime } from './named-dates.ts';

const now = Date.parse('2026-11-21T09:00:00Z');

type Reader = (bytes: Uint8Array, start: number, end: number) => number;

/** Reads the text from the middle of other digits, so that a look past its ends shows. */
function read(reader: Reader, text: string): string {
  const bytes = Buffer.from(`77${text}88`);
  const time = reader(bytes, 2, bytes.length - 2);
  return Number.isNaN(time) ? 'none' : new Date(time).toISOString();
}

const readers: Record<string, Reader> = {
  isoTime,
  epochSeconds,
  commonLog,
  timeOfDay,
  namedMonth: (bytes, start, end) => namedMonthTime(bytes, start, end, now),
  anyTime: (bytes, start, end) => anyTime(bytes, start, end, now),
  monthDay: (bytes, start, end) => monthDay(bytes, start, end, now),
  monthFirst: (bytes, start, end) => slashTime(bytes, start, end, 'month-first'),
  dayFirst: (bytes, start, end) => slashTime(bytes, start, end, 'day-first'),
};

function table(name: string, rows: readonly (readonly [string, string])[]): void {
  const reader = readers[name];
  assert.ok(reader);
  for (const [text, expected] of rows) assert.equal(read(reader, text), expected, `${name}: ${text}`);
}

test('ISO times are read with and without zone, fraction, seconds and time of day', () => {
  table('isoTime', [
    ['2026-11-21T09:00:00Z', '2026-11-21T09:00:00.000Z'],
    ['2026-11-21T09:00:00.123456+01:00', '2026-11-21T08:00:00.123Z'],
    ['2026-11-21T09:00:00,5-0330', '2026-11-21T12:30:00.500Z'],
    ['2026-11-21 09:00', '2026-11-21T09:00:00.000Z'],
    ['2026/11/21 09:00:01', '2026-11-21T09:00:01.000Z'],
    ['2026-11-21_09:00:01', '2026-11-21T09:00:01.000Z'],
    ['2026-1-2', '2026-01-02T00:00:00.000Z'],
    ['2026-11-21T09:00:00 CET', '2026-11-21T08:00:00.000Z'],
    ['2028-02-29', '2028-02-29T00:00:00.000Z'],
    ['2026-02-29', 'none'],
    ['2026-13-01', 'none'],
    ['2026-11-21T24:00:00', 'none'],
    ['2026-11-21T09:60:00', 'none'],
    ['2026-11-21T09:00:00+25:00', 'none'],
    ['2026-11-21T09:00:00 x2', 'none'],
    ['1969-12-31', 'none'],
    ['2026-11-', 'none'],
    ['', 'none'],
  ]);
});

test('seconds since 1970 are told from milliseconds and microseconds by their digits', () => {
  table('epochSeconds', [
    ['1795251600', '2026-11-21T09:00:00.000Z'],
    ['1795251600.1239', '2026-11-21T09:00:00.123Z'],
    ['1795251600123', '2026-11-21T09:00:00.123Z'],
    ['1795251600123456', '2026-11-21T09:00:00.123Z'],
    ['1795251600.1x', 'none'],
    ['-1', 'none'],
    ['', 'none'],
  ]);
});

test('times of web servers are read with their zone, in brackets or not', () => {
  table('commonLog', [
    ['21/Nov/2026:09:00:00 +0100', '2026-11-21T08:00:00.000Z'],
    ['[21/Nov/2026:09:00:00 -0530]', '2026-11-21T14:30:00.000Z'],
    ['21/nov/2026:09:00:00', '2026-11-21T09:00:00.000Z'],
    ['21/Foo/2026:09:00:00 +0100', 'none'],
    ['31/Nov/2026:09:00:00 +0100', 'none'],
  ]);
});

test('a time without year is the last one before now, or at most a day ahead', () => {
  table('monthDay', [
    ['Nov 21 09:00:00', '2026-11-21T09:00:00.000Z'],
    ['Nov 22 08:59:59', '2026-11-22T08:59:59.000Z'],
    ['Nov 22 09:00:01', '2025-11-22T09:00:01.000Z'],
    ['Dec  1 00:00:00', '2025-12-01T00:00:00.000Z'],
    ['Feb 29 00:00:00', '2024-02-29T00:00:00.000Z'],
    ['Jan 01 09:00:00.250 CET', '2026-01-01T08:00:00.250Z'],
    ['Nov 21', 'none'],
    ['Xyz 21 09:00:00', 'none'],
  ]);
});

test('dates that do not begin with the year are read in the order that is asked for', () => {
  table('monthFirst', [
    ['11/21/2026 9:00:00 AM', '2026-11-21T09:00:00.000Z'],
    ['11/21/2026 12:00:00 AM', '2026-11-21T00:00:00.000Z'],
    ['11/21/2026 12:00:00 PM', '2026-11-21T12:00:00.000Z'],
    ['11/21/26, 9:00 pm', '2026-11-21T21:00:00.000Z'],
    ['21/11/2026', 'none'],
    ['11/21/2026 13:00 PM', 'none'],
    ['11/21/2026x', 'none'],
  ]);
  table('dayFirst', [
    ['21.11.2026 09:00', '2026-11-21T09:00:00.000Z'],
    ['21-11-2026 09:00:00 +0100', '2026-11-21T08:00:00.000Z'],
    ['[21/11/2026:09:00:00 GMT]', '2026-11-21T09:00:00.000Z'],
    ['21/11-2026', 'none'],
  ]);
});

test('times whose month has a name are read in any order of their parts', () => {
  table('namedMonth', [
    ['Sat Nov 21 09:00:00 2026', '2026-11-21T09:00:00.000Z'],
    ['Nov 21 2026 9:00:00 PM', '2026-11-21T21:00:00.000Z'],
    ['Nov 21 26 09:00:00', '2026-11-21T09:00:00.000Z'],
    ['21Nov2026 09:00:00', '2026-11-21T09:00:00.000Z'],
    ['Sat, 21 Nov 2026 09:00:00 +0100', '2026-11-21T08:00:00.000Z'],
    ['21-Nov-2026 09:00', '2026-11-21T09:00:00.000Z'],
    ['Nov 21 2026 09:00:00 EST', '2026-11-21T14:00:00.000Z'],
    ['Dec 24 09:00:00', '2025-12-24T09:00:00.000Z'],
    ['Nov 21 2026', '2026-11-21T00:00:00.000Z'],
    ['21 2026 09:00:00', 'none'],
    ['Nov 21 2026 09:00:99', 'none'],
    ['Nov 21 (2026)', 'none'],
  ]);
});

test('the shape of a time is told by its looks', () => {
  for (const text of [
    '1795251600',
    '2026-11-21 09:00:00',
    '21/Nov/2026:09:00:00',
    '[21/Nov/2026:10:00:00 +0100]',
    '11/21/2026 09:00:00',
    '21.11.2026 09:00:00',
    'Sat Nov 21 09:00:00 2026',
    'Nov 21 09:00:00',
    '21Nov2026 09:00:00',
    '21-Nov-2026 09:00:00',
  ])
    table('anyTime', [[text, '2026-11-21T09:00:00.000Z']]);
});

test('every moment is the same in whatever way it is written', () => {
  const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
  const moment = fc.date({
    min: new Date('1970-01-02T00:00:00Z'),
    max: new Date('2099-12-31T00:00:00Z'),
    noInvalidDate: true,
  });
  fc.assert(
    fc.property(moment, (date) => {
      const seconds = new Date(Math.floor(date.getTime() / 1000) * 1000);
      const iso = seconds.toISOString();
      const [year, month, day] = [iso.slice(0, 4), iso.slice(5, 7), iso.slice(8, 10)];
      const clock = iso.slice(11, 19);
      const name = months[Number(month) - 1];
      assert.equal(read(isoTime, iso), iso);
      assert.equal(read(commonLog, `${day}/${name}/${year}:${clock} +0000`), iso);
      assert.equal(read(readers.monthFirst as Reader, `${month}/${day}/${year} ${clock}`), iso); // It is in the table.
      assert.equal(read(readers.namedMonth as Reader, `${name} ${day} ${clock} ${year}`), iso);
      const both = Buffer.from(`${year}-${month}-${day}${clock}`);
      assert.equal(dateAndTime(both, 0, 10, 10, 18), seconds.getTime());
      assert.equal(dayOf(Number(year), Number(month), Number(day)), Date.parse(`${year}-${month}-${day}`));
    }),
  );
});

test('whatever stands in the place of a time gives a time or none', () => {
  const almost = fc.string({ unit: fc.constantFrom(...'0123456789:/-. +TZAPMNovSat[],'), maxLength: 40 });
  fc.assert(
    fc.property(fc.oneof(almost, fc.string({ unit: 'binary' })), (text) => {
      const bytes = Buffer.from(text);
      for (const reader of Object.values(readers)) {
        const time = reader(bytes, 0, bytes.length);
        assert.ok(Number.isNaN(time) || (Number.isFinite(time) && Math.abs(time) < 8.64e15 * 2));
      }
    }),
    { numRuns: 1000 },
  );
});
