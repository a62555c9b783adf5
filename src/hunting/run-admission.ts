// Which queries run at once. What a query costs is found out by running it: for a second it is a quick one, of which
// several run; then it needs one of the few turns of the heavy ones. When there is none it is stopped and begun again when
// its turn comes, so that quick ones never wait behind heavy ones. A query that was heavy is remembered, and waits at once.
import { createHash } from 'node:crypto';
import type { Config } from '../config.ts';
import type { TenantId } from '../lib/ids.ts';
import { tookTooLong, tooMuchMemory } from './run-problems.ts';
import { FairTurns } from './run-turns.ts';

export interface Admitted {
  readonly tenantId: TenantId;
  readonly sql: string;
  /** By `performance.now()`. */
  readonly endsAt: number;
  readonly signal: AbortSignal;
}

const quickMs = 1000;
/** A remembered query that ends within this is quick again. */
const quickAgainMs = 400;
/** An interrupted query says so itself within this time. */
const graceMs = 500;
const rememberedMax = 2000;

type Work<T> = (signal: AbortSignal) => Promise<T>;

export class HuntingAdmission {
  readonly #quick: FairTurns;
  readonly #heavy: FairTurns;
  readonly #waitingMax: number;
  /** The oldest first. */
  readonly #remembered = new Set<string>();

  constructor(config: Config) {
    const quick = config.huntingQuickAtOnce;
    this.#quick = new FairTurns({ atOnce: quick, perTenant: Math.max(1, quick - 1) });
    this.#heavy = new FairTurns({ atOnce: config.huntingHeavyAtOnce, perTenant: config.huntingHeavyPerTenant });
    this.#waitingMax = config.huntingWaitingMax;
  }

  /** Queries that run now, those that wait not counted. */
  get underWay(): number {
    return this.#quick.count + this.#heavy.count;
  }

  get waiting(): number {
    return this.#quick.waitingCount + this.#heavy.waitingCount;
  }

  /** Runs the work when it is its turn; twice where its first run was stopped. */
  async run<T>(admitted: Admitted, work: Work<T>): Promise<T> {
    const { tenantId } = admitted;
    if (this.#quick.waitingOf(tenantId) + this.#heavy.waitingOf(tenantId) >= this.#waitingMax) throw tooMuchMemory();
    const key = `${tenantId} ${createHash('sha1').update(admitted.sql).digest('base64url')}`;
    if (!this.#remembered.has(key)) {
      const result = await this.#runQuick(admitted, key, work);
      if (result) return result.value;
    }
    return await this.#runHeavy(admitted, key, work);
  }

  /** Undefined when it was stopped because it is heavy and there is no turn for it. */
  async #runQuick<T>(admitted: Admitted, key: string, work: Work<T>): Promise<{ readonly value: T } | undefined> {
    const { tenantId, signal } = admitted;
    await this.#quick.begin(tenantId, admitted.endsAt, signal);
    const stop = new AbortController();
    const isHeavy = new Error('This query waits for a turn among the heavy ones.');
    let isPromoted = false;
    const timer = setTimeout(() => {
      this.#remember(key);
      isPromoted = this.#heavy.tryBegin(tenantId);
      if (isPromoted) this.#quick.end(tenantId);
      else stop.abort(isHeavy);
    }, quickMs);
    const running = work(AbortSignal.any([signal, stop.signal])).finally(() => {
      clearTimeout(timer);
      (isPromoted ? this.#heavy : this.#quick).end(tenantId);
    });
    try {
      return { value: await inTime(running, admitted) };
    } catch (error) {
      if (error !== isHeavy) throw error;
      return undefined;
    }
  }

  async #runHeavy<T>(admitted: Admitted, key: string, work: Work<T>): Promise<T> {
    const { tenantId, signal } = admitted;
    await this.#heavy.begin(tenantId, admitted.endsAt, signal);
    const begunAt = performance.now();
    const running = work(signal).finally(() => {
      this.#heavy.end(tenantId);
      if (performance.now() - begunAt < quickAgainMs) this.#remembered.delete(key);
    });
    return await inTime(running, admitted);
  }

  #remember(key: string): void {
    this.#remembered.delete(key);
    this.#remembered.add(key);
    const [oldest] = this.#remembered;
    if (this.#remembered.size > rememberedMax && oldest !== undefined) this.#remembered.delete(oldest);
  }
}

/**
 * Nobody waits for a query that does not stop when it is told to: a single function over a long text cannot be interrupted.
 * It keeps its turn until it ends.
 */
function inTime<T>(running: Promise<T>, { endsAt, signal }: Admitted): Promise<T> {
  return new Promise((resolve, reject) => {
    const gone = (): void => reject(signal.reason);
    const timer = setTimeout(() => reject(tookTooLong()), Math.max(0, endsAt - performance.now()) + graceMs);
    signal.addEventListener('abort', gone);
    running.then(resolve, reject).finally(() => {
      clearTimeout(timer);
      signal.removeEventListener('abort', gone);
    });
  });
}
