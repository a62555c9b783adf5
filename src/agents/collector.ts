// What a log collector is set to, and what it says of itself (cloud-apps reference 3.6).
import { dayMs } from '../lib/clock.ts';

/** A data source that a collector receives. */
export interface CollectorInput {
  /** 24 hex digits. */
  readonly dataSourceId: string;
  /** Of syslog; null for files, which all come in at the collector's one FTP port. */
  readonly port: number | null;
}

/** How one of the data sources does, as the collector says. Counts are since its process began. */
export interface CollectorInputReport {
  readonly id: string;
  readonly linesReceived: number;
  readonly bytesReceived: number;
  /** Epoch milliseconds. */
  readonly lastReceivedAt: number | null;
  readonly lastUploadedAt: number | null;
  readonly bytesWaiting: number;
  /** Given up because the bound of its disk was reached. */
  readonly linesDropped: number;
  readonly bytesDropped: number;
  readonly problem: string | null;
}

export interface CollectorReport {
  readonly version: string;
  readonly systemName: string;
  readonly startedAt: number;
  readonly bytesWaiting: number;
  readonly bytesWaitingMax: number;
  readonly inputs: readonly CollectorInputReport[];
  readonly problem: string | null;
}

export type CollectorStatus = 'created' | 'connected' | 'disconnected';

/** Nothing of its data sources for so long (reference 3.6). */
const disconnectedMs = dayMs;

/** `reportedAt` is its last sign of life, `lastDataAt` when a log last came in at it. */
export function collectorStatus(
  { reportedAt, lastDataAt, createdAt }: { reportedAt: number | null; lastDataAt: number | null; createdAt: number },
  now: number,
): CollectorStatus {
  if (reportedAt === null) return 'created';
  if (now - reportedAt > disconnectedMs) return 'disconnected';
  return now - (lastDataAt ?? createdAt) > disconnectedMs ? 'disconnected' : 'connected';
}

/** When something last came in at one of its data sources, no later than now whatever its clock says. */
export function lastDataOf(report: CollectorReport, now: number): number | null {
  const times = report.inputs.map(({ lastReceivedAt }) => lastReceivedAt).filter((time) => time !== null);
  return times.length === 0 ? null : Math.min(now, Math.max(...times));
}
