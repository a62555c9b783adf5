// Policies over activities as they come in, once each: what is found, what is counted and how far the follower got are
// committed together, so that a process that dies in between begins the range anew and nothing is lost or doubled.
import type { ActivityFollower, BatchRange, FollowServices } from '../activities/following.ts';
import { noteChange } from '../changes/changes.ts';
import type { Trx } from '../db/store.ts';
import { openGeo } from '../geo/geo.ts';
import { dayMs, hourMs } from '../lib/clock.ts';
import type { TenantId } from '../lib/ids.ts';
import { type PolicyFindings, search } from './findings.ts';
import * as store from './matches-store.ts';
import { spanOfBatches } from './matching.ts';
import { listAllPolicies, savePolicy } from './policies.ts';
import { firstHourOfDay, hourOf, type Policy, systemName } from './policy.ts';
import { type Failure, recordFailures, recordSwitchedOff } from './problems.ts';
import { type Allowance, type Raised, raiseFindings } from './raising.ts';

/** Alerts may be so much later; each range has its price, whatever is in it. */
const restMs = 1000;

export const policiesFollower: ActivityFollower = { name: 'policies', restMs, follow };

/** The rows of a range at most, about: what is taken one by one. */
const factsMax = 25_000;

async function follow(
  services: FollowServices,
  tenantId: TenantId,
  range: BatchRange,
  advance: (trx: Trx) => Promise<void>,
): Promise<void> {
  const { db } = services.store;
  const policies = (await listAllPolicies(db, tenantId)).filter(({ isEnabled }) => isEnabled);
  const hour = hourOf(services.clock());
  const today = await store.sumCounts(db, tenantId, firstHourOfDay(hour));
  const burst = await store.sumCounts(db, tenantId, hour - burstHours + 1);
  const failures: Failure[] = [];
  const found = await search(services, {
    tenantId,
    policies,
    span: spanOfBatches(range),
    range,
    isLive: true,
    findWindows: (policyId, keys, from, to) => store.listWindows(db, tenantId, policyId, keys, from, to),
    alertsLeft: (policy) => Math.max(0, policy.dailyAlertLimit - (today.get(policy.id)?.alerts ?? 0)),
    factsMax,
    onFailure: (policy, error) => failures.push({ policy, error }),
  });
  if (found.length === 0 && failures.length === 0) {
    await services.store.transaction(advance);
    return;
  }
  await openGeo(services.config);
  // What changes a tenant empties what processes remember of it, which mere matches have no part in.
  const work = async (trx: Trx): Promise<void> => {
    await recordFailures(trx, services, tenantId, failures);
    await commit(trx, services, tenantId, found, advance);
  };
  if (failures.length === 0 && isQuiet(services, found, [today, burst])) await services.store.transaction(work);
  else await services.store.change(tenantId, work);
}

/** No alert to raise, and no policy to switch off. */
function isQuiet(
  { config }: FollowServices,
  found: readonly PolicyFindings[],
  counts: readonly ReadonlyMap<string, store.Counts>[],
): boolean {
  const most = Math.min(config.policyDayMatchesMax, config.policyBurstMatchesMax);
  return found.every(
    ({ policy, candidates, matches }) =>
      // Half of it, because another process may count as well.
      candidates.length === 0 && counts.every((each) => (each.get(policy.id)?.matches ?? 0) + matches < most / 2),
  );
}

