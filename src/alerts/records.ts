// Alert records inside a transaction, for the part of the program that changes alerts: every change of an alert changes
// its incident too, so that these functions are called by incidents only.
import type { Db, Trx } from '../db/store.ts';
import type { TenantId } from '../lib/ids.ts';
import type { Alert, AlertDraft } from './alert.ts';
import { alertPkFor } from './alert-keys.ts';
import { draftToText } from './alert-text.ts';
import { type AlertCondition, everyAlert } from './condition.ts';
import { begunLife } from './life.ts';
import * as store from './store.ts';

/** Those of the drafts that are not stored yet, each alertId once. */
export async function listNewDrafts(
  trx: Trx,
  tenantId: TenantId,
  drafts: readonly AlertDraft[],
): Promise<AlertDraft[]> {
  const byAlertId = new Map<string, AlertDraft>();
  for (const draft of drafts) if (!byAlertId.has(draft.alertId)) byAlertId.set(draft.alertId, draft);
  const known = await store.findKnownAlertIds(trx, tenantId, [...byAlertId.keys()]);
  return [...byAlertId.values()].filter(({ alertId }) => !known.has(alertId));
}

/** Stores the drafts that are not stored yet, in the incidents that `incidentOf` gives them, and returns those alerts. */
export async function insertAlerts(
  trx: Trx,
  tenantId: TenantId,
  drafts: readonly AlertDraft[],
  incidentOf: (draft: AlertDraft) => number,
): Promise<Alert[]> {
  const fresh = await listNewDrafts(trx, tenantId, drafts);
  const alerts = fresh.map((draft) => alertOf(tenantId, draft, incidentOf(draft)));
  await store.writeAlerts(trx, tenantId, alerts);
  await store.writeKeys(trx, tenantId, alerts);
  return alerts;
}

function alertOf(tenantId: TenantId, { life = {}, ...draft }: AlertDraft, incidentId: number): Alert {
  return { ...draft, ...begunLife(life, draft.createdTicks), incidentId, id: alertPkFor(tenantId, draft.alertId) };
}

/** Stores what changed in the lives of alerts that were read in this transaction; what they are about stays the same. */
export async function updateAlerts(trx: Trx, tenantId: TenantId, alerts: readonly Alert[]): Promise<void> {
  await store.writeAlerts(trx, tenantId, lastOfEach(alerts));
}

/** Like {@link updateAlerts}, for alerts that also changed in what they are about or in their times. */
export async function replaceAlerts(trx: Trx, tenantId: TenantId, alerts: readonly Alert[]): Promise<void> {
  const each = lastOfEach(alerts);
  await store.writeAlerts(trx, tenantId, each);
  await store.deleteKeys(
    trx,
    tenantId,
    each.map(({ id }) => id),
  );
  await store.writeKeys(trx, tenantId, each);
}

function lastOfEach(alerts: readonly Alert[]): Alert[] {
  return [...new Map(alerts.map((alert) => [alert.id, alert])).values()];
}

/** All alerts of one incident, oldest first. */
export async function listAlertsOfIncident(db: Db, tenantId: TenantId, incidentId: number): Promise<Alert[]> {
  return await store.findAlertsOfIncidents(db, tenantId, [incidentId]);
}

/** All alerts of the incidents, oldest first within each. */
export async function listAlertsOfIncidents(
  db: Db,
  tenantId: TenantId,
  incidentIds: readonly number[],
): Promise<Map<number, Alert[]>> {
  const alerts = await store.findAlertsOfIncidents(db, tenantId, incidentIds);
  const found = new Map<number, Alert[]>(incidentIds.map((id) => [id, []]));
  for (const alert of alerts) if (alert.incidentId !== null) found.get(alert.incidentId)?.push(alert);
  return found;
}

/** The alertIds of the incidents' alerts, by incident; the alerts themselves are not read. */
export async function listAlertIdsOfIncidents(
  db: Db,
  tenantId: TenantId,
  incidentIds: readonly number[],
): Promise<Map<number, string[]>> {
  return await store.listAlertIds(db, tenantId, incidentIds);
}

/** All alerts, page by page in the order of their `id`; '' begins. For the server's own work: nobody's rights are asked. */
export async function listAlertsBehind(db: Db, tenantId: TenantId, after: string, limit: number): Promise<Alert[]> {
  return await store.listBehind(db, tenantId, after, limit);
}

/** Alerts by their `alertId`, in no order; those that are not there are left out. */
export async function findAlertsByAlertIds(db: Db, tenantId: TenantId, alertIds: readonly string[]): Promise<Alert[]> {
  return await store.findAlerts(db, tenantId, { by: 'alertId', oneOf: alertIds });
}

/** Alerts by their `id`, in the order of the ids; those that are not there are left out. */
export async function findAlertsByIds(db: Db, tenantId: TenantId, ids: readonly string[]): Promise<Alert[]> {
  const found = new Map(
    (await store.findAlerts(db, tenantId, { by: 'id', oneOf: ids })).map((each) => [each.id, each]),
  );
  return ids.flatMap((id) => found.get(id) ?? []);
}

/** How many alerts the tenant has, counting no further than `most`. */
export async function countAllAlerts(db: Db, tenantId: TenantId, most: number): Promise<number> {
  return await store.countAlerts(db, tenantId, everyAlert, most);
}

/** The ids of the newest alerts that meet the condition, at most `limit`, and how large these are together. */
export async function measureAlertsWhere(
  db: Db,
  tenantId: TenantId,
  where: AlertCondition,
  limit: number,
): Promise<{ readonly ids: readonly string[]; readonly bytes: number }> {
  const ids = await store.listPageIds(db, tenantId, newestFirst(where, limit));
  return { ids, bytes: await store.sumBytes(db, tenantId, ids) };
}

function newestFirst(where: AlertCondition, limit: number): store.AlertPage {
  return { where, sort: 'created', direction: 'desc', after: null, skip: 0, limit };
}

/** How large an alert is when it is stored, nearly: what its life adds to it is not counted. */
export function storedBytesOf(draft: AlertDraft): number {
  return Buffer.byteLength(draftToText(draft));
}

/** The newest alerts that meet the condition, at most `limit`. A caller's scope is a condition too. */
export async function findAlertsWhere(
  db: Db,
  tenantId: TenantId,
  where: AlertCondition,
  limit: number,
): Promise<Alert[]> {
  return await store.listPage(db, tenantId, newestFirst(where, limit));
}
