// The beginning of a sign-in through a tenant's provider.
import type { Services } from '../../context.ts';
import type { TenantId } from '../../lib/ids.ts';
import { findUsable, type NamedTenant } from './options.ts';
import { ProviderUnreachable } from './outbound.ts';
import { parseReturnTo, pendingCookie } from './pending.ts';
import { authorizationUrl, mintExchange, ProviderProblem } from './provider.ts';
import { externalRefusal } from './refusals.ts';
import { redirectUrisOf } from './setting.ts';

export interface Begun {
  /** Where the browser goes: the provider's page. */
  readonly location: string;
  readonly cookie: string;
}

/** Throws a Refusal `external-unavailable` or `external-provider`. */
export async function beginExternalSignIn(
  services: Services,
  named: NamedTenant & { readonly returnTo: unknown },
): Promise<Begun> {
  const found = await findUsable(services, named);
  if (!('provider' in found)) {
    throw externalRefusal('external-unavailable', {
      tenantId: found.tenant?.id ?? null,
      detail: found.why,
      remedy: 'Sign in with a password; a global administrator can set an external sign-in for the organisation.',
    });
  }
  const { tenant, provider } = found;
  const uris = redirectUrisOf(services.names, tenant.slug);
  const exchange = await mintExchange(named.hostTenantId === null ? uris.genericHost : uris.ownHost);
  const location = await authorizationUrl(services, provider, exchange).catch((error: unknown) => {
    throw asRefusal(error, tenant.id);
  });
  const begun = { tenantId: tenant.id, revision: provider.revision, exchange, returnTo: parseReturnTo(named.returnTo) };
  return { location, cookie: pendingCookie(services, begun) };
}

/** A failure of the provider as a refusal; anything else stays what it is. */
export function asRefusal(error: unknown, tenantId: TenantId): unknown {
  const remedy = 'Let an administrator run "sallyport external-sign-in check", and look at the log of the provider.';
  if (error instanceof ProviderUnreachable) {
    return externalRefusal('external-provider', { tenantId, detail: error.message, remedy });
  }
  if (!(error instanceof ProviderProblem)) return error;
  const codes = { provider: 'external-provider', token: 'external-token', denied: 'external-denied' } as const;
  return externalRefusal(codes[error.kind], { tenantId, detail: error.message, remedy });
}
