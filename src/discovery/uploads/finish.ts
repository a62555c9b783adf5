// The third step: the file that came is handed over to a data source, or becomes a snapshot report (cloud-apps reference 2.8).
import { require } from '../../access/caller.ts';
import { recordAudit } from '../../audit/audit.ts';
import type { Ctx } from '../../context.ts';
import type { Trx } from '../../db/store.ts';
import { parseText } from '../../directory/naming.ts';
import { changeAs } from '../../directory/present-rights.ts';
import { Conflict, InvalidInput, NotFound } from '../../lib/failures.ts';
import type { TenantId } from '../../lib/ids.ts';
import { recordPending } from '../../policies/governance.ts';
import { callerId, callerName } from '../caller-name.ts';
import { refuseTooMany } from '../streams/data-sources.ts';
import * as streams from '../streams/store.ts';
import { newStreamId } from '../streams/stream.ts';
import { changeUpload, countFilesOf, findUpload, type UploadRow } from './store.ts';
import { parseTask, parseTaskId, snapshotTask, snapshotTaskId } from './tasks.ts';
import { type Upload, uploadOf } from './upload.ts';
import { isSignatureOf, parseUploadUrl } from './urls.ts';

export interface Handover {
  /** Name or id of a data source; the name of the report when it is a snapshot. */
  readonly inputStreamName: string;
  readonly isSnapshot: boolean;
}

/** As the documented product bounds them (reference 3.4). */
const filesPerSnapshotMax = 20;
const snapshotNameMax = 100;

/**
 * Hands over the file that was sent to the URL; from now on it waits to be read. The same caller may say so again and gets
 * the same answer. Needs Discovery.upload. Throws InvalidInput that names the member, and Conflict.
 */
export async function finishByUrl(ctx: Ctx, url: string, handover: Handover): Promise<Upload> {
  require(ctx.caller, 'Discovery.upload');
  const reference = parseUploadUrl(url);
  const isOwn = reference?.tenantId === ctx.caller.tenantId;
  const row = isOwn ? await findUpload(ctx.store.db, ctx.caller.tenantId, reference.uploadId) : undefined;
  // Compared in any case, so that the answer does not tell which part was wrong.
  if (!isSignatureOf(reference?.signature ?? '', row?.secretHash ?? '') || !row) {
    throw new InvalidInput(
      'uploadUrl',
      'uploadUrl is not a URL that upload_url gave to this organisation. Send it back exactly as it came.',
    );
  }
  return await finishUpload(ctx, row.id, handover);
}

/** The same for an upload of one's own that is known by its id. Throws NotFound as well. */
export async function finishOwn(ctx: Ctx, id: string, handover: Handover): Promise<Upload> {
  require(ctx.caller, 'Discovery.upload');
  const row = await findUpload(ctx.store.db, ctx.caller.tenantId, id);
  if (!row || row.createdById !== callerId(ctx.caller)) throw new NotFound('The upload');
  return await finishUpload(ctx, row.id, handover);
}

async function finishUpload(ctx: Ctx, id: string, handover: Handover): Promise<Upload> {
  const { tenantId } = ctx.caller;
  return await changeAs(ctx, 'Discovery.upload', async (trx) => {
    const row = await findUpload(trx, tenantId, id);
    if (!row) throw new InvalidInput('upload', 'There is no such upload.');
    if (row.state === 'created') throw nothingCame(row, ctx.clock());
    const stream = handover.isSnapshot
      ? await snapshotOf(ctx, trx, row, handover.inputStreamName)
      : await dataSourceOf(trx, tenantId, handover.inputStreamName);
    if (row.state !== 'uploaded') return repeated(ctx, row, stream.id);
    await refuseWithoutParser(trx, row, stream);
    return await enqueue(ctx, trx, row, stream, handover.isSnapshot);
  });
}

function nothingCame(row: UploadRow, now: number): InvalidInput {
  const next =
    row.urlExpiresAt > now
      ? 'Send the file with PUT to the URL first, then call done_upload.'
      : 'Its time is over: ask upload_url for a new one.';
  return new InvalidInput('uploadUrl', `No whole file has come to this URL. ${next}`);
}

