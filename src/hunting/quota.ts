// The share of the engine that a tenant's queries may take in each quarter of an hour (Defender reference 1.6 and 3.1):
// counted as seconds in which a query kept the engine busy, which are seconds of one core.
import { concernOf } from '../access/caller.ts';
import { Refusal } from '../access/refusal.ts';
import type { Ctx } from '../context.ts';
import { minuteMs, secondMs } from '../lib/clock.ts';
import type { TenantId } from '../lib/ids.ts';

const cycleMs = 15 * minuteMs;

/** For one process; its counts go with it. */
export class HuntingShares {
  /** Seconds of the present cycle, by tenant. */
  readonly #used = new Map<TenantId, number>();
  #cycle = 0;

  /** Notes that the tenant's queries kept the engine busy. */
  add(tenantId: TenantId, busySeconds: number, now: number): void {
    this.#begin(now);
    this.#used.set(tenantId, (this.#used.get(tenantId) ?? 0) + busySeconds);
  }

  /** Refuses with 429 until the next cycle when the tenant's share of this one is used up. */
  require({ caller, config, clock }: Ctx): void {
    const now = clock();
    this.#begin(now);
    const used = this.#used.get(caller.tenantId) ?? 0;
    const share = config.huntingSecondsPerCycle;
    if (used < share) return;
    const retryAfterSeconds = Math.max(1, Math.ceil(((this.#cycle + 1) * cycleMs - now) / secondMs));
    const duration = new Date(retryAfterSeconds * secondMs).toISOString().slice(11, 19);
    throw new Refusal({
      status: 429,
      code: 'throttled',
      message: `You have exceeded processing resources allocated to this tenant. You can run queries again in ${duration}.`,
      chain: [
        ...caller.passed,
        {
          check: 'rate',
          outcome: 'failed',
          detail: `Hunting queries of this tenant have kept the engine busy for ${Math.round(used)} of ${share} seconds of this quarter of an hour.`,
        },
      ],
      remedy: `Wait ${retryAfterSeconds} s (Retry-After), or look at less at once. The share is the setting huntingSecondsPerCycle.`,
      ...concernOf(caller),
      retryAfterSeconds,
    });
  }

  /** Cycles begin on the quarter of the hour; a new one forgets the last. */
  #begin(now: number): void {
    const cycle = Math.floor(now / cycleMs);
    if (cycle === this.#cycle) return;
    this.#cycle = cycle;
    this.#used.clear();
  }
}
