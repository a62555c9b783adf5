// What hunting queries cost beside hand-written SQL for the same answer: the same engine, the same tables, turn by turn,
// so that a busy machine slows both. Both answers are compared first. The engine has one thread a statement, so the time
// of the processor is what a statement takes; unlike the clock's, other programs have no part in it.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { openEngine } from '../src/events/engine.ts';
import { huntingCatalogue } from '../src/hunting/hunting.ts';
import { compile } from '../src/kql/compile.ts';
import type { Bench, BenchOptions, BenchResult } from './support/bench.ts';
import { type HuntingQuery, huntingQueries } from './support/hunting-queries.ts';
import { argumentOf, type Statement, timeOf } from './support/hunting-statements.ts';
import { fillHuntingTables } from './support/hunting-tables.ts';

/** Of the geometric mean of the ratios, and of the worst one. */
const [meanMost, worstMost] = [1.1, 1.5];

export const bench: Bench = {
  name: `compiled hunting queries, share of the limits ${meanMost} for the mean and ${worstMost} for the worst`,
  against: 'hand-written SQL on the same engine',
  atMost: 1,
  run,
};

async function run({ smoke, log }: BenchOptions): Promise<BenchResult> {
  const folder = mkdtempSync(join(tmpdir(), 'kql-bench-'));
  const engine = await openEngine({ folder, memoryBytesMax: 4 * 1024 ** 3 });
  try {
    const connection = await engine.connect();
    const events = smoke ? 20_000 : 3_000_000;
    log(`filling the tables, ${events} process events`);
    await fillHuntingTables(connection, events);
    const ratios: number[] = [];
    let worst = { name: '', ratio: 0 };
    for (const query of huntingQueries) {
      const { own, hand, rows } = await compare(query, connection, smoke ? 1 : 7);
      const ratio = own / hand;
      log(`${ratio.toFixed(2)}  ${own.toFixed(1)} / ${hand.toFixed(1)} ms, ${rows} rows  ${query.name}`);
      ratios.push(ratio);
      if (ratio > worst.ratio) worst = { name: query.name, ratio };
    }
    connection.closeSync();
    const mean = Math.exp(ratios.reduce((sum, ratio) => sum + Math.log(ratio), 0) / ratios.length);
    return {
      ratio: Math.max(mean / meanMost, worst.ratio / worstMost),
      detail: `${ratios.length} queries: geometric mean ${mean.toFixed(3)}, worst ${worst.ratio.toFixed(2)} (${worst.name})`,
    };
  } finally {
    await engine.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Comparison {
  /** Milliseconds of the processor, the least of all rounds. */
  readonly own: number;
  readonly hand: number;
  readonly rows: number;
}

async function compare(query: HuntingQuery, connection: DuckDBConnection, rounds: number): Promise<Comparison> {
  const own = statementOf(query);
  const hand = { sql: query.sql, values: [] };
  const [answer, wanted] = [await answerOf(own, connection), await answerOf(hand, connection)];
  if (answer.join('\n') !== wanted.join('\n')) {
    throw new Error(`${query.name}: ${answer.length} rows, by hand ${wanted.length}; ${answer[0]} and ${wanted[0]}`);
  }
  let best = { own: Number.POSITIVE_INFINITY, hand: Number.POSITIVE_INFINITY };
  for (let round = 0; round < rounds; round++) {
    const first = await timeOf(round % 2 === 0 ? own : hand, connection);
    const second = await timeOf(round % 2 === 0 ? hand : own, connection);
    const [ownTime, handTime] = round % 2 === 0 ? [first, second] : [second, first];
    best = { own: Math.min(best.own, ownTime), hand: Math.min(best.hand, handTime) };
  }
  return { ...best, rows: answer.length };
}

function statementOf({ name, kql }: HuntingQuery): Statement {
  const compilation = compile(kql, huntingCatalogue());
  if (!compilation.ok) throw new Error(`${name}: ${JSON.stringify(compilation.diagnostics)}`);
  const { sql, parameters } = compilation.compiled;
  return { sql, values: parameters.map(argumentOf) };
}

/** Rows as texts, in an order of their own. */
async function answerOf({ sql, values }: Statement, connection: DuckDBConnection): Promise<readonly string[]> {
  const reader = await connection.runAndReadAll(sql, [...values]);
  const text = (value: unknown): string => (typeof value === 'number' ? value.toPrecision(12) : String(value));
  const rows = reader
    .getRows()
    .map((row) => row.map((value) => text(typeof value === 'bigint' ? Number(value) : value)));
  return rows.map((row) => row.join('\t')).sort();
}
