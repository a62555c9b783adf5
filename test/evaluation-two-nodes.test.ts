// Two server processes on one PostgreSQL that evaluate policies, run backfills and tell of what they found at the same
// moment. Each process follows the activities of its own event store; what two of them find twice is there once, and an
// event store that both could reach would be followed once.
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { startFollowing } from '../src/activities/following.ts';
import { insertActivities } from '../src/activities/store.ts';
import type { Services } from '../src/context.ts';
import { openEventStore } from '../src/events/events.ts';
import { dayMs } from '../src/lib/clock.ts';
import { startDelivering } from '../src/notifications/worker.ts';
import { getBackfill, requestBackfill, startBackfills } from '../src/policies/backfills.ts';
import { isOneOf } from '../src/policies/conditions.ts';
import { policiesFollower } from '../src/policies/follower.ts';
import type { Repetition } from '../src/policies/policy.ts';
import { makeTenant } from './support/accounts.ts';
import { madeActivity } from './support/activities.ts';
import { raise, sampleDraft } from './support/alerts.ts';
import { type PolicyBed, policyBedOf } from './support/policies.ts';
import { startMailReceiver } from './support/receivers.ts';
import { makePerson, startTestServer } from './support/server.ts';
import { secondNode } from './support/services.ts';
import { testStoreKind } from './support/store.ts';
import { openWebhookTests, type WebhookTests } from './support/webhooks.ts';
import { assertWhole } from './support/whole.ts';

const skip = testStoreKind === 'postgres' ? false : 'the embedded store belongs to one process';
const downloads = isOneOf('actionType', 'FileDownloaded');
const thrice: Repetition = { count: 3, windowMinutes: 5, sameUser: true, sameApp: false, uniqueTargets: false };

let tests: WebhookTests;
let second: Services;
before(async () => {
  if (skip) return;
  tests = await openWebhookTests();
  second = await secondNode(tests.server.services);
});
after(async () => {
  if (!skip) await tests.dispose();
});

/** Follows on a node until everything is evaluated, however often the other one was quicker. */
async function followOn(services: Services): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    const following = startFollowing(services, [policiesFollower]);
    try {
      await following.settled();
      return;
    } catch (error) {
      // The other node has done this range: nothing of it was written here.
      if (attempt === 100 || !/watermark/.test(String(error))) throw error;
    } finally {
      await following.stop();
    }
  }
}

async function countsOf({ services: { store }, tenant }: PolicyBed, policyId: string) {
  const rows = await store.db
    .selectFrom('policyCounts')
    .selectAll()
    .where('tenantId', '=', tenant.id)
    .where('policyId', '=', policyId)
    .orderBy('hour')
    .execute();
  const sum = (of: 'matches' | 'alerts' | 'heldBack') => rows.reduce((all, row) => all + Number(row[of]), 0);
  return [sum('matches'), sum('alerts'), sum('heldBack')];
}

test('activities that two nodes evaluate at the same moment are matched, counted and told of once', {
  skip,
}, async () => {
  const bed = await policyBedOf(tests.server.services);
  const single = await bed.policy([downloads]);
  const repeated = await bed.policy([downloads], { repetition: thrice });
  const ids: string[] = [];
  for (let round = 0; round < 5; round++) {
    const seconds = Array.from({ length: 5 }, (_, index) => ({ second: round * 1000 + index * 30 }));
    ids.push(...(await bed.store(seconds)));
    await Promise.all([followOn(tests.server.services), followOn(second)]);
  }
  assert.deepEqual(await bed.matches(single), ids.toSorted());
  assert.equal((await bed.alerts(single)).length, ids.length);
  assert.equal((await bed.alerts(repeated)).length, 5);
  assert.deepEqual(await countsOf(bed, single.id), [25, 25, 0]);
  assert.deepEqual(await countsOf(bed, repeated.id), [25, 5, 0]);
  await assertWhole(second.store.db, bed.tenant.id);
});

