// Makes JWTs. Claims are those of reference 3.2 (access tokens) and 3.3 (id tokens), in the form of the endpoint's or the
// resource's version; what Entra keeps for itself (aio, rh) is left out, as no client reads it.
import { createHash, randomFillSync } from 'node:crypto';
import type { Services } from '../context.ts';
import { secondMs } from '../lib/clock.ts';
import type { AppId, ServicePrincipalId, TenantId, TokenFamilyId, UserId } from '../lib/ids.ts';
import { tokenSecondsMax } from './key-life.ts';
import type { SigningKey } from './signing-keys.ts';
import { signText } from './signing-threads.ts';

export type TokenVersion = 1 | 2;
export type ClientAuth = 'public' | 'secret' | 'certificate';

export interface AccessTokenInput {
  readonly version: TokenVersion;
  /** Scheme and host that were asked, one of ours. */
  readonly origin: string;
  /** The tenant whose data the token opens. */
  readonly tenantId: TenantId;
  readonly audience: string;
  readonly appId: AppId;
  readonly clientAuth: ClientAuth;
  /** The secret or certificate that the client showed: removing it cuts the token. Null for public clients. */
  readonly credentialId: string | null;
  readonly nowMs: number;
  readonly lifetimeSeconds: number;
  /** For a token of the application itself; one of `app` and `user` is given. */
  readonly app?: { readonly servicePrincipalId: ServicePrincipalId; readonly roles: readonly string[] } | undefined;
  readonly user?: AccessTokenUser | undefined;
  /** Thumbprint of the key that the token is bound to (RFC 9449 section 6.1). */
  readonly confirmation?: { readonly jkt: string } | undefined;
  readonly familyId?: TokenFamilyId | undefined;
}

export interface AccessTokenUser {
  readonly userId: UserId;
  readonly userName: string;
  readonly displayName: string;
  /** Short names, as granted. */
  readonly scopes: readonly string[];
  /** Epoch milliseconds of the sign-in behind the token. */
  readonly authTime: number;
  /** How the person signed in: `pwd`, and `mfa` with a second factor (reference 3.2). */
  readonly amr: readonly string[];
  /** Pairwise: another one for every application. */
  readonly subject: string;
}

export interface MintedToken {
  readonly token: string;
  /** The claim `uti`. */
  readonly tokenId: string;
  /** Epoch milliseconds, whole seconds: the claims `iat` and `exp`. */
  readonly issuedAt: number;
  readonly expiresAt: number;
  /** Epoch milliseconds: the claim `nbf`, five minutes back (reference 2.2). */
  readonly notBefore: number;
}

export interface IdTokenInput {
  readonly version: TokenVersion;
  readonly origin: string;
  readonly tenantId: TenantId;
  readonly appId: AppId;
  readonly nowMs: number;
  readonly lifetimeSeconds: number;
  readonly user: Omit<AccessTokenUser, 'scopes'> & { readonly email?: string | null };
  /** `profile` and `email` decide what a v2 token tells of the person. */
  readonly scopes: readonly string[];
  readonly nonce?: string | null | undefined;
  /** The sign-in session (claim `sid`), for logout. */
  readonly sessionId?: string | null | undefined;
  /** What is handed out beside it: gives at_hash and c_hash (OpenID Connect Core 3.3.2.11). */
  readonly accessToken?: string | undefined;
  readonly code?: string | undefined;
}

/** Tokens are valid from a little before they were made, for resources whose clock is behind (reference 2.2). */
const backdatedSeconds = 300;

/** `appidacr` and `azpacr` (reference 3.2). */
const clientAuthLevels: Record<ClientAuth, string> = { public: '0', secret: '1', certificate: '2' };

/** The v1 issuer is on the same origin, with a final slash; the v2 one has none (reference 7.1). */
export function issuerOf(version: TokenVersion, origin: string, tenantId: TenantId): string {
  return version === 1 ? `${origin}/${tenantId}/` : `${origin}/${tenantId}/v2.0`;
}

