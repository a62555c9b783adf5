// Keeps the tables of alerts and incidents up to date as long as the process runs. Every process does so in its own event
// store, whoever made the change.
import { lastNote, listLastNotes } from '../../changes/changes.ts';
import { secondMs } from '../../lib/clock.ts';
import type { TenantId } from '../../lib/ids.ts';
import { Wakes } from '../../lib/wakes.ts';
import { prepareHuntingTables } from '../store.ts';
import { type ProjectionServices, projectTenant } from './alerts.ts';
import { type ChangedTenants, followEach, namedTenants } from './changed-tenants.ts';
import { readPositions } from './projection-store.ts';

export interface Projecting {
  /** Resolves when everything that was changed before the call is in the tables. Rejects with what stopped it. */
  settled(): Promise<void>;
  /** Resolves when nothing is under way any more. */
  stop(): Promise<void>;
}

/** A change of a tenant is looked at so soon; those that come meanwhile are taken along. */
const settleMs = 100;
/** All tenants are looked at so often, should the word of a change have been lost. */
const scanMs = 30 * secondMs;
const retryMs = 5 * secondMs;

export function startProjecting(services: ProjectionServices): Projecting {
  const worker = new Worker(services);
  return { settled: () => worker.settled(), stop: () => worker.stop() };
}

class Worker {
  readonly #services: ProjectionServices;
  readonly #wakes = new Wakes(
    () => this.#work(),
    (error) => this.#pauseAfter(error),
  );
  /** Tenants in which something has changed; 'everything' for all of them. */
  #changed: ChangedTenants = new Set(['everything'] as const);
  #positions: Map<TenantId, number | undefined> | undefined;

  constructor(services: ProjectionServices) {
    this.#services = services;
    services.store.invalidations.subscribe((tenantId) => {
      this.#changed.add(tenantId);
      this.#wakes.wakeIn(settleMs);
    });
    this.#wakes.wakeIn(0);
  }

  async settled(): Promise<void> {
    // A round that had begun before may have missed what this call is about.
    await this.#wakes.idle();
    this.#changed.add('everything');
    await this.#wakes.go();
  }

  stop(): Promise<void> {
    return this.#wakes.stop();
  }

  #pauseAfter(error: unknown): number {
    if (error === undefined) return this.#changed.size > 0 ? settleMs : scanMs;
    this.#services.log.error({ err: error }, 'alerts could not be brought into the hunting tables');
    return retryMs;
  }

  async #work(): Promise<void> {
    // Nothing was said to have changed: the word of it may have been lost.
    if (this.#changed.size === 0) this.#changed.add('everything');
    const changed = this.#changed;
    this.#changed = new Set();
    const tenants = await this.#tenantsOf(changed).catch((error: unknown) => {
      this.#changed.add('everything');
      throw error;
    });
    await followEach(
      tenants,
      this.#changed,
      () => this.#wakes.isStopped,
      (tenantId) => this.#follow(tenantId),
    );
  }

  async #tenantsOf(changed: ChangedTenants): Promise<TenantId[]> {
    const named = namedTenants(changed);
    if (named) return named;
    const last = await listLastNotes(this.#services.store.db);
    if (last.size === 0) return [];
    const positions = await this.#readPositions();
    return [...last].flatMap(([tenantId, sequence]) => (positions.get(tenantId) === sequence ? [] : [tenantId]));
  }

  async #follow(tenantId: TenantId): Promise<void> {
    // Most changes are of other things, and tenants without alerts need no tables.
    if ((await lastNote(this.#services.store.db, tenantId)) === 0) return;
    const positions = await this.#readPositions();
    positions.set(
      tenantId,
      await projectTenant(this.#services, tenantId, positions.get(tenantId), () => this.#wakes.isStopped),
    );
  }

  async #readPositions(): Promise<Map<TenantId, number | undefined>> {
    if (!this.#positions) {
      await prepareHuntingTables(this.#services.events);
      this.#positions = await readPositions(this.#services.events);
    }
    return this.#positions;
  }
}
