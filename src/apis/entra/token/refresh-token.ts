// grant_type=refresh_token (RFC 6749 section 6), with rotation and reuse detection (RFC 9700 section 4.14.2).
import {
  findRefreshToken,
  isReused,
  renewRefreshToken,
  revokeReused,
  type StoredRefreshToken,
} from '../../../authorizations/refresh-tokens.ts';
import type { AadstsCode } from '../errors.ts';
import { requireParameter } from '../forms.ts';
import { requireFittingOrigin } from './browsers.ts';
import { type Client, findClient, refuseSingleTenant, requireClientInForce, unknownClient } from './client.ts';
import { authenticate, credentialNeeded, readCredential, requireAppId } from './client-authentication.ts';
import { actorOf, namedTenantOf, refuse, type TokenAnswer, type TokenRequest } from './token-request.ts';
import { answerWithTokens, askedBy, getEnabledPerson, prepareUserToken } from './user-tokens.ts';

export async function answerRefreshToken(request: TokenRequest): Promise<TokenAnswer> {
  const { services, form } = request;
  const value = requireParameter(form, 'refresh_token');
  const presented = readCredential(request);
  const appId = requireAppId(presented);
  const token = await findRefreshToken(services, value);
  const tenantId = namedTenantOf(request) ?? token?.tenantId;
  if (tenantId === undefined) throw unknownClient(null, appId);
  const client = await findClient(request, tenantId, appId);
  refuseSingleTenant(request, client);
  const authenticated = await authenticate(request, client, presented);
  if (!token || token.appId !== appId || token.tenantId !== tenantId) {
    throw refused(client, 70000, 'grant-invalid', 'The refresh token is none of this client in this tenant.');
  }
  if (presented.kind === 'none' && token.body.clientKind === 'confidential') throw credentialNeeded(client);
  requireFittingOrigin(request, client, token.body.isSpa);
  await requireClientInForce(request, client);
  await requireUsable(request, client, token);
  return await renew(request, client, { token, value }, authenticated);
}

async function renew(
  request: TokenRequest,
  client: Client,
  { token, value }: { readonly token: StoredRefreshToken; readonly value: string },
  authenticated: Awaited<ReturnType<typeof authenticate>>,
): Promise<TokenAnswer> {
  const { services } = request;
  limitRenewals(request, client, token);
  const asked = askedBy(request, token.body);
  const prepared = await prepareUserToken(request, client, token.userId, asked, {
    takesFirst: true,
    signedInAt: token.body.proof.authTime,
  });
  const { refreshPolicy } = client.application;
  const refreshToken = await renewRefreshToken(services, token, value, refreshPolicy);
  if (refreshToken === false) throw revoked(client);
  return await answerWithTokens(request, prepared, {
    grant: 'refresh_token',
    authenticated,
    proof: token.body.proof,
    familyId: token.familyId,
    refreshToken,
    nonce: null,
  });
}

/** Each renewal is a row that is kept for as long as the tokens live; a client that renews in a loop is stopped. */
const renewalsPerMinuteMax = 120;

function limitRenewals(
  { services }: TokenRequest,
  client: Client,
  { tenantId, appId, familyId }: StoredRefreshToken,
): void {
  const bucket = `renewals of ${familyId} by ${appId}`;
  const admission = services.throttle.admit(tenantId, bucket, renewalsPerMinuteMax, services.clock());
  if (admission.admitted) return;
  throw refused(
    client,
    50196,
    'throttled',
    `${renewalsPerMinuteMax} renewals of one sign-in in 60 seconds are allowed.`,
  );
}

async function requireUsable(request: TokenRequest, client: Client, token: StoredRefreshToken): Promise<void> {
  const now = request.services.clock();
  if (token.isRevoked) {
    // A disabled account has lost its sign-ins; that it is disabled is what helps to know.
    await getEnabledPerson(request, client, token.userId);
    throw revoked(client);
  }
  if (isReused(token, now)) {
    const { appId, displayName } = client.application;
    await revokeReused(request.services, actorOf(request, appId, displayName), token);
    const detail = 'The refresh token had been replaced and was used again: two hold it, so its family is revoked.';
    throw refused(client, 50173, 'grant-replayed', detail);
  }
  if (token.expiresAt <= now) {
    throw refused(client, token.body.isSpa ? 700084 : 700082, 'grant-expired', 'The refresh token has expired.');
  }
}

function revoked(client: Client) {
  return refused(client, 50173, 'grant-revoked', 'The refresh token was revoked.');
}

const checks = {
  'grant-invalid': 'credential-known',
  'grant-expired': 'expired',
  'grant-replayed': 'revoked',
  'grant-revoked': 'revoked',
  throttled: 'rate',
} as const;

function refused(
  { servicePrincipal: { tenantId, appId } }: Client,
  error: AadstsCode,
  code: 'grant-invalid' | 'grant-expired' | 'grant-replayed' | 'grant-revoked' | 'throttled',
  detail: string,
) {
  return refuse(
    error,
    { reason: detail },
    {
      code,
      check: checks[code],
      detail,
      remedy:
        code === 'throttled' ? 'Find out why the app renews in a loop.' : 'Sign in through the application again.',
      tenantId,
      appId,
    },
  );
}
