// Measures what the project promises about speed and size: `npm run bench`, or with names of benches after it. Every
// figure is a ratio of two things measured in the same run, because absolute figures say more about the machine. Each bench
// runs in a process of its own. With --smoke sizes are small and limits are not judged: it shows that the benches run.
import { fork } from 'node:child_process';
import { parseArgs } from 'node:util';
import type { Bench, BenchResult } from './support/bench.ts';

const benches: Readonly<Record<string, () => Promise<{ readonly bench: Bench }>>> = {
  activities: () => import('./activities.ts'),
  'activities-growth': () => import('./activities-growth.ts'),
  ingest: () => import('./ingest.ts'),
  'hunting-ingest': () => import('./hunting-ingest.ts'),
  kql: () => import('./kql.ts'),
  'kql-compile': () => import('./kql-compile.ts'),
  'kql-contains': () => import('./kql-contains.ts'),
  'hunting-rows': () => import('./hunting-rows.ts'),
  'hunting-beside': () => import('./hunting-beside.ts'),
  collector: () => import('./collector.ts'),
  policies: () => import('./policies.ts'),
  'evaluation-delay': () => import('./evaluation-delay.ts'),
  incidents: () => import('./incidents.ts'),
  'incident-filter': () => import('./incident-filter.ts'),
  about: () => import('./about.ts'),
  tokens: () => import('./tokens.ts'),
  'client-credentials': () => import('./client-credentials.ts'),
  'client-credentials-provider': () => import('./client-credentials-provider.ts'),
  'client-credentials-delay': () => import('./client-credentials-delay.ts'),
  bearer: () => import('./bearer.ts'),
  start: () => import('./start.ts'),
  'portal-first-page': () => import('./portal-first-page.ts'),
  'discovery-squid': async () => ({ bench: (await import('./discovery.ts')).squid }),
  'discovery-w3c': async () => ({ bench: (await import('./discovery.ts')).w3c }),
  'discovery-cef': async () => ({ bench: (await import('./discovery.ts')).cef }),
  'discovery-fortigate': async () => ({ bench: (await import('./discovery.ts')).fortigate }),
  'discovery-memory': () => import('./discovery-memory.ts'),
  'discovery-beside': () => import('./discovery-beside.ts'),
  'discovery-hosts': () => import('./discovery-hosts.ts'),
};

/** Marks the process of one bench; its result goes to the parent as a message. */
const childFlag = '--in-child';

interface Row {
  readonly key: string;
  readonly bench: Pick<Bench, 'name' | 'against' | 'atLeast' | 'atMost'>;
  readonly result: BenchResult;
}

interface Outcome {
  readonly row?: Row;
  readonly problem?: string;
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { smoke: { type: 'boolean', default: false }, 'in-child': { type: 'string' } },
});
if (values['in-child'] !== undefined) await measure(values['in-child'], values.smoke);
else await runAll(positionals, values.smoke);

async function runAll(wanted: readonly string[], smoke: boolean): Promise<void> {
  const names = wanted.length > 0 ? wanted : Object.keys(benches);
  const unknown = names.filter((name) => !Object.hasOwn(benches, name));
  if (unknown.length > 0) {
    console.error(`There is no bench ${unknown.join(', ')}. There are: ${Object.keys(benches).join(', ')}.`);
    process.exit(2);
  }
  const outcomes: [string, Outcome][] = [];
  for (const [index, name] of names.entries()) {
    console.log(`[${index + 1}/${names.length}] ${name}`);
    outcomes.push([name, await inChild(name, smoke)]);
  }
  printTable(outcomes, smoke);
  const isMissed = ({ row, problem }: Outcome) =>
    problem !== undefined || (row !== undefined && !smoke && !isKept(row));
  process.exit(outcomes.some(([, outcome]) => isMissed(outcome)) ? 1 : 0);
}

function inChild(name: string, smoke: boolean): Promise<Outcome> {
  return new Promise((resolve) => {
    let row: Row | undefined;
    const words = [childFlag, name, ...(smoke ? ['--smoke'] : [])];
    const child = fork(import.meta.filename, words, { execArgv: ['--expose-gc'] });
    child.on('message', (message) => {
      row = message as Row; // Sent by `measure` below and by nobody else.
    });
    child.on('exit', (code, signal) => {
      if (row) resolve({ row });
      else resolve({ problem: `ended with ${signal ?? `code ${code}`} and no result` });
    });
  });
}

async function measure(name: string, smoke: boolean): Promise<void> {
  const module = await benches[name]?.();
  if (!module) throw new Error(`There is no bench ${name}.`);
  const { bench } = module;
  const log = (line: string) => console.log(`  ${line}`);
  log(`${bench.name}, against ${bench.against}`);
  const result = await bench.run({ smoke, log });
  const { atLeast, atMost } = bench;
  const row: Row = { key: name, bench: { name: bench.name, against: bench.against, atLeast, atMost }, result };
  // Whatever a bench left open must not keep its process; its result is what counts.
  process.send?.(row, () => process.exit(0));
}

function isKept({ bench, result }: Row): boolean {
  return (
    Number.isFinite(result.ratio) &&
    (bench.atLeast === undefined || result.ratio >= bench.atLeast) &&
    (bench.atMost === undefined || result.ratio <= bench.atMost)
  );
}

function printTable(outcomes: readonly [string, Outcome][], smoke: boolean): void {
  const lines = [['bench', 'ratio', 'limit', smoke ? 'ran' : 'kept', 'figures']];
  for (const [name, { row, problem }] of outcomes) {
    if (!row) lines.push([name, '-', '-', 'FAILED', problem ?? '']);
    else lines.push([name, row.result.ratio.toFixed(3), limitOf(row.bench), verdictOf(row, smoke), row.result.detail]);
  }
  const widths = [0, 1, 2, 3].map((column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  console.log('');
  for (const line of lines) {
    console.log(line.map((cell, column) => (column < 4 ? cell.padEnd(widths[column] ?? 0) : cell)).join('  '));
  }
  if (smoke) console.log('Small sizes: the ratios mean nothing and are not judged.');
}

function verdictOf(row: Row, smoke: boolean): string {
  if (smoke) return 'yes';
  return isKept(row) ? 'yes' : 'NO';
}

function limitOf(bench: Row['bench']): string {
  return bench.atLeast === undefined ? `<= ${bench.atMost ?? '?'}` : `>= ${bench.atLeast}`;
}
