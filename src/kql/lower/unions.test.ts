import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import type { DuckDBConnection } from '@duckdb/node-api';
import { engine } from '../../../test/kql/trees.ts';
import { compile } from '../compile.ts';

let connection: DuckDBConnection;
before(async () => {
  connection = await engine();
});

async function rowsOf(query: string): Promise<unknown[][]> {
  const result = compile(query, { tables: [] });
  assert.ok(result.ok, result.ok ? '' : JSON.stringify(result.diagnostics));
  return (await connection.runAndReadAll(result.compiled.sql)).getRowsJson();
}

test('a fuzzy union goes without the tables that are missing, also where operators follow their names', async () => {
  const query = "union isfuzzy=true (print a = 'x'), (Missing | take 5), Missing";
  assert.deepEqual(await rowsOf(query), [['x']]);
  const strange = compile("union isfuzzy=true (print a = 'x'), (Missing | project b)", { tables: [] });
  assert.match(strange.ok ? '' : (strange.diagnostics[0]?.message ?? ''), /The column b of a table that is missing/);
  const strict = compile("union (print a = 'x'), (Missing | project a)", { tables: [] });
  assert.ok(!strict.ok);
});

test('a function or view without parameters may be named without parentheses', async () => {
  const query = 'let V = view () { print n = 2 }; let F = () { print n = 1 }; union V, F | sort by n asc';
  assert.deepEqual(await rowsOf(query), [['1'], ['2']]);
});

test('find may look for a column that only some of its tables have', async () => {
  const column = (name: string) => ({ name, type: 'string' as const });
  const table = (name: string, columns: readonly string[]) => ({
    name,
    columns: columns.map(column),
    source: `"${name}"`,
    timeColumn: null,
  });
  const tables = [table('FindOne', ['a', 'b']), table('FindTwo', ['a'])];
  await connection.run('create or replace temp table "FindOne" ("tenantId" UUID, a VARCHAR, b VARCHAR)');
  await connection.run('create or replace temp table "FindTwo" ("tenantId" UUID, a VARCHAR)');
  const tenant = '00000000-0000-0000-0000-000000000001';
  await connection.run(`insert into "FindOne" values ('${tenant}', 'x', 'y'), ('${tenant}', 'w', 'z')`);
  await connection.run(`insert into "FindTwo" values ('${tenant}', 'y')`);
  const result = compile("find in (FindOne, FindTwo) where b == 'y' project a", { tables });
  assert.ok(result.ok, result.ok ? '' : JSON.stringify(result.diagnostics));
  const answer = await connection.runAndReadAll(result.compiled.sql, [tenant]);
  assert.deepEqual(answer.getRowsJson(), [['FindOne', 'x']]);
});
