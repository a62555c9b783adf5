// Reads one log: from the file of an upload to traffic that readers see. Whatever stops it, it begins anew with the same file
// and puts the same rows in the place of those that it had stored, so that nothing is lost and nothing counts twice.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { minuteMs, secondMs } from '../../lib/clock.ts';
import { StoreUnavailable } from '../../lib/failures.ts';
import type { ParseJob, ParseResult } from '../parsing/parse.ts';
import type { LogRefused } from '../parsing/refused.ts';
import { findSource } from '../sources.ts';
import { customParserFor } from '../streams/custom-parsers.ts';
import { findStreamRow, type StreamRow } from '../streams/store.ts';
import { spoolFolderOf, uploadFolder, uploadRoom } from './disk.ts';
import { type Done, endDone, endFailed, type Failure } from './ending.ts';
import { countAppsOf, type LogEngine } from './engine.ts';
import { afterUpload, type HookServices } from './hooks.ts';
import { dataName } from './receive.ts';
import { changeUpload, claimContent, findUpload, type UploadRow } from './store.ts';
import type { UploadResult } from './upload.ts';

/** A store that cannot be written now may be later. */
const storeRetryMs = 30 * secondMs;
const retryMs = minuteMs;
const streamGone = 'Its data source or report was deleted.';

export interface Running {
  readonly lease: string;
  readonly signal: AbortSignal;
  /** True when the process ends: what is broken off then is nobody's fault. */
  isStopping(): boolean;
}

/** Reads the log of a row that waits, if it still does. Throws nothing that another try could help. */
export async function runJob(
  services: HookServices,
  engine: LogEngine,
  waiting: UploadRow,
  running: Running,
): Promise<void> {
  const { tenantId, id } = waiting;
  const claim = {
    ...{ state: 'processing', lease: running.lease, startedAt: services.clock() },
    attempts: waiting.attempts + 1,
  };
  const isMine = await changeUpload(services.store.db, tenantId, id, { states: ['queued'] }, claim);
  if (!isMine) return;
  const row: UploadRow = { ...waiting, ...claim };
  try {
    const stream = await findStreamRow(services.store.db, tenantId, row.streamId ?? '');
    const isEnded = stream
      ? await readLog(services, engine, row, stream, running)
      : await fail(services, engine, row, running, { code: 'cancelled', message: streamGone });
    if (isEnded) await uploadRoom(services.config).removeUpload(tenantId, id);
  } catch (error) {
    await goOn(services, engine, row, running, error);
  }
}

/** True when it has ended, one way or the other. */
async function readLog(
  services: HookServices,
  engine: LogEngine,
  row: UploadRow,
  stream: StreamRow,
  running: Running,
): Promise<boolean> {
  const { tenantId, id } = row;
  const job = await jobOf(services, row, stream, running.signal);
  if ('code' in job) return await fail(services, engine, row, running, job);
  const parsed = await engine.parse(job);
  try {
    running.signal.throwIfAborted();
    const duplicateOf = await claim(services, row, stream.id, parsed.contentHash);
    const origin = { streamId: stream.id, uploadId: id };
    if (duplicateOf === null) {
      await engine.store(services.events, tenantId, origin, parsed.rows);
      running.signal.throwIfAborted();
      await runHooks(services, row, stream.id);
    }
    const apps = duplicateOf === null ? await countAppsOf(services.events, tenantId, id) : 0;
    const done: Done = { result: resultOf(parsed, apps), contentHash: parsed.contentHash, duplicateOf };
    if (await endDone(services, row, running.lease, done)) return true;
    throw new Moved();
  } finally {
    await parsed.rows.dispose();
  }
}

/** Somebody cancelled or deleted it meanwhile. */
class Moved extends Error {}

/** The same log waits or is being read as another upload: whether that one counts is not known yet. */
class Undecided extends Error {
  readonly owner: UploadRow;
  constructor(owner: UploadRow) {
    super(`The same log is being read as upload ${owner.id}.`);
    this.owner = owner;
  }
}

async function jobOf(
  { store, keys, clock, config }: HookServices,
  row: UploadRow,
  stream: StreamRow,
  signal: AbortSignal,
): Promise<ParseJob | Failure> {
  const { tenantId, id } = row;
  const path = join(uploadFolder(config, tenantId, id), dataName(row.fileVersion ?? ''));
  if (row.fileVersion === null || !existsSync(path)) {
    return { code: 'file-lost', message: 'Its file is not on the disk of the server any more. Upload it again.' };
  }
  const source = findSource(row.source);
  if (!source) return { code: 'unpublished-format', message: `This server does not know ${row.source}.` };
  const custom = source.kind === 'CUSTOM_PARSER' ? await customParserFor(store.db, tenantId, stream.id) : null;
  if (source.kind === 'CUSTOM_PARSER' && custom === null) {
    return {
      code: 'no-parser',
      message: 'Its data source has no custom parser any more. Define one and upload it again.',
    };
  }
  const { customAppsOf } = await import('../apps/custom-domains.ts');
  const { getNameKey } = await import('../name-keys.ts');
  return {
    ...{ path, source, custom, signal, spoolFolder: spoolFolderOf(config), systems: config },
    receivedAt: row.receivedAt ?? clock(),
    keepDays: config.discoveryKeepDays,
    threads: config.discoveryThreads,
    customApps: await customAppsOf(store.db, tenantId),
    anonymousKey: stream.anonymizeUsers === 1 ? await getNameKey({ store, keys, clock }, tenantId) : null,
    logBytesMax: config.discoveryLogBytesMax,
    lineBytesMax: config.discoveryLineBytesMax,
    rowsMax: config.discoveryRowsMax,
  };
}

