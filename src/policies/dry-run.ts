// A dry run: what a policy, stored or only thought of, would have raised over a period if it had been there. Nothing is
// written. It finds what a backfill of the same period raises for a policy that has found nothing yet.
import { require, scopeOf } from '../access/caller.ts';
import type { AlertDraft } from '../alerts/alert.ts';
import type { Ctx } from '../context.ts';
import { Conflict } from '../lib/failures.ts';
import type { TenantId } from '../lib/ids.ts';
import type { PolicyFindings } from './findings.ts';
import {
  allowanceOver,
  beginning,
  entering,
  nextSlice,
  type Period,
  type Progress,
  parsePeriod,
  searchSlice,
} from './period.ts';
import { nameOf, refuseTrial, requirePolicy, requireReach } from './policies.ts';
import type { Policy } from './policy.ts';
import { changedBody, newBody, type PolicyInput } from './policy-input.ts';
import type { FindWindows, Window } from './repeated.ts';

export interface DryRun {
  readonly period: Period;
  /** Everything before was looked at; the end of the period unless time ran out. */
  readonly lookedUntil: number;
  readonly isComplete: boolean;
  readonly matches: number;
  readonly alerts: number;
  /** Alerts that the daily limit would have kept back. */
  readonly heldBack: number;
  /** The first of the alerts. */
  readonly samples: readonly AlertDraft[];
}

const samplesMax = 50;

/**
 * A dry run of a stored policy. Needs Policies.manage, and for a detection that of the whole tenant. Throws NotFound,
 * InvalidInput and Conflict.
 */
export async function dryRunPolicy(ctx: Ctx, id: string, period: Period): Promise<DryRun> {
  require(ctx.caller, 'Policies.manage');
  const policy = await requirePolicy(ctx.store.db, ctx.caller.tenantId, id);
  requireReach(ctx.caller, policy);
  return await inTurn(ctx, () => dryRun(ctx, policy, period));
}

/** A dry run of an activity policy that is not stored. Needs Policies.manage. Throws InvalidInput. */
export async function dryRunInput(ctx: Ctx, input: PolicyInput, period: Period): Promise<DryRun> {
  require(ctx.caller, 'Policies.manage');
  refuseTrial(input);
  const now = ctx.clock();
  const by = nameOf(ctx.caller);
  const policy: Policy = {
    ...changedBody(newBody, input),
    id: '0'.repeat(24),
    name: input.name?.trim() || 'Dry run',
    type: 'AUDIT',
    isEnabled: true,
    revision: 0,
    createdAt: now,
    createdBy: by,
    changedAt: now,
    changedBy: by,
    reach: null,
  };
  return await inTurn(ctx, () => dryRun(ctx, policy, period));
}

/** Of one tenant so many at the same time in a process: each keeps the event store busy for as long as it may. */
const atOnceMax = 2;
const underWay = new WeakMap<object, Map<TenantId, number>>();

async function inTurn<T>({ store, caller: { tenantId } }: Ctx, work: () => Promise<T>): Promise<T> {
  const counts = underWay.get(store) ?? new Map<TenantId, number>();
  underWay.set(store, counts);
  const count = counts.get(tenantId) ?? 0;
  if (count >= atOnceMax) {
    throw new Conflict('too-many-dry-runs', `${count} dry runs of this tenant are under way. Wait for one to end.`);
  }
  counts.set(tenantId, count + 1);
  try {
    return await work();
  } finally {
    const left = (counts.get(tenantId) ?? 1) - 1;
    if (left > 0) counts.set(tenantId, left);
    else counts.delete(tenantId);
  }
}

async function dryRun(ctx: Ctx, asked: Policy, period: Period): Promise<DryRun> {
  const { config, events } = ctx;
  const { tenantId } = ctx.caller;
  const { from, until } = parsePeriod(period, config.policyDryRunDays, 'policyDryRunDays');
  const scope = scopeOf(ctx.caller, 'Policies.manage');
  // Nobody learns of activities that are out of reach.
  const policy = scope.all ? asked : { ...asked, reach: scope.instances };
  const memory = new Memory();
  const samples: AlertDraft[] = [];
  let progress = beginning(from);
  // Real time, not the server's clock: it is people's patience that counts.
  const endsAt = performance.now() + config.policyDryRunSeconds * 1000;
  for (;;) {
    const slice = await nextSlice(events, tenantId, { from: progress.position, until });
    if (!slice) return answer(period, progress, until, samples);
    if (performance.now() > endsAt) return answer(period, progress, progress.position, samples);
    const entered = entering(progress, slice);
    const search = { tenantId, policy, slice, since: from, progress: entered, findWindows: memory.findWindows };
    const found = await searchSlice(ctx, search);
    const taken = found ? take(ctx, entered, found, memory, samples) : entered;
    progress = { ...taken, position: slice.until };
  }
}

function take(
  { config }: Ctx,
  progress: Progress,
  { policy, matches, candidates, more }: PolicyFindings,
  memory: Memory,
  samples: AlertDraft[],
): Progress {
  const allowance = allowanceOver(progress, config);
  const fresh = candidates.filter(({ draft }) => memory.isNew(draft.alertId));
  const taken = fresh.filter((candidate) => allowance.takes(policy, candidate));
  for (const { draft, window } of taken) {
    memory.keep(draft.alertId);
    if (window) memory.addWindow(window.groupKey, window);
    if (samples.length < samplesMax) samples.push(draft);
  }
  return {
    ...progress,
    dayAlerts: progress.dayAlerts + taken.length,
    alerts: progress.alerts + taken.length,
    matches: progress.matches + matches,
    heldBack: progress.heldBack + fresh.length - taken.length + more,
  };
}

function answer(period: Period, progress: Progress, lookedUntil: number, samples: readonly AlertDraft[]): DryRun {
  const { matches, alerts, heldBack } = progress;
  const isComplete = lookedUntil === period.until;
  return { period, lookedUntil, isComplete, matches, alerts, heldBack, samples };
}

/** What a backfill would find in the store: alerts are bounded, and windows are as many. */
class Memory {
  readonly #alerts = new Set<string>();
  readonly #windows = new Map<string, Window[]>();

  isNew(alertId: string): boolean {
    return !this.#alerts.has(alertId);
  }

  keep(alertId: string): void {
    this.#alerts.add(alertId);
  }

  addWindow(groupKey: string, window: Window): void {
    this.#windows.set(groupKey, [...(this.#windows.get(groupKey) ?? []), window]);
  }

  readonly findWindows: FindWindows = async (_policyId, groupKeys, from, to) =>
    new Map(
      groupKeys.map((key) => [
        key,
        (this.#windows.get(key) ?? []).filter(({ start, end }) => end >= from && start <= to),
      ]),
    );
}
