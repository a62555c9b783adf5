// Refresh tokens: each use gives a new one and replaces the old (RFC 9700 section 4.14.2). A replaced token that comes
// back later means that two hold the family, so it ends for both. Clients that renew in parallel come within a moment:
// for a minute the replaced one still works, and gives the same new one, so that there is one line of tokens and never
// two that live side by side. The policy `entra` keeps old ones, as the documented service does.
import { createHmac } from 'node:crypto';
import type { AuditActor } from '../audit/audit.ts';
import type { Services } from '../context.ts';
import type { Trx } from '../db/store.ts';
import { dayMs, hourMs, minuteMs } from '../lib/clock.ts';
import type { TenantId, TokenFamilyId } from '../lib/ids.ts';
import { base62Of, randomBase62, sha256Hex } from '../lib/secrets.ts';
import type { AskedFor, Parties, SignInProof } from './authorizations.ts';
import { extendFamily, revokeFamily, startFamily } from './families.ts';
import * as store from './families-store.ts';

/** What the token remembers of its authorization. */
export interface RefreshBody extends AskedFor {
  /** How the client proved itself when the family began: one that could must keep doing it. */
  readonly clientKind: 'public' | 'confidential';
  /** From a single-page app's redirect: a fixed life of a day (Entra protocol reference 2.2). */
  readonly isSpa: boolean;
  readonly proof: SignInProof;
}

export type NewRefreshToken = RefreshBody;

export interface StoredRefreshToken extends Parties {
  readonly hash: string;
  readonly familyId: TokenFamilyId;
  readonly familyCreatedAt: number;
  readonly body: RefreshBody;
  readonly expiresAt: number;
  readonly replacedAt: number | null;
  readonly isRevoked: boolean;
}

const prefix = 'slprt';
const randomLength = 58;
const spaLifeMs = 24 * hourMs;
/**
 * Parallel silent calls of one client arrive within seconds. A thief who is as fast gets the token that the client got,
 * and whichever of the two renews it second is found.
 */
export const replacedGraceMs = minuteMs;

/** When a token that is made now ends. */
export function refreshTokenEnd(services: Pick<Services, 'config'>, isSpa: boolean, now: number): number {
  return now + (isSpa ? spaLifeMs : services.config.refreshTokenIdleDays * dayMs);
}

/** Adds a token of 345 random bits to a family, inside the transaction that allows it. */
export async function addRefreshToken(
  services: Pick<Services, 'clock'>,
  trx: Trx,
  parties: Parties,
  familyId: TokenFamilyId,
  body: RefreshBody,
  expiresAt: number,
  value: string = prefix + randomBase62(randomLength),
): Promise<string> {
  const { tenantId, appId, userId } = parties;
  await store.insertRefreshToken(trx, {
    hash: sha256Hex(value),
    tenantId,
    appId,
    userId,
    familyId,
    body: JSON.stringify(body),
    createdAt: services.clock(),
    expiresAt,
    replacedAt: null,
  });
  return value;
}

/** True for a text that has the form of our refresh tokens; says nothing about whether there is such a one. */
export function isRefreshTokenValue(text: string): boolean {
  return text.startsWith(prefix) && text.length === prefix.length + randomLength;
}

/** The token as it is stored, ended ones included; undefined when there is none of this value. */
export async function findRefreshToken(
  services: Pick<Services, 'store'>,
  value: string,
): Promise<StoredRefreshToken | undefined> {
  if (!isRefreshTokenValue(value)) return undefined;
  const row = await store.findRefreshToken(services.store.db, sha256Hex(value));
  if (!row) return undefined;
  const { body, familyRevokedAt, ...rest } = row;
  return { ...rest, body: JSON.parse(body) as RefreshBody, isRevoked: familyRevokedAt !== null }; // addRefreshToken wrote it.
}

