// Traffic logs of 2 GB, packed with gzip as collectors send them, from the first byte of the upload to the finished report: one
// server process that reads with two threads, against what the collector that we imitate takes in an hour.
import type { Bench, BenchOptions, BenchResult } from './support/bench.ts';
import { collectorBytesPerSecond, DiscoveryServer, logBytes, withLog } from './support/discovery-client.ts';
import type { BenchLog } from './support/discovery-logs.ts';

const usualMegabytes = 2000;

function benchOf(kind: BenchLog, title: string, atLeast: number): Bench {
  return {
    name: `${title} of 2 GB, from upload to finished report, one process, two threads`,
    against: '50 GB an hour',
    atLeast,
    run: (options) => run(kind, options),
  };
}

export const squid = benchOf('SQUID_NATIVE', 'Squid log', 10);
export const w3c = benchOf('GENERIC_W3C', 'W3C log', 10);
export const cef = benchOf('GENERIC_CEF', 'CEF log', 6);
export const fortigate = benchOf('FORTIGATE', 'FortiGate log', 6);

async function run(kind: BenchLog, { smoke, log }: BenchOptions): Promise<BenchResult> {
  const bytes = logBytes(smoke, usualMegabytes);
  return await withLog(kind, bytes, async (path) => {
    const server = await DiscoveryServer.start();
    try {
      const { seconds, records, apps } = await server.read(kind, path);
      const peak = await server.peakBytes();
      const perSecond = bytes / seconds;
      const detail = `${(bytes / 1e6).toFixed(0)} MB in ${seconds.toFixed(1)} s: ${(perSecond / 1e6).toFixed(0)} MB/s, ${(records / seconds / 1000).toFixed(0)}k records/s, ${apps} apps, at most ${(peak / 1e6).toFixed(0)} MB of memory`;
      log(detail);
      return { ratio: perSecond / collectorBytesPerSecond, detail };
    } finally {
      await server.stop();
    }
  });
}
