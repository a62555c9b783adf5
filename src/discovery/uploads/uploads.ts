// Uploads as people look after them: what became of each, cancelling what waits or is being read, deleting with what was found.
import { require, scopeOf } from '../../access/caller.ts';
import { recordAudit } from '../../audit/audit.ts';
import type { Ctx } from '../../context.ts';
import type { Trx } from '../../db/store.ts';
import { changeAs } from '../../directory/present-rights.ts';
import { Conflict, InvalidInput, NotFound } from '../../lib/failures.ts';
import { callerId, callerName } from '../caller-name.ts';
import { listStreams, reachesStream } from '../streams/streams.ts';
import { settleCancelled } from './ending.ts';
import { changeUpload, findUpload, pageUploads, releaseContent, type UploadOrder, type UploadRow } from './store.ts';
import { endStates, type Upload, type UploadState, uploadOf } from './upload.ts';

export interface UploadQuery {
  readonly states?: readonly UploadState[];
  /** Name or id of a data source or snapshot report. */
  readonly stream?: string | undefined;
  /** Name of a kind of log. */
  readonly source?: string | undefined;
  readonly isSnapshot?: boolean | undefined;
  /** Part of the name of the file. */
  readonly search?: string | undefined;
  readonly sort?: UploadOrder['sort'] | undefined;
  readonly direction?: UploadOrder['direction'] | undefined;
  readonly skip: number;
  readonly limit: number;
}

/** With the name of the stream, for people. */
export type ShownUpload = Upload & { readonly streamName: string | null };

/**
 * One page, newest first unless another order is asked for. Needs Discovery.read: of reports that the caller's role does not reach, and of what has none yet,
 * it tells nothing to somebody whose role is cut to some.
 */
export async function listUploads(ctx: Ctx, query: UploadQuery): Promise<{ items: ShownUpload[]; total: number }> {
  const { skip, limit } = query;
  const scope = scopeOf(ctx.caller, 'Discovery.read');
  const reached = await listStreams(ctx);
  const wanted = query.stream?.trim().toLowerCase();
  const named = reached.filter(
    ({ id, name }) => wanted === undefined || id === wanted || name.toLowerCase() === wanted,
  );
  if (wanted !== undefined && named.length === 0)
    throw new InvalidInput('stream', 'There is no such data source or report.');
  const isAll = scope.all && wanted === undefined;
  const { rows, total } = await pageUploads(
    ctx.store.db,
    ctx.caller.tenantId,
    {
      ...(query.states ? { states: query.states } : {}),
      ...(isAll ? {} : { streamIds: named.map(({ id }) => id) }),
      ...(query.source === undefined ? {} : { source: query.source }),
      ...(query.isSnapshot === undefined ? {} : { isSnapshot: query.isSnapshot }),
      ...(query.search === undefined || query.search.trim() === '' ? {} : { search: query.search.trim() }),
    },
    { skip, limit, sort: query.sort ?? 'createdAt', direction: query.direction ?? 'desc' },
  );
  const names = new Map(reached.map(({ id, name }) => [id, name]));
  return { items: rows.map((row) => ({ ...uploadOf(row), streamName: names.get(row.streamId ?? '') ?? null })), total };
}

/** Needs Discovery.read, or to be who uploads it. Throws NotFound. */
export async function getUpload(ctx: Ctx, id: string): Promise<ShownUpload> {
  const row = await findUpload(ctx.store.db, ctx.caller.tenantId, id.toLowerCase());
  const isOwn = row?.createdById === callerId(ctx.caller);
  if (!isOwn || !ctx.caller.permissions.has('Discovery.upload')) require(ctx.caller, 'Discovery.read');
  const scope = ctx.caller.permissions.get('Discovery.read');
  const isReached = scope !== undefined && (scope.all || reachesStream(scope, row?.streamId ?? ''));
  if (!row || row.state === 'deleted' || !(isOwn || isReached)) throw new NotFound('The upload');
  const { findStream } = await import('../streams/streams.ts');
  const stream = row.streamId === null ? undefined : await findStream(ctx.store.db, row.tenantId, row.streamId);
  return { ...uploadOf(row), streamName: stream?.name ?? null };
}

/** Nothing of it counts. Needs Discovery.manage. Throws NotFound, and Conflict when it has ended. */
export async function cancelUpload(ctx: Ctx, id: string): Promise<Upload> {
  require(ctx.caller, 'Discovery.manage');
  const open = ['created', 'uploaded', 'queued', 'processing'];
  return await changeOne(ctx, id, async (trx, row) => {
    const by = callerName(ctx.caller);
    const change = {
      state: 'cancelled',
      endedAt: ctx.clock(),
      problemCode: 'cancelled',
      problem: `${by} cancelled it.`,
    };
    if (!(await changeUpload(trx, row.tenantId, row.id, { states: open }, change))) {
      throw new Conflict('upload-ended', 'This upload has ended already. Delete it to take away what was found in it.');
    }
    await settleCancelled(trx, row, by, change.endedAt);
    await record(ctx, trx, 'cancel', row);
    return uploadOf({ ...row, ...change });
  });
}

/** Takes away an upload that has ended, with the traffic that was found. Needs Discovery.manage. Throws NotFound, Conflict. */
export async function deleteUpload(ctx: Ctx, id: string): Promise<void> {
  require(ctx.caller, 'Discovery.manage');
  await changeOne(ctx, id, async (trx, row) => {
    if (!(await changeUpload(trx, row.tenantId, row.id, { states: endStates }, { state: 'deleted' }))) {
      throw new Conflict('upload-under-way', 'This upload is under way. Cancel it first.');
    }
    // Its traffic goes a little later; who sends the same log meanwhile brings traffic of their own.
    await releaseContent(trx, row.tenantId, row.id);
    await record(ctx, trx, 'delete', row);
  });
}

async function changeOne<T>(ctx: Ctx, id: string, work: (trx: Trx, row: UploadRow) => Promise<T>): Promise<T> {
  return await changeAs(ctx, 'Discovery.manage', async (trx) => {
    const row = await findUpload(trx, ctx.caller.tenantId, id.toLowerCase());
    if (!row || row.state === 'deleted') throw new NotFound('The upload');
    return await work(trx, row);
  });
}

async function record(ctx: Ctx, trx: Trx, verb: string, { id, fileName, source, streamId }: UploadRow): Promise<void> {
  const target = { kind: 'discovery-upload', id, name: fileName };
  await recordAudit(ctx, trx, { action: `discovery-upload.${verb}`, target, details: { source, streamId } });
}
