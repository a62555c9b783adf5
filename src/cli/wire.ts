// The management API's answers as the command line reads them: the server's own schemas as types.
import type Type from 'typebox';
import type { Agent, MintedAgent } from '../apis/management/agents-schemas.ts';
import type {
  Application,
  Certificate,
  ConsentLink,
  ConsentQuestion,
  ConsentRequest,
  MintedSecret,
  NamedAccess,
  Resource,
  ServicePrincipal,
  TenantSettings,
} from '../apis/management/applications-schemas.ts';
import type { AuditList, AuditVerification } from '../apis/management/audit-schemas.ts';
import type { DetectionDryRun, DetectionRule, DetectionRun } from '../apis/management/custom-detections-schemas.ts';
import type {
  Group,
  GroupWithMembers,
  MintedTenant,
  SetupLink,
  Tenant,
  User,
  UserWithPassword,
} from '../apis/management/directory-schemas.ts';
import type {
  AppTags,
  CustomApp,
  DiscoveryApp,
  DiscoveryApps,
  ScoreWeights,
  TagOutcomes,
} from '../apis/management/discovery-apps-schemas.ts';
import type { DiscoveredApp, DiscoveredEntity, ReportOverview } from '../apis/management/discovery-reports-schemas.ts';
import type { DiscoveryStream, DiscoveryUpload } from '../apis/management/discovery-uploads-schemas.ts';
import type { Explanation } from '../apis/management/explanations-schemas.ts';
import type {
  CheckedProvider,
  ExternalLink,
  ExternalSignInAnswer,
} from '../apis/management/external-sign-in-schemas.ts';
import type {
  CheckedQuery,
  HuntingRetention,
  SavedQueries,
  SavedQuery,
  Watchlist,
  WatchlistRows,
} from '../apis/management/hunting-schemas.ts';
import type { IncidentSummary, IncidentView } from '../apis/management/incidents-schemas.ts';
import type { HuntingIngestAnswer, IncidentsIngestAnswer, IngestAnswer } from '../apis/management/ingest-schemas.ts';
import type { LogCollector, MintedCollector } from '../apis/management/log-collectors-schemas.ts';
import type { MailRecipient, MailSettings } from '../apis/management/mail-settings-schemas.ts';
import type { RecoveryCodes, StartedSecondFactor } from '../apis/management/me-schemas.ts';
import type {
  Backfill,
  DryRun,
  Policy,
  PolicyReport,
  PolicyTemplates,
  PolicyVersions,
} from '../apis/management/policies-schemas.ts';
import type {
  Activation,
  Assignment,
  OwnRole,
  RequestedActivation,
  Role,
  RoleSettings,
} from '../apis/management/roles-schemas.ts';
import type { BegunSession, PresentSession } from '../apis/management/sessions-schemas.ts';
import type { MintedSiemAgent, SiemAgent } from '../apis/management/siem-agents-schemas.ts';
import type { SigningKey } from '../apis/management/signing-keys-schemas.ts';
import type { TokenInspection } from '../apis/management/token-inspections-schemas.ts';
import type { BulkResult, MintedToken, Token } from '../apis/management/tokens-schemas.ts';

import type { DeadLetter, MintedWebhook, Trial, Webhook } from '../apis/management/webhooks-schemas.ts';

/** One page of any list. Lists that are read by a cursor tell `next` instead of `total`. */
export interface Page<Item> {
  readonly items: readonly Item[];
  readonly total?: number;
  readonly moreThanTotal?: boolean;
  readonly next?: number | null;
}

