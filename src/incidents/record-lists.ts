// Incidents as records, for surfaces that have a form of their own: listed by filter and order, counted, fetched by id.
import { scopeOf } from '../access/caller.ts';
import type { Permission } from '../access/permissions.ts';
import type { Alert } from '../alerts/alert.ts';
import { listAlertsOfIncident } from '../alerts/records.ts';
import type { Ctx } from '../context.ts';
import { NotFound } from '../lib/failures.ts';
import type { IncidentCondition } from './condition.ts';
import type { IncidentRecord } from './incident-record.ts';
import { countMatching, type ListedPosition, listMatching, type RecordPage } from './record-list-store.ts';
import { findRecords } from './rows.ts';

export type { ListedPosition, RecordPage } from './record-list-store.ts';

export interface RecordList {
  readonly records: readonly IncidentRecord[];
  /** Where the next page begins; null when there is none. */
  readonly next: ListedPosition | null;
}

/** One page of the tenant's incidents. Needs the permission. */
export async function listRecords(ctx: Ctx, permission: Permission, page: RecordPage): Promise<RecordList> {
  requireAll(ctx, permission);
  const { db } = ctx.store;
  const { tenantId } = ctx.caller;
  const found = await listMatching(db, tenantId, { ...page, limit: page.limit + 1 });
  const shown = found.slice(0, page.limit);
  const records = await findRecords(
    db,
    tenantId,
    shown.map(({ incidentId }) => incidentId),
  );
  return {
    records: shown.flatMap(({ incidentId }) => records.get(incidentId) ?? []),
    next: found.length > page.limit ? (shown.at(-1) ?? null) : null,
  };
}

/** How many match. Needs the permission. */
export async function countRecords(ctx: Ctx, permission: Permission, where: IncidentCondition | null): Promise<number> {
  requireAll(ctx, permission);
  return await countMatching(ctx.store.db, ctx.caller.tenantId, where);
}

/** Needs the permission. Throws NotFound. */
export async function getRecord(ctx: Ctx, permission: Permission, incidentId: number): Promise<IncidentRecord> {
  requireAll(ctx, permission);
  const record = (await findRecords(ctx.store.db, ctx.caller.tenantId, [incidentId])).get(incidentId);
  if (!record) throw new NotFound(`Incident ${incidentId}`);
  return record;
}

/** The alerts of an incident, oldest first. Needs the permission, which opens incidents with what is in them. */
export async function listIncidentAlerts(
  ctx: Ctx,
  permission: Permission,
  incidentId: number,
): Promise<readonly Alert[]> {
  requireAll(ctx, permission);
  return await listAlertsOfIncident(ctx.store.db, ctx.caller.tenantId, incidentId);
}

/** Incidents belong to the whole tenant: no role that is cut to a part of the data has these permissions. */
function requireAll(ctx: Ctx, permission: Permission): void {
  if (!scopeOf(ctx.caller, permission).all) throw new Error(`${permission} was granted for a part of the data.`);
}
