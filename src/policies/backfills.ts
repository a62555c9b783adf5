// Backfills: a policy over activities that were stored before it was made, on request. A backfill is a row that says how
// far it came; each slice commits its alerts together with the row, so that it goes on after a restart where it was.
import { require, scopeOf } from '../access/caller.ts';
import type { FollowServices } from '../activities/following.ts';
import { recordAudit } from '../audit/audit.ts';
import type { Ctx } from '../context.ts';
import type { Db, Trx } from '../db/store.ts';
import { openGeo } from '../geo/geo.ts';
import { Conflict, NotFound, StoreUnavailable } from '../lib/failures.ts';
import { newId, type TenantId } from '../lib/ids.ts';
import * as store from './backfills-store.ts';
import { recordPending, settlePending } from './governance.ts';
import { listWindows } from './matches-store.ts';
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
import { isWithin, nameOf, requireEvaluable, requirePolicy } from './policies.ts';
import type { Policy } from './policy.ts';
import { raiseFindings } from './raising.ts';

const backfillTask = 'BackfillPolicyTask';

export const backfillStates = ['waiting', 'running', 'done', 'cancelled', 'failed'] as const;
export type BackfillState = (typeof backfillStates)[number];

export interface Backfill {
  readonly id: string;
  readonly policyId: string;
  readonly state: BackfillState;
  readonly period: Period;
  /** From 0 to 1, by time. */
  readonly progress: number;
  readonly matches: number;
  readonly alerts: number;
  readonly heldBack: number;
  readonly requestedAt: number;
  readonly requestedBy: string;
  readonly startedAt: number | null;
  readonly endedAt: number | null;
  /** Why it failed, a sentence. */
  readonly problem: string | null;
}

function backfillOf(row: store.BackfillRow): Backfill {
  const { id, policyId, fromAt, untilAt, position, matches, alerts, heldBack } = row;
  const { requestedAt, requestedBy, startedAt, endedAt, problem } = row;
  const done = (position - fromAt) / (untilAt - fromAt);
  return {
    id,
    policyId,
    state: row.state as BackfillState, // Written by this file.
    period: { from: fromAt, until: untilAt },
    progress: row.state === 'done' ? 1 : Math.min(1, Math.max(0, done)),
    matches,
    alerts,
    heldBack,
    requestedAt,
    requestedBy,
    startedAt,
    endedAt,
    problem,
  };
}

/**
 * Asks for a backfill, which takes turns with those of other tenants. Needs Policies.manage; of somebody who manages some
 * app instances only, that the policy is one's own and looks at no others.
 */
export async function requestBackfill(ctx: Ctx, policyId: string, period: Period): Promise<Backfill> {
  require(ctx.caller, 'Policies.manage');
  const { tenantId } = ctx.caller;
  const { policyBackfillDays, policyBackfillsMax } = ctx.config;
  const { from, until } = parsePeriod(period, policyBackfillDays, 'policyBackfillDays');
  const eventStore = await ctx.events.id();
  return await ctx.store.change(tenantId, async (trx) => {
    const policy = await requireEvaluable(ctx, trx, policyId);
    if ((await store.countUnfinished(trx, tenantId)) >= policyBackfillsMax) {
      throw new Conflict(
        'too-many-backfills',
        `${policyBackfillsMax} backfills wait or run (setting policyBackfillsMax). Wait for one, or cancel one.`,
      );
    }
    const row: store.BackfillRow = {
      ...beginning(from),
      tenantId,
      id: newId<string>(),
      policyId: policy.id,
      eventStore,
      state: 'waiting',
      fromAt: from,
      untilAt: until,
      requestedAt: ctx.clock(),
      requestedBy: nameOf(ctx.caller),
      startedAt: null,
      endedAt: null,
      problem: null,
    };
    await store.insertBackfill(trx, row);
    await recordPending(trx, tenantId, {
      taskId: row.id,
      type: backfillTask,
      at: row.requestedAt,
      appId: null,
      policyId: policy.id,
      details: { target: policy.name, policyName: policy.name, message: `${row.requestedBy} asked for it.` },
    });
    const details = { from: new Date(from).toISOString(), until: new Date(until).toISOString() };
    await recordAct(ctx, trx, 'policy.backfill', policy, details);
    return backfillOf(row);
  });
}

