// What people do in a session, as unified audit records in the provider's schema (Office 365 Management Activity API):
// one function an app.
import { guidFrom } from './seeded.ts';
import {
  accessContext,
  applications,
  common,
  later,
  machineName,
  passportId,
  type Record,
  type Session,
} from './sessions.ts';
import { fileNames, subjects, syncClient } from './world.ts';

const fileOperations = [
  'FileAccessed',
  'FileAccessed',
  'FileAccessed',
  'FilePreviewed',
  'FileModified',
  'FileModified',
  'FileDownloaded',
  'FileUploaded',
  'FileRenamed',
  'FileRecycled',
] as const;

/** Work on a file of a team site or of the person's own OneDrive. */
export function fileWork(session: Session, operation: string = session.random.pick(fileOperations)): Record {
  const { random, tenant, person } = session;
  later(session, 600);
  const isOneDrive = random.chance(0.4);
  const siteUrl = isOneDrive
    ? `https://${tenant.slug}-my.${tenant.domain}/personal/${person.userName.replace(/[@.]/g, '_')}/`
    : siteUrlOf(session, random.pick(session.world.sites));
  const syncs = isOneDrive && random.chance(0.3);
  const name = random.pick(fileNames);
  const done = syncs ? random.pick(['FileSyncDownloadedFull', 'FileSyncUploadedFull']) : operation;
  return { ...fileAct(session, done, siteUrl, name), ...(isOneDrive ? { Workload: 'OneDrive' } : {}) };
}

/** Address of a team site. */
export function siteUrlOf({ tenant }: Session, site: string): string {
  return `https://sharepoint.${tenant.domain}/sites/${site.replaceAll(' ', '')}/`;
}

/** Something is done with a file, now. */
export function fileAct(session: Session, done: string, siteUrl: string, name: string): Record {
  const { random } = session;
  const syncs = done.startsWith('FileSync');
  return {
    ...common(session, 6, 'SharePoint', done),
    ObjectId: `${siteUrl}Shared Documents/${name}`,
    ...accessContext(session, applications.sharePoint),
    ApplicationDisplayName: syncs ? 'OneDrive SyncEngine' : 'SharePoint Online Web Client',
    ApplicationId: applications.sharePoint,
    AuthenticationType: 'FormsCookieAuth',
    BrowserName: session.device.browser,
    CorrelationId: random.guid(),
    DeviceDisplayName: machineName(session),
    EventSource: 'SharePoint',
    GeoLocation: 'EUR',
    HighPriorityMediaProcessing: false,
    IsManagedDevice: true,
    ItemType: 'File',
    ListBaseType: 1,
    ListServerTemplate: 101,
    Platform: session.device.platform,
    SiteSensitivityLabelId: '',
    ListId: guidFrom(`list ${siteUrl}`),
    ListItemUniqueId: guidFrom(`item ${siteUrl}${name}`),
    Site: guidFrom(`site ${siteUrl}`),
    UserAgent: syncs ? syncClient : session.device.userAgent,
    WebId: guidFrom(`web ${siteUrl}`),
    SourceFileExtension: name.slice(name.lastIndexOf('.') + 1),
    SiteUrl: siteUrl,
    SourceFileName: name,
    SourceRelativeUrl: 'Shared Documents',
    ...(done === 'FileRenamed'
      ? { DestinationFileName: `Old ${name}`, DestinationRelativeUrl: 'Shared Documents' }
      : {}),
  };
}

/** A file is shared with a colleague, or with a partner outside. */
export function share(session: Session): Record {
  const { random, world } = session;
  const outside = random.chance(0.35);
  const target = outside ? random.pick(world.partners) : random.pick(session.colleagues).userName;
  const record = shared(session, fileWork(session, 'FileAccessed'), target, outside);
  return outside && /[0-3]$/.test(String(record.ListItemUniqueId)) ? openToAll(record) : record;
}

/** Instead of to one partner, the file is opened to whoever has the link. */
function openToAll({ TargetUserOrGroupName: _name, TargetUserOrGroupType: _type, ...record }: Record): Record {
  return { ...record, Operation: 'AnonymousLinkCreated' };
}

/** What was done with a file becomes that it was shared. */
export function shared(session: Session, file: Record, target: string, outside: boolean): Record {
  const { random } = session;
  return {
    ...file,
    RecordType: 14,
    Operation: outside ? 'SecureLinkCreated' : 'SharingSet',
    UserAgent: session.device.userAgent,
    TargetUserOrGroupName: target,
    TargetUserOrGroupType: outside ? 'Guest' : 'Member',
    EventData: '<Permissions granted>Contribute</Permissions granted>',
    UniqueSharingId: random.guid(),
  };
}

