// How the reading of a log ends, each way one transaction: the upload's row, the entries of the governance log, and whose
// the content of the stream is.
import type { Services } from '../../context.ts';
import type { Trx } from '../../db/store.ts';
import { recordGovernance, settlePending } from '../../policies/governance.ts';
import { changeUpload, releaseContent, type UploadRow } from './store.ts';
import {
  aggregationsTask,
  failureDetails,
  type ProblemCode,
  parseTaskId,
  problemSentence,
  snapshotTaskId,
  successDetails,
  successSentence,
} from './tasks.ts';
import type { UploadResult } from './upload.ts';

type EndServices = Pick<Services, 'store' | 'clock' | 'config'>;

export interface Done {
  readonly result: UploadResult;
  readonly contentHash: string;
  /** The upload that had brought the same content. */
  readonly duplicateOf: string | null;
}

/** False when somebody else moved it meanwhile: then nothing is changed. */
export async function endDone(
  { store, clock }: EndServices,
  row: UploadRow,
  lease: string,
  { result, contentHash, duplicateOf }: Done,
): Promise<boolean> {
  const { tenantId, id, streamId } = row;
  return await store.transaction(async (trx) => {
    const endedAt = clock();
    const change = {
      ...{ state: 'done', endedAt, lease: null, contentHash, duplicateOf, fileVersion: null },
      ...{ problemCode: null, problem: null, result: JSON.stringify(result) },
    };
    if (!(await changeUpload(trx, tenantId, id, { states: ['processing'], lease }, change))) return false;
    const said =
      duplicateOf === null
        ? successSentence(result)
        : `The same log was uploaded before (upload ${duplicateOf}); it counts once. ${successSentence(result)}`;
    const more = successDetails(result, endedAt);
    await settlePending(trx, tenantId, parseTaskId(id), 'succeeded', said, more);
    await settleSnapshot(trx, row, 'succeeded', said, endedAt);
    if (duplicateOf !== null || row.isSnapshot === 1) return true;
    await recordGovernance(trx, tenantId, {
      ...{ type: aggregationsTask, status: 'succeeded', at: endedAt, appId: null, policyId: null },
      details: {
        target: row.fileName,
        message: `The reports show its ${result.used} transactions.`,
        ...(streamId === null ? {} : { inputStreamId: streamId }),
      },
    });
    return true;
  });
}

export interface Failure {
  readonly code: ProblemCode;
  /** What happened and what to do, sentences. */
  readonly message: string;
  /** What is known of the log nevertheless. */
  readonly result?: UploadResult;
}

/** False when somebody else moved it meanwhile. */
export async function endFailed(
  { store, clock, config }: EndServices,
  row: UploadRow,
  lease: string | null,
  { code, message, result }: Failure,
): Promise<boolean> {
  const { tenantId, id, source } = row;
  return await store.transaction(async (trx) => {
    const endedAt = clock();
    const problem = problemSentence(code, message, source, config.discoveryKeepDays);
    const change = {
      ...{ state: 'failed', endedAt, lease: null, fileVersion: null, problemCode: code, problem },
      result: result === undefined ? null : JSON.stringify(result),
    };
    const where = { states: ['processing', 'queued'], ...(lease === null ? {} : { lease }) };
    if (!(await changeUpload(trx, tenantId, id, where, change))) return false;
    await releaseContent(trx, tenantId, id);
    const more = failureDetails(code, source, endedAt);
    await settlePending(trx, tenantId, parseTaskId(id), 'failed', problem, more);
    await settleSnapshot(trx, row, 'failed', problem, endedAt);
    return true;
  });
}

/** Inside the transaction that cancels it. */
export async function settleCancelled(trx: Trx, row: UploadRow, by: string, at: number): Promise<void> {
  const message = `${by} cancelled it.`;
  await releaseContent(trx, row.tenantId, row.id);
  await settlePending(
    trx,
    row.tenantId,
    parseTaskId(row.id),
    'failed',
    message,
    failureDetails('cancelled', row.source, at),
  );
  await settleSnapshot(trx, row, 'failed', message, at);
}

/** A snapshot report is made when its first file ended; later files find the entry settled. */
async function settleSnapshot(
  trx: Trx,
  { tenantId, streamId, isSnapshot }: UploadRow,
  status: 'succeeded' | 'failed',
  message: string,
  settledAt: number,
): Promise<void> {
  if (isSnapshot === 0 || streamId === null) return;
  await settlePending(trx, tenantId, snapshotTaskId(streamId), status, message, { settledAt });
}
