// What a process keeps of the signing keys: opened once, forgotten as soon as any process changed them.
import { createPrivateKey, X509Certificate } from 'node:crypto';
import type { Services } from '../context.ts';
import { secondMs } from '../lib/clock.ts';
import { systemTenantId } from '../lib/ids.ts';
import { unseal } from '../lib/seal.ts';
import { isPublished, nextUpkeepAt, signingRow } from './key-life.ts';
import type { PublicSigningKey, SigningKey } from './signing-keys.ts';
import * as store from './store.ts';

export type KeyServices = Pick<Services, 'store' | 'clock' | 'config' | 'keys' | 'log'>;

/** Binds a sealed private key to its row. */
export const sealContext = (id: string): string => `signing-key/${id}`;

interface Snapshot {
  readonly rows: readonly store.SigningKeyRow[];
  readonly byId: ReadonlyMap<string, PublicSigningKey>;
  readonly upkeepAt: number;
}

/** A key id that nobody knows makes the store be asked again, at most this often. */
const askAgainMs = secondMs;

export class KeyRing {
  readonly #services: KeyServices;
  #kept: Snapshot | undefined;
  #generation = 0;
  #loading: Promise<Snapshot> | undefined;
  #askedAt = Number.NEGATIVE_INFINITY;
  /** The last two that signed: processes change over within a second of each other. */
  #signing: readonly SigningKey[] = [];

  constructor(services: KeyServices) {
    this.#services = services;
    services.store.invalidations.subscribe((tenantId) => {
      if (tenantId !== systemTenantId && tenantId !== 'everything') return;
      this.#generation++;
      this.#kept = undefined;
      this.#loading = undefined;
    });
  }

  /** The keys as they are known now, without waiting; undefined while they have to be read. */
  peek(): Snapshot | undefined {
    return this.#services.store.invalidations.trusted ? this.#kept : undefined;
  }

  async read(): Promise<Snapshot> {
    const kept = this.peek();
    if (kept) return kept;
    this.#loading ??= this.#load();
    return await this.#loading;
  }

  async #load(): Promise<Snapshot> {
    const generation = this.#generation;
    const { store: controlStore, config } = this.#services;
    try {
      const rows = await store.listKeys(controlStore.db);
      const snapshot: Snapshot = {
        rows,
        byId: new Map(rows.map((row) => [row.id, this.#kept?.byId.get(row.id) ?? openPublicKey(row)])),
        upkeepAt: nextUpkeepAt(rows, config.signingKeyDays),
      };
      // A reading from before a change is good for whoever waited for it and for nobody after.
      if (generation === this.#generation) this.#kept = snapshot;
      return snapshot;
    } finally {
      if (generation === this.#generation) this.#loading = undefined;
    }
  }

  /** The key that signs now; undefined when none was made yet. */
  async findSigning(): Promise<SigningKey | undefined> {
    const { rows, byId } = this.peek() ?? (await this.read());
    const row = signingRow(rows, this.#services.clock());
    const key = row && byId.get(row.id);
    return key && (this.#signing.find(({ id }) => id === key.id) ?? this.#open(row, key));
  }

  async listPublished(): Promise<PublicSigningKey[]> {
    const { rows, byId } = await this.read();
    const now = this.#services.clock();
    return rows.flatMap((row) => (isPublished(row, now) ? [byId.get(row.id) ?? []].flat() : []));
  }

  /** The published key of this id, when the keys are at hand. */
  peekPublished(id: string): PublicSigningKey | undefined {
    const key = this.peek()?.byId.get(id);
    return key && isPublished(key, this.#services.clock()) ? key : undefined;
  }

  async findPublished(id: string): Promise<PublicSigningKey | undefined> {
    const known = this.peekPublished(id);
    if (known) return known;
    // Another process may have made the key a moment ago, before its word of it came here.
    const now = this.#services.clock();
    if (Math.abs(now - this.#askedAt) >= askAgainMs) {
      this.#askedAt = now;
      this.#kept = undefined;
    }
    const key = (await this.read()).byId.get(id);
    return key && isPublished(key, now) ? key : undefined;
  }

  #open({ id, sealedPrivateKey }: store.SigningKeyRow, key: PublicSigningKey): SigningKey {
    if (sealedPrivateKey === '') throw new Error(`The private half of signing key ${id} was erased.`);
    const privateKey = createPrivateKey(unseal(this.#services.keys.sealing, sealedPrivateKey, sealContext(id)));
    const opened = { ...key, privateKey };
    this.#signing = [...this.#signing.slice(-1), opened];
    return opened;
  }
}

function openPublicKey(row: store.SigningKeyRow): PublicSigningKey {
  const { id, certificate, createdAt, signsFrom, retiredAt, publishedUntil } = row;
  const { publicKey } = new X509Certificate(Buffer.from(certificate, 'base64'));
  return { id, certificate, createdAt, signsFrom, retiredAt, publishedUntil, publicKey };
}
