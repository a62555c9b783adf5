// Merging and splitting over the management API, the reason for each alert, and that every alert is in one incident
// whatever is taken in, merged, moved and raised.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { listNotes, noteChange, pruneNotes } from '../src/changes/changes.ts';
import type { Tenant } from '../src/directory/tenants.ts';
import { changeAlerts } from '../src/incidents/alert-changes.ts';
import { changeIncident } from '../src/incidents/incident-changes.ts';
import { ingestIncidents } from '../src/incidents/ingest.ts';
import { raiseAlerts } from '../src/incidents/raise.ts';
import { mergeIncidents, moveAlerts } from '../src/incidents/regrouping.ts';
import { dayMs } from '../src/lib/clock.ts';
import { Conflict, NotFound, TooLarge } from '../src/lib/failures.ts';
import { makeTenant } from './support/accounts.ts';
import { sampleDraft, user } from './support/drafts.ts';
import { sampleAlert, sampleIncident, timeAt } from './support/incidents.ts';
import { ctxOf, inPieces } from './support/ingestion.ts';
import { type Answer, makePerson, type Person, startTestServer, type TestServer } from './support/server.ts';

let server: TestServer;
let tenant: Tenant;
let operator: Person;
let reader: Person;
before(async () => {
  server = await startTestServer({ settings: { alertsChangedMax: 50 } });
  tenant = await makeTenant(server.services);
  operator = await makePerson(server, tenant, 'security-operator');
  reader = await makePerson(server, tenant, 'security-reader');
});
after(() => server.dispose());

interface View {
  readonly incidentId: number;
  readonly status: string;
  readonly redirectIncidentId: number | null;
  readonly isMadeHere: boolean;
  readonly alertIds: readonly string[];
  readonly reasons: readonly Record<string, unknown>[];
}

const base = '/management/v1/incidents';
const person = (name: string) => user(`${name}@contoso.example`);
const write = 'Incident.ReadWrite.All';

async function raise(...drafts: Parameters<typeof raiseAlerts>[2]): Promise<number> {
  server.services.testClock.advance(1000);
  const [first] = await raiseAlerts(server.services, tenant.id, drafts);
  return first?.incidentId ?? 0;
}

async function view(id: number, who: Person = reader): Promise<View> {
  const answer = await server.request(`${base}/${id}`, { session: who.session });
  assert.equal(answer.status, 200, answer.text);
  return answer.json<View>();
}

const post = (path: string, body: unknown, who: Person = operator): Promise<Answer> =>
  server.request(`${base}/${path}`, { session: who.session, body });

test('the reason for which an alert is in its incident is shown: what it shares, or who moved it', async () => {
  const id = await raise(sampleDraft('r1', [person('r')]), sampleDraft('r2', [person('r')]));
  const nothing = { sharedWith: null, kind: null, key: null, movedFrom: null, movedBy: null };
  const shared = { ...nothing, alertId: 'r2', sharedWith: 'r1', kind: 'user', key: 'r@contoso.example' };
  assert.deepEqual((await view(id)).reasons, [shared]);
  const moved = (await post('move-alerts', { alertIds: ['r2'] })).json<{ incidentId: number }>();
  const target = await view(moved.incidentId);
  assert.deepEqual([target.alertIds, target.isMadeHere], [['r2'], true]);
  assert.deepEqual(target.reasons, [{ ...nothing, alertId: 'r2', movedFrom: id, movedBy: operator.user.userName }]);
  assert.deepEqual((await view(id)).alertIds, ['r1']);
});

test('merging needs the right to write, incidents of one tenant, and two of them', async () => {
  const [one, two] = [await raise(sampleDraft('m1')), await raise(sampleDraft('m2'))];
  const both = { incidentIds: [one, two] };
  assert.equal((await post('merge', both, reader)).status, 403);
  assert.equal((await server.request(`${base}/merge`, { body: both })).status, 401);
  for (const [path, body, status] of [
    ['merge', { incidentIds: [one] }, 400],
    ['merge', { incidentIds: [one, one] }, 400],
    ['merge', { incidentIds: [one, 'x'] }, 400],
    ['merge', { incidentIds: [one, 12_345] }, 404],
    ['merge', { ...both, more: 1 }, 400],
    ['move-alerts', { alertIds: ['none'] }, 404],
    ['move-alerts', { alertIds: [] }, 400],
  ] as const) {
    assert.equal((await post(path, body)).status, status, JSON.stringify(body));
  }
  const other = await makeTenant(server.services);
  const stranger = await makePerson(server, other, 'security-operator');
  assert.equal((await post('merge', both, stranger)).status, 404);
  assert.equal((await server.request(`${base}/${one}`, { session: stranger.session })).status, 404);
  assert.equal((await server.request(`${base}/x`, { session: reader.session })).status, 400);
  assert.deepEqual((await post('merge', both)).json(), { incidentId: one });
  const old = await view(two);
  assert.deepEqual([old.status, old.redirectIncidentId, old.alertIds], ['Redirected', one, []]);
  assert.equal((await post('merge', both)).status, 409);
});

