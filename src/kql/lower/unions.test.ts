import assert from 'node:assert/strict';
import { test } from 'node:test';
import { onAnEngine } from '../../../test/kql/answers.ts';
import { compile } from '../compile.ts';

const { connection, rowsOf } = onAnEngine();

test('a fuzzy union goes without the tables that are missing, also where operators follow their names', async () => {
  const query = "union isfuzzy=true (print a = 'x'), (Missing | take 5), Missing";
  assert.deepEqual(await rowsOf(query), [['x']]);
  const other = "union isfuzzy=true (print a = 'x'), (Missing | where b == 1)";
  assert.deepEqual(await rowsOf(other), [['x']]);
  const strange = compile(`${other} | where b == 1`, { tables: [] });
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
  await connection().run('create or replace temp table "FindOne" ("tenantId" UUID, a VARCHAR, b VARCHAR)');
  await connection().run('create or replace temp table "FindTwo" ("tenantId" UUID, a VARCHAR)');
  const tenant = '00000000-0000-0000-0000-000000000001';
  await connection().run(`insert into "FindOne" values ('${tenant}', 'x', 'y'), ('${tenant}', 'w', 'z')`);
  await connection().run(`insert into "FindTwo" values ('${tenant}', 'y')`);
  const result = compile("find in (FindOne, FindTwo) where b == 'y' project a", { tables });
  assert.ok(result.ok, result.ok ? '' : JSON.stringify(result.diagnostics));
  const answer = await connection().runAndReadAll(result.compiled.sql, [tenant]);
  assert.deepEqual(answer.getRowsJson(), [['FindOne', 'x']]);
});

test('withsource says the names of views, and a name that two columns would have is refused', async () => {
  const views =
    'let V = view () { print x = 1 }; let W = view () { print x = toint(2) }; let U = view () { print x_long = 3 };';
  assert.deepEqual(await rowsOf(`${views} union withsource = Name V, (W | where x > 1) | sort by Name asc`), [
    ['V', '1', null],
    ['W', null, 2],
  ]);
  const mixed = compile(`${views} union V, W, U`, { tables: [] });
  assert.match(mixed.ok ? '' : (mixed.diagnostics[0]?.message ?? ''), /The column x_long1 of union/);
});

test('withsource says the names that as gives', async () => {
  const query =
    'range n from 1 to 2 step 1 | as First | union withsource = Name (print n = 3 | as Second) | sort by n asc';
  assert.deepEqual(await rowsOf(query), [
    ['First', '1'],
    ['First', '2'],
    ['Second', '3'],
  ]);
});

test('a pattern of names that fits a view is refused, since its rows would be missing', async () => {
  const columns = [{ name: 'a', type: 'string' as const }];
  const tables = [{ name: 'NetOne', columns, source: '"NetOne"', timeColumn: null }];
  const result = compile("let NetTwo = view () { print a = 'x' }; union Net*", { tables });
  assert.match(result.ok ? '' : (result.diagnostics[0]?.message ?? ''), /The view that Net\* stands for/);
  assert.ok(compile("let NotOne = view () { print a = 'x' }; union Net*", { tables }).ok);
});
