// Alerts in the control store: queries only.
import { sql } from 'kysely';
import type { AlertsTable } from '../db/alert-tables.ts';
import type { Db, Trx } from '../db/store.ts';
import type { TenantId } from '../lib/ids.ts';
import { type Alert, severities } from './alert.ts';
import { alertKeysOf } from './alert-keys.ts';
import { alertFromText, alertToText } from './alert-text.ts';
import type { AlertCondition } from './condition.ts';
import { conditionSql } from './condition-sql.ts';

/** With its columns, a statement stays below what both databases bind at once. */
const rowsAtOnce = 500;
const valuesAtOnce = 2000;

function* chunks<T>(all: readonly T[], size: number): Generator<readonly T[]> {
  for (let start = 0; start < all.length; start += size) yield all.slice(start, start + size);
}

/** What PostgreSQL cannot store in a text becomes the replacement character. */
function storable(text: string): string {
  return text.toWellFormed().replaceAll('\0', '\ufffd');
}

const columnLengthMax = 200;

/** A copy to search by, of a bounded length: both databases bound what an index holds. */
function columnText(text: string): string {
  return storable(text).slice(0, columnLengthMax);
}

function rowOf(tenantId: TenantId, alert: Alert): AlertsTable {
  const { id, incidentId, createdTicks, updatedTicks, lastActivityTicks, resolvedTicks, alertType } = alert;
  return {
    tenantId,
    id,
    alertId: storable(alert.alertId),
    incidentId,
    createdTicks,
    updatedTicks,
    lastActivityTicks,
    resolvedTicks,
    severity: severities.indexOf(alert.severity),
    status: alert.status,
    resolution: alert.resolution,
    isRead: alert.isRead ? 1 : 0,
    classification: alert.classification,
    determination: columnText(alert.determination),
    assignedTo: alert.assignedTo ? columnText(alert.assignedTo.toLowerCase()) : null,
    category: columnText(alert.category),
    serviceSource: columnText(alert.serviceSource),
    detectionSource: columnText(alert.detectionSource),
    alertType,
    policyId: alert.policyId === null ? null : columnText(alert.policyId),
    body: alertToText(alert),
  };
}

const changingColumns = [
  'incidentId',
  'createdTicks',
  'updatedTicks',
  'lastActivityTicks',
  'resolvedTicks',
  'severity',
  'status',
  'resolution',
  'isRead',
  'classification',
  'determination',
  'assignedTo',
  'category',
  'serviceSource',
  'detectionSource',
  'alertType',
  'policyId',
  'body',
] as const satisfies readonly (keyof AlertsTable)[];

/** Writes the alerts' rows, new or not; no id may occur twice. What they are about is written by {@link writeKeys}. */
export async function writeAlerts(trx: Trx, tenantId: TenantId, alerts: readonly Alert[]): Promise<void> {
  for (const some of chunks(alerts, rowsAtOnce)) {
    await trx
      .insertInto('alerts')
      .values(some.map((alert) => rowOf(tenantId, alert)))
      .onConflict((conflict) =>
        conflict
          .columns(['tenantId', 'id'])
          .doUpdateSet((e) =>
            Object.fromEntries(changingColumns.map((column) => [column, e.ref(`excluded.${column}`)])),
          ),
      )
      .execute();
  }
}

function compare(one: string, two: string): number {
  return one < two ? -1 : one > two ? 1 : 0;
}

export async function writeKeys(trx: Trx, tenantId: TenantId, alerts: readonly Alert[]): Promise<void> {
  const rows = alerts.flatMap((alert) =>
    alertKeysOf(alert).map(({ kind, key }) => ({
      tenantId,
      kind,
      key,
      alert: alert.id,
      lastActivityTicks: alert.lastActivityTicks,
    })),
  );
  // In the order of the index: what is written side by side is stored side by side.
  rows.sort((a, b) => compare(a.kind, b.kind) || compare(a.key, b.key) || compare(a.alert, b.alert));
  for (const some of chunks(rows, valuesAtOnce)) await trx.insertInto('alertKeys').values(some).execute();
}

export async function deleteKeys(trx: Trx, tenantId: TenantId, ids: readonly string[]): Promise<void> {
  for (const some of chunks(ids, valuesAtOnce)) {
    await trx.deleteFrom('alertKeys').where('tenantId', '=', tenantId).where('alert', 'in', some).execute();
  }
}

