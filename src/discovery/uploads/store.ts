// Uploads in the control store: queries only.
import type { Selectable, Updateable } from 'kysely';
import type { DiscoveryUploadsTable } from '../../db/discovery-upload-tables.ts';
import type { Db, Trx } from '../../db/store.ts';
import { containsText } from '../../db/text.ts';
import type { TenantId } from '../../lib/ids.ts';

export type UploadRow = Selectable<DiscoveryUploadsTable>;
export type UploadChange = Updateable<Omit<DiscoveryUploadsTable, 'tenantId' | 'id'>>;

const waiting = ['queued', 'processing'];
const unfinished = ['created', 'uploaded', ...waiting];

export async function insertUpload(trx: Trx, row: UploadRow): Promise<void> {
  await trx.insertInto('discoveryUploads').values(row).execute();
}

export async function findUpload(db: Db, tenantId: TenantId, id: string): Promise<UploadRow | undefined> {
  return await db
    .selectFrom('discoveryUploads')
    .selectAll()
    .where('tenantId', '=', tenantId)
    .where('id', '=', id)
    .executeTakeFirst();
}

/** Those that have neither ended nor expired. */
export async function countUnfinished(db: Db, tenantId: TenantId, now: number): Promise<number> {
  const { count } = await db
    .selectFrom('discoveryUploads')
    .select((e) => e.fn.countAll().as('count'))
    .where('tenantId', '=', tenantId)
    .where('state', 'in', unfinished)
    .where((e) => e.or([e('state', 'in', waiting), e('urlExpiresAt', '>', now)]))
    .executeTakeFirstOrThrow();
  return Number(count);
}

/** Changes one that is in one of the states, and read by `lease` if one is given; false when it is not. */
export async function changeUpload(
  db: Db,
  tenantId: TenantId,
  id: string,
  { states, lease }: { readonly states: readonly string[]; readonly lease?: string },
  change: UploadChange,
): Promise<boolean> {
  let query = db
    .updateTable('discoveryUploads')
    .set(change)
    .where('tenantId', '=', tenantId)
    .where('id', '=', id)
    .where('state', 'in', [...states]);
  if (lease !== undefined) query = query.where('lease', '=', lease);
  return (await query.executeTakeFirst()).numUpdatedRows === 1n;
}

