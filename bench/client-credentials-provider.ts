// Tokens per second for an app that shows its secret, against another token endpoint on Node under the same load.
import { type Bench, type BenchOptions, type BenchResult, median } from './support/bench.ts';
import { loadTokens, startTokenServer } from './support/token-load.ts';

export const bench: Bench = {
  name: 'client-credentials tokens per second (a secret, plain HTTP, one process, SQLite)',
  against: 'node-oidc-provider with RS256 JWT access tokens and its adapter in memory, under the same load',
  atLeast: 1.25,
  run,
};

const connections = 32;

async function run({ smoke, log }: BenchOptions): Promise<BenchResult> {
  // The compiler of Node works in several stages, and this is a load of few requests.
  const [rounds, seconds, warmUpSeconds] = smoke ? [1, 1, 1] : [6, 4, 20];
  const ours = await startTokenServer('product');
  const theirs = await startTokenServer('provider');
  try {
    const rates: [number[], number[]] = [[], []];
    for (const server of [ours, theirs]) await loadTokens(server, { connections, seconds: warmUpSeconds }, log);
    for (let round = 0; round < rounds; round++) {
      rates[0].push((await loadTokens(ours, { connections, seconds }, log)).tokensPerSecond);
      rates[1].push((await loadTokens(theirs, { connections, seconds }, log)).tokensPerSecond);
    }
    const ratios = rates[0].map((rate, round) => rate / (rates[1][round] ?? Number.NaN));
    const [product = Number.NaN, provider = Number.NaN] = rates.map(median);
    const detail = `${product.toFixed(0)}/s against ${provider.toFixed(0)}/s, median of ${rounds} rounds`;
    return { ratio: median(ratios), detail };
  } finally {
    await ours.stop();
    await theirs.stop();
  }
}
