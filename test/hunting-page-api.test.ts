// What the hunting page asks for besides queries: the schema to write them with, what rules may be made of, and rules in order.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { makeTenant } from './support/accounts.ts';
import {
  beginDetections,
  type DetectionStory,
  managementPath,
  ruleBody,
  withPeriod,
  withQuery,
} from './support/custom-detections.ts';
import { makePerson, type Person, startTestServer, type TestServer } from './support/server.ts';

const schemaPath = '/management/v1/hunting/schema';

let server: TestServer;
let detections: DetectionStory;
let reader: Person;
let nobody: Person;
let stranger: Person;
before(async () => {
  server = await startTestServer();
  detections = await beginDetections(server);
  reader = await makePerson(server, detections.story.tenant, 'security-reader');
  nobody = await makePerson(server, detections.story.tenant, 'application-administrator');
  stranger = await makePerson(server, await makeTenant(server.services), 'security-administrator');
});
after(() => server.dispose());

const get = (path: string, person: Person) => server.request(path, { session: person.session });

interface Schema {
  readonly tables: { name: string; timeColumn: string | null; columns: { name: string; type: string }[] }[];
  readonly functions: { name: string; parameters: string; body: string }[];
  readonly watchlists: { alias: string; searchKey: string; columns: { name: string }[] }[];
  readonly moreWatchlists: boolean;
  readonly rowsMax: number;
}

test('the schema of queries has tables, functions and the watchlists of the own tenant alone', async () => {
  const made = await server.request('/management/v1/watchlists/vips?searchKey=Account', {
    method: 'PUT',
    session: detections.admin.session,
    headers: { 'content-type': 'text/csv' },
    body: 'Account,Note\r\nada@contoso.example,first\r\n',
  });
  assert.ok([200, 201].includes(made.status), made.text);
  const answer = await get(schemaPath, reader);
  assert.equal(answer.status, 200, answer.text);
  const { tables, functions, watchlists, moreWatchlists, rowsMax } = answer.json<Schema>();
  const processes = tables.find(({ name }) => name === 'DeviceProcessEvents');
  assert.equal(processes?.timeColumn, 'Timestamp');
  assert.deepEqual(
    processes?.columns.find(({ name }) => name === 'ProcessId'),
    { name: 'ProcessId', type: 'long' },
  );
  const profile = functions.find(({ name }) => name === 'FileProfile');
  assert.match(`${profile?.parameters} ${profile?.body}`, /^\(.*\) \{/s);
  assert.deepEqual(
    watchlists.map(({ alias, searchKey }) => [alias, searchKey]),
    [['vips', 'Account']],
  );
  assert.ok(watchlists[0]?.columns.some(({ name }) => name === 'SearchKey'));
  assert.deepEqual([moreWatchlists, rowsMax], [false, server.services.config.huntingRowsMax]);
  assert.deepEqual((await get(schemaPath, stranger)).json<Schema>().watchlists, []);
});

test('who may not hunt learns no schema and no choices, and is told which permission is missing', async () => {
  for (const [path, permission] of [
    [schemaPath, 'AdvancedHunting.Read.All'],
    [`${managementPath}/choices`, 'CustomDetection.Read.All'],
    [`${managementPath}?sort=severity`, 'CustomDetection.Read.All'],
  ] as const) {
    const refused = await get(path, nobody);
    assert.equal(refused.status, 403, path);
    const { code, permission: missing, roles } = refused.json<{ code: string; permission: string; roles: string[] }>();
    assert.deepEqual([code, missing], ['permission-missing', permission]);
    assert.ok(roles.includes('Security reader') && !roles.includes('Application administrator'), String(roles));
    assert.equal((await server.request(path)).status, 401, path);
  }
  assert.equal((await server.request(schemaPath, { session: reader.session, body: {} })).status, 405);
});

test('what a rule may be made of is what the server takes', async () => {
  const answer = await get(`${managementPath}/choices`, reader);
  assert.equal(answer.status, 200, answer.text);
  const { periods, severities, categories, assets } = answer.json<{
    periods: string[];
    severities: string[];
    categories: string[];
    assets: { kind: string; type: string; identifiers: string[] }[];
  }>();
  for (const period of periods) await detections.manage(201, 'POST', '', ruleBody(withPeriod(period)));
  for (const [index, severity] of severities.entries()) {
    await detections.manage(201, 'POST', '', ruleBody({}, { severity, category: categories[index] }));
  }
  for (const { type, identifiers } of assets) {
    const [identifier = ''] = identifiers;
    const column = identifier.charAt(0).toUpperCase() + identifier.slice(1);
    const query = withQuery(`DeviceProcessEvents | extend ${column} = AccountUpn`);
    const impactedAssets = [{ '@odata.type': type, identifier }];
    await detections.manage(201, 'POST', '', ruleBody(query, { impactedAssets }));
  }
  for (const bad of [withPeriod('2H'), { displayName: '' }]) await detections.manage(400, 'POST', '', ruleBody(bad));
});

test('rules come in each order, both ways, searched, by state and in pages; another tenant’s are not among them', async () => {
  const make = async (displayName: string, severity: string, period: string, isEnabled = true) => {
    server.services.testClock.advance(1000);
    await detections.manage(201, 'POST', '', ruleBody({ displayName, isEnabled, ...withPeriod(period) }, { severity }));
  };
  await make('Sorted c', 'low', '24H');
  await make('Sorted a', 'high', '1H');
  await make('Sorted b', 'medium', '3H', false);
  const list = async (query: string, person = reader) => {
    const session = person === reader ? { ...reader, session: await signInAgain() } : person;
    const answer = await get(`${managementPath}?search=sorted&${query}`, session);
    assert.equal(answer.status, 200, answer.text);
    const { items } = answer.json<{ items: { displayName: string }[] }>();
    return items.map(({ displayName }) => displayName.slice(-1)).join('');
  };
  const signInAgain = async () => (await import('./support/server.ts')).signIn(server, reader.user);
  assert.equal(await list(''), 'abc');
  assert.equal(await list('direction=desc'), 'cba');
  assert.equal(await list('sort=severity'), 'cba');
  assert.equal(await list('sort=severity&direction=desc'), 'abc');
  assert.equal(await list('sort=period&direction=desc'), 'cba');
  assert.equal(await list('sort=changed'), 'cab');
  assert.equal(await list('sort=nextRun'), 'cab', 'what never runs comes last');
  assert.equal(await list('sort=lastRun'), 'abc', 'none has run, so by name');
  assert.equal(await list('enabled=false'), 'b');
  assert.equal(await list('status=completed'), '');
  assert.equal(await list('sort=severity&skip=1&limit=1'), 'b');
  assert.equal(await list('sort=severity', stranger), '');
  for (const query of ['sort=query', 'direction=up', 'enabled=perhaps', 'status=new', 'limit=0']) {
    assert.equal((await get(`${managementPath}?${query}`, reader)).status, 400, query);
  }
});
