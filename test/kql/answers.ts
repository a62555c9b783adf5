// Queries of a test on an engine in memory of its own: what they answer, or why they are refused.
import assert from 'node:assert/strict';
import { before } from 'node:test';
import type { DuckDBConnection } from '@duckdb/node-api';
import { compile } from '../../src/kql/compile.ts';
import { engine } from './trees.ts';

export interface Answers {
  /** The engine; there once the tests run. */
  connection(): DuckDBConnection;
  /** The rows as JSON values: whole numbers of 64 bits as text. The columns have the names that the compiler promised. */
  rowsOf(query: string): Promise<unknown[][]>;
  /** The first message of a query that must not compile. */
  refusal(query: string): string;
}

/** To be called at the top of a test file. */
export function onAnEngine(): Answers {
  let connection: DuckDBConnection;
  before(async () => {
    connection = await engine();
  });
  return {
    connection: () => connection,
    async rowsOf(query) {
      const result = compile(query, { tables: [] });
      assert.ok(result.ok, result.ok ? '' : JSON.stringify(result.diagnostics));
      const { sql, parameters, columns } = result.compiled;
      const answer = await connection.runAndReadAll(
        sql,
        parameters.map(() => 0n),
      );
      assert.deepEqual(
        answer.columnNames(),
        columns.map(({ name }) => name),
      );
      return answer.getRowsJson();
    },
    refusal(query) {
      const result = compile(query, { tables: [] });
      assert.ok(!result.ok, 'It was not refused.');
      return result.diagnostics[0]?.message ?? '';
    },
  };
}
