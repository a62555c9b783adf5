import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { onBothEngines } from '../../../../test/support/both-engines.ts';

// Aggregates on rows, on nulls and on no rows: what DuckDB answers is what they mean.

const { rowsOf } = onBothEngines();

const columns = 'g:string, x:long, r:real, s:string, b:bool, t:datetime, d:timespan, i:int, j:dynamic';
const empty = "long(null), real(null), '', bool(null), datetime(null), time(null), int(null), dynamic(null)";
const rows = [
  `'a', 1, 1.5, 'x"/', true, datetime(2020-01-01), 1h, 5, dynamic([1, 2.0])`,
  `'a', 2, -2.5, '', false, datetime(2020-01-03), 2h, 7, dynamic({"k": "v/w", "b": 1})`,
  `'b', ${empty}`,
  `'a', 9223372036854775, 2.5, 'y', bool(null), datetime(2020-01-02), 3h, -1, dynamic(1.5)`,
  `'a', ${empty}`,
  `'c', -5, 1e300, 'x', false, datetime(2021-01-01), -1h, 2147483647, dynamic({"b": 12345678901234567})`,
].join(', ');
const table = `datatable(${columns})[${rows}]`;

const plain = [
  ...['count()', 'countif(x > 1)', 'sum(x)', 'sum(r)', 'sum(i)', 'sum(d)', 'avg(x)', 'avg(i)', 'avg(d)', 'avg(t)'],
  ...['x', 'r', 's', 't', 'd', 'i', 'b'].flatMap((each) => [`min(${each})`, `max(${each})`, `dcount(${each})`]),
  ...['stdev(i)', 'variance(i)', 'stdevp(i)', 'variancep(i)', 'covariance(x, i)', 'covariancep(i, i)'],
  ...['binary_all_and(x)', 'binary_all_or(i)', 'binary_all_xor(x)', 'take_anyif(s, x == 2)'],
  ...[
    'sumif(x, x > 1)',
    'avgif(i, x > 1)',
    'minif(s, x > 1)',
    'maxif(t, x > 1)',
    'dcountif(s, x > 1)',
    'stdevif(i, x > 0)',
  ],
  ...['percentile(x, 50)', 'percentile(r, 90)', 'percentile(t, 10)', 'percentile(d, 100)', 'percentile(i, 0)'],
  'percentiles_array(x, 5, 50, 95)',
];
const lists = [
  ...['x', 's', 'r', 't', 'd', 'b', 'i', 'j'].flatMap((each) => [
    `make_list(${each})`,
    `make_list_with_nulls(${each})`,
  ]),
  ...['make_list(x, 2)', 'make_list(s, 0)', 'make_list_if(s, x > 1)', 'make_list_if(x, x > 1, 1)', 'makelist(x)'],
];
const sets = [
  ...['x', 's', 't', 'i'].map((each) => `array_sort_asc(make_set(${each}))`),
  ...[
    'array_length(make_set(j))',
    'array_length(make_set(b))',
    'array_length(make_set(x, 2))',
    'make_set_if(x, x == 2)',
  ],
  ...['make_bag(j)', 'make_bag(j, 1)', 'make_bag_if(j, x < 0)'],
];

async function assertSame(source: string, aggregates: readonly string[], by: string): Promise<void> {
  const named = aggregates.map((each, at) => `result${at} = ${each}`).join(', ');
  const [duckdb, clickhouse] = await rowsOf(
    `${source} | summarize ${named}${by === '' ? '' : ` by ${by} | sort by ${by} asc`}`,
  );
  assert.equal(clickhouse.length, duckdb.length);
  const groups = by === '' ? 0 : 1;
  for (const [row, values] of duckdb.entries()) {
    for (const [place, value] of values.entries())
      assert.deepEqual(near(clickhouse[row]?.[place]), near(value), `${aggregates[place - groups]} of group ${row}`);
  }
}

/** Both engines add in orders of their own. */
function near(value: unknown): unknown {
  return typeof value === 'number' && Number.isFinite(value) ? Number(value.toPrecision(12)) : value;
}

describe('aggregates give what they give on DuckDB', () => {
  for (const [name, aggregates] of Object.entries({ plain, lists, sets })) {
    test(`${name}, by groups`, async () => assertSame(`${table} | sort by t desc`, aggregates, 'g'));
    test(`${name}, of all rows`, async () => assertSame(`${table} | sort by d asc`, aggregates, ''));
    test(`${name}, of no rows`, async () => assertSame(`${table} | where g == 'none'`, aggregates, ''));
  }

  test('of values that are never null, and no rows', async () => {
    const some = [
      'min(x)',
      'max(x)',
      'sum(x)',
      'avg(x)',
      'take_any(x)',
      'percentile(x, 50)',
      'make_list(x)',
      'make_set(x)',
    ];
    await assertSame('range x from 1 to 0 step 1', [...some, 'minif(x, x > 1)', 'binary_all_and(x)', 'count()'], '');
  });

  test('NaN is above every number', async () => {
    const some = ['min(r)', 'max(r)', 'avg(r)', 'sum(r)', 'percentile(r, 100)', 'percentile(r, 50)', 'minif(r, r < 2)'];
    await assertSame('datatable(r:real)[1.0, real(nan), 2.0, real(null)]', some, '');
    await assertSame('datatable(r:real)[real(nan)]', some, '');
  });

  test('a percentile is the value of the nearest rank', async () => {
    const ranks = [0, 0.1, 1, 5, 10, 10.1, 25, 33.333333333, 50, 51, 66.7, 95, 99, 99.9, 99.99, 100];
    for (const size of [1, 2, 3, 10, 99, 1000]) {
      const source = `range x from 1 to ${size} step 1`;
      await assertSame(
        source,
        ranks.map((rank) => `percentile(x, ${rank})`),
        '',
      );
    }
  });

  test('lists keep the order of the rows, of many rows as well', async () => {
    const sorted = 'range x from 1 to 20000 step 1 | extend h = hash(x) % 1000 | sort by h asc, x desc';
    await assertSame(sorted, ['make_list(x)', 'make_list(x, 50)', 'make_list_if(x, x % 3 == 0)'], '');
    await assertSame(`${sorted} | extend g = x % 7`, ['make_list(x)', 'make_list(h, 5)', 'count()'], 'g');
  });
});