test('two mergers of the same incidents at once: one of them is told that it came too late', async () => {
  const ids = [await raise(sampleDraft('t1')), await raise(sampleDraft('t2'))];
  const answers = await Promise.all([post('merge', { incidentIds: ids }), post('merge', { incidentIds: ids })]);
  assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 409]);
  assert.deepEqual([...(await view(ids[0] ?? 0)).alertIds].sort(), ['t1', 't2']);
});

test('what is too much for one incident, or for one call, is refused and nothing moves', async () => {
  const drafts = Array.from({ length: 30 }, (_, index) => sampleDraft(`big${index}`, [person('big')]));
  const more = Array.from({ length: 30 }, (_, index) => sampleDraft(`huge${index}`, [person('huge')]));
  const ids = [await raise(...drafts), await raise(...more)];
  const ctx = ctxOf(server.services, tenant, [write, 'Alerts.manage']);
  await assert.rejects(mergeIncidents(ctx, write, ids), TooLarge);
  const alertIds = [...drafts, ...more].map(({ alertId }) => alertId);
  await assert.rejects(moveAlerts(ctx, write, alertIds, null), TooLarge);
  await assert.rejects(
    changeAlerts(ctx, 'Alerts.manage', { conditions: [] }, () => ({ isRead: true })),
    TooLarge,
  );
  assert.equal((await view(ids[0] ?? 0)).alertIds.length, 30);
});

test('of closes of one alert at the same time, one counts', async () => {
  const id = await raise(sampleDraft('c1'));
  const ctx = ctxOf(server.services, tenant, ['Alerts.manage']);
  const close = () =>
    changeAlerts(ctx, 'Alerts.manage', { alertIds: ['c1', 'none'] }, (alert) =>
      alert.resolution === 'open' ? { resolution: 'benign' } : null,
    );
  const results = await Promise.all([close(), close(), close(), close()]);
  assert.deepEqual(results.map(({ changed }) => changed.length).sort(), [0, 0, 0, 1]);
  assert.ok(results.every(({ missing }) => missing.length === 1 && missing[0] === 'none'));
  const notes = await listNotes(server.services.store.db, tenant.id, 0, 1000);
  assert.equal(notes.filter(({ subjectId }) => subjectId === 'c1').length, 2, 'created, and closed once');
  assert.equal((await view(id)).alertIds.length, 1);
});

test('an alert that another product moves is in the incident that it says last, in one only', async () => {
  const fresh = await makeTenant(server.services);
  const ctx = ctxOf(server.services, fresh, ['Ingest.write', write]);
  const take = (incident: unknown) => ingestIncidents(ctx, inPieces(JSON.stringify(incident)), 'test');
  const alert = sampleAlert(1, timeAt(0));
  await take(sampleIncident(1, { alerts: [alert, sampleAlert(2, timeAt(0))] }));
  await take(sampleIncident(2, { alerts: [alert] }));
  assert.deepEqual(await membersOf(fresh), { 1: [sampleAlert(2, '').alertId], 2: [alert.alertId] });
  await mergeIncidents(ctx, write, [1, 2]);
  // What comes for an incident that was merged here goes to where it is now.
  await take(sampleIncident(2, { lastUpdateTime: timeAt(10 ** 9), alerts: [alert, sampleAlert(3, timeAt(5))] }));
  assert.deepEqual(await membersOf(fresh), { 1: [1, 2, 3].map((n) => sampleAlert(n, '').alertId), 2: [] });
  await assert.rejects(changeIncident(ctx, write, 2, { tags: [] }), Conflict);
  await assert.rejects(changeIncident(ctx, write, 3, { tags: [] }), NotFound);
});

