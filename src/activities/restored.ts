// An event store that was restored from an older copy numbers its next batches as it had numbered others before, which the
// followers have passed: what comes in then would never be looked at. So before anything comes in, followers that are
// ahead of their store are taken back to where it ends.
import { recordAuditAs } from '../audit/audit.ts';
import type { Services } from '../context.ts';
import { activitiesTable } from '../events/catalogue.ts';
import type { TenantId } from '../lib/ids.ts';
import { listAhead, takeBack, type Watermark } from './watermarks-store.ts';

/** Takes followers back that are ahead of this process's event store. Before the first insertion, or not at all. */
export async function takeBackFollowers({
  store,
  events,
  clock,
  keys,
  log,
}: Pick<Services, 'store' | 'events' | 'clock' | 'keys' | 'log'>): Promise<void> {
  const eventStore = await events.id();
  const last = await events.lastBatch(activitiesTable);
  const ahead = await listAhead(store.db, eventStore, last);
  if (ahead.length === 0) return;
  const byTenant = new Map<TenantId, Watermark[]>();
  for (const each of ahead) byTenant.set(each.tenantId, [...(byTenant.get(each.tenantId) ?? []), each]);
  log.warn(
    { eventStore, lastBatch: last, tenants: byTenant.size },
    'the event store is older than the control store: followers of activities go on from where it ends',
  );
  const actor = { kind: 'system', id: null, name: 'activities' } as const;
  for (const [tenantId, watermarks] of byTenant) {
    await store.change(tenantId, async (trx) => {
      for (const watermark of watermarks) await takeBack(trx, watermark, last);
      const followers = Object.fromEntries(watermarks.map(({ follower, position }) => [nameOf(follower), position]));
      const entry = {
        action: 'activities.followers-taken-back',
        target: { kind: 'event-store', id: eventStore },
        details: { lastBatch: last, followers },
      };
      await recordAuditAs({ clock, keys }, trx, tenantId, { actor, origin: null, correlationId: null }, entry);
    });
  }
}

/** Without the store that it follows. */
function nameOf(follower: string): string {
  return follower.slice(0, follower.lastIndexOf('@'));
}
