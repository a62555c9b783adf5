// What time does to machine actions: nobody carried one out for too long, and it has timed out; one that ended long ago is
// removed. Looked for every hour by every process, which take nothing from each other.
import { recordAuditAs } from '../audit/audit.ts';
import { noteChange } from '../changes/changes.ts';
import type { Services } from '../context.ts';
import type { Trx } from '../db/store.ts';
import { dayMs, hourMs } from '../lib/clock.ts';
import type { TenantId } from '../lib/ids.ts';
import { ticksOfMs } from '../lib/ticks.ts';
import * as store from './actions-store.ts';

/** Ended actions are kept so long (docs/stored-data.md). */
const keptMs = 180 * dayMs;
const everyMs = hourMs;
const atOnce = 500;

type AgingServices = Pick<Services, 'store' | 'clock' | 'config' | 'keys' | 'log'>;

/**
 * Gives actions that are older than `machineActionHours` and have not ended the status TimeOut, and removes those that
 * ended 180 days ago. Of all tenants, because what is too old is so everywhere. Returns up to which time of creation (ticks)
 * every action has ended: the next look begins there.
 */
export async function ageActions(services: AgingServices, since = 0n): Promise<bigint> {
  const { store: control, clock, config } = services;
  const now = clock();
  const createdBefore = ticksOfMs(now - config.machineActionHours * hourMs);
  const endedBefore = ticksOfMs(now - keptMs);
  for (const tenantId of await store.listTenantsWithActions(control.db)) {
    for (let some: readonly string[] = ['']; some.length > 0; ) {
      some = await store.listOverdue(control.db, tenantId, [since, createdBefore], atOnce);
      if (some.length > 0) await control.change(tenantId, (trx) => timeOut(services, trx, tenantId, some));
    }
    for (let removed = 1; removed > 0; ) {
      removed = await store.removeEndedBefore(control.db, tenantId, endedBefore, atOnce);
    }
  }
  return createdBefore;
}

async function timeOut(services: AgingServices, trx: Trx, tenantId: TenantId, ids: readonly string[]): Promise<void> {
  const at = services.clock();
  const hours = services.config.machineActionHours;
  const actor = { kind: 'system', id: null, name: 'machine actions' } as const;
  for (const id of ids) {
    const row = await store.findAction(trx, tenantId, id);
    // Another process, or a report, may have been quicker.
    if (row?.status !== 'Pending' && row?.status !== 'InProgress') continue;
    const resultComment = `Nobody reported within ${hours} hours that it was carried out.`;
    await store.updateAction(trx, tenantId, id, { status: 'TimeOut', resultComment, updatedTicks: ticksOfMs(at) });
    await noteChange(trx, tenantId, { subject: 'machine-action', subjectId: id, change: 'updated', at });
    const target = {
      kind: 'machine',
      id: row.machineId,
      ...(row.computerDnsName ? { name: row.computerDnsName } : {}),
    };
    const details = { actionId: id, type: row.type, was: row.status };
    const entry = { action: 'machine-action.time-out', target, details };
    await recordAuditAs(services, trx, tenantId, { actor, origin: null, correlationId: null }, entry);
  }
}

/** Looks after the actions as long as the process runs. */
export function startAging(services: AgingServices): { stop(): Promise<void> } {
  let since = 0n;
  let round: Promise<void> = Promise.resolve();
  const look = (): void => {
    round = round
      .then(async () => {
        since = await ageActions(services, since);
      })
      .catch((error: unknown) => services.log.error({ err: error }, 'machine actions could not be looked after'));
  };
  look();
  const timer = setInterval(look, everyMs);
  timer.unref();
  return {
    async stop() {
      clearInterval(timer);
      await round;
    },
  };
}
