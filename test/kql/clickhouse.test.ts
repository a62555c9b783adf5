// The tables of functions on ClickHouse: every golden that DuckDB answers, and which functions that engine has not.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { aggregateFunctions } from '../../src/kql/aggregates/index.ts';
import { compile } from '../../src/kql/compile.ts';
import { plainType, sqlType } from '../../src/kql/emit/clickhouse/representation.ts';
import { scalarFunctions } from '../../src/kql/functions/index.ts';
import type { Golden } from '../../src/kql/functions/scalar.ts';
import { type ClickHouse, compileForClickHouse, startClickHouse } from '../support/clickhouse.ts';

let engine: ClickHouse;
before(async () => {
  engine = await startClickHouse();
});
after(() => engine.close());

async function rowsOf(query: string): Promise<unknown[][]> {
  const compiled = compileForClickHouse(query);
  const { types, rows } = await engine.run(compiled);
  // What the engine gives is what the rest of the query takes it for, with or without its null.
  compiled.columns.forEach(({ type }, index) => {
    assert.ok([sqlType(type), plainType(type)].includes(types[index] ?? ''), `${types[index]} for a ${type}`);
  });
  return rows.map((row) => row.map((each) => comparable(each)));
}

/** Whole numbers as text, as goldens have them; a real number that has no fraction too. */
function comparable(value: unknown): unknown {
  return Number.isInteger(value) ? String(value) : value;
}

function expected({ rows }: Golden): unknown[][] {
  return rows.map((row) => row.map(comparable));
}

const all = [...new Set([...scalarFunctions.values(), ...aggregateFunctions.values()])];

describe('every function, operator and aggregate of ClickHouse answers its golden', () => {
  for (const entry of all.filter(({ clickhouse }) => clickhouse !== undefined)) {
    test(entry.name, async () => {
      assert.deepEqual(await rowsOf(entry.golden.query), expected(entry.golden));
    });
  }
});

/** What ClickHouse refuses by name, and why. A function that is new for DuckDB is written for ClickHouse too, or stands here. */
const missing: readonly string[] = [
  // States of aggregates that a query keeps and merges: each engine would give other ones.
  ...['hll', 'hll_if', 'hll_merge', 'dcount_hll'],
  ...['tdigest', 'tdigest_merge', 'percentile_tdigest', 'percentrank_tdigest', 'rank_tdigest'],
  // Sums of many reals, whose last digits would be others.
  ...['series_decompose', 'series_decompose_anomalies', 'series_outliers', 'series_seasonal'],
  ...['series_fit_line', 'series_fit_line_dynamic', 'series_stats', 'series_stats_dynamic'],
  // Places in time zones and documents that the engine reads in another way.
  ...['datetime_utc_to_local', 'parse_xml'],
  // What that engine has in some of its builds only.
  ...['punycode_to_string'],
];

test('what is not there for ClickHouse is refused by name, and this is all of it', () => {
  const without = all.filter(({ clickhouse }) => clickhouse === undefined);
  assert.deepEqual(without.map(({ name }) => name).sort(), [...missing].sort());
  for (const { golden } of without) {
    const result = compile(golden.query, { tables: [] }, { dialect: 'clickhouse' });
    assert.match(result.ok ? 'it was compiled' : (result.diagnostics[0]?.message ?? ''), /is not supported/);
  }
});
