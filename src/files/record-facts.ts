// What one SharePoint or OneDrive record says of a file (Office 365 Management Activity API, SharePoint schemas).
import { takeApart } from '../activities/record-text.ts';
import { isRecord, piece } from '../activities/unified-audit/fields.ts';
import type { Share } from './shares.ts';

export interface FileFacts {
  readonly at: number;
  readonly appId: number;
  readonly instance: number;
  /** `<site>|<item>`. */
  readonly fileId: string;
  readonly siteUrl: string | null;
  readonly folder: string;
  readonly name: string;
  readonly extension: string;
  readonly url: string | null;
  readonly isFolder: boolean;
  /** Whom the record says to own it; 2 by whose OneDrive it is in, 1 for who uploaded it. */
  readonly owner: { readonly userName: string; readonly rank: 1 | 2 } | null;
  readonly share: Share | null;
  /** Undefined where the record says nothing of labels, null where it took the label away. */
  readonly label: string | null | undefined;
  /** 0 there, 1 in a recycle bin, 2 deleted. */
  readonly status: number | null;
  readonly isCreated: boolean;
  readonly isModified: boolean;
  readonly isAccessed: boolean;
}

export interface FileRecord {
  readonly at: number;
  readonly appId: number;
  readonly instance: number;
  readonly userName: string;
  readonly operation: string;
  /** The provider's record. */
  readonly record: Readonly<Record<string, unknown>>;
}

const nameCharsMax = 400;
const textCharsMax = 2000;

const names = (text: string): ReadonlySet<string> => new Set(text.toLowerCase().split(/\s+/));

const creating = names('FileUploaded FileUploadedPartial FileSyncUploadedFull FileSyncUploadedPartial FolderCreated');
const modifying = names(
  'FileModified FileModifiedExtended FileCheckedIn FileRenamed FolderModified FolderRenamed FileMoved FolderMoved',
);
const accessing = names(
  'FileDownloaded FileSyncDownloadedFull FileSyncDownloadedPartial FileAccessed FileAccessedExtended FilePreviewed FileViewed FileFetched',
);
const moving = names('FileRenamed FolderRenamed FileMoved FolderMoved');
const trashing = names(
  'FileDeleted FileRecycled FileDeletedFirstStageRecycleBin FolderDeleted FolderRecycled FolderDeletedFirstStageRecycleBin',
);
const deleting = names('FileDeletedSecondStageRecycleBin FolderDeletedSecondStageRecycleBin');
const restoring = names('FileRestored FolderRestored');
const sharing = names(
  'SharingSet SharingInvitationCreated AccessInvitationCreated AddedToSecureLink SecureLinkCreated',
);
const unsharing = names('SharingRevoked SharingInvitationRevoked AccessInvitationRevoked RemovedFromSecureLink');
const unlabelling = names('FileSensitivityLabelRemoved');

/** Links that are for everybody or for the whole organisation; using one shows that it is there. */
const links: ReadonlyMap<string, Pick<Share, 'name' | 'level' | 'isOn'>> = new Map([
  ['anonymouslinkcreated', { name: 'anonymous', level: 3, isOn: true }],
  ['anonymouslinkused', { name: 'anonymous', level: 3, isOn: true }],
  ['anonymouslinkremoved', { name: 'anonymous', level: 3, isOn: false }],
  ['companylinkcreated', { name: 'company', level: 1, isOn: true }],
  ['companylinkused', { name: 'company', level: 1, isOn: true }],
  ['companylinkremoved', { name: 'company', level: 1, isOn: false }],
]);

/** Undefined when the record is about no file or folder. `domains` are the tenant's own, lower case. */
export function factsOf(source: FileRecord, domains: ReadonlySet<string>): FileFacts | undefined {
  const { at, appId, instance, userName, record } = source;
  const operation = source.operation.toLowerCase();
  const item = piece(record.ListItemUniqueId).toLowerCase();
  const itemType = piece(record.ItemType).toLowerCase() || 'file';
  if (item === '' || (itemType !== 'file' && itemType !== 'folder')) return undefined;
  const site = piece(record.Site).toLowerCase();
  const siteUrl = textOf(record.SiteUrl);
  const isFolder = itemType === 'folder';
  const place = placeOf(operation, record);
  return {
    at,
    appId,
    instance,
    fileId: site === '' ? item : `${site}|${item}`,
    siteUrl,
    ...place,
    extension: isFolder ? '' : extensionOf(place.name),
    isFolder,
    owner: ownerOf(userName, siteUrl ?? place.url ?? '', creating.has(operation)),
    share: shareOf(operation, record, domains, at),
    label: labelOf(operation, record),
    status: deleting.has(operation) ? 2 : trashing.has(operation) ? 1 : restoring.has(operation) ? 0 : null,
    isCreated: creating.has(operation),
    isModified: creating.has(operation) || modifying.has(operation),
    isAccessed: accessing.has(operation),
  };
}

