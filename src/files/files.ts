// Files as callers see them (cloud-apps reference 2.7). They are what records of SharePoint and OneDrive tell of
// (follower.ts); what a caller's role does not reach is not there.
import { type DataScope, scopeOf } from '../access/caller.ts';
import type { FilterCondition } from '../activities/filters.ts';
import type { Ctx } from '../context.ts';
import { allOf, decodeSet } from '../entities/column-tests.ts';
import { NotFound } from '../lib/failures.ts';
import { fileCondition, idIs, scopeCondition } from './file-sql.ts';
import type { FileField } from './filters.ts';
import { decodeShares, type Share } from './shares.ts';
import * as store from './store.ts';

export interface StoredFile {
  readonly id: string;
  readonly appId: number;
  readonly instance: number;
  /** `<site>|<item>`. */
  readonly fileId: string;
  readonly siteUrl: string | null;
  /** Path of its folder below the site. */
  readonly folder: string;
  readonly name: string;
  readonly extension: string;
  readonly url: string | null;
  readonly isFolder: boolean;
  readonly fileType: number;
  /** User name, lower case. */
  readonly owner: string | null;
  readonly sharing: number | null;
  /** Those that hold now. */
  readonly shares: readonly Share[];
  readonly domains: readonly string[];
  readonly label: string | null;
  /** 0 there, 1 in a recycle bin, 2 deleted. */
  readonly status: number;
  readonly createdAt: number | null;
  readonly modifiedAt: number | null;
  readonly accessedAt: number | null;
  readonly seenAt: number;
}

export interface FileQuery {
  readonly conditions: readonly FilterCondition<FileField>[];
  readonly sortField: 'modified' | 'seen';
  readonly direction: 'asc' | 'desc';
  readonly skip: number;
  readonly limit: number;
}

export interface FileList {
  readonly files: readonly StoredFile[];
  readonly hasNext: boolean;
  readonly total: number;
  readonly moreThanTotal: boolean;
}

/** One page of the files that the caller may see. Needs Files.read. */
export async function listFiles(ctx: Ctx, query: FileQuery): Promise<FileList> {
  const {
    store: { db },
    caller,
    config,
  } = ctx;
  const scope: DataScope = scopeOf(caller, 'Files.read');
  const where = allOf([scopeCondition(scope), fileCondition(query.conditions, ctx.clock())]);
  const { direction, skip, limit } = query;
  const sortBy = query.sortField === 'modified' ? 'modifiedAt' : 'seenAt';
  const rows = await store.listFiles(db, caller.tenantId, { where, sortBy, direction, skip, limit: limit + 1 });
  const count = await store.countFiles(db, caller.tenantId, where, config.totalExactMax + 1);
  return {
    files: rows.slice(0, limit).map(describe),
    hasNext: rows.length > limit,
    total: Math.min(count, config.totalExactMax),
    moreThanTotal: count > config.totalExactMax,
  };
}

/** By its id, also when it is deleted. Needs Files.read. Throws NotFound, also when the caller may not see it. */
export async function getFile(ctx: Ctx, id: string): Promise<StoredFile> {
  const scope = scopeOf(ctx.caller, 'Files.read');
  const where = allOf([scopeCondition(scope), idIs(id.toLowerCase())]);
  const page = { where, sortBy: 'seenAt', direction: 'desc', skip: 0, limit: 1 } as const;
  const [row] = await store.listFiles(ctx.store.db, ctx.caller.tenantId, page);
  if (!row) throw new NotFound('The file');
  return describe(row);
}

function describe(row: store.FileRow): StoredFile {
  const { id, appId, instance, fileId, siteUrl, folder, name, extension, url, fileType, owner, sharing, label } = row;
  return {
    id,
    appId,
    instance,
    fileId,
    siteUrl,
    folder,
    name,
    extension,
    url,
    isFolder: row.isFolder === 1,
    fileType,
    owner,
    sharing,
    shares: decodeShares(row.shares).filter(({ isOn }) => isOn),
    domains: decodeSet(row.domains),
    label,
    status: row.status,
    createdAt: row.createdAt || null,
    modifiedAt: row.modifiedAt || null,
    accessedAt: row.accessedAt || null,
    seenAt: row.seenAt,
  };
}
