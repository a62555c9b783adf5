// What people authorized apps to do, until it is used up: authorization codes, families of refresh tokens, device codes,
// pushed requests, and the proofs that may be used once. Values that leave the server exist only with their holder; the
// store keeps their SHA-256. Nothing here decides about consent or rights: the token endpoint does, at each use.
import type { AppId, SessionId, TenantId, UserId } from '../lib/ids.ts';

/** How and when a person proved who they are, as tokens tell it. */
export interface SignInProof {
  /** Epoch milliseconds. */
  readonly authTime: number;
  /** `pwd`, `mfa` (Entra protocol reference 3.2). */
  readonly amr: readonly string[];
  /** When the second factor was proved; null without one. */
  readonly secondFactorAt: number | null;
  /** The session of the sign-in pages (claim `sid`); null where there is none. */
  readonly sessionId: SessionId | null;
}

/** Who let which app act for them, in which tenant. */
export interface Parties {
  readonly tenantId: TenantId;
  readonly appId: AppId;
  readonly userId: UserId;
}

/** What was asked for: v2 names everything in `scope`, v1 the resource in `resource`. */
export interface AskedFor {
  readonly version: 1 | 2;
  /** Space separated, as the client sent it. */
  readonly scope: string;
  readonly resource: string | null;
}

/** Where a code goes decides what its client must prove (Entra protocol reference 2.5). */
export type RedirectKind = 'web' | 'spa' | 'publicClient';
