// `npm run kql:cases -- FILE`: runs a file of documented queries through the compiler and the engine and compares what
// they give with what the documentation prints. FILE is JSON: { cases: [{ id, kql, columns, rows }] }, rows as text.
// Each case passes, is refused (by the construct that is not supported), is one whose documented output is wrong
// (exceptions.ts), or is WRONG. Any wrong one makes the exit code 1.

import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { compile } from '../../src/kql/compile.ts';
import { ticksOfUnixEpoch } from '../../src/kql/lower/times.ts';
import { compileInPasses } from '../../src/kql/two-pass.ts';
import { matches, type Output } from './documented.ts';
import { type Engine, type ParameterValues, startEngine } from './engines.ts';
import { documentedWrong } from './exceptions.ts';

interface Case extends Output {
  readonly id: string;
  readonly kql: string;
}

type Result =
  | { readonly outcome: 'pass' }
  | { readonly outcome: 'refused' | 'documented wrong'; readonly reason: string }
  | { readonly outcome: 'WRONG'; readonly reason: string };

/** The time of a run is always the same, and everything is within its range. */
const parameters: ParameterValues = {
  tenant: '00000000-0000-0000-0000-000000000001',
  from: 0n,
  now: ticksOfUnixEpoch + 15_768_000_000_000_000n,
  to: ticksOfUnixEpoch + 8n * 15_768_000_000_000_000n,
};
const engineMessageOfOurs = /is not supported/;

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { dialect: { type: 'string', default: 'duckdb' }, only: { type: 'string' }, sql: { type: 'boolean' } },
});
const [file] = positionals;
const { dialect } = values;
if (file === undefined || (dialect !== 'duckdb' && dialect !== 'clickhouse')) {
  console.error('npm run kql:cases -- FILE [--dialect duckdb|clickhouse] [--only PART-OF-ID] [--sql]');
  process.exit(2);
}
const engine = await startEngine(dialect);
const exitCode = await run(readCases(file).filter(({ id }) => id.includes(values.only ?? '')));
await engine.close();
process.exit(exitCode);

async function run(cases: readonly Case[]): Promise<number> {
  const counts = new Map<string, number>();
  for (const each of cases) {
    const result = await judge(each, engine);
    counts.set(result.outcome, (counts.get(result.outcome) ?? 0) + 1);
    console.log(`${result.outcome.padEnd(16)} ${each.id}${'reason' in result ? `: ${result.reason}` : ''}`);
  }
  const totals = ['pass', 'refused', 'documented wrong', 'WRONG'].map(
    (outcome) => `${counts.get(outcome) ?? 0} ${outcome}`,
  );
  console.log(`\n${cases.length} cases: ${totals.join(', ')}`);
  return counts.get('WRONG') ? 1 : 0;
}

async function judge(each: Case, { dialect, rows: read }: Engine): Promise<Result> {
  const compilation = await compileInPasses({
    compile: (options) => compile(each.kql, { tables: [] }, { ...options, dialect }),
    read: (query) => read(query, parameters),
    fetch: async () => 'externaldata is not supported here',
  });
  const exception = documentedWrong.get(each.id);
  if (!compilation.ok) {
    if (exception !== undefined) return { outcome: 'documented wrong', reason: exception };
    const found = compilation.diagnostics.map(
      ({ code, message, line, column }) => `${code} ${line}:${column} ${message}`,
    );
    return { outcome: 'refused', reason: found.slice(0, 2).join(' ') };
  }
  const { compiled } = compilation;
  if (values.sql) console.log(compiled.sql);
  try {
    const rows = await read(compiled, parameters);
    if (matches(each.kql, compiled.columns, rows, each)) return { outcome: 'pass' };
    if (exception !== undefined) return { outcome: 'documented wrong', reason: exception };
    return { outcome: 'WRONG', reason: `\n    documented ${show(each.rows)}\n    given      ${show(rows)}` };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    if (engineMessageOfOurs.test(message)) return { outcome: 'refused', reason: message };
    return { outcome: 'WRONG', reason: `the engine: ${message.slice(0, 400)}` };
  }
}

function show(rows: readonly (readonly unknown[])[]): string {
  const text = JSON.stringify(rows, (_key, value: unknown) => (typeof value === 'bigint' ? String(value) : value));
  return text.length > 600 ? `${text.slice(0, 600)}…` : text;
}

function readCases(path: string): readonly Case[] {
  const parsed: unknown = JSON.parse(readFileSync(path, 'utf8'));
  if (typeof parsed === 'object' && parsed !== null && 'cases' in parsed && Array.isArray(parsed.cases)) {
    return parsed.cases.filter(isCase);
  }
  throw new Error(`${path} has no "cases".`);
}

function isCase(value: unknown): value is Case {
  if (typeof value !== 'object' || value === null) return false;
  const isText = 'id' in value && typeof value.id === 'string' && 'kql' in value && typeof value.kql === 'string';
  return isText && 'columns' in value && Array.isArray(value.columns) && 'rows' in value && Array.isArray(value.rows);
}
