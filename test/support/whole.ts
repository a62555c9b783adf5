// What holds of the alerts and incidents of a tenant whatever happened to them: each alert is in one incident that is
// there, each incident tells of exactly its alerts, and everything was told of as new once.
import assert from 'node:assert/strict';
import type { Db } from '../../src/db/store.ts';
import type { TenantId } from '../../src/lib/ids.ts';

interface Body {
  readonly incidentId: number;
  readonly redirectIncidentId: number | null;
  readonly status: string;
  readonly alerts: readonly { readonly alertId: string }[];
}

export interface Whole {
  /** The incident of each alert, by alertId. */
  readonly incidentOf: ReadonlyMap<string, number>;
  /** The alerts of each incident that was not merged into another one, sorted. */
  readonly groups: ReadonlyMap<number, readonly string[]>;
}

/** Fails unless all of that holds. */
export async function assertWhole(db: Db, tenantId: TenantId): Promise<Whole> {
  const alerts = await db
    .selectFrom('alerts')
    .select(['alertId', 'incidentId'])
    .where('tenantId', '=', tenantId)
    .orderBy('alertId')
    .execute();
  const incidentOf = new Map(alerts.map(({ alertId, incidentId }) => [alertId, incidentId ?? 0]));
  assert.equal(incidentOf.size, alerts.length, 'an alert is there twice');
  const groups = await groupsOf(db, tenantId, incidentOf);
  await assertNoted(db, tenantId, incidentOf);
  return { incidentOf, groups };
}

async function groupsOf(
  db: Db,
  tenantId: TenantId,
  incidentOf: ReadonlyMap<string, number>,
): Promise<Map<number, readonly string[]>> {
  const rows = await db
    .selectFrom('incidents')
    .select(['incidentId', 'status', 'alertCount', 'body'])
    .where('tenantId', '=', tenantId)
    .orderBy('incidentId')
    .execute();
  const bodies = new Map(rows.map(({ incidentId, body }) => [incidentId, JSON.parse(body) as Body])); // As it was written.
  const groups = new Map<number, readonly string[]>();
  for (const { incidentId, status, alertCount } of rows) {
    const own = [...incidentOf]
      .filter(([, of]) => of === incidentId)
      .map(([alertId]) => alertId)
      .sort();
    const told = (bodies.get(incidentId)?.alerts ?? []).map(({ alertId }) => alertId).sort();
    assert.deepEqual([told, alertCount], [own, own.length], `incident ${incidentId} tells of other alerts than it has`);
    if (status !== 'Redirected') groups.set(incidentId, own);
    else assert.deepEqual(own, [], `incident ${incidentId} is part of another one and has alerts`);
    assert.ok(bodies.has(endOf(bodies, incidentId)), `incident ${incidentId} leads nowhere`);
  }
  for (const [alertId, incidentId] of incidentOf) assert.ok(groups.has(incidentId), `${alertId} is in no incident`);
  return groups;
}

function endOf(bodies: ReadonlyMap<number, Body>, incidentId: number): number {
  const passed = new Set<number>();
  let at = incidentId;
  for (let body = bodies.get(at); body?.status === 'Redirected'; body = bodies.get(at)) {
    assert.ok(!passed.has(at), `incident ${at} leads back to itself`);
    passed.add(at);
    at = body.redirectIncidentId ?? 0;
  }
  return at;
}

/** Notes without a gap, with each alert and each incident once as new, before whatever else is told of it. */
async function assertNoted(db: Db, tenantId: TenantId, incidentOf: ReadonlyMap<string, number>): Promise<void> {
  const notes = await db
    .selectFrom('changeNotes')
    .select(['sequence', 'subject', 'subjectId', 'change'])
    .where('tenantId', '=', tenantId)
    .orderBy('sequence')
    .execute();
  const begun = new Set<string>();
  for (const [index, { sequence, subject, subjectId, change }] of notes.entries()) {
    assert.equal(Number(sequence), index + 1);
    if (subject !== 'alert' && subject !== 'incident') continue;
    const name = `${subject} ${subjectId}`;
    assert.equal(begun.has(name), change === 'updated', `note ${sequence}: ${name} ${change}`);
    begun.add(name);
  }
  for (const alertId of incidentOf.keys()) assert.ok(begun.has(`alert ${alertId}`), `nothing tells of ${alertId}`);
}
