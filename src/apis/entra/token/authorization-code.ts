// grant_type=authorization_code (RFC 6749 section 4.1.3) with PKCE (RFC 7636).
import { createHash } from 'node:crypto';
import { findCode, redeemCode, revokeReplayed, type StoredCode } from '../../../authorizations/codes.ts';
import { isSameText } from '../../../lib/secrets.ts';
import type { AadstsCode } from '../errors.ts';
import { entraError } from '../errors.ts';
import { requireParameter } from '../forms.ts';
import { requireFittingOrigin } from './browsers.ts';
import { type Client, findClient, refuseSingleTenant, requireClientInForce, unknownClient } from './client.ts';
import {
  type Authenticated,
  authenticate,
  credentialNeeded,
  type Presented,
  readCredential,
  requireAppId,
} from './client-authentication.ts';
import { actorOf, namedTenantOf, refuse, type TokenAnswer, type TokenRequest } from './token-request.ts';
import { answerWithTokens, askedBy, prepareUserToken, wantsRefreshToken } from './user-tokens.ts';

export async function answerAuthorizationCode(request: TokenRequest): Promise<TokenAnswer> {
  const { services, form } = request;
  const value = requireParameter(form, 'code');
  const presented = readCredential(request);
  const appId = requireAppId(presented);
  const code = await findCode(services, value);
  const tenantId = namedTenantOf(request) ?? code?.tenantId;
  if (tenantId === undefined) throw unknownClient(null, appId);
  const client = await findClient(request, tenantId, appId);
  refuseSingleTenant(request, client);
  // The client proves itself before it hears anything about the code.
  const authenticated = await authenticate(request, client, presented);
  if (!code || code.appId !== appId)
    throw invalidCode(client, 9002313, 'grant-invalid', 'The code is none of ours, or another client’s.');
  if (code.tenantId !== tenantId)
    throw invalidCode(client, 700005, 'grant-invalid', 'The code was issued in another tenant.');
  requireFittingClient(request, client, code, presented);
  await requireClientInForce(request, client);
  if (code.isRedeemed) throw await replayed(request, client, code);
  if (code.expiresAt <= services.clock()) throw invalidCode(client, 70008, 'grant-expired', 'The code has expired.');
  requireSameRedirect(request, client, code);
  requireVerifier(request, client, code);
  return await redeem(request, client, authenticated, code);
}

async function redeem(
  request: TokenRequest,
  client: Client,
  authenticated: Authenticated,
  code: StoredCode,
): Promise<TokenAnswer> {
  const { body } = code;
  const prepared = await prepareUserToken(request, client, code.userId, askedBy(request, body), {
    takesFirst: !request.form.has('scope'),
    signedInAt: body.proof.authTime,
  });
  const refresh = wantsRefreshToken(body)
    ? ({
        version: body.version,
        scope: body.scope,
        resource: body.resource,
        clientKind: authenticated.method === 'public' ? 'public' : 'confidential',
        isSpa: body.redirectKind === 'spa',
        proof: body.proof,
      } as const)
    : null;
  const redeemed = await redeemCode(request.services, code, refresh);
  if (!redeemed) throw await replayed(request, client, code);
  return await answerWithTokens(request, prepared, {
    grant: 'authorization_code',
    authenticated,
    proof: body.proof,
    familyId: code.familyId,
    refreshToken: redeemed.refreshToken,
    nonce: body.nonce,
  });
}

/** The kind of redirect decides how the client redeems (Entra protocol reference 2.5). */
function requireFittingClient(
  request: TokenRequest,
  client: Client,
  { body: { redirectKind } }: StoredCode,
  presented: Presented,
): void {
  requireFittingOrigin(request, client, redirectKind === 'spa');
  if (redirectKind === 'spa' && !request.form.has('code_verifier')) throw entraError(9002325);
  if (redirectKind === 'publicClient' && presented.kind !== 'none') throw entraError(700025);
  if (redirectKind === 'web' && presented.kind === 'none') throw credentialNeeded(client);
}

function requireSameRedirect({ form }: TokenRequest, client: Client, { body }: StoredCode): void {
  const given = form.get('redirect_uri');
  if (given === undefined) throw entraError(900144, { name: 'redirect_uri' });
  if (given !== body.redirectUri) {
    throw invalidCode(client, 500112, 'grant-invalid', 'The redirect URI differs from that of the authorization.');
  }
}

/** RFC 7636 section 4.6. A verifier for a code without a challenge is refused too (RFC 9700 section 4.8.2). */
function requireVerifier({ form }: TokenRequest, client: Client, { body }: StoredCode): void {
  const verifier = form.get('code_verifier');
  if (body.codeChallenge === null && verifier === undefined) return;
  if (body.codeChallenge === null || verifier === undefined) {
    throw invalidCode(client, 50147, 'grant-invalid', 'The PKCE verifier is missing, or none was expected.');
  }
  if (!/^[A-Za-z0-9._~-]{43,128}$/.test(verifier)) throw entraError(501491);
  const challenge = createHash('sha256').update(verifier, 'ascii').digest('base64url');
  if (!isSameText(challenge, body.codeChallenge)) {
    throw invalidCode(client, 501481, 'grant-invalid', 'The PKCE verifier does not fit the challenge.');
  }
}

async function replayed(request: TokenRequest, client: Client, code: StoredCode) {
  const { appId, displayName } = client.application;
  await revokeReplayed(request.services, actorOf(request, appId, displayName), code);
  const detail = 'The code was used before. Everything that was issued for it is revoked.';
  return invalidCode(client, 54005, 'grant-replayed', detail);
}

function invalidCode(
  { servicePrincipal: { tenantId, appId } }: Client,
  error: AadstsCode,
  code: 'grant-invalid' | 'grant-expired' | 'grant-replayed',
  detail: string,
) {
  return refuse(
    error,
    { reason: detail },
    {
      code,
      check: code === 'grant-expired' ? 'expired' : 'credential-known',
      detail,
      remedy: 'Start the sign-in again, and redeem the code once, with what the authorization request had.',
      tenantId,
      appId,
    },
  );
}
