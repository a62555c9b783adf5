// kill -9 of a real server process, again and again, while records come in, policies are evaluated, a backfill runs and
// webhooks are sent: in the end there are the alerts, incidents, matches and entries that an undisturbed run leaves.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { alertIdFor } from '../src/alerts/alert-keys.ts';
import type { Db } from '../src/db/store.ts';
import { Seeded } from '../src/demo/seeded.ts';
import { dayMs, hourMs, isoTime } from '../src/lib/clock.ts';
import type { TenantId } from '../src/lib/ids.ts';
import { auditRecord } from './support/ingestion.ts';
import { KillableServer } from './support/killable-server.ts';
import { type HookReceiver, type Received, startHookReceiver } from './support/receivers.ts';
import { assertWhole } from './support/whole.ts';

const kills = 8;
const settledMsMax = 120_000;
const chunks = 200;
const recordsPerChunk = 6;
const historyDays = 60;

/** Not before any policy is made, and in a time that both runs have. */
const base = Math.ceil((Date.now() + hourMs) / 1000) * 1000;
const history = base - (historyDays + 2) * dayMs;

const timeOf = (at: number): string => isoTime(at).slice(0, 19);
const linesOf = (records: readonly unknown[]): string => records.map((each) => `${JSON.stringify(each)}\n`).join('');

function recordAt(index: number) {
  const user = index % 40;
  const isLast = index === chunks * recordsPerChunk - 1;
  return auditRecord(index, {
    CreationTime: timeOf(base + index * 2000),
    Operation: index % 31 === 0 || isLast ? 'FileDeleted' : user < 8 ? 'FileDownloaded' : 'FileAccessed',
    UserId: `user${user}@contoso.example`,
    ClientIP: `8.8.${user}.8`,
  });
}
const deletions = Array.from({ length: chunks * recordsPerChunk }, (_, index) => recordAt(index)).filter(
  ({ Operation }) => Operation === 'FileDeleted',
).length;

/** Two records a day, of which one is what the backfill looks for. */
const past = Array.from({ length: historyDays * 2 }, (_, index) =>
  auditRecord(1_000_000 + index, {
    CreationTime: timeOf(history + (index >> 1) * dayMs + index * 1000),
    Operation: index % 2 === 0 ? 'FileRenamed' : 'FileAccessed',
    UserId: `user${index % 6}@contoso.example`,
    ClientIP: `8.8.${index % 6}.8`,
  }),
);

const doing = (operation: string) => ({ actionType: { eq: [operation] } });
const policies = {
  deletions: { filters: doing('FileDeleted'), dailyAlertLimit: 1000 },
  downloads: {
    filters: doing('FileDownloaded'),
    dailyAlertLimit: 1000,
    repetition: { count: 3, windowMinutes: 5, sameUser: true, sameApp: false, uniqueTargets: false },
  },
  renamings: { filters: doing('FileRenamed'), dailyAlertLimit: 1000 },
  everything: { filters: {}, dailyAlertLimit: 0 },
} as const;

/** Sends chunks from `from` to `to`, each until it is acknowledged, and returns how far it got before the server was gone. */
async function sendChunks(server: KillableServer, from: number, to: number): Promise<number> {
  for (let chunk = from; chunk < to; chunk++) {
    const records = Array.from({ length: recordsPerChunk }, (_, each) => recordAt(chunk * recordsPerChunk + each));
    try {
      await server.call('/ingest/activities', linesOf(records), 'application/x-ndjson');
    } catch (error) {
      if (error instanceof assert.AssertionError) throw error; // Everything else is the connection that was cut.
      return chunk;
    }
  }
  return to;
}