/** True when the token was replaced so long ago that its use means a second holder. */
export function isReused(token: StoredRefreshToken, now: number): boolean {
  return token.replacedAt !== null && now - token.replacedAt > replacedGraceMs;
}

/**
 * The next token of the family, in one transaction with the end of this one, whose `value` it is made from. Looks again
 * inside: false when the family was revoked meanwhile. With the policy `entra` the present token stays as it is. What is
 * renewed without a scope next time is what was authorized, whatever was asked for in between.
 */
export async function renewRefreshToken(
  services: Pick<Services, 'store' | 'clock' | 'config' | 'keys'>,
  token: StoredRefreshToken,
  value: string,
  policy: 'rotate' | 'entra',
): Promise<string | false> {
  const { tenantId, familyId, body } = token;
  return await services.store.transaction(async (trx) => {
    const now = services.clock();
    if (policy === 'rotate') await store.replaceRefreshToken(trx, tenantId, token.hash, now);
    const family = await store.findFamily(trx, tenantId, familyId);
    if (!family || family.revokedAt !== null) return false;
    // A single-page app's day began with the sign-in and is not extended.
    const expiresAt = body.isSpa ? token.expiresAt : refreshTokenEnd(services, false, now);
    await extendFamily(trx, tenantId, familyId, expiresAt);
    if (policy === 'entra') return await addRefreshToken(services, trx, token, familyId, body, expiresAt);
    let next = successorOf(services, value);
    // Who comes second gets what the first one got, or what came of it meanwhile.
    for (let known = await findNext(trx, tenantId, next); known; known = await findNext(trx, tenantId, next)) {
      if (known.replacedAt === null) return next;
      next = successorOf(services, next);
    }
    return await addRefreshToken(services, trx, token, familyId, body, expiresAt, next);
  });
}

/** The one token that replaces a token: nobody can tell it who has not both the value and the deployment's key. */
function successorOf({ keys }: Pick<Services, 'keys'>, value: string): string {
  return prefix + base62Of(createHmac('sha512', keys.renewals).update(value).digest(), randomLength);
}

async function findNext(trx: Trx, tenantId: TenantId, value: string) {
  return await store.findRefreshTokenOf(trx, tenantId, sha256Hex(value));
}

/** A replaced token came back: its family ends. */
export async function revokeReused(
  services: Pick<Services, 'store' | 'clock' | 'keys'>,
  who: AuditActor,
  token: StoredRefreshToken,
): Promise<void> {
  await revokeFamily(services, who, token, 'reuse');
}

/** One more token in a family that exists, for an app that acts on behalf in its chain. False when it was revoked. */
export async function addToFamily(
  services: Pick<Services, 'store' | 'clock' | 'config'>,
  parties: Parties,
  familyId: TokenFamilyId,
  body: RefreshBody,
): Promise<string | false> {
  return await services.store.transaction(async (trx) => {
    const family = await store.findFamily(trx, parties.tenantId, familyId);
    if (!family || family.revokedAt !== null) return false;
    const expiresAt = refreshTokenEnd(services, body.isSpa, services.clock());
    await extendFamily(trx, parties.tenantId, familyId, expiresAt);
    return await addRefreshToken(services, trx, parties, familyId, body, expiresAt);
  });
}

/** Begins a family for a grant that has no code, with its first refresh token if one is wanted. */
export async function beginFamily(
  services: Pick<Services, 'store' | 'clock' | 'config'>,
  parties: Parties,
  refresh: NewRefreshToken | null,
): Promise<{ readonly familyId: TokenFamilyId; readonly refreshToken: string | null }> {
  return await services.store.transaction(async (trx) => {
    const end = refreshTokenEnd(services, refresh?.isSpa ?? false, services.clock());
    const familyId = await startFamily(services, trx, parties, end);
    if (!refresh) return { familyId, refreshToken: null };
    return { familyId, refreshToken: await addRefreshToken(services, trx, parties, familyId, refresh, end) };
  });
}
