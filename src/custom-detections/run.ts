// One run of a rule: its query over what is new, alerts for the rows that nobody was told of, and a line in its history.
// Alerts, what they tell of and how far the rule came are one transaction, so that nothing is doubled or lost, whatever
// stops the process and however many processes find the same.
import { setImmediate } from 'node:timers/promises';
import type { AlertDraft } from '../alerts/alert.ts';
import { recordAuditAs } from '../audit/audit.ts';
import type { Services } from '../context.ts';
import type { Trx } from '../db/store.ts';
import { openGeo } from '../geo/geo.ts';
import { raiseAlertsIn } from '../incidents/raise.ts';
import { dayMs } from '../lib/clock.ts';
import { StoreUnavailable } from '../lib/failures.ts';
import { newId, type TenantId } from '../lib/ids.ts';
import { actingCtx, tenantAsleep } from './actor.ts';
import { problemOf } from './check.ts';
import { draftOf, type Group, type Grouped, groupRows, untold } from './findings.ts';
import { type Asked, type Found, faultOf, findRows, GaveWay } from './hunting-rows.ts';
import { whereCameIn } from './query-words.ts';
import { alertsPerRunMax, longestLookBackMs, type Rule, type RunFault } from './rule.ts';
import { ruleOf } from './rule-rows.ts';
import * as runs from './runs-store.ts';
import { nextAfterFailure, nextAfterRun, nextAfterThrottling, type Span, spanOf } from './schedule.ts';
import * as store from './store.ts';

export type RunCause = 'schedule' | 'request';

export interface RunRequest {
  readonly tenantId: TenantId;
  readonly ruleId: string;
  readonly cause: RunCause;
  readonly isStopped: () => boolean;
  /** Told how long the query took, also one that failed. */
  readonly onSeconds: (seconds: number) => void;
}

/** What all steps of one run share. */
interface Running {
  readonly services: Services;
  readonly request: RunRequest;
  readonly rule: Rule;
  readonly eventStore: string;
  readonly before: store.StateRow | undefined;
  readonly span: Span;
  readonly startedAt: number;
}

/**
 * Runs the rule over this process's event store and returns the line of its history; undefined when there was nothing to
 * do: the rule or its tenant is gone or switched off, or the server stops. Throws StoreUnavailable.
 */
export async function runRule(services: Services, request: RunRequest): Promise<runs.RunRow | undefined> {
  const { tenantId, ruleId, cause } = request;
  const { db } = services.store;
  const row = await store.findRuleRow(db, tenantId, ruleId);
  if (!row?.isEnabled) return undefined;
  const rule = ruleOf(row);
  const eventStore = await services.events.id();
  const before = await store.findState(db, tenantId, ruleId, eventStore);
  const startedAt = services.clock();
  const span = spanOf(rule.period, before?.doneUntil ?? null, startedAt);
  const running = { services, request, rule, eventStore, before, span, startedAt };
  const ctx = await actingCtx(services, tenantId, rule.actor);
  if (ctx === tenantAsleep) return undefined;
  if ('reason' in ctx) return await fail(running, { code: 'queryExecutionFailed', reason: ctx.reason });
  const begunAt = performance.now();
  try {
    const asked = askedOf(rule, span, cause === 'schedule');
    const found = await findRows(ctx, asked, request.isStopped);
    request.onSeconds(found.busySeconds);
    const problem = problemOf(found.columns, rule);
    if (problem) return await fail(running, { code: 'queryExecutionFailed', reason: problem.message });
    return await tell(running, found);
  } catch (error) {
    if (error instanceof GaveWay && request.isStopped()) return undefined;
    if (error instanceof StoreUnavailable) throw error;
    request.onSeconds((performance.now() - begunAt) / 1000);
    const fault = faultOf(error);
    if (fault) return await fail(running, fault);
    services.log.error({ err: error, tenantId, ruleId }, 'a custom detection failed');
    return await fail(running, { code: 'alertCreationFailed', reason: 'It failed; the log of the server says why.' });
  }
}

/** In near real time the next run is a minute away. */
const watchSecondsMax = 30;

