import type { FastifyRequest } from 'fastify';
import type { EntraServices } from './entra-services.ts';
import { entraError } from './errors.ts';
import { type Client, findClient, requireClientInForce } from './token/client.ts';
import {
  type Authenticated,
  authenticate,
  type Presented,
  readCredential,
  requireAppId,
} from './token/client-authentication.ts';
import { toTokenRequest } from './token/token.ts';
import { namedTenantOf, type TokenRequest } from './token/token-request.ts';

/** A client at an endpoint beside the token endpoint, which authenticates it in the same way. */
export interface Neighbour {
  readonly request: TokenRequest;
  readonly client: Client;
  readonly presented: Presented;
  readonly authenticated: Authenticated;
}

/** Who asks; whether no credential will do is for the endpoint. The path has to name the tenant. */
export async function authenticateNeighbour(services: EntraServices, http: FastifyRequest): Promise<Neighbour> {
  const request = await toTokenRequest(services, 2, http);
  const tenantId = namedTenantOf(request);
  if (tenantId === undefined) throw entraError(50059);
  const presented = readCredential(request);
  const client = await findClient(request, tenantId, requireAppId(presented));
  const authenticated = await authenticate(request, client, presented);
  await requireClientInForce(request, client);
  return { request, client, presented, authenticated };
}
