// Memory of the server while it reads a log, 5 GB against 200 MB: it may grow neither with the log nor beyond a bound.
import type { Bench, BenchOptions, BenchResult } from './support/bench.ts';
import { DiscoveryServer, logBytes, withLog } from './support/discovery-client.ts';

const bytesMax = 600e6;
/** What "flat" may mean, with the garbage of a runtime. */
const growthMax = 1.25;
const [smallMegabytes, largeMegabytes] = [200, 5000];

export const bench: Bench = {
  name: `memory while a log of 5 GB is read: share of ${bytesMax / 1e6} MB, or of ${growthMax} times what 200 MB take`,
  against: 'the limit',
  atMost: 1,
  run,
};

async function run({ smoke, log }: BenchOptions): Promise<BenchResult> {
  const small = await peakOf(smoke ? 2e6 : smallMegabytes * 1e6);
  const bytes = logBytes(smoke, largeMegabytes);
  const large = await peakOf(bytes);
  const detail = `${(large / 1e6).toFixed(0)} MB for ${(bytes / 1e6).toFixed(0)} MB of log, ${(small / 1e6).toFixed(0)} MB for ${smallMegabytes} MB`;
  log(detail);
  return { ratio: Math.max(large / bytesMax, large / small / growthMax), detail };
}

async function peakOf(bytes: number): Promise<number> {
  return await withLog('SQUID_NATIVE', bytes, async (path) => {
    const server = await DiscoveryServer.start();
    try {
      await server.read('SQUID_NATIVE', path);
      return await server.peakBytes();
    } finally {
      await server.stop();
    }
  });
}
