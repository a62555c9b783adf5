// From findings to alerts, matches and counts, all in the transaction of whoever searched: under the limits of each policy
// and of the server, so that a policy that matches everything raises a bounded number of alerts and keeps a bounded number
// of matches, while everything is counted.
import type { FollowServices } from '../activities/following.ts';
import type { Alert } from '../alerts/alert.ts';
import { alertPkFor } from '../alerts/alert-keys.ts';
import { listNewDrafts } from '../alerts/records.ts';
import type { Trx } from '../db/store.ts';
import { raiseAlertsIn } from '../incidents/raise.ts';
import type { TenantId } from '../lib/ids.ts';
import type { Candidate, PolicyFindings } from './findings.ts';
import * as store from './matches-store.ts';
import type { Fact } from './matching.ts';
import type { Policy } from './policy.ts';

export type RaisingServices = Pick<FollowServices, 'store' | 'clock' | 'config'>;

/** What a raising may do, asked and told candidate by candidate. */
export interface Allowance {
  /** Takes the alert, or keeps it back. Asked in time, once for each alert that is new. */
  takes(policy: Policy, candidate: Candidate): boolean;
  /** How many of the policy's matches are kept one by one. */
  matchesKept(policy: Policy): number;
}

export interface Raised {
  readonly policy: Policy;
  readonly matches: number;
  readonly alerts: number;
  readonly heldBack: number;
}

/** Raises what is allowed and keeps what was matched, within a change of the tenant. */
export async function raiseFindings(
  trx: Trx,
  services: RaisingServices,
  tenantId: TenantId,
  found: readonly PolicyFindings[],
  allowance: Allowance,
): Promise<Raised[]> {
  const standing = await withoutTaken(trx, tenantId, found);
  const drafts = standing.flatMap(({ candidates }) => candidates.map(({ draft }) => draft));
  const fresh = new Set((await listNewDrafts(trx, tenantId, drafts)).map(({ alertId }) => alertId));
  const chosen = new Map<string, Candidate[]>();
  const heldBack = new Map<string, number>();
  for (const { policy, candidates, more } of standing) {
    const isNew = candidates.filter(({ draft }) => fresh.has(draft.alertId));
    const taken = isNew.filter((candidate) => allowance.takes(policy, candidate));
    chosen.set(policy.id, taken);
    heldBack.set(policy.id, isNew.length - taken.length + more);
  }
  const raised = await raiseAlertsIn(
    trx,
    services,
    tenantId,
    [...chosen.values()].flat().map(({ draft }) => draft),
  );
  await keepMatches(trx, services, tenantId, standing, allowance);
  await keepAlerts(trx, tenantId, chosen, raised);
  return standing.map(({ policy, matches }) => ({
    policy,
    matches,
    alerts: chosen.get(policy.id)?.length ?? 0,
    heldBack: heldBack.get(policy.id) ?? 0,
  }));
}

/** Without the windows whose time another process or a backfill has taken since they were found. */
async function withoutTaken(trx: Trx, tenantId: TenantId, found: readonly PolicyFindings[]): Promise<PolicyFindings[]> {
  const standing: PolicyFindings[] = [];
  for (const each of found) {
    const windows = each.candidates.flatMap(({ window }) => window ?? []);
    if (windows.length === 0) {
      standing.push(each);
      continue;
    }
    const from = Math.min(...windows.map(({ start }) => start));
    const to = Math.max(...windows.map(({ end }) => end));
    const keys = [...new Set(windows.map(({ groupKey }) => groupKey))];
    const taken = await store.listWindows(trx, tenantId, each.policy.id, keys, from, to);
    const candidates = each.candidates.filter(
      ({ window }) =>
        !window ||
        !(taken.get(window.groupKey) ?? []).some(({ start, end }) => start <= window.end && window.start <= end),
    );
    standing.push({ ...each, candidates });
  }
  return standing;
}

async function keepMatches(
  trx: Trx,
  { clock }: RaisingServices,
  tenantId: TenantId,
  found: readonly PolicyFindings[],
  allowance: Allowance,
): Promise<void> {
  const matchedAt = clock();
  for (const { policy, facts } of found) {
    const rows = facts
      .slice(0, allowance.matchesKept(policy))
      .map((fact) => matchRow(tenantId, policy, fact, matchedAt));
    await store.insertMatches(trx, rows);
  }
}

function matchRow(tenantId: TenantId, policy: Policy, fact: Fact, matchedAt: number): store.MatchRow {
  const { id, timestamp, userName, appId, instance } = fact;
  return {
    tenantId,
    policyId: policy.id,
    activityId: id,
    timestamp,
    matchedAt,
    alert: null,
    userName,
    appId,
    instance,
  };
}

/** The alerts' own activities are kept whatever the limit of matches is, so that an alert always has them. */
async function keepAlerts(
  trx: Trx,
  tenantId: TenantId,
  chosen: ReadonlyMap<string, readonly Candidate[]>,
  raised: readonly Alert[],
): Promise<void> {
  const isRaised = new Set(raised.map(({ alertId }) => alertId));
  for (const [policyId, candidates] of chosen) {
    for (const { draft, facts, window } of candidates) {
      if (!isRaised.has(draft.alertId)) continue;
      const alert = alertPkFor(tenantId, draft.alertId);
      const matchedAt = Number(draft.createdTicks / 10_000n);
      const rows = facts.map(({ id, timestamp, userName, appId, instance }) => ({
        ...{ tenantId, policyId, activityId: id, timestamp, matchedAt, alert },
        ...{ userName, appId, instance },
      }));
      await store.insertMatches(trx, rows);
      await store.nameAlert(
        trx,
        tenantId,
        policyId,
        facts.map(({ id }) => id),
        alert,
      );
      if (window) await store.insertWindow(trx, tenantId, policyId, window.groupKey, window);
    }
  }
}
