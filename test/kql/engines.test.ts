// Goldens of both dialects: a query, its SQL for either engine, and its rows, which both engines give. GOLDEN=write writes
// the file anew, for review.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { compile } from '../../src/kql/compile.ts';
import type { Compiled } from '../../src/kql/ir.ts';
import { compileInPasses } from '../../src/kql/two-pass.ts';
import { sortsAtTheEnd } from './documented.ts';
import type { Engine } from './engines.ts';
import { type Engines, fixtureCatalogue, startFilledEngines, values } from './fixture.ts';

const folder = join(import.meta.dirname, 'golden');
const file = join(folder, 'engines.txt');
const queries = readFileSync(join(folder, 'queries.kql'), 'utf8')
  .split('\n\n')
  .map((each) => each.trim())
  .filter((each) => each !== '');
const written: string[] = [];

let engines: Engines;
before(async () => {
  engines = await startFilledEngines();
});
after(async () => {
  for (const engine of Object.values(engines)) await engine.close();
});

interface Answer {
  readonly compiled: Compiled;
  readonly rows: readonly string[];
}

async function answer(query: string, { dialect, rows }: Engine): Promise<Answer> {
  const result = await compileInPasses({
    compile: (options) => compile(query, fixtureCatalogue, { ...options, dialect }),
    read: (inner) => rows(inner, values),
    fetch: async () => 'there is nothing to fetch',
  });
  assert.ok(result.ok, result.ok ? '' : `${dialect}: ${JSON.stringify(result.diagnostics)}`);
  const found = (await rows(result.compiled, values)).map(rowText);
  return { compiled: result.compiled, rows: sortsAtTheEnd(query) ? found : found.sort() };
}

/** Whole numbers as text, so that none loses digits. */
function rowText(row: readonly unknown[]): string {
  return JSON.stringify(row, (_key, value: unknown) => (typeof value === 'bigint' ? String(value) : value));
}

describe('a query gives the same rows on DuckDB and on ClickHouse', () => {
  const golden = process.env.GOLDEN === 'write' ? '' : readFileSync(file, 'utf8');
  for (const query of queries) {
    test(query.replaceAll('\n', ' ').slice(0, 110), async () => {
      const ours = await answer(query, engines.duckdb);
      const theirs = await answer(query, engines.clickhouse);
      assert.deepEqual(theirs.rows, ours.rows);
      assert.ok(!ours.rows.some((row) => /theirs|late/.test(row)), 'rows of another tenant, or outside of the range');
      const rows = ours.rows.map((row) => `  ${row}\n`).join('');
      const text = `${query}\n  DuckDB: ${ours.compiled.sql}\n  ClickHouse: ${theirs.compiled.sql}\n${rows}`;
      written.push(text);
      if (process.env.GOLDEN !== 'write') assert.ok(golden.includes(text), `changed:\n${text}`);
    });
  }
  after(() => {
    if (process.env.GOLDEN === 'write') writeFileSync(file, written.join('\n'));
  });
});