test('records that came to both nodes, each with an event store of its own, raise each alert once', {
  skip,
}, async (t) => {
  const { services } = tests.server;
  const { config } = services;
  const folder = await mkdtemp(join(tmpdir(), 'sallyport-node-'));
  const events = await openEventStore({
    folder,
    memoryBytesMax: config.eventMemoryBytesMax,
    querySecondsMax: config.querySecondsMax,
    queriesAtOnceMax: config.queriesAtOnceMax,
  });
  t.after(async () => {
    await events.close();
    await rm(folder, { recursive: true, force: true });
  });
  const apart: Services = { ...second, events };
  const bed = await policyBedOf(services);
  const single = await bed.policy([downloads], { dailyAlertLimit: 25 });
  const repeated = await bed.policy([downloads], { repetition: thrice });
  const rows = Array.from({ length: 40 }, (_, index) =>
    madeActivity(index, { timestamp: services.clock() + index * 20_000, userName: `p${index % 4}@contoso.example` }),
  );
  const stores = [services.events, events] as const;
  for (let start = 0; start < rows.length; start += 10) {
    // Half of them to both.
    const parts = [rows.slice(start, start + 10), rows.slice(start + 5, start + 15)];
    await Promise.all(stores.map((store, index) => insertActivities(store, bed.tenant.id, parts[index] ?? [])));
    await Promise.all([followOn(services), followOn(apart)]);
  }
  assert.deepEqual(await bed.matches(single), rows.map(({ id }) => id).sort());
  assert.equal((await bed.alerts(single)).length, 25, 'the limit of a day is one for both nodes');
  const windows = (await bed.alerts(repeated)).map(({ body }) => JSON.parse(body).activityIds as string[]); // As it was written.
  assert.equal(new Set(windows.flat()).size, windows.flat().length, 'an activity is told of in one alert');
  assert.ok(windows.length >= 4);
  await assertWhole(services.store.db, bed.tenant.id);
});

test('a backfill that two nodes run beside each other, with new activities coming in, ends with each alert once', {
  skip,
}, async () => {
  const { services } = tests.server;
  const bed = await policyBedOf(services);
  const count = 3 * 24 * 6;
  await bed.store(Array.from({ length: count }, (_, index) => ({ second: -600 * (count - index) })));
  const single = await bed.policy([downloads], { dailyAlertLimit: 100 });
  const until = services.clock() + dayMs;
  const { id } = await requestBackfill(bed.ctx, single.id, { from: until - 6 * dayMs, until });
  const fresh = await bed.store(Array.from({ length: 20 }, (_, index) => ({ second: 1 + index })));
  const runners = [startBackfills(services), startBackfills(second)];
  await Promise.all([...runners.map((runner) => runner.settled()), followOn(services), followOn(second)]);
  // What one runner lost to the other one was done by that one.
  for (const until = Date.now() + 30_000; (await getBackfill(bed.ctx, id)).state !== 'done'; await sleep(20)) {
    assert.ok(Date.now() < until, 'the backfill does not end');
  }
  await Promise.all(runners.map((runner) => runner.stop()));
  const done = await getBackfill(bed.ctx, id);
  const [, live = 0] = await countsOf(bed, single.id);
  const alerts = await bed.alerts(single);
  assert.deepEqual([done.state, done.progress], ['done', 1]);
  assert.equal(done.alerts + live, alerts.length);
  assert.equal(new Set(alerts.map(({ id: alert }) => alert)).size, alerts.length);
  const told = new Set(alerts.flatMap(({ body }) => JSON.parse(body).activityIds as string[])); // As it was written.
  assert.equal(told.size, alerts.length);
  assert.ok(fresh.every((activity) => told.has(activity)));
  await assertWhole(services.store.db, bed.tenant.id);
});