/** The upload that has brought this content to the stream before; null when this one does. Throws {@link Undecided}. */
async function claim(
  { store }: HookServices,
  { tenantId, id }: UploadRow,
  streamId: string,
  contentHash: string,
): Promise<string | null> {
  return await store.transaction(async (trx) => {
    const owner = await claimContent(trx, tenantId, { streamId, contentHash, uploadId: id });
    if (owner === id) return null;
    const row = await findUpload(trx, tenantId, owner);
    if (row && row.state !== 'done') throw new Undecided(row);
    return owner;
  });
}

async function runHooks(
  services: HookServices,
  { tenantId, id, isSnapshot }: UploadRow,
  streamId: string,
): Promise<void> {
  for (const load of afterUpload) {
    try {
      const hook = await load();
      await hook(services, tenantId, { streamId, uploadId: id, isSnapshot: isSnapshot === 1 });
    } catch (error) {
      if (error instanceof StoreUnavailable) throw error;
      // What else is done with the traffic must not keep it from the reports.
      services.log.error({ err: error, tenantId, uploadId: id }, 'what follows a traffic log failed');
    }
  }
}

function resultOf(parsed: ParseResult, apps: number): UploadResult {
  const { bytes, read, used, skipped, firstBad, firstTime, lastTime } = parsed;
  const [first, last] = [isoOrNull(firstTime), isoOrNull(lastTime)];
  return { ...{ bytes, read, used, skipped, firstBad, apps }, firstTime: first, lastTime: last, looksLike: null };
}

function isoOrNull(time: number | null): string | null {
  return time === null || !Number.isFinite(time) ? null : new Date(time).toISOString();
}

/** Nothing of a log that failed is left. True when the upload has ended with it. */
async function fail(
  services: HookServices,
  engine: LogEngine,
  row: UploadRow,
  { lease }: Pick<Running, 'lease'>,
  failure: Failure,
): Promise<boolean> {
  await engine.removeUpload(services.events, row.tenantId, row.id);
  if (await endFailed(services, row, lease, failure)) return true;
  throw new Moved();
}

/** After something was thrown: ends the upload, or lets it wait for another try. */
async function goOn(
  services: HookServices,
  engine: LogEngine,
  row: UploadRow,
  running: Running,
  error: unknown,
): Promise<void> {
  const { tenantId, id } = row;
  const now = await findUpload(services.store.db, tenantId, id);
  // Cancelled or deleted: the round that removes such uploads does the rest.
  if (now?.state !== 'processing' || now.lease !== running.lease) return;
  if (running.isStopping()) return await putBack(services, row, running, 0, true);
  if (isRefusal(error)) {
    const { code, message, firstBad, looksLike } = error;
    const failure: Failure = { code, message, result: nothingOf(firstBad, looksLike) };
    if (await fail(services, engine, row, running, failure))
      await uploadRoom(services.config).removeUpload(tenantId, id);
    return;
  }
  if (error instanceof Undecided) return await waitFor(services, engine, row, running, error);
  services.log.error({ err: error, tenantId, uploadId: id, attempts: row.attempts }, 'reading a traffic log failed');
  if (error instanceof StoreUnavailable) return await putBack(services, row, running, storeRetryMs, true);
  if (row.attempts < services.config.discoveryAttemptsMax) {
    return await putBack(services, row, running, retryMs * row.attempts, false);
  }
  if (await fail(services, engine, row, running, gaveUp(row))) {
    await uploadRoom(services.config).removeUpload(tenantId, id);
  }
}

/**
 * Waits until the other upload of the same log has ended. One that this process reads does so some day; nobody knows that of
 * one at another process.
 */
async function waitFor(
  services: HookServices,
  engine: LogEngine,
  row: UploadRow,
  running: Running,
  { owner, message }: Undecided,
): Promise<void> {
  const isOurs = owner.eventStore === row.eventStore;
  if (isOurs || row.attempts < services.config.discoveryAttemptsMax) {
    const waitMs = Math.max(owner.notBefore - services.clock(), retryMs) + secondMs;
    return await putBack(services, row, running, waitMs, isOurs);
  }
  const advice = 'That one waits at another process of this deployment. Upload this one again if it fails.';
  if (await fail(services, engine, row, running, { code: 'gave-up', message: `${message} ${advice}` })) {
    await uploadRoom(services.config).removeUpload(row.tenantId, row.id);
  }
}

export function gaveUp({ attempts }: UploadRow): Failure {
  const times = attempts === 1 ? 'once' : `${attempts} times`;
  const advice = 'Upload it again, in smaller parts if it is large; if it goes on, the log of the server says why.';
  return { code: 'gave-up', message: `Reading this log broke off ${times} and is not tried again. ${advice}` };
}

/** A refusal that was made in another thread is one by its name. */
function isRefusal(error: unknown): error is LogRefused {
  return error instanceof Error && error.name === 'LogRefused';
}

function nothingOf(firstBad: UploadResult['firstBad'], looksLike: string | null): UploadResult {
  return { bytes: 0, read: 0, used: 0, skipped: {}, firstBad, firstTime: null, lastTime: null, apps: 0, looksLike };
}

async function putBack(
  { store, clock }: HookServices,
  { tenantId, id, attempts }: UploadRow,
  { lease }: Running,
  waitMs: number,
  isUncounted: boolean,
): Promise<void> {
  const change = {
    ...{ state: 'queued', lease: null, notBefore: clock() + waitMs },
    attempts: isUncounted ? attempts - 1 : attempts,
  };
  await changeUpload(store.db, tenantId, id, { states: ['processing'], lease }, change);
}
