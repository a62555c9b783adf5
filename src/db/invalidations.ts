import type { TenantId } from '../lib/ids.ts';

/** The PostgreSQL channel on which processes tell each other what changed. */
export const invalidationChannel = 'sallyport_tenant_changed';

/**
 * Tells caches that something in a tenant changed (a token, a role, an account). In process it is called after the
 * commit and before the answer; from other processes it arrives through PostgreSQL.
 */
export class Invalidations {
  #listeners: ((tenantId: TenantId | 'everything') => void)[] = [];
  #trusted = true;

  /** False while word from other processes may be lost: a cache must then neither serve nor keep anything. */
  get trusted(): boolean {
    return this.#trusted;
  }

  subscribe(listener: (tenantId: TenantId | 'everything') => void): void {
    this.#listeners.push(listener);
  }

  publish(tenantId: TenantId | 'everything'): void {
    for (const listener of this.#listeners) listener(tenantId);
  }

  setTrusted(trusted: boolean): void {
    if (this.#trusted === trusted) return;
    this.#trusted = trusted;
    this.publish('everything');
  }
}
