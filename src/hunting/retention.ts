// How long hunting data are kept: `huntingKeepDays` after they came in, or what `huntingKeepDaysOf` says of the tenant, or less
// if the tenant has chosen so. The day of coming in counts and not the time of the event, so that an old export that somebody
// loads is there to be hunted.
import type { Services } from '../context.ts';
import { findTenant } from '../directory/tenants.ts';
import { dayMs, hourMs, minuteMs } from '../lib/clock.ts';
import type { TenantId } from '../lib/ids.ts';
import { readNamedDays } from '../lib/named-days.ts';
import { type Rounds, startRounds } from '../lib/rounds.ts';
import { daysOfTable } from './retention-choices.ts';
import { listChosenDays } from './retention-store.ts';
import { huntingTableSet } from './schema/stored.ts';
import { type OldestRows, oldestHuntingRows, prepareHuntingTables, removeHuntingRows } from './store.ts';

type RetentionServices = Pick<Services, 'store' | 'events' | 'clock' | 'config' | 'log'>;

const ticksPerMs = 10_000;
const ticksAtUnixEpoch = 621_355_968_000_000_000;
/** One statement removes what came in within so long: ingestions wait no longer than that takes. */
const stepTicks = 6 * hourMs * ticksPerMs;

/** Removes what no tenant keeps any more, step by step. */
export async function pruneHunting(services: RetentionServices, isStopped: () => boolean = () => false): Promise<void> {
  const { events, clock, config, store } = services;
  await prepareHuntingTables(events);
  const allowed = await daysByTenant(services);
  const chosen = await listChosenDays(store.db);
  for (const table of huntingTableSet().tables) {
    const beforeOf = (tenantId: TenantId): number => {
      const most = allowed.get(tenantId) ?? config.huntingKeepDays;
      const kept = daysOfTable(most, chosen.get(tenantId), table.name);
      return (clock() - kept * dayMs) * ticksPerMs + ticksAtUnixEpoch;
    };
    const isDue = ({ tenantId, ingested }: OldestRows): boolean => ingested < beforeOf(tenantId);
    let due = (await oldestHuntingRows(events, table)).filter(isDue);
    while (due.length > 0 && !isStopped()) {
      for (const { tenantId, ingested } of due) {
        await removeHuntingRows(events, tenantId, table, Math.min(ingested + stepTicks, beforeOf(tenantId)));
      }
      due = (await oldestHuntingRows(events, table)).filter(isDue);
    }
    if (isStopped()) return;
  }
}

async function daysByTenant({ store, config }: RetentionServices): Promise<ReadonlyMap<TenantId, number>> {
  const byTenant = new Map<TenantId, number>();
  for (const [slug, days] of readNamedDays(config.huntingKeepDaysOf).days) {
    const tenant = await findTenant(store.db, slug);
    if (tenant) byTenant.set(tenant.id, days);
  }
  return byTenant;
}

/** Prunes as long as the process runs. */
export function startHuntingRetention(services: RetentionServices): Rounds {
  return startRounds(
    { firstMs: 20 * minuteMs, everyMs: 6 * hourMs },
    (isStopped) => pruneHunting(services, isStopped),
    (error) => services.log.error({ err: error }, 'old hunting data could not be removed'),
  );
}