/** Puts a file in the place of the one that was there; false when that is another one by now, or no file is taken any more. */
export async function replaceFile(
  db: Db,
  { tenantId, id, fileVersion }: Pick<UploadRow, 'tenantId' | 'id' | 'fileVersion'>,
  states: readonly string[],
  change: UploadChange,
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('discoveryUploads')
    .set(change)
    .where('tenantId', '=', tenantId)
    .where('id', '=', id)
    .where('state', 'in', [...states])
    .where('fileVersion', fileVersion === null ? 'is' : '=', fileVersion)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

export interface UploadWhere {
  readonly states?: readonly string[];
  /** Uploads of these streams, and none that has no stream yet. */
  readonly streamIds?: readonly string[];
  readonly source?: string;
  readonly isSnapshot?: boolean;
  /** Part of the name of the file, letter case apart. */
  readonly search?: string;
}

export const uploadSorts = ['createdAt', 'fileName', 'source', 'state', 'bytes', 'createdBy', 'endedAt'] as const;

export interface UploadOrder {
  readonly sort: (typeof uploadSorts)[number];
  readonly direction: 'asc' | 'desc';
  readonly skip: number;
  readonly limit: number;
}

// Only where a value can be missing: PostgreSQL reads no index in an order that says where nothing comes.
const withoutValue: readonly UploadOrder['sort'][] = ['bytes', 'endedAt'];

/** One page, and how many there are. What has no value for the order comes where the least one would. */
export async function pageUploads(
  db: Db,
  tenantId: TenantId,
  { states, streamIds, source, isSnapshot, search }: UploadWhere,
  { sort, direction, skip, limit }: UploadOrder,
): Promise<{ rows: UploadRow[]; total: number }> {
  // PostgreSQL knows no empty list of values.
  if (streamIds?.length === 0) return { rows: [], total: 0 };
  let query = db.selectFrom('discoveryUploads').where('tenantId', '=', tenantId).where('state', '!=', 'deleted');
  if (states) query = query.where('state', 'in', [...states]);
  if (streamIds) query = query.where('streamId', 'in', [...streamIds]);
  if (source !== undefined) query = query.where('source', '=', source);
  if (isSnapshot !== undefined) query = query.where('isSnapshot', '=', isSnapshot ? 1 : 0);
  if (search !== undefined) query = query.where((e) => containsText(e.ref('fileName'), search));
  const rows = await query
    .selectAll()
    .orderBy(sort, (order) => {
      const directed = direction === 'asc' ? order.asc() : order.desc();
      if (!withoutValue.includes(sort)) return directed;
      return direction === 'asc' ? directed.nullsFirst() : directed.nullsLast();
    })
    .orderBy('id', direction)
    .limit(limit)
    .offset(skip)
    .execute();
  const { total } = await query.select((e) => e.fn.countAll().as('total')).executeTakeFirstOrThrow();
  return { rows, total: Number(total) };
}

/** Tenants for which something waits over this event store, who has waited longest first. */
export async function listWaitingTenants(db: Db, eventStore: string, now: number): Promise<TenantId[]> {
  const rows = await waitingOver(db, eventStore, now)
    .select(['tenantId', (e) => e.fn.min('queuedAt').as('first')])
    .groupBy('tenantId')
    .orderBy('first')
    .execute();
  return rows.map(({ tenantId }) => tenantId);
}

/** What has waited longest of a tenant. */
export async function nextUpload(
  db: Db,
  tenantId: TenantId,
  eventStore: string,
  now: number,
): Promise<UploadRow | undefined> {
  return await waitingOver(db, eventStore, now)
    .selectAll()
    .where('tenantId', '=', tenantId)
    .orderBy('queuedAt')
    .orderBy('id')
    .limit(1)
    .executeTakeFirst();
}

function waitingOver(db: Db, eventStore: string, now: number) {
  return db
    .selectFrom('discoveryUploads')
    .where('state', '=', 'queued')
    .where('eventStore', '=', eventStore)
    .where('notBefore', '<=', now);
}

/** Those that a process over this event store was reading, other than the one of the lease. */
export async function listAbandoned(db: Db, eventStore: string, lease: string): Promise<UploadRow[]> {
  return await db
    .selectFrom('discoveryUploads')
    .selectAll()
    .where('state', '=', 'processing')
    .where('eventStore', '=', eventStore)
    .where((e) => e.or([e('lease', 'is', null), e('lease', '!=', lease)]))
    .execute();
}

/** Those that are being read under the lease. */
export async function listHeld(db: Db, eventStore: string, lease: string): Promise<UploadRow[]> {
  return await db
    .selectFrom('discoveryUploads')
    .selectAll()
    .where('state', '=', 'processing')
    .where('eventStore', '=', eventStore)
    .where('lease', '=', lease)
    .execute();
}

/** What was cancelled and still has a file or a reader, and what was deleted, over this event store or none. */
export async function listRemovable(db: Db, eventStore: string, limit: number): Promise<UploadRow[]> {
  return await db
    .selectFrom('discoveryUploads')
    .selectAll()
    .where('state', 'in', ['cancelled', 'deleted'])
    .where((e) => e.or([e('eventStore', '=', eventStore), e('eventStore', 'is', null)]))
    .where((e) => e.or([e('state', '=', 'deleted'), e('fileVersion', 'is not', null), e('lease', 'is not', null)]))
    .limit(limit)
    .execute();
}

/** Uploads of a stream per state, for all streams of the tenant. */
export async function countByStream(
  db: Db,
  tenantId: TenantId,
): Promise<{ streamId: string; state: string; count: number }[]> {
  const rows = await db
    .selectFrom('discoveryUploads')
    .select(['streamId', 'state', (e) => e.fn.countAll().as('count')])
    .where('tenantId', '=', tenantId)
    .where('streamId', 'is not', null)
    .groupBy(['streamId', 'state'])
    .execute();
  return rows.map(({ streamId, state, count }) => ({ streamId: streamId ?? '', state, count: Number(count) }));
}

/** How many files of the stream have not failed. */
export async function countFilesOf(db: Db, tenantId: TenantId, streamId: string): Promise<number> {
  const { count } = await db
    .selectFrom('discoveryUploads')
    .select((e) => e.fn.countAll().as('count'))
    .where('tenantId', '=', tenantId)
    .where('streamId', '=', streamId)
    .where('state', 'in', [...waiting, 'done'])
    .executeTakeFirstOrThrow();
  return Number(count);
}

/** Some uploads of a stream that lie over this event store, or over none. */
export async function listUploadsOfStream(
  db: Db,
  tenantId: TenantId,
  streamId: string,
  eventStore: string,
  limit: number,
): Promise<UploadRow[]> {
  return await db
    .selectFrom('discoveryUploads')
    .selectAll()
    .where('tenantId', '=', tenantId)
    .where('streamId', '=', streamId)
    .where((e) => e.or([e('eventStore', '=', eventStore), e('eventStore', 'is', null)]))
    .limit(limit)
    .execute();
}

export async function hasUploads(db: Db, tenantId: TenantId, streamId: string): Promise<boolean> {
  const row = await db
    .selectFrom('discoveryUploads')
    .select('id')
    .where('tenantId', '=', tenantId)
    .where('streamId', '=', streamId)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/** Of all tenants, over this event store or none: what was never finished, and what ended so long ago. */
export async function listSpentUploads(
  db: Db,
  eventStore: string,
  { now, endedBefore, limit }: { readonly now: number; readonly endedBefore: number; readonly limit: number },
): Promise<UploadRow[]> {
  return await db
    .selectFrom('discoveryUploads')
    .selectAll()
    .where((e) => e.or([e('eventStore', '=', eventStore), e('eventStore', 'is', null)]))
    .where((e) =>
      e.or([
        e.and([e('state', 'in', ['created', 'uploaded']), e('urlExpiresAt', '<=', now)]),
        e.and([e('state', 'not in', unfinished), e('endedAt', '<', endedBefore)]),
      ]),
    )
    .orderBy('createdAt')
    .limit(limit)
    .execute();
}

export async function removeUpload(trx: Trx, tenantId: TenantId, id: string): Promise<void> {
  await releaseContent(trx, tenantId, id);
  await trx.deleteFrom('discoveryUploads').where('tenantId', '=', tenantId).where('id', '=', id).execute();
}

/**
 * Says that the content of a stream is this upload's, unless another one has it; whose it is then. The same upload may
 * say so again.
 */
export async function claimContent(
  trx: Trx,
  tenantId: TenantId,
  {
    streamId,
    contentHash,
    uploadId,
  }: { readonly streamId: string; readonly contentHash: string; readonly uploadId: string },
): Promise<string> {
  await trx
    .insertInto('discoveryContents')
    .values({ tenantId, streamId, contentHash, uploadId })
    .onConflict((conflict) => conflict.columns(['tenantId', 'streamId', 'contentHash']).doNothing())
    .execute();
  const row = await trx
    .selectFrom('discoveryContents')
    .select('uploadId')
    .where('tenantId', '=', tenantId)
    .where('streamId', '=', streamId)
    .where('contentHash', '=', contentHash)
    .executeTakeFirstOrThrow();
  return row.uploadId;
}

/** The upload's content may be brought by another one from now on. */
export async function releaseContent(trx: Trx, tenantId: TenantId, uploadId: string): Promise<void> {
  await trx.deleteFrom('discoveryContents').where('tenantId', '=', tenantId).where('uploadId', '=', uploadId).execute();
}

/** Tenants that have or had uploads: those whose traffic may be due. */
export async function listTenantsWithUploads(db: Db): Promise<TenantId[]> {
  const rows = await db.selectFrom('discoveryUploads').select('tenantId').distinct().execute();
  return rows.map(({ tenantId }) => tenantId);
}
