// The three steps in which a log comes in, as clients of the documented API take them, through a whole server.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { makeUploader, pathOfUrl, readWaiting, squidLines, type Uploader } from './support/discovery-uploads.ts';
import { startTestServer, type TestServer } from './support/server.ts';

let server: TestServer;
let uploader: Uploader;
before(async () => {
  server = await startTestServer({
    settings: { tenantRequestsPerMinute: 1_000_000, discoveryUploadBytesMax: 2_000_000, discoveryKeepDays: 90 },
  });
  uploader = await makeUploader(server);
});
after(() => server.dispose());

const put = (url: string, body?: string | Buffer, headers: Record<string, string> = {}) =>
  server.request(pathOfUrl(url), { method: 'PUT', headers, ...(body === undefined ? {} : { body }) });

test('a log goes through the three steps and becomes traffic with its governance entry', async () => {
  const streamId = await uploader.dataSource('proxy-1');
  const url = await uploader.url('proxy.log', 'SQUID_NATIVE');
  const { origin, pathname, searchParams } = new URL(url);
  assert.equal(origin, server.url);
  assert.match(pathname, new RegExp(`^/discovery-files/${uploader.tenant.id}/[0-9a-f]{32}/proxy\\.log$`));
  assert.deepEqual([...searchParams.keys()].toSorted(), ['se', 'sig', 'sp', 'sr', 'sv']);
  const sent = await put(url, squidLines(20), { 'x-ms-blob-type': 'BlockBlob', 'x-ms-version': '2020-10-02' });
  assert.equal(sent.status, 201, sent.text);
  assert.match(String(sent.headers.etag), /^"0x[0-9A-F]+"$/);
  assert.ok(sent.headers['last-modified'] && sent.headers['x-ms-request-id']);
  assert.deepEqual(
    [sent.headers['x-ms-version'], sent.headers['x-ms-request-server-encrypted']],
    ['2020-10-02', 'false'],
  );
  const done = await uploader.done(url, 'proxy-1');
  assert.equal(done.status, 200, done.text);
  const answer = done.json<{ success: boolean; uploadId: string; inputStreamId: string }>();
  assert.deepEqual([answer.success, answer.inputStreamId], [true, streamId]);
  assert.equal((await uploader.shown(answer.uploadId)).state, 'queued');
  await readWaiting(server.services);
  const shown = await uploader.shown(answer.uploadId);
  assert.deepEqual([shown.state, shown.problem, shown.result?.read, shown.result?.used], ['done', null, 20, 20]);
  const log = await server.request('/api/v1/governance/', {
    token: uploader.token,
    body: { filters: { type: { eq: ['DiscoveryParseLogTask'] } } },
  });
  const [entry] = log.json<{ data: Record<string, unknown>[] }>().data;
  assert.equal(entry?.inputStreamId, streamId);
  const status = entry?.status as { isSuccess: boolean; templateMessage: { parameters: Record<string, number> } };
  assert.deepEqual(
    [
      status.isSuccess,
      status.templateMessage.parameters.transactionsCount,
      status.templateMessage.parameters.cloudServicesCount,
    ],
    [true, 20, 1],
  );
});

test('Content-MD5 is checked, gzip and forms are taken, and a body may come in pieces', async () => {
  await uploader.dataSource('forms');
  const log = squidLines(7, 'box.com');
  const url = await uploader.url();
  const wrong = await put(url, log, { 'content-md5': createHash('md5').update('other').digest('base64') });
  assert.equal(wrong.status, 400);
  assert.match(wrong.text, /<Code>Md5Mismatch<\/Code>/);
  assert.equal(wrong.headers['x-ms-error-code'], 'Md5Mismatch');
  const md5 = createHash('md5').update(log).digest('base64');
  const right = await put(url, log, { 'content-md5': md5, 'x-ms-client-request-id': 'one' });
  assert.deepEqual(
    [right.status, right.headers['content-md5'], right.headers['x-ms-client-request-id']],
    [201, md5, 'one'],
  );
  const boundary = 'xyz123';
  const part = (head: string, body: string) =>
    `--${boundary}\r\nContent-Disposition: form-data; ${head}\r\n\r\n${body}\r\n`;
  const form = `${part('name="a"', 'b')}${part('name="file"; filename="../../etc/passwd"', log)}--${boundary}--\r\n`;
  const asForm = await put(await uploader.url(), form, { 'content-type': `multipart/form-data; boundary=${boundary}` });
  assert.equal(asForm.status, 201, asForm.text);
  const id = await uploader.upload(gzipSync(log), 'forms');
  await readWaiting(server.services);
  assert.equal((await uploader.shown(id)).result?.used, 7);
});

