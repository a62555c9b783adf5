import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { makeTenant } from '../../test/support/accounts.ts';
import { sampleDraft, user } from '../../test/support/drafts.ts';
import { ctxOf } from '../../test/support/ingestion.ts';
import { type TestServices, testServices } from '../../test/support/services.ts';
import type { Ctx } from '../context.ts';
import { dayMs } from '../lib/clock.ts';
import { changeAlerts } from './alert-changes.ts';
import { changeIncident } from './incident-changes.ts';
import { raiseAlerts } from './raise.ts';
import { mergeIncidents } from './regrouping.ts';
import { pruneAllClosed, pruneClosed } from './retention.ts';

let services: TestServices;
before(async () => {
  services = await testServices();
});
after(() => services.dispose());

const write = 'Incident.ReadWrite.All';
const freshCtx = async (): Promise<Ctx> =>
  ctxOf(services, await makeTenant(services), [write, 'Alerts.manage', 'Incident.Read.All']);

async function raise({ caller }: Ctx, ...ids: string[]): Promise<number> {
  const { clock } = services;
  services.testClock.advance(1000);
  const minutes = Math.round(clock() / 60_000);
  const drafts = ids.map((id) => sampleDraft(id, [user(`${ids[0]}-${minutes}@contoso.example`)]));
  const [first] = await raiseAlerts(services, caller.tenantId, drafts);
  return first?.incidentId ?? 0;
}

async function left({ caller: { tenantId } }: Ctx) {
  const { db } = services.store;
  const alerts = await db.selectFrom('alerts').select('alertId').where('tenantId', '=', tenantId).execute();
  const incidents = await db.selectFrom('incidents').select('incidentId').where('tenantId', '=', tenantId).execute();
  const keys = await db.selectFrom('alertKeys').select('alert').where('tenantId', '=', tenantId).execute();
  return {
    alerts: alerts.map(({ alertId }) => alertId).sort(),
    incidents: incidents.map(({ incidentId }) => incidentId).sort((a, b) => a - b),
    about: new Set(keys.map(({ alert }) => alert)).size,
  };
}

test('closed incidents go with their alerts alertDays after their last change, and nothing that is open does', async () => {
  const ctx = await freshCtx();
  const [resolved, open, reopened] = [
    await raise(ctx, 'a1', 'a2'),
    await raise(ctx, 'b1', 'b2'),
    await raise(ctx, 'c1', 'c2'),
  ];
  const [target, merged] = [await raise(ctx, 'd1'), await raise(ctx, 'e1')];
  await changeIncident(ctx, write, resolved, { status: 'Resolved' });
  await changeAlerts(ctx, 'Alerts.manage', { alertIds: ['b1'] }, () => ({ status: 'resolved' }));
  await changeIncident(ctx, write, reopened, { status: 'Resolved' });
  await changeAlerts(ctx, 'Alerts.manage', { alertIds: ['c1'] }, () => ({ status: 'inProgress' }));
  await mergeIncidents(ctx, write, [target, merged]);
  services.testClock.advance((services.config.alertDays - 1) * dayMs);
  assert.deepEqual(await pruneClosed(services, ctx.caller.tenantId), { incidents: 0, alerts: 0 });
  const late = await raise(ctx, 'f1');
  await changeIncident(ctx, write, late, { status: 'Resolved' });
  services.testClock.advance(2 * dayMs);
  assert.deepEqual(await pruneClosed(services, ctx.caller.tenantId), { incidents: 2, alerts: 2 });
  assert.deepEqual(await left(ctx), {
    alerts: ['b1', 'b2', 'c1', 'c2', 'd1', 'e1', 'f1'],
    incidents: [open, reopened, target, late],
    about: 7,
  });
  const { db } = services.store;
  const [told] = await db
    .selectFrom('auditRecords')
    .selectAll()
    .where('tenantId', '=', ctx.caller.tenantId)
    .where('action', '=', 'incidents.prune')
    .execute();
  assert.match(JSON.stringify(told), /incidents.*2.*alertDays.*180/);
});

test('what many incidents leave goes in steps, of every tenant, and another tenant keeps its own', async () => {
  const [one, other] = [await freshCtx(), await freshCtx()];
  const drafts = Array.from({ length: 250 }, (_, index) =>
    sampleDraft(`s${index}`, [user(`s${index}@contoso.example`)]),
  );
  const raised = await raiseAlerts(services, one.caller.tenantId, drafts);
  const kept = await raise(other, 'kept');
  const ids = raised.flatMap(({ incidentId }) => incidentId ?? []);
  await changeAlerts(one, 'Alerts.manage', { conditions: [] }, () => ({ status: 'resolved' }));
  await services.store.db
    .updateTable('incidents')
    .set({ status: 'Resolved' })
    .where('tenantId', '=', one.caller.tenantId)
    .where('incidentId', 'in', ids)
    .execute();
  services.testClock.advance((services.config.alertDays + 1) * dayMs);
  await pruneAllClosed(services, () => true);
  assert.equal((await left(one)).alerts.length, 250);
  await pruneAllClosed(services, () => false);
  assert.deepEqual(await left(one), { alerts: [], incidents: [], about: 0 });
  assert.deepEqual((await left(other)).incidents, [kept]);
});
