// The first part of an entra path: which tenant is meant (Entra protocol reference 1.1).
import { TenantCache } from '../../access/tenant-cache.ts';
import type { Services } from '../../context.ts';
import { findTenant, type Tenant } from '../../directory/tenants.ts';
import { isGuid, type TenantId } from '../../lib/ids.ts';
import { entraError } from './errors.ts';

export { originOf } from './origins.ts';

export type TenantAlias = 'common' | 'organizations';

/** `text` is what the path said, in lower case. */
export type TenantSegment =
  | { readonly kind: 'tenant'; readonly tenant: Tenant; readonly text: string }
  | { readonly kind: TenantAlias; readonly text: TenantAlias };

type SegmentServices = Pick<Services, 'store'>;

const cachedMax = 10_000;
const caches = new WeakMap<Services['store'], TenantCache<Tenant>>();

function cacheOf({ store }: SegmentServices): TenantCache<Tenant> {
  let cache = caches.get(store);
  if (!cache) {
    cache = new TenantCache(store.invalidations, cachedMax);
    caches.set(store, cache);
  }
  return cache;
}

/**
 * What the first part of the path means. `hostTenantId` is the tenant whose own host was asked: there no other one
 * exists. Throws AADSTS900023 for what is neither GUID nor domain, 90002 for a tenant that is not here. A disabled
 * tenant is returned: see {@link requireEnabled}.
 */
export async function resolveTenantSegment(
  services: SegmentServices,
  segment: string,
  hostTenantId: TenantId | null = null,
): Promise<TenantSegment> {
  const text = segment.toLowerCase();
  if (text === 'common' || text === 'organizations') return { kind: text, text };
  // "consumers" means personal accounts, which no self-hosted directory has.
  if (!isGuid(text) && text !== 'consumers' && !isDomainLike(text)) throw entraError(900023, { tenant: segment });
  const tenant = cacheOf(services).peek(text) ?? (await loadTenant(services, text));
  if (!tenant || tenant.status === 'deleted' || (hostTenantId !== null && tenant.id !== hostTenantId)) {
    throw entraError(90002, { tenant: segment });
  }
  return { kind: 'tenant', tenant, text };
}

/** A slug names no tenant here: domains have a dot. */
function isDomainLike(text: string): boolean {
  return text.length <= 253 && /^[a-z0-9-]+(?:\.[a-z0-9-]+)+$/.test(text);
}

async function loadTenant(services: SegmentServices, text: string): Promise<Tenant | undefined> {
  return await cacheOf(services).get(text, async () => {
    const tenant = await findTenant(services.store.db, text);
    return tenant && { tenantId: tenant.id, value: tenant };
  });
}

/** A tenant that may be signed in to; AADSTS5000225 otherwise. */
export function requireEnabled(tenant: Tenant): Tenant {
  if (tenant.status === 'enabled') return tenant;
  throw entraError(
    5000225,
    { tenant: tenant.id },
    {
      code: 'tenant-disabled',
      check: 'tenant-enabled',
      detail: `The tenant is ${tenant.status}.`,
      remedy: 'The operator can enable the tenant again.',
      tenantId: tenant.id,
    },
  );
}
