// The userinfo endpoint (OpenID Connect Core section 5.3): who signed in, for an app that holds an access token with the
// scope `openid`. Version 2 has it on the Graph host, version 1 below the tenant.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { findResourceByAudience } from '../../applications/resources.ts';
import type { Services } from '../../context.ts';
import type { TokenClaims } from '../../signing/claims.ts';
import { verifyToken } from '../../signing/verify.ts';
import { begunOf } from '../arrival.ts';
import { formOf } from './forms.ts';
import { type EntraApp, sendJsonText } from './surface.ts';
import { isInForce, namesInForce } from './token-state.ts';

export function userinfoRoutes(app: EntraApp, services: Services): void {
  for (const url of ['/oidc/userinfo', '/:tenant/openid/userinfo']) {
    app.route({ url, method: ['GET', 'POST'], handler: (request, reply) => sendUserinfo(services, request, reply) });
  }
}

async function sendUserinfo(services: Services, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const token = tokenOf(request);
  // Without a token only the scheme is named (RFC 6750 section 3.1).
  if (token === undefined) return challenge(reply, 'Bearer realm="userinfo"', 'The request carries no access token.');
  const verified = await verifyToken(services, token);
  const { hostTenantId } = begunOf(request);
  const isGood =
    verified.isValid &&
    verified.claims.kind === 'user' &&
    verified.claims.confirmationJkt === null &&
    (hostTenantId === null || hostTenantId === verified.claims.tenantId) &&
    findResourceByAudience(verified.claims.audience)?.family === 'graph' &&
    (await isInForce(services, verified.claims));
  const names = isGood ? await namesInForce(services, verified.claims) : undefined;
  if (!isGood || !names) {
    const text = 'The access token is not valid here: it has ended, was revoked, or is for another API.';
    return challenge(reply, `Bearer realm="userinfo", error="invalid_token", error_description="${text}"`, text);
  }
  const { claims } = verified;
  if (!names.includes('openid')) {
    const text = 'The access token lacks the scope openid.';
    reply.code(403).header('www-authenticate', 'Bearer realm="userinfo", error="insufficient_scope", scope="openid"');
    return sendJsonText(reply, JSON.stringify({ error: 'insufficient_scope', error_description: text }));
  }
  return sendJsonText(reply, JSON.stringify(userinfoOf({ ...claims, scopes: names })));
}

/** By the header, or in the form of a POST (RFC 6750 sections 2.1 and 2.2); never in the query. */
function tokenOf(request: FastifyRequest): string | undefined {
  return /^bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1] ?? formOf(request).get('access_token');
}

function challenge(reply: FastifyReply, header: string, text: string): FastifyReply {
  reply.code(401).header('www-authenticate', header);
  return sendJsonText(reply, JSON.stringify({ error: 'invalid_token', error_description: text }));
}

function userinfoOf({ subject, scopes, displayName, userName }: TokenClaims): Readonly<Record<string, unknown>> {
  return {
    sub: subject,
    ...(scopes.includes('profile') ? { name: displayName, preferred_username: userName } : {}),
    ...(scopes.includes('email') && userName?.includes('@') ? { email: userName } : {}),
  };
}
