import type { TenantId, UserId } from '../lib/ids.ts';
import type { Permission } from './permissions.ts';

/** The links of the chain from a request to a permission, in the order in which they are checked. */
export type CheckName =
  | 'host'
  | 'credential-present'
  | 'credential-format'
  | 'credential-known'
  | 'credential-kind'
  | 'tenant-host'
  | 'signature'
  | 'audience'
  | 'application'
  | 'consent'
  | 'assignment'
  | 'tenant-enabled'
  | 'revoked'
  | 'replaced'
  | 'expired'
  | 'address'
  | 'owner'
  | 'role'
  | 'activation'
  | 'permission'
  | 'data-scope'
  | 'rate'
  | 'session'
  | 'csrf'
  | 'password'
  | 'second-factor'
  | 'external-sign-in'
  | 'lock-out';

export interface Check {
  readonly check: CheckName;
  readonly outcome: 'passed' | 'failed';
  /** One sentence about this very request. Never a secret, never what the reader may not know. */
  readonly detail: string;
}

/** Why nobody was signed in through a tenant's own provider (docs/external-sign-in.md). */
export type ExternalSignInProblem =
  | 'external-unavailable'
  | 'external-state'
  | 'external-denied'
  | 'external-provider'
  | 'external-token'
  | 'external-claims'
  | 'external-not-allowed'
  | 'external-not-proven'
  | 'external-not-linked'
  | 'external-unknown'
  | 'external-disabled'
  | 'external-second-factor'
  | 'external-limit';

/** Stable reasons, for audit and for programs; the public sentence may differ between surfaces. */
export type RefusalCode =
  | 'not-authenticated'
  | 'invalid-token'
  | 'token-revoked'
  | 'token-replaced'
  | 'token-expired'
  | 'wrong-audience'
  | 'application-disabled'
  | 'consent-missing'
  | 'application-unknown'
  | 'client-credential-invalid'
  | 'client-credential-expired'
  | 'grant-invalid'
  | 'grant-expired'
  | 'grant-revoked'
  | 'grant-replayed'
  | 'grant-not-allowed'
  | 'not-assigned'
  | 'unknown-host'
  | 'wrong-host'
  | 'tenant-disabled'
  | 'address-not-allowed'
  | 'owner-not-permitted'
  | 'role-not-activated'
  | 'permission-missing'
  | 'wrong-credential-kind'
  | 'throttled'
  | 'session-ended'
  | 'csrf'
  | 'sign-in-failed'
  | 'wrong-password'
  | 'password-required'
  | 'setup-code-invalid'
  | 'second-factor-required'
  | 'second-factor-not-enrolled'
  | 'password-change-required'
  | ExternalSignInProblem
  | 'locked-out';

export interface RefusalDetails {
  /** 400 only from the entra surface, whose protocol has it for grants that are refused. */
  readonly status: 400 | 401 | 403 | 421 | 429;
  readonly code: RefusalCode;
  /** What the caller is told. It gives nothing away that the caller did not prove to know. */
  readonly message: string;
  /** What was checked, up to and including the check that failed. */
  readonly chain: readonly Check[];
  /** The one thing to change, for those who may read the explanation. */
  readonly remedy: string;
  /** Whose refusal it is; null when the credential belongs to nobody. */
  readonly tenantId: TenantId | null;
  /** Who may read the explanation besides the full administrators. */
  readonly userId: UserId | null;
  /** What the refusal is about, for the audit: a token id, a session id, a user id. Never a credential's value. */
  readonly target: string | null;
  /** Set when an agent or collector was refused, which is no user of the tenant. */
  readonly agent?: { readonly id: string; readonly name: string } | undefined;
  readonly retryAfterSeconds?: number;
  /** The permission that the call needs and the caller has not, where it is one. */
  readonly permission?: Permission;
  /** The caller's role (its display name) that gives that permission once it is activated. */
  readonly eligibleRole?: string;
}

/** A request that is turned away although it is well formed. Thrown by `access` and nouns, worded by each surface. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly details: RefusalDetails;
  constructor(details: RefusalDetails) {
    super(details.message);
    this.details = details;
  }
}
