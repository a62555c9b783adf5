// Which tokens were handed out, for the audit: written in batches at most half a second late, one record for each
// service principal, credential, person and kind of grant with how many there were. A write for each token would make
// the endpoint as slow as the disk.

import { flushTokensTaken, noteTokenTaken } from '../applications/tokens-taken.ts';
import { type AuditParty, recordAuditAs } from '../audit/audit.ts';
import type { Origin, Services } from '../context.ts';
import { isoTime, minuteMs } from '../lib/clock.ts';
import type { AppId, CorrelationId, ServicePrincipalId, TenantId, UserId } from '../lib/ids.ts';
import { pruneFamilies } from './families-store.ts';
import { prunePassing } from './passing-store.ts';

export interface Issuance {
  readonly tenantId: TenantId;
  readonly servicePrincipalId: ServicePrincipalId;
  readonly appId: AppId;
  readonly appName: string;
  /** Id of the secret or certificate that the client showed; null for public clients. */
  readonly credentialId: string | null;
  /** Name of the grant, as `grant_type` has it. */
  readonly grant: string;
  /** Display name of the API that the token is for. */
  readonly resource: string;
  readonly user: { readonly id: UserId; readonly name: string } | null;
  readonly origin: Origin;
  readonly correlationId: CorrelationId;
}

interface Waiting {
  readonly issuance: Issuance;
  readonly firstAt: number;
  lastAt: number;
  count: number;
}

const flushEveryMs = 500;
/** Beyond so many different ones, a batch does not wait for its time. */
const waitingMax = 5_000;
const pruneEveryMs = 10 * minuteMs;

type RecorderServices = Pick<Services, 'store' | 'clock' | 'keys' | 'log'>;

export class IssuanceRecorder {
  readonly #services: RecorderServices;
  #waiting = new Map<string, Waiting>();
  #flushing: Promise<void> = Promise.resolve();
  readonly #timer: NodeJS.Timeout;
  #prunedAt: number;

  constructor(services: RecorderServices) {
    this.#services = services;
    this.#prunedAt = services.clock();
    this.#timer = setInterval(() => void this.flush(), flushEveryMs);
    this.#timer.unref();
  }

  /** Takes note of a token. A promise only when so much waits that the answer has to wait too. */
  note(issuance: Issuance): Promise<void> | undefined {
    const now = this.#services.clock();
    noteTokenTaken(this.#services, issuance.tenantId, issuance.servicePrincipalId, issuance.grant);
    const key = keyOf(issuance);
    const known = this.#waiting.get(key);
    if (known) {
      known.count++;
      known.lastAt = now;
      return undefined;
    }
    this.#waiting.set(key, { issuance, firstAt: now, lastAt: now, count: 1 });
    return this.#waiting.size > waitingMax ? this.flush() : undefined;
  }

  /** Writes what was noted so far. */
  flush(): Promise<void> {
    this.#flushing = this.#flushing.then(() => this.#write());
    return this.#flushing;
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.flush();
    await flushTokensTaken(this.#services);
  }

  async #write(): Promise<void> {
    const batch = this.#waiting;
    this.#waiting = new Map();
    const byTenant = Map.groupBy(batch, ([, { issuance }]) => issuance.tenantId);
    for (const [tenantId, entries] of byTenant) {
      // One tenant's trouble is not another's.
      await this.#writeTenant(
        tenantId,
        entries.map(([, waiting]) => waiting),
      ).catch((error: unknown) => {
        this.#services.log.error({ err: error }, 'issued tokens could not be recorded yet');
        this.#putBack(entries);
      });
    }
    await this.#prune();
  }

  #putBack(entries: readonly (readonly [string, Waiting])[]): void {
    for (const [key, waiting] of entries) {
      const newer = this.#waiting.get(key);
      this.#waiting.set(
        key,
        newer ? { ...waiting, lastAt: newer.lastAt, count: waiting.count + newer.count } : waiting,
      );
    }
  }

  async #writeTenant(tenantId: TenantId, batch: readonly Waiting[]): Promise<void> {
    await this.#services.store.transaction(async (trx) => {
      for (const { issuance, firstAt, lastAt, count } of batch) {
        const { origin } = issuance;
        const correlationId = count === 1 ? issuance.correlationId : null;
        const who = { actor: actorOf(issuance), origin, correlationId };
        await recordAuditAs(this.#services, trx, tenantId, who, {
          action: 'token.issue',
          target: { kind: 'service-principal', id: issuance.servicePrincipalId, name: issuance.appName },
          details: {
            appId: issuance.appId,
            grant: issuance.grant,
            resource: issuance.resource,
            credentialId: issuance.credentialId,
            count,
            firstAt: isoTime(firstAt),
            lastAt: isoTime(lastAt),
          },
        });
      }
    });
  }

  /** What has ended goes now and then; nothing depends on when. */
  async #prune(): Promise<void> {
    const now = this.#services.clock();
    if (Math.abs(now - this.#prunedAt) < pruneEveryMs) return;
    this.#prunedAt = now;
    try {
      await this.#services.store.transaction(async (trx) => {
        await pruneFamilies(trx, now);
        await prunePassing(trx, now);
      });
    } catch (error) {
      this.#services.log.error({ err: error }, 'ended authorizations could not be removed yet');
    }
  }
}

function keyOf({ tenantId, servicePrincipalId, credentialId, grant, resource, user }: Issuance): string {
  return `${tenantId} ${servicePrincipalId} ${credentialId} ${user?.id} ${grant} ${resource}`;
}

function actorOf({ user, appId, appName }: Issuance): AuditParty {
  return user ? { kind: 'user', id: user.id, name: user.name } : { kind: 'application', id: appId, name: appName };
}
