// Queries that mean harm, through a whole server: they end as errors, reach nothing of the engine's, and nothing of
// another tenant's.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { huntingCatalogue } from '../src/hunting/hunting.ts';
import { ownTables } from '../src/hunting/schema/own-tables.ts';
import { advancedHunting, beginHunting, type HuntingStory } from './support/hunting-calls.ts';
import { type Answer, startTestServer, type TestServer } from './support/server.ts';

const manyCalls = {
  appRequestsPerMinute: 100_000,
  huntingQueriesPerMinute: 100_000,
  huntingQueriesPerHour: 100_000,
  huntingSecondsPerCycle: 100_000,
};
let server: TestServer;
let hunting: HuntingStory;
before(async () => {
  server = await startTestServer({
    settings: { ...manyCalls, huntingSecondsMax: 6, bodyBytesMax: 4_000_000 },
  });
  hunting = await beginHunting(server);
});
after(() => server.dispose());

const ask = async (query: string): Promise<Answer> => await hunting.post(advancedHunting, { Query: query });
const many = (count: number, text: (index: number) => string, between: string): string =>
  Array.from({ length: count }, (_, index) => text(index)).join(between);

test('texts that are too deep, too long or too many are refused by what they are', async () => {
  const cases: readonly (readonly [string, RegExp])[] = [
    [`print ${'('.repeat(5000)}1${')'.repeat(5000)}`, /Brackets nest deeper/],
    [`DeviceInfo | where DeviceId in (${many(20_000, (index) => `${index}`, ',')})`, /at most 65536|more than 10000/],
    [`print "${'x'.repeat(1_000_000)}"`, /at most 65536/],
    [`DeviceInfo | where ${many(5000, (index) => `DeviceId=="${index}"`, ' or ')}`, /\S/],
    [`DeviceInfo ${'| extend a = 1 '.repeat(3000)}`, /\S/],
    ['print x = "a" | where x matches regex "((a{1,100}){1,100}){1,100}"', /regular expression/],
  ];
  for (const [query, said] of cases) {
    const answer = await ask(query);
    assert.equal(answer.status, 400, answer.text.slice(0, 300));
    assert.match(answer.text, said);
  }
});

test('a query that would take all time or memory is ended, and others have their answers meanwhile', async () => {
  const endless = [
    'range a from 1 to 1000000 step 1 | extend k = 1 | join kind=inner (range b from 1 to 1000000 step 1 | extend k = 1) on k | count',
    'range x from 1 to 1000000000000 step 1 | count',
    `print s = "aaaaaaaaaaaaaaaa" ${'| extend s = strcat(s, s) '.repeat(33)}`,
    'range x from 1 to 100000000 step 1 | summarize make_list(x)',
  ];
  for (const query of endless) {
    const answer = ask(query);
    for (let call = 0; call < 5; call += 1) assert.deepEqual(await hunting.rows('DeviceProcessEvents | count'), [[3]]);
    const { status, text } = await answer;
    assert.equal(status, 400, text.slice(0, 300));
    assert.match(text, /exceeded the timeout period|excessive resource consumption/);
  }
});

test("nothing of the engine's is within reach: files, network, settings, catalogues, other databases", async () => {
  const queries = [
    'externaldata(a:string)["/etc/passwd"]',
    'print read_text("/etc/passwd")',
    'read_csv("/etc/passwd")',
    '[\'read_text\']("/etc/passwd")',
    'duckdb_settings()',
    'print getenv("HOME")',
    'print current_setting("memory_limit")',
    'information_schema.tables',
    'hunting.main.DeviceProcessEvents',
    'events.main.activities',
    'activities',
    'database("events").activities',
    'cluster("help").database("Samples").StormEvents',
    "DeviceProcessEvents | extend t = ['$tenant']",
    "DeviceProcessEvents | project ['$key']",
    '.show tables',
    'set lock_configuration = false; print 1',
  ];
  for (const query of queries) {
    const answer = await ask(query);
    assert.equal(answer.status, 400, `${query}: ${answer.text.slice(0, 300)}`);
    assert.match(answer.text, /"code":"BadRequest"/);
  }
});

test('texts of a query stay texts, however they look', async () => {
  const texts = ["' or 1=1 --", '"; drop table x; --', '$1', '?', '\\', '%', "''", '\u0001', '\u{1f600}', 'a\\u0000b'];
  for (const text of texts) {
    const written = JSON.stringify(text);
    const [row] = await hunting.rows(`print v = ${written.replaceAll('$', '$')}`);
    assert.deepEqual(row, [text], written);
    assert.deepEqual(await hunting.rows(`DeviceProcessEvents | where FileName == ${written} | count`), [[0]]);
  }
  const { Results } = await hunting.hunt(`print ['a"; drop table x; --'] = 1`);
  assert.deepEqual(Results, [{ 'a"; drop table x; --': 1 }]);
});

test('two tenants with the same records each see their own, in every table', async () => {
  const unhurried = await startTestServer({ settings: { sessionRequestsPerMinute: 100_000, ...manyCalls } });
  try {
    await compareTenants(await beginHunting(unhurried, 0), await beginHunting(unhurried, 0));
  } finally {
    await unhurried.dispose();
  }
});

async function compareTenants(one: HuntingStory, other: HuntingStory): Promise<void> {
  // The server's own tables take no rows from outside; what it writes there itself is compared elsewhere.
  const tables = huntingCatalogue().tables.filter(({ name }) => !ownTables.has(name));
  const records = (tenant: string) =>
    tables.map(({ name, columns, timeColumn }) => {
      const texts = columns.filter(({ type }) => type === 'string').map((column) => [column.name, tenant]);
      const time = '2026-11-20T00:00:00Z';
      const properties = { ...Object.fromEntries(texts), ...(timeColumn === null ? {} : { [timeColumn]: time }) };
      return { category: `AdvancedHunting-${name}`, time, properties };
    });
  await one.ingest(records('one'));
  await other.ingest(records('other'));
  for (const { name, columns } of tables) {
    const text = columns.find(({ type }) => type === 'string')?.name;
    if (text === undefined) continue;
    const rows = await one.rows(`${name} | project ['${text}']`);
    assert.ok(rows.flat().includes('one'), name);
    assert.ok(!rows.flat().includes('other'), name);
  }
  const joined = 'DeviceProcessEvents | join kind=leftouter DeviceInfo on ReportId | project FileName, DeviceName1';
  assert.deepEqual([...new Set((await one.rows(joined)).flat())], ['one']);
}
