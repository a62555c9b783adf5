// /api/alerts through a whole server: the endpoint API's list, record, update and related things (Defender reference 4.1).
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assertDefenderError, type EndpointClient, linesOf, makeEndpointClient } from './support/endpoint.ts';
import { endpointForm, graphForm, ocsfForm, ownForm } from './support/foreign-alerts.ts';
import { makePerson, startTestServer, type TestServer } from './support/server.ts';

type Members = Readonly<Record<string, unknown>>;
interface Page {
  readonly value: readonly Members[];
  readonly '@odata.context': string;
  readonly '@odata.nextLink'?: string;
  readonly '@odata.count'?: number;
}

let server: TestServer;
before(async () => {
  server = await startTestServer({
    settings: {
      ...{ endpointCallsPerMinute: 100_000, endpointCallsPerHour: 100_000, appRequestsPerMinute: 100_000 },
      alertsChangedMax: 50,
    },
  });
});
after(() => server.dispose());

async function list(client: EndpointClient, query = ''): Promise<Page> {
  const answer = await client.call(`/api/alerts${query.replaceAll(' ', '%20')}`);
  assert.equal(answer.status, 200, `${query} ${answer.text}`);
  return answer.json<Page>();
}

const idsIn = (page: Page): unknown[] => page.value.map(({ id }) => id);

const numbered = (index: number, changes: Members = {}): Members => ({
  ...endpointForm,
  id: `da${String(index).padStart(4, '0')}`,
  alertCreationTime: new Date(Date.UTC(2026, 10, 20, 8, 0, index)).toISOString(),
  lastUpdateTime: new Date(Date.UTC(2026, 10, 20, 9, 0, index)).toISOString(),
  computerDnsName: `pc${index}.contoso.example`,
  machineId: `machine-${index}`,
  ...changes,
});
const of = (...numbers: number[]): string[] => numbers.map((index) => `da${String(index).padStart(4, '0')}`);

test('the record has every documented member, with evidence when it is asked for', async () => {
  const client = await makeEndpointClient(server);
  await client.ingest('alerts', [endpointForm]);
  const page = await list(client);
  assert.equal(page['@odata.context'], `${server.url}/api/$metadata#Alerts`);
  const [{ incidentId, ...alert } = { incidentId: null }] = page.value;
  assert.equal(typeof incidentId, 'number');
  const { incidentId: _theirs, evidence, ...expected } = endpointForm;
  assert.deepEqual(alert, {
    ...expected,
    aadTenantId: client.story.tenant.id,
    relatedUser: { userName: 'ana', domainName: 'CONTOSO' },
    evidence: [],
  });
  const [expanded = {}] = (await list(client, '?$expand=evidence')).value;
  const pieces = expanded.evidence as readonly Members[]; // The documented list.
  assert.equal(pieces.length, (evidence as readonly Members[]).length);
  assert.equal(Object.keys(pieces[0] ?? {}).length, 25);
  assert.deepEqual([pieces[0]?.accountName, pieces[0]?.sha1, pieces[1]?.processId], ['ana', null, 3276]);
  const one = (await client.call(`/api/alerts/${String(endpointForm.id)}`)).json<Members>();
  assert.deepEqual(one, { '@odata.context': `${server.url}/api/$metadata#Alerts/$entity`, ...expanded });
});

test('alerts of every form are served in this one', async () => {
  const client = await makeEndpointClient(server);
  await client.ingest('alerts', [ownForm, graphForm, ocsfForm]);
  for (const { machineId, computerDnsName, evidence, lastEventTime } of (await list(client, '?$expand=evidence'))
    .value) {
    assert.equal(machineId, '24c222b0b60fe148eeece49ac83910cc6a7ef491');
    assert.equal(computerDnsName, 'pc7.contoso.example');
    assert.ok(Array.isArray(evidence) && evidence.length > 0);
    assert.ok(typeof lastEventTime === 'string');
  }
});

