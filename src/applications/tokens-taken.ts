// "Last took a token" of an application in a tenant, written in batches at most half a second late: a write per token
// would make the token endpoint as slow as the disk. What waits is flushed before it is shown and when the server stops.
import type { Services } from '../context.ts';
import type { ControlStore } from '../db/store.ts';
import type { ServicePrincipalId, TenantId } from '../lib/ids.ts';

interface Taken {
  readonly tenantId: TenantId;
  readonly at: number;
  readonly grant: string;
}

const flushEveryMs = 500;

class TokensTaken {
  readonly #services: Pick<Services, 'store' | 'log'>;
  #waiting = new Map<ServicePrincipalId, Taken>();
  #flushing: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;

  constructor(services: Pick<Services, 'store' | 'log'>) {
    this.#services = services;
  }

  note(id: ServicePrincipalId, taken: Taken): void {
    this.#waiting.set(id, taken);
    // Runs only while something waits, so that nothing is left behind a store that was closed.
    this.#timer ??= setTimeout(() => void this.flush(), flushEveryMs).unref();
  }

  flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#flushing = this.#flushing.then(() => this.#write());
    return this.#flushing;
  }

  async #write(): Promise<void> {
    if (this.#waiting.size === 0) return;
    const batch = this.#waiting;
    this.#waiting = new Map();
    try {
      await this.#services.store.transaction(async (trx) => {
        // In one order for every process, so that two batches cannot wait for each other.
        for (const [id, { tenantId, at, grant }] of [...batch].sort(([a], [b]) => (a < b ? -1 : 1))) {
          await trx
            .updateTable('servicePrincipals')
            .set({ lastTokenAt: at, lastTokenGrant: grant })
            .where('tenantId', '=', tenantId)
            .where('id', '=', id)
            .where((e) => e.or([e('lastTokenAt', 'is', null), e('lastTokenAt', '<=', at)]))
            .execute();
        }
      });
    } catch (error) {
      // Put back what no newer token has overtaken; the next token tries again.
      for (const [id, taken] of batch) if (!this.#waiting.has(id)) this.#waiting.set(id, taken);
      this.#services.log.error({ err: error }, 'when applications last took a token could not be recorded yet');
    }
  }
}

const recorders = new WeakMap<ControlStore, TokensTaken>();

/** Notes that an application took a token for a tenant; `grant` is the grant_type. */
export function noteTokenTaken(
  services: Pick<Services, 'store' | 'log' | 'clock'>,
  tenantId: TenantId,
  servicePrincipalId: ServicePrincipalId,
  grant: string,
): void {
  let recorder = recorders.get(services.store);
  if (!recorder) {
    recorder = new TokensTaken({ store: services.store, log: services.log });
    recorders.set(services.store, recorder);
  }
  recorder.note(servicePrincipalId, { tenantId, at: services.clock(), grant });
}

/** Writes what waits. */
export async function flushTokensTaken({ store }: Pick<Services, 'store'>): Promise<void> {
  await recorders.get(store)?.flush();
}
