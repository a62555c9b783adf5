import type {
  ActivationId,
  AgentId,
  AssignmentId,
  CorrelationId,
  GroupId,
  RoleId,
  SessionId,
  TenantId,
  TokenId,
  UserId,
} from '../lib/ids.ts';
import type { AlertKeysTable, AlertsTable, ChangeNotesTable, WatermarksTable } from './alert-tables.ts';
import type {
  ApplicationCertificatesTable,
  ApplicationOwnersTable,
  ApplicationSecretsTable,
  ApplicationsTable,
  AppRoleAssignmentsTable,
  AuthorizationCodesTable,
  ConsentRequestsTable,
  DelegatedGrantsTable,
  DeviceCodesTable,
  PushedRequestsTable,
  RefreshTokensTable,
  RevokedTokensTable,
  ServicePrincipalsTable,
  SigningKeysTable,
  TenantSettingsTable,
  TokenFamiliesTable,
  UsedProofsTable,
} from './application-tables.ts';
import type {
  CustomDetectionEventsTable,
  CustomDetectionRunsTable,
  CustomDetectionStatesTable,
  CustomDetectionsTable,
} from './custom-detection-tables.ts';
import type { EntitiesTable, EntityAppsTable, FilesTable, IpTagsTable } from './entity-tables.ts';
import type {
  HuntingRetentionTable,
  SavedQueriesTable,
  WatchlistPartsTable,
  WatchlistsTable,
} from './hunting-tables.ts';
import type { IncidentsTable } from './incident-tables.ts';
import type { MachineActionsTable, MachinesTable } from './machine-tables.ts';
import type { DeliveriesTable, ExpiryNoticesTable, MailRecipientsTable, WebhooksTable } from './notification-tables.ts';
import type {
  GovernanceActionsTable,
  PoliciesTable,
  PolicyBackfillsTable,
  PolicyCountsTable,
  PolicyMatchesTable,
  PolicyVersionsTable,
  PolicyWindowsTable,
} from './policy-tables.ts';

// The control store's columns as the program sees them. docs/stored-data.md says what each is for, what is hashed or
// sealed and when it goes. Times are epoch milliseconds, flags 0 or 1, lists and objects JSON text: the same in SQLite
// and PostgreSQL.

type Flag = 0 | 1;

export interface DeploymentTable {
  name: string;
  value: string;
}

export interface TenantsTable {
  id: TenantId;
  /** First label of the tenant's own host name: lower case, 3-40 of a-z, 0-9 and inner hyphens. */
  slug: string;
  displayName: string;
  /** The integer that the cloud-apps surface calls `tenantId` / `_tid`. */
  number: number;
  /** 1 for the tenant whose global administrators also manage the deployment's other tenants. */
  isOperator: Flag;
  status: 'enabled' | 'disabled' | 'deleted';
  /** What a restored tenant goes back to; null while it is not deleted. */
  statusBeforeDeletion: 'enabled' | 'disabled' | null;
  createdAt: number;
  statusChangedAt: number;
  /** Goes up with every change in the directory or in tokens; taking it also serialises those changes. */
  revision: number;
}

export interface DomainsTable {
  name: string;
  tenantId: TenantId;
  isPrimary: Flag;
  createdAt: number;
}

export interface UsersTable {
  id: UserId;
  tenantId: TenantId;
  /** User principal name, lower case, unique in its tenant while the user is not deleted. */
  userName: string;
  displayName: string;
  status: 'enabled' | 'disabled' | 'deleted';
  /** What a restored user goes back to; null while it is not deleted. */
  statusBeforeDeletion: 'enabled' | 'disabled' | null;
  passwordHash: string | null;
  passwordChangedAt: number | null;
  /** 1 when the next sign-in must choose a new password. */
  mustChangePassword: Flag;
  /** Sealed base32 TOTP secret; set but unconfirmed while `secondFactorConfirmedAt` is null. */
  secondFactorSecret: string | null;
  secondFactorConfirmedAt: number | null;
  /** Last TOTP time step that was accepted: a code works once (RFC 6238 section 5.2). */
  secondFactorLastStep: number | null;
  createdAt: number;
  statusChangedAt: number;
  lastSignInAt: number | null;
}

export interface RecoveryCodesTable {
  hash: string;
  tenantId: TenantId;
  userId: UserId;
  usedAt: number | null;
}

