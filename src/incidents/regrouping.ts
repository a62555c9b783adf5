// Merging and splitting by hand: alerts go to another incident, and nothing that was said about them is lost.
import type { Permission } from '../access/permissions.ts';
import type { Alert } from '../alerts/alert.ts';
import { reachedBy } from '../alerts/alerts.ts';
import { findAlertsWhere, updateAlerts } from '../alerts/records.ts';
import { recordAudit } from '../audit/audit.ts';
import { type Change, noteChanges } from '../changes/changes.ts';
import type { Ctx } from '../context.ts';
import type { Trx } from '../db/store.ts';
import { changeAs, presentCaller } from '../directory/present-rights.ts';
import { InvalidInput, NotFound, TooLarge } from '../lib/failures.ts';
import { ticksOfMs } from '../lib/ticks.ts';
import { nameOf } from './alert-changes.ts';
import { type ChangedIncident, commentOf, getOwnRecord } from './incident-changes.ts';
import type { IncidentRecord } from './incident-record.ts';
import { absorb } from './merging.ts';
import { newIncident } from './raise.ts';
import { laterThan, rebuild } from './rebuild.ts';
import { findRecords, giveNumber } from './rows.ts';

/** Incidents that one call merges. */
export const mergedMax = 20;

/**
 * Merges incidents into the oldest of them, which is returned. Needs the permission. Throws NotFound, a Conflict where one
 * is part of another already, InvalidInput unless two to twenty are named, and TooLarge when the result would be.
 */
export async function mergeIncidents(
  ctx: Ctx,
  permission: Permission,
  incidentIds: readonly number[],
  comment: string | null = null,
): Promise<ChangedIncident> {
  const ids = [...new Set(incidentIds)];
  if (ids.length < 2 || ids.length > mergedMax) {
    throw new InvalidInput('incidentIds', `Name two to ${mergedMax} incidents to merge.`);
  }
  const { tenantId } = ctx.caller;
  return await changeAs(ctx, permission, async (trx) => {
    const now = ticksOfMs(ctx.clock());
    const records: IncidentRecord[] = [];
    for (const id of ids) records.push(await getOwnRecord(trx, ctx, id));
    requireRoom(
      ctx,
      records.reduce((sum, { alertCount }) => sum + alertCount, 0),
    );
    const [oldest, ...others] = records.sort(byAge);
    if (!oldest) throw new NotFound('The incident');
    const notes = new Notes(ctx);
    let target = oldest;
    for (const source of others) {
      const absorbed = await absorb(trx, tenantId, target, source, now);
      const moved = absorbed.movedAlerts.map(({ alertId }) => ({
        alertId,
        from: source.incidentId,
        by: nameOf(ctx.caller),
      }));
      target = { ...absorbed.target, reasons: [...absorbed.target.reasons, ...moved] };
      notes.alerts(absorbed.movedAlerts);
      notes.incident(source.incidentId, 'updated');
    }
    const result = await rebuild(trx, tenantId, commented(ctx, target, comment, now), now);
    notes.incident(target.incidentId, 'updated');
    await notes.write(trx);
    const merged = others.map(({ incidentId }) => incidentId);
    await recordAudit(ctx, trx, { action: 'incident.merge', target: targetOf(target), details: { merged } });
    return result;
  });
}

/**
 * Moves alerts to an incident, or to a new one. Needs the permission; alerts beyond the caller's reach are not there. An
 * incident that is left without alerts becomes part of the one that took the last of them. Throws NotFound, a Conflict
 * where the target is part of another one, and TooLarge.
 */
export async function moveAlerts(
  ctx: Ctx,
  permission: Permission,
  alertIds: readonly string[],
  incidentId: number | null,
  comment: string | null = null,
): Promise<ChangedIncident> {
  const ids = [...new Set(alertIds)];
  if (ids.length === 0) throw new InvalidInput('alertIds', 'Name at least one alert to move.');
  requireRoom(ctx, ids.length);
  const { tenantId } = ctx.caller;
  return await changeAs(ctx, permission, async (trx) => {
    const now = ticksOfMs(ctx.clock());
    const alerts = await getAlerts(trx, ctx, permission, ids);
    const isNew = incidentId === null;
    const target = isNew ? newIncident(await giveNumber(trx, tenantId), now) : await getOwnRecord(trx, ctx, incidentId);
    const moving = alerts.filter((alert) => alert.incidentId !== target.incidentId);
    requireRoom(ctx, target.alertCount + moving.length);
    await updateAlerts(
      trx,
      tenantId,
      moving.map((alert) => ({
        ...alert,
        incidentId: target.incidentId,
        updatedTicks: laterThan(alert.updatedTicks, now),
      })),
    );
    const notes = new Notes(ctx);
    notes.alerts(moving);
    const left = await leave(trx, ctx, moving, target, now, notes);
    const changed = commented(ctx, left, comment, now);
    const result = await rebuild(trx, tenantId, changed, now);
    notes.incident(target.incidentId, isNew ? 'created' : 'updated');
    await notes.write(trx);
    const details = { alertIds: moving.map(({ alertId }) => alertId).slice(0, 100), count: moving.length };
    await recordAudit(ctx, trx, { action: 'incident.move-alerts', target: targetOf(result.record), details });
    return result;
  });
}

