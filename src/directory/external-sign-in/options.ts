// Which tenant a sign-in page stands for, and what it offers there.
import type { Services } from '../../context.ts';
import type { TenantId } from '../../lib/ids.ts';
import { findTenant, findTenantById, type Tenant } from '../tenants.ts';
import { findProvider, type Provider } from './setting.ts';

/** Path at which a sign-in through a provider begins. */
export const startPath = '/portal/sign-in/external';

export interface NamedTenant {
  /** The tenant whose host the request came to; null on a host that names none. */
  readonly hostTenantId: TenantId | null;
  /** Slug, id or domain; not needed on a tenant's own host, where another one is refused. */
  readonly tenant: string | undefined;
}

/** The tenant that is meant, and its provider if that can be used now. */
export async function findUsable(
  services: Pick<Services, 'store' | 'keys'>,
  { hostTenantId, tenant: ref }: NamedTenant,
): Promise<{ tenant: Tenant; provider: Provider } | { tenant: Tenant | undefined; why: string }> {
  const { db } = services.store;
  const named = ref === undefined || ref === '' ? undefined : await findTenant(db, ref);
  const tenant = ref === undefined || ref === '' ? hostTenantId && (await findTenantById(db, hostTenantId)) : named;
  if (!tenant || (hostTenantId !== null && tenant.id !== hostTenantId)) {
    return { tenant: undefined, why: 'No tenant was named that signs in here.' };
  }
  if (tenant.status !== 'enabled') return { tenant, why: `The tenant is ${tenant.status}.` };
  const provider = await findProvider(services, db, tenant.id);
  if (!provider) return { tenant, why: 'The tenant has no external sign-in.' };
  return provider.isEnabled
    ? { tenant, provider }
    : { tenant, why: 'The external sign-in of the tenant is switched off.' };
}

export interface SignInOptions {
  readonly local: true;
  readonly external: { readonly displayName: string; readonly startUrl: string } | null;
}

/** What the sign-in page offers. A tenant that does not exist is like one that offers nothing besides passwords. */
export async function signInOptions(
  services: Pick<Services, 'store' | 'keys'>,
  named: NamedTenant,
): Promise<SignInOptions> {
  const found = await findUsable(services, named);
  if (!('provider' in found)) return { local: true, external: null };
  const startUrl = `${startPath}?tenant=${encodeURIComponent(found.tenant.slug)}`;
  return { local: true, external: { displayName: found.provider.displayName, startUrl } };
}