export interface GroupsTable {
  /** 24 hex digits, as the cloud-apps surface writes group ids. */
  id: GroupId;
  tenantId: TenantId;
  name: string;
  createdAt: number;
}

export interface GroupMembersTable {
  groupId: GroupId;
  tenantId: TenantId;
  /** Lower case; people who are seen in activities need no account here. */
  userName: string;
}

export interface SessionsTable {
  id: SessionId;
  tenantId: TenantId;
  userId: UserId;
  /** `sign-in` is the session of the sign-in pages that apps send people to: it opens no API. */
  client: 'portal' | 'cli' | 'sign-in';
  /** SHA-256 of the cookie or CLI session value. */
  hash: string;
  createdAt: number;
  lastSeenAt: number;
  expiresAt: number;
  /** When this session last proved a second factor; null when it never did. */
  secondFactorAt: number | null;
  address: string;
  userAgent: string;
  endedAt: number | null;
}

export interface SignInFailuresTable {
  /** HMAC of "account <tenant> <name>" or "address <address>": names of accounts that do not exist are not kept. */
  key: string;
  failures: number;
  firstAt: number;
  lastAt: number;
  lockedUntil: number | null;
}

export interface RoleAssignmentsTable {
  id: AssignmentId;
  tenantId: TenantId;
  userId: UserId;
  roleId: RoleId;
  kind: 'permanent' | 'eligible';
  /** JSON of AssignmentScope; null when the role covers the whole tenant. */
  scope: string | null;
  startsAt: number;
  endsAt: number | null;
  createdAt: number;
  createdBy: string;
}

export interface RoleActivationsTable {
  id: ActivationId;
  tenantId: TenantId;
  assignmentId: AssignmentId;
  userId: UserId;
  roleId: RoleId;
  status: 'pending' | 'granted' | 'denied' | 'ended' | 'canceled';
  durationSeconds: number;
  justification: string;
  requestedAt: number;
  startsAt: number | null;
  endsAt: number | null;
  decidedBy: UserId | null;
  decidedAt: number | null;
  decisionJustification: string | null;
}

export interface RoleSettingsTable {
  tenantId: TenantId;
  roleId: RoleId;
  activationSecondsMax: number;
  requiresJustification: Flag;
  requiresSecondFactor: Flag;
  requiresApproval: Flag;
  /** JSON list of user ids; empty means whoever may manage that role's assignments. */
  approvers: string;
}

export interface ApiTokensTable {
  id: TokenId;
  tenantId: TenantId;
  ownerId: UserId;
  name: string;
  createdAt: number;
  expiresAt: number | null;
  /** JSON list of permission names, or null for all that the owner has. */
  permissions: string | null;
  /** JSON list of CIDR ranges, or null for any address. */
  allowedAddresses: string | null;
  lastUsedAt: number | null;
  lastUsedAddress: string | null;
  /** Method and path of that call, and the client's name for itself. */
  lastUsedFor: string | null;
  revokedAt: number | null;
  revokedBy: string | null;
}

/** A token has one current value and, after a rotation, older ones that still work or are remembered to spot reuse. */
export interface ApiTokenValuesTable {
  /** SHA-256 of the whole value. */
  hash: string;
  tenantId: TenantId;
  tokenId: TokenId;
  createdAt: number;
  /** When a rotation replaced it; null for the current value. */
  replacedAt: number | null;
  /** End of the overlap that the rotation chose; null for the current value. */
  validUntil: number | null;
}

export interface AgentsTable {
  id: AgentId;
  tenantId: TenantId;
  kind: 'siem-agent' | 'log-collector';
  name: string;
  createdBy: UserId;
  createdAt: number;
  /** SHA-256 of its token. */
  tokenHash: string;
  tokenCreatedAt: number;
  lastUsedAt: number | null;
  lastUsedAddress: string | null;
  deletedAt: number | null;
}

export interface AuditRecordsTable {
  tenantId: TenantId;
  sequence: number;
  at: number;
  /** Copies from the body to search by; verification compares them with it. */
  action: string;
  actor: string;
  /** JSON of the record without its hashes, exactly as it was authenticated. */
  body: string;
  previousHash: string;
  hash: string;
}

export interface AuditHeadsTable {
  tenantId: TenantId;
  sequence: number;
  hash: string;
  /** Authenticates tenant, sequence and hash, so that cutting off the tail shows. */
  mac: string;
}