test('done_upload is taken as a form, also as the old documents send it, and again from the same caller', async () => {
  await uploader.dataSource('form-source');
  const url = await uploader.url();
  await put(url, squidLines(3, 'slack.com'));
  const form = { 'content-type': 'application/x-www-form-urlencoded' };
  const body = `uploadUrl=${url}&inputStreamName=form-source`;
  const unstorable = await uploader.call('done_upload', { headers: form, body: `${body}%00` });
  assert.deepEqual([unstorable.status, unstorable.json<{ field: string }>().field], [400, 'body']);
  const first = await uploader.call('done_upload', { headers: form, body });
  assert.equal(first.status, 200, first.text);
  const again = await uploader.done(url, 'FORM-source');
  assert.deepEqual(again.json(), first.json());
  const other = await makeUploader(server, 'security-administrator', uploader);
  assert.equal((await other.done(url, 'form-source')).status, 409);
  await uploader.dataSource('elsewhere');
  assert.equal((await uploader.done(url, 'elsewhere')).status, 409);
  const late = await put(url, 'more');
  assert.equal(late.status, 409);
  assert.match(late.text, /BlobImmutableDueToPolicy/);
  const both = await uploader.url();
  await put(both, squidLines(2));
  const answers = await Promise.all(Array.from({ length: 4 }, () => uploader.done(both, 'form-source')));
  assert.deepEqual(
    answers.map(({ status }) => status),
    [200, 200, 200, 200],
  );
  assert.equal(new Set(answers.map(({ text }) => text)).size, 1);
});

test('a snapshot makes a report of its name, further files go into it, and it is listed and deleted', async () => {
  const one = await uploader.upload(squidLines(4, 'github.com'), 'Friday sample', { uploadAsSnapshot: true });
  const two = await uploader.upload(squidLines(6, 'zoom.us'), 'friday SAMPLE', { uploadAsSnapshot: 'true' });
  await readWaiting(server.services);
  const [first, second] = [await uploader.shown(one), await uploader.shown(two)];
  assert.deepEqual([first.state, second.state, first.streamId === second.streamId], ['done', 'done', true]);
  const list = (await uploader.call('snapshot_reports/', { body: { skip: 0, limit: 20, filters: {} } })).json<{
    data: {
      _id: string;
      displayName: string;
      streamType: number;
      snapshotData: boolean;
      logFilesHistoryCount: number;
    }[];
  }>();
  const report = list.data.find(({ _id }) => _id === first.streamId);
  assert.deepEqual(
    [report?.displayName, report?.streamType, report?.snapshotData, report?.logFilesHistoryCount],
    ['Friday sample', 5, true, 2],
  );
  const gone = await uploader.call(`snapshot_reports/${first.streamId}/`, { method: 'DELETE' });
  assert.equal(gone.status, 200, gone.text);
  assert.equal((await uploader.call(`snapshot_reports/${first.streamId}/`)).status, 404);
  await readWaiting(server.services);
  const missing = await server.request(`/management/v1/discovery/uploads/${one}`, { session: uploader.session });
  assert.equal(missing.status, 404);
  const log = await server.request('/api/v1/governance/', {
    token: uploader.token,
    body: { filters: { type: { eq: ['DiscoveryDeletionTask', 'DiscoveryCreateSnapshotStreamTask'] } } },
  });
  const verdicts = log.json<{ data: { type: string; status?: { isSuccess: boolean } }[] }>().data;
  assert.deepEqual(verdicts.map(({ type, status }) => `${type} ${status?.isSuccess}`).toSorted(), [
    'DiscoveryCreateSnapshotStreamTask true',
    'DiscoveryDeletionTask true',
  ]);
});

test('what is wrong is said in the words of the field: name, source, URL, stream', async () => {
  const ask = (query: string) => uploader.call(`upload_url/?${query}`);
  for (const query of [
    '',
    'filename=a.log',
    'source=SQUID',
    'filename=..&source=SQUID',
    'filename=a%2F&source=SQUID',
  ]) {
    assert.equal((await ask(query)).status, 400, query);
  }
  const unknown = await ask('filename=a.log&source=TOASTER');
  assert.deepEqual([unknown.status, unknown.json().field], [400, 'source']);
  const traversal = (await ask('filename=..%2F..%2Fetc%2Fpasswd&source=114')).json<{ url: string }>();
  assert.match(new URL(traversal.url).pathname, /\/passwd$/);
  const url = await uploader.url();
  const early = await uploader.done(url, 'proxy-1');
  assert.deepEqual([early.status, early.json().field], [400, 'uploadUrl']);
  await put(url, squidLines(1));
  const nobody = await uploader.done(url, 'no-such-source');
  assert.deepEqual([nobody.status, nobody.json().field], [400, 'inputStreamName']);
  for (const uploadUrl of [
    '',
    'https://storage.example/x?sig=1',
    url.replace('/proxy.log', ''),
    url.replace(/sig=../, 'sig=__'),
  ]) {
    const answer = await uploader.done(uploadUrl, 'proxy-1');
    assert.equal(answer.status, 400, uploadUrl);
  }
  const stranger = await makeUploader(server);
  await stranger.dataSource('proxy-1');
  const theirs = await stranger.done(url, 'proxy-1');
  assert.deepEqual([theirs.status, theirs.json().field], [400, 'uploadUrl']);
});

test('whoever is not signed in or not allowed gets no URL, and hands nothing over', async () => {
  const nobody = await server.request('/api/v1/discovery/upload_url/?filename=a&source=SQUID');
  assert.equal(nobody.status, 401);
  assert.equal((await server.request('/api/v1/discovery/done_upload/', { body: {} })).status, 401);
  const reader = await makeUploader(server, 'security-reader', uploader);
  assert.equal((await reader.call('upload_url/?filename=a&source=SQUID')).status, 403);
  assert.equal((await reader.done('x', 'y')).status, 403);
  assert.equal((await reader.call('data_sources/', { body: { displayName: 'x', logType: 114 } })).status, 403);
  assert.equal((await reader.call('data_sources/')).status, 200);
});
