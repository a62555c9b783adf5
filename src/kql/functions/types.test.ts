import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import type { DuckDBConnection } from '@duckdb/node-api';
import { engine } from '../../../test/kql/trees.ts';
import { compile } from '../compile.ts';
import { sqlType } from '../emit/representation.ts';

let connection: DuckDBConnection;
before(async () => {
  connection = await engine();
});

const table = `datatable(i:int, l:long, r:real, t:datetime, ts:timespan, s:string, b:bool, g:guid, d:dynamic)[int(3), 5, 2.5,
  datetime(2020-01-02 03:04:05), 1h, 'x1', true, guid(ae3133f2-6e22-49ae-b06a-16e6a9b212eb), dynamic({'a':[1,2.5,'x']})]`;
const operands = ['i', 'l', 'r', 't', 'ts', 's', 'b', 'g', 'd.a[0]'];
const others = ['l', 'r', 'ts', 's', 'd.a[0]'];
const infix = ['+', '*', '/', '=='];
const binary = ['bin', 'coalesce'];
const unary = ['abs', 'tostring', 'tolong', 'todynamic', 'hash'];
const aggregates = ['sum', 'avg', 'max', 'make_set', 'take_any', 'binary_all_or'];

function* queries(): Generator<string> {
  for (const a of operands) {
    for (const name of unary) yield `extend z = ${name}(${a})`;
    for (const name of aggregates) yield `summarize z = ${name}(${a})`;
    for (const b of others) {
      for (const sign of infix) yield `extend z = ${a} ${sign} ${b}`;
      for (const name of binary) yield `extend z = ${name}(${a}, ${b})`;
    }
  }
}

test('whatever is combined is refused, or gives what the compiler says: its type, no null string, valid JSON', async () => {
  let answered = 0;
  for (const query of queries()) {
    const result = compile(`${table} | ${query}`, { tables: [] });
    if (!result.ok) continue;
    answered += 1;
    const { sql, parameters, columns } = result.compiled;
    const place = columns.findIndex(({ name }) => name === 'z');
    const reader = await connection.runAndReadAll(
      sql,
      parameters.map(() => 0n),
    );
    const type = columns[place]?.type ?? 'dynamic';
    const value = reader.getRows()[0]?.[place];
    assert.equal(String(reader.columnType(place)), sqlType(type), query);
    if (type === 'string') assert.notEqual(value, null, query);
    if (type === 'dynamic' && value !== null) assert.doesNotThrow(() => JSON.parse(String(value)), query);
  }
  assert.ok(answered > 100, `only ${answered} were answered`);
});
