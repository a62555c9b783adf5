// Alerts as callers see them: listed by conditions, fetched by either of their ids. What a caller's role does not reach
// is not there. What changes alerts is part of incidents (incidents/alert-changes.ts).
import { may, scopeOf } from '../access/caller.ts';
import type { Permission } from '../access/permissions.ts';
import type { Ctx } from '../context.ts';
import { NotFound } from '../lib/failures.ts';
import { type Alert, severities } from './alert.ts';
import type { AlertCondition } from './condition.ts';
import { type Reach, reachOf } from './reach.ts';
import * as store from './store.ts';

export type { AlertPosition, AlertSort } from './store.ts';

/** What opens alerts to a caller: each surface has a permission of its own. */
export type AlertReadPermission = Extract<
  Permission,
  'Alerts.read' | 'Alerts.manage' | 'Alert.Read.All' | 'Alert.ReadWrite.All' | `SecurityAlert.${string}`
>;

export interface AlertQuery {
  /** All must hold. */
  readonly conditions: readonly AlertCondition[];
  readonly sort: store.AlertSort;
  readonly direction: 'asc' | 'desc';
  readonly skip: number;
  readonly limit: number;
  /** The list begins behind this alert; for lists that are sorted by a time. */
  readonly after?: store.AlertPosition | null;
  /** How far all of them are counted; without it, up to the setting totalExactMax. */
  readonly totalMax?: number;
}

export interface AlertList {
  /** Fewer than the limit when they are so large that more are not held at once; then there is a next page. */
  readonly alerts: readonly Alert[];
  readonly hasNext: boolean;
  /** All that meet the conditions, wherever the page begins; exact up to the setting totalExactMax, which it never exceeds. */
  readonly total: number;
  readonly moreThanTotal: boolean;
}

/** The condition that the alert lies in the part of the data that the permission reaches now. Refuses without it. */
export function reachedBy({ caller }: Pick<Ctx, 'caller'>, permission: Permission): AlertCondition {
  return { kind: 'scope', scope: scopeOf(caller, permission) };
}

/** How much of the alerts that it reaches the permission shows now. Refuses without it. */
export async function reachOfCaller(
  { caller, store: { db } }: Pick<Ctx, 'caller' | 'store'>,
  permission: Permission,
): Promise<Reach> {
  return await reachOf(db, caller.tenantId, scopeOf(caller, permission));
}

/** One page of the alerts that the caller may see. Needs the permission. */
export async function listAlerts(ctx: Ctx, permission: AlertReadPermission, query: AlertQuery): Promise<AlertList> {
  const { caller, config } = ctx;
  const { db } = ctx.store;
  const where: AlertCondition = { kind: 'all', of: [reachedBy(ctx, permission), ...query.conditions] };
  const { sort, direction, skip, limit, after = null, totalMax = config.totalExactMax } = query;
  const page = { where, sort, direction, after, skip, limit: limit + 1 };
  const ids = await store.listIds(db, caller.tenantId, where, fewAlerts + 1);
  const isFew = ids.length <= fewAlerts;
  const few = isFew ? await findSmall(ctx, ids) : null;
  const { alerts, isCut } = few ? { alerts: inOrder(few, page), isCut: false } : await readPage(ctx, page);
  const reach = await reachOfCaller(ctx, permission);
  const count = isFew ? ids.length : await store.countAlerts(db, caller.tenantId, where, totalMax + 1);
  return {
    alerts: alerts.slice(0, limit).map(reach.shown),
    hasNext: isCut || alerts.length > limit,
    total: Math.min(count, totalMax),
    moreThanTotal: count > totalMax,
  };
}

/** The alerts of these ids; null when one of them is large. */
async function findSmall({ store: { db }, caller }: Ctx, ids: readonly string[]): Promise<Alert[] | null> {
  const held = await store.findHeld(db, caller.tenantId, ids);
  const alerts: Alert[] = [];
  for (const { alert } of held.values()) {
    if (!alert) return null;
    alerts.push(alert);
  }
  return alerts;
}

