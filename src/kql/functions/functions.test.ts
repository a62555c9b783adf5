import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import type { DuckDBConnection } from '@duckdb/node-api';
import { engine } from '../../../test/kql/trees.ts';
import { aggregateFunctions } from '../aggregates/index.ts';
import { compile } from '../compile.ts';
import { sqlType } from '../emit/representation.ts';
import { scalarFunctions } from './index.ts';
import type { Golden } from './scalar.ts';

let connection: DuckDBConnection;
before(async () => {
  connection = await engine();
});

async function rowsOf(query: string): Promise<unknown[][]> {
  const result = compile(query, { tables: [] });
  assert.ok(result.ok, result.ok ? '' : JSON.stringify(result.diagnostics));
  const { sql, parameters } = result.compiled;
  const reader = await connection.runAndReadAll(
    sql,
    parameters.map(() => 0n),
  );
  // What the engine gives is what the rest of the query takes it for.
  const types = reader.columnTypes().map(String);
  assert.deepEqual(
    types,
    result.compiled.columns.map(({ type }) => sqlType(type)),
  );
  // Whole numbers as text, so that goldens are plain JSON.
  return reader
    .getRows()
    .map((row) => row.map((each) => (typeof each === 'bigint' || Number.isInteger(each) ? String(each) : each)));
}

function comparable({ rows }: Golden): unknown[][] {
  return rows.map((row) => row.map((each) => (Number.isInteger(each) ? String(each) : each)));
}

describe('every function, operator and aggregate answers its golden', () => {
  for (const entry of new Set([...scalarFunctions.values(), ...aggregateFunctions.values()])) {
    test(entry.name, async () => {
      assert.deepEqual(await rowsOf(entry.golden.query), comparable(entry.golden));
    });
  }
});

test('a delimiter that is computed is refused by name, and one of any length joins', async () => {
  for (const query of [
    "print d = tolower('X') | project strcat_array(dynamic(['a', 'b']), d)",
    "print d = tolower('X') | project strrep('a', 2, d)",
  ]) {
    const result = compile(query, { tables: [] });
    assert.match(result.ok ? '' : (result.diagnostics[0]?.message ?? ''), /delimiter that is computed/, query);
  }
  const long = '-'.repeat(500);
  assert.deepEqual(await rowsOf(`print strcat_array(dynamic(['a', 'b']), '${long}'), strrep('a', 2, '${long}')`), [
    [`a${long}b`, `a${long}a`],
  ]);
});

test('a time of the query that nothing reads in the end is no fault', async () => {
  assert.deepEqual(await rowsOf('print gettype(now()), gettype(ago(1h))'), [['datetime', 'datetime']]);
});
