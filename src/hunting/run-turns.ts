// Turns that are fair between tenants: who waits longest of the tenants that have the fewest turns now comes next.
import type { TenantId } from '../lib/ids.ts';
import { tookTooLong } from './run-problems.ts';

export interface TurnLimits {
  readonly atOnce: number;
  readonly perTenant: number;
}

interface Waiter {
  readonly tenantId: TenantId;
  readonly admit: () => void;
}

export class FairTurns {
  readonly #limits: TurnLimits;
  readonly #running = new Map<TenantId, number>();
  readonly #served = new Map<TenantId, number>();
  readonly #waiting: Waiter[] = [];
  #runningCount = 0;
  #turn = 0;

  constructor(limits: TurnLimits) {
    this.#limits = limits;
  }

  /** Turns that are taken. */
  get count(): number {
    return this.#runningCount;
  }

  get waitingCount(): number {
    return this.#waiting.length;
  }

  waitingOf(tenantId: TenantId): number {
    return this.#waiting.filter((each) => each.tenantId === tenantId).length;
  }

  /** Takes a turn when one is free at once. */
  tryBegin(tenantId: TenantId): boolean {
    if (!this.#isFree(tenantId) || this.#waiting.some((each) => this.#isFree(each.tenantId))) return false;
    this.#begin(tenantId);
    return true;
  }

  /** Resolves when it is the tenant's turn, which is given back with `end`. Rejects when the time is over or with the signal. */
  begin(tenantId: TenantId, endsAt: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return Promise.reject(signal.reason);
    if (this.tryBegin(tenantId)) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', abort);
      };
      const giveUp = (reason: unknown): void => {
        leave();
        this.#waiting.splice(this.#waiting.indexOf(waiter), 1);
        reject(reason);
      };
      const waiter: Waiter = {
        tenantId,
        admit: () => {
          leave();
          resolve();
        },
      };
      const abort = (): void => giveUp(signal.reason);
      const timer = setTimeout(() => giveUp(tookTooLong()), Math.max(0, endsAt - performance.now()));
      signal.addEventListener('abort', abort);
      this.#waiting.push(waiter);
    });
  }

  end(tenantId: TenantId): void {
    const running = (this.#running.get(tenantId) ?? 1) - 1;
    this.#runningCount -= 1;
    if (running > 0) this.#running.set(tenantId, running);
    else this.#running.delete(tenantId);
    const next = this.#nextWaiter();
    if (!next) {
      if (this.#waiting.length === 0 && this.#runningCount === 0) this.#served.clear();
      return;
    }
    this.#waiting.splice(this.#waiting.indexOf(next), 1);
    this.#begin(next.tenantId);
    next.admit();
  }

  #isFree(tenantId: TenantId): boolean {
    return this.#runningCount < this.#limits.atOnce && (this.#running.get(tenantId) ?? 0) < this.#limits.perTenant;
  }

  #begin(tenantId: TenantId): void {
    this.#runningCount += 1;
    this.#running.set(tenantId, (this.#running.get(tenantId) ?? 0) + 1);
    this.#turn += 1;
    this.#served.set(tenantId, this.#turn);
  }

  /** Tenants are compared by what they have now, then by how long ago they had a turn; within one, first come first served. */
  #nextWaiter(): Waiter | undefined {
    let best: Waiter | undefined;
    for (const each of this.#waiting) {
      if (this.#isFree(each.tenantId) && (!best || this.#isBefore(each.tenantId, best.tenantId))) best = each;
    }
    return best;
  }

  #isBefore(one: TenantId, other: TenantId): boolean {
    const has = (this.#running.get(one) ?? 0) - (this.#running.get(other) ?? 0);
    return has === 0 ? (this.#served.get(one) ?? 0) < (this.#served.get(other) ?? 0) : has < 0;
  }
}