/** A page ends with the setting alertsHeldBytesMax, but for its first alert: one alert may have megabytes, a page a thousand. */
async function readPage({ store: { db }, caller: { tenantId }, config }: Ctx, page: store.AlertPage) {
  const ids = await store.listPageIds(db, tenantId, page);
  const held = await store.findHeld(db, tenantId, ids);
  const alerts: Alert[] = [];
  let bytes = 0;
  for (const id of ids) {
    const found = held.get(id);
    bytes += found?.bytes ?? 0;
    if (bytes > config.alertsHeldBytesMax && alerts.length > 0) return { alerts, isCut: true };
    const [alert] = found?.alert ? [found.alert] : await store.findAlerts(db, tenantId, { by: 'id', oneOf: [id] });
    if (alert) alerts.push(alert);
  }
  return { alerts, isCut: false };
}

/**
 * So few are sorted here: what is rare, such as one person's alerts, is found by its keys, while in the order of the list
 * the database would look through all alerts.
 */
const fewAlerts = 100;

/** The page of these alerts that the store would give of them. */
function inOrder(alerts: readonly Alert[], { sort, direction, after, skip, limit }: store.AlertPage): Alert[] {
  const sign = direction === 'asc' ? 1 : -1;
  const compared = (one: Alert, two: Alert) =>
    sign *
    (compare(placeOf(one, sort), placeOf(two, sort)) ||
      (sort === 'severity' ? compare(one.createdTicks, two.createdTicks) : 0) ||
      compare(one.id, two.id));
  const beyond = alerts.filter((alert) => {
    if (!after || sort === 'severity') return true;
    return sign * (compare(placeOf(alert, sort), after.ticks) || compare(alert.id, after.id)) > 0;
  });
  return beyond.sort(compared).slice(skip, skip + limit);
}

function placeOf(alert: Alert, sort: store.AlertSort): bigint {
  return sort === 'severity' ? BigInt(severities.indexOf(alert.severity)) : alert[`${sort}Ticks`];
}

function compare<Value extends bigint | string>(one: Value, two: Value): number {
  return one < two ? -1 : one > two ? 1 : 0;
}

/** One alert by its `id`. Throws NotFound, also when the caller may not see it. */
export async function getAlert(ctx: Ctx, permission: AlertReadPermission, id: string): Promise<Alert> {
  return await getOne(ctx, permission, { kind: 'text', property: 'id', oneOf: [id] });
}

/** One alert by its `alertId`. Throws NotFound, also when the caller may not see it. */
export async function getAlertByAlertId(ctx: Ctx, permission: AlertReadPermission, alertId: string): Promise<Alert> {
  return await getOne(ctx, permission, { kind: 'text', property: 'alertId', oneOf: [alertId] });
}

async function getOne(ctx: Ctx, permission: AlertReadPermission, named: AlertCondition): Promise<Alert> {
  const where: AlertCondition = { kind: 'all', of: [reachedBy(ctx, permission), named] };
  const page = { where, sort: 'created', direction: 'asc', after: null, skip: 0, limit: 1 } as const;
  const [alert] = await store.listPage(ctx.store.db, ctx.caller.tenantId, page);
  if (!alert) throw new NotFound('The alert');
  return (await reachOfCaller(ctx, permission)).shown(alert);
}

/**
 * How many alerts of each of these policies are open; policies without are left out. Null for callers who may not read the
 * alerts of the whole tenant: counts would tell them of the others.
 */
export async function countOpenAlerts(ctx: Ctx, policyIds: readonly string[]): Promise<Map<string, number> | null> {
  const { caller } = ctx;
  if (!may(caller, 'Alerts.read') || !scopeOf(caller, 'Alerts.read').all) return null;
  return await store.countOpenByPolicy(ctx.store.db, caller.tenantId, policyIds);
}
