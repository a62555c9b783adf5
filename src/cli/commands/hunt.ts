// Runs a hunting query on the server and shows its rows.
import type { Call } from '../command.ts';
import { CliProblem } from '../command.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { readQueryFile } from '../query-text.ts';
import { tableLines } from '../table.ts';

interface Answer {
  readonly Schema: readonly { readonly Name: string; readonly Type: string }[];
  readonly Results: readonly Readonly<Record<string, unknown>>[];
}

/** The server stops a query after three minutes, if nothing else is set. */
const idleSecondsMax = 3700;

export async function hunt(call: Call): Promise<ExitCode> {
  return await showAnswer(call, await queryOf(call));
}

/** Runs the query and shows its rows, as the options of the command say. */
export async function showAnswer(call: Call, query: string): Promise<ExitCode> {
  if (call.flag('csv') && (call.flag('table') || call.isJson)) throw usage(call, 'hunt.oneForm');
  const timespan = call.option('timespan');
  const body = { Query: query, ...(timespan === undefined ? {} : { Timespan: timespan }) };
  const { answer, warning } = await call.api().callDefender<Answer>('/api/advancedhunting/run', body, idleSecondsMax);
  if (call.isJson) call.json(answer);
  else if (call.flag('csv')) for (const line of csvLines(answer)) call.say(line);
  else showTable(call, answer);
  if (warning !== undefined) call.note(warning);
  return exitCodes.ok;
}

/** The text of QUERY or of --file. */
export async function queryOf(call: Call): Promise<string> {
  const [written, file] = [call.operandIfGiven('QUERY'), call.option('file')];
  if ((written === undefined) === (file === undefined)) throw usage(call, 'hunt.oneQuery');
  if (file !== undefined) return await readQueryFile(file, call.terminal);
  return written === '-' ? await readQueryFile('-', call.terminal) : (written ?? '');
}

function usage(call: Call, key: 'hunt.oneForm' | 'hunt.oneQuery'): CliProblem {
  return new CliProblem(exitCodes.usage, 'usage', call.t(key));
}

function showTable(call: Call, { Schema, Results }: Answer): void {
  if (Results.length === 0) {
    call.note(call.t('hunt.nothing'));
    return;
  }
  const columns = Schema.map(({ Name }) => ({
    heading: Name,
    cell: (row: Answer['Results'][number]) => cellText(row[Name]),
  }));
  for (const line of tableLines(columns, Results)) call.say(line);
}

function cellText(value: unknown): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** RFC 4180, with a line of names first. */
function* csvLines({ Schema, Results }: Answer): Generator<string> {
  yield Schema.map(({ Name }) => csvCell(Name)).join(',');
  for (const row of Results) yield Schema.map(({ Name }) => csvCell(cellText(row[Name]))).join(',');
}

function csvCell(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
