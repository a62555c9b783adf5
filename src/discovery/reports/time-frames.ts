// What a report comes to as a whole: day by day, and by risk.
import type { TenantId } from '../../lib/ids.ts';
import type { Stream } from '../streams/stream.ts';
import { findApps } from './discovered-apps.ts';
import { type ReportServices, rowsOf } from './report-rows.ts';
import { countAll, type DayTraffic, sumByDay } from './report-store.ts';
import {
  type EntityKind,
  type RiskLevel,
  riskLevelOf,
  riskLevels,
  type TimeFrame,
  type Traffic,
  timeFrames,
} from './usage.ts';

export interface Totals extends Traffic, Readonly<Record<EntityKind, number>> {
  readonly apps: number;
}

export interface TimeFrameTotals extends Totals {
  readonly days: TimeFrame;
}

/** Totals over 7, 30 and 90 days. Nobody's rights are asked. */
export async function timeFramesOf(
  services: ReportServices,
  tenantId: TenantId,
  stream: Stream,
): Promise<TimeFrameTotals[]> {
  const { events } = services;
  return await Promise.all(
    timeFrames.map(async (days) => {
      const where = await rowsOf(services, tenantId, stream, days);
      const [counts, ofDays] = await Promise.all([
        countAll(events, tenantId, where),
        sumByDay(events, tenantId, where),
      ]);
      return { days, ...counts, ...added(ofDays) };
    }),
  );
}

/** Zero throughout, the times too, when there is nothing. */
function added(parts: readonly Traffic[]): Traffic {
  const sum = (of: (part: Traffic) => number): number => parts.reduce((total, part) => total + of(part), 0);
  return {
    totalBytes: sum((part) => part.totalBytes),
    uploadedBytes: sum((part) => part.uploadedBytes),
    downloadedBytes: sum((part) => part.downloadedBytes),
    transactions: sum((part) => part.transactions),
    blocked: sum((part) => part.blocked),
    firstSeen: parts.length === 0 ? 0 : Math.min(...parts.map((part) => part.firstSeen)),
    lastSeen: Math.max(0, ...parts.map((part) => part.lastSeen)),
  };
}

export interface RiskTotals {
  readonly level: RiskLevel;
  readonly apps: number;
  readonly totalBytes: number;
}

export interface Overview {
  readonly totals: Totals;
  readonly days: readonly DayTraffic[];
  /** Every level, also those without apps. */
  readonly risks: readonly RiskTotals[];
}

/** What the dashboard of a report shows. Nobody's rights are asked. */
export async function overviewOf(
  services: ReportServices,
  tenantId: TenantId,
  report: { readonly stream: Stream; readonly days: TimeFrame },
): Promise<Overview> {
  const { events } = services;
  const where = await rowsOf(services, tenantId, report.stream, report.days);
  const [counts, days, { apps }] = await Promise.all([
    countAll(events, tenantId, where),
    sumByDay(events, tenantId, where),
    findApps(services, tenantId, report),
  ]);
  const byLevel = Map.groupBy(apps, ({ score }) => riskLevelOf(score));
  const risks = riskLevels.map((level) => {
    const ofLevel = byLevel.get(level) ?? [];
    return { level, apps: ofLevel.length, totalBytes: ofLevel.reduce((sum, { totalBytes }) => sum + totalBytes, 0) };
  });
  return { totals: { ...counts, ...added(days) }, days, risks };
}
