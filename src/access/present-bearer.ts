import { readPresentClient } from '../applications/present-client.ts';
import { isFamilyInForce } from '../authorizations/families.ts';
import { isAccessTokenRevoked } from '../authorizations/revoked-tokens.ts';
import type { Services } from '../context.ts';
import type { Trx } from '../db/store.ts';
import { loadRights } from '../directory/effective.ts';
import { findTenantById } from '../directory/tenants.ts';
import type { TokenClaims } from '../signing/claims.ts';
import type { BearerFacts } from './bearer-facts.ts';
import { checkBearer } from './bearer-rules.ts';
import type { Caller } from './caller.ts';
import { ChainOfChecks } from './chain-of-checks.ts';
import { familyOf } from './token-audiences.ts';

/**
 * The caller that a token makes inside a change, by the rules that let its request in. Nothing comes from a cache. Throws
 * a Refusal where the consent, the app, its credential, the sign-in or the person is gone since.
 */
export async function checkBearerInside(
  services: Pick<Services, 'store' | 'clock'>,
  trx: Trx,
  claims: TokenClaims,
): Promise<Caller> {
  const { tenantId, userId, appId } = claims;
  const family = familyOf(claims.audience);
  if (!family) throw new Error('A token of no surface was let in.');
  const chain = new ChainOfChecks();
  chain.concerns({ tenantId, userId, target: appId });
  chain.pass('signature', 'This server signed it.');
  const facts = await readFacts(services, trx, claims, family);
  return checkBearer(chain, claims, facts, { family, hostTenantId: null }, services.clock()).caller;
}

async function readFacts(
  services: Pick<Services, 'store'>,
  trx: Trx,
  claims: TokenClaims,
  family: NonNullable<ReturnType<typeof familyOf>>,
): Promise<BearerFacts> {
  const { tenantId, userId, tokenId, familyId } = claims;
  const inside = { store: { ...services.store, db: trx } };
  return {
    tenant: await findTenantById(trx, tenantId),
    ...(await readPresentClient(trx, claims, family)),
    isTokenRevoked: await isAccessTokenRevoked(inside, tenantId, tokenId),
    isFamilyRevoked: familyId !== null && !(await isFamilyInForce(inside, tenantId, familyId)),
    rights: userId === null ? undefined : await loadRights(trx, tenantId, userId),
  };
}
