import type { Invalidations } from '../db/invalidations.ts';
import type { TenantId } from '../lib/ids.ts';

interface Entry<Value> {
  readonly tenantId: TenantId;
  readonly value: Value;
}

/**
 * Keeps what was loaded until something in its tenant changes. A value that was being loaded while anything changed is
 * not kept, because it may be from before the change; while word from other processes may be lost, nothing is.
 */
export class TenantCache<Value> {
  readonly #invalidations: Invalidations;
  readonly #entriesMax: number;
  readonly #entries = new Map<string, Entry<Value>>();
  readonly #keysByTenant = new Map<TenantId, Set<string>>();
  #generation = 0;

  constructor(invalidations: Invalidations, entriesMax: number) {
    this.#invalidations = invalidations;
    this.#entriesMax = entriesMax;
    invalidations.subscribe((tenantId) => this.#forget(tenantId));
  }

  /** The kept value of `key`, or what `load` finds. What is not found is asked for again next time. */
  async get(key: string, load: () => Promise<Entry<Value> | undefined>): Promise<Value | undefined> {
    if (this.#invalidations.trusted) {
      const kept = this.#entries.get(key);
      if (kept) return kept.value;
    }
    const generation = this.#generation;
    const found = await load();
    if (found && generation === this.#generation && this.#invalidations.trusted) this.#keep(key, found);
    return found?.value;
  }

  /** The kept value of `key`, if there is one that may be served now. */
  peek(key: string): Value | undefined {
    return this.#invalidations.trusted ? this.#entries.get(key)?.value : undefined;
  }

  get size(): number {
    return this.#entries.size;
  }

  #keep(key: string, entry: Entry<Value>): void {
    this.#drop(key);
    if (this.#entries.size >= this.#entriesMax) this.#drop(this.#entries.keys().next().value ?? '');
    this.#entries.set(key, entry);
    const keys = this.#keysByTenant.get(entry.tenantId);
    if (keys) keys.add(key);
    else this.#keysByTenant.set(entry.tenantId, new Set([key]));
  }

  #drop(key: string): void {
    const entry = this.#entries.get(key);
    if (!entry) return;
    this.#entries.delete(key);
    const keys = this.#keysByTenant.get(entry.tenantId);
    keys?.delete(key);
    if (keys?.size === 0) this.#keysByTenant.delete(entry.tenantId);
  }

  #forget(tenantId: TenantId | 'everything'): void {
    this.#generation++;
    if (tenantId === 'everything') {
      this.#entries.clear();
      this.#keysByTenant.clear();
      return;
    }
    for (const key of this.#keysByTenant.get(tenantId) ?? []) this.#entries.delete(key);
    this.#keysByTenant.delete(tenantId);
  }
}
