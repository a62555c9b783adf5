// grant_type=device_code, under both of its names (RFC 8628 section 3.4): the app asks until the person has decided.
import { type DeviceRequest, findDeviceCode, redeemDeviceCode } from '../../../authorizations/device-codes.ts';
import type { TenantId, UserId } from '../../../lib/ids.ts';
import { entraError } from '../errors.ts';
import { requireParameter } from '../forms.ts';
import { type Client, findClient, refuseSingleTenant, requireClientInForce } from './client.ts';
import { authenticate, credentialNeeded, readCredential, requireAppId } from './client-authentication.ts';
import { namedTenantOf, type TokenAnswer, type TokenRequest } from './token-request.ts';
import { answerWithTokens, prepareUserToken, wantsRefreshToken } from './user-tokens.ts';

/** MSAL gives up at `slow_down`, so only a client that does not wait at all hears it. */
const pollsPerMinuteMax = 120;

export async function answerDeviceCode(request: TokenRequest): Promise<TokenAnswer> {
  const { services, form } = request;
  const value = requireParameter(form, 'device_code');
  const presented = readCredential(request);
  const appId = requireAppId(presented);
  const device = await findDeviceCode(services, value);
  const tenantId = namedTenantOf(request);
  // A code of another client or tenant is as unknown as one that never was.
  const isForeign = tenantId !== undefined && device?.tenantId !== null && device?.tenantId !== tenantId;
  if (!device || device.appId !== appId || isForeign) throw entraError(70018);
  const polls = services.throttle.admit(tenantId ?? commonTenant, device.hash, pollsPerMinuteMax, services.clock());
  if (!polls.admitted) throw entraError(70017);
  requireApproved(device);
  const client = await findClient(request, device.tenantId, appId);
  refuseSingleTenant(request, client);
  const authenticated = await authenticate(request, client, presented);
  if (presented.kind === 'none' && !client.application.isPublicClient) throw credentialNeeded(client);
  await requireClientInForce(request, client);
  return await redeem(request, client, device, authenticated);
}

/** Buckets of requests that have no tenant yet. */
const commonTenant = 'common' as TenantId; // Never stored: only a part of the bucket's name.

type Approved = DeviceRequest & { readonly tenantId: TenantId; readonly userId: UserId };

function requireApproved(device: DeviceRequest): asserts device is Approved {
  switch (device.status) {
    case 'pending':
      throw entraError(70016);
    case 'declined':
      throw entraError(70020);
    case 'expired':
      throw entraError(70019);
    case 'redeemed':
      throw entraError(70018);
    case 'approved':
      if (device.tenantId === null || device.userId === null || device.body.proof === null) throw entraError(70018);
  }
}

async function redeem(
  request: TokenRequest,
  client: Client,
  device: Approved,
  authenticated: Awaited<ReturnType<typeof authenticate>>,
): Promise<TokenAnswer> {
  const { body } = device;
  const { proof } = body;
  if (proof === null) throw entraError(70018);
  const asked = { version: request.version, scope: body.scope, resource: body.resource };
  const options = { takesFirst: true, signedInAt: proof.authTime };
  const prepared = await prepareUserToken(request, client, device.userId, asked, options);
  const clientKind = authenticated.method === 'public' ? ('public' as const) : ('confidential' as const);
  const refresh = wantsRefreshToken(asked) ? { ...asked, clientKind, isSpa: false, proof } : null;
  const redeemed = await redeemDeviceCode(request.services, device, refresh);
  if (!redeemed) throw entraError(70018);
  return await answerWithTokens(request, prepared, {
    grant: 'device_code',
    authenticated,
    proof,
    familyId: redeemed.familyId,
    refreshToken: redeemed.refreshToken,
    nonce: null,
  });
}
