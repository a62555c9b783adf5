// The device authorization endpoint (RFC 8628 section 3.1): an app without a browser gets a code to show.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type ClientView, loadClient } from '../../applications/lookup.ts';
import { createDeviceCode, pollIntervalSeconds } from '../../authorizations/device-codes.ts';
import { subscriberOf } from '../../lib/addresses.ts';
import type { AppId, TenantId } from '../../lib/ids.ts';
import { arrivalOf } from '../arrival.ts';
import { fill } from '../pages/fill.ts';
import type { EntraServices } from './entra-services.ts';
import { entraError } from './errors.ts';
import { requireParameter } from './forms.ts';
import { deviceCodePath } from './pages/device-screens.ts';
import { askedLanguage } from './pages/scene.ts';
import { textsOf } from './pages/texts.ts';
import type { EntraApp } from './surface.ts';
import { findClient, refuseSingleTenant, requireClientInForce, unknownClient } from './token/client.ts';
import {
  authenticate,
  credentialNeeded,
  type Presented,
  readCredential,
  requireAppId,
} from './token/client-authentication.ts';
import { requestedScopes, requireBounded } from './token/requested-resource.ts';
import { sendTokenAnswer, toTokenRequest } from './token/token.ts';
import { namedTenantOf, type TokenRequest } from './token/token-request.ts';

/** Every code is a row, and asking needs no credential. */
const codesPerMinuteMax = 60;

export function deviceAuthorizationRoutes(app: EntraApp, services: EntraServices): void {
  app.post('/:tenant/oauth2/v2.0/devicecode', (request, reply) => sendDeviceCode(services, 2, request, reply));
  app.post('/:tenant/oauth2/devicecode', (request, reply) => sendDeviceCode(services, 1, request, reply));
}

async function sendDeviceCode(
  services: EntraServices,
  version: 1 | 2,
  http: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const request = await toTokenRequest(services, version, http);
  const { form, origin } = request;
  const presented = readCredential(request);
  const appId = await requireClient(request, presented);
  const asked = {
    version,
    scope: version === 2 ? requireParameter(form, 'scope') : (form.get('scope') ?? ''),
    resource: version === 1 ? requireParameter(form, 'resource') : null,
  };
  requireBounded(asked);
  const tenantId = namedTenantOf(request);
  // Through an alias the tenant is not known yet: what it has is looked up at the approval.
  if (tenantId !== undefined) await requestedScopes(services, tenantId, asked, true);
  const { address, userAgent } = arrivalOf(http).origin;
  limit(services, tenantId, appId, address);
  const code = await createDeviceCode(services, appId, tenantId ?? null, { ...asked, address, userAgent });
  const page = `${origin}${deviceCodePath}`;
  const message = fill(textsOf[askedLanguage(http)].device.message, { page, code: code.userCode });
  const shared = { user_code: code.userCode, device_code: code.deviceCode };
  const { expiresInSeconds } = code;
  return sendTokenAnswer(
    http,
    reply,
    version === 2
      ? { ...shared, verification_uri: page, expires_in: expiresInSeconds, interval: pollIntervalSeconds, message }
      : {
          ...shared,
          verification_url: page,
          expires_in: String(expiresInSeconds),
          interval: String(pollIntervalSeconds),
          message,
        },
  );
}

/** The client, as far as it can be known: through an alias there is no presence in a tenant to look at yet. */
async function requireClient(request: TokenRequest, presented: Presented): Promise<AppId> {
  const named = requireAppId(presented);
  const tenantId = namedTenantOf(request);
  if (tenantId === undefined) {
    const view = await loadClient(request.services, named, null);
    if (view?.application.status !== 'enabled' || view.homeTenant.status !== 'enabled')
      throw unknownClient(null, named);
    refuseSingleTenant(request, view);
    await requireProof(request, view, presented);
    return view.application.appId;
  }
  const client = await findClient(request, tenantId, named);
  await requireProof(request, client, presented);
  await requireClientInForce(request, client);
  return client.application.appId;
}

async function requireProof(request: TokenRequest, client: ClientView, presented: Presented): Promise<void> {
  await authenticate(request, client, presented);
  if (presented.kind === 'none' && !client.application.isPublicClient) throw credentialNeeded(client);
}

/** Requests through an alias share the bucket of no tenant. */
const noTenant = 'common' as TenantId; // Never stored: only a part of the bucket's name.

function limit(services: EntraServices, tenantId: TenantId | undefined, appId: AppId, address: string): void {
  const bucket = `device codes of ${appId} for ${subscriberOf(address)}`;
  const admission = services.throttle.admit(tenantId ?? noTenant, bucket, codesPerMinuteMax, services.clock());
  if (admission.admitted) return;
  const retryAfterSeconds = admission.retryAfterSeconds;
  throw entraError(
    90055,
    { seconds: String(retryAfterSeconds) },
    {
      code: 'throttled',
      check: 'rate',
      detail: `${codesPerMinuteMax} device codes in 60 seconds are allowed for one app and address.`,
      remedy: `Wait ${retryAfterSeconds} s (Retry-After).`,
      tenantId: tenantId ?? null,
      target: appId,
      retryAfterSeconds,
    },
  );
}