/** The query and its time, for a run or a dry run. */
export function askedOf(rule: Pick<Rule, 'queryText' | 'period'>, span: Span, givesWay: boolean): Asked {
  const { from, until, isByArrival } = span;
  if (isByArrival) {
    const queryText = whereCameIn(rule.queryText, from, until);
    return { queryText, timespan: undefined, secondsMax: watchSecondsMax, givesWay };
  }
  const timespan = `${new Date(from).toISOString()}/${new Date(until).toISOString()}`;
  return { queryText: rule.queryText, timespan, secondsMax: undefined, givesWay };
}

/** What is not as it should be with an answer whose alerts were raised; undefined when all is well. */
export function partialFault(
  { rows, isCutOff }: Pick<Found, 'rows' | 'isCutOff'>,
  { unusable, whyUnusable }: Grouped,
  heldBack: number,
): RunFault | undefined {
  if (isCutOff) {
    const reason = `The query returned more than ${rows.length} rows (setting customDetectionRowsMax); only these were looked at. Narrow it.`;
    return { code: 'queryExceededResultSize', reason };
  }
  if (heldBack > 0) {
    const reason = `The rows make ${heldBack} alerts more than the ${alertsPerRunMax} of one run. The next run goes on with them, as far as it looks back. Narrow the query.`;
    return { code: 'queryExceededResultSize', reason };
  }
  if (unusable === 0) return undefined;
  return {
    code: 'partialRowsFailed',
    reason: `${unusable} of ${rows.length} rows ${whyUnusable}, and raised no alert.`,
  };
}

async function tell(running: Running, found: Found): Promise<runs.RunRow | undefined> {
  const { services, rule, request } = running;
  const { tenantId } = request;
  const grouped = await groupRows(found.rows, rule);
  const keys = grouped.groups.flatMap(({ events }) => events.map(({ key }) => key));
  const isNews = (await runs.findTold(services.store.db, tenantId, rule.id, keys)).size < keys.length;
  if (isNews) await openGeo(services.config);
  const work = async (trx: Trx): Promise<runs.RunRow | undefined> => {
    // Deleted or switched off meanwhile: nobody wants to hear of it any more.
    const present = await store.findRuleRow(trx, tenantId, rule.id);
    if (!present?.isEnabled) return undefined;
    const toldAlready = isNews ? await runs.findTold(trx, tenantId, rule.id, keys) : new Set(keys);
    const fresh = untold(grouped.groups, toldAlready);
    const chosen = fresh.slice(0, alertsPerRunMax);
    await raise(trx, running, chosen);
    const heldBack = fresh.length - chosen.length;
    const counts = { rows: found.rows.length, alerts: chosen.length, heldBack };
    return await end(trx, running, present, counts, partialFault(found, grouped, heldBack));
  };
  // What changes a tenant empties what processes remember of it, which a run that found nothing has no part in.
  return isNews ? await services.store.change(tenantId, work) : await services.store.transaction(work);
}

async function raise(trx: Trx, { services, rule, request }: Running, groups: readonly Group[]): Promise<void> {
  const { tenantId } = request;
  const now = services.clock();
  const drafts: AlertDraft[] = [];
  for (const group of groups) {
    drafts.push(draftOf(rule, group, now));
    await setImmediate();
  }
  await raiseAlertsIn(trx, services, tenantId, drafts);
  const told = groups.flatMap(({ events }) => events.map(({ key }) => key));
  await runs.insertTold(trx, tenantId, rule.id, told, now);
}

interface Counts {
  readonly rows: number;
  readonly alerts: number;
  readonly heldBack: number;
}

/** The history and the state after a run that raised what it found. */
async function end(
  trx: Trx,
  running: Running,
  present: store.RuleRow,
  counts: Counts,
  fault: RunFault | undefined,
): Promise<runs.RunRow> {
  const { rule, span, before, request } = running;
  const now = running.services.clock();
  const dueAt = request.cause === 'schedule' ? (before?.nextRunAt ?? null) : null;
  const status = fault ? 'partiallyFailed' : 'completed';
  // What was left over is found again where the next run begins.
  const isAllDone = counts.heldBack === 0;
  await writeEnd(trx, running, present, {
    nextRunAt: nextAfterRun(rule.period, dueAt, now),
    doneUntil: isAllDone ? span.until : (before?.doneUntil ?? null),
    failures: 0,
    ...outcomeOf(status, fault),
  });
  return await writeRun(trx, running, { ...counts, ...outcomeOf(status, fault) });
}

