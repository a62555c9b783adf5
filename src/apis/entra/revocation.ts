// Token revocation (RFC 7009): an app gives back what it holds. A refresh token takes its whole family along, so that no
// access token of the sign-in goes on; an access token ends alone. Both from the next request on.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { revokeFamily } from '../../authorizations/families.ts';
import { findRefreshToken } from '../../authorizations/refresh-tokens.ts';
import { revokeAccessToken } from '../../authorizations/revoked-tokens.ts';
import { verifyToken } from '../../signing/verify.ts';
import type { EntraServices } from './entra-services.ts';
import { requireParameter } from './forms.ts';
import { authenticateNeighbour, type Neighbour } from './neighbour.ts';
import type { EntraApp } from './surface.ts';
import { credentialNeeded } from './token/client-authentication.ts';
import { sendTokenAnswer } from './token/token.ts';
import { actorOf } from './token/token-request.ts';

export function revocationRoutes(app: EntraApp, services: EntraServices): void {
  app.post('/:tenant/oauth2/v2.0/revoke', (request, reply) => revoke(services, request, reply));
}

async function revoke(services: EntraServices, http: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const neighbour = await authenticateNeighbour(services, http);
  const token = requireParameter(neighbour.request.form, 'token');
  if (!(await revokeRefreshToken(neighbour, token))) await revokeJwt(neighbour, token);
  // What is unknown, foreign or over already is answered in the same way (section 2.2).
  return sendTokenAnswer(http, reply, {});
}

async function revokeRefreshToken({ request, client, presented }: Neighbour, value: string): Promise<boolean> {
  const { services } = request;
  const token = await findRefreshToken(services, value);
  const { tenantId, appId } = client.servicePrincipal;
  if (token?.appId !== appId || token.tenantId !== tenantId) return false;
  if (presented.kind === 'none' && token.body.clientKind === 'confidential') throw credentialNeeded(client);
  await revokeFamily(services, actorOf(request, appId, client.application.displayName), token, 'client');
  return true;
}

async function revokeJwt({ request, client, presented }: Neighbour, value: string): Promise<void> {
  const { services } = request;
  const verified = await verifyToken(services, value);
  if (!verified.isValid) return;
  const { claims } = verified;
  const { tenantId, appId } = client.servicePrincipal;
  if (claims.kind === 'id' || claims.appId !== appId || claims.tenantId !== tenantId) return;
  if (presented.kind === 'none' && claims.clientAuthLevel !== '0') throw credentialNeeded(client);
  await revokeAccessToken(services, actorOf(request, appId, client.application.displayName), {
    tenantId,
    appId,
    tokenId: claims.tokenId,
    expiresAt: claims.expiresAt,
  });
}
