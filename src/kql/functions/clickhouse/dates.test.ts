import { describe, test } from 'node:test';
import { onBothEngines } from '../../../../test/support/both-engines.ts';

// Calendar and clock over rows: what DuckDB answers is what they mean. The engine's own calendar ends in 2299.

const { assertSame } = onBothEngines();

const times = [
  ...[
    '0001-01-08 00:00',
    '0100-02-28 23:59:59.9999999',
    '1600-12-31 01:02:03',
    '1699-12-31',
    '1899-12-31 12:00',
    '1900-01-01',
  ],
  ...[
    '1900-02-28',
    '1969-12-31 23:59:59.9999999',
    '1970-01-01',
    '2000-02-29 10:20:30.1234567',
    '2017-03-15',
    '2019-12-31',
  ],
  ...[
    '2020-01-01',
    '2020-02-29 23:59:59.9999999',
    '2020-12-27',
    '2020-12-31',
    '2021-01-03',
    '2299-12-30',
    '2299-12-31 08:00',
  ],
  ...['2300-01-01', '2300-03-01', '2400-02-29 12:34:56.789', '9995-11-30', '9998-12-31 23:59:59'],
].map((each) => `datetime(${each})`);

const periods = ['day', 'week', 'month', 'year'];
const parts = [
  'year',
  'quarter',
  'month',
  'week_of_year',
  'day',
  'dayofyear',
  'hour',
  'minute',
  'second',
  'millisecond',
  'microsecond',
  'nanosecond',
];

describe('functions of dates give what they give on DuckDB', () => {
  test('periods and parts', async () => {
    const rows = [...times, 'datetime(null)'].flatMap((t) => ['0', '1', '-1', '25', 'long(null)'].map((n) => [t, n]));
    const borders = periods.flatMap((each) =>
      ['start', 'end'].flatMap((end) => [`${end}of${each}(t)`, `${end}of${each}(t, n)`]),
    );
    const single = ['dayofweek', 'dayofmonth', 'dayofyear', 'monthofyear', 'getyear', 'hourofday', 'week_of_year'].map(
      (each) => `${each}(t)`,
    );
    const pieces = parts.map((each) => `datetime_part('${each}', t)`);
    const later = rows.filter(([t]) => !t?.includes('0001'));
    await assertSame('t:datetime,n:long', later, [
      ...borders,
      ...single,
      ...pieces,
      'tostring(t)',
      'todatetime(tostring(t))',
    ]);
  });

  test('sums and differences', async () => {
    const kinds = ['year', 'quarter', 'month', 'week', 'day', 'hour', 'minute', 'second', 'millisecond', 'microsecond'];
    const middle = times.filter((each) => !/\(0|\(99/.test(each));
    const added = middle.flatMap((t) => ['0', '1', '-13', '48', 'long(null)'].map((n) => [t, n]));
    await assertSame(
      't:datetime,n:long',
      added,
      [...kinds, 'nanosecond'].map((each) => `datetime_add('${each}', n, t)`),
    );
    const two = times.flatMap((a) =>
      ['datetime(2000-02-29 10:00)', 'datetime(null)', 'datetime(2020-12-26 23:59:59)'].map((b) => [a, b]),
    );
    await assertSame('a:datetime,b:datetime', two, [
      ...kinds.map((each) => `datetime_diff('${each}', a, b)`),
      'around(a, b, 100d)',
    ]);
  });

  test('dates that are made', async () => {
    const days = [
      ['2017', '10', '1', '12', '11', '0.1234567'],
      ['2017', '13', '1', '0', '0', '0.0'],
      ['2020', '2', '29', '23', '59', '59.9999999'],
      ['2019', '2', '29', '0', '0', '0.0'],
      ['0', '1', '1', '0', '0', '0.0'],
      ['9999', '12', '31', '24', '0', '0.0'],
      ['long(null)', '1', '1', '1', '1', '1.0'],
      ['2020', '1', '1', '0', '0', 'real(null)'],
      ['1', '1', '1', '0', '0', '60.0'],
      ['1900', '2', '29', '0', '-1', '-1.0'],
    ];
    await assertSame('y:long,m:long,d:long,h:long,mi:long,s:real', days, [
      'make_datetime(y, m, d)',
      'make_datetime(y, m, d, h, mi)',
      'make_datetime(y, m, d, h, mi, s)',
      'make_timespan(h, mi)',
    ]);
    const unix = [
      '0',
      '-1',
      '1546300800',
      '253402300799',
      '253402300800',
      '-62135596800',
      '-62135596801',
      '9223372036854775',
      'long(null)',
    ];
    const units = ['seconds', 'milliseconds', 'microseconds'].map((each) => `unixtime_${each}_todatetime(n)`);
    await assertSame(
      'n:long',
      unix.slice(0, 7).map((each) => [each]),
      units,
    );
  });

  test('formats', async () => {
    const formats = [
      'yyyy-M-dd [h:mm:ss.fff tt]',
      'y/yy d M H:m:s',
      'yyyy-MM-dd HH:mm:ss.fffffff',
      's.FFFFFFF',
      'hh tt FFF',
      'd',
    ];
    await assertSame(
      't:datetime',
      [...times, 'datetime(null)'].map((each) => [each]),
      formats.map((each) => `format_datetime(t, '${each}')`),
    );
    const spans = ['time(29.09:00:05.12345)', 'time(-1.02:03:04)', 'time(null)', '0s', '100000000h', '1tick'];
    const spanFormats = ['dd.hh:mm:ss:FF', 'd H:m:s.fffffff', 'dddddddd hh', 'FFFFFFF'].map(
      (each) => `format_timespan(t, '${each}')`,
    );
    const bins = ['bin(t, 1h)', 'bin(t, 7d)', 'bin_at(t, 1d, 12h)', 'abs(t)', 'tostring(t)', 'totimespan(tostring(t))'];
    await assertSame(
      't:timespan',
      spans.map((each) => [each]),
      [...spanFormats, ...bins],
    );
  });
});
