// At most so many calls in any 60 seconds, per bucket (a tenant's integrations, an agent, a session). The times of the
// calls in the window are kept, which makes the limit exact: no burst at the edge of a minute goes through.
import type { ControlStore } from '../db/store.ts';
import { minuteMs, secondMs } from '../lib/clock.ts';
import type { TenantId } from '../lib/ids.ts';
import * as store from './throttle-store.ts';

export interface Admission {
  readonly admitted: boolean;
  /** Whole seconds until the next call would be admitted; 0 when this one is. */
  readonly retryAfterSeconds: number;
}

export interface Throttle {
  admit(tenantId: TenantId, bucket: string, perMinute: number, now: number): Promise<Admission> | Admission;
}

/** Decides on one call and leaves `times` as the window after it. Times are epoch milliseconds, oldest first. */
export function admitInto(times: number[], perMinute: number, now: number): Admission {
  // Calls of a later time were noted before a clock was put back, or by a process whose clock is ahead: they count as
  // made now, so that they hold nobody up for longer than the window.
  for (let last = times.length - 1; last >= 0 && (times[last] ?? 0) > now; last--) times[last] = now;
  while (times.length > 0 && (times[0] ?? 0) <= now - minuteMs) times.shift();
  if (times.length < perMinute) {
    times.push(now);
    return { admitted: true, retryAfterSeconds: 0 };
  }
  // The call that leaves the window next makes room; with a lowered limit, that is not the oldest one.
  const leaving = times[times.length - perMinute] ?? now;
  return { admitted: false, retryAfterSeconds: Math.max(1, Math.ceil((leaving + minuteMs - now) / secondMs)) };
}

const bucketsMax = 100_000;
const pruneEveryMs = 10 * minuteMs;

/** For one process: buckets in memory. */
export class ProcessThrottle implements Throttle {
  readonly #buckets = new Map<string, number[]>();
  readonly #bucketsMax: number;

  constructor(most: number = bucketsMax) {
    this.#bucketsMax = most;
  }

  get size(): number {
    return this.#buckets.size;
  }

  admit(tenantId: TenantId, bucket: string, perMinute: number, now: number): Admission {
    const name = `${tenantId} ${bucket}`;
    let times = this.#buckets.get(name);
    if (!times) {
      if (this.#buckets.size >= this.#bucketsMax) this.#dropIdle(now);
      times = [];
      this.#buckets.set(name, times);
    }
    return admitInto(times, perMinute, now);
  }

  #dropIdle(now: number): void {
    for (const [name, times] of this.#buckets) {
      if ((times.at(-1) ?? 0) <= now - minuteMs) this.#buckets.delete(name);
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

  /** Buckets whose window is over mean nothing any more; every session leaves one behind. */
  async #prune(now: number): Promise<void> {
    if (Math.abs(now - this.#prunedAt) < pruneEveryMs) return;
    this.#prunedAt = now;
    await this.#store.transaction((trx) => store.deleteIdle(trx, now - minuteMs));
  }
}
