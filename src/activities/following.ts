// Whoever works through the activities as they come in (policies, entities, files): each follower sees every stored
// activity once, in the order of insertion, and keeps how far it got in the control store, in the transaction of its own
// work. A process follows the activities of its own event store.
import type { Services } from '../context.ts';
import type { Trx } from '../db/store.ts';
import { activitiesTable } from '../events/catalogue.ts';
import { byteLength } from '../events/dialect.ts';
import { name, type Sql, sql } from '../events/sql.ts';
import type { TenantId } from '../lib/ids.ts';
import { type BatchNote, batchesBetween } from './recent-batches.ts';
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
   * So long it rests after its work: what comes in fast is followed in fewer and larger ranges then, and what comes in
   * after a while is followed at once.
   */
  readonly restMs?: number;
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
/** About so many rows are followed at once, or what takes up so much; a batch is never taken apart. */
const rangeRows = 16_384;
const rangeBytes = 33_554_432;
/** So many batches are looked at for a range, when the event store has to be asked. */
const batchesAtOnce = 512;

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
      const before = this.#done;
      this.#go().then(
        () => this.#wait(this.#done === before ? pollMs : Math.max(pollMs, this.#follower.restMs ?? 0)),
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
      const notes = batchesBetween(events, this.#done, last);
      for (const tenantId of notes
        ? new Set(notes.map((note) => note.tenantId))
        : await this.#tenantsAfter(this.#done)) {
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

  /** Follows the next range of the tenant; true when there may be others behind it. */
  async #followRange(tenantId: TenantId, follower: string, after: number, last: number): Promise<boolean> {
    const next = await this.#nextRange(tenantId, Math.max(after, this.#done), last);
    if (next === undefined || this.#isStopped) return false;
    const { upTo } = next;
    await this.#follower.follow(this.#services, tenantId, { after, upTo }, (trx) =>
      advanceWatermark(trx, tenantId, follower, after, upTo),
    );
    return next.hasMore;
  }

  /** Where to stop on the way, so that neither too many rows nor too much of them come at once. */
  async #nextRange(tenantId: TenantId, from: number, last: number): Promise<Stop | undefined> {
    const notes = batchesBetween(this.#services.events, from, last);
    if (notes) return stopAfter(notes.filter((note) => note.tenantId === tenantId));
    const near = Math.min(last, from + batchesAtOnce);
    const isNear = near < last;
    const stop = stopAfter(await this.#listBatches(tenantId, { after: from, upTo: near }));
    // Somebody who comes seldom may have nothing nearby.
    if (!stop && isNear) return stopAfter(await this.#listBatches(tenantId, { after: near, upTo: last }));
    return stop && { upTo: stop.upTo, hasMore: stop.hasMore || isNear };
  }

  /** The first batches of the tenant, until they are enough for a range. */
  async #listBatches(tenantId: TenantId, range: BatchRange): Promise<Pick<BatchNote, 'batch' | 'rows' | 'bytes'>[]> {
    const { events } = this.#services;
    const ofTenant = sql`${name('tenantId')} = ${{ uuid: tenantId }}`;
    const counted = await events.query(
      sql`select ${name('batch')}, count(*) from ${name(activitiesTable.name)}
        where ${ofTenant} and ${inRange(range)} group by 1 order by 1`,
    );
    const batches = counted.map(([batch, rows]) => ({ batch: Number(batch), rows: Number(rows), bytes: 0 }));
    const stop = stopAfter(batches);
    // A batch by itself is bounded by whoever stores it.
    if (!stop || batches[0]?.batch === stop.upTo) return batches;
    const sizes = await events.query(
      sql`select ${name('batch')}, sum(${byteLength(name('record'))}) from ${name(activitiesTable.name)}
        where ${ofTenant} and ${inRange({ after: range.after, upTo: stop.upTo })} group by 1`,
    );
    const bytes = new Map(sizes.map(([batch, size]) => [Number(batch), Number(size)]));
    return batches.map((each) => ({ ...each, bytes: bytes.get(each.batch) ?? 0 }));
  }
}

interface Stop {
  readonly upTo: number;
  readonly hasMore: boolean;
}

function stopAfter(batches: readonly Pick<BatchNote, 'batch' | 'rows' | 'bytes'>[]): Stop | undefined {
  let [rows, bytes] = [0, 0];
  for (const [index, each] of batches.entries()) {
    rows += each.rows;
    bytes += each.bytes;
    const isLast = index === batches.length - 1;
    if (isLast || rows >= rangeRows || bytes >= rangeBytes) return { upTo: each.batch, hasMore: !isLast };
  }
  return undefined;
}
