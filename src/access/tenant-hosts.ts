import type { Services } from '../context.ts';
import type { TenantId } from '../lib/ids.ts';
import { TenantCache } from './tenant-cache.ts';

const cachedMax = 10_000;

/** Which tenant a host name belongs to. Deleted tenants have no host; disabled ones keep theirs and are refused later. */
export class TenantHosts {
  readonly #services: Services;
  readonly #cache: TenantCache<TenantId>;

  constructor(services: Services) {
    this.#services = services;
    this.#cache = new TenantCache(services.store.invalidations, cachedMax);
  }

  async find(slug: string): Promise<TenantId | undefined> {
    return this.#cache.get(slug, async () => {
      const row = await this.#services.store.db
        .selectFrom('tenants')
        .select('id')
        .where('slug', '=', slug)
        .where('status', '<>', 'deleted')
        .executeTakeFirst();
      return row && { tenantId: row.id, value: row.id };
    });
  }
}
