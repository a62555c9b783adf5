// A family is everything that descends from one authorization: the access and refresh tokens of one sign-in through one
// app, and of the apps that act on behalf in a chain. It is revoked as a whole, and every token of it with it.
import { type AuditActor, recordAuditAs } from '../audit/audit.ts';
import type { Services } from '../context.ts';
import type { Trx } from '../db/store.ts';
import { dayMs } from '../lib/clock.ts';
import { newId, type TenantId, type TokenFamilyId, type UserId } from '../lib/ids.ts';
import type { Parties } from './authorizations.ts';
import * as store from './families-store.ts';

export type { FamilyChoice } from './families-store.ts';

/** Why a family was revoked, for the audit and for the explanation of later refusals. */
export type RevokedFor = 'reuse' | 'code-replayed' | 'client' | 'sign-out' | 'administrator' | 'sessions-ended';

/** Families outlive their last access token, so that a revocation is known as long as it matters. */
const keptAfterMs = 2 * dayMs;

/** Begins a family inside the transaction that used up the authorization. `expiresAt` is its last refresh token's end. */
export async function startFamily(
  services: Pick<Services, 'clock'>,
  trx: Trx,
  parties: Parties,
  expiresAt: number,
  id: TokenFamilyId = newId<TokenFamilyId>(),
): Promise<TokenFamilyId> {
  const { tenantId, appId, userId } = parties;
  await store.insertFamily(trx, {
    id,
    tenantId,
    appId,
    userId,
    createdAt: services.clock(),
    expiresAt: expiresAt + keptAfterMs,
    revokedAt: null,
    revokedFor: null,
  });
  return id;
}

/** The family's later end, as its refresh tokens are renewed. */
export async function extendFamily(trx: Trx, tenantId: TenantId, id: TokenFamilyId, expiresAt: number): Promise<void> {
  await store.extendFamily(trx, tenantId, id, expiresAt + keptAfterMs);
}

/**
 * Revokes one family; its tokens are refused on their next use, in every process. Recorded in the tenant's audit the
 * first time, false when it was revoked before.
 */
export async function revokeFamily(
  services: Pick<Services, 'store' | 'clock' | 'keys'>,
  who: AuditActor,
  parties: Parties & { readonly familyId: TokenFamilyId },
  revokedFor: RevokedFor,
): Promise<boolean> {
  const { tenantId, appId, userId, familyId } = parties;
  return await services.store.change(tenantId, async (trx) => {
    const revoked = await store.revokeFamilies(trx, tenantId, { id: familyId }, services.clock(), revokedFor);
    if (revoked === 0) return false;
    await recordAuditAs(services, trx, tenantId, who, {
      action: 'token-family.revoke',
      target: { kind: 'token-family', id: familyId },
      details: { reason: revokedFor, appId, userId },
    });
    return true;
  });
}

/** Revokes every family of a person, of an app, or of both, inside a change that records why; how many. */
export async function revokeFamilies(
  services: Pick<Services, 'clock'>,
  trx: Trx,
  tenantId: TenantId,
  choice: Omit<store.FamilyChoice, 'id'>,
  revokedFor: RevokedFor,
): Promise<number> {
  return await store.revokeFamilies(trx, tenantId, choice, services.clock(), revokedFor);
}

/**
 * Ends everything that a person is signed in to through apps, and what is on its way there. Inside the change of the
 * tenant that records why, so that every process hears of it.
 */
export async function endAppSignIns(trx: Trx, tenantId: TenantId, userId: UserId, now: number): Promise<void> {
  await store.revokeFamilies(trx, tenantId, { userId }, now, 'sessions-ended');
  await store.endUnredeemed(trx, tenantId, userId, now);
}

/** True when the family is there and was not revoked. */
export async function isFamilyInForce(
  services: Pick<Services, 'store'>,
  tenantId: TenantId,
  id: TokenFamilyId,
): Promise<boolean> {
  const family = await store.findFamily(services.store.db, tenantId, id);
  return family !== undefined && family.revokedAt === null;
}
