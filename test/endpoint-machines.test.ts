// /api/machines through a whole server: where machines come from, how they are listed, fetched and tagged.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  assertDefenderError,
  type EndpointClient,
  endpointRoles,
  makeEndpointClient,
  type EndpointPage as Page,
  sampleMachine,
} from './support/endpoint.ts';
import { endpointForm, graphForm, ownForm } from './support/foreign-alerts.ts';
import { sampleIncident } from './support/incidents.ts';
import { startTestServer, type TestServer } from './support/server.ts';

let server: TestServer;
before(async () => {
  server = await startTestServer({
    settings: { endpointCallsPerMinute: 100_000, endpointCallsPerHour: 100_000, appRequestsPerMinute: 100_000 },
  });
});
after(() => server.dispose());

type Members = Readonly<Record<string, unknown>>;

const machineId = '24c222b0b60fe148eeece49ac83910cc6a7ef491';

async function list(client: EndpointClient, query = ''): Promise<Page> {
  const answer = await client.call(`/api/machines${query}`);
  assert.equal(answer.status, 200, answer.text);
  return answer.json<Page>();
}

const namesIn = (page: Page): unknown[] => page.value.map(({ computerDnsName }) => computerDnsName);

test('machines come from the devices of ingested alerts and incidents, one for each device', async () => {
  const client = await makeEndpointClient(server);
  await client.ingest('alerts', [ownForm, graphForm, endpointForm]);
  const page = await list(client);
  assert.equal(page['@odata.context'], `${server.url}/api/$metadata#Machines`);
  assert.equal(page.value.length, 1);
  const [machine = {}] = page.value;
  assert.equal(machine.id, machineId);
  assert.equal(machine.computerDnsName, 'pc7.contoso.example');
  assert.equal(machine.osPlatform, 'Windows11');
  assert.equal(machine.riskScore, 'High');
  assert.equal(machine.firstSeen, '2026-09-12T07:28:32.4321753Z');
  assert.equal(machine.lastSeen, '2026-11-20T07:59:59.6Z');
  assert.deepEqual(machine.machineTags, ['lab']);
  assert.equal(machine.exposureLevel, null);
  const incident = JSON.stringify(sampleIncident(3));
  const { session } = client.admin;
  assert.equal((await server.request('/management/v1/ingest/incidents', { session, body: incident })).status, 200);
  assert.ok(namesIn(await list(client)).includes('pc3.contoso.example'));
});

test('a machine that was known by its name only is the one that turns up with an id', async () => {
  const client = await makeEndpointClient(server);
  const device = { name: 'PC9.contoso.example' };
  await client.ingest('alerts', [{ ...ownForm, devices: [device] }]);
  const [nameOnly] = (await list(client)).value;
  assert.match(String(nameOnly?.id), /^[0-9a-f]{40}$/);
  await client.ingest('machines', [sampleMachine(9)]);
  const page = await list(client);
  assert.deepEqual(
    page.value.map(({ id }) => id),
    ['machine-0009'],
  );
  await client.ingest('alerts', [{ ...ownForm, id: 'another', devices: [device] }]);
  assert.deepEqual(
    (await list(client)).value.map(({ id }) => id),
    ['machine-0009'],
  );
});

test('ingested machines are stored, replaced by later states, and known when sent again', async () => {
  const client = await makeEndpointClient(server);
  const machines = Array.from({ length: 3 }, (_, index) => sampleMachine(index));
  assert.deepEqual(await client.ingest('machines', machines), {
    ...{ received: 3, stored: 3, replaced: 0, duplicates: 0, rejected: 0, problems: [] },
  });
  assert.equal((await client.ingest('machines', JSON.stringify({ value: machines }))).duplicates, 3);
  const later = sampleMachine(1, { riskScore: 'High', lastSeen: '2026-11-21T00:00:00Z', machineTags: [] });
  assert.equal((await client.ingest('machines', [later])).replaced, 1);
  const answer = await client.call('/api/machines/machine-0001');
  const { '@odata.context': context, ...machine } = answer.json<Members>();
  assert.equal(context, `${server.url}/api/$metadata#Machines/$entity`);
  assert.deepEqual(machine, { osProcessor: null, deviceValue: null, ...later });
  const bad = await client.ingest('machines', [
    { id: 'x' },
    5,
    sampleMachine(5, { id: 'a b' }),
    sampleMachine(6, { riskScore: 7 }),
  ]);
  assert.deepEqual([bad.stored, bad.rejected], [0, 4]);
  assert.match(String(bad.problems[0]?.reason), /^lastSeen must be a time/);
});

