// A file out of everything that records said of it. Each part keeps the time of the record that last said it, so that the
// result is the same whatever order records come in.
import { createHash } from 'node:crypto';
import { encodeSet } from '../entities/column-tests.ts';
import type { TenantId } from '../lib/ids.ts';
import { fileTypeOf, folderType } from './file-types.ts';
import type { FileFacts } from './record-facts.ts';
import { decodeShares, encodeShares, sharingLevel, withShare } from './shares.ts';
import type { FileRow } from './store.ts';

/** Made of what a file is known by, so that every process gives it the same. */
export function fileKey(
  tenantId: TenantId,
  { appId, instance, fileId }: Pick<FileFacts, 'appId' | 'instance' | 'fileId'>,
): string {
  return createHash('sha256').update(`${tenantId}/file/${appId}|${instance}|${fileId}`).digest('hex').slice(0, 24);
}

const collaboratorsMax = 200;

/** The file after one more record; `before` is undefined for one that was not seen before. */
export function withFacts(tenantId: TenantId, before: FileRow | undefined, facts: FileFacts): FileRow {
  const row = before ?? newRow(tenantId, facts);
  return {
    ...row,
    ...nameAfter(row, facts),
    ...ownerAfter(row, facts),
    ...sharingAfter(row, facts),
    ...labelAfter(row, facts),
    ...statusAfter(row, facts),
    createdAt: facts.isCreated ? earliest(row.createdAt, facts.at) : row.createdAt,
    modifiedAt: facts.isModified ? Math.max(row.modifiedAt, facts.at) : row.modifiedAt,
    accessedAt: facts.isAccessed ? Math.max(row.accessedAt, facts.at) : row.accessedAt,
    seenAt: Math.max(row.seenAt, facts.at),
  };
}

function newRow(tenantId: TenantId, facts: FileFacts): FileRow {
  const { appId, instance, fileId } = facts;
  return {
    tenantId,
    id: fileKey(tenantId, facts),
    appId,
    instance,
    fileId,
    siteUrl: null,
    folder: '',
    name: '',
    extension: '',
    url: null,
    nameAt: 0,
    isFolder: 0,
    fileType: 0,
    owner: null,
    ownerRank: 0,
    ownerAt: 0,
    sharing: null,
    shares: '[]',
    collaborators: '',
    domains: '',
    groups: '',
    label: null,
    labelAt: 0,
    status: 0,
    statusAt: 0,
    createdAt: 0,
    modifiedAt: 0,
    accessedAt: 0,
    seenAt: 0,
  };
}

const earliest = (known: number, at: number): number => (known === 0 ? at : Math.min(known, at));

/** What is said later counts; at the same time the greater one, so that one of the two always wins. */
function isNews(at: number, value: string | number, knownAt: number, known: string | number): boolean {
  return at > knownAt || (at === knownAt && value > known);
}

function nameAfter(row: FileRow, facts: FileFacts): Partial<FileRow> {
  const { name, folder, at, isFolder, extension, siteUrl, url } = facts;
  if (!isNews(at, `${folder}/${name}`, row.nameAt, `${row.folder}/${row.name}`)) return {};
  return {
    name,
    folder,
    extension,
    siteUrl: siteUrl ?? row.siteUrl,
    url,
    nameAt: at,
    isFolder: isFolder ? 1 : 0,
    fileType: isFolder ? folderType : fileTypeOf(extension),
  };
}

/** Whose OneDrive it is counts more than who uploaded it, and of uploads the first. */
function ownerAfter(row: FileRow, { owner, at }: FileFacts): Partial<FileRow> {
  if (owner === null || owner.rank < row.ownerRank) return {};
  const isFirst = at < row.ownerAt || (at === row.ownerAt && owner.userName < (row.owner ?? ''));
  if (owner.rank === row.ownerRank && !isFirst) return {};
  return { owner: owner.userName, ownerRank: owner.rank, ownerAt: at };
}

function sharingAfter(row: FileRow, { share }: FileFacts): Partial<FileRow> {
  if (share === null) return {};
  const shares = withShare(decodeShares(row.shares), share);
  const on = shares.filter(({ isOn }) => isOn);
  const people = on.filter(({ kind }) => kind === 'user').map(({ name }) => name);
  const groups = on.filter(({ kind }) => kind === 'group').map(({ name }) => name);
  const domains = people.map((name) => name.slice(name.lastIndexOf('@') + 1));
  return {
    shares: encodeShares(shares),
    sharing: sharingLevel(shares),
    collaborators: encodeSet(people, collaboratorsMax),
    domains: encodeSet(domains, collaboratorsMax),
    groups: encodeSet(groups, collaboratorsMax),
  };
}

function labelAfter(row: FileRow, { label, at }: FileFacts): Partial<FileRow> {
  if (label === undefined || !isNews(at, label ?? '', row.labelAt, row.label ?? '')) return {};
  return { label, labelAt: at };
}

function statusAfter(row: FileRow, { status, at }: FileFacts): Partial<FileRow> {
  if (status === null || !isNews(at, status, row.statusAt, row.status)) return {};
  return { status, statusAt: at };
}