type Named = { readonly by: 'id' | 'alertId'; readonly oneOf: readonly string[] };

/** Alerts by one of their ids, in no order. */
export async function findAlerts(db: Db, tenantId: TenantId, { by, oneOf }: Named): Promise<Alert[]> {
  const found: Alert[] = [];
  for (const some of chunks([...new Set(oneOf.map(storable))], valuesAtOnce)) {
    const rows = await db
      .selectFrom('alerts')
      .select('body')
      .where('tenantId', '=', tenantId)
      .where(by, 'in', some)
      .execute();
    for (const row of rows) found.push(alertFromText(row.body));
  }
  return found;
}

/** Which of these are stored. */
export async function findKnownAlertIds(db: Db, tenantId: TenantId, alertIds: readonly string[]): Promise<Set<string>> {
  const known = new Set<string>();
  for (const some of chunks(alertIds.map(storable), valuesAtOnce)) {
    const rows = await db
      .selectFrom('alerts')
      .select('alertId')
      .where('tenantId', '=', tenantId)
      .where('alertId', 'in', some)
      .execute();
    for (const { alertId } of rows) known.add(alertId);
  }
  return known;
}

/** All alerts of the incidents, oldest first. */
export async function findAlertsOfIncidents(
  db: Db,
  tenantId: TenantId,
  incidentIds: readonly number[],
): Promise<Alert[]> {
  const found: Alert[] = [];
  for (const some of chunks([...new Set(incidentIds)], valuesAtOnce)) {
    const rows = await db
      .selectFrom('alerts')
      .select('body')
      .where('tenantId', '=', tenantId)
      .where('incidentId', 'in', some)
      .orderBy('createdTicks')
      .orderBy('id')
      .execute();
    for (const row of rows) found.push(alertFromText(row.body));
  }
  return found;
}

function addTo<Key>(lists: Map<Key, string[]>, key: Key, text: string): void {
  const list = lists.get(key);
  if (list) list.push(text);
  else lists.set(key, [text]);
}

/** Alerts in the order of their ids, behind this one, at most so many. */
export async function listBehind(db: Db, tenantId: TenantId, after: string, limit: number): Promise<Alert[]> {
  const rows = await db
    .selectFrom('alerts')
    .select('body')
    .where('tenantId', '=', tenantId)
    .where('id', '>', after)
    .orderBy('id')
    .limit(limit)
    .execute();
  return rows.map(({ body }) => alertFromText(body));
}

/** The alertIds of the incidents' alerts, oldest first within each. */
export async function listAlertIds(
  db: Db,
  tenantId: TenantId,
  incidentIds: readonly number[],
): Promise<Map<number, string[]>> {
  const found = new Map<number, string[]>();
  for (const some of chunks([...new Set(incidentIds)], valuesAtOnce)) {
    const rows = await db
      .selectFrom('alerts')
      .select(['incidentId', 'alertId'])
      .where('tenantId', '=', tenantId)
      .where('incidentId', 'in', some)
      .orderBy('createdTicks')
      .orderBy('id')
      .execute();
    for (const { incidentId, alertId } of rows) {
      if (incidentId !== null) addTo(found, incidentId, alertId);
    }
  }
  return found;
}

export type AlertSort = 'created' | 'updated' | 'lastActivity' | 'severity';

/** Just behind this alert in a list that is sorted by a time. */
export interface AlertPosition {
  readonly ticks: bigint;
  readonly id: string;
}

export interface AlertPage {
  readonly where: AlertCondition;
  readonly sort: AlertSort;
  readonly direction: 'asc' | 'desc';
  readonly after: AlertPosition | null;
  readonly skip: number;
  readonly limit: number;
}

const sortColumns = {
  created: 'createdTicks',
  updated: 'updatedTicks',
  lastActivity: 'lastActivityTicks',
  severity: 'severity',
} as const satisfies Record<AlertSort, keyof AlertsTable>;

/**
 * The ids of one page in order; alerts of one time, or of one severity and time, by their ids. An index holds all that is
 * usually filtered by, so that only the alerts of the page are read, by another query.
 */
