// POST /management/v1/ingest/alerts and /ingest/machines through a whole server.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { minuteMs } from '../src/lib/clock.ts';
import { makeTenant } from './support/accounts.ts';
import { type EndpointClient, linesOf, makeEndpointClient } from './support/endpoint.ts';
import { endpointForm, graphForm, ocsfForm, ownForm } from './support/foreign-alerts.ts';
import { sampleIncident } from './support/incidents.ts';
import { makePerson, startTestServer, type TestServer } from './support/server.ts';

const path = '/management/v1/ingest/alerts';
const forms = [ownForm, endpointForm, graphForm, ocsfForm];

let server: TestServer;
before(async () => {
  server = await startTestServer({
    settings: {
      endpointCallsPerMinute: 100_000,
      endpointCallsPerHour: 100_000,
      appRequestsPerMinute: 100_000,
      ingestBytesMax: 2_000_000,
      alertBytesMax: 100_000,
    },
  });
});
after(() => server.dispose());

interface Listed {
  readonly value: readonly {
    readonly id: string;
    readonly title: string;
    readonly incidentId: number;
    readonly status: string;
  }[];
}

async function alertsOf(client: EndpointClient): Promise<Listed['value']> {
  const answer = await client.call('/api/alerts');
  assert.equal(answer.status, 200, answer.text);
  return answer.json<Listed>().value;
}

test('alerts in every form become alerts in incidents, and sending them again changes nothing', async () => {
  const client = await makeEndpointClient(server);
  const records = [...forms, sampleIncident(9)];
  const first = await client.ingest('alerts', records);
  assert.deepEqual(first, { received: 5, stored: 5, replaced: 0, duplicates: 0, rejected: 0, problems: [] });
  const before = await alertsOf(client);
  assert.equal(before.length, 5);
  for (const { incidentId } of before) {
    const incident = await server.request(`/api/incidents/${incidentId}`, { session: client.admin.session });
    assert.equal(incident.status, 200, incident.text);
  }
  const again = await client.ingest('alerts', records);
  assert.deepEqual(again, { received: 5, stored: 0, replaced: 0, duplicates: 5, rejected: 0, problems: [] });
  assert.deepEqual(await alertsOf(client), before);
});

test('a later state replaces the alert and shows in its incident; an earlier one does not', async () => {
  const client = await makeEndpointClient(server);
  await client.ingest('alerts', [endpointForm]);
  const later = {
    ...endpointForm,
    title: 'It was worse',
    status: 'Resolved',
    severity: 'High',
    lastUpdateTime: '2026-11-20T08:02:00Z',
  };
  const counts = await client.ingest('alerts', [later, endpointForm, later]);
  assert.deepEqual(counts, { received: 3, stored: 1, replaced: 1, duplicates: 2, rejected: 0, problems: [] });
  const [alert, ...rest] = await alertsOf(client);
  assert.equal(rest.length, 0);
  assert.equal(alert?.title, 'It was worse');
  assert.equal(alert?.status, 'Resolved');
  const incident = await server.request(`/api/incidents/${alert?.incidentId}`, { session: client.admin.session });
  const { severity, alerts } = incident.json<{ severity: string; alerts: { title: string }[] }>();
  assert.deepEqual([severity, alerts.map(({ title }) => title)], ['High', ['It was worse']]);
  assert.equal((await client.ingest('alerts', [endpointForm])).duplicates, 1);
});

test('what a person did here stays until the other product says something later', async () => {
  const client = await makeEndpointClient(server);
  await client.ingest('alerts', [endpointForm]);
  const id = String(endpointForm.id);
  const done = await client.call(`/api/alerts/${id}`, {
    method: 'PATCH',
    body: { status: 'Resolved', comment: 'Ours.' },
  });
  assert.equal(done.status, 200, done.text);
  assert.equal((await client.ingest('alerts', [endpointForm])).duplicates, 1);
  assert.equal((await alertsOf(client))[0]?.status, 'Resolved');
  const far = new Date(server.services.clock() + minuteMs).toISOString();
  await client.ingest('alerts', [{ ...endpointForm, lastUpdateTime: far }]);
  const alert = (await client.call(`/api/alerts/${id}`)).json<{ status: string; comments: { comment: string }[] }>();
  assert.equal(alert.status, 'InProgress');
  assert.deepEqual(
    alert.comments.map(({ comment }) => comment),
    ['Ours.', 'Test.'],
  );
});