test('the list is filtered by every documented property, sorted, paged and counted', async () => {
  const client = await makeEndpointClient(server);
  const changes: Members[] = [
    {},
    { status: 'New', severity: 'High' },
    { status: 'Resolved', classification: 'TruePositive', determination: 'Malware' },
    { category: 'Malware', assignedTo: 'Bo@contoso.example' },
    { detectionSource: 'CustomDetection', lastEventTime: '2026-11-20T10:00:00Z' },
  ];
  await client.ingest(
    'alerts',
    changes.map((change, index) => numbered(index, change)),
  );
  const incidentId = String((await list(client, "?$filter=id eq 'da0001'")).value[0]?.incidentId);
  for (const [query, ids] of [
    ['', of(4, 3, 2, 1, 0)],
    ['?$top=2&$skip=1', of(3, 2)],
    ['?$orderby=lastUpdateTime asc&$top=2', of(0, 1)],
    ['?$orderby=severity desc&$top=1', of(1)],
    ['?$orderby=lastEventTime desc&$top=1', of(4)],
    ['?$filter=alertCreationTime ge 2026-11-20T08:00:03.0000000Z', of(4, 3)],
    ['?$filter=alertCreationTime+gt+2026-11-20T08:00:03Z', of(4)],
    ['?$filter=lastUpdateTime lt 2026-11-20T09:00:01Z', of(0)],
    ['?$filter=lastEventTime gt 2026-11-20T09:30:00Z', of(4)],
    [`?$filter=incidentId eq ${incidentId} and id eq 'da0001'`, of(1)],
    ["?$filter=status eq 'Resolved' or status eq 'New'", of(2, 1)],
    ["?$filter=status in ('inprogress')", of(4, 3, 0)],
    ["?$filter=severity eq 'High'", of(1)],
    ["?$filter=severity ne 'High' and category eq 'Malware'", of(3)],
    ["?$filter=assignedTo eq 'bo@CONTOSO.example'", of(3)],
    ["?$filter=assignedTo eq null and detectionSource eq 'CustomDetection'", of(4)],
    ["?$filter=classification eq 'TruePositive' and determination eq 'Malware'", of(2)],
    ['?$filter=classification ne null', of(2)],
    ["?$filter=machineId eq 'machine-3' or computerDnsName eq 'PC1.contoso.example'", of(3, 1)],
    ["?$filter=severity eq 'UnSpecified'", []],
  ] as const)
    assert.deepEqual(idsIn(await list(client, query)), ids, query);
  assert.equal((await list(client, "?$top=1&$count=true&$filter=status eq 'InProgress'"))['@odata.count'], 3);
});

test('links lead through more alerts than are held at once, each once, although others come in meanwhile', async () => {
  const client = await makeEndpointClient(server);
  const count = 620;
  const lines = Array.from({ length: count }, (_, index) => numbered(index, { evidence: [], relatedUser: null }));
  await client.ingest('alerts', lines);
  const whole = idsIn(await list(client));
  assert.deepEqual(whole, of(...Array.from({ length: count }, (_, index) => count - 1 - index)));
  for (const query of ['?$top=270', '?$top=270&$orderby=severity%20desc']) {
    const seen: unknown[] = [];
    let link: string | undefined = `${server.url}/api/alerts${query}`;
    let pages = 0;
    while (link) {
      const url = new URL(link);
      const page: Page = (await client.call(`${url.pathname}${url.search}`)).json<Page>();
      seen.push(...idsIn(page));
      link = page['@odata.nextLink'];
      if (pages++ === 0 && query === '?$top=270') await client.ingest('alerts', [numbered(9000)]);
    }
    assert.equal(pages, 3);
    assert.equal(new Set(seen).size, seen.length);
    assert.ok(whole.every((id) => seen.includes(id)));
  }
});