const mailOperations = ['MailItemsAccessed', 'MailItemsAccessed', 'Send', 'MoveToDeletedItems', 'SoftDelete'] as const;

/** Work in the person's mailbox. */
export function mailWork(
  session: Session,
  operation: (typeof mailOperations)[number] = session.random.pick(mailOperations),
): Record {
  const { person, tenant } = session;
  later(session, 420);
  return {
    ...common(session, operation === 'MailItemsAccessed' ? 50 : operation === 'Send' ? 2 : 3, 'Exchange', operation),
    ResultStatus: 'Succeeded',
    ...accessContext(session, applications.exchange),
    ClientAppId: applications.exchange,
    ClientIPAddress: session.address,
    ClientInfoString: `Client=OWA;${session.device.userAgent}`,
    ExternalAccess: false,
    InternalLogonType: 0,
    LogonType: 0,
    LogonUserSid: `S-1-5-21-${passportId(person.userName).slice(8)}`,
    MailboxGuid: guidFrom(`mailbox ${person.userName}`),
    MailboxOwnerSid: `S-1-5-21-${passportId(person.userName).slice(8)}`,
    MailboxOwnerUPN: person.userName,
    OrganizationName: tenant.domain,
    OriginatingServer: `mail.${tenant.domain} (15.20.8000.001)`,
    SessionId: session.sessionId,
    TokenTenantId: tenant.id,
    ...mailItems(session, operation),
  };
}

/** What was sent, read or thrown away. */
function mailItems(session: Session, operation: string): Record {
  const { random, person, tenant } = session;
  const item = (): Record => ({
    Id: Buffer.from(`${random.guid()}${random.guid()}`).toString('base64'),
    InternetMessageId: `<${random.guid()}@mail.${tenant.domain}>`,
    SizeInBytes: random.integer(4000, 90_000),
    Subject: random.pick(subjects),
  });
  const folder = {
    Id: Buffer.from(guidFrom(`folder ${person.userName}`).repeat(2)).toString('base64'),
    Path: '\\Inbox',
  };
  if (operation === 'Send') return { Item: { ...item(), ParentFolder: { ...folder, Path: '\\Drafts' } } };
  const items = Array.from({ length: random.integer(1, 4) }, item);
  if (operation !== 'MailItemsAccessed') return { AffectedItems: items, CrossMailboxOperation: false, Folder: folder };
  return {
    OperationProperties: [
      { Name: 'MailAccessType', Value: 'Bind' },
      { Name: 'IsThrottled', Value: 'False' },
    ],
    Folders: [{ FolderItems: items, ...folder }],
    OperationCount: items.length,
  };
}

/** Work in Teams: a session, a message, a new member. */
export function teamsWork(session: Session): Record {
  const { random, world } = session;
  later(session, 300);
  const operation = random.pick([
    'TeamsSessionStarted',
    'MessageSent',
    'MessageSent',
    'MemberAdded',
    'MeetingDetail',
  ] as const);
  const team = random.pick(world.teams);
  const place = {
    TeamName: team,
    TeamGuid: `19:${guidFrom(`team ${team}`).replaceAll('-', '')}@thread.tacv2`,
    CommunicationType: 'Team',
  };
  const member = random.pick(session.colleagues);
  return {
    ...common(session, 25, 'MicrosoftTeams', operation),
    ...accessContext(session, applications.teams),
    ExtraProperties: [
      { Key: 'UserAgent', Value: session.device.userAgent },
      { Key: 'OsName', Value: session.device.platform },
      { Key: 'ClientName', Value: 'skypeteams' },
      { Key: 'ClientVersion', Value: '1415/25061209' },
    ],
    ItemName: team,
    ...(operation === 'TeamsSessionStarted' || operation === 'MeetingDetail' ? {} : place),
    ...(operation === 'MessageSent'
      ? {
          ChannelName: 'General',
          ChannelType: 'Standard',
          ChannelGuid: place.TeamGuid,
          MessageId: String(session.now),
          MessageVersion: String(session.now),
          ParticipantInfo: { HasForeignTenantUsers: false, HasGuestUsers: false, HasOtherGuestUsers: false },
        }
      : {}),
    ...(operation === 'MemberAdded'
      ? { Members: [{ DisplayName: member.displayName, Role: 1, UPN: member.userName }] }
      : {}),
  };
}
