// Custom detections: rules that people make of hunting queries. They run by themselves (scheduler.ts), on request and for
// trial (trials.ts); what they raise are alerts like any other.
import { require, scopeOf } from '../access/caller.ts';
import type { Permission } from '../access/permissions.ts';
import { severities } from '../alerts/alert.ts';
import { recordAudit } from '../audit/audit.ts';
import type { Ctx } from '../context.ts';
import type { Db, Trx } from '../db/store.ts';
import { presentCaller } from '../directory/present-rights.ts';
import { Conflict, InvalidInput, NotFound } from '../lib/failures.ts';
import { isGuid, newId, type TenantId } from '../lib/ids.ts';
import { actorOf, managePermission } from './actor.ts';
import { checkRule } from './check.ts';
import {
  type Actor,
  type AssetKind,
  assetKinds,
  periods,
  type Rule,
  type RunErrorCode,
  type RunStatus,
} from './rule.ts';
import { changedContent, newContent, type RuleInput } from './rule-input.ts';
import { rowOf, ruleOf } from './rule-rows.ts';
import * as runs from './runs-store.ts';
import * as store from './store.ts';
import { assetIdentifiers, categories } from './template-input.ts';

/** A run as its history tells of it. */
export type Run = runs.RunRow;

export const readPermission: Permission = 'CustomDetection.Read.All';

export interface LastRun {
  readonly at: number;
  readonly status: RunStatus;
  readonly errorCode: RunErrorCode | null;
  readonly failureReason: string | null;
}

/** A rule with how it stands. */
export interface RuleView extends Rule {
  /** The last one over any event store; null before the first. */
  readonly lastRun: LastRun | null;
  /** Over the event store of this process; null while the rule is switched off. */
  readonly nextRunAt: number | null;
}

/** What members of a rule may be; for forms. */
export interface RuleChoices {
  readonly periods: readonly string[];
  readonly severities: readonly string[];
  readonly categories: readonly string[];
  readonly assets: readonly { readonly kind: AssetKind; readonly identifiers: readonly string[] }[];
}

/** Needs CustomDetection.Read.All. */
export function ruleChoices(ctx: Ctx): RuleChoices {
  scopeOf(ctx.caller, readPermission);
  const assets = assetKinds.map((kind) => ({ kind, identifiers: assetIdentifiers[kind] }));
  return { periods, severities, categories, assets };
}

/** All rules of the tenant by name. Needs CustomDetection.Read.All. */
export async function listRules(ctx: Ctx): Promise<RuleView[]> {
  scopeOf(ctx.caller, readPermission);
  const rows = await store.listRuleRows(ctx.store.db, ctx.caller.tenantId);
  return await withStates(ctx, rows.map(ruleOf));
}

/** Needs CustomDetection.Read.All. Throws NotFound. */
export async function getRule(ctx: Ctx, id: string): Promise<RuleView> {
  require(ctx.caller, readPermission);
  const rule = await requireRule(ctx.store.db, ctx.caller.tenantId, id);
  const [view] = await withStates(ctx, [rule]);
  return view ?? { ...rule, lastRun: null, nextRunAt: null };
}

/** One rule; nobody's rights are asked. Throws NotFound. */
export async function requireRule(db: Db, tenantId: TenantId, id: string): Promise<Rule> {
  const row = isGuid(id) ? await store.findRuleRow(db, tenantId, id.toLowerCase()) : undefined;
  if (!row) throw new NotFound('The custom detection rule');
  return ruleOf(row);
}

async function withStates(ctx: Ctx, rules: readonly Rule[]): Promise<RuleView[]> {
  const ids = rules.map(({ id }) => id);
  const states = Map.groupBy(await store.listStates(ctx.store.db, ctx.caller.tenantId, ids), ({ ruleId }) => ruleId);
  const eventStore = await ctx.events.id();
  return rules.map((rule) => {
    const [last] = states.get(rule.id) ?? [];
    const own = states.get(rule.id)?.find((each) => each.eventStore === eventStore);
    return {
      ...rule,
      lastRun: last ? lastRunOf(last) : null,
      nextRunAt: rule.isEnabled ? (own?.nextRunAt ?? rule.changedAt) : null,
    };
  });
}

function lastRunOf({ lastRunAt, status, errorCode, failureReason }: store.StateRow): LastRun {
  // Written by run.ts as these.
  return { at: lastRunAt, status: status as RunStatus, errorCode: errorCode as RunErrorCode | null, failureReason };
}

/**
 * Makes a rule, which runs at once over the last 30 days. Needs CustomDetection.ReadWrite.All. Throws InvalidInput for a
 * query that could raise no alert, and Conflict.
 */
export async function createRule(ctx: Ctx, input: RuleInput): Promise<RuleView> {
  require(ctx.caller, managePermission);
  const content = newContent(input);
  await checkRule(ctx, content);
  const { tenantId } = ctx.caller;
  const rule = await ctx.store.change(tenantId, async (trx) => {
    const actor = await presentActor(ctx, trx);
    const rows = await store.listRuleRows(trx, tenantId);
    const { customDetectionsPerTenantMax: most } = ctx.config;
    if (rows.length >= most) {
      const message = `This tenant has its ${most} custom detection rules (setting customDetectionsPerTenantMax).`;
      throw new Conflict('too-many-custom-detections', message);
    }
    const now = ctx.clock();
    const made = { createdAt: now, createdBy: actor.name, changedAt: now, changedBy: actor.name };
    const fresh: Rule = { ...content, ...made, id: newId<string>(), queryChangedAt: null, actor };
    refuseTakenName(rows, fresh);
    await store.insertRuleRow(trx, rowOf(tenantId, fresh));
    await recordAct(ctx, trx, 'custom-detection.create', fresh);
    return fresh;
  });
  return { ...rule, lastRun: null, nextRunAt: rule.isEnabled ? rule.changedAt : null };
}