export async function listPageIds(db: Db, tenantId: TenantId, page: AlertPage): Promise<string[]> {
  const { where, sort, direction, after, skip, limit } = page;
  const column = sortColumns[sort];
  let query = db
    .selectFrom('alerts')
    .select('id')
    .where('tenantId', '=', tenantId)
    .where((e) => conditionSql(e, tenantId, where));
  if (after && sort !== 'severity') {
    const [orSame, beyond] = direction === 'asc' ? (['>=', '>'] as const) : (['<=', '<'] as const);
    query = query.where((e) =>
      e.and([e(column, orSame, after.ticks), e.or([e(column, beyond, after.ticks), e('id', beyond, after.id)])]),
    );
  }
  query = query.orderBy(column, direction);
  if (sort === 'severity') query = query.orderBy('createdTicks', direction);
  const rows = await query.orderBy('id', direction).limit(limit).offset(skip).execute();
  return rows.map((row) => row.id);
}

/** The page, all of it: for changes, whose number of alerts is bounded. */
export async function listPage(db: Db, tenantId: TenantId, page: AlertPage): Promise<Alert[]> {
  const ids = await listPageIds(db, tenantId, page);
  const byId = new Map((await findAlerts(db, tenantId, { by: 'id', oneOf: ids })).map((alert) => [alert.id, alert]));
  return ids.flatMap((id) => byId.get(id) ?? []);
}

/** Larger bodies are not read along with others. */
const heldBytesMax = 65_536;

export interface HeldAlert {
  /** Null when its body is too large to be read along with others. */
  readonly alert: Alert | null;
  /** Length of the body in UTF-8. */
  readonly bytes: number;
}

/** Alerts by their id, large ones left to be read by themselves. */
export async function findHeld(db: Db, tenantId: TenantId, ids: readonly string[]): Promise<Map<string, HeldAlert>> {
  const found = new Map<string, HeldAlert>();
  for (const some of chunks(ids, valuesAtOnce)) {
    const rows = await db
      .selectFrom('alerts')
      .select([
        'id',
        sql<number>`octet_length("body")`.as('bytes'),
        sql<string | null>`case when octet_length("body") <= ${heldBytesMax} then "body" end`.as('text'),
      ])
      .where('tenantId', '=', tenantId)
      .where('id', 'in', some)
      .execute();
    for (const { id, bytes, text } of rows) found.set(id, { bytes, alert: text === null ? null : alertFromText(text) });
  }
  return found;
}

/** How large the alerts are together, in bytes of UTF-8. */
export async function sumBytes(db: Db, tenantId: TenantId, ids: readonly string[]): Promise<number> {
  let bytes = 0;
  for (const some of chunks(ids, valuesAtOnce)) {
    const row = await db
      .selectFrom('alerts')
      .select(sql<number | string | null>`sum(octet_length("body"))`.as('bytes'))
      .where('tenantId', '=', tenantId)
      .where('id', 'in', some)
      .executeTakeFirst();
    bytes += Number(row?.bytes ?? 0);
  }
  return bytes;
}

/** The ids of alerts that match, at most so many, in no order: what few alerts meet is found without looking at the rest. */
export async function listIds(db: Db, tenantId: TenantId, where: AlertCondition, most: number): Promise<string[]> {
  const rows = await db
    .selectFrom('alerts')
    .select('id')
    .where('tenantId', '=', tenantId)
    .where((e) => conditionSql(e, tenantId, where))
    .limit(most)
    .execute();
  return rows.map(({ id }) => id);
}

/** How many alerts match, counting no further than `most`. */
export async function countAlerts(db: Db, tenantId: TenantId, where: AlertCondition, most: number): Promise<number> {
  const { count } = await db
    .selectFrom((e) =>
      e
        .selectFrom('alerts')
        .select(sql.lit(1).as('one'))
        .where('tenantId', '=', tenantId)
        .where((inner) => conditionSql(inner, tenantId, where))
        .limit(most)
        .as('matching'),
    )
    .select((e) => e.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow();
  return Number(count);
}

/** How many alerts of these policies are open, in one look at the index of the tenant's alerts; policies without are left out. */
export async function countOpenByPolicy(
  db: Db,
  tenantId: TenantId,
  policyIds: readonly string[],
): Promise<Map<string, number>> {
  if (policyIds.length === 0) return new Map();
  const rows = await db
    .selectFrom('alerts')
    .select((e) => ['policyId', e.fn.countAll<number>().as('count')])
    .where('tenantId', '=', tenantId)
    .where('resolution', '=', 'open')
    .where('policyId', 'in', [...policyIds])
    .groupBy('policyId')
    .execute();
  return new Map(rows.map(({ policyId, count }) => [policyId ?? '', Number(count)]));
}
