// Data sources and reports as documented clients list, make and delete them, and who sees which.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { appToken, makeStory } from './support/bearers.ts';
import { makeUploader, pathOfUrl, readWaiting, squidLines, type Uploader } from './support/discovery-uploads.ts';
import { makePerson, makeToken, startTestServer, type TestServer } from './support/server.ts';

const cloudApps = '05a65629-4c1b-48c1-a78b-804c4abdd4af';

let server: TestServer;
before(async () => {
  server = await startTestServer({ settings: { tenantRequestsPerMinute: 1_000_000, discoveryStreamsPerTenantMax: 5 } });
});
after(() => server.dispose());

interface StreamRecord {
  readonly _id: string;
  readonly displayName: string;
  readonly streamType: number;
  readonly [member: string]: unknown;
}
interface StreamList {
  readonly data: readonly StreamRecord[];
  readonly streams?: readonly StreamRecord[];
  readonly total: number;
  readonly max: number;
  readonly hasNext: boolean;
}

const listOf = async (uploader: Uploader, path = '/api/discovery/streams/'): Promise<StreamList> => {
  const answer = await server.request(path, { token: uploader.token });
  assert.equal(answer.status, 200, answer.text);
  return answer.json<StreamList>();
};

test('the streams have the documented members, under every path, in both envelopes that clients read', async () => {
  const uploader = await makeUploader(server);
  const body = {
    displayName: 'edge_1',
    logType: 136,
    anonymizeUsers: true,
    receiverType: 'syslog',
    protocol: 'tcp',
    comment: 'Edge',
  };
  const made = await uploader.call('data_sources/', { body });
  assert.equal(made.status, 200, made.text);
  const id = made.json<StreamRecord>()._id;
  await uploader.dataSource('squid');
  await uploader.upload(squidLines(8), 'squid');
  await readWaiting(server.services);
  const list = await listOf(uploader);
  assert.deepEqual(list.streams, list.data);
  assert.deepEqual([list.total, list.hasNext, list.max], [3, false, server.services.config.pageRowsMax]);
  assert.deepEqual(
    list.data.map(({ displayName, streamType }) => [displayName, streamType]),
    [
      ['Global View', 3],
      ['edge_1', 1],
      ['squid', 1],
    ],
  );
  const [global, edge, squid] = list.data;
  assert.deepEqual(
    [
      edge?._id,
      edge?.logType,
      edge?.receiverType,
      edge?.protocol,
      edge?.receiverTypeFull,
      edge?.anonymizeUsers,
      edge?.comment,
    ],
    [id, 136, 'syslog', 'tcp', 'syslog-tcp', true, 'Edge'],
  );
  assert.match(String(edge?.created), /^2026-11-21T09:00:00/);
  assert.deepEqual([global?.receiverType, global?.sourceStreams], ['builtin', [id, squid?._id]]);
  assert.deepEqual(
    [squid?.logFilesHistoryCount, squid?.logFilesFailsCount, squid?.validTimeFrames],
    [1, 0, [7, 30, 90]],
  );
  const frames = squid?.timeFrames as Record<string, Record<string, number>> | undefined;
  const week = frames?.['7'];
  assert.deepEqual([week?.servicesCount, week?.trafficTotalEvents], [1, 8]);
  for (const path of ['/api/v1/discovery/streams/', '/cas/api/v1/discovery/streams', '/api/discovery/streams']) {
    assert.deepEqual(await listOf(uploader, path), list, path);
  }
});