async function recordAct(
  ctx: Ctx,
  trx: Trx,
  action: string,
  { id, name }: Policy,
  details: Record<string, unknown>,
): Promise<void> {
  await recordAudit(ctx, trx, { action, target: { kind: 'policy', id, name }, details });
}

/** Stops one that waits or runs; what it raised stays. Needs Policies.manage. Throws NotFound and Conflict. */
export async function cancelBackfill(ctx: Ctx, id: string): Promise<Backfill> {
  require(ctx.caller, 'Policies.manage');
  const { tenantId } = ctx.caller;
  return await ctx.store.change(tenantId, async (trx) => {
    const row = await requireRow(trx, tenantId, id);
    const policy = await requireEvaluable(ctx, trx, row.policyId);
    if (!(await store.cancelRow(trx, tenantId, row.id, ctx.clock()))) {
      throw new Conflict('backfill-ended', 'This backfill has ended already.');
    }
    await settlePending(trx, tenantId, row.id, 'failed', `${nameOf(ctx.caller)} cancelled it.`);
    await recordAct(ctx, trx, 'policy.cancel-backfill', policy, { backfill: row.id });
    return backfillOf(await requireRow(trx, tenantId, id));
  });
}

async function requireRow(db: Db, tenantId: TenantId, id: string): Promise<store.BackfillRow> {
  const row = await store.findBackfill(db, tenantId, id.toLowerCase());
  if (!row) throw new NotFound('The backfill');
  return row;
}

/**
 * Backfills of a policy, newest first. Needs Policies.read; what they count is told of no further than the caller's role
 * reaches.
 */
export async function listBackfills(
  ctx: Ctx,
  policyId: string,
  skip: number,
  limit: number,
): Promise<{ items: Backfill[]; total: number }> {
  const scope = scopeOf(ctx.caller, 'Policies.read');
  const { db } = ctx.store;
  const { tenantId } = ctx.caller;
  const policy = await requirePolicy(db, tenantId, policyId);
  if (!isWithin(scope, policy)) return { items: [], total: 0 };
  const { rows, total } = await store.listBackfillRows(db, tenantId, policy.id, skip, limit);
  return { items: rows.map(backfillOf), total };
}

/** Needs Policies.read. Throws NotFound, also for one of a policy that looks at more than the caller's role reaches. */
export async function getBackfill(ctx: Ctx, id: string): Promise<Backfill> {
  const scope = scopeOf(ctx.caller, 'Policies.read');
  const { db } = ctx.store;
  const row = await requireRow(db, ctx.caller.tenantId, id);
  if (!isWithin(scope, await requirePolicy(db, ctx.caller.tenantId, row.policyId))) throw new NotFound('The backfill');
  return backfillOf(row);
}

export interface BackfillRunner {
  /** Resolves when all that was asked for before the call has ended. */
  settled(): Promise<void>;
  stop(): Promise<void>;
}

const pollMs = 1000;

/**
 * Works off the backfills over this process's event store: slice by slice, each tenant in its turn, so that a long one of
 * one tenant holds up nobody else's; those of one tenant one after the other.
 */
export function startBackfills(services: FollowServices): BackfillRunner {
  let isStopped = false;
  let round: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;
  const go = (): Promise<void> => {
    round ??= runAll(services, () => isStopped).finally(() => {
      round = undefined;
    });
    return round;
  };
  const wait = (): void => {
    if (isStopped) return;
    timer = setTimeout(() => {
      go()
        .catch((error: unknown) => services.log.error({ err: error }, 'backfills of policies could not be run'))
        .finally(wait);
    }, pollMs);
    timer.unref();
  };
  wait();
  return {
    async settled() {
      // One round may be past the place where it would have seen the newest.
      await round;
      await go();
    },
    async stop() {
      isStopped = true;
      clearTimeout(timer);
      await round?.catch(() => {});
    },
  };
}

