// Documented limits of single calls: so many in a minute and so many in an hour, per tenant and application (Defender
// reference 1.6). Exact like the throttle: the times of the calls in the longest window are kept.
import type { ControlStore } from '../db/store.ts';
import { secondMs } from '../lib/clock.ts';
import type { TenantId } from '../lib/ids.ts';
import * as store from './throttle-store.ts';

export interface CallLimit {
  readonly calls: number;
  readonly windowMs: number;
}

/** The limit that a call would exceed, and the whole seconds until it would not. */
export interface Exceeded {
  readonly limit: CallLimit;
  readonly retryAfterSeconds: number;
}

/**
 * Decides on one call by all the limits and notes it in `times` (epoch milliseconds, oldest first) when it is admitted.
 * Of several limits that it would exceed, the one that holds it up longest is told.
 */
export function admitWithin(times: number[], limits: readonly CallLimit[], now: number): Exceeded | null {
  // A clock that was put back must hold nobody up for longer than the window.
  for (let last = times.length - 1; last >= 0 && (times[last] ?? 0) > now; last--) times[last] = now;
  const longestMs = Math.max(...limits.map((limit) => limit.windowMs));
  const gone = times.findIndex((at) => at > now - longestMs);
  times.splice(0, gone < 0 ? times.length : gone);
  let worst: Exceeded | null = null;
  for (const limit of limits) {
    // The call that has to leave the window before this one fits; the list holds calls of the longest window.
    const leaving = times[times.length - limit.calls];
    if (leaving === undefined || leaving <= now - limit.windowMs) continue;
    const retryAfterSeconds = Math.max(1, Math.ceil((leaving + limit.windowMs - now) / secondMs));
    if (!worst || retryAfterSeconds > worst.retryAfterSeconds) worst = { limit, retryAfterSeconds };
  }
  if (!worst) times.push(now);
  return worst;
}

export interface CallQuota {
  /** Counts a call; null when it is within all the limits. */
  admit(
    tenantId: TenantId,
    bucket: string,
    limits: readonly CallLimit[],
    now: number,
  ): Promise<Exceeded | null> | Exceeded | null;
}

const bucketsMax = 20_000;

/** For one process: buckets in memory. */
export class ProcessQuota implements CallQuota {
  readonly #buckets = new Map<string, number[]>();
  readonly #bucketsMax: number;

  constructor(most: number = bucketsMax) {
    this.#bucketsMax = most;
  }

  admit(tenantId: TenantId, bucket: string, limits: readonly CallLimit[], now: number): Exceeded | null {
    const name = `${tenantId} ${bucket}`;
    const times = this.#buckets.get(name) ?? [];
    // The bucket that was called longest ago is the first one, and the first to go.
    this.#buckets.delete(name);
    if (this.#buckets.size >= this.#bucketsMax) this.#buckets.delete(this.#buckets.keys().next().value ?? '');
    this.#buckets.set(name, times);
    return admitWithin(times, limits, now);
  }
}

/** For several processes on one PostgreSQL: the limits count over all of them. */
export class SharedQuota implements CallQuota {
  readonly #store: ControlStore;

  constructor(controlStore: ControlStore) {
    this.#store = controlStore;
  }

  async admit(tenantId: TenantId, bucket: string, limits: readonly CallLimit[], now: number): Promise<Exceeded | null> {
    return await this.#store.transaction(async (trx) => {
      const times = await store.lockTimes(trx, tenantId, bucket, now);
      const exceeded = admitWithin(times, limits, now);
      await store.saveTimes(trx, tenantId, bucket, times, now);
      return exceeded;
    });
  }
}

export function openCallQuota(controlStore: ControlStore): CallQuota {
  return controlStore.kind === 'postgres' ? new SharedQuota(controlStore) : new ProcessQuota();
}
