// Alerts and incidents of other products may say anything: what is said takes over nothing of ours, and nothing that was
// taken in stands in the way of what comes later.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { alertIdFor } from '../src/alerts/alert-keys.ts';
import { type AlertList, type AlertPosition, type AlertQuery, listAlerts } from '../src/alerts/alerts.ts';
import { ingestAlerts } from '../src/alerts/ingest/ingest.ts';
import { findAlertsByAlertIds } from '../src/alerts/records.ts';
import { alertRecord } from '../src/apis/cloud-apps/alert-wire.ts';
import { endpointAlert } from '../src/apis/defender/alert-wire.ts';
import { alertWire as graphAlert } from '../src/apis/graph/security-wire.ts';
import type { Ctx } from '../src/context.ts';
import { readStoredIncidents } from '../src/db/migrations/0003-stored-incidents.ts';
import { openGeo } from '../src/geo/geo.ts';
import { ingestIncidents } from '../src/incidents/ingest.ts';
import { raiseAlerts } from '../src/incidents/raise.ts';
import { correlatingKeys } from '../src/incidents/shared-things.ts';
import { NotFound } from '../src/lib/failures.ts';
import { parseTicks } from '../src/lib/ticks.ts';
import type { RowCondition } from '../src/machines/condition.ts';
import { getMachine, listMachines } from '../src/machines/machines.ts';
import { makeTenant } from './support/accounts.ts';
import { sampleDraft, user } from './support/drafts.ts';
import { ownForm } from './support/foreign-alerts.ts';
import { sampleAlert, sampleIncident, timeAt } from './support/incidents.ts';
import { ctxOf, inPieces } from './support/ingestion.ts';
import { type TestServices, testServices } from './support/services.ts';

let services: TestServices;
before(async () => {
  services = await testServices();
});
after(() => services.dispose());

async function freshCtx(): Promise<Ctx> {
  return ctxOf(services, await makeTenant(services), ['Ingest.write', 'Machine.Read.All']);
}

type Members = Readonly<Record<string, unknown>>;

const text = (...records: readonly Members[]) => inPieces(records.map((each) => JSON.stringify(each)).join('\n'), 9999);
const takeIncidents = (ctx: Ctx, ...records: readonly Members[]) => ingestIncidents(ctx, text(...records), 'test');
const takeAlerts = (ctx: Ctx, ...records: readonly Members[]) => ingestAlerts(ctx, text(...records), 'test');

/** Long after everything that the tests raise. */
const late = '2040-01-01T00:00:00Z';

test('an incident that names an alert of our own policies neither changes nor takes it', async () => {
  const ctx = await freshCtx();
  const { tenantId } = ctx.caller;
  const things = [user('own@contoso.example')];
  await takeIncidents(ctx, sampleIncident(1, { alerts: [{ ...sampleAlert(1, timeAt(0)), entities: things }] }));
  const draft = { ...sampleDraft('ca-own', things), policyId: 'a'.repeat(24), title: 'Ours' };
  const [raised] = await raiseAlerts(services, tenantId, [draft]);
  assert.ok(raised);
  const said = { alertId: 'ca-own', title: 'Theirs', status: 'Resolved', lastUpdatedTime: late };
  await takeIncidents(
    ctx,
    sampleIncident(2, { lastUpdateTime: late, alerts: [{ ...sampleAlert(2, late), ...said }] }),
    sampleIncident(1, { lastUpdateTime: late, alerts: [{ ...sampleAlert(1, late), ...said }] }),
  );
  assert.deepEqual(await findAlertsByAlertIds(services.store.db, tenantId, ['ca-own']), [raised]);
});

test('words that objects inherit members by are words like others', async () => {
  const ctx = await freshCtx();
  for (const word of ['constructor', '__proto__', 'toString', 'valueOf', 'hasOwnProperty']) {
    const alert: Members = { ...sampleAlert(1, timeAt(0)), status: word, classification: word, determination: word };
    const incident = sampleIncident(1, { lastUpdateTime: timeAt(word.length), alerts: [alert], determination: word });
    const { stored } = await takeIncidents(await freshCtx(), incident);
    assert.equal(stored, 1, word);
    await takeIncidents(ctx, incident);
    const { tenantId } = ctx.caller;
    const { db } = services.store;
    for (const table of ['alertKeys', 'alerts'] as const) {
      await db.deleteFrom(table).where('tenantId', '=', tenantId).execute();
    }
    await db.transaction().execute((trx) => readStoredIncidents(trx as never));
    assert.equal((await findAlertsByAlertIds(db, tenantId, [String(alert.alertId)]))[0]?.status, 'new', word);
  }
});

