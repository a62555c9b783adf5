// What can be done with queries without a server: checking them, and trying them on records that are kept beside them.
// Their files go through the same compiler and engine as on a server.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { huntingCatalogue } from '../../hunting/hunting.ts';
import { Trials } from '../../hunting/trial.ts';
import { compile } from '../../kql/compile.ts';
import type { Diagnostic } from '../../kql/ir.ts';
import { type Call, CliProblem } from '../command.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { readQueryFile } from '../query-text.ts';
import { displayWidth, printable } from '../width.ts';
import { differencesIn, findCases, type KqlCase, readCase } from './kql/cases.ts';

/** Checks every file, and says of each fault where it is. */
export async function check(call: Call): Promise<ExitCode> {
  const catalogue = huntingCatalogue();
  const found: { file: string; diagnostics: readonly Diagnostic[]; isPartly: boolean }[] = [];
  for (const file of call.repeated()) {
    const text = await readQueryFile(file, call.terminal);
    const compilation = compile(text, catalogue);
    // The columns of some plugins and of watchlists are in the data only: the text is right as far as it can be known without them.
    const isPartly = !compilation.ok && (compilation.needs !== undefined || compilation.watchlist !== undefined);
    const diagnostics = compilation.ok || isPartly ? [] : compilation.diagnostics;
    found.push({ file, diagnostics, isPartly });
    if (call.isJson) continue;
    for (const line of diagnosticLines(file, text, diagnostics)) call.say(line);
    if (isPartly) call.note(call.t('kql.check.partly', { file }));
  }
  const wrong = found.filter(({ diagnostics }) => diagnostics.length > 0).length;
  if (call.isJson) call.json({ items: found });
  else call.note(call.t('kql.check.done', { files: found.length, wrong }));
  return wrong > 0 ? exitCodes.failed : exitCodes.ok;
}

/** The fault, its line, and a mark below its place. */
function* diagnosticLines(file: string, text: string, diagnostics: readonly Diagnostic[]): Generator<string> {
  const lines = text.split(/\r\n|\r|\n/);
  for (const { code, message, line, column, span } of diagnostics) {
    yield `${printable(file)}:${line}:${column}: ${printable(message)} [${code}]`;
    const source = lines[line - 1] ?? '';
    const before = source.slice(0, column - 1);
    const marked = source.slice(column - 1, column - 1 + Math.max(1, span.length));
    yield `    ${printable(source.replaceAll('\t', ' '))}`;
    yield `    ${' '.repeat(displayWidth(before))}${'^'.repeat(Math.max(1, displayWidth(marked)))}`;
  }
}

interface CaseResult {
  readonly name: string;
  readonly passed: boolean;
  readonly differences: readonly string[];
}

/** Runs every case below the folders, and says how what a query found differs from what it should find. */
export async function test(call: Call): Promise<ExitCode> {
  const folders = call.repeated().flatMap((folder) => findCases(folder));
  if (folders.length === 0) throw new CliProblem(exitCodes.notFound, 'no-cases', call.t('kql.test.none'));
  const store = mkdtempSync(join(tmpdir(), 'sallyport-kql-'));
  const results: CaseResult[] = [];
  try {
    const trials = await Trials.open(store);
    try {
      for (const folder of folders) results.push(await runCase(call, trials, folder));
    } finally {
      await trials.close();
    }
  } finally {
    rmSync(store, { recursive: true, force: true });
  }
  const failed = results.filter(({ passed }) => !passed).length;
  if (call.isJson) call.json({ items: results });
  else call.note(call.t('kql.test.done', { cases: results.length, failed }));
  return failed > 0 ? exitCodes.failed : exitCodes.ok;
}

async function runCase(call: Call, trials: Trials, folder: string): Promise<CaseResult> {
  const differences = await differencesOf(trials, folder);
  const passed = differences.length === 0;
  if (!call.isJson) {
    call.say(`${call.t(passed ? 'kql.test.passed' : 'kql.test.failed')}  ${printable(folder)}`);
    for (const line of differences) call.say(`    ${printable(line)}`);
  }
  return { name: basename(folder), passed, differences };
}

async function differencesOf(trials: Trials, folder: string): Promise<readonly string[]> {
  const found = readCase(folder);
  if ('problem' in found) return [found.problem];
  const each: KqlCase = found;
  const result = await trials.run({
    query: each.query,
    records: each.records,
    watchlists: each.watchlists,
    now: each.now ?? Date.now(),
    timespan: each.timespan,
  });
  switch (result.kind) {
    case 'failed':
      return [result.problem];
    case 'wrong query':
      return [...diagnosticLines('query.kql', each.query, result.diagnostics)];
    case 'rows':
      return differencesIn(each, result.columns, result.rows);
  }
}
