// Watchlists through a whole server: uploads, and queries that read them.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { makeTenant } from './support/accounts.ts';
import { advancedHunting, beginHunting, type HuntingStory } from './support/hunting-calls.ts';
import { freePort } from './support/postgres-server.ts';
import {
  type Answer,
  makePerson,
  makeToken,
  signIn,
  startNode,
  startTestServer,
  type TestServer,
} from './support/server.ts';
import { secondNode } from './support/services.ts';
import { testStoreKind } from './support/store.ts';

interface Watchlist {
  readonly alias: string;
  readonly searchKey: string;
  readonly columns: readonly string[];
  readonly rowCount: number;
  readonly description: string;
  readonly changedBy: string;
}

const path = '/management/v1/watchlists';
const vips = 'User,Risk Score,Note\r\nada@contoso.example,7,"first, of ""all"""\r\nbob@contoso.example,9\r\n';

let server: TestServer;
let hunting: HuntingStory;
let neighbour: HuntingStory;
before(async () => {
  server = await startTestServer({
    settings: {
      watchlistsPerTenantMax: 8,
      watchlistBytesMax: 2_000_000,
      watchlistRowsMax: 20_000,
      appRequestsPerMinute: 100_000,
      huntingQueriesPerMinute: 1000,
    },
  });
  hunting = await beginHunting(server, 0);
  neighbour = await beginHunting(server, 0);
});
after(() => server.dispose());

async function put(story: HuntingStory, alias: string, csv: string | Buffer, rest = 'searchKey=User', headers = {}) {
  const options = {
    method: 'PUT',
    session: story.admin.session,
    body: csv,
    headers: { 'content-type': 'text/csv', ...headers },
  };
  return await server.request(`${path}/${encodeURIComponent(alias)}?${rest}`, options);
}

async function putDone(story: HuntingStory, alias: string, csv: string, rest?: string): Promise<Watchlist> {
  const answer = await put(story, alias, csv, rest);
  assert.ok(answer.status === 200 || answer.status === 201, answer.text);
  return answer.json<Watchlist>();
}

async function refusal(story: HuntingStory, query: string): Promise<string> {
  const answer = await story.post(advancedHunting, { Query: query });
  assert.equal(answer.status, 400, answer.text);
  return answer.text;
}

const get = (rest: string, session = hunting.admin.session): Promise<Answer> =>
  server.request(path + rest, { session });