/** Inside a change. Throws a Refusal where the right was lost meanwhile. */
async function presentActor(ctx: Ctx, trx: Trx): Promise<Actor> {
  const caller = await presentCaller(ctx, trx);
  require(caller, managePermission);
  const actor = actorOf(caller);
  if (!actor)
    throw new Conflict('no-editor', 'Custom detections run as their last editor: a person or an application.');
  return actor;
}

function refuseTakenName(rows: readonly store.RuleRow[], { id, displayName }: Pick<Rule, 'id' | 'displayName'>): void {
  if (!rows.some((row) => row.displayName === displayName && row.id !== id)) return;
  const message = `There is a custom detection rule "${displayName}" already. Choose another name.`;
  throw new Conflict('custom-detection-name-taken', message);
}

/**
 * Changes a rule, which runs as whoever changed it from then on: with its next run, or at once when it was switched on or
 * has failed. Needs CustomDetection.ReadWrite.All. Throws NotFound, InvalidInput and Conflict.
 */
export async function changeRule(ctx: Ctx, id: string, input: RuleInput): Promise<RuleView> {
  require(ctx.caller, managePermission);
  const { tenantId } = ctx.caller;
  const seen = await requireRule(ctx.store.db, tenantId, id);
  const wanted = changedContent(seen, input);
  // A rule that cannot run any more can still be switched off.
  if (wanted.isEnabled) await checkRule(ctx, wanted);
  await ctx.store.change(tenantId, async (trx) => {
    const actor = await presentActor(ctx, trx);
    const before = await requireRule(trx, tenantId, id);
    if (before.changedAt !== seen.changedAt) {
      throw new Conflict(
        'custom-detection-changed',
        `${before.changedBy} has changed this rule meanwhile. Read it again.`,
      );
    }
    const changedAt = Math.max(ctx.clock(), before.changedAt + 1);
    const queryChangedAt = wanted.queryText === before.queryText ? before.queryChangedAt : changedAt;
    const saved: Rule = { ...before, ...wanted, changedAt, changedBy: actor.name, queryChangedAt, actor };
    refuseTakenName(await store.listRuleRows(trx, tenantId), saved);
    await store.updateRuleRow(trx, tenantId, saved.id, rowOf(tenantId, saved));
    await reschedule(trx, tenantId, before, saved);
    await recordAct(ctx, trx, 'custom-detection.edit', saved);
  });
  return await getRule(ctx, id);
}

/** What waited for a mistake to be mended does not wait any longer, and a new period counts from now. */
async function reschedule(trx: Trx, tenantId: TenantId, before: Rule, saved: Rule): Promise<void> {
  const isSwitchedOn = saved.isEnabled && !before.isEnabled;
  for (const state of await store.listStates(trx, tenantId, [saved.id])) {
    const isAtOnce = isSwitchedOn || state.status === 'failed' || saved.period !== before.period;
    const nextRunAt = isAtOnce ? saved.changedAt : state.nextRunAt;
    await store.writeState(trx, { ...state, failures: 0, nextRunAt });
  }
}

/** Deletes a rule with its history; its alerts stay. Needs CustomDetection.ReadWrite.All. Throws NotFound. */
export async function deleteRule(ctx: Ctx, id: string): Promise<void> {
  require(ctx.caller, managePermission);
  const { tenantId } = ctx.caller;
  await ctx.store.change(tenantId, async (trx) => {
    await presentActor(ctx, trx);
    const rule = await requireRule(trx, tenantId, id);
    await store.deleteRuleRow(trx, tenantId, rule.id);
    await recordAct(ctx, trx, 'custom-detection.delete', rule);
  });
}

async function recordAct(ctx: Ctx, trx: Trx, action: string, rule: Rule): Promise<void> {
  const { id, displayName, isEnabled, period, queryText } = rule;
  const target = { kind: 'custom-detection', id, name: displayName };
  await recordAudit(ctx, trx, { action, target, details: { isEnabled, period, queryText } });
}

/** The runs of a rule, newest first. Needs CustomDetection.Read.All. Throws NotFound. */
export async function listRuns(
  ctx: Ctx,
  id: string,
  skip: number,
  limit: number,
): Promise<{ items: Run[]; total: number }> {
  require(ctx.caller, readPermission);
  const { tenantId } = ctx.caller;
  const { id: ruleId } = await requireRule(ctx.store.db, tenantId, id);
  const { rows, total } = await runs.listRunRows(ctx.store.db, tenantId, ruleId, skip, limit);
  return { items: rows, total };
}

/** What the caller's input would be as a rule, checked as if it were saved. Needs CustomDetection.ReadWrite.All. */
export async function ruleOfInput(ctx: Ctx, input: RuleInput): Promise<Rule> {
  require(ctx.caller, managePermission);
  const content = newContent(input);
  await checkRule(ctx, content);
  const actor = actorOf(ctx.caller);
  if (!actor) throw new InvalidInput('rule', 'Custom detections are for people and applications.');
  const now = ctx.clock();
  const made = { createdAt: now, createdBy: actor.name, changedAt: now, changedBy: actor.name };
  return { ...content, ...made, id: '00000000-0000-0000-0000-000000000000', queryChangedAt: null, actor };
}
