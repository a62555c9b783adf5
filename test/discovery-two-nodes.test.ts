// Two server processes on one PostgreSQL, each with its own disk: a log is read where its file is, by one of them, once.
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Services } from '../src/context.ts';
import { type EventStore, openEventStore } from '../src/events/events.ts';
import { makeUploader, pathOfUrl, readWaiting, squidLines, type Uploader } from './support/discovery-uploads.ts';
import { freePort } from './support/postgres-server.ts';
import { startNode, startTestServer, type TestNode, type TestServer } from './support/server.ts';
import { secondNode } from './support/services.ts';
import { testStoreKind } from './support/store.ts';

const skip = testStoreKind === 'postgres' ? false : 'the embedded store belongs to one process';

let server: TestServer;
let other: TestNode;
let services: Services;
let events: EventStore;
let folder = '';
before(async () => {
  if (skip) return;
  server = await startTestServer({ settings: { tenantRequestsPerMinute: 1_000_000 } });
  folder = await mkdtemp(join(tmpdir(), 'sallyport-second-'));
  events = await openEventStore({ folder, memoryBytesMax: 268_435_456, querySecondsMax: 10, queriesAtOnceMax: 4 });
  const second = await secondNode(server.services);
  services = { ...second, events, config: { ...second.config, dataFolder: folder } };
  other = await startNode(services, await freePort());
});
after(async () => {
  if (skip) return;
  await other.stop();
  await events.close();
  await services.store.close();
  await server.dispose();
  await rm(folder, { recursive: true, force: true });
});

const doneOn = (node: Pick<TestNode, 'request'>, { token }: Uploader, uploadUrl: string, inputStreamName: string) =>
  node.request('/api/v1/discovery/done_upload/', { token, body: { uploadUrl, inputStreamName } });

test('a file that came to one process and was handed over through the other is read by the first', {
  skip,
}, async () => {
  const uploader = await makeUploader(server);
  await uploader.dataSource('proxy');
  const url = await uploader.url();
  assert.equal((await other.request(pathOfUrl(url), { method: 'PUT', body: squidLines(9) })).status, 201);
  const answers = await Promise.all([server, other, server, other].map((node) => doneOn(node, uploader, url, 'proxy')));
  assert.deepEqual(
    answers.map(({ status }) => status),
    [200, 200, 200, 200],
  );
  assert.equal(new Set(answers.map(({ text }) => text)).size, 1);
  const { uploadId } = answers[0]?.json<{ uploadId: string }>() ?? { uploadId: '' };
  await readWaiting(server.services);
  assert.equal((await uploader.shown(uploadId)).state, 'queued');
  await readWaiting(services);
  const { state, result } = await uploader.shown(uploadId);
  assert.deepEqual([state, result?.used], ['done', 9]);
});

test('blocks of one file go to one process, and the whole file may still go to the other', { skip }, async () => {
  const uploader = await makeUploader(server);
  const url = await uploader.url();
  const block = (node: Pick<TestNode, 'request'>, id: string) =>
    node.request(`${pathOfUrl(url)}&comp=block&blockid=${encodeURIComponent(Buffer.from(id).toString('base64'))}`, {
      ...{ method: 'PUT', body: squidLines(2) },
    });
  assert.equal((await block(other, 'a')).status, 201);
  const elsewhere = await block(server, 'b');
  assert.deepEqual([elsewhere.status, elsewhere.headers['x-ms-error-code']], [409, 'InvalidBlobOrBlock']);
  assert.equal((await server.request(pathOfUrl(url), { method: 'PUT', body: squidLines(4) })).status, 201);
  const done = await uploader.done(url, 'Whole', { uploadAsSnapshot: true });
  await readWaiting(server.services);
  assert.equal((await uploader.shown(done.json<{ uploadId: string }>().uploadId)).result?.used, 4);
});

test('the same log through both processes counts once, and a deleted source is gone when both have removed theirs', {
  skip,
}, async () => {
  const uploader = await makeUploader(server);
  const streamId = await uploader.dataSource('both');
  const ids: string[] = [];
  for (const node of [server, other]) {
    const url = await uploader.url();
    assert.equal((await node.request(pathOfUrl(url), { method: 'PUT', body: squidLines(6) })).status, 201);
    ids.push((await uploader.done(url, 'both')).json<{ uploadId: string }>().uploadId);
  }
  await Promise.all([readWaiting(server.services), readWaiting(services)]);
  const shown = await Promise.all(ids.map((id) => uploader.shown(id)));
  assert.deepEqual(
    shown.map(({ state }) => state),
    ['done', 'done'],
  );
  assert.equal(shown.filter(({ duplicateOf }) => duplicateOf === null).length, 1);
  assert.equal((await uploader.call(`data_sources/${streamId}/`, { method: 'DELETE' })).status, 200);
  const isThere = async () => {
    const rows = await services.store.db
      .selectFrom('discoveryStreams')
      .select('id')
      .where('id', '=', streamId)
      .execute();
    return rows.length;
  };
  await readWaiting(server.services);
  assert.equal(await isThere(), 1);
  await readWaiting(services);
  assert.equal(await isThere(), 0);
});
