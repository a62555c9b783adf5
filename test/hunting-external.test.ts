// externaldata through a whole server: what may be read, and what becomes of it.
import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import { after, before, test } from 'node:test';
import { advancedHunting, beginHunting, type HuntingStory } from './support/hunting-calls.ts';
import { startTestServer, type TestServer } from './support/server.ts';

const files: Readonly<Record<string, string>> = {
  '/lists/iocs.csv': 'Ip,Seen,Score,More\r\n1.2.3.4,2026-01-02T03:04:05Z,7,"{""a"":[1,2]}"\r\n"5.6,7",,x,\r\n',
  '/lists/names.txt': 'one\n\ntwo\n',
  '/lists/lines.json': '{"Name":"a","N":1,"Tags":["x"],"Free":{"b":2}}\n{"Name":null,"N":"2","Tags":"y"}\n',
  '/lists/array.json': '[{"Name":"a"},{"Name":"b"}]',
  '/lists/bad.csv': 'a,"b',
  '/private/secret.csv': 'secret',
};

let remote: Server;
let asked = 0;
let base: string;
let server: TestServer;
let hunting: HuntingStory;

before(async () => {
  remote = createServer((request, response) => {
    asked += 1;
    const path = request.url ?? '';
    if (path === '/lists/moved.csv') response.writeHead(302, { location: '/private/secret.csv' }).end();
    else if (path === '/lists/large.csv') response.end('x'.repeat(200_000));
    else response.writeHead(files[path] === undefined ? 404 : 200).end(files[path] ?? '');
  });
  await new Promise<void>((resolve) => remote.listen(0, '127.0.0.1', resolve));
  const address = remote.address();
  base = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
  server = await startTestServer({
    settings: {
      externalDataUrls: [`${base}/lists/`, 'https://10.1.2.3/', 'http://10.1.2.3/'],
      externalDataBytesMax: 100_000,
      webhookLoopbackHttp: true,
      appRequestsPerMinute: 100_000,
      huntingQueriesPerMinute: 1000,
    },
  });
  hunting = await beginHunting(server, 0);
});
after(async () => {
  await server.dispose();
  remote.close();
});

async function refusal(query: string): Promise<string> {
  const answer = await hunting.post(advancedHunting, { Query: query });
  assert.equal(answer.status, 400, answer.text);
  return answer.text;
}

test('csv: fields in quotes, a head that is left out, and values as KQL reads them', async () => {
  const iocs = `externaldata(Ip:string, Seen:datetime, Score:long, More:dynamic)["${base}/lists/iocs.csv"] with (format="csv", ignoreFirstRecord=true)`;
  assert.deepEqual(await hunting.rows(`${iocs} | sort by Ip asc`), [
    ['1.2.3.4', '2026-01-02T03:04:05.0000000Z', 7, { a: [1, 2] }],
    ['5.6,7', null, null, null],
  ]);
  assert.deepEqual(
    await hunting.rows(`let T = ${iocs} | project Ip; datatable(a:string)["1.2.3.4", "b"] | where a in (T)`),
    [['1.2.3.4']],
  );
});

test('txt, JSON lines and JSON arrays', async () => {
  const of = (columns: string, file: string, rest = '') =>
    hunting.rows(`externaldata(${columns})[@"${base}/lists/${file}"]${rest}`);
  assert.deepEqual((await of('Name:string', 'names.txt')).flat().toSorted(), ['one', 'two']);
  assert.deepEqual(await of('Name:string, N:long, Tags:dynamic, Free:string', 'lines.json', ' | sort by N asc'), [
    ['a', 1, ['x'], '{"b":2}'],
    ['', 2, 'y', ''],
  ]);
  const array = await of('Name:string', 'array.json', ' with (format="multijson") | sort by Name asc');
  assert.deepEqual(array, [['a'], ['b']]);
});

test('a file is asked for once in a while, not for every query', async () => {
  const query = `externaldata(Line:string)["${base}/lists/names.txt"] with (format="txt") | count`;
  await hunting.rows(query);
  const before = asked;
  await hunting.rows(query);
  assert.equal(asked, before);
});

test('addresses that the setting does not list are refused with its name, and nothing is asked of them', async () => {
  const before = asked;
  for (const url of [
    `${base}/private/secret.csv`,
    `${base}/lists/../private/secret.csv`,
    `${base}/lists/%2e%2e/private/secret.csv`,
    `${base}/lists/..%2fprivate/secret.csv`,
    'https://example.com/lists/iocs.csv',
    'file:///etc/passwd',
    'nothing',
  ]) {
    assert.match(await refusal(`externaldata(a:string)["${url}"]`), /The setting externalDataUrls/, url);
  }
  assert.equal(asked, before);
});

test('private addresses, redirects, large files and broken ones are refused, listed or not', async () => {
  const of = (url: string, rest = '') => refusal(`externaldata(a:string)["${url}"]${rest}`);
  assert.match(await of('https://10.1.2.3/a.csv'), /public addresses only/);
  assert.match(await of('http://10.1.2.3/a.csv'), /public addresses only/);
  assert.match(await of(`${base}/lists/moved.csv`), /the answer was 302/);
  assert.match(await of(`${base}/lists/large.csv`), /more than 100000 bytes/);
  assert.match(await of(`${base}/lists/none.csv`), /the answer was 404/);
  assert.match(await of(`${base}/lists/bad.csv`), /quotes do not end/);
  assert.match(await of(`${base}/lists/iocs.csv`, ' with (format="parquet")'), /The format parquet/);
  assert.match(await of(`${base}/lists/iocs.csv`, ' with (ingestionMapping="[]")'), /property ingestionmapping/);
});
