// The documents by which clients find everything else: OpenID Connect Discovery for both versions, and the same as
// RFC 8414 metadata. What the documented service lists is here (Entra protocol reference 1.3) as far as we serve it, and
// what newer standards ask for beside it.
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Services } from '../../context.ts';
import { resolveHost } from '../../listening/names.ts';
import { answerIdsOf, EntraError } from './errors.ts';
import { originOf } from './origins.ts';
import { type EntraApp, segmentOf } from './surface.ts';
import type { TenantSegment } from './tenant-segment.ts';
import { grantTypes } from './token/token.ts';

/** Mounts the documents; a path may stand before or behind the issuer's (RFC 8414 section 3.1). */
export function discoveryRoutes(app: EntraApp, services: Services): void {
  const versions = [
    [1, ['/:tenant/.well-known/openid-configuration', '/.well-known/oauth-authorization-server/:tenant']],
    [2, ['/:tenant/v2.0/.well-known/openid-configuration', '/.well-known/oauth-authorization-server/:tenant/v2.0']],
  ] as const;
  for (const [version, paths] of versions) {
    for (const path of paths) app.get(path, (request, reply) => sendDocument(services, version, request, reply));
  }
}

async function sendDocument(
  services: Services,
  version: 1 | 2,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const segment = await segmentOf(services, request).catch((error: unknown) => {
    // Here the tenant itself is what was asked for (reference 1.3).
    if (error instanceof EntraError && error.code === 90002) {
      throw new EntraError(90002, error.message, null, { error: 'invalid_tenant' });
    }
    throw error;
  });
  const origin = originOf(services, request);
  const isVendorHost = resolveHost(services.names, request.headers.host).kind === 'vendor';
  return sendPublicJson(request, reply, documentOf(version, origin, segment, isVendorHost));
}

/** JSON that everybody may read and keep for a day. */
export function sendPublicJson(request: FastifyRequest, reply: FastifyReply, value: object): FastifyReply {
  const { traceId, correlationId } = answerIdsOf(request);
  return reply
    .headers({
      'content-type': 'application/json; charset=utf-8',
      'cache-control': 'max-age=86400, private',
      'access-control-allow-origin': '*',
      'access-control-allow-methods': 'GET, OPTIONS',
      'x-ms-request-id': traceId,
      'client-request-id': correlationId,
    })
    .send(JSON.stringify(value));
}

const clientAuthMethods = ['client_secret_post', 'private_key_jwt', 'client_secret_basic'];
const assertionAlgorithms = ['RS256', 'PS256'];

/** The issuer of an alias is a template: the reader puts the token's `tid` in (reference 1.1). */
function documentOf(version: 1 | 2, origin: string, segment: TenantSegment, isVendorHost: boolean): object {
  const issuerTenant = segment.kind === 'tenant' ? segment.tenant.id : '{tenantid}';
  const tenant = segment.kind === 'tenant' ? segment.tenant.id : segment.kind;
  const base = `${origin}/${tenant}`;
  const oauth = version === 2 ? `${base}/oauth2/v2.0` : `${base}/oauth2`;
  const extras = `${base}/oauth2/v2.0`;
  return {
    token_endpoint: `${oauth}/token`,
    token_endpoint_auth_methods_supported: [...clientAuthMethods, 'none'],
    token_endpoint_auth_signing_alg_values_supported: assertionAlgorithms,
    jwks_uri: version === 2 ? `${base}/discovery/v2.0/keys` : `${origin}/common/discovery/keys`,
    response_modes_supported: ['query', 'fragment', 'form_post'],
    subject_types_supported: ['pairwise'],
    id_token_signing_alg_values_supported: ['RS256'],
    response_types_supported: ['code'],
    scopes_supported: version === 2 ? ['openid', 'profile', 'email', 'offline_access'] : ['openid'],
    issuer: version === 2 ? `${origin}/${issuerTenant}/v2.0` : `${origin}/${issuerTenant}/`,
    ...(version === 1 ? { microsoft_multi_refresh_token: true } : {}),
    request_parameter_supported: false,
    request_uri_parameter_supported: false,
    userinfo_endpoint: version === 2 ? `${origin}/oidc/userinfo` : `${base}/openid/userinfo`,
    authorization_endpoint: `${oauth}/authorize`,
    device_authorization_endpoint: `${oauth}/devicecode`,
    http_logout_supported: true,
    frontchannel_logout_supported: false,
    end_session_endpoint: `${oauth}/logout`,
    claims_supported: claimsOf(version),
    tenant_region_scope: segment.kind === 'tenant' ? 'WW' : null,
    cloud_instance_name: 'microsoftonline.com',
    cloud_graph_host_name: 'graph.windows.net',
    // On the documented host names its own Graph host is ours too.
    msgraph_host: isVendorHost ? 'graph.microsoft.com' : origin.slice('https://'.length),
    // Not in the documented service's own document; clients were seen to accept them (reference 1.3).
    grant_types_supported: grantTypes,
    code_challenge_methods_supported: ['S256'],
    prompt_values_supported: ['none', 'login', 'consent', 'select_account'],
    authorization_response_iss_parameter_supported: true,
    pushed_authorization_request_endpoint: `${extras}/par`,
    require_pushed_authorization_requests: false,
    revocation_endpoint: `${extras}/revoke`,
    revocation_endpoint_auth_methods_supported: [...clientAuthMethods, 'none'],
    revocation_endpoint_auth_signing_alg_values_supported: assertionAlgorithms,
    introspection_endpoint: `${extras}/introspect`,
    introspection_endpoint_auth_methods_supported: clientAuthMethods,
    introspection_endpoint_auth_signing_alg_values_supported: assertionAlgorithms,
    claims_parameter_supported: false,
    ui_locales_supported: ['en', 'fr', 'ja', 'ko', 'zh-Hant'],
  };
}

function claimsOf(version: 1 | 2): readonly string[] {
  const both = [
    'sub',
    'iss',
    'aud',
    'exp',
    'iat',
    'nbf',
    'auth_time',
    'nonce',
    'oid',
    'tid',
    'ver',
    'uti',
    'sid',
    'amr',
    'at_hash',
  ];
  return version === 2
    ? [...both, 'preferred_username', 'name', 'email']
    : [...both, 'name', 'unique_name', 'upn', 'idp'];
}
