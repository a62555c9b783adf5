// Calls of other callers while a log is read at lower priority: their p95 against the p95 when nothing is read. Counts only when
// the log is read at least four times as fast as the collector that we imitate takes it.
import type { Bench, BenchOptions, BenchResult } from './support/bench.ts';
import { LeanClient } from './support/client.ts';
import { collectorBytesPerSecond, DiscoveryServer, logBytes, withLog } from './support/discovery-client.ts';

const usualMegabytes = 1000;
const speedLeast = 4;
const pauseMs = 10;

export const bench: Bench = {
  name: 'p95 of an API call while a log is read, two threads at lower priority',
  against: 'p95 while nothing is read',
  atMost: 3,
  run,
};

async function run({ smoke, log }: BenchOptions): Promise<BenchResult> {
  const bytes = logBytes(smoke, usualMegabytes);
  return await withLog('SQUID_NATIVE', bytes, async (path) => {
    const server = await DiscoveryServer.start();
    const { port, token } = server.listening;
    const client = await LeanClient.open(port);
    try {
      const call = `GET /api/v1/alerts/ HTTP/1.1\r\nhost: localhost:${port}\r\nauthorization: Token ${token}\r\n\r\n`;
      await timesOf(client, call, (count) => count < 200);
      const idle = p95Of(await timesOf(client, call, (count) => count < (smoke ? 20 : 1000)));
      let isRead = false;
      const reading = server.read('SQUID_NATIVE', path).finally(() => {
        isRead = true;
      });
      const beside = p95Of(await timesOf(client, call, () => !isRead));
      const { seconds } = await reading;
      const speed = bytes / seconds / collectorBytesPerSecond;
      const detail = `p95 ${beside.toFixed(2)} ms, alone ${idle.toFixed(2)} ms, while ${speed.toFixed(1)} times 50 GB an hour are read`;
      log(detail);
      return { ratio: speed < speedLeast && !smoke ? Number.POSITIVE_INFINITY : beside / idle, detail };
    } finally {
      client.close();
      await server.stop();
    }
  });
}

async function timesOf(client: LeanClient, call: string, goesOn: (count: number) => boolean): Promise<number[]> {
  const times: number[] = [];
  while (goesOn(times.length)) {
    const begun = performance.now();
    await client.call(call);
    times.push(performance.now() - begun);
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
  return times;
}

function p95Of(times: readonly number[]): number {
  const sorted = times.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length * 0.95)] ?? Number.NaN;
}
