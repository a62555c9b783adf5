// grant_type=password (RFC 6749 section 4.3): the app hands over what the person typed. RFC 9700 forbids it, so it is off
// until a tenant turns it on, and it does all that the sign-in page does: lock-out, second factor, due passwords.
import { Refusal } from '../../../access/refusal.ts';
import { tenantSettings } from '../../../applications/tenant-settings.ts';
import type { SignInProof } from '../../../authorizations/authorizations.ts';
import { beginFamily } from '../../../authorizations/refresh-tokens.ts';
import { checkSignIn } from '../../../directory/sign-in.ts';
import type { TenantId } from '../../../lib/ids.ts';
import { arrivalOf } from '../../arrival.ts';
import { errorTable } from '../error-table.ts';
import { type AadstsCode, EntraError, entraError } from '../errors.ts';
import { requireParameter } from '../forms.ts';
import { resolveTenantSegment } from '../tenant-segment.ts';
import { findClient, refuseSingleTenant, requireClientInForce } from './client.ts';
import { authenticate, credentialNeeded, readCredential, requireAppId } from './client-authentication.ts';
import { namedTenantOf, refuse, type TokenAnswer, type TokenRequest } from './token-request.ts';
import { answerWithTokens, prepareUserToken, wantsRefreshToken } from './user-tokens.ts';

export async function answerPassword(request: TokenRequest): Promise<TokenAnswer> {
  const { services, form, segment, version } = request;
  if (segment.kind === 'common') throw entraError(9001023, { alias: segment.text });
  const userName = requireParameter(form, 'username');
  const password = requireParameter(form, 'password');
  const presented = readCredential(request);
  const appId = requireAppId(presented);
  const tenantId = namedTenantOf(request) ?? (await tenantOfName(request, userName));
  const client = await findClient(request, tenantId, appId);
  refuseSingleTenant(request, client);
  await requireGrantEnabled(request, tenantId, appId);
  const authenticated = await authenticate(request, client, presented);
  if (presented.kind === 'none' && !client.application.isPublicClient) throw credentialNeeded(client);
  await requireClientInForce(request, client);
  const user = await signIn(request, tenantId, userName, password);

  const scope = form.get('scope');
  if (version === 2 && scope === undefined) throw entraError(900144, { name: 'scope' });
  const asked = { version, scope: scope ?? '', resource: form.get('resource') ?? null };
  const now = services.clock();
  const proof: SignInProof = { authTime: now, amr: ['pwd'], secondFactorAt: null, sessionId: null };
  const prepared = await prepareUserToken(request, client, user.id, asked, { takesFirst: false, signedInAt: now });
  const clientKind = authenticated.method === 'public' ? ('public' as const) : ('confidential' as const);
  const refresh = wantsRefreshToken(asked) ? { ...asked, clientKind, isSpa: false, proof } : null;
  const begun = await beginFamily(
    services,
    { tenantId, appId: client.servicePrincipal.appId, userId: user.id },
    refresh,
  );
  return await answerWithTokens(request, prepared, { grant: 'password', authenticated, proof, ...begun, nonce: null });
}

/** Through `organizations` the domain of the user name says the tenant; an unknown one reads like a wrong password. */
async function tenantOfName({ services }: TokenRequest, userName: string): Promise<TenantId> {
  const domain = userName.slice(userName.lastIndexOf('@') + 1).trim();
  const found = await resolveTenantSegment(services, domain).catch((error: unknown) => {
    if (error instanceof EntraError && error.code !== 90033) return undefined;
    throw error;
  });
  if (found?.kind !== 'tenant') throw entraError(50126);
  return found.tenant.id;
}

async function requireGrantEnabled({ services }: TokenRequest, tenantId: TenantId, appId: string): Promise<void> {
  if ((await tenantSettings(services, tenantId)).passwordGrantEnabled) return;
  throw refuse(
    70003,
    { grant: 'password' },
    {
      code: 'grant-not-allowed',
      check: 'credential-kind',
      detail: 'This tenant has not turned on the password grant.',
      remedy:
        'Use the authorization code or device code flow; an administrator can turn on the setting passwordGrantEnabled.',
      tenantId,
      appId,
    },
  );
}

async function signIn(request: TokenRequest, tenantId: TenantId, userName: string, password: string) {
  const { origin, correlationId } = arrivalOf(request.http);
  try {
    const input = { hostTenantId: tenantId, userName, password };
    return (await checkSignIn(request.services, origin, correlationId, input)).user;
  } catch (error) {
    throw error instanceof Refusal ? asPasswordError(error) : error;
  }
}

/** The refusals of a sign-in by the numbers that clients know; the explanation stays what it was. */
function asPasswordError(refusal: Refusal): EntraError {
  const codes: Partial<Record<Refusal['details']['code'], AadstsCode>> = {
    'sign-in-failed': 50126,
    'locked-out': 50053,
    'second-factor-required': 50076,
    'password-change-required': 50055,
  };
  const code = codes[refusal.details.code] ?? 90055;
  const { retryAfterSeconds, ...details } = refusal.details;
  const text = errorTable[code].text.replace('{seconds}', String(retryAfterSeconds ?? 5));
  // MSAL takes Retry-After on a failure for a reason to block the app's other requests too.
  return new EntraError(code, text, code === 90055 ? refusal.details : { ...details, status: 400 });
}
