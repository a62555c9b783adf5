// Which queries run at once. What a query costs is found out by running it: for a second it is a quick one, of which
// several run; then it needs one of the few turns of the heavy ones. When there is none it is stopped and begun again when
// its turn comes, so that quick ones never wait behind heavy ones. A query that was heavy is remembered, and waits at once.
// Queries share the engine's memory. One that finds none left may be the one that took it, or only stood beside that one: it
// is begun once more, and of such queries one runs at a time, so that they meet each other no more.
import { createHash } from 'node:crypto';
import type { Config } from '../config.ts';
import type { TenantId } from '../lib/ids.ts';
import { isOutOfMemory, tookTooLong, tooMuchMemory } from './run-problems.ts';
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

export type AdmissionLimits = Pick<
  Config,
  'huntingQuickAtOnce' | 'huntingHeavyAtOnce' | 'huntingHeavyPerTenant' | 'huntingWaitingMax'
>;

export class HuntingAdmission {
  readonly #quick: FairTurns;
  readonly #heavy: FairTurns;
  readonly #waitingMax: number;
  /** The oldest first. */
  readonly #remembered = new Set<string>();
  readonly #hungry = new FairTurns({ atOnce: 1, perTenant: 1 });
  /** Queries that ran out of memory the last time, the oldest first. */
  readonly #hungryKeys = new Set<string>();

  constructor(config: AdmissionLimits) {
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
    return this.#lanes.reduce((sum, lane) => sum + lane.waitingCount, 0);
  }

  get #lanes(): readonly FairTurns[] {
    return [this.#quick, this.#heavy, this.#hungry];
  }

  /** Runs the work when it is its turn; again where it was stopped, or found no memory while others ran. */
  async run<T>(admitted: Admitted, work: Work<T>): Promise<T> {
    const { tenantId } = admitted;
    if (this.#lanes.reduce((sum, lane) => sum + lane.waitingOf(tenantId), 0) >= this.#waitingMax) throw tooMuchMemory();
    const key = `${tenantId} ${createHash('sha1').update(admitted.sql).digest('base64url')}`;
    if (this.#hungryKeys.has(key)) return await this.#runHungry(admitted, key, work);
    try {
      return await this.#runByCost(admitted, key, work);
    } catch (error) {
      if (!isOutOfMemory(error)) throw error;
      remember(this.#hungryKeys, key);
      if (this.underWay === 0) throw error;
      return await this.#runHungry(admitted, key, work);
    }
  }

  async #runByCost<T>(admitted: Admitted, key: string, work: Work<T>): Promise<T> {
    if (!this.#remembered.has(key)) {
      const result = await this.#runQuick(admitted, key, work);
      if (result) return result.value;
    }
    return await this.#runHeavy(admitted, key, work);
  }

  /** Has the hungry ones' only turn beside one of the heavy ones'. A query that has its answer then is not hungry after all. */
  async #runHungry<T>(admitted: Admitted, key: string, work: Work<T>): Promise<T> {
    const { tenantId } = admitted;
    await this.#hungry.begin(tenantId, admitted.endsAt, admitted.signal);
    let isBegun = false;
    const working: Work<T> = (signal) => {
      isBegun = true;
      return work(signal).finally(() => this.#hungry.end(tenantId));
    };
    try {
      const result = await this.#runHeavy(admitted, key, working);
      this.#hungryKeys.delete(key);
      return result;
    } finally {
      if (!isBegun) this.#hungry.end(tenantId);
    }
  }

  /** Undefined when it was stopped because it is heavy and there is no turn for it. */
  async #runQuick<T>(admitted: Admitted, key: string, work: Work<T>): Promise<{ readonly value: T } | undefined> {
    const { tenantId, signal } = admitted;
    await this.#quick.begin(tenantId, admitted.endsAt, signal);
    const stop = new AbortController();
    const isHeavy = new Error('This query waits for a turn among the heavy ones.');
    let isPromoted = false;
    const timer = setTimeout(() => {
      remember(this.#remembered, key);
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
}

function remember(keys: Set<string>, key: string): void {
  keys.delete(key);
  keys.add(key);
  const [oldest] = keys;
  if (keys.size > rememberedMax && oldest !== undefined) keys.delete(oldest);
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
