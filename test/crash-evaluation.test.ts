// kill -9 of a real server process while activities are taken in and evaluated, several times over: what was acknowledged
// is stored, everything is sent again, and in the end every activity is there once and has been evaluated once.
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { startFollowing } from '../src/activities/following.ts';
import { openControlStore } from '../src/db/store.ts';
import { type EventStore, openEventStore } from '../src/events/events.ts';
import { sql } from '../src/events/sql.ts';
import { huntingFollower } from '../src/hunting/projections/activities.ts';
import { startProjecting } from '../src/hunting/projections/projecting.ts';
import { buildNames } from '../src/listening/names.ts';
import { controlStoreFileName } from '../src/running/start.ts';
import { awayFromMidnight, ChildServer, type IngestCounts, until } from './support/child-server.ts';
import { huntedRows } from './support/hunting.ts';
import { auditRecord } from './support/ingestion.ts';
import { silentLog, testConfig, testKeys } from './support/services.ts';
import { openTestStore, type TestStore } from './support/store.ts';

const requests = 12;
const linesOfRequest = 1500;
const activities = requests * linesOfRequest;
const rounds = 4;
/** One activity in so many is about something that must not happen, and raises an alert by itself. */
const rareEvery = 600;
/** So many activities around each border between two requests are somebody's who does the same again and again. */
const burstSize = 30;
const dailyLimit = 7;

type Kind = 'everything' | 'rare' | 'bursts';
const policies: Readonly<Record<Kind, object>> = {
  everything: { filters: { 'user.domain': { eq: ['contoso.example'] } }, dailyAlertLimit: dailyLimit },
  rare: { filters: { actionType: { eq: ['FilePermanentlyDeleted'] } }, dailyAlertLimit: 1000 },
  bursts: {
    filters: { actionType: { eq: ['FileUploaded'] } },
    dailyAlertLimit: 1000,
    repetition: { count: 10, windowMinutes: 60, sameUser: true, sameApp: false, uniqueTargets: false },
  },
};

function operationOf(index: number): { Operation: string; UserId: string } {
  const fromBorder = index + burstSize / 2;
  if (fromBorder % linesOfRequest < burstSize) {
    const burst = Math.floor(fromBorder / linesOfRequest);
    return { Operation: 'FileUploaded', UserId: `hasty${burst}@contoso.example` };
  }
  const Operation = index % rareEvery === 0 ? 'FilePermanentlyDeleted' : 'FileAccessed';
  return { Operation, UserId: `user${index % 997}@contoso.example` };
}

/** The lines of one request. */
function linesOf(request: number, time: string): string {
  let text = '';
  for (let index = request * linesOfRequest; index < (request + 1) * linesOfRequest; index++) {
    text += `${JSON.stringify(auditRecord(index, { CreationTime: time, ...operationOf(index) }))}\n`;
  }
  return text;
}

interface Report {
  readonly today: { readonly matches: number; readonly alerts: number; readonly heldBack: number };
}

test('after kill -9 amid ingestion and evaluation, sending all again leaves every activity stored and evaluated once', async () => {
  await awayFromMidnight();
  const place = await openTestStore(Date.now);
  const folder = await mkdtemp(join(tmpdir(), 'sallyport-crash-'));
  const settings = 'postgresUrl' in place.where ? { SALLYPORT_DATABASE_URL: place.where.postgresUrl } : undefined;
  let server: ChildServer | undefined;
  try {
    server = await ChildServer.start(folder, settings);
    const ids: Partial<Record<Kind, string>> = {};
    for (const [kind, body] of Object.entries(policies)) {
      const made = await server.read<{ id: string }>('/management/v1/policies', { name: kind, ...body });
      ids[kind as Kind] = made.id; // The keys are the kinds.
    }
    const time = new Date(Math.floor(Date.now() / 1000) * 1000 + 1000).toISOString().slice(0, 19);

    const acknowledged = new Set<number>();
    for (let round = 0; round < rounds; round++) {
      await sendUntilKilled(server, time, round, ids.everything ?? '', acknowledged);
      server = await ChildServer.start(folder, settings);
    }
    assert.ok(acknowledged.size > 0);
    for (let request = 0; request < requests; request++) {
      const counts: IngestCounts = await server.ingest(linesOf(request, time));
      const { received, stored, duplicates } = counts;
      assert.equal(received, linesOfRequest);
      assert.equal(stored + duplicates, linesOfRequest);
      if (acknowledged.has(request)) assert.equal(stored, 0, 'What was acknowledged was on the disk.');
    }
    await evaluated(server, ids.everything ?? '', activities);
    await server.kill();

    assert.deepEqual(await countStored(folder), [activities, activities]);
    await checkFindings(place, folder, ids);
    await checkHunting(place, folder);
  } finally {
    await server?.kill();
    await place.dispose();
    await rm(folder, { recursive: true, force: true });
  }
});

/** Sends from the start on; each round ends a little later in the course of things. */
async function sendUntilKilled(
  server: ChildServer,
  time: string,
  round: number,
  policyId: string,
  acknowledged: Set<number>,
): Promise<void> {
  const last = Math.min(requests - 1, (round + 1) * 2);
  for (let request = 0; request < last; request++) {
    await server.ingest(linesOf(request, time));
    acknowledged.add(request);
  }
  // In the second round and the fourth there is something evaluated already that came in just now.
  if (round % 2 === 1) await evaluated(server, policyId, last * linesOfRequest - linesOfRequest);
  const underWay = server.ingest(linesOf(last, time)).then(
    () => acknowledged.add(last),
    (error: unknown) => {
      if (error instanceof assert.AssertionError) throw error; // Everything else is the connection that was cut.
    },
  );
  if (round >= 2) await Promise.race([underWay, new Promise((resolve) => setTimeout(resolve, round * 20))]);
  await Promise.all([server.kill(), underWay]);
}

