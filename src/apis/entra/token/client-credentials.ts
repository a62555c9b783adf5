// grant_type=client_credentials (RFC 6749 section 4.4): the app takes a token for itself, with the application
// permissions that this tenant granted it. There is never a refresh token.
import { loadClient, rolesFor } from '../../../applications/lookup.ts';
import { mintAccessToken } from '../../../signing/mint.ts';
import { arrivalOf } from '../../arrival.ts';
import { entraError } from '../errors.ts';
import type { Client } from './client.ts';
import { findClient, requireClientInForce } from './client.ts';
import { authenticate, readCredential, requireAppId } from './client-authentication.ts';
import { audienceOf, grantTargetOf, type RequestedApi, requestedApi, tokenVersionOf } from './requested-resource.ts';
import { tokenMembers } from './response.ts';
import { namedTenantOf, refuse, type TokenAnswer, type TokenRequest } from './token-request.ts';

export async function answerClientCredentials(request: TokenRequest): Promise<TokenAnswer> {
  const { services, form, version } = request;
  const tenantId = namedTenantOf(request);
  if (tenantId === undefined) throw entraError(50059);
  const presented = readCredential(request);
  const client = await findClient(request, tenantId, requireAppId(presented));
  if (presented.kind === 'none') throw missingCredential(client);
  const { method, credentialId } = await authenticate(request, client, presented);
  await requireClientInForce(request, client);

  const asked = { version, scope: form.get('scope') ?? '', resource: form.get('resource') ?? null };
  const target = await requestedApi(services, tenantId, asked);
  const { servicePrincipal, application } = client;
  const roles = await rolesFor(services, tenantId, servicePrincipal.id, grantTargetOf(target.api));
  await requireAssignment(request, client, target, roles);
  const tokenVersion = await tokenVersionOf(services, tenantId, target.api);
  const minted = await mintAccessToken(services, {
    version: tokenVersion,
    origin: request.origin,
    tenantId,
    audience: audienceOf(target, tokenVersion),
    appId: application.appId,
    clientAuth: method,
    credentialId,
    nowMs: services.clock(),
    lifetimeSeconds: services.config.accessTokenSeconds,
    app: { servicePrincipalId: servicePrincipal.id, roles },
  });
  const { origin, correlationId } = arrivalOf(request.http);
  await services.issuance.note({
    tenantId,
    servicePrincipalId: servicePrincipal.id,
    appId: application.appId,
    appName: application.displayName,
    credentialId,
    grant: 'client_credentials',
    resource: target.api.displayName,
    user: null,
    origin,
    correlationId,
  });
  return { ...tokenMembers(request, minted, target.name), access_token: minted.token };
}

function missingCredential({ servicePrincipal: { tenantId, appId } }: Client) {
  return refuse(
    7000216,
    {},
    {
      code: 'client-credential-invalid',
      check: 'credential-present',
      detail: 'The request carries neither a secret nor an assertion.',
      remedy: 'Send client_secret, or client_assertion with client_assertion_type.',
      tenantId,
      appId,
    },
  );
}

/** An API may hand out tokens only to apps that it gave a role (reference 2.3). */
async function requireAssignment(
  { services }: TokenRequest,
  { servicePrincipal: { tenantId, appId } }: Client,
  { api, name }: RequestedApi,
  roles: readonly string[],
): Promise<void> {
  if (api.family !== 'directory-custom' || roles.length > 0) return;
  const view = await loadClient(services, api.appId, tenantId);
  if (!view?.servicePrincipal?.requiresAssignment) return;
  throw refuse(
    501051,
    { resource: name },
    {
      code: 'not-assigned',
      check: 'assignment',
      detail: `${api.displayName} requires assignment, and no role of it is granted to the application.`,
      remedy: 'Grant the application a role of that API, or let the API require no assignment.',
      tenantId,
      appId,
    },
  );
}
