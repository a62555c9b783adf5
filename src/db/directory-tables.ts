import type { ActivationId, AssignmentId, GroupId, RoleId, SessionId, TenantId, UserId } from '../lib/ids.ts';

// Tenants, people, groups, sessions and roles: see tables.ts for how columns are written.

type Flag = 0 | 1;

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
  /** `external-sign-in` follows the person's groups at the tenant's provider: it comes and goes with a sign-in there. */
  source: 'people' | 'external-sign-in';
  /** JSON: the provider's groups that gave it at the last sign-in; null where people assigned it. */
  sourceGroups: string | null;
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

/** A tenant's OpenID Connect provider, through which its people may sign in; one a tenant. */
export interface ExternalSignInsTable {
  tenantId: TenantId;
  issuer: string;
  clientId: string;
  /** Sealed client secret. */
  secretSealed: string;
  /** On the button. */
  displayName: string;
  isEnabled: Flag;
  /** JSON of ExternalRules: scopes, claims, groups and roles, who is let in. */
  rules: string;
  /** Goes up with every change: a sign-in that began under another one does not count. */
  revision: number;
  changedAt: number;
  changedBy: string;
}

/** Who somebody at a provider is here. */
export interface ExternalIdentitiesTable {
  tenantId: TenantId;
  /** As a URL in normal form. */
  issuer: string;
  /** The provider's own, unchanging id of the person (OpenID Connect Core section 2, `sub`). */
  subject: string;
  userId: UserId;
  /** How the two came together: an account was made, or one that was there was linked. */
  origin: 'created' | 'linked';
  linkedAt: number;
  lastSignInAt: number;
}
