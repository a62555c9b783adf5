// What is kept for hunting under attack: watchlists, saved queries, external files and records made to do harm.
import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import { after, before, test } from 'node:test';
import { advancedHunting, beginHunting, type HuntingStory } from './support/hunting-calls.ts';
import { startTestServer, type TestServer } from './support/server.ts';

let server: TestServer;
let hunting: HuntingStory;
let remote: Server;
let base: string;
const files = new Map<string, string>();

before(async () => {
  remote = createServer((request, response) => response.end(files.get(request.url ?? '') ?? ''));
  await new Promise<void>((resolve) => remote.listen(0, '127.0.0.1', resolve));
  const address = remote.address();
  base = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
  const settings = { externalDataUrls: [`${base}/`], webhookLoopbackHttp: true, appRequestsPerMinute: 100_000 };
  server = await startTestServer({ settings: { ...settings, huntingQueriesPerMinute: 1000 } });
  hunting = await beginHunting(server, 0);
});
after(async () => {
  await server.dispose();
  remote.close();
});

const watchlists = '/management/v1/watchlists';

const call = (method: string, path: string, rest: object = {}) =>
  server.request(path, { method, session: hunting.admin.session, ...rest });

const put = (alias: string, body: string, rest: string) =>
  call('PUT', `${watchlists}/${alias}?${rest}`, { body, headers: { 'content-type': 'text/csv' } });

test('columns of a watchlist that differ in letter case, or look like SQL, are columns like any other', async () => {
  const csv = 'Name,name,"a"" from x; drop table y --",searchkey,c0\n1,2,3,4,5\n';
  const made = await put('Odd', csv, 'searchKey=name');
  assert.equal(made.status, 201, made.text);
  const rows = await hunting.rows(
    "_GetWatchlist('Odd') | project SearchKey, Name, name, ['a\" from x; drop table y --'], searchkey, c0",
  );
  assert.deepEqual(rows, [['2', '1', '2', '3', '4', '5']]);
});

test('a hundred thousand columns, or one endless name, are refused', async () => {
  for (const head of [
    'a,'.repeat(100_000),
    'x'.repeat(900_000),
    Array.from({ length: 101 }, (_, i) => `c${i}`).join(),
  ]) {
    const answer = await put('Wide', `${head}\n1\n`, 'searchKey=a');
    assert.equal(answer.status, 400, answer.text.slice(0, 300));
    assert.ok(answer.text.length < 5000);
  }
});

test('an alias that no watchlist can have is not there, whatever the store makes of it', async () => {
  for (const alias of ['%00', 'a%00b', '%F0%9F%98%80', "'%20or%201%3D1", '..%2F..%2Fx']) {
    for (const [method, rest] of [
      ['GET', ''],
      ['GET', '/rows'],
      ['DELETE', ''],
    ] as const) {
      const answer = await call(method, `${watchlists}/${alias}${rest}`);
      assert.equal(answer.status, alias.includes('%00') ? 400 : 404, answer.text);
    }
  }
  for (const alias of ['a\\0b', 'a\\u0000b', "a' or 1=1", 'x'.repeat(5000)]) {
    const answer = await hunting.post(advancedHunting, { Query: `_GetWatchlist("${alias}") | count` });
    assert.equal(answer.status, 400, answer.text);
  }
});

test('a search for saved queries, or one of their ids, may have any characters', async () => {
  const path = '/management/v1/hunting/saved-queries';
  for (const rest of ['/%00', '?search=%00', '?search=%25_%5C', '?folder=%00', '/%F0%9F%98%80']) {
    const answer = await call('GET', `${path}${rest}`);
    assert.ok(answer.status < 500, `${rest} ${answer.text}`);
  }
});

test('an external array of many objects is read, one that is too deep is refused', async () => {
  files.set('/many.json', `[${'{"a":1},'.repeat(299_999)}{"a":1}]`);
  const count = await hunting.rows(`externaldata(a:long)["${base}/many.json"] with (format="multijson") | count`);
  assert.deepEqual(count, [[300_000]]);
  files.set('/deep.json', `[{"a":${'['.repeat(200_000)}${']'.repeat(200_000)}}]`);
  const query = `externaldata(a:dynamic)["${base}/deep.json"] with (format="multijson") | count`;
  const answer = await hunting.post(advancedHunting, { Query: query });
  assert.equal(answer.status, 400, answer.text);
});

test('the rows of all files of one source together are bounded', async () => {
  files.set('/half.txt', 'x\n'.repeat(300_000));
  const urls = ['/half.txt', '/half.txt?2'].map((path) => JSON.stringify(base + path)).join();
  files.set('/half.txt?2', 'x\n'.repeat(300_000));
  const query = `externaldata(a:string)[${urls}] with (format="txt") | count`;
  const answer = await hunting.post(advancedHunting, { Query: query });
  assert.equal(answer.status, 400, answer.text);
  assert.match(answer.text, /500000 rows/);
});

test('a record that is deeper than any stack is refused or passed over, and the next one is stored', async () => {
  const record = (value: string) =>
    `{"category":"AdvancedHunting-DeviceEvents","time":"${new Date(server.services.clock()).toISOString()}","properties":{"Timestamp":"${new Date(server.services.clock() - 1000).toISOString()}","ReportId":7,"AdditionalFields":${value}}}\n`;
  for (const inner of ['', '1.5', '-0', '12345678901234567890']) {
    const body = record('['.repeat(30_000) + inner + ']'.repeat(30_000)) + record('{"a":1}');
    const headers = { 'content-type': 'application/x-ndjson' };
    const answer = await call('POST', '/management/v1/ingest/hunting', { body, headers });
    assert.ok(answer.status < 500, answer.text);
  }
});