async function dataSourceOf(trx: Trx, tenantId: TenantId, name: string): Promise<streams.StreamRow> {
  const key = name.trim().toLowerCase();
  const byId = await streams.findStreamRow(trx, tenantId, key);
  const found = byId?.kind === 'data-source' ? byId : await streams.findStreamNamed(trx, tenantId, 'data-source', key);
  if (found) return found;
  throw new InvalidInput(
    'inputStreamName',
    `There is no data source named "${name.slice(0, 100)}". Create it first, or set uploadAsSnapshot to true for a report of that name.`,
  );
}

/** The snapshot report of this name, which is made with its first file. */
async function snapshotOf(ctx: Ctx, trx: Trx, row: UploadRow, given: string): Promise<streams.StreamRow> {
  const { tenantId } = ctx.caller;
  const name = parseText('inputStreamName', given, snapshotNameMax);
  const nameKey = name.toLowerCase();
  const known = await streams.findStreamNamed(trx, tenantId, 'snapshot', nameKey);
  if (known) {
    if (row.state === 'uploaded' && (await countFilesOf(trx, tenantId, known.id)) >= filesPerSnapshotMax) {
      const limit = `The snapshot report "${known.name}" has its ${filesPerSnapshotMax} files.`;
      throw new Conflict('snapshot-full', `${limit} Choose another name, or delete that report first.`);
    }
    return known;
  }
  if (row.state !== 'uploaded') throw alreadyUsed();
  await refuseTooMany(ctx, trx);
  const now = ctx.clock();
  const made: streams.StreamRow = {
    ...{ tenantId, id: newStreamId(), kind: 'snapshot', name, nameKey, source: row.source, comment: '' },
    ...{ receiver: null, anonymizeUsers: 0, customParser: null, filters: null },
    ...{ createdAt: now, createdBy: callerName(ctx.caller), changedAt: now, lastReceivedAt: null, deletedAt: null },
  };
  await streams.insertStream(trx, made);
  await recordPending(trx, tenantId, {
    ...{ taskId: snapshotTaskId(made.id), type: snapshotTask, at: now, appId: null, policyId: null },
    details: { target: name, message: `${callerName(ctx.caller)} asked for it.`, inputStreamId: made.id },
  });
  return made;
}

/** A log of the kind CUSTOM_PARSER needs somebody's definition; whoever sends it is told at once. */
async function refuseWithoutParser(trx: Trx, row: UploadRow, stream: streams.StreamRow): Promise<void> {
  if (row.source !== 'CUSTOM_PARSER' || stream.customParser !== null) return;
  if (await streams.findDefaultParser(trx, row.tenantId)) return;
  throw new InvalidInput(
    'inputStreamName',
    `The log is to be read by a custom parser, but "${stream.name}" has none and the organisation has no default one. Define one first.`,
  );
}

/** A second done_upload, as a client sends it that did not get the answer to the first. */
function repeated(ctx: Ctx, row: UploadRow, streamId: string): Upload {
  if (row.streamId !== streamId || row.finishedById !== callerId(ctx.caller)) throw alreadyUsed();
  return uploadOf(row);
}

function alreadyUsed(): Conflict {
  return new Conflict(
    'upload-used',
    'The file of this URL was handed over before. Ask upload_url for a new URL to send another one.',
  );
}

async function enqueue(
  ctx: Ctx,
  trx: Trx,
  row: UploadRow,
  stream: streams.StreamRow,
  isSnapshot: boolean,
): Promise<Upload> {
  const { tenantId, id, fileName } = row;
  const now = ctx.clock();
  const change = {
    state: 'queued',
    streamId: stream.id,
    isSnapshot: isSnapshot ? (1 as const) : (0 as const),
    finishedById: callerId(ctx.caller),
    queuedAt: now,
    notBefore: now,
  };
  if (!(await changeUpload(trx, tenantId, id, { states: ['uploaded'] }, change))) throw alreadyUsed();
  await streams.noteReceived(trx, tenantId, stream.id, now);
  await recordPending(trx, tenantId, {
    ...{ taskId: parseTaskId(id), type: parseTask, at: now, appId: null, policyId: null },
    details: { target: fileName, message: `It waits to be read for ${stream.name}.`, inputStreamId: stream.id },
  });
  const details = { fileName, source: row.source, stream: stream.name, isSnapshot, bytes: row.bytes };
  await recordAudit(ctx, trx, {
    action: 'discovery-upload.finish',
    target: { kind: 'discovery-upload', id, name: fileName },
    details,
  });
  return uploadOf({ ...row, ...change });
}