/** Rebuilds the incidents that alerts were taken from. Returns the target with why the alerts are there. */
async function leave(
  trx: Trx,
  ctx: Ctx,
  moving: readonly Alert[],
  target: IncidentRecord,
  now: bigint,
  notes: Notes,
): Promise<IncidentRecord> {
  const { tenantId } = ctx.caller;
  const sources = await findRecords(
    trx,
    tenantId,
    moving.flatMap((alert) => alert.incidentId ?? []),
  );
  const by = nameOf(ctx.caller);
  const reasons = moving.map((alert) => ({ alertId: alert.alertId, from: alert.incidentId ?? 0, by }));
  let result: IncidentRecord = { ...target, reasons: [...target.reasons, ...reasons] };
  for (const source of sources.values()) {
    const taken = moving.filter((alert) => alert.incidentId === source.incidentId).length;
    if (taken >= source.alertCount) {
      result = (await absorb(trx, tenantId, result, source, now)).target;
    } else {
      // Whatever connects the two later must not bring them together again: somebody has decided.
      const split = {
        ...source,
        reasons: [...source.reasons, ...reasons.filter(({ from }) => from === source.incidentId)],
      };
      await rebuild(trx, tenantId, split, now);
    }
    notes.incident(source.incidentId, 'updated');
  }
  return result;
}

async function getAlerts(trx: Trx, ctx: Ctx, permission: Permission, alertIds: readonly string[]): Promise<Alert[]> {
  const caller = await presentCaller(ctx, trx);
  const named = { kind: 'text', property: 'alertId', oneOf: alertIds } as const;
  const of = [reachedBy({ caller }, permission), named];
  const found = await findAlertsWhere(trx, caller.tenantId, { kind: 'all', of }, alertIds.length);
  const known = new Set(found.map(({ alertId }) => alertId));
  const missing = alertIds.find((id) => !known.has(id));
  if (missing !== undefined) throw new NotFound(`Alert ${missing.slice(0, 100)}`);
  return found;
}

/** By hand, an incident may have more than correlation gives it, but not so many that it becomes a burden to read. */
function requireRoom({ config }: Ctx, alertCount: number): void {
  if (alertCount <= config.alertsChangedMax) return;
  throw new TooLarge(
    `An incident can take ${config.alertsChangedMax} alerts (setting alertsChangedMax); this would be ${alertCount}.`,
  );
}

function commented(ctx: Ctx, record: IncidentRecord, comment: string | null, now: bigint): IncidentRecord {
  const by = nameOf(ctx.caller);
  const comments = comment === null ? record.comments : [commentOf(comment, by, now), ...record.comments];
  return { ...record, comments, lastModifiedBy: by };
}

function byAge(left: IncidentRecord, right: IncidentRecord): number {
  if (left.createdTicks !== right.createdTicks) return left.createdTicks < right.createdTicks ? -1 : 1;
  return left.incidentId - right.incidentId;
}

function targetOf({ incidentId, name }: IncidentRecord) {
  return { kind: 'incident', id: String(incidentId), name };
}

/** What this change notes, each thing once. */
class Notes {
  readonly #ctx: Ctx;
  readonly #changes = new Map<string, Change>();

  constructor(ctx: Ctx) {
    this.#ctx = ctx;
  }

  alerts(alerts: readonly Alert[]): void {
    for (const { alertId } of alerts) this.#add({ subject: 'alert', subjectId: alertId, change: 'updated' });
  }

  incident(incidentId: number, change: Change['change']): void {
    this.#add({ subject: 'incident', subjectId: String(incidentId), change });
  }

  #add(change: Omit<Change, 'at'>): void {
    this.#changes.set(`${change.subject} ${change.subjectId}`, { ...change, at: this.#ctx.clock() });
  }

  async write(trx: Trx): Promise<void> {
    await noteChanges(trx, this.#ctx.caller.tenantId, [...this.#changes.values()]);
  }
}
