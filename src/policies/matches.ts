// What policies matched: the report of a policy, and the activities behind policies and alerts.
import { scopeOf } from '../access/caller.ts';
import type { Ctx } from '../context.ts';
import type { Db } from '../db/store.ts';
import type { TenantId } from '../lib/ids.ts';
import * as store from './matches-store.ts';
import { listAllPolicies, requirePolicy } from './policies.ts';
import { firstHourOfDay, hourOf, type Policy } from './policy.ts';
import { listVersions } from './store.ts';

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

/** What a report says of its policy, which may have been deleted since. */
export type ReportedPolicy = Pick<Policy, 'id' | 'name' | 'type'>;

export interface PolicyReport {
  readonly policy: ReportedPolicy;
  readonly items: readonly Match[];
  /** Exact up to the setting totalExactMax. */
  readonly total: number;
  readonly moreThanTotal: boolean;
  /** Of this day (UTC), for the whole tenant; null for callers whose role reaches a part of it. */
  readonly today: store.Counts | null;
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
  const policy = await reportedPolicy(db, tenantId, id);
  const { totalExactMax } = ctx.config;
  const page = { skip, limit, countMax: totalExactMax + 1 };
  const { rows, count } = await store.listMatchRows(db, tenantId, policy.id, scope, page);
  const sums = await store.sumCounts(db, tenantId, firstHourOfDay(hourOf(ctx.clock())));
  return {
    policy,
    items: rows,
    total: Math.min(count, totalExactMax),
    moreThanTotal: count > totalExactMax,
    today: scope.all ? (sums.get(policy.id) ?? nothing) : null,
  };
}

/** A policy that found something in an activity. */
export interface PolicyOfActivity {
  readonly policy: ReportedPolicy;
  readonly matchedAt: number;
  /** The `id` of the alert that tells of it. */
  readonly alert: string | null;
}

/**
 * The policies that matched an activity, by name; none for an activity that there is not or that the caller may not see.
 * Needs Policies.read.
 */
export async function listPoliciesOfActivity(ctx: Ctx, activityId: string): Promise<PolicyOfActivity[]> {
  const scope = scopeOf(ctx.caller, 'Policies.read');
  const { db } = ctx.store;
  const { tenantId } = ctx.caller;
  const policies = await listAllPolicies(db, tenantId);
  const ids = policies.map(({ id }) => id);
  const found = new Map(
    (await store.listMatchesOf(db, tenantId, activityId, ids, scope)).map((row) => [row.policyId, row]),
  );
  return policies.flatMap(({ id, name, type }) => {
    const match = found.get(id);
    return match ? [{ policy: { id, name, type }, matchedAt: match.matchedAt, alert: match.alert }] : [];
  });
}

/** A deleted policy is known by the last state in its history. Throws NotFound for one that never was. */
async function reportedPolicy(db: Db, tenantId: TenantId, id: string): Promise<ReportedPolicy> {
  const { rows } = await listVersions(db, tenantId, id.toLowerCase(), 0, 1);
  const [last] = rows;
  if (last?.change !== 'deleted') return await requirePolicy(db, tenantId, id);
  const { name } = JSON.parse(last.body) as Pick<Policy, 'name'>; // Written by versionBody.
  return { id: last.policyId, name, type: 'AUDIT' };
}
