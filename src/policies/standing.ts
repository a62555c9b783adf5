// What is going on with policies right now: open alerts, and what they found today.
import { may, scopeOf } from '../access/caller.ts';
import { countOpenAlerts } from '../alerts/alerts.ts';
import type { Ctx } from '../context.ts';
import { type Counts, sumCounts } from './matches-store.ts';
import { firstHourOfDay, hourOf } from './policy.ts';

export interface Standing {
  /** Null for callers who may not read all alerts. */
  readonly openAlerts: number | null;
  /** Of this day (UTC); null for callers whose role reaches a part of the tenant. */
  readonly today: Counts | null;
}

export const unasked: Standing = { openAlerts: null, today: null };

const nothing: Counts = { matches: 0, alerts: 0, heldBack: 0 };

/**
 * Of each of these policies, which the caller may read. Counts are the whole tenant's, so that a role which reaches a part of
 * it is told of none.
 */
export async function standingOf(ctx: Ctx, policyIds: readonly string[]): Promise<(id: string) => Standing> {
  const { caller, store, clock } = ctx;
  const open = await countOpenAlerts(ctx, policyIds);
  const readsAll = may(caller, 'Policies.read') && scopeOf(caller, 'Policies.read').all;
  const sums = readsAll ? await sumCounts(store.db, caller.tenantId, firstHourOfDay(hourOf(clock()))) : null;
  return (id) => ({
    openAlerts: open === null ? null : (open.get(id) ?? 0),
    today: sums === null ? null : (sums.get(id) ?? nothing),
  });
}
