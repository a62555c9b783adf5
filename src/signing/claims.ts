import { secondMs } from '../lib/clock.ts';
import type { AppId, ServicePrincipalId, TenantId, TokenFamilyId, UserId } from '../lib/ids.ts';
import type { TokenVersion } from './mint.ts';

/** What a token of ours says, whichever version it has. Times are epoch milliseconds. */
export interface TokenClaims {
  /** `app`: an application that acts as itself. `user`: on behalf of a person. `id`: tells an app who signed in; opens nothing. */
  readonly kind: 'app' | 'user' | 'id';
  readonly version: TokenVersion;
  readonly issuer: string;
  readonly audience: string;
  readonly tenantId: TenantId;
  /** The client; of an id token its audience. */
  readonly appId: AppId;
  readonly tokenId: string;
  readonly issuedAt: number;
  readonly notBefore: number;
  readonly expiresAt: number;
  readonly subject: string;
  /** Of an `app` token. */
  readonly servicePrincipalId: ServicePrincipalId | null;
  readonly roles: readonly string[];
  /** Of `user` and `id` tokens. */
  readonly userId: UserId | null;
  readonly userName: string | null;
  readonly displayName: string | null;
  readonly scopes: readonly string[];
  readonly amr: readonly string[];
  readonly authTime: number | null;
  /** 0 public, 1 secret, 2 certificate. */
  readonly clientAuthLevel: string | null;
  readonly credentialId: string | null;
  readonly familyId: TokenFamilyId | null;
  /** Thumbprint of the key that the token is bound to (RFC 9449); without a proof by it the token opens nothing. */
  readonly confirmationJkt: string | null;
  readonly nonce: string | null;
  /** The sign-in session of an id token. */
  readonly sessionId: string | null;
}

type Raw = Readonly<Record<string, unknown>>;

/** Reads the claims of a token whose signature is ours; undefined when one is missing that mint always writes. */
export function readClaims(raw: Raw): TokenClaims | undefined {
  const version = raw.ver === '1.0' ? 1 : raw.ver === '2.0' ? 2 : undefined;
  const issuer = textOf(raw.iss);
  const audience = textOf(raw.aud);
  const tenantId = textOf(raw.tid);
  const tokenId = textOf(raw.uti);
  const subject = textOf(raw.sub);
  const objectId = textOf(raw.oid);
  const times = timesOf(raw);
  if (version === undefined || issuer === null || audience === null || tenantId === null || tokenId === null)
    return undefined;
  if (subject === null || objectId === null || !times) return undefined;
  const client = textOf(version === 1 ? raw.appid : raw.azp);
  const kind = client === null ? 'id' : raw.idtyp === 'app' ? 'app' : typeof raw.scp === 'string' ? 'user' : undefined;
  if (kind === undefined) return undefined;
  // The signature is ours, so the ids are of the kinds that mint took.
  return {
    kind,
    version,
    issuer,
    audience,
    tenantId: tenantId as TenantId,
    appId: (client ?? audience) as AppId,
    tokenId,
    ...times,
    subject,
    servicePrincipalId: kind === 'app' ? (objectId as ServicePrincipalId) : null,
    roles: textsOf(raw.roles),
    userId: kind === 'app' ? null : (objectId as UserId),
    userName: textOf(raw.preferred_username) ?? textOf(raw.upn),
    displayName: textOf(raw.name),
    scopes: textOf(raw.scp)?.split(' ').filter(Boolean) ?? [],
    amr: textsOf(raw.amr),
    authTime: typeof raw.auth_time === 'number' ? raw.auth_time * secondMs : null,
    clientAuthLevel: textOf(raw.appidacr) ?? textOf(raw.azpacr),
    credentialId: textOf(raw.slp_cred),
    familyId: textOf(raw.slp_fam) as TokenFamilyId | null,
    confirmationJkt: confirmationOf(raw.cnf),
    nonce: textOf(raw.nonce),
    sessionId: textOf(raw.sid),
  };
}

function timesOf({ iat, nbf, exp }: Raw): Pick<TokenClaims, 'issuedAt' | 'notBefore' | 'expiresAt'> | undefined {
  if (typeof iat !== 'number' || typeof nbf !== 'number' || typeof exp !== 'number') return undefined;
  return { issuedAt: iat * secondMs, notBefore: nbf * secondMs, expiresAt: exp * secondMs };
}

function confirmationOf(value: unknown): string | null {
  return typeof value === 'object' && value !== null && 'jkt' in value ? textOf(value.jkt) : null;
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

function textsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
}
