// Sends records to the server, in batches, whatever form they come in.
import { type Call, CliProblem } from '../command.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { NoAuditData } from '../ingest/purview-csv.ts';
import { type LocalProblem, splitBatches, toLines } from '../ingest/records.ts';
import { type Format, openSource, type Source } from '../ingest/source.ts';
import type { TextKey } from '../text.ts';
import type { WireIngestion } from '../wire.ts';

/** One request takes about this much, so that a broken connection costs at most one batch. */
const batchBytesMax = 32 * 1024 * 1024;
const problemsShownMax = 100;
const progressMilliseconds = 200;

interface Kind {
  readonly path: `/ingest/${'activities' | 'incidents' | 'alerts' | 'machines'}`;
  /** Where a page of an API keeps its records, when they may come in pages. */
  readonly pageMember?: string;
}

interface Totals {
  received: number;
  stored: number;
  /** Known for records that can replace older ones. */
  replaced?: number;
  duplicates: number;
  rejected: number;
  /** The first of them; `line` is the record's number in the source. */
  readonly problems: { line: number; reason: string }[];
}

/** Unified audit records of Microsoft 365. */
export async function ingestActivities(call: Call): Promise<ExitCode> {
  return await ingest(call, { path: '/ingest/activities' });
}

/** Incidents as the documented API gives them. */
export async function ingestIncidents(call: Call): Promise<ExitCode> {
  return await ingest(call, { path: '/ingest/incidents', pageMember: 'value' });
}

/** Alerts of other products, in any form that the server knows. */
export async function ingestAlerts(call: Call): Promise<ExitCode> {
  return await ingest(call, { path: '/ingest/alerts', pageMember: 'value' });
}

/** Machines as the documented API gives them. */
export async function ingestMachines(call: Call): Promise<ExitCode> {
  return await ingest(call, { path: '/ingest/machines', pageMember: 'value' });
}

async function ingest(call: Call, { path, pageMember }: Kind): Promise<ExitCode> {
  const api = call.api(); // Before anything is read: without a session there is nothing to do.
  const source = await openSource(call.operand('FILE'), call.terminal.input, formatOption(call));
  const totals: Totals = { received: 0, stored: 0, duplicates: 0, rejected: 0, problems: [] };
  const progress = openProgress(call, source);
  const onProblem = (problem: LocalProblem): void => addLocalProblem(call, totals, problem);
  const lines = toLines(source.text, source.format, onProblem, pageMember);
  try {
    for await (const batch of splitBatches(lines, batchBytesMax, progress.add)) {
      const result = await api.upload<WireIngestion>(path, batch.bytes);
      addResult(totals, result, batch.linesBefore);
    }
  } catch (error) {
    progress.clear();
    if (totals.received > 0)
      call.note(call.t('ingest.stopped', { stored: totals.stored, duplicates: totals.duplicates }));
    throw error instanceof NoAuditData ? noAuditData(call, error) : error;
  }
  progress.clear();
  const damage = source.damage();
  showTotals(call, totals, source.format, damage);
  return totals.rejected > 0 || damage !== undefined ? exitCodes.partly : exitCodes.ok;
}

function formatOption(call: Call): Format | undefined {
  return call.option('format') as Format | undefined; // The command's table admits nothing else.
}

function noAuditData(call: Call, { columns }: NoAuditData): CliProblem {
  return new CliProblem(exitCodes.usage, 'no-audit-data', call.t('ingest.noAuditData'), [
    call.t('ingest.columnsAre', { columns: columns.join(', ') }),
  ]);
}

export const localReasons: Readonly<Record<LocalProblem['reason'], TextKey>> = {
  'too-long': 'ingest.reasons.tooLong',
  'too-long-row': 'ingest.reasons.tooLongRow',
  'cut-off': 'ingest.reasons.cutOff',
  'no-audit-data': 'ingest.reasons.noAuditData',
};

/** The record never reached the server, which therefore counts it nowhere. */
function addLocalProblem(call: Call, totals: Totals, { record, reason }: LocalProblem): void {
  totals.received++;
  totals.rejected++;
  keepProblem(totals, { line: record, reason: call.t(localReasons[reason]) });
}

function addResult(totals: Totals, result: WireIngestion, linesBefore: number): void {
  totals.received += result.received;
  totals.stored += result.stored;
  totals.duplicates += result.duplicates;
  totals.rejected += result.rejected;
  if (result.replaced !== undefined) totals.replaced = (totals.replaced ?? 0) + result.replaced;
  for (const { line, reason } of result.problems) keepProblem(totals, { line: linesBefore + line, reason });
}

function keepProblem(totals: Totals, problem: { line: number; reason: string }): void {
  if (totals.problems.length < problemsShownMax) totals.problems.push(problem);
}

function showTotals(call: Call, totals: Totals, format: Format, damage: string | undefined): void {
  const problems = totals.problems.toSorted((a, b) => a.line - b.line);
  if (call.isJson) {
    call.json({ ...totals, problems, damage: damage ?? null });
    return;
  }
  const { received, stored, duplicates, rejected } = totals;
  call.say(call.t('ingest.done', { received, stored, duplicates, rejected }));
  if (totals.replaced) call.say(call.t('ingest.replaced', { replaced: totals.replaced }));
  const sentence: TextKey = format === 'ndjson' ? 'ingest.badLine' : 'ingest.badRecord';
  for (const { line, reason } of problems) call.note(call.t(sentence, { number: line, reason }));
  if (rejected > problems.length) call.note(call.t('ingest.moreBad', { rejected, shown: problems.length }));
  if (damage !== undefined) call.note(call.t('ingest.damaged', { reason: damage }));
}

export interface Progress {
  add(lines: number): void;
  clear(): void;
}

/** One line on standard error that is written over; nothing when nobody watches. */
export function openProgress(call: Call, source: Source): Progress {
  if (!call.terminal.isErrorTty) return { add: () => undefined, clear: () => undefined };
  let records = 0;
  let shownAt = 0;
  return {
    add(lines) {
      records += lines;
      const now = Date.now();
      if (now - shownAt < progressMilliseconds) return;
      shownAt = now;
      const { bytesTotal } = source;
      const percent = bytesTotal ? ` ${Math.floor((100 * source.bytesRead()) / bytesTotal)} %` : '';
      call.terminal.err(`\r\u001b[K${call.t('ingest.progress', { records })}${percent}`);
    },
    clear: () => call.terminal.err('\r\u001b[K'),
  };
}
