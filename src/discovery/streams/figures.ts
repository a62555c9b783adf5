// What is counted of streams: the files that came, and what their traffic comes to.
import type { TenantId } from '../../lib/ids.ts';
import type { ReportServices } from '../reports/report-rows.ts';
import type { TimeFrameTotals } from '../reports/time-frames.ts';
import { countByStream } from '../uploads/store.ts';
import { inputsOf, type Stream } from './stream.ts';

export interface StreamFigures {
  /** Files that were handed over, and those of them that failed. */
  readonly files: number;
  readonly failed: number;
  readonly lastReceivedAt: number | null;
  /** By days, ascending; empty unless it was asked for. */
  readonly timeFrames: readonly TimeFrameTotals[];
}

/** Nobody's rights are asked. `all` are the tenant's streams. */
export async function figuresOf(
  services: ReportServices,
  tenantId: TenantId,
  streams: readonly Stream[],
  all: readonly Stream[],
  withTimeFrames: boolean,
): Promise<Map<string, StreamFigures>> {
  const counts = await countByStream(services.store.db, tenantId);
  const found = new Map<string, StreamFigures>();
  for (const stream of streams) {
    const inputs = new Set(inputsOf(stream, all));
    const own = counts.filter(({ streamId }) => inputs.has(streamId));
    const sum = (wanted: (state: string) => boolean) =>
      own.reduce((total, { state, count }) => total + (wanted(state) ? count : 0), 0);
    const received = all.flatMap(({ id, lastReceivedAt }) => (inputs.has(id) ? (lastReceivedAt ?? []) : []));
    found.set(stream.id, {
      files: sum((state) => state !== 'deleted'),
      failed: sum((state) => state === 'failed'),
      lastReceivedAt: received.length === 0 ? null : Math.max(...received),
      timeFrames: withTimeFrames ? await framesOf(services, tenantId, stream) : [],
    });
  }
  return found;
}

async function framesOf(
  services: ReportServices,
  tenantId: TenantId,
  stream: Stream,
): Promise<readonly TimeFrameTotals[]> {
  const { timeFramesOf } = await import('../reports/time-frames.ts');
  return await timeFramesOf(services, tenantId, stream);
}