export interface ExplanationsTable {
  correlationId: CorrelationId;
  /** The system tenant when the credential belongs to nobody. */
  tenantId: TenantId;
  /** The user who may read it besides the full administrators. */
  userId: UserId | null;
  at: number;
  body: string;
}

export interface ActivityFeedbackTable {
  id: string;
  tenantId: TenantId;
  activityId: string;
  at: number;
  givenBy: string;
  body: string;
}

export interface SubnetsTable {
  id: string;
  tenantId: TenantId;
  name: string;
  /** JSON list of CIDR ranges. */
  ranges: string;
  /** 1 Corporate, 2 Administrative, 3 Risky, 4 VPN, 5 Cloud provider, 6 Other. */
  category: number;
  /** JSON list of IP tag ids (24 hex digits). */
  tags: string;
  organization: string | null;
  countryCode: string | null;
  changedAt: number;
}

export interface SetupLinksTable {
  hash: string;
  tenantId: TenantId;
  createdAt: number;
  expiresAt: number;
  usedAt: number | null;
}

export interface RateWindowsTable {
  bucket: string;
  tenantId: TenantId;
  /** JSON list of the epoch milliseconds of the calls in the window. */
  times: string;
  lastAt: number;
}

export interface Tables {
  deployment: DeploymentTable;
  tenants: TenantsTable;
  domains: DomainsTable;
  users: UsersTable;
  recoveryCodes: RecoveryCodesTable;
  groups: GroupsTable;
  groupMembers: GroupMembersTable;
  sessions: SessionsTable;
  signInFailures: SignInFailuresTable;
  roleAssignments: RoleAssignmentsTable;
  roleActivations: RoleActivationsTable;
  roleSettings: RoleSettingsTable;
  apiTokens: ApiTokensTable;
  apiTokenValues: ApiTokenValuesTable;
  agents: AgentsTable;
  auditRecords: AuditRecordsTable;
  auditHeads: AuditHeadsTable;
  explanations: ExplanationsTable;
  activityFeedback: ActivityFeedbackTable;
  subnets: SubnetsTable;
  setupLinks: SetupLinksTable;
  rateWindows: RateWindowsTable;
  signingKeys: SigningKeysTable;
  tenantSettings: TenantSettingsTable;
  applications: ApplicationsTable;
  applicationOwners: ApplicationOwnersTable;
  applicationSecrets: ApplicationSecretsTable;
  applicationCertificates: ApplicationCertificatesTable;
  servicePrincipals: ServicePrincipalsTable;
  consentRequests: ConsentRequestsTable;
  appRoleAssignments: AppRoleAssignmentsTable;
  delegatedGrants: DelegatedGrantsTable;
  tokenFamilies: TokenFamiliesTable;
  authorizationCodes: AuthorizationCodesTable;
  refreshTokens: RefreshTokensTable;
  deviceCodes: DeviceCodesTable;
  usedProofs: UsedProofsTable;
  pushedRequests: PushedRequestsTable;
  revokedTokens: RevokedTokensTable;
  incidents: IncidentsTable;
  alerts: AlertsTable;
  alertKeys: AlertKeysTable;
  changeNotes: ChangeNotesTable;
  watermarks: WatermarksTable;
  machines: MachinesTable;
  machineActions: MachineActionsTable;
  webhooks: WebhooksTable;
  mailRecipients: MailRecipientsTable;
  deliveries: DeliveriesTable;
  expiryNotices: ExpiryNoticesTable;
  ipTags: IpTagsTable;
  entities: EntitiesTable;
  entityApps: EntityAppsTable;
  files: FilesTable;
  policies: PoliciesTable;
  policyVersions: PolicyVersionsTable;
  policyMatches: PolicyMatchesTable;
  policyCounts: PolicyCountsTable;
  policyWindows: PolicyWindowsTable;
  policyBackfills: PolicyBackfillsTable;
  governanceActions: GovernanceActionsTable;
  savedQueries: SavedQueriesTable;
  watchlists: WatchlistsTable;
  watchlistParts: WatchlistPartsTable;
  customDetections: CustomDetectionsTable;
  customDetectionStates: CustomDetectionStatesTable;
  customDetectionRuns: CustomDetectionRunsTable;
  customDetectionEvents: CustomDetectionEventsTable;
  huntingRetention: HuntingRetentionTable;
}