/** A signed access token. Throws when it would live for longer than its key is published. */
export async function mintAccessToken(
  services: Pick<Services, 'signing'>,
  input: AccessTokenInput,
): Promise<MintedToken> {
  const { version, user, app, appId, clientAuth } = input;
  if ((app === undefined) === (user === undefined)) throw new Error('A token is of an application or of a person.');
  const issuer = issuerOf(version, input.origin, input.tenantId);
  const times = timesOf(input.nowMs, input.lifetimeSeconds);
  const tokenId = newTokenId();
  const level = clientAuthLevels[clientAuth];
  const isFirst = version === 1;
  // One literal, whatever the token: absent members are undefined, which costs less than joining objects.
  const claims = {
    aud: input.audience,
    iss: issuer,
    iat: times.iat,
    nbf: times.nbf,
    exp: times.exp,
    appid: isFirst ? appId : undefined,
    appidacr: isFirst ? level : undefined,
    idp: isFirst ? issuer : undefined,
    azp: isFirst ? undefined : appId,
    azpacr: isFirst ? undefined : level,
    idtyp: app && 'app',
    oid: app?.servicePrincipalId,
    sub: app?.servicePrincipalId,
    // Absent when nothing was granted.
    roles: app && app.roles.length > 0 ? app.roles : undefined,
    cnf: input.confirmation,
    tid: input.tenantId,
    uti: tokenId,
    ver: isFirst ? '1.0' : '2.0',
    slp_cred: input.credentialId ?? undefined,
    slp_fam: input.familyId,
  };
  const key = await services.signing.current();
  const token = await signClaims(key, version, user ? { ...claims, ...userClaims(version, user) } : claims);
  return {
    token,
    tokenId,
    issuedAt: times.iat * secondMs,
    expiresAt: times.exp * secondMs,
    notBefore: times.nbf * secondMs,
  };
}

function userClaims(version: TokenVersion, user: AccessTokenUser): Record<string, unknown> {
  return {
    oid: user.userId,
    sub: user.subject,
    scp: user.scopes.join(' '),
    name: user.displayName,
    amr: user.amr,
    auth_time: Math.floor(user.authTime / secondMs),
    ...(version === 1
      ? { acr: '1', unique_name: user.userName, upn: user.userName }
      : { preferred_username: user.userName }),
  };
}

/** A signed id token for the application itself (reference 3.3). */
export async function mintIdToken(services: Pick<Services, 'signing'>, input: IdTokenInput): Promise<string> {
  const { version, user, scopes } = input;
  const issuer = issuerOf(version, input.origin, input.tenantId);
  const tellsProfile = version === 1 || scopes.includes('profile');
  const claims = {
    aud: input.appId,
    iss: issuer,
    ...timesOf(input.nowMs, input.lifetimeSeconds),
    auth_time: Math.floor(user.authTime / secondMs),
    amr: user.amr,
    ...(version === 1 ? { idp: issuer, unique_name: user.userName, upn: user.userName } : {}),
    ...(version === 2 && tellsProfile ? { preferred_username: user.userName } : {}),
    ...(tellsProfile ? { name: user.displayName } : {}),
    ...(user.email && scopes.includes('email') ? { email: user.email } : {}),
    nonce: input.nonce ?? undefined,
    oid: user.userId,
    sub: user.subject,
    sid: input.sessionId ?? undefined,
    at_hash: input.accessToken === undefined ? undefined : halfHash(input.accessToken),
    c_hash: input.code === undefined ? undefined : halfHash(input.code),
    tid: input.tenantId,
    uti: newTokenId(),
    ver: version === 1 ? '1.0' : '2.0',
  };
  return await signClaims(await services.signing.current(), version, claims);
}

function timesOf(nowMs: number, lifetimeSeconds: number): { iat: number; nbf: number; exp: number } {
  if (!(lifetimeSeconds > 0 && lifetimeSeconds <= tokenSecondsMax)) {
    throw new Error(`A token lives for at most ${tokenSecondsMax} s, not ${lifetimeSeconds}.`);
  }
  const iat = Math.floor(nowMs / secondMs);
  return { iat, nbf: iat - backdatedSeconds, exp: iat + lifetimeSeconds };
}

const tokenIdBytes = 16;
/** Random bytes are drawn for many tokens at a time, as one draw costs more than all that is done with it. */
const randomPool = Buffer.alloc(256 * tokenIdBytes);
let randomUsed = randomPool.length;

/** 16 random bytes in 22 characters. */
function newTokenId(): string {
  if (randomUsed === randomPool.length) {
    randomFillSync(randomPool);
    randomUsed = 0;
  }
  randomUsed += tokenIdBytes;
  return randomPool.toString('base64url', randomUsed - tokenIdBytes, randomUsed);
}

/** The left half of the SHA-256, as RS256 wants it (OpenID Connect Core 3.1.3.6). */
function halfHash(value: string): string {
  return createHash('sha256').update(value, 'ascii').digest().subarray(0, 16).toString('base64url');
}

/** Headers are the same for every token of a key. */
const headers = new WeakMap<SigningKey, Record<TokenVersion, string>>();

function headerOf(key: SigningKey, version: TokenVersion): string {
  let both = headers.get(key);
  if (!both) {
    const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const header = { typ: 'JWT', alg: 'RS256', kid: key.id };
    both = { 1: encode({ typ: 'JWT', alg: 'RS256', x5t: key.id, kid: key.id }), 2: encode(header) };
    headers.set(key, both);
  }
  return both[version];
}

async function signClaims(key: SigningKey, version: TokenVersion, claims: object): Promise<string> {
  const signed = `${headerOf(key, version)}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}`;
  return `${signed}.${await signText(key, signed)}`;
}