test('bad questions are refused in the documented shape, by name', async () => {
  const client = await makeEndpointClient(server);
  for (const [query, said] of [
    ['$top=10001', /\$top/],
    ['$top=x', /\$top must be a whole number/],
    ['$filter=title eq 1', /Alerts cannot be filtered by title; they can by id/],
    ['$filter=threatName eq 5', /cannot be filtered by threatName/],
    ["$filter=status eq 'Open'", /status is one of New, InProgress, Resolved, not Open/],
    ["$filter=severity gt 'Low'", /gt cannot be used on severity/],
    ['$filter=incidentId gt 5', /gt cannot be used on incidentId/],
    ["$filter=alertCreationTime gt 'x'", /without quotes/],
    ['$filter=(', /property/],
    ['$expand=machine', /evidence can be expanded, not machine/],
    ['$orderby=title', /sorted by one of/],
    ['$skiptoken=9-x', /skiptoken/],
    ['$select=id', /\$select is not supported/],
  ] as const)
    assertDefenderError(await client.call(`/api/alerts?${query.replaceAll(' ', '%20')}`), 400, 'ODataError', said);
  assertDefenderError(await client.call('/api/alerts/none?$top=1'), 400, 'ODataError', /\$top is not supported/);
  assertDefenderError(await client.call('/api/alerts/none'), 404, 'ResourceNotFound', /was not found/);
  assertDefenderError(await client.call('/api/alerts', { method: 'POST', body: {} }), 405, 'BadRequest', /takes GET/);
  const created = await client.call('/api/alerts/CreateAlertByReference', { body: {} });
  assertDefenderError(created, 404, 'NotFound', /There is no/);
});

test('an update changes only what it names, adds its comment, and shows in the incident', async () => {
  const client = await makeEndpointClient(server);
  await client.ingest('alerts', [endpointForm]);
  const path = `/api/alerts/${String(endpointForm.id)}`;
  const patch = (body: unknown) => client.call(path, { method: 'PATCH', body });
  const body = {
    status: 'Resolved',
    assignedTo: 'Bo@contoso.example',
    classification: 'FalsePositive',
    determination: 'Clean',
    comment: 'Resolve my alert.',
  };
  const answer = await patch(body);
  assert.equal(answer.status, 200, answer.text);
  const alert = answer.json<Members>();
  assert.deepEqual(
    [alert.status, alert.assignedTo, alert.classification, alert.determination],
    ['Resolved', 'Bo@contoso.example', 'FalsePositive', 'Clean'],
  );
  assert.notEqual(alert.resolvedTime, null);
  const comments = alert.comments as readonly Members[]; // The documented list.
  assert.deepEqual(
    comments.map(({ comment }) => comment),
    ['Resolve my alert.', 'Test.'],
  );
  assert.equal(comments[0]?.createdBy, 'Partner connector');
  const incident = await server.request(`/api/incidents/${String(alert.incidentId)}`, {
    session: client.admin.session,
  });
  const [inside] = incident.json<{ alerts: Members[] }>().alerts;
  assert.equal(inside?.status, 'Resolved');
  const cleared = (await patch({ assignedTo: '' })).json<Members>();
  assert.deepEqual([cleared.assignedTo, cleared.status], [null, 'Resolved']);
  const reopened = (await patch({ status: 'InProgress' })).json<Members>();
  assert.deepEqual([reopened.status, reopened.resolvedTime], ['InProgress', null]);
});

