// The same log from several uploads, and a store that goes away meanwhile: nothing is lost and nothing waits for ever. The engine
// that reads is a double, as in discovery-jobs.test.ts.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { LogEngine } from '../src/discovery/uploads/engine.ts';
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

test('the same content from two uploads is not lost when the first of them never ends well', async () => {
  const uploader = await sender();
  const first = await uploader.upload('x', 'proxy');
  server.services.testClock.advance(1);
  const second = await uploader.upload('x', 'proxy');
  const engine = engineThat(async () => ({ contentHash: 'e'.repeat(32) }));
  const store = engine.store.bind(engine);
  engine.store = async (events, tenantId, origin, rows) => {
    if (origin.uploadId === first) throw new Error('broken');
    await store(events, tenantId, origin, rows);
  };
  for (let round = 0; round < 6; round++) {
    await workOff(engine);
    server.services.testClock.advance(hourMs / 4);
  }
  const [failed, done] = [await uploader.shown(first), await uploader.shown(second)];
  assert.deepEqual([failed.state, failed.problemCode], ['failed', 'gave-up']);
  assert.deepEqual([done.state, done.duplicateOf, engine.stored], ['done', null, [second]]);
});

test('what repeats a log that waits at another process fails in the end, and says why', async () => {
  const uploader = await sender();
  const [first, second] = [await uploader.upload('x', 'proxy'), await uploader.upload('x', 'proxy')];
  const contentHash = 'd'.repeat(32);
  const { db } = server.services.store;
  const { tenantId, streamId } = await db
    .updateTable('discoveryUploads')
    .set({ eventStore: 'another' })
    .where('id', '=', first)
    .returning(['tenantId', 'streamId'])
    .executeTakeFirstOrThrow();
  await db
    .insertInto('discoveryContents')
    .values({ tenantId, streamId: streamId ?? '', contentHash, uploadId: first })
    .execute();
  for (let round = 0; round < 4; round++) {
    await workOff(engineThat(async () => ({ contentHash })));
    server.services.testClock.advance(hourMs);
  }
  const { state, problem } = await uploader.shown(second);
  assert.equal(state, 'failed');
  assert.match(problem ?? '', new RegExp(`same log .*${first}`));
});

test('a log that is uploaded again counts, however little after the first one was deleted', async () => {
  const uploader = await sender();
  const same = engineThat(async () => ({ contentHash: 'c'.repeat(32) }));
  const first = await uploader.upload('x', 'proxy');
  await workOff(same);
  // A process that looks for what was deleted later than it reads.
  const begun = Promise.withResolvers<void>();
  const goOn = Promise.withResolvers<void>();
  const reading = startReadingLogs(server.services, {
    ...same,
    async parse(job) {
      begun.resolve();
      await goOn.promise;
      return await same.parse(job);
    },
  });
  const second = await uploader.upload('x', 'proxy');
  await begun.promise;
  assert.equal((await manage(uploader, first, 'DELETE')).status, 204);
  goOn.resolve();
  await reading.settled();
  await reading.stop();
  const { state, duplicateOf } = await uploader.shown(second);
  assert.deepEqual([state, duplicateOf, same.stored.at(-1)], ['done', null, second]);
});

test('a log whose end could not be written down, because the store was gone, is read again', async () => {
  const uploader = await sender();
  const id = await uploader.upload('x', 'proxy');
  const { store } = server.services;
  let isGone = false;
  const failing = async (): Promise<never> => {
    throw new StoreUnavailable('unreachable', 'gone');
  };
  const broken = new Proxy(store, {
    get(target, name, receiver) {
      if (isGone && name === 'transaction') return failing;
      if (isGone && name === 'db') throw new StoreUnavailable('unreachable', 'gone');
      return Reflect.get(target, name, receiver);
    },
  });
  const engine = engineThat(async () => {
    isGone = true;
    return {};
  });
  const reading = startReadingLogs({ ...server.services, store: broken }, engine);
  await reading.settled().catch(() => {});
  isGone = false;
  assert.equal((await uploader.shown(id)).state, 'processing');
  engine.parse = engineThat(async () => ({})).parse;
  await reading.settled();
  await reading.settled();
  await reading.stop();
  const { state, attempts } = await uploader.shown(id);
  assert.deepEqual([state, attempts, engine.stored], ['done', 2, [id]]);
});
