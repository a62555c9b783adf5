// A short hunting query beside heavy ones that never end: its p95 over HTTP against the limit of 20 ms, and how long the
// server's event loop was held up meanwhile, which has the same limit. What compiling costs is told with it.
import { request } from 'node:http';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { huntingCatalogue } from '../src/hunting/hunting.ts';
import { hunterOf } from '../src/hunting/run-hunter.ts';
import { advancedHunting, beginHunting, type HuntingStory } from '../test/support/hunting-calls.ts';
import { startTestServer } from '../test/support/server.ts';
import { type Bench, type BenchOptions, type BenchResult, median } from './support/bench.ts';
import { timedCalls } from './support/hunting-client.ts';
import { huntingQueries } from './support/hunting-queries.ts';

const limitMs = 20;

export const bench: Bench = {
  name: `a short hunting query beside heavy ones, p95, and the event loop's p99 of delay: share of ${limitMs} ms`,
  against: 'the limit',
  atMost: 1,
  run,
};

const short = 'DeviceProcessEvents | where ProcessId == 7 | project Timestamp, FileName, ProcessCommandLine';
const heavy = `range a from 1 to 4000000 step 1 | extend k = a % 7
| join kind=inner (range b from 1 to 4000000 step 1 | extend k = b % 7) on k | summarize sum(a * b)`;

async function run({ smoke, log }: BenchOptions): Promise<BenchResult> {
  const settings = { sessionRequestsPerMinute: 100_000, huntingSecondsPerCycle: 1_000_000, huntingSecondsMax: 3600 };
  const server = await startTestServer({ settings });
  try {
    const hunting = await beginHunting(server, 1000);
    const compiling = await compileTimes(hunting, smoke);
    const count = smoke ? 5 : 300;
    const calls = { port: server.port, authorization: `Bearer ${hunting.admin.session}`, query: short, pauseMs: 10 };
    await timedCalls({ ...calls, count: 20 });
    const before = p95Of(await timedCalls({ ...calls, count }));
    const leaving = [0, 1, 2].map(() => leavingCall(hunting));
    const { admission } = await hunterOf(server.services);
    while (admission.waiting === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    const delays = monitorEventLoopDelay({ resolution: 1 });
    delays.enable();
    const beside = p95Of(await timedCalls({ ...calls, count }));
    delays.disable();
    const [stall, longest] = [delays.percentile(99) / 1e6, delays.max / 1e6];
    for (const each of leaving) each.destroy();
    while (admission.underWay > 0) await new Promise((resolve) => setTimeout(resolve, 20));
    const detail = `p95 ${beside.toFixed(1)} ms, alone ${before.toFixed(1)}; event loop p99 ${stall.toFixed(1)} ms, longest ${longest.toFixed(1)}; ${compiling}`;
    log(detail);
    return { ratio: Math.max(beside, stall) / limitMs, detail };
  } finally {
    await server.dispose();
  }
}

/** Cold: texts that were never compiled, in a worker that is warm. Cached: the same again. */
async function compileTimes({ server }: HuntingStory, smoke: boolean): Promise<string> {
  const { compiler } = await hunterOf(server.services);
  const catalogue = huntingCatalogue();
  const texts = huntingQueries.slice(0, smoke ? 3 : 30).map(({ kql }) => kql);
  const timesOf = async (): Promise<number[]> => {
    const times: number[] = [];
    for (const text of texts) {
      const begun = performance.now();
      await compiler.compile(text, catalogue);
      times.push(performance.now() - begun);
    }
    return times;
  };
  await compiler.compile('print warm = 1', catalogue);
  const cold = await timesOf();
  const cached = await timesOf();
  return `compile cold p50 ${median(cold).toFixed(1)} ms, cached ${median(cached).toFixed(3)} ms`;
}

function leavingCall({ server, admin }: HuntingStory) {
  const headers = { host: `localhost:${server.port}`, authorization: `Bearer ${admin.session}` };
  const options = { host: '127.0.0.1', port: server.port, path: advancedHunting, method: 'POST' };
  const call = request({ ...options, headers: { ...headers, 'content-type': 'application/json' } });
  call.on('error', () => {});
  call.end(JSON.stringify({ Query: heavy }));
  return call;
}

function p95Of(calls: readonly { readonly ms: number }[]): number {
  const sorted = calls.map(({ ms }) => ms).sort((one, other) => one - other);
  return sorted[Math.floor(sorted.length * 0.95)] ?? Number.NaN;
}
