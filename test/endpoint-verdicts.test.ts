// What of an alert is classified and found by it on the endpoint API (Defender reference 4.1), through a whole server.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assertDefenderError, makeEndpointClient } from './support/endpoint.ts';
import { endpointForm } from './support/foreign-alerts.ts';
import { startTestServer, type TestServer } from './support/server.ts';

type Members = Readonly<Record<string, unknown>>;

let server: TestServer;
before(async () => {
  server = await startTestServer();
});
after(() => server.dispose());

test('alerts are found by the investigation that they brought along', async () => {
  const client = await makeEndpointClient(server);
  await client.ingest('alerts', [
    { ...endpointForm, id: 'da1', investigationId: 4711 },
    { ...endpointForm, id: 'da2', investigationId: '12' },
    { ...endpointForm, id: 'da3' },
  ]);
  const found = async (filter: string) =>
    (await client.call(`/api/alerts?$filter=${filter.replaceAll(' ', '%20')}`))
      .json<{ value: Members[] }>()
      .value.map(({ id }) => id);
  assert.deepEqual(await found('investigationId eq 4711'), ['da1']);
  assert.deepEqual(await found('investigationId eq 12'), ['da2']);
  assert.deepEqual((await found('investigationId ne 4711')).toSorted(), ['da2', 'da3']);
});

test('classification and determination agree, whichever of the two is sent', async () => {
  const client = await makeEndpointClient(server);
  await client.ingest('alerts', [endpointForm]);
  const path = `/api/alerts/${String(endpointForm.id)}`;
  const patch = (body: object) => client.call(path, { method: 'PATCH', body });
  await patch({ classification: 'TruePositive', determination: 'Malware' });
  const wrong = await patch({ determination: 'SecurityTesting' });
  assertDefenderError(
    wrong,
    400,
    'InvalidRequestBody',
    /securityTesting does not go with the classification truePositive/,
  );
  const judged = (await patch({ classification: 'FalsePositive' })).json<Members>();
  assert.deepEqual([judged.classification, judged.determination], ['FalsePositive', null]);
  const cleaned = (await patch({ determination: 'Clean' })).json<Members>();
  assert.deepEqual([cleaned.classification, cleaned.determination], ['FalsePositive', 'Clean']);
});

test('a body of no known type is a bad request, since the table of codes has no other status for it', async () => {
  const client = await makeEndpointClient(server);
  await client.ingest('alerts', [endpointForm]);
  const body = 'status=New';
  const headers = { 'content-type': 'text/xml' };
  const answer = await client.call(`/api/alerts/${String(endpointForm.id)}`, { method: 'PATCH', headers, body });
  assertDefenderError(answer, 400, 'BadRequest', /application.json/);
});
