// On-behalf-of (RFC 7523 section 2.1 with `requested_token_use`): an API that was called with a person's token takes one
// for the next API, for the same person and no further than both consents go.

import type { SignInProof } from '../../../authorizations/authorizations.ts';
import { addToFamily } from '../../../authorizations/refresh-tokens.ts';
import type { TokenClaims } from '../../../signing/claims.ts';
import { verifyToken } from '../../../signing/verify.ts';
import type { AadstsCode } from '../errors.ts';
import { entraError } from '../errors.ts';
import { requireParameter } from '../forms.ts';
import { isInForce, namesInForce } from '../token-state.ts';
import { type Client, findClient, requireClientInForce } from './client.ts';
import { authenticate, credentialNeeded, readCredential, requireAppId } from './client-authentication.ts';
import { namedTenantOf, refuse, type TokenAnswer, type TokenRequest } from './token-request.ts';
import { answerWithTokens, prepareUserToken, wantsRefreshToken } from './user-tokens.ts';

export async function answerOnBehalfOf(request: TokenRequest): Promise<TokenAnswer> {
  const { services, form, version } = request;
  const tenantId = namedTenantOf(request);
  if (tenantId === undefined) throw entraError(9001023, { alias: request.segment.text });
  const assertion = requireParameter(form, 'assertion');
  const use = requireParameter(form, 'requested_token_use');
  if (use !== 'on_behalf_of') throw entraError(9002313, { reason: "'requested_token_use' must be on_behalf_of." });
  const presented = readCredential(request);
  const client = await findClient(request, tenantId, requireAppId(presented));
  if (presented.kind === 'none') throw credentialNeeded(client);
  const authenticated = await authenticate(request, client, presented);
  await requireClientInForce(request, client);
  const given = await checkAssertion(request, client, assertion);

  if (version === 2) requireParameter(form, 'scope');
  else requireParameter(form, 'resource');
  const asked = { version, scope: form.get('scope') ?? '', resource: form.get('resource') ?? null };
  const proof: SignInProof = {
    authTime: given.authTime,
    amr: given.amr,
    secondFactorAt: given.amr.includes('mfa') ? given.authTime : null,
    sessionId: null,
  };
  const options = { takesFirst: false, signedInAt: proof.authTime };
  const prepared = await prepareUserToken(request, client, given.userId, asked, options);
  const wantsRefresh = version === 2 && wantsRefreshToken(asked);
  const { servicePrincipal } = client;
  const parties = { tenantId, appId: servicePrincipal.appId, userId: given.userId };
  const body = { ...asked, clientKind: 'confidential', isSpa: false, proof } as const;
  const refreshToken = wantsRefresh ? await addToFamily(services, parties, given.familyId, body) : null;
  if (refreshToken === false) throw invalidAssertion(client, 50013, 'The sign-in behind the assertion was revoked.');
  return await answerWithTokens(request, prepared, {
    grant: 'on_behalf_of',
    authenticated,
    proof,
    familyId: given.familyId,
    refreshToken,
    nonce: null,
  });
}

type Given = TokenClaims & {
  readonly userId: NonNullable<TokenClaims['userId']>;
  readonly familyId: NonNullable<TokenClaims['familyId']>;
  readonly authTime: number;
};

/** The token that the API was called with: ours, for this API, of a person, of this tenant, in force. */
async function checkAssertion(request: TokenRequest, client: Client, assertion: string): Promise<Given> {
  const { services } = request;
  const { tenantId, appId } = client.servicePrincipal;
  const verified = await verifyToken(services, assertion);
  if (!verified.isValid) {
    throw invalidAssertion(client, verified.reason === 'expired' ? 500133 : 50013, verified.detail);
  }
  const { claims } = verified;
  if (claims.kind === 'id') throw invalidAssertion(client, 240002, 'The assertion is an id token.');
  if (claims.kind === 'app') {
    throw invalidAssertion(client, 7000114, 'The assertion is a token of an application, not of a person.');
  }
  if (claims.tenantId !== tenantId) throw invalidAssertion(client, 50013, 'The assertion is of another tenant.');
  const own = [appId, ...client.application.identifierUris.map((uri) => uri.toLowerCase())];
  if (!own.includes(claims.audience.toLowerCase().replace(/\/$/, ''))) {
    throw invalidAssertion(client, 500131, 'The assertion is for another API than the one that presents it.');
  }
  const { userId, familyId, authTime } = claims;
  if (userId === null || familyId === null || authTime === null) {
    throw invalidAssertion(client, 50013, 'The assertion says nothing of a sign-in.');
  }
  const isGood = claims.confirmationJkt === null && (await isInForce(services, claims));
  if (!isGood || !(await namesInForce(services, claims))) {
    throw invalidAssertion(client, 50013, 'The assertion, or what it rests on, was revoked.');
  }
  return { ...claims, userId, familyId, authTime };
}

function invalidAssertion({ servicePrincipal: { tenantId, appId } }: Client, error: AadstsCode, detail: string) {
  return refuse(
    error,
    { reason: detail },
    {
      code: error === 500131 ? 'wrong-audience' : 'grant-invalid',
      check: error === 500131 ? 'audience' : 'credential-known',
      detail,
      remedy: 'Send the access token that this API was called with, of a person of this tenant, within its time.',
      tenantId,
      appId,
    },
  );
}
