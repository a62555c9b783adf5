// The endpoint for pushed authorization requests (RFC 9126): the request is checked as the authorize endpoint would, then
// kept under a name that works once.
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ClientView } from '../../applications/lookup.ts';
import { pushedRequestSeconds, pushRequest } from '../../authorizations/pushed-requests.ts';
import { subscriberOf } from '../../lib/addresses.ts';
import { arrivalOf } from '../arrival.ts';
import { findClientAsked, parseAnswerTo, parseAuthorize } from './authorize-request.ts';
import type { EntraServices } from './entra-services.ts';
import { entraError } from './errors.ts';
import type { EntraApp, Form } from './surface.ts';
import { authenticate, credentialNeeded, readCredential, requireAppId } from './token/client-authentication.ts';
import { sendTokenAnswer, toTokenRequest } from './token/token.ts';

/** Every request is a row that lives for a minute. */
const requestsPerMinuteMax = 600;
/** A public client needs no credential to make one: so many from one address, so that nobody uses up what others may. */
const openRequestsPerMinuteMax = 60;
/** As much as the address of a request that is not pushed can carry. */
const requestCharactersMax = 16_384;

/** What proves the client is not part of the request that is kept. */
const notKept = new Set(['client_secret', 'client_assertion', 'client_assertion_type', 'client_id']);

export function pushedRequestRoutes(app: EntraApp, services: EntraServices): void {
  app.post('/:tenant/oauth2/v2.0/par', (request, reply) => takeRequest(services, request, reply));
}

async function takeRequest(services: EntraServices, http: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const request = await toTokenRequest(services, 2, http);
  const { form, segment } = request;
  if (form.has('request_uri')) throw entraError(9002313, { reason: "'request_uri' cannot be pushed." });
  const presented = readCredential(request);
  const appId = requireAppId(presented);
  const named: Form = new Map([...form, ['client_id', appId]]);
  const client = await findClientAsked(services, segment, named);
  await authenticate(request, client, presented);
  const to = parseAnswerTo(client, 2, segment, named);
  if (presented.kind === 'none' && to.redirectType === 'web' && !client.application.isPublicClient) {
    throw credentialNeeded(client);
  }
  parseAuthorize(to, named);
  const kept = Object.fromEntries([...form].filter(([name]) => !notKept.has(name)));
  if (JSON.stringify(kept).length > requestCharactersMax) {
    throw entraError(9002313, { reason: `a pushed request has at most ${requestCharactersMax} characters.` });
  }
  limit(services, client, presented.kind === 'none' ? arrivalOf(http).origin.address : null);
  const uri = await pushRequest(services, client.application.appId, kept);
  return sendTokenAnswer(http, reply.code(201), { request_uri: uri, expires_in: pushedRequestSeconds });
}

/** `address` is given for requests without a credential. */
function limit(services: EntraServices, { application }: ClientView, address: string | null): void {
  const { appId, tenantId } = application;
  const bucket = `pushed requests of ${appId}${address === null ? '' : ` for ${subscriberOf(address)}`}`;
  const perMinute = address === null ? requestsPerMinuteMax : openRequestsPerMinuteMax;
  const admission = services.throttle.admit(tenantId, bucket, perMinute, services.clock());
  if (!admission.admitted) throw entraError(90055, { seconds: String(admission.retryAfterSeconds) });
}