test('a webhook that is added on one node while the other raises and delivers gets every alert after it, once', {
  skip,
}, async () => {
  const delivering = startDelivering(second);
  try {
    for (let round = 0; round < 5; round++) {
      const boss = await tests.newBoss();
      await tests.add(boss, { name: 'first' });
      const busy = raise(second, boss.tenant.id, [sampleDraft(1), sampleDraft(2)]);
      await tests.add(boss, { name: 'second', url: `${tests.receiver.url}/late` });
      await Promise.all([busy, raise(tests.server.services, boss.tenant.id, [sampleDraft(3), sampleDraft(4)])]);
      await Promise.all([tests.delivering.settled(), delivering.settled()]);
      await Promise.all([tests.delivering.settled(), delivering.settled()]);
      const got = tests.got(boss).map(({ path, body }) => `${path} ${body.data.title}`);
      assert.equal(new Set(got).size, got.length, 'one is there twice');
      for (const path of ['/hook', '/hook/late']) {
        for (const number of [3, 4]) assert.ok(got.includes(`${path} Impossible travel ${number}`), got.join());
      }
      for (const number of [1, 2]) assert.ok(got.includes(`/hook Impossible travel ${number}`), got.join());
    }
  } finally {
    await delivering.stop();
  }
});

test('a webhook that wants nothing more is disabled once, however many deliveries hear of it at once', {
  skip,
}, async () => {
  const delivering = startDelivering(second);
  try {
    for (let round = 0; round < 5; round++) {
      const boss = await tests.newBoss();
      await tests.add(boss);
      tests.receiver.answer(410);
      await raise(
        tests.server.services,
        boss.tenant.id,
        Array.from({ length: 8 }, (_, index) => sampleDraft(index)),
      );
      await Promise.all([tests.delivering.settled(), delivering.settled()]);
      const audit = await tests.call(boss, 'GET', '/audit?action=webhook.disable');
      assert.equal(audit.json<{ items: unknown[] }>().items.length, 1, audit.text);
    }
  } finally {
    tests.receiver.answer(204);
    await delivering.stop();
  }
});

test('mails are handed over by one of two nodes, once each and within the limit of the day', { skip }, async (t) => {
  const smtp = await startMailReceiver('sallyport', 'mail-password-of-tests');
  const server = await startTestServer({
    settings: {
      mailHost: '127.0.0.1',
      mailPort: smtp.port,
      mailTls: 'none',
      mailUser: 'sallyport',
      mailPassword: 'mail-password-of-tests',
      mailFrom: 'sallyport@mail.example',
      mailsPerRecipientDay: 12,
    },
  });
  const workers = [startDelivering(server.services), startDelivering(await secondNode(server.services))];
  t.after(async () => {
    await Promise.all(workers.map((worker) => worker.stop()));
    await server.dispose();
    await smtp.close();
  });
  const tenant = await makeTenant(server.services);
  const boss = await makePerson(server, tenant, 'global-administrator');
  const body = { address: 'soc@receiver.example', alerts: 'informational' };
  const added = await server.request('/management/v1/mail-recipients', { session: boss.session, body });
  assert.equal(added.status, 201, added.text);
  for (const drafts of [
    Array.from({ length: 10 }, (_, index) => sampleDraft(index)),
    Array.from({ length: 5 }, (_, index) => sampleDraft(10 + index)),
  ]) {
    await raise(server.services, tenant.id, drafts);
    await Promise.all(workers.map((worker) => worker.settled()));
    await Promise.all(workers.map((worker) => worker.settled()));
  }
  const ids = smtp.mails.map(({ raw }) => /^Message-ID: (.*)$/im.exec(raw)?.[1]);
  assert.deepEqual([ids.length, new Set(ids).size], [12, 12]);
  const listed = await server.request('/management/v1/mail-recipients', { session: boss.session });
  const [recipient] = listed.json<{ items: { sentToday: number; withheldToday: number }[] }>().items;
  assert.deepEqual([recipient?.sentToday, recipient?.withheldToday], [12, 3]);
});
