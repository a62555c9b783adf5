// Tokens per second for an app that shows its secret, each signed anew, against what the same two cores can sign at all.
import { type Bench, type BenchOptions, type BenchResult, median } from './support/bench.ts';
import { measureSignatures } from './support/openssl.ts';
import { loadTokens, startTokenServer } from './support/token-load.ts';

export const bench: Bench = {
  name: 'client-credentials tokens per second (a secret, plain HTTP, one process, SQLite)',
  against: 'signatures per second of "openssl speed -multi 2 rsa2048"',
  atLeast: 0.75,
  run,
};

const connections = 32;

async function run({ smoke, log }: BenchOptions): Promise<BenchResult> {
  // The compiler of Node works in several stages, and this is a load of few requests.
  const [rounds, seconds, warmUpSeconds] = smoke ? [1, 1, 1] : [6, 4, 20];
  const server = await startTokenServer('product');
  try {
    await loadTokens(server, { connections, seconds: warmUpSeconds }, log);
    const [tokens, signatures]: [number[], number[]] = [[], []];
    for (let round = 0; round < rounds; round++) {
      tokens.push((await loadTokens(server, { connections, seconds }, log)).tokensPerSecond);
      signatures.push(await measureSignatures(seconds, log));
    }
    const ratios = tokens.map((rate, round) => rate / (signatures[round] ?? Number.NaN));
    const detail = `${median(tokens).toFixed(0)}/s against ${median(signatures).toFixed(0)}/s, median of ${rounds} rounds`;
    return { ratio: median(ratios), detail };
  } finally {
    await server.stop();
  }
}
