// A dry run says what a rule, saved or only thought of, would raise now; a run on request raises it.
import { require } from '../access/caller.ts';
import type { AlertDraft } from '../alerts/alert.ts';
import { recordAudit } from '../audit/audit.ts';
import type { Ctx } from '../context.ts';
import { HuntingProblem } from '../hunting/run-problems.ts';
import { Conflict } from '../lib/failures.ts';
import { managePermission } from './actor.ts';
import { problemOf } from './check.ts';
import { requireRule, ruleOfInput } from './custom-detections.ts';
import { draftOf, groupRows, untold } from './findings.ts';
import { faultOf, findRows } from './hunting-rows.ts';
import { alertsPerRunMax, type Rule, type RunFault } from './rule.ts';
import type { RuleInput } from './rule-input.ts';
import { askedOf, partialFault } from './run.ts';
import * as runs from './runs-store.ts';
import { trialSpanOf } from './schedule.ts';
import { runInTurn } from './scheduler.ts';

export interface DryRun {
  readonly from: number;
  readonly until: number;
  readonly rows: number;
  /** That a run would raise. */
  readonly alerts: number;
  /** Beyond the most of one run. */
  readonly heldBack: number;
  /** Events of the answer that alerts of the rule tell of already. */
  readonly told: number;
  readonly seconds: number;
  /** The first of the alerts. */
  readonly samples: readonly AlertDraft[];
  /** What a run would say went wrong, in whole or in part. */
  readonly fault: RunFault | null;
}

const samplesMax = 50;

/** Of a stored rule, over what its period looks back. Needs CustomDetection.ReadWrite.All. Throws NotFound. */
export async function dryRunRule(ctx: Ctx, id: string): Promise<DryRun> {
  require(ctx.caller, managePermission);
  const rule = await requireRule(ctx.store.db, ctx.caller.tenantId, id);
  return await dryRun(ctx, rule, true);
}

/** Of a rule that is not stored, over 30 days, as its first run would. Throws InvalidInput. */
export async function dryRunInput(ctx: Ctx, input: RuleInput): Promise<DryRun> {
  return await dryRun(ctx, await ruleOfInput(ctx, input), false);
}

async function dryRun(ctx: Ctx, rule: Rule, isSaved: boolean): Promise<DryRun> {
  const now = ctx.clock();
  const span = trialSpanOf(rule.period, isSaved, now);
  const { from, until } = span;
  const nothing = { from, until, rows: 0, alerts: 0, heldBack: 0, told: 0, seconds: 0, samples: [] };
  try {
    const found = await findRows(ctx, askedOf(rule, span, false));
    const { seconds } = found;
    const problem = problemOf(found.columns, rule);
    if (problem) return { ...nothing, seconds, fault: { code: 'queryExecutionFailed', reason: problem.message } };
    const { tenantId } = ctx.caller;
    const grouped = await groupRows(found.rows, rule);
    const keys = grouped.groups.flatMap(({ events }) => events.map(({ key }) => key));
    const told = await runs.findTold(ctx.store.db, tenantId, rule.id, keys);
    const fresh = untold(grouped.groups, told);
    const chosen = fresh.slice(0, alertsPerRunMax);
    const heldBack = fresh.length - chosen.length;
    const samples = chosen.slice(0, samplesMax).map((group) => draftOf(rule, group, now));
    const counts = { rows: found.rows.length, alerts: chosen.length, heldBack, told: told.size };
    return { from, until, seconds, ...counts, samples, fault: partialFault(found, grouped, heldBack) ?? null };
  } catch (error) {
    // Rights and shares are the caller's own, who is refused as everywhere.
    if (!(error instanceof HuntingProblem)) throw error;
    return { ...nothing, fault: faultOf(error) ?? null };
  }
}

/** Runs a rule now, over this process's event store. Needs CustomDetection.ReadWrite.All. Throws NotFound and Conflict. */
export async function runNow(ctx: Ctx, id: string): Promise<runs.RunRow> {
  require(ctx.caller, managePermission);
  const { tenantId } = ctx.caller;
  const rule = await requireRule(ctx.store.db, tenantId, id);
  if (!rule.isEnabled) {
    throw new Conflict('custom-detection-disabled', 'This rule is switched off. Enable it, or do a dry run.');
  }
  const request = { tenantId, ruleId: rule.id, cause: 'request', isStopped: () => false } as const;
  const run = await runInTurn(ctx, request);
  if (run) {
    const { status, rows, alerts } = run;
    const target = { kind: 'custom-detection', id: rule.id, name: rule.displayName };
    const entry = { action: 'custom-detection.run', target, details: { status, rows, alerts } };
    await ctx.store.transaction((trx) => recordAudit(ctx, trx, entry));
    return run;
  }
  throw new Conflict('custom-detection-running', 'This rule runs at the moment. Its history tells how that ends.');
}
