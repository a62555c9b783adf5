// Authorization codes (RFC 6749 section 4.1): made at the end of a sign-in, used once. A code that is used again is a
// stolen one or its owner comes after the thief, so everything that came of it is revoked (RFC 9700 section 4.2.4).
import type { AuditActor } from '../audit/audit.ts';
import type { Services } from '../context.ts';
import { secondMs } from '../lib/clock.ts';
import { newId, type TokenFamilyId } from '../lib/ids.ts';
import { randomBase62, sha256Hex } from '../lib/secrets.ts';
import type { AskedFor, Parties, RedirectKind, SignInProof } from './authorizations.ts';
import { revokeFamily, startFamily } from './families.ts';
import * as store from './families-store.ts';
import { addRefreshToken, type NewRefreshToken, refreshTokenEnd } from './refresh-tokens.ts';

/** What the code stands for, kept until it ends. */
export interface CodeBody extends AskedFor {
  /** Exactly as the authorize request had it: redemption must repeat it. */
  readonly redirectUri: string;
  readonly redirectKind: RedirectKind;
  /** S256 challenge (RFC 7636); null where the client, a confidential one, sent none. */
  readonly codeChallenge: string | null;
  readonly nonce: string | null;
  readonly proof: SignInProof;
}

export interface StoredCode extends Parties {
  readonly hash: string;
  readonly familyId: TokenFamilyId;
  readonly body: CodeBody;
  readonly expiresAt: number;
  readonly isRedeemed: boolean;
}

const codePrefix = 'slpac';
const codeRandomLength = 48;

/** Makes a code of 285 random bits for the redirect; it works once and for `authorizationCodeSeconds`. */
export async function issueCode(
  services: Pick<Services, 'store' | 'clock' | 'config'>,
  parties: Parties,
  body: CodeBody,
): Promise<string> {
  const code = codePrefix + randomBase62(codeRandomLength);
  const { tenantId, appId, userId } = parties;
  await store.insertCode(services.store.db, {
    hash: sha256Hex(code),
    tenantId,
    appId,
    userId,
    familyId: newId<TokenFamilyId>(),
    body: JSON.stringify(body),
    expiresAt: services.clock() + services.config.authorizationCodeSeconds * secondMs,
    redeemedAt: null,
  });
  return code;
}

/** The code as it is stored, redeemed and expired ones included; undefined when there is none of this value. */
export async function findCode(services: Pick<Services, 'store'>, code: string): Promise<StoredCode | undefined> {
  if (!code.startsWith(codePrefix) || code.length !== codePrefix.length + codeRandomLength) return undefined;
  const row = await store.findCode(services.store.db, sha256Hex(code));
  if (!row) return undefined;
  const { body, redeemedAt, ...rest } = row;
  return { ...rest, body: JSON.parse(body) as CodeBody, isRedeemed: redeemedAt !== null }; // issueCode wrote it.
}

/**
 * Uses the code up, begins its family and adds the first refresh token if one is wanted: all in one transaction, so
 * that of several who come at once one wins, and a crash leaves either everything or nothing. False for the others.
 */
export async function redeemCode(
  services: Pick<Services, 'store' | 'clock' | 'config'>,
  code: StoredCode,
  refresh: NewRefreshToken | null,
): Promise<{ readonly refreshToken: string | null } | false> {
  return await services.store.transaction(async (trx) => {
    if (!(await store.claimCode(trx, code.tenantId, code.hash, services.clock()))) return false;
    const end = refreshTokenEnd(services, refresh?.isSpa ?? false, services.clock());
    await startFamily(services, trx, code, end, code.familyId);
    if (!refresh) return { refreshToken: null };
    return { refreshToken: await addRefreshToken(services, trx, code, code.familyId, refresh, end) };
  });
}

/** Somebody came with a code that was used before: whatever was made of it ends now. */
export async function revokeReplayed(
  services: Pick<Services, 'store' | 'clock' | 'keys'>,
  who: AuditActor,
  code: StoredCode,
): Promise<void> {
  await revokeFamily(services, who, code, 'code-replayed');
}