/** Undefined when the rule was deleted meanwhile, with everything that is kept of it. */
async function fail(running: Running, fault: RunFault): Promise<runs.RunRow | undefined> {
  const { services, rule, before, request } = running;
  const now = services.clock();
  const isThrottled = fault.code === 'queryExecutionThrottling';
  const failures = (before?.failures ?? 0) + (isThrottled ? 0 : 1);
  const nextRunAt = isThrottled ? nextAfterThrottling(now) : nextAfterFailure(rule.period, failures, now);
  const outcome = outcomeOf('failed', fault);
  return await services.store.transaction(async (trx) => {
    const present = await store.findRuleRow(trx, request.tenantId, rule.id);
    if (!present) return undefined;
    // A rule that goes on failing is entered once.
    if (before?.status !== 'failed' && !isThrottled) await auditFailure(trx, running, fault);
    const state = { nextRunAt, doneUntil: before?.doneUntil ?? null, failures, ...outcome };
    await writeEnd(trx, running, present, state);
    return await writeRun(trx, running, { rows: 0, alerts: 0, heldBack: 0, ...outcome });
  });
}

async function auditFailure(trx: Trx, { services, rule, request }: Running, { code, reason }: RunFault): Promise<void> {
  const actor = { kind: 'system', id: null, name: 'custom detections' } as const;
  const target = { kind: 'custom-detection', id: rule.id, name: rule.displayName };
  const entry = { action: 'custom-detection.run', outcome: 'failed', target, details: { code, reason } } as const;
  await recordAuditAs(services, trx, request.tenantId, { actor, origin: null, correlationId: null }, entry);
}

type Outcome = Pick<store.StateRow, 'status' | 'errorCode' | 'failureReason'>;

function outcomeOf(status: string, fault: RunFault | undefined): Outcome {
  return { status, errorCode: fault?.code ?? null, failureReason: fault?.reason ?? null };
}

type StateEnd = Pick<store.StateRow, 'nextRunAt' | 'doneUntil' | 'failures'> & Outcome;

/** A rule that was changed meanwhile runs when the change said, whatever came of how it was before. */
async function writeEnd(trx: Trx, running: Running, present: store.RuleRow, state: StateEnd): Promise<void> {
  const { request, rule, eventStore, startedAt } = running;
  const { tenantId } = request;
  const isChanged = present.changedAt !== rule.changedAt;
  const rescheduled = isChanged ? await store.findState(trx, tenantId, rule.id, eventStore) : undefined;
  const change = isChanged ? { failures: 0, nextRunAt: rescheduled?.nextRunAt ?? present.changedAt } : {};
  await store.writeState(trx, {
    ...{ tenantId, ruleId: rule.id, eventStore, lastRunAt: startedAt },
    ...state,
    ...change,
  });
}

async function writeRun(trx: Trx, running: Running, outcome: Counts & Outcome): Promise<runs.RunRow> {
  const { services, request, rule, eventStore, startedAt, span } = running;
  const { tenantId, cause } = request;
  const endedAt = services.clock();
  const row: runs.RunRow = {
    ...{ tenantId, id: newId<string>(), ruleId: rule.id, eventStore, startedAt, endedAt, cause },
    ...{ fromAt: span.from, untilAt: span.until },
    ...outcome,
  };
  await runs.insertRun(trx, row);
  const { customDetectionRunsKept: kept, customDetectionRunDays: days } = services.config;
  const since = endedAt - days * dayMs;
  await runs.pruneRuns(trx, tenantId, rule.id, { runs: kept, quiet: Math.ceil(kept / 5), since });
  // No run looks back further.
  await runs.pruneTold(trx, tenantId, rule.id, endedAt - longestLookBackMs - dayMs);
  return row;
}
