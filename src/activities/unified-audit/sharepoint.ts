// SharePoint Online and OneDrive for Business: file operations, sharing, sites and lists.
import { addAccount, addApplication, addObject, type Draft } from './draft.ts';
import { type AuditRecord, isRecord, piece } from './fields.ts';

export function describeSharePoint(record: AuditRecord, draft: Draft): void {
  const isOneDrive = draft.appId === 15600;
  const file = piece(record.SourceFileName);
  const url = piece(record.ObjectId);
  const itemType = piece(record.ItemType) || 'File';

  addObject(draft, {
    id: record.Site,
    name: piece(record.SiteUrl) || piece(record.Site),
    serviceObjectType: isOneDrive ? 'OneDrive Site Collection' : 'SharePoint Site Collection',
  });
  addObject(draft, {
    id: record.ListItemUniqueId ?? record.ListId ?? record.ObjectId,
    name: file || piece(record.ListTitle) || url,
    serviceObjectType: itemType,
    value: file === '' || url === file ? '' : url,
  });
  const destination = piece(record.DestinationFileName);
  if (destination !== '' && destination !== file) {
    addObject(draft, { name: destination, serviceObjectType: itemType });
  }
  addObject(draft, { objType: 6, role: 1, id: record.ApplicationId, name: record.ApplicationDisplayName });
  if (isRecord(record.AppAccessContext)) addApplication(draft, record.AppAccessContext);

  addFileIds(record, draft);
  const target = piece(record.TargetUserOrGroupName) || piece(record.UserSharedWith);
  if (target.includes('@')) addAccount(draft, target);
  else if (target !== '') addObject(draft, { name: target, serviceObjectType: piece(record.TargetUserOrGroupType) });

  const what = file || piece(record.ListTitle) || url || piece(record.SiteUrl);
  draft.target = target === '' ? what : `${what} (${target})`;
}

/** A file is `<site>|<item>` on the cloud-apps surface (reference 2.7); the item's own id finds it as well. */
function addFileIds(record: AuditRecord, draft: Draft): void {
  const item = piece(record.ListItemUniqueId);
  if (item === '') return;
  const site = piece(record.Site);
  if (site !== '') draft.fileIds.push(`${site}|${item}`);
  draft.fileIds.push(item);
}