export type WireActivation = Type.Static<typeof Activation>;
export type WireAgent = Type.Static<typeof Agent>;
export type WireApplication = Type.Static<typeof Application>;
export type WireAssignment = Type.Static<typeof Assignment>;
export type WireAuditRecord = Type.Static<typeof AuditList>['items'][number];
export type WireAuditVerification = Type.Static<typeof AuditVerification>;
export type WireBackfill = Type.Static<typeof Backfill>;
export type WireBegunSession = Type.Static<typeof BegunSession>;
export type WireBulkResult = Type.Static<typeof BulkResult>;
export type WireCertificate = Type.Static<typeof Certificate>;
export type WireConsentLink = Type.Static<typeof ConsentLink>;
export type WireConsentQuestion = Type.Static<typeof ConsentQuestion>;
export type WireConsentRequest = Type.Static<typeof ConsentRequest>;
export type WireDeadLetter = Type.Static<typeof DeadLetter>;
export type WireDetectionDryRun = Type.Static<typeof DetectionDryRun>;
export type WireDetectionRule = Type.Static<typeof DetectionRule>;
export type WireDetectionRun = Type.Static<typeof DetectionRun>;
export type WireDiscoveryStream = Type.Static<typeof DiscoveryStream>;
export type WireDiscoveryUpload = Type.Static<typeof DiscoveryUpload>;
export type WireDiscoveredApp = Type.Static<typeof DiscoveredApp>;
export type WireDiscoveredEntity = Type.Static<typeof DiscoveredEntity>;
export type WireReportOverview = Type.Static<typeof ReportOverview>;
export type WireDryRun = Type.Static<typeof DryRun>;
export type WireExplanation = Type.Static<typeof Explanation>;
export type WireGroup = Type.Static<typeof Group>;
export type WireGroupWithMembers = Type.Static<typeof GroupWithMembers>;
export type WireIncident = Type.Static<typeof IncidentView>;
export type WireIncidentSummary = Type.Static<typeof IncidentSummary>;
export type WireHuntingIngestion = Type.Static<typeof HuntingIngestAnswer>;
export type WireIngestion = Type.Static<typeof IngestAnswer> & Partial<Type.Static<typeof IncidentsIngestAnswer>>;
export type WireMailRecipient = Type.Static<typeof MailRecipient>;
export type WireMailSettings = Type.Static<typeof MailSettings>;
export type WireMintedAgent = Type.Static<typeof MintedAgent>;
export type WireMintedSecret = Type.Static<typeof MintedSecret>;
export type WireMintedSiemAgent = Type.Static<typeof MintedSiemAgent>;
export type WireMintedTenant = Type.Static<typeof MintedTenant>;
export type WireMintedToken = Type.Static<typeof MintedToken>;
export type WireMintedWebhook = Type.Static<typeof MintedWebhook>;
export type WireNamedAccess = Type.Static<typeof NamedAccess>;
export type WireOwnRole = Type.Static<typeof OwnRole>;
export type WirePolicy = Type.Static<typeof Policy>;
export type WirePolicyMatch = Type.Static<typeof PolicyReport>['items'][number];
export type WirePolicyTemplate = Type.Static<typeof PolicyTemplates>['items'][number];
export type WirePolicyVersion = Type.Static<typeof PolicyVersions>['items'][number];
export type WirePresentSession = Type.Static<typeof PresentSession>;
export type WireRecoveryCodes = Type.Static<typeof RecoveryCodes>;
export type WireRequestedActivation = Type.Static<typeof RequestedActivation>;
export type WireResource = Type.Static<typeof Resource>;
export type WireRole = Type.Static<typeof Role>;
export type WireLogCollector = Type.Static<typeof LogCollector>;
export type WireMintedCollector = Type.Static<typeof MintedCollector>;
export type WireRoleSettings = Type.Static<typeof RoleSettings>;
export type WireServicePrincipal = Type.Static<typeof ServicePrincipal>;
export type WireSetupLink = Type.Static<typeof SetupLink>;
export type WireSiemAgent = Type.Static<typeof SiemAgent>;
export type WireSigningKey = Type.Static<typeof SigningKey>;
export type WireStartedSecondFactor = Type.Static<typeof StartedSecondFactor>;
export type WireTenant = Type.Static<typeof Tenant>;
export type WireExternalSignIn = Type.Static<typeof ExternalSignInAnswer>;
export type WireExternalLink = Type.Static<typeof ExternalLink>;
export type WireCheckedProvider = Type.Static<typeof CheckedProvider>;
export type WireTenantSettings = Type.Static<typeof TenantSettings>;
export type WireToken = Type.Static<typeof Token>;
export type WireTokenInspection = Type.Static<typeof TokenInspection>;
export type WireTrial = Type.Static<typeof Trial>;
export type WireUser = Type.Static<typeof User>;
export type WireUserWithPassword = Type.Static<typeof UserWithPassword>;
export type WireSavedQuery = Type.Static<typeof SavedQuery>;
export type WireSavedQuerySummary = Type.Static<typeof SavedQueries>['items'][number];
export type WireCheckedQuery = Type.Static<typeof CheckedQuery>;
export type WireWatchlist = Type.Static<typeof Watchlist>;
export type WireWatchlistRows = Type.Static<typeof WatchlistRows>;
export type WireHuntingRetention = Type.Static<typeof HuntingRetention>;
export type WireCloudApp = Type.Static<typeof DiscoveryApps>['items'][number];
export type WireCloudAppDetails = Type.Static<typeof DiscoveryApp>;
export type WireTagOutcomes = Type.Static<typeof TagOutcomes>;
export type WireAppTag = Type.Static<typeof AppTags>['items'][number];
export type WireCustomApp = Type.Static<typeof CustomApp>;
export type WireScoreWeights = Type.Static<typeof ScoreWeights>;
export type WireWebhook = Type.Static<typeof Webhook>;

/** From the answer of GET /about. */
export interface WireAbout {
  readonly name: string;
  readonly version: string;
  readonly region: string;
  readonly tenant: { readonly slug: string; readonly displayName: string; readonly number: number };
  readonly aadTenantId: string;
  readonly apiUrl: string;
  readonly portalUrl: string;
}