/** The alerts of each incident as its body has them, which must be what the records of alerts say. */
async function membersOf({ id }: Tenant): Promise<Record<number, unknown[]>> {
  const { db } = server.services.store;
  const incidents = await db
    .selectFrom('incidents')
    .select(['incidentId', 'body', 'alertCount'])
    .where('tenantId', '=', id)
    .execute();
  const alerts = await db.selectFrom('alerts').select(['alertId', 'incidentId']).where('tenantId', '=', id).execute();
  const found: Record<number, unknown[]> = {};
  for (const { incidentId, body, alertCount } of incidents) {
    const told = (JSON.parse(body) as { alerts: { alertId: string; incidentId: number }[] }).alerts;
    const ids = told.map(({ alertId }) => alertId).sort();
    assert.deepEqual(
      ids,
      alerts
        .filter((alert) => alert.incidentId === incidentId)
        .map(({ alertId }) => alertId)
        .sort(),
    );
    assert.equal(alertCount, ids.length);
    found[incidentId] = ids;
  }
  assert.equal(Object.values(found).flat().length, alerts.length, 'Every alert is in an incident.');
  return found;
}

test('whatever is raised, taken in, merged and moved in whatever order, every alert is in exactly one incident', async () => {
  const users = fc.constantFrom('a', 'b', 'c');
  const step = fc.oneof(
    fc.record({ kind: fc.constant('raise' as const), name: users, alert: fc.integer({ min: 0, max: 9 }) }),
    fc.record({
      kind: fc.constant('ingest' as const),
      id: fc.integer({ min: 1, max: 4 }),
      alert: fc.integer({ min: 0, max: 9 }),
    }),
    fc.record({ kind: fc.constant('merge' as const), from: fc.nat(9), to: fc.nat(9) }),
    fc.record({ kind: fc.constant('move' as const), alert: fc.nat(9), to: fc.option(fc.nat(9)) }),
    fc.record({ kind: fc.constant('resolve' as const), at: fc.nat(9) }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 12 }), async (steps) => {
      const fresh = await makeTenant(server.services);
      const ctx = ctxOf(server.services, fresh, ['Ingest.write', write]);
      const seen = new Set<string>();
      let clock = 10 ** 8;
      for (const each of steps) {
        clock += 10 ** 7;
        const ids = Object.keys(await membersOf(fresh)).map(Number);
        const pick = (at: number): number => ids[at % Math.max(ids.length, 1)] ?? 0;
        const done = ((): Promise<unknown> => {
          switch (each.kind) {
            case 'raise':
              seen.add(`x${each.alert}`);
              return raiseAlerts(server.services, fresh.id, [sampleDraft(`x${each.alert}`, [person(each.name)])]);
            case 'ingest': {
              const alertId = `x${each.alert}`;
              seen.add(alertId);
              const alerts = [{ ...sampleAlert(each.alert, timeAt(clock)), alertId, incidentId: each.id }];
              const text = JSON.stringify(sampleIncident(each.id, { lastUpdateTime: timeAt(clock), alerts }));
              return ingestIncidents(ctx, inPieces(text), 'test');
            }
            case 'merge':
              return mergeIncidents(ctx, write, [pick(each.from), pick(each.to)]);
            case 'move':
              return moveAlerts(ctx, write, [`x${each.alert}`], each.to === null ? null : pick(each.to));
            case 'resolve':
              return changeIncident(ctx, write, pick(each.at), { status: 'Resolved' });
          }
        })();
        await done.catch((error: unknown) =>
          assert.ok(error instanceof Error && /^(Conflict|NotFound|InvalidInput)$/.test(error.name), String(error)),
        );
        assert.deepEqual(new Set(Object.values(await membersOf(fresh)).flat()), seen);
      }
    }),
    { numRuns: 20 },
  );
});

test('notes of changes go after thirty days, and the numbers rise on', async () => {
  const fresh = await makeTenant(server.services);
  const { store, clock, testClock } = server.services;
  const note = (subjectId: string) =>
    store.change(fresh.id, (trx) =>
      noteChange(trx, fresh.id, { subject: 'alert', subjectId, change: 'created', at: clock() }),
    );
  await note('a');
  await note('b');
  testClock.advance(31 * dayMs);
  await pruneNotes(server.services);
  await note('c');
  const notes = await listNotes(store.db, fresh.id, 0, 10);
  assert.deepEqual(
    notes.map(({ sequence, subjectId }) => [sequence, subjectId]),
    [
      [2, 'b'],
      [3, 'c'],
    ],
  );
});
