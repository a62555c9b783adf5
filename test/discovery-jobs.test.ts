// What becomes of logs that wait to be read, whatever happens meanwhile. The engine that reads is a double here; the real one is
// in discovery-uploads-api.test.ts.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, test } from 'node:test';
import { LogRefused } from '../src/discovery/parsing/refused.ts';
import type { LogEngine } from '../src/discovery/uploads/engine.ts';
import { pruneDiscovery } from '../src/discovery/uploads/retention.ts';
import { startReadingLogs } from '../src/discovery/uploads/worker.ts';
import { hourMs } from '../src/lib/clock.ts';
import { StoreUnavailable } from '../src/lib/failures.ts';
import { makeUploader, type Uploader } from './support/discovery-uploads.ts';
import { engineThat, workOffWith } from './support/log-engine.ts';
import { startTestServer, type TestServer } from './support/server.ts';

let server: TestServer;
before(async () => {
  server = await startTestServer({ settings: { tenantRequestsPerMinute: 1_000_000, discoveryAttemptsMax: 3 } });
});
after(() => server.dispose());

const workOff = (engine: LogEngine): Promise<void> => workOffWith(server.services, engine);

async function sender(): Promise<Uploader> {
  const uploader = await makeUploader(server);
  await uploader.dataSource('proxy');
  return uploader;
}

const manage = (uploader: Uploader, path: string, method: string) =>
  server.request(`/management/v1/discovery/uploads/${path}`, { session: uploader.session, method });

const entryOf = async (uploader: Uploader): Promise<Record<string, unknown> | undefined> => {
  const answer = await server.request('/api/v1/governance/', {
    token: uploader.token,
    body: { filters: { taskName: { eq: ['DiscoveryParseLogTask'] } } },
  });
  return answer.json<{ data: Record<string, unknown>[] }>().data[0];
};

test('a log that cannot be used fails with the documented sentence, the advice and its first bad lines', async () => {
  const uploader = await sender();
  const id = await uploader.upload('x', 'proxy');
  assert.equal((await entryOf(uploader))?.status, undefined);
  const firstBad = [{ line: 1, reason: 'malformed', excerpt: 'x' }];
  const engine = engineThat(async () => {
    throw new LogRefused('format-mismatch', 'It looks like FORTIGATE.', { firstBad, looksLike: 'FORTIGATE' });
  });
  await workOff(engine);
  const { state, problem, problemCode, result } = await uploader.shown(id);
  assert.deepEqual([state, problemCode], ['failed', 'format-mismatch']);
  assert.equal(problem, 'Log format does not match the expected format for SQUID_NATIVE. It looks like FORTIGATE.');
  assert.deepEqual([result?.firstBad, result?.looksLike], [firstBad, 'FORTIGATE']);
  const entry = await entryOf(uploader);
  const status = entry?.status as { isSuccess: boolean; templateMessage: { template: string; parameters: object } };
  assert.deepEqual(
    [status.isSuccess, status.templateMessage.template, status.templateMessage.parameters],
    [false, 'REPOOPER_COMPLETION_STATUS_BASELOGPARSER_UNEXPECTED_FORMAT', { dataSource: 'SQUID_NATIVE' }],
  );
});

test('a log that breaks whoever reads it is given up after the third time, and stops nobody else', async () => {
  const [unlucky, lucky] = [await sender(), await sender()];
  const bad = await unlucky.upload('bad', 'proxy');
  const next = await unlucky.upload('good', 'proxy');
  const other = await lucky.upload('good', 'proxy');
  let tries = 0;
  const engine = engineThat(async ({ path }) => {
    if (!path.includes(bad)) return {};
    tries++;
    throw new Error('broken');
  });
  for (let round = 0; round < 4; round++) {
    await workOff(engine);
    server.services.testClock.advance(hourMs / 2);
  }
  const { state, problemCode, attempts } = await unlucky.shown(bad);
  assert.deepEqual([state, problemCode, attempts, tries], ['failed', 'gave-up', 3, 3]);
  assert.equal((await unlucky.shown(next)).state, 'done');
  assert.equal((await lucky.shown(other)).state, 'done');
});

