// What the rules of each tenant take of its share of processor time (hunting/quota.ts), so that a part is left for people.
import type { TenantId } from '../lib/ids.ts';
import { cycleMs } from './schedule.ts';

/** For one process; its counts go with it. */
export class RuleShares {
  /** Seconds of the present quarter of an hour, by tenant. */
  readonly #used = new Map<TenantId, number>();
  #cycle = 0;

  add(tenantId: TenantId, seconds: number, now: number): void {
    this.#begin(now);
    this.#used.set(tenantId, (this.#used.get(tenantId) ?? 0) + seconds);
  }

  /** Whether the tenant's rules wait for the next quarter of an hour. */
  isUsedUp(tenantId: TenantId, secondsMax: number, now: number): boolean {
    this.#begin(now);
    return (this.#used.get(tenantId) ?? 0) >= secondsMax;
  }

  #begin(now: number): void {
    const cycle = Math.floor(now / cycleMs);
    if (cycle === this.#cycle) return;
    this.#cycle = cycle;
    this.#used.clear();
  }
}
