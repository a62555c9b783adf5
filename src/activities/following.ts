// Whoever works through the activities as they come in (policies, entities, files): each follower sees every stored
// activity once, in the order of insertion, and keeps how far it got in the control store, in the transaction of its own
// work. A process follows the activities of its own event store.
import type { Services } from '../context.ts';
import type { Trx } from '../db/store.ts';
import { activitiesTable } from '../events/catalogue.ts';
import { name, type Sql, sql } from '../events/sql.ts';
import type { TenantId } from '../lib/ids.ts';
import { advanceWatermark, listWatermarks } from './watermarks-store.ts';

/** The activities that came in with the batches `after` < batch <= `upTo`. */
export interface BatchRange {
  readonly after: number;
  readonly upTo: number;
}

export type FollowServices = Pick<Services, 'store' | 'events' | 'clock' | 'config' | 'log' | 'keys' | 'names'>;

export interface ActivityFollower {
  /** Under which its progress is kept. */
  readonly name: string;
  /**
   * Works through one range of one tenant. Must call `advance` with its last transaction: what it did and how far it got
   * are committed together or not at all. When it throws, the same range comes again later.
   */
  follow(
    services: FollowServices,
    tenantId: TenantId,
    range: BatchRange,
    advance: (trx: Trx) => Promise<void>,
  ): Promise<void>;
}

export interface Following {
  /** Resolves when everything that was stored before the call has been followed. Rejects with what stopped a follower. */
  settled(): Promise<void>;
  /** Resolves when nothing is under way any more. */
  stop(): Promise<void>;
}

const pollMs = 500;
const retryMs = 5000;
/** About so many rows are followed at once; a batch is never taken apart. */
const rangeRows = 16_384;

/** The rows of a range; the tenant is for the caller to name. */
export function inRange({ after, upTo }: BatchRange): Sql {
  return sql`${name('batch')} > ${after} and ${name('batch')} <= ${upTo}`;
}

/** Begins to follow, each follower at its own pace. */
export function startFollowing(services: FollowServices, followers: readonly ActivityFollower[]): Following {
  const pursuits = followers.map((follower) => new Pursuit(services, follower));
  return {
    settled: async () => {
      await Promise.all(pursuits.map((pursuit) => pursuit.settled()));
    },
    stop: async () => {
      await Promise.all(pursuits.map((pursuit) => pursuit.stop()));
    },
  };
}

/** One follower on its way. */
class Pursuit {
  readonly #services: FollowServices;
  readonly #follower: ActivityFollower;
  #timer: NodeJS.Timeout | undefined;
  #isStopped = false;
  /** Everything up to this batch has been followed, whatever the tenant. */
  #done = -1;
  #round: Promise<void> | undefined;
  #watermarkName: Promise<string> | undefined;

  constructor(services: FollowServices, follower: ActivityFollower) {
    this.#services = services;
    this.#follower = follower;
    this.#wait(0);
  }

  async settled(): Promise<void> {
    const last = await this.#services.events.lastBatch(activitiesTable);
    while (this.#done < last && !this.#isStopped) await this.#go();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    await this.#round?.catch(() => {});
  }

  #wait(ms: number): void {
    if (this.#isStopped) return;
    this.#timer = setTimeout(() => {
      this.#go().then(
        () => this.#wait(pollMs),
        (error: unknown) => {
          this.#services.log.error({ err: error, follower: this.#follower.name }, 'activities could not be followed');
          this.#wait(retryMs);
        },
      );
    }, ms);
    this.#timer.unref();
  }

  /** One round at a time, whoever asks for it. */
  #go(): Promise<void> {
    this.#round ??= this.#catchUp().finally(() => {
      this.#round = undefined;
    });
    return this.#round;
  }

  /** Each tenant has its turn after each range: who has a long way to go holds up nobody. */
  async #catchUp(): Promise<void> {
    const { events, store } = this.#services;
    const failures = new Map<TenantId, unknown>();
    for (let isBehind = true; isBehind && !this.#isStopped; ) {
      const last = await events.lastBatch(activitiesTable);
      if (last <= this.#done) return;
      const follower = await this.#nameOfWatermark();
      const positions = await listWatermarks(store.db, follower);
      isBehind = false;
      for (const tenantId of await this.#tenantsAfter(this.#done)) {
        // One tenant's trouble holds up nobody else.
        if (failures.has(tenantId)) continue;
        try {
          const hasMore = await this.#followRange(tenantId, follower, positions.get(tenantId) ?? 0, last);
          isBehind ||= hasMore;
        } catch (error) {
          failures.set(tenantId, error);
        }
      }
      if (!isBehind && failures.size === 0 && !this.#isStopped) this.#done = last;
    }
    for (const failure of failures.values()) throw failure;
  }

  async #nameOfWatermark(): Promise<string> {
    this.#watermarkName ??= this.#services.events.id().then((id) => `${this.#follower.name}@${id}`);
    return await this.#watermarkName;
  }

  async #tenantsAfter(batch: number): Promise<TenantId[]> {
    const rows = await this.#services.events.query(
      sql`select distinct ${name('tenantId')}::varchar from ${name(activitiesTable.name)} where ${name('batch')} > ${batch}`,
    );
    return rows.map(([id]) => String(id) as TenantId); // The column holds nothing else.
  }

  /** Follows the next range of the tenant; true when there are others behind it. */
  async #followRange(tenantId: TenantId, follower: string, after: number, last: number): Promise<boolean> {
    const [upTo, ...others] = await this.#rangeEnds(tenantId, after, last);
    if (upTo === undefined || this.#isStopped) return false;
    await this.#follower.follow(this.#services, tenantId, { after, upTo }, (trx) =>
      advanceWatermark(trx, tenantId, follower, after, upTo),
    );
    return others.length > 0;
  }

  /** Where to stop on the way, so that about {@link rangeRows} rows lie between two stops. */
  async #rangeEnds(tenantId: TenantId, from: number, last: number): Promise<number[]> {
    const rows = await this.#services.events.query(
      sql`select ${name('batch')}, count(*) from ${name(activitiesTable.name)}
        where ${name('tenantId')} = ${{ uuid: tenantId }} and ${inRange({ after: from, upTo: last })}
        group by 1 order by 1`,
    );
    const ends: number[] = [];
    let sum = 0;
    for (const [index, [batch, count]] of rows.entries()) {
      sum += Number(count);
      if (sum < rangeRows && index < rows.length - 1) continue;
      ends.push(Number(batch));
      sum = 0;
    }
    return ends;
  }
}
