import {
  delegatedScopesFor,
  findApi,
  isAssignedTo,
  loadClient,
  problemOfClient,
  rolesFor,
} from '../../applications/lookup.ts';
import { openIdScopes } from '../../applications/resources.ts';
import { isFamilyInForce } from '../../authorizations/families.ts';
import { isAccessTokenRevoked } from '../../authorizations/revoked-tokens.ts';
import type { Services } from '../../context.ts';
import { findUser } from '../../directory/managed-user.ts';
import { findTenantById } from '../../directory/tenants.ts';
import type { TokenClaims } from '../../signing/claims.ts';
import { isOpenIdCovered } from './asked-access.ts';
import { grantTargetOf } from './token/requested-resource.ts';

/**
 * True while a token whose signature and times are right still stands: tenant, app, its presence, its credential, the
 * person, the assignment and the sign-in behind it, all as of now. What it still opens, {@link namesInForce} says.
 */
export async function isInForce(services: Services, claims: TokenClaims): Promise<boolean> {
  const { tenantId, appId, userId, familyId, credentialId, tokenId } = claims;
  if (claims.kind === 'id') return false;
  const client = await loadClient(services, appId, tenantId);
  if (!client || problemOfClient(client, tenantId) !== undefined) return false;
  const credentials = [...client.secrets, ...client.certificates];
  if (credentialId !== null && !credentials.some(({ id }) => id === credentialId)) return false;
  const { db } = services.store;
  if ((await findTenantById(db, tenantId))?.status !== 'enabled') return false;
  if (await isAccessTokenRevoked(services, tenantId, tokenId)) return false;
  if (claims.kind === 'app') return true;
  if (userId === null || familyId === null) return false;
  if (client.servicePrincipal?.requiresAssignment && !(await isAssignedTo(services, tenantId, appId, userId)))
    return false;
  const person = await findUser(db, tenantId, userId);
  return person?.status === 'enabled' && (await isFamilyInForce(services, tenantId, familyId));
}

/**
 * The permissions in a token that are granted now, for the API that it is for. Undefined when it carried some and nothing
 * is left of them, so that it means nothing any more.
 */
export async function namesInForce(services: Services, claims: TokenClaims): Promise<readonly string[] | undefined> {
  const { tenantId, appId, userId, audience } = claims;
  const carried = claims.kind === 'app' ? claims.roles : claims.scopes;
  const client = await loadClient(services, appId, tenantId);
  const principal = client?.servicePrincipal;
  const api =
    (await findApi(services, tenantId, audience)) ?? (await findApi(services, tenantId, audience.replace(/\/$/, '')));
  if (!principal || !api) return undefined;
  const target = grantTargetOf(api);
  const granted =
    userId === null
      ? await rolesFor(services, tenantId, principal.id, target)
      : await delegatedScopesFor(services, tenantId, principal.id, userId, target);
  const openId = carried.filter((name) => openIdScopes.has(name));
  const isCovered = userId !== null && (await isOpenIdCovered(services, client, { tenantId, userId }, openId));
  const names = carried.filter((name) => granted.includes(name) || (isCovered && openIdScopes.has(name)));
  return carried.length > 0 && names.length === 0 ? undefined : names;
}
