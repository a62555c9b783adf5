// "Last used" of tokens and agents, written in batches at most half a second late: a write per call would make reading
// as slow as the disk. What is waiting is flushed before a list is shown and when the server stops.
import type { Services } from '../context.ts';
import type { AgentId, TenantId, TokenId } from '../lib/ids.ts';

export interface Use {
  readonly tenantId: TenantId;
  readonly credential:
    | { readonly kind: 'api-token'; readonly id: TokenId }
    | { readonly kind: 'agent'; readonly id: AgentId };
  readonly at: number;
  readonly address: string;
  /** Method, path and the client's name for itself, shortened. */
  readonly usedFor: string;
}

const flushEveryMs = 500;
const usedForLengthMax = 300;

export class UseRecorder {
  readonly #services: Pick<Services, 'store' | 'log'>;
  #waiting = new Map<string, Use>();
  #flushing: Promise<void> = Promise.resolve();
  readonly #timer: NodeJS.Timeout;

  constructor(services: Pick<Services, 'store' | 'log'>) {
    this.#services = services;
    this.#timer = setInterval(() => void this.flush(), flushEveryMs);
    this.#timer.unref();
  }

  note(use: Use): void {
    const short = use.usedFor.length <= usedForLengthMax;
    this.#waiting.set(use.credential.id, short ? use : { ...use, usedFor: use.usedFor.slice(0, usedForLengthMax) });
  }

  flush(): Promise<void> {
    this.#flushing = this.#flushing.then(() => this.#write());
    return this.#flushing;
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.flush();
  }

  async #write(): Promise<void> {
    if (this.#waiting.size === 0) return;
    const batch = this.#waiting;
    this.#waiting = new Map();
    try {
      await this.#services.store.transaction(async (trx) => {
        // In one order for every process, so that two batches cannot wait for each other.
        for (const use of [...batch.values()].sort((a, b) => (a.credential.id < b.credential.id ? -1 : 1))) {
          const later = { lastUsedAt: use.at, lastUsedAddress: use.address };
          if (use.credential.kind === 'agent') {
            await trx
              .updateTable('agents')
              .set(later)
              .where('tenantId', '=', use.tenantId)
              .where('id', '=', use.credential.id)
              .where((e) => e.or([e('lastUsedAt', 'is', null), e('lastUsedAt', '<=', use.at)]))
              .execute();
          } else {
            await trx
              .updateTable('apiTokens')
              .set({ ...later, lastUsedFor: use.usedFor })
              .where('tenantId', '=', use.tenantId)
              .where('id', '=', use.credential.id)
              .where((e) => e.or([e('lastUsedAt', 'is', null), e('lastUsedAt', '<=', use.at)]))
              .execute();
          }
        }
      });
    } catch (error) {
      // Put back what no newer use has overtaken; the next flush tries again.
      for (const [id, use] of batch) if (!this.#waiting.has(id)) this.#waiting.set(id, use);
      this.#services.log.error({ err: error }, 'last uses could not be recorded yet');
    }
  }
}
