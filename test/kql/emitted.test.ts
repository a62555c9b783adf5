import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { huntingCatalogue } from '../../src/hunting/hunting.ts';
import { compile } from '../../src/kql/compile.ts';

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
const file = join(import.meta.dirname, 'golden', 'emitted.txt');

test('the SQL of common queries changes only on purpose: GOLDEN=write writes it anew, for review', () => {
  const text = queries.map((query) => `${query}\n  ${sqlOf(query)}\n`).join('\n');
  if (process.env.GOLDEN === 'write') writeFileSync(file, text);
  assert.equal(text, readFileSync(file, 'utf8'));
});

function sqlOf(query: string): string {
  const compilation = compile(query, huntingCatalogue());
  assert.ok(compilation.ok, compilation.ok ? '' : JSON.stringify(compilation.diagnostics));
  return compilation.compiled.sql;
}