async function runAll(services: FollowServices, isStopped: () => boolean): Promise<void> {
  const eventStore = await services.events.id();
  while (!isStopped()) {
    const rows = await store.nextBackfills(services.store.db, eventStore);
    if (rows.length === 0) return;
    const waiting = rows.values();
    const work = async (): Promise<void> => {
      // One iterator for all of them: each row is taken once.
      for (const row of waiting) {
        if (isStopped()) return;
        await runTurn(services, row);
      }
    };
    const workers = Array.from({ length: Math.min(rows.length, services.config.policyBackfillsAtOnce) }, work);
    for (const ended of await Promise.allSettled(workers)) if (ended.status === 'rejected') throw ended.reason;
  }
}

/** One slice of a backfill, or its end. */
async function runTurn(services: FollowServices, row: store.BackfillRow): Promise<void> {
  const { tenantId, id, position, untilAt } = row;
  const { db } = services.store;
  try {
    const policy = await requirePolicy(db, tenantId, row.policyId);
    const startedAt = row.startedAt ?? services.clock();
    if (!(await store.moveBackfill(db, tenantId, id, position, { state: 'running', startedAt }))) return;
    const slice = await nextSlice(services.events, tenantId, { from: position, until: untilAt });
    if (slice) {
      await runSlice(services, row, policy, entering(row, slice), slice);
      return;
    }
    const message = `${row.matches} matches, ${row.alerts} alerts, ${row.heldBack} kept back.`;
    await end(services, row, { state: 'done', position: untilAt }, 'succeeded', message);
  } catch (error) {
    // A store that cannot be written now may be later: the row stays as it is.
    if (error instanceof StoreUnavailable) throw error;
    services.log.error({ err: error, tenantId, policyId: row.policyId }, 'a backfill of a policy failed');
    const problem = error instanceof NotFound ? error.message : 'It failed; the log of the server says why.';
    await end(services, row, { state: 'failed', problem }, 'failed', problem);
  }
}

/** The end of a backfill with its entry in the governance log; nothing when somebody else moved it meanwhile. */
async function end(
  { store: { transaction }, clock }: FollowServices,
  { tenantId, id, position }: store.BackfillRow,
  change: { readonly state: BackfillState; readonly position?: number; readonly problem?: string },
  status: 'succeeded' | 'failed',
  message: string,
): Promise<void> {
  await transaction(async (trx) => {
    if (await store.moveBackfill(trx, tenantId, id, position, { ...change, endedAt: clock() })) {
      await settlePending(trx, tenantId, id, status, message);
    }
  });
}

/** Commits what the slice gives with the progress after it, or nothing when the backfill was cancelled or deleted meanwhile. */
async function runSlice(
  services: FollowServices,
  row: store.BackfillRow,
  policy: Policy,
  before: Progress,
  slice: Period,
): Promise<void> {
  const { tenantId, id, fromAt } = row;
  const { db } = services.store;
  const found = await searchSlice(services, {
    tenantId,
    policy,
    slice,
    since: fromAt,
    progress: before,
    findWindows: (policyId, keys, from, to) => listWindows(db, tenantId, policyId, keys, from, to),
  });
  await openGeo(services.config);
  const work = async (trx: Trx): Promise<void> => {
    const [raised] = found
      ? await raiseFindings(trx, services, tenantId, [found], allowanceOver(before, services.config))
      : [];
    const { matches = 0, alerts = 0, heldBack = 0 } = raised ?? {};
    const after: Progress = {
      position: slice.until,
      day: before.day,
      dayAlerts: before.dayAlerts + alerts,
      matches: before.matches + matches,
      alerts: before.alerts + alerts,
      heldBack: before.heldBack + heldBack,
    };
    if (!(await store.moveBackfill(trx, tenantId, id, before.position, { ...after }))) throw new Lost();
  };
  try {
    if (found && found.candidates.length > 0) await services.store.change(tenantId, work);
    else await services.store.transaction(work);
  } catch (error) {
    if (!(error instanceof Lost)) throw error;
  }
}

/** Cancelled or deleted meanwhile: what the slice wrote is undone. */
class Lost extends Error {}
