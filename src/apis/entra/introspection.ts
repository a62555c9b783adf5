// Token introspection (RFC 7662): what a token means at this moment, for the API that it is for and for the app that
// took it. To everybody else, and once it has ended or was revoked, it is inactive.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { findRefreshToken, isReused } from '../../authorizations/refresh-tokens.ts';
import { secondMs } from '../../lib/clock.ts';
import type { TokenClaims } from '../../signing/claims.ts';
import { verifyToken } from '../../signing/verify.ts';
import type { EntraServices } from './entra-services.ts';
import { requireParameter } from './forms.ts';
import { authenticateNeighbour, type Neighbour } from './neighbour.ts';
import type { EntraApp } from './surface.ts';
import { credentialNeeded } from './token/client-authentication.ts';
import { sendTokenAnswer } from './token/token.ts';
import { isInForce, namesInForce } from './token-state.ts';

type Introspected = Readonly<Record<string, unknown>>;
const inactive: Introspected = { active: false };

export function introspectionRoutes(app: EntraApp, services: EntraServices): void {
  app.post('/:tenant/oauth2/v2.0/introspect', (request, reply) => introspect(services, request, reply));
}

async function introspect(services: EntraServices, http: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const neighbour = await authenticateNeighbour(services, http);
  if (neighbour.presented.kind === 'none') throw credentialNeeded(neighbour.client);
  const token = requireParameter(neighbour.request.form, 'token');
  const found = (await introspectRefreshToken(neighbour, token)) ?? (await introspectJwt(neighbour, token));
  return sendTokenAnswer(http, reply, found ?? inactive);
}

async function introspectRefreshToken(
  { request, client }: Neighbour,
  value: string,
): Promise<Introspected | undefined> {
  const { services } = request;
  const token = await findRefreshToken(services, value);
  const { tenantId, appId } = client.servicePrincipal;
  const now = services.clock();
  if (token?.appId !== appId || token.tenantId !== tenantId) return undefined;
  if (token.isRevoked || token.expiresAt <= now || isReused(token, now)) return undefined;
  return {
    active: true,
    token_type: 'refresh_token',
    client_id: appId,
    scope: token.body.scope,
    exp: Math.floor(token.expiresAt / secondMs),
    tid: tenantId,
    oid: token.userId,
  };
}

async function introspectJwt({ request, client }: Neighbour, value: string): Promise<Introspected | undefined> {
  const { services } = request;
  const verified = await verifyToken(services, value);
  if (!verified.isValid) return undefined;
  const { claims } = verified;
  const { tenantId, appId } = client.servicePrincipal;
  const own = [appId, ...client.application.identifierUris.map((uri) => uri.toLowerCase())];
  const isForClient = claims.appId === appId || own.includes(claims.audience.toLowerCase());
  if (claims.tenantId !== tenantId || !isForClient || !(await isInForce(services, claims))) return undefined;
  const names = await namesInForce(services, claims);
  return names && toIntrospected(claims, names);
}

function toIntrospected(claims: TokenClaims, names: readonly string[]): Introspected {
  return {
    active: true,
    token_type: 'Bearer',
    client_id: claims.appId,
    ...(claims.kind === 'user' ? { scope: names.join(' '), username: claims.userName } : { roles: names }),
    iss: claims.issuer,
    aud: claims.audience,
    sub: claims.subject,
    exp: claims.expiresAt / secondMs,
    iat: claims.issuedAt / secondMs,
    nbf: claims.notBefore / secondMs,
    jti: claims.tokenId,
    tid: claims.tenantId,
    oid: claims.userId ?? claims.servicePrincipalId,
  };
}
