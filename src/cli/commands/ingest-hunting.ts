// Sends hunting data to the server: files and whole folders of exports, in whatever form they come.
import { type Call, CliProblem } from '../command.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { csvRows } from '../ingest/csv-rows.ts';
import { filesAt } from '../ingest/paths.ts';
import { type LocalProblem, splitBatches, toLines } from '../ingest/records.ts';
import { type Format, openSource, type Source } from '../ingest/source.ts';
import type { WireHuntingIngestion } from '../wire.ts';
import { localReasons, openProgress } from './ingest.ts';

/** One request takes about this much, so that a broken connection costs at most one batch. */
const batchBytesMax = 32 * 1024 * 1024;
const problemsShownMax = 100;

interface Problem {
  readonly file: string;
  /** The record's number in the file. */
  readonly record: number;
  readonly reason: string;
}

interface Totals {
  files: number;
  received: number;
  stored: number;
  duplicates: number;
  rejected: number;
  /** The first of them. */
  readonly problems: Problem[];
  readonly tables: Map<string, number>;
  readonly damaged: { readonly file: string; readonly reason: string }[];
}

/** Records of hunting tables from files and folders. What was sent before counts as known, so that it can be repeated. */
export async function ingestHunting(call: Call): Promise<ExitCode> {
  const api = call.api(); // Before anything is read: without a session there is nothing to do.
  const files = filesAt(call.repeated());
  if (files.length === 0) throw new CliProblem(exitCodes.usage, 'no-files', call.t('ingest.hunting.noFiles'));
  const totals: Totals = {
    files: 0,
    received: 0,
    stored: 0,
    duplicates: 0,
    rejected: 0,
    problems: [],
    tables: new Map(),
    damaged: [],
  };
  for (const file of files) {
    try {
      await sendFile(call, api, file, totals);
    } catch (error) {
      const { stored, duplicates } = totals;
      call.note(call.t('ingest.hunting.stoppedAt', { file, stored, duplicates }));
      throw error;
    }
  }
  showTotals(call, totals);
  return totals.rejected > 0 || totals.damaged.length > 0 ? exitCodes.partly : exitCodes.ok;
}

async function sendFile(call: Call, api: ReturnType<Call['api']>, file: string, totals: Totals): Promise<void> {
  const wanted = call.option('format') as Format | undefined; // The command's table admits nothing else.
  let head = '';
  const source = await openSource(file, call.terminal.input, wanted, (text) => {
    head = text;
    return formOf(text);
  });
  const progress = openProgress(call, source);
  const onProblem = ({ record, reason }: LocalProblem): void => {
    totals.received++;
    addProblem(totals, { file, record, reason: call.t(localReasons[reason]) });
  };
  const table = call.option('table');
  const path = `/ingest/hunting${table === undefined ? '' : `?table=${encodeURIComponent(table)}`}`;
  try {
    for await (const batch of splitBatches(linesOf(source, head, onProblem), batchBytesMax, progress.add)) {
      const result = await api.upload<WireHuntingIngestion>(path, batch.bytes);
      addResult(totals, result, file, batch.linesBefore);
    }
  } finally {
    progress.clear();
  }
  totals.files++;
  const damage = source.damage();
  if (damage !== undefined) totals.damaged.push({ file, reason: damage });
}

function linesOf(source: Source, head: string, onProblem: (problem: LocalProblem) => void): AsyncIterable<Buffer> {
  if (source.format === 'csv') return csvRows(source.text, onProblem);
  return toLines(source.text, source.format, onProblem, pageMemberOf(head));
}

/** A record a line, unless it begins with an array, a page or indented JSON, or with no JSON at all. */
function formOf(head: string): Format {
  const text = head.trimStart();
  if (text === '') return 'ndjson';
  if (!text.startsWith('{') && !text.startsWith('[')) return 'csv';
  const isPage = /^\{\s*"(?:@odata[^"]*|Stats|Schema|schema|Results|results|records|value)"/.test(text);
  return isPage || text.startsWith('[') || /^\{\s*[\r\n]/.test(text) ? 'json' : 'ndjson';
}

function pageMemberOf(head: string): string {
  return /"(Results|results|records|value)"\s*:\s*\[/.exec(head)?.[1] ?? 'Results';
}

function addResult(totals: Totals, result: WireHuntingIngestion, file: string, linesBefore: number): void {
  totals.received += result.received;
  totals.stored += result.stored;
  totals.duplicates += result.duplicates;
  totals.rejected += result.rejected - result.problems.length;
  for (const { line, reason } of result.problems) addProblem(totals, { file, record: linesBefore + line, reason });
  for (const { table, stored } of result.tables) totals.tables.set(table, (totals.tables.get(table) ?? 0) + stored);
}

function addProblem(totals: Totals, problem: Problem): void {
  totals.rejected++;
  if (totals.problems.length < problemsShownMax) totals.problems.push(problem);
}

function showTotals(call: Call, totals: Totals): void {
  const tables = [...totals.tables].sort();
  if (call.isJson) {
    call.json({ ...totals, tables: Object.fromEntries(tables) });
    return;
  }
  const { received, stored, duplicates, rejected, problems, damaged } = totals;
  call.say(call.t('ingest.done', { received, stored, duplicates, rejected }));
  for (const [table, count] of tables) call.say(`  ${table}: ${count}`);
  for (const { file, record, reason } of problems) {
    call.note(call.t('ingest.hunting.badRecord', { file, number: record, reason }));
  }
  if (rejected > problems.length) call.note(call.t('ingest.moreBad', { rejected, shown: problems.length }));
  for (const { file, reason } of damaged) call.note(`${file}: ${call.t('ingest.damaged', { reason })}`);
}
