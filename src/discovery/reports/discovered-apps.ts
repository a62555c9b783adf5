// The apps of a report: their traffic from the event store, what the organisation knows of them from the catalogue, its own
// scores and tags; filtered, sorted and counted.
import { and, type Sql } from '../../events/sql.ts';
import type { TenantId } from '../../lib/ids.ts';
import type { AppFacts } from '../apps/described.ts';
import type { Stream } from '../streams/stream.ts';
import { countOf, factTest, noTag, type ReportCondition, rowConditions, subjectOf, sumOf } from './filters.ts';
import { numberTest } from './number-tests.ts';
import { type ReportServices, rowsOf } from './report-rows.ts';
import { type AppTraffic, countByApp, sumByApp } from './report-store.ts';
import { type EntityCounts, type EntityKind, entityKinds, type TimeFrame, type Traffic } from './usage.ts';

/** An app as a report shows it, without how many use it. */
export interface AppOfReport extends AppTraffic, Omit<AppFacts, 'appId'> {}

export interface DiscoveredApp extends AppOfReport, EntityCounts {}

export const appSorts = [
  'trafficTotalBytes',
  'trafficUploadedBytes',
  'trafficDownloadedBytes',
  'trafficTotalEvents',
  'blockedEvents',
  'lastUsed',
  'usersCount',
  'ipAddressesCount',
  'machinesCount',
  'name',
  'category',
  'score',
] as const;
export type AppSort = (typeof appSorts)[number];

/** A filter that is no list of conditions; `counts` names what of {@link DiscoveredApp} it looks at beside the rest. */
export interface AppFilter {
  readonly counts: readonly EntityKind[];
  test(app: DiscoveredApp): boolean;
}

export interface AppQuery {
  readonly conditions: readonly ReportCondition[];
  readonly filter?: AppFilter;
  readonly sort: AppSort;
  readonly direction: 'asc' | 'desc';
  readonly skip: number;
  readonly limit: number;
}

export interface AppList {
  readonly items: readonly DiscoveredApp[];
  readonly total: number;
  /** The report has more apps than the setting discoveryReportAppsMax: those with the least traffic were not looked at. */
  readonly moreThanTotal: boolean;
}

interface Found {
  readonly where: Sql;
  readonly apps: readonly AppOfReport[];
  /** What had to be counted for the filters or the order. */
  readonly counts: ReadonlyMap<number, Partial<Record<EntityKind, number>>>;
  readonly isCut: boolean;
}

/** All apps of the report that meet the conditions, those with the most traffic first; nobody's rights are asked. */
export async function findApps(
  services: ReportServices,
  tenantId: TenantId,
  report: { readonly stream: Stream; readonly days: TimeFrame },
  { conditions, sort, filter }: Partial<Pick<AppQuery, 'conditions' | 'sort' | 'filter'>> = {},
): Promise<Found> {
  const { events, clock, config } = services;
  const now = clock();
  const { where: ofRows, rest } = rowConditions(conditions ?? [], now, true);
  const where = and([await rowsOf(services, tenantId, report.stream, report.days), ofRows]);
  const most = config.discoveryReportAppsMax;
  const summed = await sumByApp(events, tenantId, where, most + 1);
  const counted = rest.flatMap((each) => countOf[subjectOf(each)] ?? []);
  const wanted = new Set([...counted, ...countedFor(sort), ...(filter?.counts ?? [])]);
  const counts = await countByApp(events, tenantId, where, [...wanted], null);
  const { appsOf } = await import('../apps/described.ts');
  const facts = await appsOf(services, tenantId, summed.slice(0, most));
  const apps = summed.slice(0, most).flatMap((each): AppOfReport[] => {
    const known = facts.get(each.appId);
    return known ? [{ ...known, ...each }] : [];
  });
  const tests = rest.map((condition) => appTest(condition, now, counts));
  if (filter) tests.push((app) => filter.test({ ...app, ...noCounts, ...counts.get(app.appId) }));
  return { where, apps: apps.filter((app) => tests.every((test) => test(app))), counts, isCut: summed.length > most };
}

const noCounts: EntityCounts = { users: 0, addresses: 0, machines: 0 };