test('the list is newest first, filtered by every documented property, paged and counted', async () => {
  const client = await makeEndpointClient(server);
  await client.ingest(
    'machines',
    Array.from({ length: 12 }, (_, index) => sampleMachine(index)),
  );
  const of = (...numbers: number[]) => numbers.map((number) => `PC${number}.contoso.example`);
  for (const [query, names] of [
    ['?$top=2', of(11, 10)],
    ['?$top=2&$skip=1', of(10, 9)],
    ["?$filter=computerDnsName eq 'pc3.CONTOSO.example'", of(3)],
    ["?$filter=startswith(computerDnsName,'pc1')", of(11, 10, 1)],
    ["?$filter=id in ('machine-0004','machine-0005')", of(5, 4)],
    ["?$filter=osPlatform eq 'Linux' and rbacGroupId lt 4", of(3, 1)],
    ['?$filter=lastSeen gt 2026-11-20T08:00:09.5Z', of(11, 10)],
    ["?$filter=machineTags/any(tag: tag eq 'TAG 7')", of(7)],
    ["?$filter=lastIpAddress eq '192.0.2.2' or lastIpAddress eq '192.0.2.3'", of(3, 2)],
    ['?$filter=aadDeviceId ne null', []],
    [
      "?$filter=not (osPlatform eq 'Linux') and healthStatus eq 'Active' and exposureLevel eq 'medium' and riskScore ne 'High'&$top=1",
      of(10),
    ],
    ['?$orderby=computerDnsName asc&$top=2', of(0, 1)],
    ["?$filter=version eq '23H2' and onboardingStatus eq 'onboarded' and deviceValue eq null&$top=1", of(11)],
  ] as const)
    assert.deepEqual(namesIn(await list(client, query.replaceAll(' ', '%20'))), names, query);
  const counted = await list(client, '?$top=5&$count=true');
  assert.equal(counted['@odata.count'], 12);
  const seen: unknown[] = [];
  let link: string | undefined = `${server.url}/api/machines?$top=5`;
  while (link) {
    const url = new URL(link);
    const page: Page = (await client.call(`${url.pathname}${url.search}`)).json<Page>();
    seen.push(...namesIn(page));
    link = page['@odata.nextLink'];
  }
  assert.deepEqual(seen, of(11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0));
});

test('tags are added and removed once each, whatever their case, and stay when the machine is seen again', async () => {
  const client = await makeEndpointClient(server);
  await client.ingest('machines', [sampleMachine(1)]);
  const tag = (Value: unknown, Action: unknown) =>
    client.call('/api/machines/machine-0001/tags', { body: { Value, Action } });
  const added = await tag('Server room', 'Add');
  assert.equal(added.status, 200, added.text);
  assert.deepEqual(added.json<Members>().machineTags, ['Tag 1', 'all', 'Server room']);
  assert.deepEqual((await tag('ALL', 'Remove')).json<Members>().machineTags, ['Tag 1', 'Server room']);
  await client.ingest('alerts', [{ ...ownForm, devices: [{ id: 'machine-0001' }] }]);
  const filter = encodeURIComponent("machineTags/any(tag: tag eq 'server ROOM')");
  assert.deepEqual(namesIn(await list(client, `?$filter=${filter}`)), ['PC1.contoso.example']);
  for (const [value, act, code] of [
    ['', 'Add', 'MissingRequiredParameter'],
    ['x', 'Put', 'InvalidInput'],
    ['a\nb', 'Add', 'InvalidInput'],
    [5, 'Add', 'InvalidRequestBody'],
  ] as const)
    assertDefenderError(await tag(value, act), 400, code, /./);
  const body = { Value: 'x', Action: 'Add' };
  const path = '/api/machines/machine-0001/tags';
  assertDefenderError(
    await client.callWith(['Machine.Read.All'], path, { body }),
    403,
    'Forbidden',
    /Machine\.ReadWrite\.All/,
  );
  const other = await makeEndpointClient(server);
  assertDefenderError(await other.call(path, { body }), 404, 'ResourceNotFound', /was not found/);
});