test('bad lines are told with their numbers and the rest is taken', async () => {
  const client = await makeEndpointClient(server);
  const lines = [
    JSON.stringify(ownForm),
    'nonsense',
    '',
    JSON.stringify({ ...ownForm, id: 'x', severity: 'bad' }),
    JSON.stringify({ ...ownForm, id: 'y', title: 'z'.repeat(200_000) }),
    '{"a":"\xff"}',
    JSON.stringify({ some: 'thing' }),
    JSON.stringify(graphForm),
  ];
  const body = Buffer.concat(lines.map((line) => Buffer.from(`${line}\n`, 'latin1')));
  const { problems, ...counts } = await client.ingest('alerts', body);
  assert.deepEqual(counts, { received: 7, stored: 2, replaced: 0, duplicates: 0, rejected: 5 });
  assert.deepEqual(
    problems.map(({ line }) => line),
    [2, 4, 5, 6, 7],
  );
  const [notJson, severity, long, encoding, unknown] = problems.map(({ reason }) => reason);
  assert.match(String(notJson), /not JSON/);
  assert.match(String(severity), /^severity must be one of/);
  assert.match(String(long), /longer than 100000 bytes \(setting alertBytesMax\)/);
  assert.match(String(encoding), /not valid UTF-8/);
  assert.match(String(unknown), /none of the known forms/);
});

test('pages of the documented lists, arrays and gzip are taken as they were saved', async () => {
  const client = await makeEndpointClient(server);
  const page = { '@odata.context': 'x', value: [endpointForm, ownForm], '@odata.nextLink': 'y' };
  assert.equal((await client.ingest('alerts', JSON.stringify(page, null, 2))).stored, 2);
  assert.equal((await client.ingest('alerts', JSON.stringify([graphForm]))).stored, 1);
  const headers = { 'content-encoding': 'gzip' };
  const { session } = client.admin;
  const packed = gzipSync(linesOf([ocsfForm]));
  const answer = await server.request(path, { session, headers, body: packed });
  assert.equal(answer.json<{ stored: number }>().stored, 1, answer.text);
  const broken = await server.request(path, { session, headers, body: packed.subarray(0, 30) });
  assert.equal(broken.status, 400, broken.text);
  assert.match(broken.text, /gzip data is broken/);
});

test('more than ingestBytesMax is refused with what was stored until then, a small body that unpacks to it as well', async () => {
  const client = await makeEndpointClient(server);
  const many = Array.from({ length: 2000 }, (_, index) => ({
    ...ownForm,
    id: `n-${index}`,
    description: 'x'.repeat(900),
    entities: [],
    devices: [],
  }));
  const headers = { 'content-encoding': 'gzip' };
  const answer = await server.request(path, { session: client.admin.session, headers, body: gzipSync(linesOf(many)) });
  assert.equal(answer.status, 413, answer.text);
  const [, stored] = /(\d+) alerts were stored/.exec(answer.text) ?? [];
  const count = await client.call('/api/alerts?$top=0&$count=true');
  assert.equal(count.json<{ '@odata.count': number }>()['@odata.count'], Number(stored), answer.text);
  assert.ok(Number(stored) >= 500);
});

test('ingestion is for signed-in people with the right to it, and stays in their organisation', async () => {
  const client = await makeEndpointClient(server);
  const body = linesOf([ownForm]);
  assert.equal((await server.request(path, { body })).status, 401);
  const reader = await makePerson(server, client.story.tenant, 'security-reader');
  assert.equal((await server.request(path, { session: reader.session, body })).status, 403);
  const other = await makePerson(server, await makeTenant(server.services), 'security-administrator');
  assert.equal((await server.request(path, { session: other.session, body })).status, 200);
  assert.deepEqual(await alertsOf(client), []);
  assert.equal(
    (await server.request(path, { session: client.admin.session, headers: { 'content-type': 'text/csv' }, body }))
      .status,
    400,
  );
});

test('an ingestion is in the audit log with its counts', async () => {
  const client = await makeEndpointClient(server);
  await client.ingest('alerts', [ownForm, {}]);
  const answer = await server.request('/management/v1/audit?action=alerts.ingest', { session: client.admin.session });
  const [record] = answer.json<{ items: { details: object; outcome: string }[] }>().items;
  assert.equal(record?.outcome, 'done', answer.text);
  assert.deepEqual(record?.details, {
    received: 2,
    stored: 1,
    replaced: 0,
    duplicates: 0,
    rejected: 1,
    source: 'request',
  });
});
