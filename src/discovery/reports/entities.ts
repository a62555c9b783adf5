// Users, source addresses and machines of a report, each with its traffic and the apps that it used most.
import { and, type Sql, sql } from '../../events/sql.ts';
import type { TenantId } from '../../lib/ids.ts';
import type { Stream } from '../streams/stream.ts';
import { havingOf, type ReportCondition, rowConditions, sumOf } from './filters.ts';
import { type ReportServices, rowsOf } from './report-rows.ts';
import { appCount, type EntityTraffic, entityColumns, pageEntities, sums, topAppsOf } from './report-store.ts';
import type { EntityKind, TimeFrame } from './usage.ts';

export const entitySorts = [
  'trafficTotalBytes',
  'trafficUploadedBytes',
  'trafficDownloadedBytes',
  'trafficTotalEvents',
  'blockedEvents',
  'lastUsed',
  'appsCount',
  'name',
] as const;
export type EntitySort = (typeof entitySorts)[number];

export interface EntityQuery {
  readonly kind: EntityKind;
  readonly conditions: readonly ReportCondition[];
  readonly sort: EntitySort;
  readonly direction: 'asc' | 'desc';
  readonly skip: number;
  readonly limit: number;
}

export interface UsedApp {
  readonly appId: number;
  readonly name: string;
  readonly totalBytes: number;
  readonly transactions: number;
}

export interface DiscoveredEntity extends EntityTraffic {
  /** Those with the most traffic, {@link topApps} at most; `apps` says how many there are. */
  readonly topApps: readonly UsedApp[];
}

const topApps = 5;

type Report = { readonly stream: Stream; readonly days: TimeFrame };

/** One page of a report's users, addresses or machines, with how many apps each has; nobody's rights are asked. */
export async function rowsOfEntities(
  services: ReportServices,
  tenantId: TenantId,
  report: Report,
  query: EntityQuery,
): Promise<{ rows: EntityTraffic[]; total: number }> {
  const where = await rowsWith(services, tenantId, report, query);
  return await pageEntities(services.events, tenantId, { ...pageWith(services, query), where, countsApps: true });
}

/** The same, each with the apps that it used most. */
export async function pageOf(
  services: ReportServices,
  tenantId: TenantId,
  report: Report,
  query: EntityQuery,
): Promise<{ items: DiscoveredEntity[]; total: number }> {
  const { events } = services;
  const { kind } = query;
  const where = await rowsWith(services, tenantId, report, query);
  // Those that are shown have their apps counted below.
  const page = { ...pageWith(services, query), where, countsApps: false };
  const { rows, total } = await pageEntities(events, tenantId, page);
  const names = rows.map(({ name }) => name);
  const used = await topAppsOf(events, tenantId, where, kind, names, topApps);
  const { appsOf } = await import('../apps/described.ts');
  const facts = await appsOf(services, tenantId, used);
  const byName = Map.groupBy(used, ({ name }) => name);
  const items = rows.map((row) => ({
    ...row,
    apps: byName.get(row.name)?.[0]?.apps ?? 0,
    topApps: (byName.get(row.name) ?? []).map(({ appId, domain, totalBytes, transactions }) => ({
      appId,
      name: facts.get(appId)?.name ?? (domain || String(appId)),
      totalBytes,
      transactions,
    })),
  }));
  return { items, total };
}

async function rowsWith(
  services: ReportServices,
  tenantId: TenantId,
  { stream, days }: Report,
  { conditions }: EntityQuery,
): Promise<Sql> {
  const { where } = rowConditions(conditions, services.clock(), true);
  return and([await rowsOf(services, tenantId, stream, days), where]);
}

function pageWith({ clock }: ReportServices, { kind, conditions, sort, direction, skip, limit }: EntityQuery) {
  const { rest } = rowConditions(conditions, clock(), true);
  const by = sortedBy(kind, sort);
  const order = direction === 'asc' ? sql`${by} asc` : sql`${by} desc`;
  return { kind, having: havingOf(kind, rest, clock()), order, skip, limit };
}

function sortedBy(kind: EntityKind, sort: EntitySort): Sql {
  if (sort === 'name') return entityColumns[kind];
  if (sort === 'appsCount') return appCount;
  const sum = sumOf[sort];
  if (sum === undefined) throw new Error(`There is no sum ${sort}.`);
  return sums[sum];
}
