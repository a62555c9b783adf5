// The three calls that run hunting queries, through a whole server, asked as the documented clients ask.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { makeTenant, makeUser } from './support/accounts.ts';
import { appToken, makeStory, userToken } from './support/bearers.ts';
import {
  advancedHunting,
  advancedQueries,
  beginHunting,
  type HuntingAnswer,
  type HuntingStory,
  runHuntingQuery,
} from './support/hunting-calls.ts';
import { type Answer, makePerson, makeToken, startTestServer, type TestServer } from './support/server.ts';

let server: TestServer;
let hunting: HuntingStory;
before(async () => {
  server = await startTestServer({ settings: { appRequestsPerMinute: 100_000, huntingQueriesPerMinute: 1000 } });
  hunting = await beginHunting(server);
});
after(() => server.dispose());

const guid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

function assertError(answer: Answer, status: number, code: string, said: RegExp): void {
  assert.equal(answer.status, status, answer.text);
  const { error, ...rest } = answer.json<{ error: { code: string; message: string; target: string } }>();
  assert.deepEqual(rest, {});
  assert.equal(error.code, code);
  assert.match(error.message, said);
  assert.match(error.target, guid);
}

test('an answer has Stats, Schema and Results with the names and types that clients look for', async () => {
  const query = 'DeviceProcessEvents | project Timestamp, FileName, ProcessId | sort by ProcessId asc | take 2';
  const { Stats, ...rest } = await hunting.hunt(query);
  assert.deepEqual(rest, {
    Schema: [
      { Name: 'Timestamp', Type: 'DateTime' },
      { Name: 'FileName', Type: 'String' },
      { Name: 'ProcessId', Type: 'Int64' },
    ],
    Results: [
      { Timestamp: '2026-11-01T08:00:00.0000000Z', FileName: 'cmd.exe', ProcessId: 0 },
      { Timestamp: '2026-11-01T08:00:01.0000000Z', FileName: 'cmd.exe', ProcessId: 1 },
    ],
  });
  assert.equal(typeof Stats.ExecutionTime, 'number');
  const { resource_usage: usage, dataset_statistics: sets } = Stats as Record<string, Record<string, unknown>>;
  assert.match(JSON.stringify(usage), /"total cpu":"00:00:\d\d/);
  assert.match(JSON.stringify(sets), /^\[\{"table_row_count":2,"table_size":\d+\}\]$/);
});

test('every type has its documented name and form, and null is null but for texts', async () => {
  const query = `print s = 'a"\\u00e4\\n', b = true, i = int(-5), l = 9007199254740993, r = 1.5, d = datetime(2020-02-29T01:02:03.1234567Z),
    t = 1d + 2h + 3ms, g = guid(74be27de-1e4e-49d9-b579-fe0b331d3642), y = dynamic({"a":[1,"x"]}), n = real(nan), m = decimal(1.50),
    s0 = "", b0 = bool(null), i0 = int(null), d0 = datetime(null), y0 = dynamic(null), t0 = time(null), g0 = guid(null)`;
  const answer = await hunting.post(advancedHunting, { Query: query });
  assert.equal(answer.status, 200, answer.text);
  const { Schema, Results } = answer.json<HuntingAnswer>();
  assert.deepEqual(Schema.map(({ Type }) => Type).slice(0, 11), [
    'String',
    'SByte',
    'Int32',
    'Int64',
    'Double',
    'DateTime',
    'TimeSpan',
    'Guid',
    'Object',
    'Double',
    'SqlDecimal',
  ]);
  // More digits than a number of JavaScript has.
  assert.match(answer.text, /"l":9007199254740993,/);
  const [{ l: _l, ...row } = {}] = Results;
  assert.deepEqual(row, {
    ...{ s: 'a"ä\n', b: true, i: -5, r: 1.5, d: '2020-02-29T01:02:03.1234567Z', t: '1.02:00:00.0030000' },
    ...{ g: '74be27de-1e4e-49d9-b579-fe0b331d3642', y: { a: [1, 'x'] }, n: 'NaN', m: '1.5' },
    ...{ s0: '', b0: null, i0: null, d0: null, y0: null, t0: null, g0: null },
  });
});

test('no match is an empty list under the full schema', async () => {
  const { Schema, Results } = await hunting.hunt('DeviceProcessEvents | where FileName == "none.exe"');
  assert.deepEqual(Results, []);
  assert.equal(Schema[0]?.Name, 'Timestamp');
  assert.ok(Schema.length > 60);
});

test('columns of both sides of a join have the names that clients leave out by project-away *1', async () => {
  const side = 'DeviceProcessEvents | project DeviceId, ProcessId';
  const { Schema } = await hunting.hunt(`${side} | join kind=inner (${side}) on DeviceId | project-away *1`);
  assert.deepEqual(
    Schema.map(({ Name }) => Name),
    ['DeviceId', 'ProcessId'],
  );
});

test('the endpoint API answers the same without Stats, with and without its version', async () => {
  const body = { Query: 'DeviceProcessEvents | count' };
  for (const path of [advancedQueries, '/api/v1.0/advancedqueries/run']) {
    const answer = await hunting.post(path, body, { 'content-type': 'application/json; charset=utf-8' });
    assert.equal(answer.status, 200, answer.text);
    assert.deepEqual(answer.json(), { Schema: [{ Name: 'Count', Type: 'Int64' }], Results: [{ Count: 3 }] });
  }
});

test('Graph answers with small letters, whichever letters it is asked with', async () => {
  for (const name of ['Query', 'query']) {
    const answer = await hunting.post(runHuntingQuery, { [name]: 'DeviceProcessEvents | count' });
    assert.equal(answer.status, 200, answer.text);
    assert.deepEqual(answer.json(), {
      '@odata.context': `${server.url}/v1.0/$metadata#microsoft.graph.security.huntingQueryResults`,
      schema: [{ name: 'Count', type: 'Int64' }],
      results: [{ Count: 3 }],
    });
  }
});

test('a time span narrows what is looked at; without one it is thirty days', async () => {
  const count = async (timespan?: string): Promise<unknown> =>
    (await hunting.rows('DeviceProcessEvents | count', timespan === undefined ? {} : { Timespan: timespan }))[0]?.[0];
  assert.equal(await count('2026-11-01T08:00:01Z/2026-11-01T08:00:02Z'), 2);
  assert.equal(await count('2026-11-01T08:00:01Z/PT0S'), 1);
  assert.equal(await count('PT1S/2026-11-01T08:00:01Z'), 2);
  assert.equal(await count('P30D'), 3);
  assert.equal(await count('P1M'), 3);
  assert.equal(await count('P1D'), 0);
  assert.equal(await count('2026-11-01T08:00:01'), 2);
  const other = await beginHunting(server, 0);
  const old = { Timestamp: '2026-10-01T00:00:00Z', DeviceId: 'd' };
  await other.ingest([{ category: 'AdvancedHunting-DeviceInfo', time: old.Timestamp, properties: old }]);
  assert.deepEqual(await other.rows('DeviceInfo | count'), [[0]]);
  assert.deepEqual(await other.rows('DeviceInfo | count', { Timespan: 'P60D' }), [[1]]);
  for (const wrong of ['soon', 'P', 'PT', '2026-13-01', 'P1D/P1D', '2026-11-02/2026-11-01', 'a/b/c', 'P9999Y9D/1-1']) {
    const answer = await hunting.post(advancedHunting, { Query: 'print 1', Timespan: wrong });
    assertError(answer, 400, 'InvalidInput', /Timespan/);
  }
});

test('what is wrong with a query is said in the documented words, with its line and column', async () => {
  const cases: readonly (readonly [string, RegExp])[] = [
    [
      'DeviceInfo\n| project x',
      /^'project' operator: Failed to resolve scalar expression named 'x' \[line:position=2:11\]$/,
    ],
    ['Foo | take 1', /^Failed to resolve table or column expression named 'Foo' \[line:position=1:1\]$/],
    ['DeviceInfo | wher DeviceId == 1', /^A recognition error occurred\. .*\[line:position=1:14\]/],
    ['DeviceInfo | where DeviceId ==', /^A recognition error occurred\. .*\[line:position=1:31\]$/],
    ['externaldata(a:string)["https://example.com/a.csv"]', /externalDataUrls.*\[line:position=1:1\]$/],
  ];
  for (const [query, said] of cases) {
    assertError(await hunting.post(advancedHunting, { Query: query }), 400, 'BadRequest', said);
  }
  const answer = await hunting.post(runHuntingQuery, { Query: 'Foo' });
  assert.equal(answer.status, 400);
  assert.match(answer.text, /"code":"Request_BadRequest","message":"Failed to resolve table/);
});

test('a body that is not as documented is refused by what is wrong with it', async () => {
  for (const path of [advancedHunting, advancedQueries]) {
    assertError(await hunting.post(path, {}), 400, 'MissingRequiredParameter', /^Parameter Query is missing$/);
    assertError(await hunting.post(path, { Query: '' }), 400, 'MissingRequiredParameter', /Query/);
    assertError(await hunting.post(path, { query: 'print 1' }), 400, 'InvalidRequestBody', /there is no query/);
    assertError(await hunting.post(path, { Query: 5 }), 400, 'InvalidRequestBody', /Query must be a text/);
    assertError(await hunting.post(path, [1]), 400, 'InvalidRequestBody', /JSON object/);
  }
  const json = { 'content-type': 'application/json' };
  assert.equal((await hunting.post(advancedHunting, '{"Query":', json)).status, 400);
  assert.equal((await hunting.post(runHuntingQuery, {})).status, 400);
});

test('without a credential, with that of another API, or without the permission, nothing runs', async () => {
  const body = { Query: 'print 1' };
  for (const path of [advancedHunting, advancedQueries, runHuntingQuery]) {
    assert.equal((await server.request(path, { body })).status, 401);
    const { value: token } = await makeToken(
      server,
      await makePerson(server, hunting.story.tenant, 'global-administrator'),
    );
    assert.ok([401, 403].includes((await server.request(path, { token, body })).status));
  }
  const story = await makeStory(server.services);
  const authorization = `Bearer ${await appToken(server.services, story)}`;
  const refused = await server.request(advancedHunting, { headers: { authorization }, body });
  assertError(refused, 403, 'Forbidden', /AdvancedHunting\.Read\.All/);
  const explained = await server.request(`/management/v1/explanations/${refused.headers['x-correlation-id']}`, {
    session: (await makePerson(server, story.tenant, 'global-administrator')).session,
  });
  assert.match(explained.text, /AdvancedHunting\.Read\.All/);
});

test('the names of the two APIs open their own call only', async () => {
  const { story } = hunting;
  const only = async (role: string) => ({
    authorization: `Bearer ${await appToken(server.services, story, { app: { servicePrincipalId: story.principalId, roles: [role] } })}`,
  });
  const body = { Query: 'print 1' };
  const xdr = await only('AdvancedHunting.Read.All');
  const endpoint = await only('AdvancedQuery.Read.All');
  assert.equal((await server.request(advancedHunting, { headers: xdr, body })).status, 200);
  assert.equal((await server.request(advancedQueries, { headers: endpoint, body })).status, 200);
  assert.equal((await server.request(advancedHunting, { headers: endpoint, body })).status, 403);
  assert.equal((await server.request(advancedQueries, { headers: xdr, body })).status, 403);
});

test('an app that acts for a person may what both may, and a session what its person may', async () => {
  const { story } = hunting;
  const body = { Query: 'DeviceProcessEvents | count' };
  for (const [role, status] of [
    ['security-reader', 200],
    [undefined, 403],
  ] as const) {
    const user = await makeUser(server.services, story.tenant, role === undefined ? {} : { role });
    const token = await userToken(server.services, story, user, {
      user: {
        ...{ userId: user.id, userName: user.userName, displayName: user.displayName, subject: 'pairwise' },
        ...{ scopes: ['AdvancedHunting.Read'], authTime: server.services.clock(), amr: ['pwd', 'mfa'] },
      },
    });
    const byApp = await server.request(advancedHunting, { headers: { authorization: `Bearer ${token}` }, body });
    assert.equal(byApp.status, status, byApp.text);
    const { session } = await makePerson(server, story.tenant, role);
    const bySession = await server.request(advancedHunting, { session, body });
    assert.equal(bySession.status, status, bySession.text);
  }
});

test('a tenant finds its own rows only', async () => {
  const other = await beginHunting(server, 1);
  assert.deepEqual(await other.rows('DeviceProcessEvents | count'), [[1]]);
  assert.deepEqual(await hunting.rows('DeviceProcessEvents | count'), [[3]]);
  const stranger = await makePerson(server, await makeTenant(server.services), 'security-reader');
  const answer = await server.request(advancedHunting, {
    session: stranger.session,
    body: { Query: 'union withsource=T * | summarize count() by T' },
  });
  if (answer.status === 200) assert.deepEqual(answer.json<HuntingAnswer>().Results, []);
  else assertError(answer, 400, 'BadRequest', /./);
});