test('a data source is edited and deleted, its name is free again, and wrong ones are refused by member', async () => {
  const uploader = await makeUploader(server);
  const id = await uploader.dataSource('one', { receiverTypeFull: 'ftps' });
  const twin = await uploader.call('data_sources/', { body: { displayName: 'ONE', logType: 114 } });
  assert.equal(twin.status, 409);
  const edited = await uploader.call(`data_sources/${id}/`, { body: { displayName: 'two', logType: 'SQUID' } });
  assert.deepEqual([edited.json().displayName, edited.json().receiverTypeFull], ['two', 'ftps'], edited.text);
  const wrong: [object, string][] = [
    [{ displayName: 'a b', logType: 114 }, 'displayName'],
    [{ displayName: 'x'.repeat(65), logType: 114 }, 'displayName'],
    [{ displayName: '../x', logType: 114 }, 'displayName'],
    [{ displayName: 'x', logType: 99_999 }, 'source'],
    [{ displayName: 'x' }, 'logType'],
    [{ displayName: 'x', logType: 114, receiverTypeFull: 'smoke' }, 'receiverType'],
    [{ displayName: 'x', logType: 114, anonymizeUsers: 'perhaps' }, 'anonymizeUsers'],
    [{ displayName: 'x', logType: 114, customParser: { type: 'csv' } }, ''],
    [{ displayName: 'x', logType: 114, comment: 'a\nb' }, 'comment'],
  ];
  for (const [body, field] of wrong) {
    const answer = await uploader.call('data_sources/', { body });
    assert.equal(answer.status, 400, JSON.stringify(body));
    if (field !== '') assert.equal(answer.json().field, field);
  }
  assert.equal((await uploader.call('data_sources/', { body: { filters: { name: { eq: ['x'] } } } })).status, 400);
  assert.equal((await uploader.call(`data_sources/${id}/`, { method: 'DELETE' })).status, 200);
  assert.equal((await uploader.call(`data_sources/${id}/`, { method: 'DELETE' })).status, 404);
  await uploader.dataSource('two');
  const [global] = (await listOf(uploader)).data;
  assert.equal((await uploader.call(`continuous_reports/${global?._id}/`, { method: 'DELETE' })).status, 409);
  for (const name of ['a', 'b', 'c', 'd']) await uploader.dataSource(name);
  assert.equal((await uploader.call('data_sources/', { body: { displayName: 'e', logType: 114 } })).status, 409);
});

test('a custom parser is kept with its data source, or as the default, or done_upload says that there is none', async () => {
  const uploader = await makeUploader(server);
  await uploader.dataSource('own', { logType: 'CUSTOM_PARSER' });
  const url = await uploader.url('a.csv', 'CUSTOM_PARSER');
  const csv = 'when;from;to;who\n2026-11-20 09:00:00;192.0.2.1;www.dropbox.com;ada\n';
  assert.equal((await server.request(pathOfUrl(url), { method: 'PUT', body: csv })).status, 201);
  const without = await uploader.done(url, 'own');
  assert.deepEqual([without.status, without.json().field], [400, 'inputStreamName']);
  const parser = {
    ...{ type: 'csv', name: 'Ours', delimiter: ';', timestampColumn: 'when', timestampFormat: 'yyyy-MM-dd HH:mm:ss' },
    ...{ sourceIpColumn: 'from', destinationUrlColumn: 'to', userColumn: 'who' },
  };
  const manage = (method: string, body?: object) =>
    server.request('/management/v1/discovery/custom-parser', {
      ...{ session: uploader.session, method },
      ...(body === undefined ? {} : { body }),
    });
  assert.equal((await manage('GET')).status, 404);
  assert.equal((await manage('PUT', { type: 'csv' })).status, 400);
  const put = await manage('PUT', parser);
  assert.deepEqual([put.status, put.json().name], [200, 'Ours'], put.text);
  const done = await uploader.done(url, 'own');
  assert.equal(done.status, 200, done.text);
  await readWaiting(server.services);
  const { state, problem, result } = await uploader.shown(done.json<{ uploadId: string }>().uploadId);
  assert.deepEqual([state, problem, result?.used], ['done', null, 1]);
  assert.equal((await manage('DELETE')).status, 204);
  const reader = await makeUploader(server, 'security-reader', uploader);
  assert.equal(
    (await server.request('/management/v1/discovery/custom-parser', { session: reader.session })).status,
    403,
  );
});