test('a wrong update is refused by name and changes nothing', async () => {
  const client = await makeEndpointClient(server);
  await client.ingest('alerts', [endpointForm]);
  const path = `/api/alerts/${String(endpointForm.id)}`;
  const before = (await client.call(path)).text;
  for (const [body, said] of [
    [{ status: 'Open' }, /status is one of/],
    [{ Status: 'Resolved' }, /there is no Status/],
    [{ classification: 'Bad' }, /classification is one of/],
    [{ determination: 'Bad' }, /determination is one of/],
    [
      { classification: 'FalsePositive', determination: 'Malware' },
      /does not go with the classification falsePositive/,
    ],
    [{ comment: 'x'.repeat(8193) }, /longer than 8192/],
    [{ assignedTo: 5 }, /assignedTo must be a text/],
    [{ assignedTo: 'a\nb' }, /printable/],
    [{}, /changes nothing/],
    ['[]', /JSON object/],
    ['{', /not JSON/],
  ] as const) {
    const headers = { 'content-type': 'application/json' };
    assertDefenderError(await client.call(path, { method: 'PATCH', headers, body }), 400, 'InvalidRequestBody', said);
  }
  const missing = await client.call('/api/alerts/none', { method: 'PATCH', body: { status: 'New' } });
  assertDefenderError(missing, 404, 'ResourceNotFound', /Alert none was not found/);
  assert.equal((await client.call(path)).text, before);
});

test('a batch updates its alerts at once, up to the documented error for too many', async () => {
  const client = await makeEndpointClient(server);
  await client.ingest(
    'alerts',
    [0, 1, 2].map((index) => numbered(index)),
  );
  const path = '/api/alerts/batchUpdate';
  const done = await client.call(path, { body: { alertIds: of(0, 2), status: 'Resolved', comment: 'All.' } });
  assert.equal(done.status, 200, done.text);
  assert.deepEqual(idsIn(await list(client, "?$filter=status eq 'Resolved'")), of(2, 0));
  const many = Array.from({ length: 51 }, (_, index) => `x${index}`);
  const tooMany = await client.call(path, { body: { alertIds: many, status: 'New' } });
  assertDefenderError(
    tooMany,
    400,
    'MaximumBatchSizeExceeded',
    /^Maximum batch size exceeded\. Received: 51, allowed: 50$/,
  );
  assertDefenderError(
    await client.call(path, { body: { status: 'New' } }),
    400,
    'MissingRequiredParameter',
    /alertIds/,
  );
  assertDefenderError(
    await client.call(path, { body: { alertIds: ['no'], status: 'New' } }),
    404,
    'ResourceNotFound',
    /Alert no /,
  );
});

test('two who resolve one alert at the same time change it once each and lose no comment', async () => {
  const client = await makeEndpointClient(server);
  await client.ingest('alerts', [endpointForm]);
  const path = `/api/alerts/${String(endpointForm.id)}`;
  const bodies = Array.from({ length: 6 }, (_, index) => ({ status: 'Resolved', comment: `c${index}` }));
  const answers = await Promise.all(bodies.map((body) => client.call(path, { method: 'PATCH', body })));
  assert.deepEqual([...new Set(answers.map(({ status }) => status))], [200]);
  const { comments } = (await client.call(path)).json<{ comments: { comment: string }[] }>();
  assert.deepEqual(comments.map(({ comment }) => comment).sort(), ['Test.', 'c0', 'c1', 'c2', 'c3', 'c4', 'c5']);
});

test('what an alert is about is served by itself', async () => {
  const client = await makeEndpointClient(server);
  await client.ingest('alerts', [
    {
      ...ownForm,
      entities: [
        ...(ownForm.entities as Members[]),
        { type: 'url', url: 'https://Bad.example/x' },
        { type: 'url', url: 'bad.example' },
      ],
    },
  ]);
  const get = async (name: string) => (await client.call(`/api/alerts/edr-4711/${name}`)).json<Page & Members>();
  const context = `${server.url}/api/$metadata#`;
  assert.equal((await get('machine')).id, '24c222b0b60fe148eeece49ac83910cc6a7ef491');
  const user = await get('user');
  assert.deepEqual(
    [user.accountName, user.accountDomain, user['@odata.context']],
    ['Ana', 'contoso.example', `${context}Users/$entity`],
  );
  assert.deepEqual(await get('ips'), { '@odata.context': `${context}Ips`, value: [{ id: '192.0.2.7' }] });
  assert.deepEqual(await get('domains'), { '@odata.context': `${context}Domains`, value: [{ host: 'bad.example' }] });
  const files = await get('files');
  assert.deepEqual(
    files.value.map(({ sha1, sha256 }) => [sha1, sha256]),
    [['5de839186691aa96ee2ca6d74f0a38fb8d1bd6dd', null]],
  );
  await client.ingest('alerts', [{ ...ownForm, id: 'bare', entities: [], devices: [] }]);
  for (const name of ['machine', 'user'])
    assertDefenderError(
      await client.call(`/api/alerts/bare/${name}`),
      404,
      'ResourceNotFound',
      /alert bare was not found/,
    );
  assert.deepEqual((await client.call('/api/alerts/bare/ips')).json<Page>().value, []);
});

