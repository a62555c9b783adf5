// How fast `contains` goes through a column of command lines: beside adding up their lengths, which only reads them.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEngine } from '../src/events/engine.ts';
import { huntingCatalogue } from '../src/hunting/hunting.ts';
import { compile } from '../src/kql/compile.ts';
import type { Bench, BenchOptions, BenchResult } from './support/bench.ts';
import { argumentOf, timeOf } from './support/hunting-statements.ts';
import { fillHuntingTables } from './support/hunting-tables.ts';

export const bench: Bench = {
  name: 'a hunting query that looks for a text in every command line, bytes per second',
  against: "the engine's sum(length(…)) of the same column",
  atLeast: 0.3,
  run,
};

const query = 'DeviceProcessEvents | where ProcessCommandLine contains "delete shadows" | count';

async function run({ smoke }: BenchOptions): Promise<BenchResult> {
  const folder = mkdtempSync(join(tmpdir(), 'kql-bench-'));
  const engine = await openEngine({ folder, memoryBytesMax: 4 * 1024 ** 3 });
  try {
    const connection = await engine.connect();
    await fillHuntingTables(connection, smoke ? 20_000 : 3_000_000, ['DeviceProcessEvents']);
    const compilation = compile(query, huntingCatalogue());
    if (!compilation.ok) throw new Error(JSON.stringify(compilation.diagnostics));
    const { sql, parameters } = compilation.compiled;
    const own = { sql, values: parameters.map(argumentOf) };
    const column = 'hunting.main."DeviceProcessEvents"';
    const floor = { sql: `select sum(length("ProcessCommandLine")) from ${column}`, values: [] };
    let [ownMs, floorMs] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
    for (let round = 0; round < (smoke ? 1 : 7); round++) {
      floorMs = Math.min(floorMs, await timeOf(floor, connection));
      ownMs = Math.min(ownMs, await timeOf(own, connection));
    }
    const size = await connection.runAndReadAll(`select sum(strlen("ProcessCommandLine")) from ${column}`);
    const megabytes = Number(size.getRows()[0]?.[0]) / 1e6;
    connection.closeSync();
    const rate = (ms: number): string => (megabytes / ms).toFixed(2);
    return {
      ratio: floorMs / ownMs,
      detail: `${megabytes.toFixed(0)} MB: ${rate(ownMs)} GB/s, the sum ${rate(floorMs)} GB/s of processor time`,
    };
  } finally {
    await engine.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