test('an incident whose alerts have ids that cannot be told apart or looked for is rejected, the rest is taken', async () => {
  const ctx = await freshCtx();
  for (const alertId of ['a\ud800', 'a\udbff', 'a\u0000', 'a\nb', 'x'.repeat(201), ' ']) {
    const incident = sampleIncident(1, { alerts: [{ ...sampleAlert(1, timeAt(0)), alertId }] });
    const { stored, rejected, problems } = await takeIncidents(ctx, incident, sampleIncident(2));
    assert.deepEqual([rejected, stored <= 1], [1, true], JSON.stringify(alertId));
    assert.match(problems[0]?.reason ?? '', /alerts\[0\]\.alertId/);
  }
});

test('long words of an incident that lists are filtered by are rejected before an index refuses them', async () => {
  const long = Array.from({ length: 4000 }, (_, at) => String.fromCodePoint(0x4e00 + ((at * 7919) % 20_000))).join('');
  for (const changes of [{ classification: long }, { determination: long }]) {
    const { stored, rejected } = await takeIncidents(await freshCtx(), sampleIncident(1, changes), sampleIncident(2));
    assert.deepEqual([stored, rejected], [1, 1], Object.keys(changes)[0]);
  }
  // A name may be longer than what is looked for of it.
  const assigned = sampleIncident(1, { assignedTo: long.slice(0, 1000) });
  assert.equal((await takeIncidents(await freshCtx(), assigned)).stored, 1);
});

test('a device with an id that no machine can have stands in the way of no later alert', async () => {
  const ctx = await freshCtx();
  for (const [at, mdatpDeviceId] of ['a/b', 'a b', 'a?b', 'a#b', 'İ'.repeat(400)].entries()) {
    for (const round of [0, 1]) {
      const alert = { ...sampleAlert(10 * at + round, timeAt(0)), devices: [{ mdatpDeviceId, deviceDnsName: 'odd' }] };
      assert.equal((await takeAlerts(ctx, alert)).stored, 1, mdatpDeviceId);
    }
    await assert.rejects(getMachine(ctx, mdatpDeviceId), NotFound);
  }
});

test('ids that are no texts are no ids, whatever members they have', async () => {
  const id = { toString: 1, valueOf: 1 };
  const things = {
    entities: [
      { entityType: 'CloudApplication', appId: 7, instanceId: id },
      { entityType: 'User', accountName: id, userPrincipalName: id, appId: id },
      { entityType: 'Ip', ipAddress: id, countryCode: id },
      { entityType: 'File', sha1: id, fileName: id, filePath: id },
    ],
    devices: [{ mdatpDeviceId: id, deviceDnsName: id, tags: [] }],
  };
  const ctx = await freshCtx();
  assert.equal((await takeAlerts(ctx, { ...sampleAlert(1, timeAt(0)), ...things })).stored, 1);
  assert.equal((await takeAlerts(ctx, { ...sampleAlert(2, timeAt(0)), ...things })).stored, 1);
  const incident = sampleIncident(3, { alerts: [{ ...sampleAlert(3, timeAt(0)), ...things }] });
  assert.equal((await takeIncidents(ctx, incident)).stored, 1);
  const alerts = await findAlertsByAlertIds(
    services.store.db,
    ctx.caller.tenantId,
    [1, 2, 3].map((each) => String(sampleAlert(each, '').alertId)),
  );
  for (const alert of alerts) {
    JSON.stringify([
      alertRecord(alert, { tenant: ctx.caller.tenant, names: services.names }),
      endpointAlert(alert, ctx.caller.tenantId, true),
      graphAlert(alert, { tenantId: ctx.caller.tenantId, portal: 'https://x.example/portal', knowsAll: true }),
    ]);
  }
  assert.equal(alerts.length, 3);
});