test('the alerts of a machine are those that name its id or its DNS name', async () => {
  const client = await makeEndpointClient(server);
  await client.ingest('machines', [sampleMachine(1), sampleMachine(2)]);
  await client.ingest('alerts', [
    { ...ownForm, id: 'by-id', devices: [{ id: 'machine-0001' }] },
    { ...ownForm, id: 'by-name', devices: [{ name: 'pc1.contoso.example' }] },
    { ...ownForm, id: 'other', devices: [{ id: 'machine-0002' }] },
  ]);
  const answer = await client.callWith(['Alert.Read.All'], '/api/machines/machine-0001/alerts');
  assert.equal(answer.status, 200, answer.text);
  assert.deepEqual(
    answer
      .json<Page>()
      .value.map(({ id }) => id)
      .sort(),
    ['by-id', 'by-name'],
  );
  assertDefenderError(await client.call('/api/machines/none/alerts'), 404, 'ResourceNotFound', /none/);
  assertDefenderError(
    await client.callWith(['Machine.Read.All'], '/api/machines/machine-0001/alerts'),
    403,
    'Forbidden',
    /Alert/,
  );
});

test('bad questions are refused in the documented shape, by name', async () => {
  const client = await makeEndpointClient(server);
  for (const [path, code, said] of [
    ['/api/machines?$top=10001', 'ODataError', /\$top/],
    ['/api/machines?$filter=name%20eq%20%27x%27', 'ODataError', /cannot be filtered by name; they can by id/],
    ['/api/machines?$filter=lastSeen%20gt%20%27x%27', 'ODataError', /time without quotes/],
    ['/api/machines?$orderby=riskScore', 'ODataError', /sorted by one of/],
    ['/api/machines?$skiptoken=1', 'ODataError', /skiptoken/],
    ['/api/machines?$select=id', 'ODataError', /\$select is not supported/],
    ['/api/machineactions/5', 'InvalidInput', /GUID/],
  ] as const)
    assertDefenderError(await client.call(path), 400, code, said);
  assertDefenderError(await client.call('/api/machines/none'), 404, 'ResourceNotFound', /Machine none was not found/);
  const none = '11111111-1111-4111-8111-111111111111';
  assertDefenderError(await client.call(`/api/machineactions/${none}`), 404, 'ResourceNotFound', /was not found/);
});

test('paths with the version answer the same, and too many calls get the documented 429', async () => {
  const limited = await startTestServer({ settings: { endpointCallsPerMinute: 2, endpointCallsPerHour: 3 } });
  try {
    const client = await makeEndpointClient(limited);
    await client.ingest('machines', [sampleMachine(1)]);
    for (const prefix of ['/api', '/api/v1.0']) {
      const page = (await client.callWith(endpointRoles, `${prefix}/machines`)).json<Page>();
      assert.deepEqual(namesIn(page), ['PC1.contoso.example']);
    }
    const refused = await client.call('/api/machines');
    assertDefenderError(refused, 429, '429', /^API calls quota exceeded! maximum allowed 2 per 00:01:00$/);
    assert.ok(Number(refused.headers['retry-after']) > 0);
    assert.equal((await client.call('/api/machineactions')).status, 200);
    limited.services.testClock.advance(61_000);
    assert.equal((await client.call('/api/machines')).status, 200);
    limited.services.testClock.advance(61_000);
    assertDefenderError(await client.call('/api/machines'), 429, '429', /maximum allowed 3 per 01:00:00$/);
  } finally {
    await limited.dispose();
  }
});
