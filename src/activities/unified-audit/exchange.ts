// Exchange Online: mailbox records (RecordType 2, 3, 19, 50) and cmdlets of administrators (RecordType 1).
import { addAccount, addApplication, addObject, type Draft } from './draft.ts';
import { type AuditRecord, bareAddress, isRecord, listOf, pairValue, piece } from './fields.ts';

/** LogonType of the Exchange mailbox schema: 1 administrator, 2 delegate, 6 delegated administrator. */
const foreignLogons: ReadonlySet<unknown> = new Set([1, 2, 6]);

export function describeExchange(record: AuditRecord, draft: Draft): void {
  if (record.RecordType === 1) describeCmdlet(record, draft);
  else describeMailbox(record, draft);
  if (isRecord(record.AppAccessContext)) addApplication(draft, record.AppAccessContext);
}

function describeMailbox(record: AuditRecord, draft: Draft): void {
  const ownAddress = bareAddress(piece(record.ClientIPAddress).trim());
  if (ownAddress !== '') draft.address = ownAddress;
  draft.userAgent ||= piece(record.ClientInfoString) || piece(record.ClientProcessName);

  const owner = piece(record.MailboxOwnerUPN);
  addAccount(draft, owner);
  const sender = piece(record.SendAsUserSmtp) || piece(record.SendOnBehalfOfUserSmtp);
  addAccount(draft, sender);
  const isForeign = owner !== '' && owner.toLowerCase() !== draft.userName.toLowerCase();
  draft.isImpersonated = sender !== '' || (isForeign && foreignLogons.has(record.LogonType));

  const item = isRecord(record.Item) ? record.Item : undefined;
  const subject = item ? piece(item.Subject) : '';
  if (item) addMailItem(draft, item);
  for (const each of listOf(record.AffectedItems)) addMailItem(draft, each);
  for (const each of listOf(record.Folders)) {
    for (const read of listOf(each.FolderItems)) addMailItem(draft, read);
  }
  const folder = folderPath(record.Folder) || folderPath(item?.ParentFolder) || folderPath(listOf(record.Folders)[0]);
  if (folder !== '') addObject(draft, { name: folder, serviceObjectType: 'Folder' });
  if (owner !== '') addObject(draft, { id: record.MailboxGuid, name: owner, serviceObjectType: 'Mailbox' });
  draft.target = subject || piece(listOf(record.AffectedItems)[0]?.Subject) || folder || owner;
}

function addMailItem(draft: Draft, item: AuditRecord): void {
  addObject(draft, {
    id: item.InternetMessageId ?? item.Id,
    name: item.Subject,
    serviceObjectType: 'Mail item',
  });
}

function folderPath(folder: unknown): string {
  return isRecord(folder) ? piece(folder.Path) || piece(folder.Name) : '';
}

/** Exchange admin schema: Operation is the cmdlet, ObjectId what it changed, ResultStatus True or False. */
function describeCmdlet(record: AuditRecord, draft: Draft): void {
  const identity = pairValue(record.Parameters, 'Identity');
  const changed = piece(record.ModifiedObjectResolvedName) || piece(record.ObjectId) || identity;
  addObject(draft, { id: record.ObjectId ?? identity, name: changed });
  for (const parameter of [
    'User',
    'Trustee',
    'GrantSendOnBehalfTo',
    'ForwardTo',
    'RedirectTo',
    'ForwardingSmtpAddress',
  ]) {
    const value = pairValue(record.Parameters, parameter).replace(/^smtp:/i, '');
    if (value.includes('@')) addAccount(draft, value);
  }
  if (identity.includes('@')) addAccount(draft, identity);
  draft.target = changed;
}
