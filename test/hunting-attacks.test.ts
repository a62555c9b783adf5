// Attacks on hunting queries that once got through, or that are one mistake away from it: text of a query that would become
// SQL, rows of other tenants, and what one query can take from everybody.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { hunterOf } from '../src/hunting/run-hunter.ts';
import type { TenantId } from '../src/lib/ids.ts';
import { advancedHunting, beginHunting, type HuntingStory } from './support/hunting-calls.ts';
import { type Answer, startTestServer, type TestServer } from './support/server.ts';

let server: TestServer;
let hunting: HuntingStory;
before(async () => {
  const settings = { appRequestsPerMinute: 100_000, huntingQueriesPerMinute: 100_000, huntingQueriesPerHour: 100_000 };
  server = await startTestServer({ settings: { ...settings, huntingSecondsMax: 5, huntingSecondsPerCycle: 100_000 } });
  hunting = await beginHunting(server);
});
after(() => server.dispose());

const ask = async (query: string): Promise<Answer> => await hunting.post(advancedHunting, { Query: query });

test('a key of a step below another step is never SQL, whatever characters it has', async () => {
  const stranger = await beginHunting(server, 0);
  // Closes the call and the queries around it, and goes on with the rows of everybody.
  const beyond =
    '1)::VARCHAR, null) as "e" from hunting.main."DeviceProcessEvents" as t1 where false union all ' +
    'select "FileName" from hunting.main."DeviceProcessEvents" where $1 is not null and $2 is not null and $3 is not null' +
    ') as "q"("c0")) as "r" --';
  const query = `DeviceProcessEvents | project e = parse_json(FileName).x[${JSON.stringify(beyond).slice(0, -1)} \\u0000 "]`;
  const answer = await stranger.post(advancedHunting, { Query: query });
  assert.deepEqual([answer.status, answer.json<{ Results: unknown[] }>().Results], [200, []], answer.text);
  const record = { x: { 'a\0b': 1, "a'b": { "c'd": 2 }, 'a\0': { b: 3 } } };
  const bag = `print d = parse_json(${JSON.stringify(JSON.stringify(record))})`;
  const steps = String.raw`a = d.x["a\0b"], b = d.x["a'b"]["c'd"], c = d.x["a\0"].b`;
  assert.equal((await ask(`${bag} | project ${steps}`)).status, 200);
  assert.deepEqual(await hunting.rows(`${bag} | project b = d.x["a'b"]["c'd"]`), [[2]]);
});

test('a function that multiplies texts says that the result is too long, before it takes the memory', async () => {
  const long = 'let s = strrep(strrep("a", 1024), 1024); ';
  const queries = [
    'print strlen(replace_string(s, "a", s))',
    'range x from 1 to 3 step 1 | project y = strcat(s, x) | project strlen(replace_string(y, "a", y))',
    `print strlen(replace_regex(s, "a", "${'\\\\0'.repeat(2000)}"))`,
    `print strlen(replace_strings(s, dynamic(["a", "b"]), dynamic(["${'b'.repeat(999)}", "${'c'.repeat(999)}"])))`,
    'print array_length(repeat(s, 1000000))',
    'print strlen(strrep(s, 1024))',
  ];
  for (const query of queries) {
    const answer = await ask(long + query);
    assert.deepEqual([answer.status, /more than \d+ bytes/.test(answer.text)], [400, true], `${query}: ${answer.text}`);
  }
  assert.deepEqual(
    await hunting.rows('print strrep("x", 5000, "-") == strrep("x", 1024, "-"), replace_string("a.b", ".", "--")'),
    [[true, 'a--b']],
  );
});

test('a text of one tenant that is slow to compile keeps only the texts of that tenant waiting', async () => {
  const other = await beginHunting(server, 0);
  const { compilations } = await hunterOf(server.services);
  // The test made the tenant, so its id is one.
  const tenantId = hunting.tenantId as TenantId;
  await compilations.begin(tenantId, Number.POSITIVE_INFINITY, new AbortController().signal);
  const own = hunting.rows('print c = 1');
  assert.deepEqual(await other.rows('print c = 2'), [[2]]);
  compilations.end(tenantId);
  assert.deepEqual(await own, [[1]]);
});

test('every statement of hunting reads, and is one', async () => {
  const { events } = server.services;
  for (const sql of ['select 1; select 2', 'create table memory.main.z(a int)', 'delete from "schemaVersions"']) {
    const run = events.hunt({ sql, values: [], secondsMax: 5, rowsMax: 1 });
    await assert.rejects(run.next(), /multiple statements|one that reads/);
  }
});