test('a watchlist is a table with its columns, its search key, and what every watchlist has', async () => {
  const made = await putDone(hunting, 'Vips', vips, 'searchKey=User&description=Board');
  assert.deepEqual(
    [made.alias, made.searchKey, made.columns, made.rowCount, made.description, made.changedBy],
    ['Vips', 'User', ['User', 'Risk Score', 'Note'], 2, 'Board', hunting.admin.user.userName],
  );
  const { Schema, Results } = await hunting.hunt("_GetWatchlist('Vips') | sort by User asc");
  assert.deepEqual(
    Schema.map(({ Name, Type }) => `${Name}:${Type}`),
    [
      '_DTItemId:String',
      'LastUpdatedTimeUTC:DateTime',
      'SearchKey:String',
      'User:String',
      'Risk Score:String',
      'Note:String',
    ],
  );
  assert.deepEqual(
    Results.map((row) => [row.SearchKey, row.User, row['Risk Score'], row.Note]),
    [
      ['ada@contoso.example', 'ada@contoso.example', '7', 'first, of "all"'],
      ['bob@contoso.example', 'bob@contoso.example', '9', ''],
    ],
  );
  assert.match(String(Results[0]?._DTItemId), /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  assert.notEqual(Results[0]?._DTItemId, Results[1]?._DTItemId);
});

test('queries of the community: in, join, let, functions of the query, any letter case of the alias', async () => {
  await putDone(hunting, 'vips', vips);
  const queries: readonly (readonly [query: string, rows: unknown])[] = [
    [
      `datatable(u:string)["bob@contoso.example", "eve"] | where u in ((_GetWatchlist('vips') | project SearchKey))`,
      [['bob@contoso.example']],
    ],
    [
      `let Vips = _GetWatchlist("VIPS") | project SearchKey, Score = toint(['Risk Score']);
       datatable(u:string)["ada@contoso.example"] | join kind=inner Vips on $left.u == $right.SearchKey | project u, Score`,
      [['ada@contoso.example', 7]],
    ],
    [`let alias = 'vips'; _GetWatchlist(alias) | count`, [[2]]],
    [`let f = (a:string) { _GetWatchlist(a) | summarize n = count() by tolower(Note) }; f('vips') | count`, [[2]]],
    [`union (_GetWatchlist('vips')), (_GetWatchlist('Vips')) | count`, [[4]]],
    [`_GetWatchlist('vips') | where toint(['Risk Score']) > 7 | project User`, [['bob@contoso.example']]],
    [`_GetWatchlist('vips') | where LastUpdatedTimeUTC > ago(1d) | count`, [[2]]],
    [`union withsource=T * | where T has 'vips' | count`, [[0]]],
  ];
  for (const [query, rows] of queries) assert.deepEqual(await hunting.rows(query), rows, query);
});

test("an alias that is unknown, not constant or somebody else's is refused by its name and place", async () => {
  await putDone(neighbour, 'secrets', 'User,Secret\nx,hidden\n');
  assert.match(await refusal(hunting, `print 1 | union\n  (_GetWatchlist('nobody'))`), /no watchlist nobody.*2:4/s);
  const foreign = await refusal(hunting, `_GetWatchlist('secrets')`);
  assert.match(foreign, /no watchlist secrets/);
  assert.ok(!foreign.includes('hidden'));
  assert.match(
    await refusal(hunting, `datatable(a:string)["vips"] | where a in ((_GetWatchlist(a) | project User))`),
    /./,
  );
  assert.match(await refusal(hunting, `_GetWatchlist('vips') | project Usr`), /Usr/);
  assert.match(await refusal(hunting, `database('watchlists').vips`), /./);
  for (const name of ['$watchlist', 'memory', '_watchlist']) {
    assert.match(await refusal(hunting, `table('${name}')`), /./);
  }
});

test('two tenants with the same alias and the same query each see their own, whatever was compiled before', async () => {
  await putDone(hunting, 'same', 'User,A\nmine,1\n');
  await putDone(neighbour, 'same', 'User,A\ntheirs,2\n');
  const query = "_GetWatchlist('same') | project User, A";
  for (let round = 0; round < 2; round += 1) {
    assert.deepEqual(await hunting.rows(query), [['mine', '1']]);
    assert.deepEqual(await neighbour.rows(query), [['theirs', '2']]);
  }
  await putDone(neighbour, 'same', 'User,B\nothers,3\n');
  assert.match(await refusal(neighbour, query), /'A'/);
  assert.deepEqual(await neighbour.rows("_GetWatchlist('same') | project B"), [['3']]);
  assert.deepEqual(await hunting.rows(query), [['mine', '1']]);
});

test('an upload replaces all rows; a row that stays keeps its id', async () => {
  const ids = async () =>
    Object.fromEntries((await hunting.rows("_GetWatchlist('turns') | project User, _DTItemId")) as [string, string][]);
  await putDone(hunting, 'turns', 'User\na\nb\n');
  const before = await ids();
  const replaced = await put(hunting, 'turns', gzipSync('User\nb\nc\n'), undefined, { 'content-encoding': 'gzip' });
  assert.equal(replaced.status, 200, replaced.text);
  const now = await ids();
  assert.deepEqual(Object.keys(now).sort(), ['b', 'c']);
  assert.equal(now.b, before.b);
  assert.equal(
    (await server.request(`${path}/TURNS`, { method: 'DELETE', session: hunting.admin.session })).status,
    204,
  );
  assert.match(await refusal(hunting, "_GetWatchlist('turns')"), /no watchlist turns/);
  assert.equal((await get('/turns')).status, 404);
});

test('many rows come in pages, and queries see all of them', async () => {
  const rows = Array.from({ length: 15_000 }, (_, index) => `user${index}@contoso.example,${'x'.repeat(80)}`);
  assert.equal((await putDone(hunting, 'many', `User,Text\n${rows.join('\n')}`)).rowCount, 15_000);
  const query =
    "_GetWatchlist('many') | summarize rows = count(), users = count_distinct(User), length = sum(strlen(Text))";
  assert.deepEqual(await hunting.rows(query), [[15_000, 15_000, 1_200_000]]);
  const page = (await get('/many/rows?skip=14998&limit=5')).json<{
    items: string[][];
    total: number;
    columns: string[];
  }>();
  assert.deepEqual(
    [page.total, page.columns, page.items.map(([user]) => user)],
    [15_000, ['User', 'Text'], ['user14998@contoso.example', 'user14999@contoso.example']],
  );
});

test('what is no CSV with such a search key is refused, and nothing changes', async () => {
  await putDone(hunting, 'kept', vips);
  const cases: readonly (readonly [csv: string, status: number, said: RegExp, rest?: string])[] = [
    ['', 400, /empty/],
    ['A,B\n1,2\n', 400, /no column User: there are A, B/],
    ['User,User\n1,2\n', 400, /two columns User/],
    ['User,SearchKey\n1,2\n', 400, /column SearchKey by itself/],
    ['User,\n1,2\n', 400, /names of the columns/],
    ['User,B\n1,2,3\n', 400, /line 2 has 3 fields/],
    ['User,B\n"1,2\n', 400, /quotes does not end/],
    ['User\n1"2\n3', 400, /quotes/],
    ['User\na\0b\n', 400, /line 2 has the character/],
    [`User\n${'x\n'.repeat(20_001)}`, 413, /watchlistRowsMax/],
    [`User\n${'x'.repeat(1_900_000)}\n`, 400, /longer than 1000000 characters/],
    [`User\n${`${'x'.repeat(999)}\n`.repeat(2001)}`, 413, /watchlistBytesMax/],
    ['User\n1\n', 400, /searchKey/, ''],
  ];
  for (const [csv, status, said, rest] of cases) {
    const answer = await put(hunting, 'kept', csv, rest);
    assert.equal(answer.status, status, `${csv.slice(0, 30)} ${answer.text}`);
    assert.match(answer.text, said);
  }
  assert.equal((await put(hunting, 'bad/alias', vips)).status, 400);
  assert.equal((await put(hunting, 'kept', vips, undefined, { 'content-type': 'image/png' })).status, 400);
  assert.equal((await get('/kept')).json<Watchlist>().rowCount, 2);
});

test('uploads need Ingest.write, which an API token may carry; reading needs the right to hunt', async () => {
  const { tenant } = hunting.story;
  const token = await makeToken(server, hunting.admin, { permissions: ['Ingest.write'] });
  const body = { method: 'PUT', body: 'User\nz\n', headers: { 'content-type': 'text/csv' } };
  const byToken = await server.request(`${path}/token?searchKey=User`, { ...body, token: token.value });
  assert.equal(byToken.status, 201, byToken.text);
  const reader = await makePerson(server, tenant, 'security-reader');
  const refused = await server.request(`${path}/token?searchKey=User`, { ...body, session: reader.session });
  assert.deepEqual([refused.status, /Ingest\.write/.test(refused.text)], [403, true]);
  assert.equal((await server.request(`${path}/token`, { method: 'DELETE', session: reader.session })).status, 403);
  assert.equal((await get('/token', reader.session)).status, 200);
  const other = await makePerson(server, tenant, 'application-administrator');
  assert.equal((await get('', other.session)).status, 403);
  assert.equal((await server.request(path)).status, 401);
  assert.equal((await server.request(`${path}/x?searchKey=User`, body)).status, 401);
});

test("another tenant's watchlists are not there, and the most of a tenant are bounded", async () => {
  const stranger = await makePerson(server, await makeTenant(server.services), 'global-administrator');
  assert.equal((await get('', stranger.session)).json<{ total: number }>().total, 0);
  assert.equal((await get('/vips', stranger.session)).status, 404);
  assert.equal((await get('/vips/rows', stranger.session)).status, 404);
  for (let index = 0; index < 8; index += 1) {
    const options = {
      method: 'PUT',
      session: stranger.session,
      body: 'User\nz\n',
      headers: { 'content-type': 'text/csv' },
    };
    assert.equal((await server.request(`${path}/w${index}?searchKey=User`, options)).status, 201);
  }
  const options = {
    method: 'PUT',
    session: stranger.session,
    body: 'User\nz\n',
    headers: { 'content-type': 'text/csv' },
  };
  const tooMany = await server.request(`${path}/w9?searchKey=User`, options);
  assert.deepEqual([tooMany.status, /watchlistsPerTenantMax/.test(tooMany.text)], [409, true]);
});

test('a watchlist that one process took in is read by queries of another', {
  skip: testStoreKind === 'postgres' ? false : 'the embedded store belongs to one process',
}, async () => {
  const node = await startNode(await secondNode(server.services), await freePort());
  try {
    const session = await signIn(node, hunting.admin.user);
    await putDone(hunting, 'vips', 'User\nfirst\n');
    const query = { Query: "_GetWatchlist('vips') | project User" };
    const ask = async () =>
      (await node.request(advancedHunting, { session, body: query })).json<{ Results: unknown[] }>().Results;
    assert.deepEqual(await ask(), [{ User: 'first' }]);
    await putDone(hunting, 'vips', 'User\nsecond\n');
    assert.deepEqual(await ask(), [{ User: 'second' }]);
  } finally {
    await node.stop();
  }
});
