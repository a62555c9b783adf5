import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DuckDBInstance } from '@duckdb/node-api';
import fc from 'fast-check';
import { ticksAtUnixEpoch } from '../kql/emit/representation.ts';
import { jsonRows } from './run-rows.ts';

const ticksMax = 3_155_378_975_999_999_999n;

async function rowsOf(sql: string, types: Parameters<typeof jsonRows>[0]['columns'], lead?: ','): Promise<string[]> {
  const connection = await (await DuckDBInstance.create(':memory:', { threads: '1' })).connect();
  const answer = await connection.runAndReadAll(jsonRows({ sql, columns: types }, lead));
  return answer.getRows().map(([text]) => String(text));
}

test('a time is written with seven digits and Z, whatever the year', async () => {
  const times = [0n, 1n, ticksAtUnixEpoch - 1n, ticksAtUnixEpoch, ticksAtUnixEpoch + 1_230_000n, ticksMax];
  const sql = `select unnest([${times.join(', ')}, null]::BIGINT[])`;
  assert.deepEqual(await rowsOf(sql, [{ name: 'T', type: 'datetime' }]), [
    '{"T":"0001-01-01T00:00:00.0000000Z"}',
    '{"T":"0001-01-01T00:00:00.0000001Z"}',
    '{"T":"1969-12-31T23:59:59.9999999Z"}',
    '{"T":"1970-01-01T00:00:00.0000000Z"}',
    '{"T":"1970-01-01T00:00:00.1230000Z"}',
    '{"T":"9999-12-31T23:59:59.9999999Z"}',
    '{"T":null}',
  ]);
});

test('every time comes back as the same number of ticks', async () => {
  const times = fc.sample(fc.bigInt({ min: 0n, max: ticksMax }), 500);
  const rows = await rowsOf(`select unnest([${times.join(', ')}]::BIGINT[])`, [{ name: 'T', type: 'datetime' }]);
  const read = rows.map((row) => {
    const { T } = JSON.parse(row) as { T: string }; // Written by jsonRows.
    const [, seconds = '', fraction = ''] = /^(.{19})\.(\d{7})Z$/.exec(T) ?? [];
    return BigInt(Date.parse(`${seconds}Z`)) * 10_000n + BigInt(fraction) + ticksAtUnixEpoch;
  });
  assert.deepEqual(read, times);
});

test('rows are JSON objects, also of a query without columns, and behind a comma where one is asked for', async () => {
  const columns = [
    { name: 'A "quoted" name', type: 'string' },
    { name: 'n', type: 'long' },
  ] as const;
  const sql = "select 'C:\\ \"x\"' || chr(10) || chr(1), 7::BIGINT union all select '', null";
  const [one = '', other = ''] = await rowsOf(sql, columns, ',');
  assert.deepEqual(JSON.parse(one.slice(1)), { 'A "quoted" name': 'C:\\ "x"\n\u0001', n: 7 });
  assert.equal(other, ',{"A \\"quoted\\" name":"","n":null}');
  assert.deepEqual(await rowsOf('select 1', [], ','), [',{}']);
});
