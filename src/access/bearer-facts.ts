import { type ClientView, delegatedScopesFor, isAssignedTo, loadClient, rolesFor } from '../applications/lookup.ts';
import { isFamilyInForce } from '../authorizations/families.ts';
import { isAccessTokenRevoked } from '../authorizations/revoked-tokens.ts';
import type { Services } from '../context.ts';
import { loadRights, type Rights } from '../directory/effective.ts';
import { findTenantById, type Tenant } from '../directory/tenants.ts';
import type { TokenClaims } from '../signing/claims.ts';
import { familyOf } from './token-audiences.ts';

/** What is known of a token besides itself. Changes only with the called tenant or the application's home tenant. */
export interface BearerFacts {
  readonly tenant: Tenant | undefined;
  /** Undefined when the application was deleted. */
  readonly client: ClientView | undefined;
  readonly isTokenRevoked: boolean;
  readonly isFamilyRevoked: boolean;
  /** Names that are granted now on the APIs of the token's family: application permissions or, for a person, delegated ones. */
  readonly granted: readonly string[];
  /** Of the person that the token acts for. */
  readonly rights: Rights | undefined;
  readonly isAssigned: boolean;
}

/** Reads everything anew, through the caches of the nouns. */
export async function loadBearerFacts(services: Pick<Services, 'store'>, claims: TokenClaims): Promise<BearerFacts> {
  const { tenantId, appId, userId, tokenId, familyId } = claims;
  const { db } = services.store;
  const client = await loadClient(services, appId, tenantId);
  const principal = client?.servicePrincipal;
  const needsAssignment = principal?.requiresAssignment === true && userId !== null;
  return {
    tenant: await findTenantById(db, tenantId),
    client,
    isTokenRevoked: await isAccessTokenRevoked(services, tenantId, tokenId),
    isFamilyRevoked: familyId !== null && !(await isFamilyInForce(services, tenantId, familyId)),
    granted: await loadGranted(services, claims, principal),
    rights: userId === null ? undefined : await loadRights(db, tenantId, userId),
    isAssigned: !needsAssignment || (await isAssignedTo(services, tenantId, appId, userId)),
  };
}

async function loadGranted(
  services: Pick<Services, 'store'>,
  { tenantId, userId, audience }: TokenClaims,
  principal: ClientView['servicePrincipal'],
): Promise<string[]> {
  const family = familyOf(audience);
  if (!principal || !family) return [];
  return userId === null
    ? await rolesFor(services, tenantId, principal.id, family)
    : await delegatedScopesFor(services, tenantId, principal.id, userId, family);
}