/** Waits until the policy has seen so many activities. */
async function evaluated(server: ChildServer, policyId: string, count: number): Promise<void> {
  const path = `/management/v1/policies/${policyId}/matches?limit=1`;
  await until(
    () => server.read<Report>(path),
    ({ today }) => today.matches >= count,
  );
}

/** What was found, as the store has it: counts, alerts, and the activities that these tell of. */
async function checkFindings(place: TestStore, folder: string, ids: Partial<Record<Kind, string>>): Promise<void> {
  const where = 'postgresUrl' in place.where ? place.where : { sqliteFile: join(folder, controlStoreFileName) };
  const store = await openControlStore(where, Date.now());
  try {
    const found = async (kind: Kind) => {
      const id = ids[kind] ?? '';
      // No tenant is named: there is one.
      const counts = await store.db
        .selectFrom('policyCounts')
        .select((e) => [
          e.fn.sum('matches').as('matches'),
          e.fn.sum('alerts').as('alerts'),
          e.fn.sum('heldBack').as('heldBack'),
        ])
        .where('policyId', '=', id)
        .executeTakeFirstOrThrow();
      const alerts = await store.db.selectFrom('alerts').select(['id', 'body']).where('policyId', '=', id).execute();
      const matches = await store.db
        .selectFrom('policyMatches')
        .select('activityId')
        .where('policyId', '=', id)
        .execute();
      return {
        matches: Number(counts.matches),
        alerts: Number(counts.alerts),
        heldBack: Number(counts.heldBack),
        stored: alerts.length,
        listed: matches.length,
        bodies: alerts.map(({ body }) => body),
      };
    };
    const everything = await found('everything');
    assert.deepEqual(
      [everything.matches, everything.alerts, everything.heldBack, everything.stored],
      [activities, dailyLimit, activities - dailyLimit, dailyLimit],
    );

    const rare = await found('rare');
    const rareCount = Array.from({ length: activities }, (_, index) => operationOf(index)).filter(
      ({ Operation }) => Operation === 'FilePermanentlyDeleted',
    ).length;
    const { bodies: _, ...rareFound } = rare;
    assert.deepEqual(rareFound, {
      ...{ matches: rareCount, alerts: rareCount, heldBack: 0, stored: rareCount, listed: rareCount },
    });

    const hasty = await found('bursts');
    const people = hasty.bodies.map((body) => /hasty\d+@/.exec(body)?.[0]).sort();
    assert.equal(new Set(people).size, people.length, 'One alert for each of them.');
    assert.equal(hasty.alerts, hasty.stored);
    assert.equal(hasty.stored, new Set(hastyPeople()).size);
  } finally {
    await store.close();
  }
}

/** Tables for hunting, followed to the end by another process: each activity once, each alert as it is, whatever was cut off. */
async function checkHunting(place: TestStore, folder: string): Promise<void> {
  const where = 'postgresUrl' in place.where ? place.where : { sqliteFile: join(folder, controlStoreFileName) };
  const store = await openControlStore(where, Date.now());
  const events = await openEvents(folder);
  const config = testConfig(folder);
  const services = {
    store,
    events,
    clock: Date.now,
    log: silentLog,
    config,
    keys: testKeys(),
    names: buildNames(config),
  };
  const [following, projecting] = [startFollowing(services, [huntingFollower]), startProjecting(services)];
  try {
    await following.settled();
    await projecting.settled();
    const alerts = await store.db.selectFrom('alerts').select(['tenantId', 'alertId']).execute();
    const [tenantId = ''] = alerts.map((alert) => alert.tenantId);
    const known = alerts.map(({ alertId }) => alertId).sort();
    const hunted = await huntedRows(services, tenantId, 'AlertInfo | project AlertId');
    assert.deepEqual(hunted.map(([alertId]) => String(alertId)).sort(), known);
    assert.deepEqual(await huntedRows(services, tenantId, 'AlertEvidence | summarize count_distinct(AlertId)'), [
      [BigInt(known.length)],
    ]);
    const rows = await huntedRows(services, tenantId, 'CloudAppEvents | summarize count(), count_distinct(ReportId)');
    assert.deepEqual(rows, [[BigInt(activities), BigInt(activities)]]);
  } finally {
    await Promise.all([following.stop(), projecting.stop()]);
    await events.close();
    await store.close();
  }
}

function hastyPeople(): string[] {
  return Array.from({ length: activities }, (_, index) => operationOf(index).UserId).filter((user) =>
    user.startsWith('hasty'),
  );
}

/** Activities on the disk, and how many ids they have. */
async function countStored(folder: string): Promise<number[]> {
  const events = await openEvents(folder);
  try {
    const [row = []] = await events.query(sql`select count(*), count(distinct "id") from "activities"`);
    return row.map(Number);
  } finally {
    await events.close();
  }
}

async function openEvents(folder: string): Promise<EventStore> {
  const limits = { memoryBytesMax: 256 * 1024 * 1024, querySecondsMax: 60, queriesAtOnceMax: 1 };
  return await openEventStore({ folder, ...limits });
}
