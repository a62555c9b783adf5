// How long the token endpoint takes to answer at half of the load that it can bear, measured in the same run.
import { type Bench, type BenchOptions, type BenchResult, median } from './support/bench.ts';
import { loadTokens, startTokenServer, type TokenLoad } from './support/token-load.ts';

export const bench: Bench = {
  name: 'client-credentials, p99 at half of the load that is borne, milliseconds',
  against: 'the limit',
  atMost: 20,
  run,
};

const connections = 32;
/** So many, each pausing between its requests, that they come as independent of each other as those of many clients. */
const pausingConnections = 64;

async function run({ smoke, log }: BenchOptions): Promise<BenchResult> {
  // The compiler of Node works in several stages, and this is a load of few requests.
  const [rounds, seconds, warmUpSeconds] = smoke ? [1, 1, 1] : [4, 5, 20];
  const server = await startTokenServer('product');
  try {
    await loadTokens(server, { connections, seconds: warmUpSeconds }, log);
    const full: number[] = [];
    const half: TokenLoad[] = [];
    for (let round = 0; round < rounds; round++) {
      const { tokensPerSecond } = await loadTokens(server, { connections, seconds }, log);
      full.push(tokensPerSecond);
      const pauseMs = (1000 * pausingConnections) / (tokensPerSecond / 2);
      half.push(await loadTokens(server, { connections: pausingConnections, seconds, pauseMs }, log));
    }
    const p50 = median(half.map(({ p50Ms }) => p50Ms));
    const rate = median(half.map(({ tokensPerSecond }) => tokensPerSecond));
    const detail = `p50 ${p50.toFixed(0)} ms at ${rate.toFixed(0)}/s, half of ${median(full).toFixed(0)}/s, median of ${rounds} rounds`;
    return { ratio: median(half.map(({ p99Ms }) => p99Ms)), detail };
  } finally {
    await server.stop();
  }
}
