import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import type { DuckDBConnection } from '@duckdb/node-api';
import { engine } from '../../../test/kql/trees.ts';
import { compile } from '../compile.ts';

let connection: DuckDBConnection;
before(async () => {
  connection = await engine();
});

async function answer(query: string): Promise<{ readonly names: string[]; readonly rows: unknown[][] }> {
  const result = compile(query, { tables: [] });
  assert.ok(result.ok, result.ok ? '' : JSON.stringify(result.diagnostics));
  const rows = (await connection.runAndReadAll(result.compiled.sql)).getRowsJson();
  return { names: result.compiled.columns.map(({ name }) => name), rows };
}

const series = 'print y = dynamic([2, 4, 6])';

test('a call of several columns gets the names that the query gives, and the rest their own', async () => {
  assert.deepEqual((await answer(`${series} | extend (low, at) = series_stats(y), n = 1`)).names, [
    'y',
    'low',
    'at',
    'series_stats_y_max',
    'series_stats_y_max_idx',
    'series_stats_y_avg',
    'series_stats_y_stdev',
    'series_stats_y_variance',
    'n',
  ]);
  const { rows } = await answer(`${series} | project series_stats(y), n = array_length(y)`);
  assert.deepEqual(rows, [[2, '0', 6, '2', 4, 2, 4, '3']]);
  assert.deepEqual((await answer('print series_stats(dynamic([5]))')).rows, [[5, '0', 5, '0', 5, 0, 0]]);
});

test('a call of several columns takes the place of columns that it names, and two of them stand side by side', async () => {
  const { names, rows } = await answer(
    `${series} | extend (y, b, s) = series_decompose_anomalies(y, 1.5, 0), (r, slope) = series_fit_line(y) | project y, todouble(b[1]), slope`,
  );
  assert.deepEqual(names, ['y', 'b_1', 'slope']);
  assert.deepEqual(rows, [['[0,0,0]', 0, 2]]);
});

test('what is no series gives null, and one with gaps is refused where nothing can be learnt from it', async () => {
  const { rows } = await answer(
    'print y = parse_json(\'{"a": 1}\') | extend (a, b, c) = series_decompose_anomalies(y) | project a, b, c, series_sum(y)',
  );
  assert.deepEqual(rows, [[null, null, null, null]]);
  await assert.rejects(
    answer('print y = dynamic([1, null]) | extend series_decompose(y)'),
    /with gaps is not supported/,
  );
});

test('a session begins anew after its length, after a gap, and where the query says', async () => {
  const times = ['10:00', '10:04', '10:30', '10:34', '10:38'].map((each) => `datetime(2024-01-01 ${each})`);
  const rows = `datatable(t:datetime, k:string)[${times.map((each, index) => `${each}, "${index < 4 ? 'a' : 'b'}"`).join(', ')}]`;
  const sessions = async (call: string): Promise<unknown> =>
    (await answer(`${rows} | sort by t asc | extend s = ${call} | project format_datetime(s, "HH:mm")`)).rows.flat();
  assert.deepEqual(await sessions('row_window_session(t, 1h, 5m)'), ['10:00', '10:00', '10:30', '10:30', '10:30']);
  assert.deepEqual(await sessions('row_window_session(t, 4m, 1h)'), ['10:00', '10:04', '10:30', '10:34', '10:38']);
  assert.deepEqual(await sessions('row_window_session(t, 1h, 5m, k != prev(k))'), [
    '10:00',
    '10:00',
    '10:30',
    '10:30',
    '10:38',
  ]);
});

test('union kind=inner gives only the columns that all tables have, unless the query makes one of that name', async () => {
  const union = 'union kind = inner (print a = 1, b = 2), (print a = 2, c = 3) | where a == 1';
  assert.deepEqual(await answer(union), { names: ['a'], rows: [['1']] });
  assert.deepEqual((await answer(`${union} | extend b = a`)).names, ['a', 'b']);
});

test('count of a column is the number of rows, those where it is null as well, and refused of a condition', async () => {
  assert.deepEqual((await answer('datatable(s:string)["x", ""] | summarize count(s)')).rows, [['2']]);
  assert.deepEqual((await answer('datatable(n:long)[] | summarize count(n)')).rows, [['0']]);
  assert.deepEqual((await answer('datatable(n:long)[1, long(null)] | summarize count(n)')).rows, [['2']]);
  await assert.rejects(answer('print n = 1 | summarize count(n > 0)'), /Count with a condition/);
});

test('search looks into views, not into other functions of let', async () => {
  const views = 'let F = () { print n = 5 }; let V = view () { print n = 5 }; let W = view () { F() };';
  const { rows } = await answer(`${views} search n == 5 | sort by $table asc`);
  assert.deepEqual(rows, [
    ['V', '5'],
    ['W', '5'],
  ]);
});

test('a declared pattern gives the table of its values, with these as names in it', async () => {
  const pattern =
    'declare pattern city = (land:string)[state:string] { ("USA").["Maine"] = { print c = "Augusta" }; ("Canada").["Alberta"] = { print c = strcat(land, "/", state) }; };';
  assert.deepEqual((await answer(`${pattern} city("Canada").Alberta`)).rows, [['Canada/Alberta']]);
  assert.deepEqual((await answer(`${pattern} union city("USA").["Maine"], city("Canada").Alberta | count`)).rows, [
    ['2'],
  ]);
});