test('what a process was reading when it died is read again by the next one, and given up when it died of it too often', async () => {
  const uploader = await sender();
  const id = await uploader.upload('x', 'proxy');
  const { db } = server.services.store;
  // As a process leaves it that was killed: nobody else's lease is ever the same.
  const dead = { state: 'processing', lease: 'dead', startedAt: 1 };
  await db
    .updateTable('discoveryUploads')
    .set({ ...dead, attempts: 2 })
    .where('id', '=', id)
    .execute();
  const engine = engineThat(async () => ({}));
  await workOff(engine);
  assert.deepEqual([(await uploader.shown(id)).state, engine.stored], ['done', [id]]);
  const hopeless = await uploader.upload('y', 'proxy');
  await db
    .updateTable('discoveryUploads')
    .set({ ...dead, attempts: 3 })
    .where('id', '=', hopeless)
    .execute();
  await workOff(engine);
  const { state, problemCode, problem } = await uploader.shown(hopeless);
  assert.deepEqual([state, problemCode, engine.stored, engine.removed], ['failed', 'gave-up', [id], [hopeless]]);
  assert.match(problem ?? '', /3 times/);
});

test('what the end of a process breaks off waits for the next one, and counts as no attempt', async () => {
  const uploader = await sender();
  const id = await uploader.upload('x', 'proxy');
  const begun = Promise.withResolvers<void>();
  const reading = startReadingLogs(
    server.services,
    engineThat(async ({ signal }) => {
      begun.resolve();
      await once(signal, 'abort');
      throw signal.reason;
    }),
  );
  await begun.promise;
  await reading.stop();
  const { state, attempts } = await uploader.shown(id);
  assert.deepEqual([state, attempts], ['queued', 0]);
  await workOff(engineThat(async () => ({})));
  assert.equal((await uploader.shown(id)).state, 'done');
});

test('a full disk lets a log wait, as long as it takes', async () => {
  const uploader = await sender();
  const id = await uploader.upload('x', 'proxy');
  const full = engineThat(async () => {
    throw new StoreUnavailable('disk-full', 'full');
  });
  for (let round = 0; round < 5; round++) {
    await workOff(full);
    server.services.testClock.advance(60_000);
  }
  assert.deepEqual([(await uploader.shown(id)).state, (await uploader.shown(id)).attempts], ['queued', 0]);
  await workOff(engineThat(async () => ({})));
  assert.equal((await uploader.shown(id)).state, 'done');
});

test('a log that is cancelled while it is read leaves nothing, and the next one is read', async () => {
  const uploader = await sender();
  const [first, second] = [await uploader.upload('x', 'proxy'), await uploader.upload('y', 'proxy')];
  const begun = Promise.withResolvers<void>();
  const engine = engineThat(async ({ path, signal }) => {
    if (path.includes(second)) return {};
    begun.resolve();
    await once(signal, 'abort');
    throw signal.reason;
  });
  const reading = startReadingLogs(server.services, engine);
  await begun.promise;
  const cancelled = await manage(uploader, `${first}/cancel`, 'POST');
  assert.equal(cancelled.status, 200, cancelled.text);
  await reading.settled();
  await reading.stop();
  assert.deepEqual([(await uploader.shown(first)).state, (await uploader.shown(second)).state], ['cancelled', 'done']);
  assert.ok(engine.removed.includes(first) && !engine.stored.includes(first));
  assert.equal((await manage(uploader, `${first}/cancel`, 'POST')).status, 409);
});

test('the same content counts once in a stream, is told of, and counts again when the first one was deleted', async () => {
  const uploader = await sender();
  await uploader.dataSource('other');
  const same = engineThat(async () => ({ contentHash: 'f'.repeat(32) }));
  const first = await uploader.upload('x', 'proxy');
  await workOff(same);
  const again = await uploader.upload('x', 'proxy');
  const elsewhere = await uploader.upload('x', 'other');
  await workOff(same);
  assert.deepEqual(same.stored, [first, elsewhere]);
  const { state, duplicateOf } = await uploader.shown(again);
  assert.deepEqual([state, duplicateOf], ['done', first]);
  assert.equal((await manage(uploader, first, 'DELETE')).status, 204);
  assert.equal((await manage(uploader, first, 'GET')).status, 404);
  const third = await uploader.upload('x', 'proxy');
  await workOff(same);
  assert.deepEqual([same.stored.at(-1), (await uploader.shown(third)).duplicateOf], [third, null]);
  assert.ok(same.removed.includes(first));
});

