// At most so many calls in any 60 seconds, per bucket (a tenant's integrations, an agent, a session). The times of the
// calls in the window are kept, which makes the limit exact: no burst at the edge of a minute goes through.
import type { ControlStore } from '../db/store.ts';
import { hourMs, minuteMs, secondMs } from '../lib/clock.ts';
import type { TenantId } from '../lib/ids.ts';
import * as store from './throttle-store.ts';

export interface Admission {
  readonly admitted: boolean;
  /** Whole seconds until the next call would be admitted; 0 when this one is. */
  readonly retryAfterSeconds: number;
}

const admitted: Admission = { admitted: true, retryAfterSeconds: 0 };

export interface Throttle {
  admit(tenantId: TenantId, bucket: string, perMinute: number, now: number): Promise<Admission> | Admission;
}

/**
 * Decides on one call and notes it in `times`: epoch milliseconds, oldest first. Times that have left the window are cut
 * off when they are the greater part, because taking the first ones from a long array moves all others.
 */
export function admitInto(times: number[], perMinute: number, now: number): Admission {
  // Calls of a later time were noted before a clock was put back, or by a process whose clock is ahead: they count as
  // made now, so that they hold nobody up for longer than the window.
  for (let last = times.length - 1; last >= 0 && (times[last] ?? 0) > now; last--) times[last] = now;
  const first = firstAfter(times, now - minuteMs);
  if (times.length - first < perMinute) {
    if (first > times.length / 2) times.splice(0, first);
    times.push(now);
    return admitted;
  }
  // The call that leaves the window next makes room; with a lowered limit, that is not the oldest one.
  const leaving = times[times.length - perMinute] ?? now;
  return { admitted: false, retryAfterSeconds: Math.max(1, Math.ceil((leaving + minuteMs - now) / secondMs)) };
}

/** Where the times after `time` begin. */
function firstAfter(times: readonly number[], time: number): number {
  if ((times[0] ?? 0) > time) return 0;
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((times[middle] ?? 0) <= time) low = middle + 1;
    else high = middle;
  }
  return low;
}

const bucketsMax = 100_000;
const pruneEveryMs = 10 * minuteMs;

/** For one process: buckets in memory. */
export class ProcessThrottle implements Throttle {
  /** By tenant, then by bucket: putting the two into one name would cost more than deciding. */
  readonly #tenants = new Map<TenantId, Map<string, number[]>>();
  readonly #bucketsMax: number;
  #size = 0;

  constructor(most: number = bucketsMax) {
    this.#bucketsMax = most;
  }

  get size(): number {
    return this.#size;
  }

  admit(tenantId: TenantId, bucket: string, perMinute: number, now: number): Admission {
    const times = this.#tenants.get(tenantId)?.get(bucket) ?? this.#open(tenantId, bucket, now);
    return admitInto(times, perMinute, now);
  }

  #open(tenantId: TenantId, bucket: string, now: number): number[] {
    if (this.#size >= this.#bucketsMax) this.#dropIdle(now);
    const buckets = this.#tenants.get(tenantId) ?? new Map<string, number[]>();
    this.#tenants.set(tenantId, buckets);
    const times: number[] = [];
    buckets.set(bucket, times);
    this.#size++;
    return times;
  }

  #dropIdle(now: number): void {
    for (const [tenantId, buckets] of this.#tenants) {
      for (const [bucket, times] of buckets) {
        if ((times.at(-1) ?? 0) > now - minuteMs) continue;
        buckets.delete(bucket);
        this.#size--;
      }
      if (buckets.size === 0) this.#tenants.delete(tenantId);
    }
  }
}

/** For several processes on one PostgreSQL: the tenant's limit counts over all of them. */
export class SharedThrottle implements Throttle {
  readonly #store: ControlStore;
  #prunedAt = 0;

  constructor(controlStore: ControlStore) {
    this.#store = controlStore;
  }

  async admit(tenantId: TenantId, bucket: string, perMinute: number, now: number): Promise<Admission> {
    await this.#prune(now);
    return this.#store.transaction(async (trx) => {
      const times = await store.lockTimes(trx, tenantId, bucket, now);
      const admission = admitInto(times, perMinute, now);
      await store.saveTimes(trx, tenantId, bucket, times, now);
      return admission;
    });
  }

  /** Buckets whose window is over mean nothing any more; every session leaves one behind. Quotas have windows of an hour. */
  async #prune(now: number): Promise<void> {
    if (Math.abs(now - this.#prunedAt) < pruneEveryMs) return;
    this.#prunedAt = now;
    await this.#store.transaction((trx) => store.deleteIdle(trx, now - hourMs));
  }
}
