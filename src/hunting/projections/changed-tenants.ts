// Tenants in which something has changed, as the workers of the projections remember them.
import type { TenantId } from '../../lib/ids.ts';

/** `everything` stands for all tenants. */
export type ChangedTenants = Set<TenantId | 'everything'>;

/** The tenants by their ids; undefined where all are meant. */
export function namedTenants(changed: ReadonlySet<TenantId | 'everything'>): TenantId[] | undefined {
  if (changed.has('everything')) return undefined;
  return [...changed].flatMap((each) => (each === 'everything' ? [] : [each]));
}

/**
 * Follows one tenant after the other. One tenant's trouble holds up nobody else: that tenant is put among `changed`, so that
 * it comes again with the next round. Rejects with the first trouble in the end.
 */
export async function followEach(
  tenants: readonly TenantId[],
  changed: ChangedTenants,
  isStopped: () => boolean,
  follow: (tenantId: TenantId) => Promise<void>,
): Promise<void> {
  const failures: unknown[] = [];
  for (const tenantId of tenants) {
    if (isStopped()) return;
    try {
      await follow(tenantId);
    } catch (error) {
      changed.add(tenantId);
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
}
