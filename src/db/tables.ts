import type { AgentId, CorrelationId, TenantId, TokenId, UserId } from '../lib/ids.ts';
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
import type {
  DomainsTable,
  ExternalIdentitiesTable,
  ExternalSignInsTable,
  GroupMembersTable,
  GroupsTable,
  RecoveryCodesTable,
  RoleActivationsTable,
  RoleAssignmentsTable,
  RoleSettingsTable,
  SessionsTable,
  SignInFailuresTable,
  TenantsTable,
  UsersTable,
} from './directory-tables.ts';
import type {
  DiscoveryAppsTable,
  DiscoveryAppTagsTable,
  DiscoveryCustomAppsTable,
  DiscoveryScoreWeightsTable,
  DiscoveryTaggedAppsTable,
} from './discovery-app-tables.ts';
import type { DiscoveryNameKeysTable, DiscoveryPolicyAlertsTable } from './discovery-report-tables.ts';
import type {
  DiscoveryContentsTable,
  DiscoveryCustomParsersTable,
  DiscoveryStreamsTable,
  DiscoveryUploadsTable,
} from './discovery-upload-tables.ts';
import type { EntitiesTable, EntityAppsTable, FilesTable, IpTagsTable } from './entity-tables.ts';
import type {
  HuntingRetentionTable,
  SavedQueriesTable,
  WatchlistPartsTable,
  WatchlistsTable,
} from './hunting-tables.ts';
import type { IncidentsTable } from './incident-tables.ts';
import type { LogCollectorsTable } from './log-collector-tables.ts';
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
import type { SiemAgentsTable } from './siem-agent-tables.ts';

// The control store's columns as the program sees them. docs/stored-data.md says what each is for, what is hashed or
// sealed and when it goes. Times are epoch milliseconds, flags 0 or 1, lists and objects JSON text: the same in SQLite
// and PostgreSQL.

export interface DeploymentTable {
  name: string;
  value: string;
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
  externalSignIns: ExternalSignInsTable;
  externalIdentities: ExternalIdentitiesTable;
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
  siemAgents: SiemAgentsTable;
  logCollectors: LogCollectorsTable;
  discoveryApps: DiscoveryAppsTable;
  discoveryCustomApps: DiscoveryCustomAppsTable;
  discoveryAppTags: DiscoveryAppTagsTable;
  discoveryTaggedApps: DiscoveryTaggedAppsTable;
  discoveryScoreWeights: DiscoveryScoreWeightsTable;
  discoveryStreams: DiscoveryStreamsTable;
  discoveryUploads: DiscoveryUploadsTable;
  discoveryContents: DiscoveryContentsTable;
  discoveryCustomParsers: DiscoveryCustomParsersTable;
  discoveryNameKeys: DiscoveryNameKeysTable;
  discoveryPolicyAlerts: DiscoveryPolicyAlertsTable;
}
