// A double of what reads logs and keeps their traffic, for tests of what becomes of uploads.
import type { Services } from '../../src/context.ts';
import type { ParseJob, ParseResult } from '../../src/discovery/parsing/parse.ts';
import { TrafficRows } from '../../src/discovery/traffic/rows.ts';
import type { LogEngine } from '../../src/discovery/uploads/engine.ts';
import { startReadingLogs } from '../../src/discovery/uploads/worker.ts';

export type Parse = (job: ParseJob) => Promise<Partial<ParseResult>>;

export interface Double extends LogEngine {
  readonly stored: string[];
  readonly removed: string[];
}

let hashes = 0;

export function engineThat(parse: Parse): Double {
  const [stored, removed]: [string[], string[]] = [[], []];
  return {
    stored,
    removed,
    async parse(job) {
      const skipped = {} as ParseResult['skipped']; // Nothing was skipped.
      const counts = { bytes: 10, read: 3, used: 3, skipped, firstBad: [], firstTime: null, lastTime: null };
      const rows = new TrafficRows([]);
      return { contentHash: String(++hashes).padStart(32, '0'), ...counts, rows, ...(await parse(job)) };
    },
    async store(_events, _tenantId, { uploadId }) {
      stored.push(uploadId);
    },
    async removeUpload(_events, _tenantId, uploadId) {
      removed.push(uploadId);
    },
    async sweep() {},
  };
}

/** One process that works off what is due now. */
export async function workOffWith(services: Services, engine: LogEngine): Promise<void> {
  const reading = startReadingLogs(services, engine);
  await reading.settled();
  await reading.stop();
}
