// How long closed incidents and their alerts are kept: `alertDays` after their last change, as the documented service does
// (cloud-apps reference 3.4, Defender reference 2.1). Open ones stay, however old they are, and so do the closed alerts of
// an open incident, because whoever works on it needs them.
import { recordAuditAs } from '../audit/audit.ts';
import { noteChanges } from '../changes/changes.ts';
import type { Services } from '../context.ts';
import { dayMs, hourMs, minuteMs } from '../lib/clock.ts';
import type { TenantId } from '../lib/ids.ts';
import { type Rounds, startRounds } from '../lib/rounds.ts';
import { ticksOfMs } from '../lib/ticks.ts';
import * as store from './retention-store.ts';

export type RetentionServices = Pick<Services, 'store' | 'clock' | 'config' | 'keys' | 'log'>;

/** What one transaction removes at most, but for its first incident: other changes of the tenant wait no longer than that. */
const incidentsAtOnce = 100;
const alertsAtOnce = 1000;

export interface Pruned {
  readonly incidents: number;
  readonly alerts: number;
}

/** Removes what the tenant need not keep any more, step by step, and tells the audit how much it was. */
export async function pruneClosed(
  services: RetentionServices,
  tenantId: TenantId,
  isStopped: () => boolean = () => false,
): Promise<Pruned> {
  const before = ticksOfMs(services.clock() - services.config.alertDays * dayMs);
  let pruned: Pruned = { incidents: 0, alerts: 0 };
  while (!isStopped()) {
    const step = await pruneSome(services, tenantId, before);
    if (step.incidents === 0) break;
    pruned = { incidents: pruned.incidents + step.incidents, alerts: pruned.alerts + step.alerts };
  }
  if (pruned.incidents > 0) await tell(services, tenantId, pruned);
  return pruned;
}

async function pruneSome(
  { store: control, clock }: RetentionServices,
  tenantId: TenantId,
  before: bigint,
): Promise<Pruned> {
  return await control.change(tenantId, async (trx) => {
    const removed: number[] = [];
    let alerts = 0;
    for (const { incidentId, alertCount } of await store.findClosed(trx, tenantId, before, incidentsAtOnce)) {
      if (removed.length > 0 && alerts + alertCount > alertsAtOnce) break;
      removed.push(incidentId);
      alerts += alertCount;
    }
    if (removed.length > 0) {
      const alertIds = await store.removeIncidents(trx, tenantId, removed);
      const removal = { change: 'removed', at: clock() } as const;
      await noteChanges(trx, tenantId, [
        ...alertIds.map((subjectId) => ({ subject: 'alert', subjectId, ...removal }) as const),
        ...removed.map((id) => ({ subject: 'incident', subjectId: String(id), ...removal }) as const),
      ]);
    }
    return { incidents: removed.length, alerts };
  });
}

async function tell(services: RetentionServices, tenantId: TenantId, { incidents, alerts }: Pruned): Promise<void> {
  const actor = { kind: 'system', id: null, name: 'sallyport' } as const;
  const details = { incidents, alerts, alertDays: services.config.alertDays };
  await services.store.change(tenantId, (trx) =>
    recordAuditAs(
      services,
      trx,
      tenantId,
      { actor, origin: null, correlationId: null },
      { action: 'incidents.prune', details },
    ),
  );
}

/** The same for every tenant. */
export async function pruneAllClosed(services: RetentionServices, isStopped: () => boolean): Promise<void> {
  const before = ticksOfMs(services.clock() - services.config.alertDays * dayMs);
  for (const tenantId of await store.listTenantsWithClosed(services.store.db, before)) {
    if (isStopped()) return;
    await pruneClosed(services, tenantId, isStopped);
  }
}

/** Prunes as long as the process runs. Several processes on one database do no harm to each other by it. */
export function startRetention(services: RetentionServices): Rounds {
  return startRounds(
    { firstMs: 15 * minuteMs, everyMs: 6 * hourMs },
    (isStopped) => pruneAllClosed(services, isStopped),
    (error) => services.log.error({ err: error }, 'closed incidents could not be removed'),
  );
}