test('each call asks for its permission, and other organisations have nothing of it', async () => {
  const client = await makeEndpointClient(server);
  const other = await makeEndpointClient(server);
  await client.ingest('alerts', [ownForm]);
  const body = { status: 'Resolved' };
  assertDefenderError(await server.request('/api/alerts'), 401, 'Unauthorized', /./);
  for (const path of ['/api/alerts', '/api/alerts/edr-4711', '/api/alerts/edr-4711/user'])
    assertDefenderError(await client.callWith(['Machine.Read.All'], path), 403, 'Forbidden', /Alert\.Read\.All/);
  assertDefenderError(
    await client.callWith(['Alert.Read.All'], '/api/alerts/edr-4711/machine'),
    403,
    'Forbidden',
    /Machine/,
  );
  const patch = await client.callWith(['Alert.Read.All'], '/api/alerts/edr-4711', { method: 'PATCH', body });
  assertDefenderError(patch, 403, 'Forbidden', /Alert\.ReadWrite\.All/);
  const batch = { body: { alertIds: ['edr-4711'], ...body } };
  assertDefenderError(
    await client.callWith(['Alert.Read.All'], '/api/alerts/batchUpdate', batch),
    403,
    'Forbidden',
    /Alert\.ReadWrite\.All/,
  );
  assert.equal((await client.callWith(['Alert.Read.All'], '/api/alerts/edr-4711')).status, 200);
  assert.deepEqual((await list(other)).value, []);
  for (const name of ['', '/machine', '/user', '/ips', '/domains', '/files'])
    assertDefenderError(await other.call(`/api/alerts/edr-4711${name}`), 404, 'ResourceNotFound', /was not found/);
  assertDefenderError(
    await other.call('/api/alerts/edr-4711', { method: 'PATCH', body }),
    404,
    'ResourceNotFound',
    /was not found/,
  );
  assertDefenderError(await other.call('/api/alerts/batchUpdate', batch), 404, 'ResourceNotFound', /was not found/);
  const { session } = await makePerson(server, client.story.tenant, 'security-reader');
  assert.equal((await server.request('/api/alerts', { session })).status, 200);
  assertDefenderError(
    await server.request('/api/alerts/edr-4711', { method: 'PATCH', session, body }),
    403,
    'Forbidden',
    /./,
  );
});

test('too many calls get the documented 429, each call by itself', async () => {
  const limited = await startTestServer({ settings: { endpointCallsPerMinute: 1 } });
  try {
    const client = await makeEndpointClient(limited);
    await client.ingest('alerts', linesOf([ownForm]));
    for (const path of ['/api/alerts', '/api/alerts/edr-4711', '/api/v1.0/alerts/edr-4711/ips']) {
      assert.equal((await client.call(path)).status, 200);
      const refused = await client.call(path);
      assertDefenderError(refused, 429, '429', /^API calls quota exceeded! maximum allowed 1 per 00:01:00$/);
      assert.ok(Number(refused.headers['retry-after']) > 0);
    }
  } finally {
    await limited.dispose();
  }
});