async function commit(
  trx: Trx,
  services: FollowServices,
  tenantId: TenantId,
  found: readonly PolicyFindings[],
  advance: (trx: Trx) => Promise<void>,
): Promise<void> {
  const now = services.clock();
  const hour = hourOf(now);
  // A policy may have been switched off, changed or deleted since; what it was when the activities came in counts, unless
  // nobody wants to hear of it any more.
  const enabled = new Map((await listAllPolicies(trx, tenantId)).map((policy) => [policy.id, policy]));
  const standing = found.filter(({ policy }) => enabled.get(policy.id)?.isEnabled);
  const today = await store.sumCounts(trx, tenantId, firstHourOfDay(hour));
  const raised = await raiseFindings(trx, services, tenantId, standing, allowanceOf(services, today));
  for (const { policy, matches, alerts, heldBack } of raised) {
    await store.addCounts(trx, tenantId, policy.id, hour, { matches, alerts, heldBack });
  }
  await switchOff(trx, services, tenantId, raised, enabled);
  await pruneOnce(trx, services, tenantId, now);
  await advance(trx);
}

function allowanceOf({ config }: FollowServices, today: ReadonlyMap<string, store.Counts>): Allowance {
  const used = new Map<string, number>();
  let all = 0;
  return {
    takes({ id, dailyAlertLimit }) {
      const alerts = used.get(id) ?? today.get(id)?.alerts ?? 0;
      if (alerts >= dailyAlertLimit || all >= config.policyAlertsAtOnceMax) return false;
      used.set(id, alerts + 1);
      all++;
      return true;
    },
    matchesKept: ({ id }) => Math.max(0, config.policyMatchesPerDay - (today.get(id)?.matches ?? 0)),
  };
}

const burstHours = 3;

/**
 * A policy that matches more than the documented numbers (cloud-apps reference 5: 200,000 in a day, 100,000 in three
 * hours) says nothing any more and is switched off, with an entry in the governance log and a note to administrators.
 */
async function switchOff(
  trx: Trx,
  services: FollowServices,
  tenantId: TenantId,
  raised: readonly Raised[],
  policies: ReadonlyMap<string, Policy>,
): Promise<void> {
  const { policyDayMatchesMax, policyBurstMatchesMax } = services.config;
  const hour = hourOf(services.clock());
  const day = await store.sumCounts(trx, tenantId, firstHourOfDay(hour));
  const burst = await store.sumCounts(trx, tenantId, hour - burstHours + 1);
  for (const { policy } of raised) {
    const matchesOfDay = day.get(policy.id)?.matches ?? 0;
    const matchesOfBurst = burst.get(policy.id)?.matches ?? 0;
    const present = policies.get(policy.id);
    if (!present) continue;
    if (matchesOfDay > policyDayMatchesMax) {
      await disable(trx, services, tenantId, present, `${matchesOfDay} matches today (setting policyDayMatchesMax)`);
    } else if (matchesOfBurst > policyBurstMatchesMax) {
      const why = `${matchesOfBurst} matches in ${burstHours} hours (setting policyBurstMatchesMax)`;
      await disable(trx, services, tenantId, present, why);
    }
  }
}

async function disable(
  trx: Trx,
  services: FollowServices,
  tenantId: TenantId,
  policy: Policy,
  why: string,
): Promise<void> {
  const at = services.clock();
  const saved = { ...policy, isEnabled: false, revision: policy.revision + 1, changedAt: at, changedBy: systemName };
  await savePolicy(trx, tenantId, policy, saved, 'disabled');
  await recordSwitchedOff(trx, services, tenantId, saved, why);
  await noteChange(trx, tenantId, { subject: 'policy', subjectId: policy.id, change: 'updated', at });
}

/** When each tenant's old findings were last removed by this process. */
const pruned = new WeakMap<object, Map<TenantId, number>>();

/** Removes what is older than the settings keep, once a day. */
async function pruneOnce(trx: Trx, services: FollowServices, tenantId: TenantId, now: number): Promise<void> {
  const times = pruned.get(services.store) ?? new Map<TenantId, number>();
  pruned.set(services.store, times);
  const day = Math.floor(now / dayMs);
  if (times.get(tenantId) === day) return;
  times.set(tenantId, day);
  const at = now - services.config.policyMatchDays * dayMs;
  await store.pruneFindings(trx, tenantId, at, Math.floor(at / hourMs));
}
