// The token endpoint of both versions: which grant is asked for, and how answers are sent. One file a grant beside this.
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { EntraServices } from '../entra-services.ts';
import { answerIdsOf, entraError } from '../errors.ts';
import { formOf, requireParameter } from '../forms.ts';
import { originOf } from '../origins.ts';
import { type EntraApp, segmentOf } from '../surface.ts';
import { answerAuthorizationCode } from './authorization-code.ts';
import { allowPage, answerPreflight } from './browsers.ts';
import { answerClientCredentials } from './client-credentials.ts';
import { answerDeviceCode } from './device-code.ts';
import { answerOnBehalfOf } from './on-behalf-of.ts';
import { answerPassword } from './password.ts';
import { answerRefreshToken } from './refresh-token.ts';
import type { TokenAnswer, TokenRequest } from './token-request.ts';

type Grant = (request: TokenRequest) => Promise<TokenAnswer>;

const grants: ReadonlyMap<string, Grant> = new Map([
  ['client_credentials', answerClientCredentials],
  ['authorization_code', answerAuthorizationCode],
  ['refresh_token', answerRefreshToken],
  ['urn:ietf:params:oauth:grant-type:device_code', answerDeviceCode],
  ['device_code', answerDeviceCode],
  ['urn:ietf:params:oauth:grant-type:jwt-bearer', answerOnBehalfOf],
  ['password', answerPassword],
]);

/** Names of the grants, as the discovery documents list them. */
export const grantTypes: readonly string[] = [...grants.keys()];

export function tokenRoutes(app: EntraApp, services: EntraServices): void {
  app.post('/:tenant/oauth2/v2.0/token', (request, reply) => sendTokens(services, 2, request, reply));
  app.post('/:tenant/oauth2/token', (request, reply) => sendTokens(services, 1, request, reply));
  app.options('/:tenant/oauth2/v2.0/token', answerPreflight);
  app.options('/:tenant/oauth2/token', answerPreflight);
}

/** What a request of this endpoint or a neighbour is, before anything in it is believed. */
export async function toTokenRequest(
  services: EntraServices,
  version: 1 | 2,
  http: FastifyRequest,
): Promise<TokenRequest> {
  const segment = await segmentOf(services, http);
  return { services, http, version, segment, form: formOf(http), origin: originOf(services, http) };
}

async function sendTokens(
  services: EntraServices,
  version: 1 | 2,
  http: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  if (http.headers.origin !== undefined) await allowPage(services, http, reply);
  const request = await toTokenRequest(services, version, http);
  const { form } = request;
  const name = requireParameter(form, 'grant_type');
  const grant = grants.get(name);
  if (!grant) throw entraError(70003, { grant: name });
  if (version === 2 && form.has('resource')) throw entraError(901002);
  return sendTokenAnswer(http, reply, await grant(request));
}

/** Headers of the documented service (Entra protocol reference 2). */
export function sendTokenAnswer(http: FastifyRequest, reply: FastifyReply, answer: object): FastifyReply {
  const { traceId, correlationId } = answerIdsOf(http);
  reply.headers({
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'no-store, no-cache',
    pragma: 'no-cache',
    expires: '-1',
    'x-ms-request-id': traceId,
    'client-request-id': correlationId,
    'x-ms-clitelem': '1,0,0,,',
  });
  return reply.send(JSON.stringify(answer));
}
