// One person at work, and what all of their records have in common. Times, ids and the session are filled in here, so
// that all records of a session agree.
import { guidFrom, type Seeded } from './seeded.ts';
import type { Device, World } from './world.ts';

export interface DemoTenant {
  readonly id: string;
  readonly slug: string;
  /** Primary domain, such as contoso.example. */
  readonly domain: string;
}

export interface Person {
  /** User principal name, lower case. */
  readonly userName: string;
  readonly displayName: string;
  readonly isAdministrator: boolean;
}

/** One person at one device at one address, for one stretch of time. */
export interface Session {
  readonly tenant: DemoTenant;
  readonly world: World;
  readonly random: Seeded;
  readonly person: Person;
  readonly colleagues: readonly Person[];
  readonly device: Device;
  readonly address: string;
  readonly sessionId: string;
  /** Epoch milliseconds of the sign-in. */
  readonly startedAt: number;
  /** Epoch milliseconds of the last thing done; every record moves it on. */
  now: number;
}

export type Record = { readonly [member: string]: unknown };

/** `2026-05-04T09:30:00`: UTC without a zone, as the provider writes it. */
export function creationTime(epochMs: number): string {
  return new Date(epochMs).toISOString().slice(0, 19);
}

export function accountId(userName: string): string {
  return guidFrom(`account ${userName}`);
}

/** The provider's passport id: 16 hex digits. */
export function passportId(userName: string): string {
  return `10032000${accountId(userName).replaceAll('-', '').slice(0, 8)}`.toUpperCase();
}

export function common(session: Session, recordType: number, workload: string, operation: string): Record {
  const { tenant, random, person } = session;
  return {
    CreationTime: creationTime(session.now),
    Id: random.guid(),
    Operation: operation,
    OrganizationId: tenant.id,
    RecordType: recordType,
    UserKey: workload === 'AzureActiveDirectory' ? accountId(person.userName) : passportId(person.userName),
    UserType: person.isAdministrator ? 2 : 0,
    Version: 1,
    Workload: workload,
    ClientIP: session.address,
    UserId: person.userName,
  };
}

/** Which sign-in an act belongs to: the AADSessionId is that of the sign-in's DeviceProperties. */
export function accessContext(session: Session, clientAppId: string): Record {
  const { random, sessionId, startedAt } = session;
  return {
    AppAccessContext: {
      AADSessionId: sessionId,
      ClientAppId: clientAppId,
      CorrelationId: random.guid(),
      IssuedAtTime: creationTime(startedAt),
      UniqueTokenId: random.guid().replaceAll('-', '').slice(0, 22),
    },
  };
}

export const later = (session: Session, secondsMax: number): void => {
  session.now += session.random.integer(5, secondsMax) * 1000;
};

export function machineName({ person, device }: Session): string {
  return `${device.platform}-${accountId(person.userName).slice(0, 6)}`.toUpperCase();
}

/** Application ids of the services that people sign in to. */
export const applications = {
  sharePoint: '00000003-0000-0ff1-ce00-000000000000',
  exchange: '00000002-0000-0ff1-ce00-000000000000',
  teams: '1fec8e78-bce4-4aaf-ab1b-5451cc387264',
  directory: 'c44b4083-3bb0-49c1-b47d-974e53cbdf3c',
} as const;

const signInTargets = [
  { id: applications.sharePoint, name: 'Office 365 SharePoint Online' },
  { id: applications.exchange, name: 'Office 365 Exchange Online' },
  { id: applications.teams, name: 'Microsoft Teams' },
] as const;

/** Why a sign-in failed, as the provider says it. */
export const wrongPassword = { number: '50126', error: 'InvalidUserNameOrPassword' } as const;

/** A sign-in, or an attempt that failed with the given error. */
export function signIn(session: Session, failure?: { readonly number: string; readonly error: string }): Record {
  const { tenant, random, person, device } = session;
  const target = random.pick(signInTargets);
  const actor = [
    { ID: accountId(person.userName), Type: 0 },
    { ID: person.userName, Type: 5 },
  ];
  return {
    ...common(session, 15, 'AzureActiveDirectory', failure ? 'UserLoginFailed' : 'UserLoggedIn'),
    ResultStatus: failure ? 'Failed' : 'Success',
    ObjectId: target.id,
    AzureActiveDirectoryEventType: 1,
    ExtendedProperties: [
      { Name: 'ResultStatusDetail', Value: failure ? 'UserError' : 'Success' },
      { Name: 'UserAgent', Value: device.userAgent },
      { Name: 'UserAuthenticationMethod', Value: '1' },
      { Name: 'RequestType', Value: 'OAuth2:Authorize' },
      { Name: 'KeepMeSignedIn', Value: 'false' },
    ],
    ModifiedProperties: [],
    Actor: actor,
    ActorContextId: tenant.id,
    ActorIpAddress: session.address,
    InterSystemsId: random.guid(),
    IntraSystemId: random.guid(),
    SupportTicketId: '',
    Target: [{ ID: target.id, Type: 0 }],
    TargetContextId: tenant.id,
    ApplicationId: target.id,
    ApplicationDisplayName: target.name,
    DeviceProperties: [
      { Name: 'Id', Value: guidFrom(`device ${person.userName} ${device.system}`) },
      { Name: 'DisplayName', Value: machineName(session) },
      { Name: 'OS', Value: device.system },
      { Name: 'BrowserType', Value: device.browser },
      { Name: 'IsCompliant', Value: 'True' },
      { Name: 'IsCompliantAndManaged', Value: 'True' },
      { Name: 'TrustType', Value: '1' },
      { Name: 'SessionId', Value: session.sessionId },
    ],
    ErrorNumber: failure?.number ?? '0',
    ...(failure ? { LogonError: failure.error } : {}),
  };
}
