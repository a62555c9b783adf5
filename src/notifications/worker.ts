// Delivers what waits, as long as the process runs: turns change notes into deliveries, takes those that are due, sends
// them. Several processes on one database share the work, because each delivery is claimed for a time before it is sent.
import { randomUUID } from 'node:crypto';
import { pruneNotes } from '../changes/changes.ts';
import { dayMs, hourMs, secondMs } from '../lib/clock.ts';
import type { TenantId } from '../lib/ids.ts';
import { Wakes } from '../lib/wakes.ts';
import { type AttemptServices, attempt } from './attempts.ts';
import * as store from './deliveries-store.ts';
import { makeExpiryMails } from './expiring.ts';
import { makeDeliveries } from './making.ts';
import { type Resolve, resolveByDns } from './reachable.ts';
import { removeExpiryNoticesBefore } from './recipients-store.ts';
import { Turns } from './turns.ts';

export interface Delivering {
  /** Resolves when nothing is due or under way any more. Rejects with what stopped it. */
  settled(): Promise<void>;
  /** Resolves when nothing is under way any more. */
  stop(): Promise<void>;
}

const pollMs = secondMs;
/** A change of a tenant is looked at so soon. */
const settleMs = 50;
/** All tenants are looked at so often, should the word of a change have been lost. */
const scanMs = 30 * secondMs;
/** Longer than an attempt may take, so that nobody else takes what is still being sent. */
const leaseMs = 60 * secondMs;
/** One slow receiver holds up no more of its tenant's deliveries. */
const atOncePerTarget = 2;
const atOnceMax = 64;
const deadKeptMs = 30 * dayMs;

/** Begins to deliver. `resolve` finds the addresses of webhooks' hosts. */
export function startDelivering(services: AttemptServices, resolve: Resolve = resolveByDns): Delivering {
  const worker = new Worker(services, resolve);
  return { settled: () => worker.settled(), stop: () => worker.stop() };
}

class Worker {
  readonly #services: AttemptServices;
  readonly #resolve: Resolve;
  readonly #lease = randomUUID();
  readonly #turns = new Turns();
  readonly #underWay = new Map<Promise<void>, { readonly tenantId: TenantId; readonly targetId: string }>();
  /** One round at a time; its result is how many deliveries were begun. */
  readonly #wakes = new Wakes(
    () => this.#work(),
    (error) => {
      if (error !== undefined) this.#services.log.error({ err: error }, 'notifications could not be delivered');
      return pollMs;
    },
  );
  #choresAt = Number.NEGATIVE_INFINITY;
  /** Tenants in which something has changed: only those can have new notes. */
  #changed = new Set<TenantId>();
  /** When all tenants were looked at, changed or not. */
  #scannedAt = Number.NEGATIVE_INFINITY;

  constructor(services: AttemptServices, resolve: Resolve) {
    this.#services = services;
    this.#resolve = resolve;
    services.store.invalidations.subscribe((tenantId) => {
      if (tenantId === 'everything') this.#scannedAt = Number.NEGATIVE_INFINITY;
      else this.#changed.add(tenantId);
      this.#wakes.wakeIn(settleMs);
    });
    this.#wakes.wakeIn(0);
  }

  async settled(): Promise<void> {
    for (;;) {
      // A round that had begun before may have missed what this call is about.
      await this.#wakes.idle();
      this.#scannedAt = Number.NEGATIVE_INFINITY;
      const begun = await this.#wakes.go();
      // What was under way may have kept more of its target waiting.
      const isIdle = begun === 0 && this.#underWay.size === 0;
      await Promise.all(this.#underWay.keys());
      if (isIdle || this.#wakes.isStopped) return;
    }
  }

  async stop(): Promise<void> {
    await this.#wakes.stop();
    await Promise.all(this.#underWay.keys());
    await store.releaseLease(this.#services.store.db, this.#lease).catch(() => {});
  }

  async #work(): Promise<number> {
    const { store: control, clock, log } = this.#services;
    const hasChores = Math.abs(clock() - this.#choresAt) >= hourMs;
    if (hasChores) await this.#prune();
    const isScan = hasChores || performance.now() - this.#scannedAt >= scanMs;
    const changed = this.#changed;
    this.#changed = new Set();
    if (isScan) this.#scannedAt = performance.now();
    const tenants = isScan || changed.size > 0 ? await store.listTenantsToTell(control.db) : [];
    for (const tenantId of tenants) {
      if (this.#wakes.isStopped) return 0;
      if (!isScan && !changed.has(tenantId)) continue;
      try {
        if (hasChores) await makeExpiryMails(this.#services, tenantId);
        await makeDeliveries(this.#services, tenantId);
      } catch (error) {
        // One tenant's trouble holds up nobody else.
        this.#scannedAt = Number.NEGATIVE_INFINITY;
        log.error({ err: error, tenantId }, 'notifications of a tenant could not be made');
      }
    }
    if (hasChores) this.#choresAt = clock();
    return await this.#beginDue();
  }

  async #prune(): Promise<void> {
    const { store: control, clock } = this.#services;
    await pruneNotes(this.#services);
    await store.removeDeadBefore(control.db, clock() - deadKeptMs);
    await removeExpiryNoticesBefore(control.db, clock());
  }

  /** Takes what is due and begins to send it, within the bounds. */
  async #beginDue(): Promise<number> {
    const { store: control, clock, config } = this.#services;
    let begun = 0;
    for (const target of this.#turns.order(await store.listDueTargets(control.db, clock()))) {
      const { tenantId, targetId } = target;
      const ofTenant = this.#count((each) => each.tenantId === tenantId);
      const limit = Math.min(
        atOncePerTarget - this.#count((each) => each.tenantId === tenantId && each.targetId === targetId),
        config.deliveriesAtOncePerTenant - ofTenant,
        atOnceMax - this.#underWay.size,
      );
      if (limit <= 0 || this.#wakes.isStopped) continue;
      const now = clock();
      const claim = { now, until: now + leaseMs, lease: this.#lease, limit };
      for (const delivery of await store.claimDue(control.db, tenantId, targetId, claim)) {
        this.#begin(delivery);
        this.#turns.served(target);
        begun++;
      }
    }
    return begun;
  }

  #count(matches: (each: { readonly tenantId: TenantId; readonly targetId: string }) => boolean): number {
    return [...this.#underWay.values()].filter(matches).length;
  }

  #begin(delivery: store.DeliveryRow): void {
    const { tenantId, targetId, id } = delivery;
    const sending = attempt(this.#services, delivery, this.#lease, this.#resolve).catch((error: unknown) => {
      // It stays claimed until the lease ends and is then tried again.
      this.#services.log.error({ err: error, tenantId, delivery: id }, 'a delivery could not be tried');
    });
    const ended = sending.finally(() => {
      this.#underWay.delete(ended);
      this.#wakes.wakeIn(0);
    });
    this.#underWay.set(ended, { tenantId, targetId });
  }
}
