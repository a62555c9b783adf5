// Keeps the tables of machines and people up to date as long as the process runs, in its own event store.
import { findTenant, listTenantSlugs } from '../../directory/tenants.ts';
import { dayMs, minuteMs, secondMs } from '../../lib/clock.ts';
import type { TenantId } from '../../lib/ids.ts';
import { Wakes } from '../../lib/wakes.ts';
import { prepareHuntingTables } from '../store.ts';
import { type ChangedTenants, followEach, namedTenants } from './changed-tenants.ts';
import { type InventoryServices, projectInventory, type Written } from './inventory.ts';
import type { Projecting } from './projecting.ts';

/** A tenant in which something changed is looked through so soon afterwards, and again no sooner. */
const pauseMs = 20 * secondMs;
/** What looking through takes of all time, at most: a large tenant is looked at less often. */
const shareOfTime = 0.02;
const retryMs = minuteMs;
/** A start has other things to do. */
const firstMs = 5 * secondMs;

export function startInventory(services: InventoryServices): Projecting {
  const worker = new Worker(services);
  return { settled: () => worker.settled(), stop: () => worker.stop() };
}

class Worker {
  readonly #services: InventoryServices;
  readonly #written = new Map<TenantId, Map<string, Written>>();
  /** Tenants in which something has changed; 'everything' for all of them. */
  #changed: ChangedTenants = new Set(['everything'] as const);
  readonly #wakes = new Wakes(
    () => this.#work(),
    (error) => this.#pauseAfter(error),
  );
  #begunAt = 0;
  #lastFullAt = Number.NEGATIVE_INFINITY;

  constructor(services: InventoryServices) {
    this.#services = services;
    services.store.invalidations.subscribe((tenantId) => this.#changed.add(tenantId));
    this.#wakes.wakeIn(firstMs);
  }

  async settled(): Promise<void> {
    await this.#wakes.idle();
    this.#changed.add('everything');
    await this.#wakes.go();
  }

  stop(): Promise<void> {
    return this.#wakes.stop();
  }

  #pauseAfter(error: unknown): number {
    if (error === undefined) return Math.max(pauseMs, (performance.now() - this.#begunAt) / shareOfTime);
    this.#services.log.error({ err: error }, 'machines and people could not be brought into the hunting tables');
    return retryMs;
  }

  async #work(): Promise<void> {
    this.#begunAt = performance.now();
    if (this.#services.clock() - this.#lastFullAt >= dayMs) this.#changed.add('everything');
    if (this.#changed.size === 0) return;
    await prepareHuntingTables(this.#services.events);
    const changed = this.#changed;
    this.#changed = new Set();
    const tenants = await this.#tenantsOf(changed).catch((error: unknown) => {
      for (const each of changed) this.#changed.add(each);
      throw error;
    });
    const isStopped = (): boolean => this.#wakes.isStopped;
    await followEach(tenants, this.#changed, isStopped, async (tenantId) => {
      const before = this.#written.get(tenantId) ?? new Map<string, Written>();
      this.#written.set(tenantId, await projectInventory(this.#services, tenantId, before, isStopped));
    });
  }

  async #tenantsOf(changed: ChangedTenants): Promise<TenantId[]> {
    const named = namedTenants(changed);
    if (named) return named;
    const { store, clock } = this.#services;
    this.#lastFullAt = clock();
    const tenants: TenantId[] = [];
    for (const slug of await listTenantSlugs(store.db)) {
      const tenant = await findTenant(store.db, slug);
      if (tenant) tenants.push(tenant.id);
    }
    return tenants;
  }
}
