// Reading an uploaded traffic log: unpacked, recognised, read in threads, and added up into rows. docs/decisions/0021 says why
// it is done so.
import { randomBytes } from 'node:crypto';
import type { CustomAppDomains } from '../catalog/catalog.ts';
import type { CustomParserDefinition } from '../custom-parser/definition.ts';
import { type SkipReason, skipReasons } from '../formats/reader.ts';
import { findSource, type LogSource } from '../sources.ts';
import { TrafficRows } from '../traffic/rows.ts';
import type { Consumed, SystemSettings } from './consuming.ts';
import { kindOf } from './kinds.ts';
import { type BadRecord, LogRefused } from './refused.ts';
import { type LogRun, mismatchText, runLog } from './running.ts';
import { clearSpool, openSpool } from './spool.ts';
import { asStoreFailure } from './store-failure.ts';
import { ReadingThread } from './threads.ts';

export interface ParseJob {
  /** The uploaded file, packed or not. */
  readonly path: string;
  readonly source: LogSource;
  /** How logs of the source CUSTOM_PARSER are read. */
  readonly custom: CustomParserDefinition | null;
  /** Epoch milliseconds. */
  readonly receivedAt: number;
  /** Older records are skipped. */
  readonly keepDays: number;
  /** Threads that read; one more unpacks. */
  readonly threads: number;
  readonly customApps: readonly CustomAppDomains[];
  /** Hides users' names when it is given: see anonymous-names.ts. */
  readonly anonymousKey: Buffer | null;
  /** For files of rows; made when it is not there. */
  readonly spoolFolder: string;
  /** Says where the networks of addresses are known from. */
  readonly systems: SystemSettings;
  readonly logBytesMax: number;
  readonly lineBytesMax: number;
  readonly rowsMax: number;
  /** Gives the job up; the promise rejects with its reason, and nothing is left behind. */
  readonly signal: AbortSignal;
  /** Told now and then how many bytes were unpacked. */
  readonly onProgress?: (unpackedBytes: number) => void;
}

export interface ParseResult {
  /** Of the unpacked bytes: the same log has the same, however it was packed. 32 hex digits. */
  readonly contentHash: string;
  /** Unpacked. */
  readonly bytes: number;
  /** Records. */
  readonly read: number;
  readonly used: number;
  readonly skipped: Record<SkipReason, number>;
  readonly firstBad: readonly BadRecord[];
  /** Of the records that were used, epoch milliseconds; null when there were none. */
  readonly firstTime: number | null;
  readonly lastTime: number | null;
  readonly rows: TrafficRows;
}

/**
 * Reads the log. Rejects with LogRefused when it cannot be used, with StoreUnavailable when the disk is full, and with any other
 * error when something here is wrong; then nothing is left behind. The rows must be disposed of.
 */
export async function parseLog(job: ParseJob): Promise<ParseResult> {
  const id = randomBytes(8).toString('hex');
  job.signal.throwIfAborted();
  await openSpool(job.spoolFolder);
  try {
    const run = await runLog({ ...job, id, named: kindOf(job.source, job.custom) }, job.source.name);
    return resultOf(job, run);
  } catch (error) {
    await clearSpool(job.spoolFolder, id);
    if (job.signal.aborted) throw job.signal.reason;
    throw asStoreFailure(error);
  }
}

/** What kind of log the beginning of one is, by trying all; null when it is none. `sample` is whole lines. */
export async function detectLogSource(sample: Uint8Array, receivedAt: number): Promise<LogSource | null> {
  const thread = ReadingThread.take();
  try {
    const name = await thread.call('detect', { sample, receivedAt });
    return name === null ? null : (findSource(name) ?? null);
  } finally {
    thread.release();
  }
}

function resultOf(job: ParseJob, { produced, consumed, finished }: LogRun): ParseResult {
  const skipped = Object.fromEntries(skipReasons.map((reason) => [reason, 0])) as Record<SkipReason, number>; // One for each.
  for (const each of consumed) for (const reason of skipReasons) skipped[reason] += each.skipped[reason];
  const others = consumed.slice(1);
  const unknown = others.reduce((sum, each) => sum + each.unknownAddresses, finished.unknownAddresses);
  skipped['unknown-address'] += unknown;
  skipped['too-long'] += produced.tooLong;
  const read = consumed.reduce((sum, each) => sum + each.read, produced.tooLong);
  const used = consumed.reduce((sum, each) => sum + each.used, 0) - unknown;
  const firstBad = firstBadOf(consumed);
  if (used === 0) throw nothingUsed(job, read, skipped, firstBad);
  return {
    contentHash: produced.contentHash,
    bytes: produced.bytes,
    read,
    used,
    skipped,
    firstBad,
    firstTime: Math.min(...consumed.map((each) => each.firstTime)),
    lastTime: Math.max(...consumed.map((each) => each.lastTime)),
    rows: new TrafficRows([...finished.files, ...others.flatMap((each) => each.files)]),
  };
}

/** The failures of a log that was read to its end (cloud-apps reference 3.4). */
function nothingUsed(
  { source, keepDays }: ParseJob,
  read: number,
  skipped: Record<SkipReason, number>,
  firstBad: readonly BadRecord[],
): LogRefused {
  const most = skipReasons.toSorted((a, b) => skipped[b] - skipped[a])[0];
  if (skipped['too-old'] > 0 && most === 'too-old') {
    return new LogRefused(
      'too-old',
      `Transactions are more than ${keepDays} days old. Upload a log of the last ${keepDays} days.`,
      {
        firstBad,
      },
    );
  }
  if (read > 0 && (most === 'malformed' || most === 'no-time' || most === 'too-long')) {
    return new LogRefused('format-mismatch', mismatchText(source.name), { firstBad });
  }
  return new LogRefused(
    'nothing-cataloged',
    `No transactions to cataloged cloud apps: of ${read} records none tells of traffic to the internet. Upload a log of outbound traffic.`,
    { firstBad },
  );
}

const firstBadMax = 10;

/** The first bad records of the log, with the numbers of their lines. */
function firstBadOf(consumed: readonly Consumed[]): BadRecord[] {
  const bad = consumed.flatMap((each) => each.bad).sort((a, b) => a.slice - b.slice || a.line - b.line);
  const first = bad.slice(0, firstBadMax);
  const wanted = first.at(-1)?.slice ?? -1;
  const linesBefore = new Map<number, number>();
  let sum = 0;
  for (const [slice, lines] of slicesOf(consumed)) {
    if (slice > wanted) break;
    linesBefore.set(slice, sum);
    sum += lines;
  }
  return first.map(({ slice, line, reason, excerpt }) => ({
    line: (linesBefore.get(slice) ?? 0) + line + 1,
    reason,
    excerpt,
  }));
}

function slicesOf(consumed: readonly Consumed[]): (readonly [slice: number, lines: number])[] {
  const slices: [number, number][] = [];
  for (const { lines } of consumed) {
    for (let at = 0; at < lines.length; at += 2) slices.push([lines[at] ?? 0, lines[at + 1] ?? 0]);
  }
  return slices.sort(([a], [b]) => a - b);
}
