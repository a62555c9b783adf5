// Reads the logs that wait, as long as the process runs: those whose files lie beside its event store, tenants taking turns, so
// that nobody's thousand files hold up somebody else's one.
import { randomUUID } from 'node:crypto';
import { minuteMs, secondMs } from '../../lib/clock.ts';
import type { TenantId } from '../../lib/ids.ts';
import { Wakes } from '../../lib/wakes.ts';
import { removeDeletedStreams } from '../streams/deleting.ts';
import { spoolFolderOf, uploadRoom } from './disk.ts';
import { endFailed } from './ending.ts';
import { type LogEngine, logEngine } from './engine.ts';
import type { HookServices } from './hooks.ts';
import { gaveUp, runJob } from './job.ts';
import { removeEnded } from './removing.ts';
import {
  changeUpload,
  findUpload,
  listAbandoned,
  listHeld,
  listWaitingTenants,
  nextUpload,
  type UploadRow,
} from './store.ts';

export interface LogReading {
  /** Resolves when nothing waits or is under way that could go on now. Rejects with what stopped it. */
  settled(): Promise<void>;
  /** Breaks off what is under way, which begins anew with the next start. */
  stop(): Promise<void>;
}

const pollMs = secondMs;
/** What is handed over is looked at so soon. */
const settleMs = 50;
/** Whether somebody cancelled what is being read. */
const watchMs = secondMs;
const choresMs = 10 * secondMs;
const afterErrorMs = minuteMs / 4;

/** Begins to read. Tests give another engine. */
export function startReadingLogs(services: HookServices, engine: LogEngine = logEngine): LogReading {
  const worker = new Worker(services, engine);
  return { settled: () => worker.settled(), stop: () => worker.stop() };
}

interface Job {
  readonly row: UploadRow;
  readonly abort: AbortController;
  readonly ended: Promise<void>;
}

class Worker {
  readonly #services: HookServices;
  readonly #engine: LogEngine;
  readonly #lease = randomUUID();
  readonly #jobs = new Map<TenantId, Job>();
  readonly #wakes: Wakes<void>;
  /** When a log of the tenant was begun last: who has waited longest for a turn is next. */
  readonly #turns = new Map<TenantId, number>();
  #turn = 0;
  #hasRecovered = false;
  #choresAt = Number.NEGATIVE_INFINITY;
  #watch: NodeJS.Timeout | undefined;

  constructor(services: HookServices, engine: LogEngine) {
    this.#services = services;
    this.#engine = engine;
    this.#wakes = new Wakes(
      () => this.#round(),
      (error) => this.#ended(error),
    );
    services.store.invalidations.subscribe(() => this.#wakes.wakeIn(settleMs));
    this.#wakes.wakeIn(0);
  }

