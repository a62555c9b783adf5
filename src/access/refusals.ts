// What happens to a refusal after the caller got its answer: it is kept for `explain` and entered in the audit. Both are
// written in batches, at most a moment late, and both are bounded, so that a flood of bad calls cannot fill the disk.

import { type AuditParty, recordAuditAs } from '../audit/audit.ts';
import type { Origin, Services } from '../context.ts';
import { dayMs, isoTime, minuteMs } from '../lib/clock.ts';
import { StoreUnavailable } from '../lib/failures.ts';
import { type CorrelationId, systemTenantId, type TenantId } from '../lib/ids.ts';
import * as store from './explanations-store.ts';
import type { RefusalDetails } from './refusal.ts';

export interface RefusedRequest {
  readonly correlationId: CorrelationId;
  readonly origin: Origin;
  readonly surface: 'cloud-apps' | 'management' | 'entra' | 'defender' | 'graph';
  readonly method: string;
  /** Path without its query, which may hold what should not be kept. */
  readonly path: string;
  readonly details: RefusalDetails;
}

const flushEveryMs = 200;
const waitingMax = 10_000;
const pruneEveryMs = 10 * minuteMs;
/** For credentials that are nobody's. */
const unknownName = 'unknown';

interface Waiting extends RefusedRequest {
  readonly at: number;
}

type RecorderServices = Pick<Services, 'store' | 'clock' | 'keys' | 'config' | 'log'>;

export class RefusalRecorder {
  readonly #services: RecorderServices;
  #waiting: Waiting[] = [];
  /** Refusals of the running minute per tenant: those recorded one by one, and those only counted. */
  #minutes = new Map<TenantId, { startedAt: number; recorded: number; counted: number }>();
  #flushing: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout;
  #prunedAt = 0;

  constructor(services: RecorderServices) {
    this.#services = services;
    this.#timer = setInterval(() => void this.flush(), flushEveryMs);
    this.#timer.unref();
  }

  /** Takes note of a refusal. Never throws and never waits: the caller's answer does not depend on it. */
  note(refused: RefusedRequest): void {
    const at = this.#services.clock();
    const tenantId = refused.details.tenantId ?? systemTenantId;
    const minute = this.#minuteOf(tenantId, at);
    if (minute.recorded >= this.#services.config.refusalsRecordedPerMinute || this.#waiting.length >= waitingMax) {
      minute.counted++;
      return;
    }
    minute.recorded++;
    this.#waiting.push({ ...refused, at });
  }

  /** Writes everything noted so far; reading an explanation calls it first. */
  flush(): Promise<void> {
    this.#flushing = this.#flushing
      .then(() => this.#write())
      .catch((error: unknown) => {
        this.#services.log.error({ err: error }, 'refusals could not be counted or pruned');
      });
    return this.#flushing;
  }

  /** Keeps for the next attempt what could not be written, as far as there is room. */
  #putBack(refusals: readonly Waiting[], error: unknown): void {
    this.#services.log.error({ err: error, refusals: refusals.length }, 'refusals could not be recorded');
    if (!(error instanceof StoreUnavailable)) return;
    this.#waiting = [...refusals, ...this.#waiting].slice(0, waitingMax);
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    for (const minute of this.#minutes.values()) minute.startedAt = 0;
    await this.flush();
  }

  #minuteOf(tenantId: TenantId, at: number) {
    const running = this.#minutes.get(tenantId);
    // A clock that was put back must not stretch the minute.
    if (running && Math.abs(at - running.startedAt) < minuteMs) return running;
    const fresh = { startedAt: at, recorded: 0, counted: 0 };
    // What the old minute only counted becomes one record, written with the next batch.
    if (running && running.counted > 0)
      this.#unrecorded.push({ tenantId, counted: running.counted, since: running.startedAt });
    this.#minutes.set(tenantId, fresh);
    return fresh;
  }

  #unrecorded: { tenantId: TenantId; counted: number; since: number }[] = [];

  async #write(): Promise<void> {
    const now = this.#services.clock();
    for (const [tenantId, minute] of this.#minutes) {
      if (Math.abs(now - minute.startedAt) < minuteMs) continue;
      this.#minutes.delete(tenantId);
      if (minute.counted > 0) this.#unrecorded.push({ tenantId, counted: minute.counted, since: minute.startedAt });
    }
    const batch = this.#waiting;
    const unrecorded = this.#unrecorded;
    this.#waiting = [];
    this.#unrecorded = [];
    for (const [tenantId, refusals] of Map.groupBy(batch, (each) => each.details.tenantId ?? systemTenantId)) {
      // One tenant's trouble is not another's.
      await this.#writeTenant(tenantId, refusals).catch((error: unknown) => this.#putBack(refusals, error));
    }
    for (const each of unrecorded) await this.#writeCount(each);
    if (Math.abs(now - this.#prunedAt) > pruneEveryMs) await this.#prune(now);
  }

  async #writeTenant(tenantId: TenantId, refusals: readonly Waiting[]): Promise<void> {
    await this.#services.store.transaction(async (trx) => {
      const names = await store.findUserNames(
        trx,
        tenantId,
        refusals.flatMap((each) => each.details.userId ?? []),
      );
      const nameOf = ({ details }: Waiting) =>
        details.agent?.name ?? (details.userId && names.get(details.userId)) ?? unknownName;
      await store.insertExplanations(
        trx,
        tenantId,
        refusals.map((each) => toRow(each, nameOf(each))),
      );
      for (const each of refusals) {
        const { details } = each;
        const kind = details.agent ? 'agent' : details.userId ? 'user' : 'anonymous';
        const actor: AuditParty = { kind, id: details.agent?.id ?? details.userId, name: nameOf(each) };
        await recordAuditAs(
          this.#services,
          trx,
          tenantId,
          { actor, origin: each.origin, correlationId: each.correlationId },
          {
            action: 'access.refuse',
            outcome: 'refused',
            target: details.target ? { kind: 'credential', id: details.target } : null,
            details: { code: details.code, surface: each.surface, method: each.method, path: each.path },
          },
        );
      }
    });
  }

  async #writeCount(unrecorded: { tenantId: TenantId; counted: number; since: number }): Promise<void> {
    await this.#services.store.transaction((trx) =>
      recordAuditAs(
        this.#services,
        trx,
        unrecorded.tenantId,
        { actor: { kind: 'system', id: null, name: 'sallyport' }, origin: null, correlationId: null },
        {
          action: 'access.refuse-many',
          outcome: 'refused',
          details: { refusals: unrecorded.counted, since: isoTime(unrecorded.since) },
        },
      ),
    );
  }

  async #prune(now: number): Promise<void> {
    this.#prunedAt = now;
    const { store: controlStore, config } = this.#services;
    await store.pruneExplanations(controlStore.db, now - config.explanationDays * dayMs, config.refusalsKeptMax);
  }
}

function toRow(refused: Waiting, subject: string): store.ExplanationRow {
  const { details } = refused;
  return {
    correlationId: refused.correlationId,
    userId: details.userId,
    at: refused.at,
    body: JSON.stringify({
      surface: refused.surface,
      method: refused.method,
      path: refused.path,
      status: details.status,
      code: details.code,
      message: details.message,
      subject,
      address: refused.origin.address,
      checks: details.chain,
      change: details.remedy,
    }),
  };
}