function countedFor(sort: AppSort | undefined): EntityKind[] {
  const kind = sort === undefined ? undefined : countOf[sort];
  return kind === undefined ? [] : [kind];
}

type AppTest = (app: AppOfReport) => boolean;

function appTest(condition: ReportCondition, now: number, counts: Found['counts']): AppTest {
  const subject = subjectOf(condition);
  const { test } = condition;
  const sum = sumOf[subject];
  if (sum !== undefined) {
    const meets = numberTest(test, now);
    return (app) => meets(app[sum]);
  }
  const kind = countOf[subject];
  if (kind !== undefined) {
    const meets = numberTest(test, now);
    return ({ appId }) => meets(counts.get(appId)?.[kind] ?? 0);
  }
  return factTest(condition, now);
}

/** One page of the apps of a report; nobody's rights are asked. */
export async function pageApps(
  services: ReportServices,
  tenantId: TenantId,
  report: { readonly stream: Stream; readonly days: TimeFrame },
  { conditions, filter, sort, direction, skip, limit }: AppQuery,
): Promise<AppList> {
  const found = await findApps(services, tenantId, report, { conditions, sort, ...(filter ? { filter } : {}) });
  const sorted = sortedApps(found, sort, direction);
  const page = sorted.slice(skip, skip + limit);
  // Counting people is most of the work, so that it is done for those that are shown.
  const ids = page.length > fewApps ? null : page.map(({ appId }) => appId);
  const counts = await countByApp(services.events, tenantId, found.where, entityKinds, ids);
  const items = page.map((app) => {
    return { ...app, ...noCounts, ...counts.get(app.appId) };
  });
  return { items, total: sorted.length, moreThanTotal: found.isCut };
}

/** More than these are not named one by one in a query. */
const fewApps = 1000;

function sortedApps({ apps, counts }: Found, sort: AppSort, direction: 'asc' | 'desc'): AppOfReport[] {
  const key = sortKey(sort, counts);
  const sign = direction === 'asc' ? 1 : -1;
  return apps
    .map((app) => ({ app, key: key(app) }))
    .sort((left, right) => {
      if (left.key === right.key) return left.app.appId - right.app.appId;
      return (left.key < right.key ? -1 : 1) * sign;
    })
    .map(({ app }) => app);
}

function sortKey(sort: AppSort, counts: Found['counts']): (app: AppOfReport) => number | string {
  const sum = sumOf[sort];
  if (sum !== undefined) return (app) => app[sum];
  const kind = countOf[sort];
  if (kind !== undefined) return ({ appId }) => counts.get(appId)?.[kind] ?? 0;
  if (sort === 'score') return ({ score }) => score ?? -1;
  return sort === 'category' ? ({ category }) => category : ({ name }) => name.toLowerCase();
}

export interface CountedApps extends Pick<Traffic, 'totalBytes' | 'uploadedBytes' | 'transactions' | 'blocked'> {
  readonly id: string;
  /** How many apps. */
  readonly total: number;
}

/** How many apps of the report each category has, or each tag, with their traffic; apps without a tag count under None. */
export async function countApps(
  services: ReportServices,
  tenantId: TenantId,
  report: { readonly stream: Stream; readonly days: TimeFrame },
  conditions: readonly ReportCondition[],
  by: 'category' | 'tag',
): Promise<CountedApps[]> {
  const { apps } = await findApps(services, tenantId, report, { conditions });
  const totals = new Map<string, CountedApps>();
  for (const app of apps) {
    const ids = by === 'category' ? [app.category] : app.tags.length === 0 ? [noTag] : app.tags;
    for (const id of ids) totals.set(id, withApp(totals.get(id) ?? { id, ...nothingCounted }, app));
  }
  return [...totals.values()].sort((left, right) => (left.id < right.id ? -1 : 1));
}

const nothingCounted = { total: 0, totalBytes: 0, uploadedBytes: 0, transactions: 0, blocked: 0 };

function withApp(counted: CountedApps, app: Traffic): CountedApps {
  return {
    id: counted.id,
    total: counted.total + 1,
    totalBytes: counted.totalBytes + app.totalBytes,
    uploadedBytes: counted.uploadedBytes + app.uploadedBytes,
    transactions: counted.transactions + app.transactions,
    blocked: counted.blocked + app.blocked,
  };
}
