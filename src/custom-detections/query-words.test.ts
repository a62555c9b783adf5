import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { tablesIn, whereCameIn, whyNotWatchable, wordsOf } from './query-words.ts';

test('names in texts and comments are no names of the query', () => {
  const query = `DeviceEvents // EmailEvents
| where FileName == "CloudAppEvents" and FolderPath == @'DeviceInfo' and A == 'it\\'s DeviceFileEvents'`;
  assert.deepEqual(tablesIn(wordsOf(query)), ['DeviceEvents']);
  assert.equal(wordsOf(query).hasComments, true);
  assert.equal(wordsOf('DeviceEvents | where RemoteUrl has "https://x.example"').hasComments, false);
});

test('near real time takes one table and the rows at hand', () => {
  for (const query of [
    'DeviceProcessEvents | where FileName =~ "cmd.exe" | extend A = tostring(parse_json(AdditionalFields).count)',
    ' CloudAppEvents\n| where ActionType == "x" | project Timestamp, ReportId, AccountId',
    'DeviceEvents | where ActionType has "join | union" and AdditionalFields.find == 1',
  ]) {
    assert.equal(whyNotWatchable(query), undefined, query);
  }
  const refused: readonly (readonly [string, RegExp])[] = [
    ['DeviceEvents | where A == 1 // why', /comments/],
    ['let T = DeviceEvents; T', /begins with/],
    ['DeviceEvents | join DeviceInfo on DeviceId', /one table, not DeviceEvents, DeviceInfo/],
    ['DeviceEvents | join (DeviceEvents) on DeviceId', /must not use join/],
    ['DeviceEvents | summarize count() by DeviceId', /must not use summarize/],
    ['union DeviceEvents', /begins with/],
    ['DeviceTvmSoftwareInventory | where A == 1', /not among the tables/],
    ['EmailEvents | where LatestDeliveryAction == "x"', /LatestDeliveryAction changes/],
    ['DeviceEvents | where A in (externaldata(x:string)["https://x.example"])', /externaldata/],
  ];
  for (const [query, why] of refused) assert.match(whyNotWatchable(query) ?? '', why, query);
});

test('a query over what came in differs behind its table only', () => {
  const text = whereCameIn('DeviceEvents\n| where A == "DeviceEvents"', 0, 60_000);
  const within = 'ingestion_time() between (datetime(1970-01-01T00:00:00.000Z) .. datetime(1970-01-01T00:01:00.000Z))';
  assert.equal(text, `DeviceEvents | where ${within}\n| where A == "DeviceEvents"`);
});

test('whatever the text, there is an answer in bounded time', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 500, unit: 'grapheme' }), (text) => {
      const { words } = wordsOf(text);
      for (const { text: word, start, end } of words) assert.equal(text.slice(start, end), word);
      whyNotWatchable(text);
      whereCameIn(text, 0, 1);
    }),
  );
});
