// Whether a JWT is one that this deployment signed and that is still in its time. What it opens is not decided here.
import { verify as verifySignature } from 'node:crypto';
import type { Services } from '../context.ts';
import { isoTime } from '../lib/clock.ts';
import type { TenantId } from '../lib/ids.ts';
import { type Names, resolveHost } from '../listening/names.ts';
import { readClaims, type TokenClaims } from './claims.ts';
import { type DecodedToken, decodeToken } from './decode.ts';
import { issuerOf, type TokenVersion } from './mint.ts';
import type { PublicSigningKey } from './signing-keys.ts';

export type InvalidReason =
  | 'malformed'
  | 'alg'
  | 'unknown-key'
  | 'signature'
  | 'issuer'
  | 'claims'
  | 'not-yet-valid'
  | 'expired';

export interface Verified {
  readonly isValid: true;
  /** Id of the key that signed it. */
  readonly keyId: string;
  readonly claims: TokenClaims;
}

/** The checks run in the order of {@link InvalidReason}: everything before `reason` was found good. */
export interface Invalid {
  readonly isValid: false;
  readonly reason: InvalidReason;
  /** One sentence. Never a piece of the token. */
  readonly detail: string;
  /** Set when the signature is ours, so that what the token says is true: it has ended or has not begun. */
  readonly claims?: TokenClaims;
}

type VerifyServices = Pick<Services, 'signing' | 'names' | 'clock' | 'config'>;

/**
 * Verifies by RFC 8725: one algorithm, keys from our own store by `kid` and never from the token (`jwk`, `jku`, `x5u`,
 * `x5c` are not looked at), no critical extensions, exact issuer. An end counts from its very second, because the clock
 * that wrote it is ours. Never throws for whatever text comes in.
 */
export async function verifyToken(services: VerifyServices, token: string): Promise<Verified | Invalid> {
  const decoded = decodeToken(token, services.config.jwtBytesMax);
  if ('problem' in decoded) return invalid('malformed', `The token cannot be read: ${decoded.problem}.`);
  return await verifyDecoded(services, decoded);
}

/** The same for a token that was taken apart already. */
export async function verifyDecoded(services: VerifyServices, decoded: DecodedToken): Promise<Verified | Invalid> {
  const { header } = decoded;
  if (header.alg !== 'RS256')
    return invalid('alg', 'The token is not signed with RS256, the one algorithm of this server.');
  if (header.crit !== undefined) return invalid('alg', 'The token demands extensions that this server does not know.');
  const key = await findKey(services, header.kid);
  if (!key) return invalid('unknown-key', 'The token names no key that this server publishes.');
  if (!verifySignature('sha256', Buffer.from(decoded.signed, 'latin1'), key.publicKey, decoded.signature)) {
    return invalid('signature', 'The signature does not fit: the token was altered, or signed by somebody else.');
  }
  const claims = readClaims(decoded.claims);
  if (!claims) return invalid('claims', 'The token lacks claims that every token of this server has.');
  if (!isOwnIssuer(services.names, claims)) {
    return invalid('issuer', 'The token was issued under a name that is not, or not any more, one of this server.');
  }
  const now = services.clock();
  if (claims.notBefore > now) {
    return { ...invalid('not-yet-valid', `The token is valid from ${isoTime(claims.notBefore)} on.`), claims };
  }
  if (claims.expiresAt <= now) {
    return { ...invalid('expired', `The token ended at ${isoTime(claims.expiresAt)}.`), claims };
  }
  return { isValid: true, keyId: key.id, claims };
}

async function findKey({ signing }: VerifyServices, kid: unknown): Promise<PublicSigningKey | undefined> {
  // Base64url SHA-1 is 27 characters; nothing else is looked up.
  if (typeof kid !== 'string' || !/^[\w-]{27}$/.test(kid)) return undefined;
  return signing.peek(kid) ?? (await signing.find(kid));
}

/** An issuer of ours names any of our hosts: a token that was taken through one alias is good on all. */
function isOwnIssuer(names: Names, { issuer, tenantId, version }: TokenClaims): boolean {
  const origin = ownOriginOf(issuer, tenantId, version);
  return origin !== undefined && resolveHost(names, origin.slice('https://'.length)).kind !== 'unknown';
}

function ownOriginOf(issuer: string, tenantId: TenantId, version: TokenVersion): string | undefined {
  const path = issuerOf(version, '', tenantId);
  const origin = issuer.slice(0, -path.length);
  return issuer.endsWith(path) && /^https:\/\/[^/?#@\s]+$/.test(origin) ? origin : undefined;
}

function invalid(reason: InvalidReason, detail: string): Invalid {
  return { isValid: false, reason, detail };
}
