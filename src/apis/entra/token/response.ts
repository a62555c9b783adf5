import { secondMs } from '../../../lib/clock.ts';
import type { TenantId, UserId } from '../../../lib/ids.ts';
import type { MintedToken } from '../../../signing/mint.ts';
import type { TokenAnswer, TokenRequest } from './token-request.ts';

/**
 * What every answer with a token begins with (Entra protocol reference 2.1): numbers in v2, texts in v1, which also says
 * the times and repeats the resource. One second less than the token lives, as the documented service counts.
 */
export function tokenMembers(
  { version }: TokenRequest,
  { issuedAt, expiresAt, notBefore }: MintedToken,
  resource: string,
  scope?: string,
): TokenAnswer {
  const seconds = (expiresAt - issuedAt) / secondMs - 1;
  const scopes: TokenAnswer = scope === undefined ? {} : { scope };
  if (version === 2) return { token_type: 'Bearer', ...scopes, expires_in: seconds, ext_expires_in: seconds };
  return {
    token_type: 'Bearer',
    ...scopes,
    expires_in: String(seconds),
    ext_expires_in: String(seconds),
    expires_on: String(expiresAt / secondMs),
    not_before: String(notBefore / secondMs),
    resource,
  };
}

/** `client_info`: which account in which tenant, for MSAL's cache (reference 0). */
export function clientInfo(userId: UserId, tenantId: TenantId): string {
  return Buffer.from(JSON.stringify({ uid: userId, utid: tenantId })).toString('base64url');
}