test('a report administrator sees the reports of the role and nothing of others', async () => {
  const uploader = await makeUploader(server, 'global-administrator');
  const [one, two] = [await uploader.dataSource('one'), await uploader.dataSource('two')];
  const upload = await uploader.upload(squidLines(3), 'two');
  const person = await makePerson(server, uploader.tenant);
  const scope = { instances: [], groupIds: [], reportIds: [one] };
  const assigned = await server.request('/management/v1/role-assignments', {
    session: uploader.session,
    body: { user: person.user.userName, role: 'cloud-discovery-report-administrator', kind: 'permanent', scope },
  });
  assert.equal(assigned.status, 201, assigned.text);
  const { value: token } = await makeToken(server, person);
  const list = (await server.request('/api/discovery/streams/', { token })).json<StreamList>();
  assert.deepEqual(
    list.data.map(({ _id }) => _id),
    [one],
  );
  assert.equal((await server.request(`/api/v1/discovery/data_sources/${two}/`, { token })).status, 404);
  assert.equal((await server.request(`/api/v1/discovery/data_sources/${one}/`, { token })).status, 200);
  assert.equal(
    (await server.request(`/api/v1/discovery/data_sources/${one}/`, { token, method: 'DELETE' })).status,
    403,
  );
  const uploads = '/management/v1/discovery/uploads';
  assert.equal((await server.request(uploads, { token })).json<{ total: number }>().total, 0);
  assert.equal((await server.request(`${uploads}/${upload}`, { token })).status, 404);
  assert.equal((await server.request(`${uploads}?stream=two`, { token })).status, 400);
  assert.equal((await uploader.call(`data_sources/${one}/`, { method: 'DELETE' })).status, 200);
  const nothing = await server.request(uploads, { token });
  assert.deepEqual([nothing.status, nothing.json()], [200, { items: [], total: 0 }]);
  assert.deepEqual((await server.request('/api/discovery/streams/', { token })).json<StreamList>().data, []);
  const stranger = await makeUploader(server);
  assert.equal((await stranger.call(`data_sources/${two}/`)).status, 404);
  assert.equal((await stranger.call(`data_sources/${two}/`, { method: 'DELETE' })).status, 404);
});

test("a collector's token and an app's token take the three steps, and no more than that", async () => {
  const uploader = await makeUploader(server, 'global-administrator');
  await uploader.dataSource('proxy');
  const made = await server.request('/management/v1/agents', {
    session: uploader.session,
    body: { kind: 'log-collector', name: 'collector-1' },
  });
  assert.equal(made.status, 201, made.text);
  const collector = made.json<{ value: string }>().value;
  const story = await makeStory(server.services, [{ resource: cloudApps, roles: ['Discovery.manage'], scopes: [] }]);
  const bearer = await appToken(server.services, story, {
    audience: cloudApps,
    app: { servicePrincipalId: story.principalId, roles: ['Discovery.manage'] },
  });
  const senders = [{ authorization: `Token ${collector}` }, { authorization: `Bearer ${bearer}` }];
  for (const headers of senders) {
    const call = (path: string, body?: object) =>
      server.request(`/api/v1/discovery/${path}`, { headers, ...(body === undefined ? {} : { body }) });
    const begun = await call('upload_url/?filename=a.log&source=SQUID_NATIVE');
    assert.equal(begun.status, 200, begun.text);
    const { url } = begun.json<{ url: string }>();
    assert.equal((await server.request(pathOfUrl(url), { method: 'PUT', body: squidLines(2) })).status, 201);
    const done = await call('done_upload/', { uploadUrl: url, inputStreamName: 'Sample', uploadAsSnapshot: true });
    assert.equal(done.status, 200, done.text);
    assert.equal(
      (await call('done_upload/', { uploadUrl: url, inputStreamName: 'Sample', uploadAsSnapshot: true })).status,
      200,
    );
  }
  const denied = await server.request('/api/v1/discovery/streams/', { token: collector });
  assert.equal(denied.status, 403);
});
