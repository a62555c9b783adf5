// What administrators do in a session: changes of the directory, cmdlets of Exchange.
import { guidFrom } from './seeded.ts';
import { accessContext, accountId, applications, common, later, type Record, type Session } from './sessions.ts';

export const directoryOperations = [
  'Update user.',
  'Update user.',
  'Add member to group.',
  'Reset user password.',
  'Add user.',
  'Update application.',
  'Add member to role.',
] as const;

/** An administrator changes the directory. */
export function directoryWork(
  session: Session,
  operation: (typeof directoryOperations)[number] = session.random.pick(directoryOperations),
): Record {
  const { random } = session;
  later(session, 240);
  const colleague = random.pick(session.colleagues);
  const changed =
    operation === 'Add member to role.'
      ? [{ Name: 'Role.DisplayName', NewValue: '"Reports Reader"', OldValue: '' }]
      : [];
  const target =
    operation === 'Update application.'
      ? [
          { ID: guidFrom('application'), Type: 2 },
          { ID: 'Nightly export', Type: 1 },
        ]
      : [
          { ID: `User_${accountId(colleague.userName)}`, Type: 2 },
          { ID: colleague.userName, Type: 5 },
        ];
  const objectId = operation === 'Update application.' ? 'Not Available' : colleague.userName;
  return directoryAct(session, operation, { objectId, category: 'User', changed, target });
}

export interface DirectoryChange {
  readonly objectId: string;
  /** What kind of object it is about. */
  readonly category: 'User' | 'ServicePrincipal';
  readonly changed: readonly { readonly Name: string; readonly NewValue: string; readonly OldValue: string }[];
  /** Identities with their types: 1 name, 2 id, 4 client id, 5 user principal name. */
  readonly target: readonly { readonly ID: string; readonly Type: number }[];
}

/** The directory is changed, now. */
export function directoryAct(session: Session, operation: string, change: DirectoryChange): Record {
  const { random, person, tenant } = session;
  return {
    ...common(session, 8, 'AzureActiveDirectory', operation),
    ResultStatus: 'Success',
    ObjectId: change.objectId,
    AzureActiveDirectoryEventType: 1,
    ExtendedProperties: [
      { Name: 'additionalDetails', Value: JSON.stringify({ 'User-Agent': session.device.userAgent }) },
      { Name: 'extendedAuditEventCategory', Value: change.category },
    ],
    ModifiedProperties: change.changed,
    Actor: [
      { ID: person.userName, Type: 5 },
      { ID: `User_${accountId(person.userName)}`, Type: 2 },
    ],
    ActorContextId: tenant.id,
    ActorIpAddress: session.address,
    InterSystemsId: random.guid(),
    IntraSystemId: random.guid(),
    SupportTicketId: '',
    ...accessContext(session, applications.directory),
    Target: change.target,
    TargetContextId: tenant.id,
  };
}

export const cmdlets = ['Set-Mailbox', 'Add-MailboxPermission', 'New-TransportRule'] as const;

/** An administrator runs a cmdlet of Exchange. */
export function cmdlet(session: Session, operation: (typeof cmdlets)[number] = session.random.pick(cmdlets)): Record {
  const { random } = session;
  later(session, 240);
  const owner = random.pick(session.colleagues);
  const user = random.pick(session.colleagues);
  const parameters = {
    'Set-Mailbox': [{ Name: 'AuditEnabled', Value: 'True' }],
    'Add-MailboxPermission': [
      { Name: 'User', Value: user.userName },
      { Name: 'AccessRights', Value: 'FullAccess' },
    ],
    'New-TransportRule': [{ Name: 'Name', Value: 'Mark external mail' }],
  }[operation];
  const objectId = operation === 'New-TransportRule' ? 'Mark external mail' : owner.userName;
  return exchangeAct(session, operation, objectId, [{ Name: 'Identity', Value: owner.userName }, ...parameters]);
}

/** A cmdlet of Exchange runs, now: of an administrator, or of Outlook for the owner of a mailbox. */
export function exchangeAct(
  session: Session,
  operation: string,
  objectId: string,
  parameters: readonly { readonly Name: string; readonly Value: string }[],
): Record {
  const { tenant } = session;
  return {
    ...common(session, 1, 'Exchange', operation),
    ResultStatus: 'True',
    ObjectId: objectId,
    ...accessContext(session, applications.exchange),
    ExternalAccess: false,
    OrganizationName: tenant.domain,
    OriginatingServer: `mail.${tenant.domain} (15.20.8000.001)`,
    Parameters: parameters,
  };
}
