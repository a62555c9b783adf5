import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { huntingCatalogue } from '../../src/hunting/hunting.ts';
import { compile } from '../../src/kql/compile.ts';
import { catalogueOn, createTableText } from '../../src/kql/emit/clickhouse/table.ts';
import type { Dialect } from '../../src/kql/emit/dialect.ts';
import type { Catalogue, Compiled } from '../../src/kql/ir.ts';
import { startClickHouse } from '../support/clickhouse.ts';

/** Each engine keeps the tables under names of its own. */
const catalogues: Readonly<Record<Dialect, () => Catalogue>> = {
  duckdb: huntingCatalogue,
  clickhouse: () => catalogueOn('hunting', huntingCatalogue()),
};

const queries: readonly string[] = [
  'DeviceProcessEvents | where Timestamp > ago(7d) and FileName =~ "cmd.exe" | project Timestamp, DeviceName | take 10',
  'DeviceProcessEvents | where ProcessCommandLine has "shadows" and not(FolderPath startswith "C:") | count',
  'DeviceProcessEvents | where ProcessCommandLine has_any ("a", "b-c") | distinct DeviceId',
  'DeviceProcessEvents | summarize Count = count(), Names = make_set(FileName, 5) by bin(Timestamp, 1h), DeviceId | top 3 by Count',
  'DeviceProcessEvents | summarize arg_max(Timestamp, FileName) by DeviceId',
  'DeviceLogonEvents | extend F = parse_json(AdditionalFields) | where toint(F.Attempts) > 3 | project AccountName, tostring(F.Kind)',
  'CloudAppEvents | where RawEventData.RecordType == 15 and RawEventData.Operation == "x" | project AccountId',
  'CloudAppEvents | mv-expand P = RawEventData.Parameters | where P.Name == "ForwardTo" | project tostring(P.Value)',
  'DeviceNetworkEvents | extend Parts = split(RemoteUrl, ".") | summarize dcount(DeviceId) by Zone = tostring(Parts[1])',
  'DeviceProcessEvents | join kind=leftanti (DeviceNetworkEvents | where RemotePort != 443) on DeviceId | project DeviceId, SHA1',
  'let bad = DeviceFileEvents | where FileSize > 5 | distinct SHA1; DeviceProcessEvents | where SHA1 in (bad) | project SHA1',
  'DeviceProcessEvents | parse ProcessCommandLine with * "/tn " Task " /tr " Rest | project Task, Rest',
  'DeviceProcessEvents | sort by Timestamp asc | extend Gap = Timestamp - prev(Timestamp) | where Gap < 5m | project Gap',
  'union withsource=T DeviceProcessEvents, DeviceFileEvents | summarize count() by T',
];
const files: Readonly<Record<Dialect, string>> = { duckdb: 'emitted.txt', clickhouse: 'emitted-clickhouse.txt' };

for (const dialect of ['duckdb', 'clickhouse'] as const) {
  test(`the SQL of common queries for ${dialect} changes only on purpose: GOLDEN=write writes it anew, for review`, () => {
    const file = join(import.meta.dirname, 'golden', files[dialect]);
    const text = queries.map((query) => `${query}\n  ${sqlOf(query, dialect)}\n`).join('\n');
    if (process.env.GOLDEN === 'write') writeFileSync(file, text);
    assert.equal(text, readFileSync(file, 'utf8'));
  });
}

test('ClickHouse has every hunting table, and runs the common queries over them', async () => {
  const clickhouse = await startClickHouse();
  try {
    await clickhouse.query('create database hunting');
    for (const table of catalogues.clickhouse().tables) await clickhouse.query(createTableText(table));
    for (const query of queries) await clickhouse.run(compiledFor(query, 'clickhouse'));
  } finally {
    await clickhouse.close();
  }
});

function sqlOf(query: string, dialect: Dialect): string {
  return compiledFor(query, dialect).sql;
}

function compiledFor(query: string, dialect: Dialect): Compiled {
  const compilation = compile(query, catalogues[dialect](), { dialect });
  assert.ok(compilation.ok, compilation.ok ? '' : JSON.stringify(compilation.diagnostics));
  return compilation.compiled;
}
