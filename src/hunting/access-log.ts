// Who called which API, as rows of ApiAccessEvents. A call is noted when its answer is sent, which takes no time and waits
// for nothing; what was noted is written in batches, at most a second late. What is noted is bounded for each tenant and for
// all of them: a flood of calls fills neither the memory nor the disk, and the table says how many calls it has not.
import type { Caller } from '../access/caller.ts';
import type { RefusalDetails } from '../access/refusal.ts';
import type { Origin, Services } from '../context.ts';
import { secondMs } from '../lib/clock.ts';
import type { CorrelationId, TenantId } from '../lib/ids.ts';

export type ApiSurface = 'management' | 'cloud-apps' | 'defender' | 'graph';

/** A call that somebody made who is known here: nothing of it is a secret, and its path has no query. */
export interface ApiCall {
  readonly tenantId: TenantId;
  /** When its answer was sent, epoch milliseconds. */
  readonly at: number;
  readonly durationMs: number;
  readonly surface: ApiSurface;
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly correlationId: CorrelationId;
  readonly origin: Origin;
  /** Null when it was refused before its credential made a caller. */
  readonly caller: Caller | null;
  readonly refusal: RefusalDetails | null;
}

/** Calls of a tenant that are not in the table. */
export interface MissedCalls {
  readonly tenantId: TenantId;
  readonly count: number;
}

export type AccessLogServices = Pick<Services, 'store' | 'events' | 'clock' | 'log' | 'config'>;

const flushEveryMs = 500;
const waitingMax = 20_000;
/** After a failure it is tried again so much later. */
const retryMs = 5 * secondMs;

export class AccessLog {
  readonly #services: AccessLogServices;
  readonly #perTick: number;
  readonly #timer: NodeJS.Timeout;
  #waiting: ApiCall[] = [];
  /** How many were noted for each tenant since the last tick. */
  #noted = new Map<TenantId, number>();
  #missed = new Map<TenantId, number>();
  #writing: Promise<void> | undefined;
  #notBefore = 0;

  constructor(services: AccessLogServices) {
    this.#services = services;
    this.#perTick = Math.max(1, Math.round((services.config.apiCallsRecordedPerSecond * flushEveryMs) / secondMs));
    this.#timer = setInterval(() => this.#tick(), flushEveryMs);
    this.#timer.unref();
  }

  /** Takes note of a call. Never throws and never waits. */
  note(call: ApiCall): void {
    const { tenantId } = call;
    const noted = this.#noted.get(tenantId) ?? 0;
    if (noted >= this.#perTick || this.#waiting.length >= waitingMax) {
      this.#missed.set(tenantId, (this.#missed.get(tenantId) ?? 0) + 1);
      return;
    }
    this.#noted.set(tenantId, noted + 1);
    this.#waiting.push(call);
  }

  #tick(): void {
    this.#noted.clear();
    if (this.#writing || performance.now() < this.#notBefore) return;
    void this.flush();
  }

  /** Writes everything that was noted so far. Never rejects: what could not be written waits for another time. */
  async flush(): Promise<void> {
    await this.#writing;
    if (this.#waiting.length === 0 && this.#missed.size === 0) return;
    this.#writing ??= this.#write().finally(() => {
      this.#writing = undefined;
    });
    await this.#writing;
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.flush();
  }

  async #write(): Promise<void> {
    const calls = this.#waiting;
    const missed = [...this.#missed].map(([tenantId, count]) => ({ tenantId, count }));
    this.#waiting = [];
    this.#missed = new Map();
    const { log } = this.#services;
    for (const each of missed) log.warn(each, 'more API calls were made than are recorded');
    try {
      // Loaded with the first call: a start needs it late.
      const { writeCalls } = await import('./access-log-rows.ts');
      await writeCalls(this.#services, calls, missed);
    } catch (error) {
      log.error({ err: error, calls: calls.length }, 'API calls could not be recorded yet');
      this.#notBefore = performance.now() + retryMs;
      this.#putBack(calls, missed);
    }
  }

  #putBack(calls: readonly ApiCall[], missed: readonly MissedCalls[]): void {
    for (const { tenantId, count } of missed) this.#missed.set(tenantId, (this.#missed.get(tenantId) ?? 0) + count);
    const all = [...calls, ...this.#waiting];
    this.#waiting = all.slice(0, waitingMax);
    for (const { tenantId } of all.slice(waitingMax)) {
      this.#missed.set(tenantId, (this.#missed.get(tenantId) ?? 0) + 1);
    }
  }
}
