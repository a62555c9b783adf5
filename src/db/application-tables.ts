import type {
  AppId,
  ApplicationId,
  ConsentRequestId,
  GrantId,
  ServicePrincipalId,
  TenantId,
  TokenFamilyId,
  UserId,
} from '../lib/ids.ts';

// Registered applications, what they were granted, and what the token endpoint keeps. The conventions are those
// of tables.ts.

type Flag = 0 | 1;

export interface SigningKeysTable {
  /** `kid` and `x5t`: base64url SHA-1 of the certificate. */
  id: string;
  /** Base64 DER of the self-signed certificate that JWKS publishes as x5c. */
  certificate: string;
  /** PKCS #8 PEM, sealed with the master key. */
  sealedPrivateKey: string;
  createdAt: number;
  /** Published from its creation, signs from here on until a later key does. */
  signsFrom: number;
  /** When a later key took over; null while it signs or waits to. */
  retiredAt: number | null;
  /** Until its last token has ended; null while not retired. */
  publishedUntil: number | null;
}

export interface TenantSettingsTable {
  tenantId: TenantId;
  /** A name of applications/tenant-settings.ts. */
  name: string;
  /** JSON. */
  value: string;
}

export interface ApplicationsTable {
  id: ApplicationId;
  /** The home tenant. */
  tenantId: TenantId;
  appId: AppId;
  displayName: string;
  description: string | null;
  signInAudience: 'AzureADMyOrg' | 'AzureADMultipleOrgs';
  status: 'enabled' | 'disabled' | 'deleted';
  statusBeforeDeletion: 'enabled' | 'disabled' | null;
  statusChangedAt: number;
  createdAt: number;
  createdBy: string;
  /** JSON {web: string[], spa: string[], publicClient: string[]}. */
  redirectUris: string;
  logoutUrl: string | null;
  homePageUrl: string | null;
  /** JSON list. */
  identifierUris: string;
  /** JSON [{resourceAppId, roles: ids[], scopes: ids[]}]: what consent asks for. */
  requiredAccess: string;
  /** JSON list of the delegated scopes that this application offers as an API. */
  exposedScopes: string;
  /** JSON list of the application roles that it offers as an API. */
  appRoles: string;
  isPublicClient: Flag;
  accessTokenVersion: 1 | 2 | null;
  /** `rotate` (old refresh tokens end, reuse revokes the family) or `entra` (old ones stay valid). */
  refreshPolicy: 'rotate' | 'entra';
  requiresPushedRequests: Flag;
}

export interface ApplicationOwnersTable {
  tenantId: TenantId;
  applicationId: ApplicationId;
  userId: UserId;
}

export interface ApplicationSecretsTable {
  /** `keyId` on the wire. */
  id: string;
  tenantId: TenantId;
  applicationId: ApplicationId;
  description: string;
  /** The first three characters. */
  hint: string;
  /** SHA-256 of the value. */
  hash: string;
  startsAt: number;
  endsAt: number;
  createdAt: number;
  createdBy: string;
}

export interface ApplicationCertificatesTable {
  /** `keyId` on the wire. */
  id: string;
  tenantId: TenantId;
  applicationId: ApplicationId;
  description: string;
  /** Base64 DER. */
  certificate: string;
  /** Base64url without padding, as JWT headers carry it (RFC 7515 sections 4.1.7 and 4.1.8). */
  thumbprintSha1: string;
  thumbprintSha256: string;
  startsAt: number;
  endsAt: number;
  createdAt: number;
  createdBy: string;
}

/** An application's presence in one tenant, its home included. */
export interface ServicePrincipalsTable {
  id: ServicePrincipalId;
  tenantId: TenantId;
  appId: AppId;
  homeTenantId: TenantId;
  /** The application's name when this was made; shown when the application is gone. */
  displayName: string;
  isEnabled: Flag;
  requiresAssignment: Flag;
  createdAt: number;
  createdBy: string;
  consentedAt: number | null;
  consentedBy: string | null;
  /** The requiredAccess that the last tenant-wide consent was given for, to tell what is new since. */
  consentedAccess: string | null;
  lastTokenAt: number | null;
  lastTokenGrant: string | null;
}

export interface ConsentRequestsTable {
  id: ConsentRequestId;
  tenantId: TenantId;
  appId: AppId;
  userId: UserId;
  reason: string;
  requestedAccess: string;
  status: 'open' | 'granted' | 'declined' | 'expired';
  createdAt: number;
  decidedAt: number | null;
  decidedBy: UserId | null;
}

/** An application permission granted to a principal, or a person's assignment to an application. */
export interface AppRoleAssignmentsTable {
  id: GrantId;
  tenantId: TenantId;
  principalKind: 'service-principal' | 'user' | 'group';
  principalId: string;
  resourceAppId: AppId;
  /** All zeros: default access. */
  appRoleId: string;
  createdAt: number;
  grantedBy: string;
}

export interface DelegatedGrantsTable {
  id: GrantId;
  tenantId: TenantId;
  servicePrincipalId: ServicePrincipalId;
  /** The person it is for; empty text for everybody in the tenant (AllPrincipals). */
  userId: UserId | '';
  resourceAppId: AppId;
  /** Space separated short scope names. */
  scope: string;
  createdAt: number;
  grantedBy: string;
}

export interface TokenFamiliesTable {
  id: TokenFamilyId;
  tenantId: TenantId;
  appId: AppId;
  userId: UserId;
  createdAt: number;
  expiresAt: number;
  revokedAt: number | null;
  revokedFor: string | null;
}

export interface AuthorizationCodesTable {
  /** SHA-256 of the code. */
  hash: string;
  tenantId: TenantId;
  appId: AppId;
  userId: UserId;
  familyId: TokenFamilyId;
  /** JSON: what was authorized (redirect URI, scopes, PKCE challenge, nonce, how the person signed in). */
  body: string;
  expiresAt: number;
  redeemedAt: number | null;
}

export interface RefreshTokensTable {
  /** SHA-256 of the value. */
  hash: string;
  tenantId: TenantId;
  appId: AppId;
  userId: UserId;
  familyId: TokenFamilyId;
  body: string;
  createdAt: number;
  expiresAt: number;
  replacedAt: number | null;
}

export interface DeviceCodesTable {
  /** SHA-256 of the device code. */
  hash: string;
  /** SHA-256 of the user code in normal form. */
  userCodeHash: string;
  appId: AppId;
  /** Null until somebody of a tenant approves, where the request came through `common` or `organizations`. */
  tenantId: TenantId | null;
  userId: UserId | null;
  status: 'pending' | 'approved' | 'declined' | 'redeemed';
  body: string;
  createdAt: number;
  expiresAt: number;
}

/** One-time proofs that were seen: ids of client assertions and DPoP proofs. */
export interface UsedProofsTable {
  /** SHA-256 of kind, issuer and id. */
  key: string;
  expiresAt: number;
}

export interface PushedRequestsTable {
  /** SHA-256 of the request_uri's random part. */
  hash: string;
  appId: AppId;
  body: string;
  expiresAt: number;
}

/** Access tokens that their client revoked (RFC 7009), until they would have ended. */
export interface RevokedTokensTable {
  /** The claim `uti`. */
  tokenId: string;
  tenantId: TenantId;
  expiresAt: number;
}
