// Isolation through a whole server, from the call to the report of whatever carried it out; /api/machineactions; and which
// permission opens which call on machines.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { lastNote, listNotes } from '../src/changes/changes.ts';
import { findActionToDeliver, settleDelivery } from '../src/machines/actions.ts';
import {
  assertDefenderError,
  type EndpointClient,
  makeEndpointClient,
  type EndpointPage as Page,
  sampleMachine,
} from './support/endpoint.ts';
import { makePerson, startTestServer, type TestServer } from './support/server.ts';

let server: TestServer;
before(async () => {
  server = await startTestServer({
    settings: { endpointCallsPerMinute: 100_000, endpointCallsPerHour: 100_000, appRequestsPerMinute: 100_000 },
  });
});
after(() => server.dispose());

type Members = Readonly<Record<string, unknown>>;

async function isolated(
  client: EndpointClient,
  body: unknown = { Comment: 'Case 7', IsolationType: 'Selective' },
): Promise<Members> {
  await client.ingest('machines', [sampleMachine(1)]);
  const answer = await client.call('/api/machines/machine-0001/isolate', { body });
  assert.equal(answer.status, 201, answer.text);
  return answer.json<Members>();
}

test('isolating records an action, notes it for the webhook and audits it; the receiver reports its end', async () => {
  const client = await makeEndpointClient(server);
  const { tenant } = client.story;
  const { store } = server.services;
  const action = await isolated(client);
  assert.equal(action['@odata.context'], `${server.url}/api/$metadata#MachineActions/$entity`);
  const { type, scope, status, requestor, requestorComment, machineId: machine, computerDnsName } = action;
  assert.deepEqual(
    [type, scope, status, requestor, requestorComment, machine, computerDnsName],
    ['Isolate', 'Selective', 'Pending', 'Partner connector', 'Case 7', 'machine-0001', 'PC1.contoso.example'],
  );
  const id = String(action.id);
  const notes = await listNotes(store.db, tenant.id, 0, 100);
  assert.deepEqual(
    notes.filter(({ subject }) => subject === 'machine-action').map(({ subjectId, change }) => [subjectId, change]),
    [[id, 'created']],
  );
  const delivery = await findActionToDeliver(server.services, tenant.id, id);
  assert.match(String(delivery?.report), /^slpma[0-9A-Za-z]{64}$/);
  await settleDelivery(server.services, tenant.id, id, 'delivered');
  assert.equal((await client.call(`/api/machineactions/${id}`)).json<Members>().status, 'InProgress');
  const path = `/management/v1/machine-actions/${id}/result`;
  const body = { status: 'Succeeded', comment: 'Done by the agent.', externalId: 'job-5', report: delivery?.report };
  for (let time = 0; time < 2; time++) {
    const reported = await server.request(path, { body });
    assert.equal(reported.status, 200, reported.text);
    assert.equal(reported.json<Members>().status, 'Succeeded');
  }
  const ended = (await client.call(`/api/machineactions/${id}`)).json<Members>();
  assert.deepEqual([ended.status, ended.externalID], ['Succeeded', 'job-5']);
  const late = await server.request(path, { body: { ...body, status: 'Failed' } });
  assert.equal(late.status, 409, late.text);
  assert.equal((await findActionToDeliver(server.services, tenant.id, id))?.report, null);
  const audit = await server.request('/management/v1/audit?limit=20', { session: client.admin.session });
  const actions = audit.json<{ items: { action: string }[] }>().items.map((item) => item.action);
  assert.equal(actions.filter((each) => each === 'machine.isolate').length, 1);
  assert.equal(actions.filter((each) => each === 'machine-action.report').length, 1);
  assert.ok(!audit.text.includes('slpma'));
});

test('only the value that came with the action reports of it without a session', async () => {
  const client = await makeEndpointClient(server);
  const other = await makeEndpointClient(server);
  const action = await isolated(client);
  const foreign = await isolated(other);
  const { report } = (await findActionToDeliver(server.services, other.story.tenant.id, String(foreign.id))) ?? {};
  const path = `/management/v1/machine-actions/${String(action.id)}/result`;
  for (const value of [report, 'slpma', `slpma${'x'.repeat(64)}`, ''])
    assert.equal((await server.request(path, { body: { status: 'Failed', report: value } })).status, 404, value ?? '');
  assert.equal((await server.request(path, { body: { status: 'Failed' } })).status, 401);
  for (const body of [{ status: 'Pending' }, { status: 'Done' }, {}, { status: 'Failed', x: 1 }])
    assert.equal((await server.request(path, { session: client.admin.session, body })).status, 400);
  const reader = await makePerson(server, client.story.tenant, 'security-reader');
  assert.equal((await server.request(path, { session: reader.session, body: { status: 'Failed' } })).status, 403);
  assert.equal((await server.request(path, { session: other.admin.session, body: { status: 'Failed' } })).status, 404);
  const byHand = await server.request(path, {
    session: client.admin.session,
    body: { status: 'Failed', comment: 'Offline.' },
  });
  assert.equal(byHand.json<Members>().status, 'Failed', byHand.text);
});

