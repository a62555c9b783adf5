// The same expressions over the same rows on both engines that queries are compiled for.
import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import { compile } from '../../src/kql/compile.ts';
import type { ParameterName } from '../../src/kql/ir.ts';
import { type Engine, startEngine } from '../kql/engines.ts';

const values: Readonly<Record<ParameterName, bigint | string>> = { tenant: '', from: 0n, to: 0n, now: 0n };

/** Rows of a query that names no table. */
async function rowsOf(query: string, { dialect, rows }: Engine): Promise<unknown[][]> {
  const result = compile(query, { tables: [] }, { dialect });
  assert.ok(result.ok, result.ok ? '' : `${dialect}: ${JSON.stringify(result.diagnostics)}`);
  return await rows(result.compiled, values);
}

async function failureOf(query: string, engine: Engine): Promise<string> {
  try {
    await rowsOf(query, engine);
    return '';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

export interface BothEngines {
  /**
   * Compares the expressions over rows of literals, which have these columns (`a:string,n:long`): what ClickHouse gives is what
   * DuckDB gives.
   */
  assertSame(columns: string, rows: readonly (readonly string[])[], expressions: readonly string[]): Promise<void>;
  rowsOf(query: string): Promise<readonly [duckdb: unknown[][], clickhouse: unknown[][]]>;
  /** What each of them says when it cannot answer; '' from one that can. */
  failuresOf(query: string): Promise<readonly [duckdb: string, clickhouse: string]>;
}

/** Engines for the tests of the file that calls this. */
export function onBothEngines(): BothEngines {
  let engines: readonly [Engine, Engine] | undefined;
  before(async () => {
    engines = [await startEngine('duckdb'), await startEngine('clickhouse')];
  });
  after(async () => {
    for (const engine of engines ?? []) await engine.close();
  });
  const both: BothEngines['rowsOf'] = async (query) => {
    assert.ok(engines);
    const [duckdb, clickhouse] = engines;
    return [await rowsOf(query, duckdb), await rowsOf(query, clickhouse)];
  };
  return {
    rowsOf: both,
    failuresOf: async (query) => {
      assert.ok(engines);
      const [duckdb, clickhouse] = engines;
      return [await failureOf(query, duckdb), await failureOf(query, clickhouse)];
    },
    assertSame: async (columns, rows, expressions) => {
      const names = columns.split(',').map((each) => each.split(':')[0] ?? '');
      const projected = [...names, ...expressions.map((each, at) => `result${at} = ${each}`)].join(', ');
      for (let at = 0; at < rows.length; at += rowsOfQuery) {
        const literals = rows.slice(at, at + rowsOfQuery).map((row) => row.join(','));
        const [ours, theirs] = await both(`datatable(${columns})[${literals.join(',')}] | project ${projected}`);
        assert.equal(theirs.length, ours.length);
        for (const [index, row] of ours.entries()) {
          const name = row.slice(0, names.length).map(String);
          for (const [place, value] of row.entries()) {
            const what = `${expressions[place - names.length] ?? names[place]} of ${JSON.stringify(name)}`;
            assert.deepEqual(unsigned(theirs[index]?.[place]), unsigned(value), what);
          }
        }
      }
    },
  };
}

/** KQL has one zero. */
function unsigned(value: unknown): unknown {
  return value === 0 ? 0 : value;
}

/** A query has a greatest length. */
const rowsOfQuery = 400;

/** A literal of KQL; whatever is not a letter or digit of ASCII by the number of its UTF-16 unit. */
export function quoted(value: string): string {
  const unit = (each: string): string => `\\u${each.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return `'${value.replace(/[^A-Za-z0-9 ]/g, unit)}'`;
}
