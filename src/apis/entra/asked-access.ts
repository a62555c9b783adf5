// What an app asks for, as consent knows it: permissions of APIs by their ids (Entra protocol reference 4.5).
import { union } from '../../applications/access-lists.ts';
import type { AccessRequest } from '../../applications/application.ts';
import { requestOfScopes } from '../../applications/consent.ts';
import { type ClientView, delegatedScopesFor } from '../../applications/lookup.ts';
import { type ApiResource, graphAppId, openIdScopes } from '../../applications/resources.ts';
import type { AskedFor } from '../../authorizations/authorizations.ts';
import type { Services } from '../../context.ts';
import type { TenantId, UserId } from '../../lib/ids.ts';
import { entraError } from './errors.ts';
import { grantTargetOf, type RequestedScopes, requestedScopes } from './token/requested-resource.ts';

export interface AskedAccess {
  /** What has to be consented to; the scopes of OpenID Connect among it, as permissions of Graph. */
  readonly access: readonly AccessRequest[];
  /** True when it is in force for this person already, so that nobody has to be asked. */
  readonly isCovered: boolean;
}

interface Person {
  readonly tenantId: TenantId;
  readonly userId: UserId;
}

const scopesMax = 100;

/** Throws AADSTS70011, 650053 and 500011 for scopes that nobody could consent to. */
export async function askedAccess(
  services: Services,
  client: ClientView,
  person: Person,
  asked: AskedFor,
): Promise<AskedAccess> {
  return asked.version === 1
    ? await askedByResource(services, client, person, asked)
    : await askedByScopes(services, client, person, asked);
}

/** v1: everything that the application has registered, once nothing of the resource was granted. */
async function askedByResource(
  services: Services,
  client: ClientView,
  person: Person,
  asked: AskedFor,
): Promise<AskedAccess> {
  const { target } = await requestedScopes(services, person.tenantId, asked, true);
  const granted = await grantedOn(services, client, person, target.api);
  const signIn = await openIdAccess(services, person.tenantId, ['openid', 'profile']);
  return { access: union(client.application.requiredAccess, [signIn]), isCovered: granted.length > 0 };
}

async function askedByScopes(
  services: Services,
  client: ClientView,
  person: Person,
  asked: AskedFor,
): Promise<AskedAccess> {
  const values = [...new Set(asked.scope.split(/\s+/).filter((value) => value !== ''))];
  if (values.length > scopesMax) throw entraError(70011, { reason: `More than ${scopesMax} scopes are named.` });
  const openId = values.filter((value) => openIdScopes.has(value));
  const named: RequestedScopes[] = [];
  for (const scope of values.filter((value) => !openIdScopes.has(value))) {
    named.push(await requestedScopes(services, person.tenantId, { ...asked, scope }, true));
  }
  const hasDefault = named.some(({ permissions }) => permissions === null);
  if (hasDefault && named.some(({ permissions }) => permissions !== null)) {
    throw entraError(70011, { reason: '.default cannot be combined with other scopes.' });
  }
  let access: readonly AccessRequest[] = hasDefault ? client.application.requiredAccess : [];
  let isCovered = await isOpenIdCovered(services, client, person, openId);
  for (const { target, permissions } of named) {
    const granted = await grantedOn(services, client, person, target.api);
    if (permissions === null) {
      isCovered &&= granted.length > 0;
    } else {
      const { access: wanted } = await requestOfScopes(services, person.tenantId, target.api.appId, permissions);
      access = union(access, [wanted]);
      isCovered &&= permissions.every((each) => granted.includes(each));
    }
  }
  return { access: union(access, [await openIdAccess(services, person.tenantId, openId)]), isCovered };
}

async function openIdAccess(services: Services, tenantId: TenantId, openId: readonly string[]): Promise<AccessRequest> {
  return (await requestOfScopes(services, tenantId, graphAppId, openId)).access;
}

/** Who signs in is told to an app that the tenant took in as a whole, and has not taken everything from, or that the person let know it. */
export async function isOpenIdCovered(
  services: Pick<Services, 'store'>,
  { servicePrincipal }: Pick<ClientView, 'servicePrincipal'>,
  person: Person,
  openId: readonly string[],
): Promise<boolean> {
  if (!servicePrincipal) return false;
  if (servicePrincipal.consentedAccess !== null) return true;
  const { tenantId, userId } = person;
  const granted = await delegatedScopesFor(services, tenantId, servicePrincipal.id, userId, graphAppId);
  return openId.every((each) => granted.includes(each));
}

async function grantedOn(
  services: Services,
  { servicePrincipal }: ClientView,
  { tenantId, userId }: Person,
  api: ApiResource,
): Promise<string[]> {
  if (!servicePrincipal) return [];
  return await delegatedScopesFor(services, tenantId, servicePrincipal.id, userId, grantTargetOf(api));
}
