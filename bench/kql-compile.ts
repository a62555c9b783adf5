// What compiling a hunting query takes: in the compiler's worker, warmed up by the queries themselves with another number
// in them, and again from its cache.
import { huntingCatalogue } from '../src/hunting/hunting.ts';
import { KqlCompiler } from '../src/kql/compiler.ts';
import { type Bench, type BenchOptions, type BenchResult, median } from './support/bench.ts';
import { huntingQueries } from './support/hunting-queries.ts';

/** Milliseconds, of the median. */
const [coldMost, cachedMost] = [20, 0.2];

export const bench: Bench = {
  name: `compiling 30 hunting queries, share of the limits ${coldMost} ms cold and ${cachedMost} ms cached`,
  against: 'the limit',
  atMost: 1,
  run,
};

async function run({ smoke }: BenchOptions): Promise<BenchResult> {
  const compiler = new KqlCompiler();
  try {
    const cold: number[] = [];
    const cached: number[] = [];
    const rounds = smoke ? 1 : 6;
    for (let round = 0; round <= rounds; round++) {
      for (const { kql } of huntingQueries) {
        // Another text every round, and so never one that is in the cache.
        const text = `${kql}\n| take ${1000 + round}`;
        const first = await timeOf(compiler, text);
        const second = await timeOf(compiler, text);
        if (round === 0) continue;
        cold.push(first);
        cached.push(second);
      }
    }
    const [coldMs, cachedMs] = [median(cold), median(cached)];
    return {
      ratio: Math.max(coldMs / coldMost, cachedMs / cachedMost),
      detail: `median cold ${coldMs.toFixed(1)} ms, slowest ${Math.max(...cold).toFixed(0)} ms, cached ${cachedMs.toFixed(3)} ms`,
    };
  } finally {
    await compiler.close();
  }
}

async function timeOf(compiler: KqlCompiler, text: string): Promise<number> {
  const start = performance.now();
  const compilation = await compiler.compile(text, huntingCatalogue());
  const time = performance.now() - start;
  if (!compilation.ok) throw new Error(`${text}: ${JSON.stringify(compilation.diagnostics)}`);
  return time;
}