/** The records in as many parts as the process is killed, at moments that follow from the seed. */
async function run(killed: number): Promise<Outcome> {
  const receiver = await startHookReceiver();
  const server = await KillableServer.open({
    SALLYPORT_WEBHOOK_LOOPBACK_HTTP: 'true',
    SALLYPORT_POLICY_DAY_MATCHES_MAX: '1000',
    SALLYPORT_POLICY_BURST_MATCHES_MAX: '1000',
  });
  const chance = new Seeded('crash-alerts');
  try {
    await server.start();
    const ids: Record<string, string> = {};
    for (const [name, policy] of Object.entries(policies)) {
      ids[name] = (await server.call('/policies', { name, ...policy })).id;
    }
    const { tenantId } = await (await server.db()).selectFrom('policies').select('tenantId').executeTakeFirstOrThrow();
    await server.call('/webhooks', {
      name: 'all',
      url: receiver.url,
      events: ['alert.created', 'incident.created', 'incident.updated'],
    });
    await server.call('/ingest/activities', linesOf(past), 'application/x-ndjson');
    await server.call(`/policies/${ids.renamings}/backfills`, {
      from: isoTime(history),
      until: isoTime(base - hourMs),
    });
    let sent = 0;
    for (let kill = 1; kill <= killed; kill++) {
      const end = Math.floor((kill * chunks) / (killed + 1));
      const before = await progressOf(server, receiver);
      sent = await sendChunks(server, sent, sent + ((end - sent) >> 1));
      await moved(() => progressOf(server, receiver), before, chance.pick(['alerts', 'told', 'position']));
      const sending = sendChunks(server, sent, end);
      await sleep(chance.integer(0, 400));
      await server.end('SIGKILL');
      sent = await sending;
      // As if the minute had passed for which the dead process has taken them.
      await (await server.db()).updateTable('deliveries').set({ leaseUntil: 0 }).execute();
      await server.start();
    }
    assert.equal(await sendChunks(server, sent, chunks), chunks);
    await settled(server, ids.deletions ?? '');
    const audit = await server.call('/audit/verification');
    assert.deepEqual([audit.intact, audit.problems], [true, []]);
    await server.end('SIGTERM');
    return await outcomeOf(await server.db(), tenantId, ids, receiver.received);
  } finally {
    await server.dispose();
    await receiver.close();
  }
}

interface Progress {
  readonly alerts: number;
  /** Deliveries that have arrived. */
  readonly told: number;
  /** Of the backfill, until it is done. */
  readonly position: number | null;
}

async function progressOf(server: KillableServer, receiver: HookReceiver): Promise<Progress> {
  const db = await server.db();
  const alerts = await db.selectFrom('alerts').select('id').execute();
  const backfill = await db.selectFrom('policyBackfills').select('position').where('state', '!=', 'done').execute();
  return {
    alerts: alerts.length,
    told: receiver.received.length,
    position: backfill[0] ? Number(backfill[0].position) : null,
  };
}

/** A process that is killed before it has begun has nothing in hand. */
async function moved(ask: () => Promise<Progress>, before: Progress, what: keyof Progress): Promise<void> {
  if (before[what] === null) return;
  const until = Date.now() + settledMsMax;
  while ((await ask())[what] === before[what]) {
    assert.ok(Date.now() < until, `nothing moved: ${what}`);
    await sleep(5);
  }
}

/** The last record is one of the deletions: when it is matched, everything before it was evaluated. */
async function settled(server: KillableServer, policyId: string): Promise<void> {
  const db = await server.db();
  for (const until = Date.now() + settledMsMax; ; await sleep(50)) {
    const matched = await db
      .selectFrom('policyMatches')
      .select('activityId')
      .where('policyId', '=', policyId)
      .execute();
    const undone = await db.selectFrom('policyBackfills').select('id').where('state', '!=', 'done').execute();
    const { last } = await db
      .selectFrom('changeNotes')
      .select((e) => e.fn.max('sequence').as('last'))
      .executeTakeFirstOrThrow();
    const told = await db.selectFrom('watermarks').select('position').where('follower', '=', 'notifications').execute();
    const isTold = Number(told[0]?.position ?? 0) === Number(last);
    // Asked last: what is told becomes a delivery in the same transaction.
    const waiting = await db.selectFrom('deliveries').select('id').execute();
    if (matched.length === deletions && undone.length + waiting.length === 0 && isTold) return;
    const state = { matched: matched.length, undone: undone.length, waiting: waiting.length, isTold };
    assert.ok(Date.now() < until, `not everything was done in time: ${JSON.stringify(state)}`);
  }
}

interface Outcome {
  /** Alerts by their policy and first activities, with those that their incident has. */
  readonly incidents: readonly string[];
  readonly matches: readonly string[];
  readonly counts: readonly string[];
  readonly governance: readonly string[];
  readonly backfills: readonly string[];
  readonly switched: number;
}