test('organisations take turns, however many logs one of them has waiting', async () => {
  const [many, few] = [await sender(), await sender()];
  for (let index = 0; index < 4; index++) await many.upload(`m${index}`, 'proxy');
  server.services.testClock.advance(1);
  await few.upload('f', 'proxy');
  const order: string[] = [];
  await workOff(
    engineThat(async ({ path }) => {
      order.push(path.includes(many.tenant.id) ? 'many' : 'few');
      return {};
    }),
  );
  assert.deepEqual(order, ['many', 'few', 'many', 'many', 'many']);
});

test('what nobody finished, old uploads, old traffic and empty snapshot reports go with time', async () => {
  const uploader = await sender();
  const [old, kept] = [
    await uploader.upload('a', 'Old', { uploadAsSnapshot: true }),
    await uploader.upload('b', 'proxy'),
  ];
  const engine = engineThat(async () => ({}));
  await workOff(engine);
  await uploader.url();
  const { db } = server.services.store;
  const count = async (table: 'discoveryUploads' | 'discoveryStreams' | 'discoveryContents') => {
    const rows = await db.selectFrom(table).select('tenantId').where('tenantId', '=', uploader.tenant.id).execute();
    return rows.length;
  };
  const counts = async () => [
    await count('discoveryUploads'),
    await count('discoveryStreams'),
    await count('discoveryContents'),
  ];
  assert.deepEqual(await counts(), [3, 2, 2]);
  server.services.testClock.advance(12 * hourMs);
  await pruneDiscovery(server.services, engine);
  assert.deepEqual(await counts(), [2, 2, 2]);
  server.services.testClock.advance(92 * 24 * hourMs);
  await pruneDiscovery(server.services, engine);
  assert.deepEqual(await counts(), [0, 1, 0]);
  assert.ok(engine.removed.includes(old) && engine.removed.includes(kept));
});

test('a data source that is deleted while its log is read takes the log along', async () => {
  const uploader = await makeUploader(server);
  const streamId = await uploader.dataSource('short-lived');
  const id = await uploader.upload('x', 'short-lived');
  const begun = Promise.withResolvers<void>();
  const goOn = Promise.withResolvers<void>();
  const engine = engineThat(async () => {
    begun.resolve();
    await goOn.promise;
    return {};
  });
  const reading = startReadingLogs(server.services, engine);
  await begun.promise;
  assert.equal((await uploader.call(`data_sources/${streamId}/`, { method: 'DELETE' })).status, 200);
  goOn.resolve();
  await reading.settled();
  await reading.settled();
  await reading.stop();
  assert.equal((await manage(uploader, id, 'GET')).status, 404);
  assert.ok(engine.removed.includes(id));
  const rows = await server.services.store.db
    .selectFrom('discoveryStreams')
    .select('id')
    .where('id', '=', streamId)
    .execute();
  assert.deepEqual(rows, []);
});

test('others see and touch no upload: another organisation, somebody who only reads', async () => {
  const uploader = await sender();
  const id = await uploader.upload('x', 'proxy');
  const stranger = await makeUploader(server);
  for (const [path, method] of [
    [id, 'GET'],
    [`${id}/cancel`, 'POST'],
    [id, 'DELETE'],
  ] as const) {
    assert.equal((await manage(stranger, path, method)).status, 404);
  }
  assert.equal((await server.request(`/management/v1/discovery/uploads/${id}`)).status, 401);
  const reader = await makeUploader(server, 'security-reader', uploader);
  assert.equal((await manage(reader, id, 'GET')).status, 200);
  assert.equal((await manage(reader, `${id}/cancel`, 'POST')).status, 403);
  assert.equal((await manage(reader, id, 'DELETE')).status, 403);
  const list = await manage(reader, '?state=queued&stream=proxy', 'GET');
  assert.equal(list.json<{ total: number }>().total, 1);
  assert.equal((await manage(reader, '?stream=nowhere', 'GET')).status, 400);
  assert.equal((await manage(uploader, id, 'DELETE')).status, 409);
});