  async settled(): Promise<void> {
    for (;;) {
      await this.#wakes.idle();
      this.#choresAt = Number.NEGATIVE_INFINITY;
      await this.#wakes.go();
      // What has just ended may leave something to remove.
      const isIdle = this.#jobs.size === 0;
      await Promise.all([...this.#jobs.values()].map(({ ended }) => ended));
      if (isIdle || this.#wakes.isStopped) return;
    }
  }

  async stop(): Promise<void> {
    const stopped = this.#wakes.stop();
    for (const { abort } of this.#jobs.values()) abort.abort();
    await stopped;
    for (const { abort } of this.#jobs.values()) abort.abort();
    await Promise.all([...this.#jobs.values()].map(({ ended }) => ended));
    clearInterval(this.#watch);
  }

  #ended(error: unknown): number {
    if (error === undefined) return pollMs;
    this.#services.log.error({ err: error }, 'traffic logs could not be read');
    return afterErrorMs;
  }

  /** Begins what can begin. */
  async #round(): Promise<void> {
    const { events, store, clock, config } = this.#services;
    const eventStore = await events.id();
    if (!this.#hasRecovered) {
      await this.#recover(eventStore);
      this.#hasRecovered = true;
    }
    await this.#chores(eventStore);
    if (this.#wakes.isStopped || this.#jobs.size >= config.discoveryJobsAtOnce) return;
    const waiting = await listWaitingTenants(store.db, eventStore, clock());
    const next = waiting.filter((tenantId) => !this.#jobs.has(tenantId));
    next.sort((left, right) => (this.#turns.get(left) ?? 0) - (this.#turns.get(right) ?? 0));
    for (const tenantId of next.slice(0, config.discoveryJobsAtOnce - this.#jobs.size)) {
      const row = await nextUpload(store.db, tenantId, eventStore, clock());
      if (this.#wakes.isStopped) return;
      if (row) this.#begin(row);
    }
  }

  #begin(row: UploadRow): void {
    const abort = new AbortController();
    const running = { lease: this.#lease, signal: abort.signal, isStopping: () => this.#wakes.isStopped };
    this.#turns.set(row.tenantId, ++this.#turn);
    const ended = runJob(this.#services, this.#engine, row, running)
      .catch((error: unknown) => {
        this.#services.log.error(
          { err: error, uploadId: row.id },
          'the end of a traffic log could not be written down',
        );
      })
      .finally(() => {
        this.#jobs.delete(row.tenantId);
        if (this.#jobs.size === 0) clearInterval(this.#watch);
        this.#wakes.wakeIn(0);
      });
    if (this.#jobs.size === 0) this.#watch = setInterval(() => void this.#abortCancelled(), watchMs).unref();
    this.#jobs.set(row.tenantId, { row, abort, ended });
  }

  /** Breaks off what somebody cancelled through any process. */
  async #abortCancelled(): Promise<void> {
    for (const { row, abort } of this.#jobs.values()) {
      const now = await findUpload(this.#services.store.db, row.tenantId, row.id).catch(() => row);
      if (now?.state !== 'processing' && now?.state !== 'queued') abort.abort();
    }
  }

  /** What a process before this one was reading when it died begins anew, unless it died of the same log too often. */
  async #recover(eventStore: string): Promise<void> {
    const { store, config, log, clock } = this.#services;
    await this.#engine.sweep(spoolFolderOf(config));
    for (const row of await listAbandoned(store.db, eventStore, this.#lease)) {
      const { tenantId, id, attempts } = row;
      log.warn({ tenantId, uploadId: id, attempts }, 'reading a traffic log had broken off');
      if (attempts < config.discoveryAttemptsMax) {
        const change = { state: 'queued', lease: null, notBefore: clock() };
        await changeUpload(store.db, tenantId, id, { states: ['processing'] }, change);
        continue;
      }
      await this.#engine.removeUpload(this.#services.events, tenantId, id);
      if (await endFailed(this.#services, row, row.lease, gaveUp(row))) {
        await uploadRoom(config).removeUpload(tenantId, id);
      }
    }
  }

  /** What ended when the store could not take it, so that its row still says that it is being read, is read again. */
  async #readAgain(eventStore: string): Promise<void> {
    const { store, clock } = this.#services;
    for (const { tenantId, id } of await listHeld(store.db, eventStore, this.#lease)) {
      if ([...this.#jobs.values()].some(({ row }) => row.id === id)) continue;
      const change = { state: 'queued', lease: null, notBefore: clock() };
      await changeUpload(store.db, tenantId, id, { states: ['processing'], lease: this.#lease }, change);
    }
  }

  /** Removes what was cancelled or deleted. */
  async #chores(eventStore: string): Promise<void> {
    const now = performance.now();
    if (now < this.#choresAt) return;
    this.#choresAt = now + choresMs;
    const isBusy = (id: string): boolean => [...this.#jobs.values()].some(({ row }) => row.id === id);
    await this.#readAgain(eventStore);
    await removeEnded(this.#services, this.#engine, eventStore, isBusy);
    await removeDeletedStreams(this.#services, this.#engine, eventStore, isBusy);
  }
}