async function outcomeOf(
  db: Db,
  tenantId: TenantId,
  ids: Readonly<Record<string, string>>,
  received: readonly Received[],
): Promise<Outcome> {
  const nameOf = new Map(Object.entries(ids).map(([name, id]) => [id, name]));
  const { groups, incidentOf } = await assertWhole(db, tenantId);
  const names = await nameAlerts(db, tenantId, nameOf);
  assertTold(received, incidentOf);
  const matches = await db.selectFrom('policyMatches').selectAll().where('tenantId', '=', tenantId).execute();
  const counts = await db
    .selectFrom('policyCounts')
    .select((e) => ['policyId', e.fn.sum('matches').as('matches'), e.fn.sum('alerts').as('alerts')])
    .where('tenantId', '=', tenantId)
    .groupBy('policyId')
    .execute();
  const log = await db.selectFrom('governanceActions').selectAll().where('tenantId', '=', tenantId).execute();
  const backfills = await db.selectFrom('policyBackfills').selectAll().where('tenantId', '=', tenantId).execute();
  const switched = await db
    .selectFrom('auditRecords')
    .select('action')
    .where('action', '=', 'policy.disable')
    .execute();
  const own = (policyId: string | null) => nameOf.get(policyId ?? '') ?? 'built in';
  return {
    incidents: [...groups.values()]
      .map((alerts) =>
        alerts
          .map((alert) => names.get(alert))
          .sort()
          .join('\n'),
      )
      .sort(),
    // How far a policy that is switched off had got depends on when that was.
    matches: matches
      .filter(({ policyId }) => policyId !== ids.everything)
      .map(({ policyId, activityId, alert }) => `${own(policyId)} ${activityId} ${isTold(own(policyId), alert)}`)
      .sort(),
    counts: counts
      .filter(({ policyId }) => policyId !== ids.everything)
      .map(({ policyId, ...sums }) => `${own(policyId)} ${Number(sums.matches)} ${Number(sums.alerts)}`)
      .sort(),
    // Of different policies, so that either may be first.
    governance: log.map(({ type, status, policyId }) => `${type} ${status} ${own(policyId)}`).sort(),
    backfills: backfills.map(
      ({ state, matches: found, alerts, heldBack }) => `${state} ${found} ${alerts} ${heldBack}`,
    ),
    switched: switched.length,
  };
}

/** What comes into a window once its alert is raised belongs to no alert, and when that is depends on the batches. */
function isTold(policy: string, alert: string | null): string {
  return policy === 'downloads' ? '' : alert === null ? 'in no alert' : 'in an alert';
}

/** What alerts are called in both runs: in their ids those of the policies differ. */
async function nameAlerts(
  db: Db,
  tenantId: TenantId,
  nameOf: ReadonlyMap<string, string>,
): Promise<Map<string, string>> {
  const rows = await db
    .selectFrom('alerts')
    .select(['alertId', 'policyId', 'body'])
    .where('tenantId', '=', tenantId)
    .execute();
  return new Map(
    rows.map(({ alertId, policyId, body }) => {
      const name = nameOf.get(policyId ?? '');
      if (name === undefined) return [alertId, alertId];
      const { activityIds } = JSON.parse(body) as { activityIds: string[] }; // As it was written.
      const [first = ''] = activityIds;
      if (name !== 'downloads') assert.equal(alertId, alertIdFor(policyId ?? '', first));
      return [alertId, `${name} ${activityIds.slice(0, name === 'downloads' ? 3 : 1).join()}`];
    }),
  );
}

/** Each alert was told of as new, with one id however often it was sent. */
function assertTold(received: readonly Received[], incidentOf: ReadonlyMap<string, number>): void {
  const ids = new Map<string, Set<string>>();
  for (const { body } of received.filter(({ body: { type } }) => type === 'alert.created')) {
    const alertId = String(body.data.alertId);
    ids.set(alertId, (ids.get(alertId) ?? new Set()).add(body.id));
  }
  assert.deepEqual([...ids.keys()].sort(), [...incidentOf.keys()].sort());
  for (const [alertId, of] of ids) assert.equal(of.size, 1, `${alertId} was told of as ${[...of]}`);
}

test(`killed ${kills} times on the way, the server ends with the alerts and incidents of an undisturbed run`, async () => {
  const undisturbed = await run(0);
  assert.equal(undisturbed.incidents.length > 0, true);
  assert.deepEqual(undisturbed.governance, [
    'BackfillPolicyTask succeeded renamings',
    'DisablePolicyTask succeeded everything',
  ]);
  assert.deepEqual(undisturbed.backfills, [`done ${historyDays} ${historyDays} 0`]);
  const disturbed = await run(kills);
  for (const part of ['incidents', 'matches', 'counts', 'governance', 'backfills', 'switched'] as const) {
    assert.deepEqual(disturbed[part], undisturbed[part], part);
  }
});