test('times that lie beyond the years of four digits in UTC are none', async () => {
  for (const time of ['0000-01-01T00:00:00+01:00', '9999-12-31T23:59:59-01:00']) {
    assert.equal(parseTicks(time), undefined, time);
    const ctx = await freshCtx();
    for (const id of [1, 2]) {
      const device = { mdatpDeviceId: 'm1', firstSeen: time, tags: [] };
      const alert = { ...sampleAlert(id, timeAt(0)), devices: [device] };
      assert.equal((await takeAlerts(ctx, alert)).stored, 1, time);
    }
    assert.equal((JSON.parse(await getMachine(ctx, 'm1')) as Members).firstSeen, timeAt(0));
  }
});

test('no machine has a name with U+0000, and none is found by it', async () => {
  const ctx = await freshCtx();
  await takeAlerts(ctx, sampleAlert(1, timeAt(0)));
  await assert.rejects(getMachine(ctx, 'a\u0000b'), NotFound);
  const page = { sort: 'id', direction: 'asc', skip: 0, limit: 10, isCounted: true } as const;
  const column = 'osPlatform';
  const equal: RowCondition = { kind: 'text', column, oneOf: ['a\u0000b'] };
  const match: RowCondition = { kind: 'match', column, how: 'contains', text: '\u0000' };
  for (const where of [equal, match]) {
    assert.equal((await listMachines(ctx, { ...page, where })).total, 0);
    assert.equal((await listMachines(ctx, { ...page, where: { kind: 'not', of: where } })).total, 1);
  }
});

test('a page of large alerts ends before it is too much to hold, and the list goes on behind it', async () => {
  const ctx = ctxOf(services, await makeTenant(services), ['Alert.Read.All']);
  const evidence = [{ text: 'x'.repeat(7_000_000) }];
  const ids = ['l1', 'l2', 'l3', 'l4', 'l5', 'l6'];
  for (const [minutes, id] of ids.entries()) {
    await raiseAlerts(services, ctx.caller.tenantId, [sampleDraft(id, [], { evidence, minutes })]);
  }
  const query: AlertQuery = { conditions: [], sort: 'created', direction: 'asc', skip: 0, limit: 100 };
  const seen: string[] = [];
  let after: AlertPosition | null = null;
  for (let hasNext = true; hasNext; ) {
    const page: AlertList = await listAlerts(ctx, 'Alert.Read.All', { ...query, after });
    assert.ok(page.alerts.length > 0 && page.alerts.length < ids.length);
    assert.equal(page.total, ids.length);
    seen.push(...page.alerts.map(({ alertId }) => alertId));
    const last = page.alerts.at(-1);
    after = last ? { ticks: last.createdTicks, id: last.id } : null;
    hasNext = page.hasNext;
  }
  assert.deepEqual(seen, ids);
});

test('what connects an alert about very many things is bounded', async () => {
  const { tenantId } = (await freshCtx()).caller;
  const keysOf = await correlatingKeys(services.store.db, tenantId, await openGeo(services.config));
  const things = Array.from({ length: 1000 }, (_, at) => user(`u${at}@contoso.example`));
  assert.equal(keysOf(sampleDraft('many', things)).length, 100);
});

test('nobody stores an alert under the id that a detection of ours will give, and what ours raised stays a duplicate', async () => {
  const ctx = await freshCtx();
  const { tenantId } = ctx.caller;
  const id = alertIdFor('impossible-travel', 'ana 2027-01-31');
  const other = { ...ownForm, id: 'edr-1' };
  const taken = await takeAlerts(ctx, { ...ownForm, id }, other);
  assert.deepEqual([taken.stored, taken.rejected, taken.problems[0]?.line], [1, 1, 1]);
  assert.match(taken.problems[0]?.reason ?? '', new RegExp(`${id} .*detections`));
  const claiming = sampleIncident(1, { alerts: [{ ...sampleAlert(1, timeAt(0)), alertId: id }] });
  const incidents = await takeIncidents(ctx, sampleIncident(2), claiming);
  assert.deepEqual([incidents.stored, incidents.rejected, incidents.problems[0]?.line], [1, 1, 2]);
  const [raised] = await raiseAlerts(services, tenantId, [{ ...sampleDraft(id), policyId: 'a'.repeat(24) }]);
  assert.equal(raised?.alertId, id);
  const again = await takeAlerts(ctx, { ...ownForm, id });
  assert.deepEqual([again.duplicates, again.rejected], [1, 0]);
  assert.equal((await takeIncidents(ctx, claiming)).stored, 1);
  assert.deepEqual(await findAlertsByAlertIds(services.store.db, tenantId, [id]), [raised]);
});
