// Ingestion of unified audit records, from bytes to acknowledged rows on the disk, against JSON.parse alone of the same
// lines: what any program that reads them has to spend.

import { ingestActivities } from '../src/activities/ingest.ts';
import type { Ctx } from '../src/context.ts';
import { demoRecords } from '../src/demo/records.ts';
import { testServices } from '../test/support/services.ts';
import { type Bench, type BenchOptions, type BenchResult, median } from './support/bench.ts';
import { ctxOfNewTenant } from './support/ingesting.ts';

export const bench: Bench = {
  name: 'ingest of unified audit records, parsed, mapped, stored, acknowledged',
  against: 'JSON.parse alone of the same lines',
  atLeast: 0.12,
  run,
};

async function run({ smoke, log }: BenchOptions): Promise<BenchResult> {
  const lines = someLines(smoke ? 2000 : 50_000);
  const chunks = chunksOf(lines);
  const services = await testServices();
  try {
    const parseTimes: number[] = [];
    const ingestTimes: number[] = [];
    const rounds = smoke ? 1 : 4;
    for (let round = 0; round <= rounds; round++) {
      const ctx = await ctxOfNewTenant(services, round);
      const parse = timeOfParsing(lines);
      const ingest = await timeOfIngesting(ctx, chunks, lines.length);
      // The first round warms up: it also builds the address index.
      if (round === 0) continue;
      parseTimes.push(parse);
      ingestTimes.push(ingest);
      log(`round ${round}: JSON.parse ${parse.toFixed(0)} ms, ingestion ${ingest.toFixed(0)} ms`);
    }
    const parse = median(parseTimes);
    const ingest = median(ingestTimes);
    const perSecond = Math.round(lines.length / (ingest / 1000));
    return { ratio: parse / ingest, detail: `${lines.length} lines: ${perSecond} stored a second` };
  } finally {
    await services.dispose();
  }
}

/** The demo's records of as many months as it takes, each with ids of its own. */
function someLines(count: number): string[] {
  const tenant = { id: '9a7d2c5e-4d7b-4c5e-8f6a-2b9f0c1d3e4f', slug: 'contoso', domain: 'contoso.example' };
  const lines: string[] = [];
  for (let seed = 0; lines.length < count; seed++) {
    lines.push(...demoRecords(tenant, [], { seed: String(seed), date: Date.UTC(2026, 4, 1) }));
  }
  return lines.slice(0, count);
}

/** As a socket would hand them over. */
function chunksOf(lines: readonly string[]): Buffer[] {
  const whole = Buffer.from(`${lines.join('\n')}\n`);
  const chunks: Buffer[] = [];
  for (let at = 0; at < whole.length; at += 65_536) chunks.push(whole.subarray(at, at + 65_536));
  return chunks;
}

function timeOfParsing(lines: readonly string[]): number {
  const start = performance.now();
  for (const line of lines) JSON.parse(line);
  return performance.now() - start;
}

async function timeOfIngesting(ctx: Ctx, chunks: readonly Buffer[], count: number): Promise<number> {
  const start = performance.now();
  const result = await ingestActivities(ctx, stream(chunks));
  const time = performance.now() - start;
  if (result.stored !== count) throw new Error(`Of ${count} lines ${result.stored} were stored.`);
  return time;
}

async function* stream(chunks: readonly Buffer[]): AsyncIterable<Buffer> {
  for (const chunk of chunks) yield chunk;
}
