// A report day by day: how many apps and people, which risk and which categories.
import type { TenantId } from '../../lib/ids.ts';
import type { Stream } from '../streams/stream.ts';
import { type AppOfReport, findApps } from './discovered-apps.ts';
import { type ReportServices, rowsOf } from './report-rows.ts';
import { countByDay, type DayCounts, type DayOfClass, sumByDay, sumByDayAndClass } from './report-store.ts';
import { type RiskLevel, riskLevelOf, riskLevels, type TimeFrame, type Traffic } from './usage.ts';

/** Apps of one class on one day. */
export interface PartOfDay<Id extends string> {
  readonly id: Id;
  readonly apps: number;
  readonly totalBytes: number;
}

export interface TrendDay
  extends DayCounts,
    Pick<Traffic, 'totalBytes' | 'uploadedBytes' | 'transactions' | 'blocked'> {
  /** Every level, also those without apps. */
  readonly risks: readonly PartOfDay<RiskLevel>[];
  /** In the order of {@link Trends}; the rest of the day is in none of them. */
  readonly categories: readonly PartOfDay<string>[];
}

export interface Trends {
  /** Those with the most traffic, the most first. */
  readonly categories: readonly string[];
  /** Days that have traffic, the oldest first. */
  readonly days: readonly TrendDay[];
}

const categoriesMax = 6;

/** Nobody's rights are asked. Risk and category are those of this moment, also of days that are over. */
export async function trendsOf(
  services: ReportServices,
  tenantId: TenantId,
  report: { readonly stream: Stream; readonly days: TimeFrame },
): Promise<Trends> {
  const { events } = services;
  const where = await rowsOf(services, tenantId, report.stream, report.days);
  const { apps } = await findApps(services, tenantId, report);
  const categories = largestCategories(apps);
  const wanted = new Set(categories);
  const ofCategories = apps.flatMap(({ appId, category }) =>
    wanted.has(category) ? [[appId, category] as const] : [],
  );
  const ofRisks = apps.map(({ appId, score }) => [appId, riskLevelOf(score)] as const);
  const [sums, counts, byRisk, byCategory] = await Promise.all([
    sumByDay(events, tenantId, where),
    countByDay(events, tenantId, where),
    sumByDayAndClass(events, tenantId, where, ofRisks),
    sumByDayAndClass(events, tenantId, where, ofCategories),
  ]);
  const countsOf = new Map(counts.map((each) => [each.day, each]));
  const days = sums.map(({ day, totalBytes, uploadedBytes, transactions, blocked }) => ({
    ...(countsOf.get(day) ?? { day, apps: 0, users: 0, addresses: 0, machines: 0 }),
    ...{ totalBytes, uploadedBytes, transactions, blocked },
    risks: partsOf(byRisk, day, riskLevels),
    categories: partsOf(byCategory, day, categories),
  }));
  return { categories, days };
}

function largestCategories(apps: readonly AppOfReport[]): string[] {
  const bytes = new Map<string, number>();
  for (const { category, totalBytes } of apps) bytes.set(category, (bytes.get(category) ?? 0) + totalBytes);
  const largest = [...bytes].sort(([first, left], [second, right]) => right - left || (first < second ? -1 : 1));
  return largest.slice(0, categoriesMax).map(([category]) => category);
}

function partsOf<Id extends string>(rows: readonly DayOfClass[], day: number, ids: readonly Id[]): PartOfDay<Id>[] {
  const ofDay = new Map(rows.filter((row) => row.day === day).map((row) => [row.of, row]));
  return ids.map((id) => ({ id, apps: ofDay.get(id)?.apps ?? 0, totalBytes: ofDay.get(id)?.totalBytes ?? 0 }));
}