/** A move tells where the file went by name and folder only: the address in the record is the one before. */
function placeOf(operation: string, record: FileRecord['record']): Pick<FileFacts, 'folder' | 'name' | 'url'> {
  const isMove = moving.has(operation);
  const url = textOf(record.ObjectId);
  const name = (isMove ? textOf(record.DestinationFileName) : null) ?? textOf(record.SourceFileName) ?? lastPart(url);
  const folder = (isMove ? textOf(record.DestinationRelativeUrl) : null) ?? textOf(record.SourceRelativeUrl) ?? '';
  return { folder, name: name.slice(0, nameCharsMax).toWellFormed(), url: isMove ? null : url };
}

function extensionOf(name: string): string {
  const dot = name.lastIndexOf('.');
  return dot < 1 ? '' : name.slice(dot + 1).toLowerCase();
}

function labelOf(operation: string, record: FileRecord['record']): string | null | undefined {
  if (unlabelling.has(operation)) return null;
  return textOf(record.SensitivityLabelId) ?? textOf(record.DestinationLabel) ?? undefined;
}

function textOf(value: unknown): string | null {
  const text = piece(value).slice(0, textCharsMax).toWellFormed();
  return text === '' ? null : text;
}

function lastPart(url: string | null): string {
  return url === null ? '' : url.slice(url.lastIndexOf('/') + 1);
}

/**
 * A OneDrive is at /personal/<user name with _ for everything but letters and digits>: that names its owner, once the
 * owner is seen there. Anywhere else whoever uploaded the file counts.
 */
function ownerOf(userName: string, siteUrl: string, isCreated: boolean): FileFacts['owner'] {
  if (!userName.includes('@')) return null;
  const personal = /\/personal\/([^/]+)/i.exec(siteUrl)?.[1]?.toLowerCase();
  if (personal !== undefined && personal === userName.replace(/[^a-z0-9]/g, '_')) return { userName, rank: 2 };
  return isCreated ? { userName, rank: 1 } : null;
}

function shareOf(
  operation: string,
  record: FileRecord['record'],
  domains: ReadonlySet<string>,
  at: number,
): Share | null {
  const link = links.get(operation);
  if (link) return { kind: 'link', ...link, at };
  const isOn = sharing.has(operation);
  if (!isOn && !unsharing.has(operation)) return null;
  const name = (textOf(record.TargetUserOrGroupName) ?? textOf(record.UserSharedWith) ?? '').toLowerCase();
  // Groups that SharePoint makes behind links and for navigation stand for nobody.
  if (name === '' || name.startsWith('sharinglinks.') || name.startsWith('limited access system group')) return null;
  const type = piece(record.TargetUserOrGroupType).toLowerCase();
  if (!name.includes('@')) return { kind: 'group', name, level: 1, isOn, at };
  const domain = name.slice(name.lastIndexOf('@') + 1);
  const isOutside = type === 'guest' || !domains.has(domain) || name.includes('#ext#');
  return { kind: 'user', name, level: isOutside ? 2 : 1, isOn, at };
}

/** How a wire record begins to tell of an attempt that failed (unified-audit/record.ts). */
const failure = '"activityResult":{"isSuccess":false';

/** The provider's record inside a stored one; undefined for what was tried and failed. */
export function providerRecord(stored: string): FileRecord['record'] | undefined {
  const { wire, provider } = takeApart(stored);
  if (provider === null) return providerOfWire(wire);
  if (wire.includes(failure)) return undefined;
  const parsed: unknown = JSON.parse(provider);
  return isRecord(parsed) ? parsed : undefined;
}

function providerOfWire(wire: string): FileRecord['record'] | undefined {
  const parsed: unknown = JSON.parse(wire);
  if (!isRecord(parsed) || !isRecord(parsed.rawDataJson)) return undefined;
  const result = isRecord(parsed.mainInfo) ? parsed.mainInfo.activityResult : undefined;
  return isRecord(result) && result.isSuccess === false ? undefined : parsed.rawDataJson;
}
