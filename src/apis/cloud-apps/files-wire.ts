// The record of a file (cloud-apps reference 2.7). What records do not tell is null (docs/compatibility.md).
import { appNames } from '../../activities/unified-audit/apps.ts';
import { fileTypes } from '../../files/file-types.ts';
import type { StoredFile } from '../../files/files.ts';

const accessLevels = ['PRIVATE', 'INTERNAL', 'EXTERNAL', 'PUBLIC', 'PUBLIC_INTERNET'];
const statuses = ['EXISTS', 'TRASHED', 'DELETED'];

export function fileRecord(file: StoredFile, tenantNumber: number): Record<string, unknown> {
  const { name, sharing, fileType, status } = file;
  return {
    _id: file.id,
    _tid: tenantNumber,
    appId: file.appId,
    id: file.fileId,
    saasId: file.appId,
    instId: file.instance,
    appName: appNames.get(file.appId) ?? null,
    name,
    name_l: name.toLowerCase(),
    fileExtension: file.extension === '' ? null : file.extension,
    fileSize: null,
    mimeType: null,
    isFolder: file.isFolder,
    fileType: [fileType, fileTypes[fileType] ?? 'OTHER'],
    ftype: fileType,
    fileTypeDisplay: file.isFolder ? 'Folder' : 'File',
    fileAccessLevel: sharing === null ? null : [sharing, accessLevels[sharing] ?? null],
    facl: sharing,
    fileStatus: [status, statuses[status] ?? null],
    fstat: status,
    createdDate: file.createdAt,
    modifiedDate: file.modifiedAt,
    lastNrtTimestamp: file.seenAt,
    snapshotLastModifiedDate: null,
    ...placeMembers(file),
    ...peopleMembers(file),
    fTags: file.label === null ? [] : [file.label],
    dlpScanResults: [],
    scanVersion: null,
    unseenScans: null,
    isForeign: null,
    noGovernance: null,
    enriched: null,
    originalId: null,
    actions: [],
  };
}

function placeMembers({ siteUrl, folder, name, url, fileId }: StoredFile): Record<string, unknown> {
  const site = fileId.includes('|') ? fileId.slice(0, fileId.indexOf('|')) : null;
  return {
    alternateLink: url,
    siteCollection: siteUrl,
    siteCollectionId: site,
    sitePath: siteUrl === null ? null : pathOf(siteUrl),
    filePath: folder === '' ? name : `${folder.replace(/\/+$/, '')}/${name}`,
    spDomain: siteUrl === null ? null : hostOf(siteUrl),
    driveId: null,
    sharepointItem: null,
    parentId: null,
    parentIds: [],
    effectiveParents: [],
  };
}

function peopleMembers({ owner, shares, domains }: StoredFile): Record<string, unknown> {
  const people = shares.filter(({ kind }) => kind === 'user');
  const groups = shares.filter(({ kind }) => kind === 'group');
  const collaborators = people.map(({ name, level }) => ({ name, email: name, isExternal: level === 2 }));
  return {
    ownerAddress: owner,
    ownerName: owner,
    ownerExternal: null,
    externalShares: people.filter(({ level }) => level === 2).map(({ name }) => name),
    emails: people.map(({ name }) => name),
    groupIds: [],
    groups: groups.map(({ name }) => name),
    domains,
    collaborators,
    display_collaborators: collaborators,
  };
}

/** Addresses come from records and may be anything. */
function pathOf(url: string): string | null {
  return URL.parse(url)?.pathname ?? null;
}

function hostOf(url: string): string | null {
  return URL.parse(url)?.host ?? null;
}