test('one action at a time: another is refused until the first ends or is cancelled', async () => {
  const client = await makeEndpointClient(server);
  const action = await isolated(client);
  const release = () => client.call('/api/machines/PC1.contoso.example/unisolate', { body: { Comment: 'Clean.' } });
  assertDefenderError(await release(), 400, 'ActiveRequestAlreadyExists', /has not ended/);
  const cancel = () =>
    client.call(`/api/machineactions/${String(action.id)}/cancel`, { body: { Comment: 'Wrong one.' } });
  const cancelled = (await cancel()).json<Members>();
  assert.deepEqual([cancelled.status, cancelled.cancellationComment], ['Cancelled', 'Wrong one.']);
  assert.notEqual(cancelled.cancellationDateTimeUtc, null);
  assertDefenderError(await cancel(), 400, 'BadRequest', /only one that is Pending/);
  const released = await release();
  assert.equal(released.status, 201, released.text);
  assert.deepEqual([released.json<Members>().type, released.json<Members>().scope], ['Unisolate', null]);
  const filter = encodeURIComponent("status eq 'Pending' and type eq 'Unisolate' and machineId eq 'machine-0001'");
  const page = (await client.call(`/api/machineactions?$filter=${filter}&$count=true`)).json<Page>();
  assert.equal(page['@odata.count'], 1);
  const all = (
    await client.call('/api/machineactions?$orderby=creationDateTimeUtc asc'.replaceAll(' ', '%20'))
  ).json<Page>();
  assert.equal(all.value.length, 2);
});

test('concurrent requests for one machine make one action', async () => {
  const client = await makeEndpointClient(server);
  await client.ingest('machines', [sampleMachine(1)]);
  const calls = Array.from({ length: 5 }, () =>
    client.call('/api/machines/machine-0001/isolate', { body: { Comment: 'x' } }),
  );
  const statuses = (await Promise.all(calls)).map(({ status }) => status);
  assert.deepEqual(statuses.sort(), [201, 400, 400, 400, 400]);
  assert.equal(await lastNote(server.services.store.db, client.story.tenant.id), 1);
});

test('a body that is wrong is refused by name and nothing is recorded', async () => {
  const client = await makeEndpointClient(server);
  await client.ingest('machines', [sampleMachine(1)]);
  const path = '/api/machines/machine-0001/isolate';
  for (const [body, code, said] of [
    [{ IsolationType: 'Full' }, 'MissingRequiredParameter', /Parameter Comment is missing/],
    [{ Comment: '  ' }, 'MissingRequiredParameter', /Comment/],
    [{ Comment: 'x', IsolationType: 'UnManagedDevice' }, 'InvalidInput', /Full or Selective/],
    [{ comment: 'x' }, 'InvalidRequestBody', /there is no comment/],
    [{ Comment: 5 }, 'InvalidRequestBody', /must be a text/],
    [[], 'InvalidRequestBody', /JSON object/],
    [{ Comment: 'x'.repeat(1001) }, 'InvalidInput', /1000 characters/],
    ['{', 'InvalidRequestBody', /not JSON/],
  ] as const) {
    const headers = { 'content-type': 'application/json' };
    assertDefenderError(await client.call(path, { headers, body }), 400, code, said);
  }
  assertDefenderError(
    await client.call('/api/machines/none/isolate', { body: { Comment: 'x' } }),
    404,
    'ResourceNotFound',
    /none/,
  );
  assert.deepEqual((await client.call('/api/machineactions')).json<Page>().value, []);
});

test('each call asks for its permission, and other organisations have nothing of it', async () => {
  const client = await makeEndpointClient(server);
  const other = await makeEndpointClient(server);
  const action = await isolated(client);
  const id = String(action.id);
  const body = { Comment: 'x' };
  assertDefenderError(await server.request('/api/machines'), 401, 'Unauthorized', /./);
  assertDefenderError(
    await client.callWith(['Machine.Isolate'], '/api/machines'),
    403,
    'Forbidden',
    /Machine\.Read\.All/,
  );
  assertDefenderError(
    await client.callWith(['Alert.Read.All'], '/api/machines/machine-0001'),
    403,
    'Forbidden',
    /Machine\.Read\.All/,
  );
  assertDefenderError(
    await client.callWith(['Machine.ReadWrite.All'], '/api/machines/machine-0001/isolate', { body }),
    403,
    'Forbidden',
    /Machine\.Isolate/,
  );
  assertDefenderError(
    await client.callWith(['Machine.ReadWrite.All'], `/api/machineactions/${id}/cancel`, { body }),
    403,
    'Forbidden',
    /Machine\.Isolate/,
  );
  assert.deepEqual((await other.call('/api/machines')).json<Page>().value, []);
  assert.deepEqual((await other.call('/api/machineactions')).json<Page>().value, []);
  for (const path of ['/api/machines/machine-0001', `/api/machineactions/${id}`])
    assertDefenderError(await other.call(path), 404, 'ResourceNotFound', /was not found/);
  assertDefenderError(
    await other.call(`/api/machineactions/${id}/cancel`, { body }),
    404,
    'ResourceNotFound',
    /was not found/,
  );
  assertDefenderError(
    await other.call('/api/machines/machine-0001/isolate', { body }),
    404,
    'ResourceNotFound',
    /was not found/,
  );
});
