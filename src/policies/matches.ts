// What policies matched: the report of a policy, and the activities behind policies and alerts.
import { scopeOf } from '../access/caller.ts';
import type { Ctx } from '../context.ts';
import * as store from './matches-store.ts';
import { requirePolicy } from './policies.ts';
import { firstHourOfDay, hourOf, type Policy } from './policy.ts';

export interface Match {
  readonly activityId: string;
  readonly timestamp: number;
  readonly matchedAt: number;
  /** The `id` of the alert that tells of it. */
  readonly alert: string | null;
  readonly userName: string;
  readonly appId: number;
  readonly instance: number;
}

export interface PolicyReport {
  readonly policy: Policy;
  readonly items: readonly Match[];
  /** Exact up to the setting totalExactMax. */
  readonly total: number;
  readonly moreThanTotal: boolean;
  /** Of this day (UTC), for the whole tenant. */
  readonly today: store.Counts;
}

const nothing: store.Counts = { matches: 0, alerts: 0, heldBack: 0 };

/**
 * One page of what a policy matched, latest activity first, as far as the caller may see the activities. Needs
 * Policies.read. Throws NotFound.
 */
export async function listMatches(ctx: Ctx, id: string, skip: number, limit: number): Promise<PolicyReport> {
  const scope = scopeOf(ctx.caller, 'Policies.read');
  const { db } = ctx.store;
  const { tenantId } = ctx.caller;
  const policy = await requirePolicy(db, tenantId, id);
  const { totalExactMax } = ctx.config;
  const page = { skip, limit, countMax: totalExactMax + 1 };
  const { rows, count } = await store.listMatchRows(db, tenantId, policy.id, scope, page);
  const sums = await store.sumCounts(db, tenantId, firstHourOfDay(hourOf(ctx.clock())));
  return {
    policy,
    items: rows,
    total: Math.min(count, totalExactMax),
    moreThanTotal: count > totalExactMax,
    // Counts are the tenant's: a role that sees a part of it is told of its part only.
    today: (scope.all ? sums.get(policy.id) : undefined) ?? nothing,
  };
}
