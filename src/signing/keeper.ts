// Makes and retires signing keys: the first one when it is needed, each further one by the calendar or by command.
import { type AuditEntry, recordAuditAs } from '../audit/audit.ts';
import type { Trx } from '../db/store.ts';
import { isoTime, minuteMs } from '../lib/clock.ts';
import { systemTenantId } from '../lib/ids.ts';
import { seal } from '../lib/seal.ts';
import { nextRotationAt, privateKeyKeptMs, publishedAfterMs, publishLeadMs, signingRow } from './key-life.ts';
import type { KeyPair } from './key-pair.ts';
import { type KeyServices, sealContext } from './key-ring.ts';
import * as store from './store.ts';

/** Clients keep documents and clocks differ: certificates end this long after the last day of their key. */
const certificateSpareDays = 365;
/** After a failed upkeep the next try waits this long. */
const upkeepPauseMs = minuteMs;

/** What a process does about the keys on behalf of nobody. */
export class Keeper {
  readonly #services: KeyServices;
  #first: Promise<void> | undefined;
  #running: Promise<void> | undefined;
  #pausedUntil = Number.NEGATIVE_INFINITY;

  constructor(services: KeyServices) {
    this.#services = services;
  }

  /** Never delays the token that noticed it. */
  beginWhenDue(upkeepAt: number): void {
    const now = this.#services.clock();
    if (now < upkeepAt || now < this.#pausedUntil || this.#running) return;
    this.#pausedUntil = now + upkeepPauseMs;
    this.upkeep().catch((error: unknown) =>
      this.#services.log.error({ err: error }, 'the signing keys could not be rotated; will be tried again'),
    );
  }

  async upkeep(): Promise<void> {
    this.#running ??= this.#upkeep().finally(() => {
      this.#running = undefined;
    });
    await this.#running;
  }

  async #upkeep(): Promise<void> {
    const { store: controlStore, config, clock } = this.#services;
    const dueAt = nextRotationAt(await store.listKeys(controlStore.db), config.signingKeyDays);
    const pair = dueAt !== null && dueAt <= clock() ? await newPair(this.#services) : null;
    await controlStore.change(systemTenantId, async (trx) => {
      await store.holdKeys(trx);
      const now = clock();
      const rows = await store.listKeys(trx);
      const still = nextRotationAt(rows, config.signingKeyDays);
      // Another process may have been first.
      if (pair && still !== null && still <= now) {
        const row = await putInPlace(this.#services, trx, rows, pair, { signsFrom: now + publishLeadMs });
        await recordBySystem(this.#services, trx, 'signing-key.rotate', row);
      }
      await store.erasePrivateKeys(trx, now - privateKeyKeptMs);
      await store.deleteKeysPublishedUntil(trx, now);
    });
  }

  async makeFirst(): Promise<void> {
    this.#first ??= this.#makeFirst().finally(() => {
      this.#first = undefined;
    });
    await this.#first;
  }

  async #makeFirst(): Promise<void> {
    const pair = await newPair(this.#services);
    await this.#services.store.change(systemTenantId, async (trx) => {
      await store.holdKeys(trx);
      const now = this.#services.clock();
      if (signingRow(await store.listKeys(trx), now)) return;
      const row = await putInPlace(this.#services, trx, [], pair, { signsFrom: now });
      await recordBySystem(this.#services, trx, 'signing-key.create', row);
    });
  }
}

export async function newPair(services: KeyServices): Promise<KeyPair> {
  const { makeKeyPair } = await import('./key-pair.ts');
  return await makeKeyPair(services.clock(), services.config.signingKeyDays + certificateSpareDays);
}

/** Seals and stores the key, and gives an end to every key that would sign beside it or after it. */
export async function putInPlace(
  services: KeyServices,
  trx: Trx,
  before: readonly store.SigningKeyRow[],
  { id, certificate, privateKey }: KeyPair,
  { signsFrom, withdraw = false }: { signsFrom: number; withdraw?: boolean },
): Promise<store.SigningKeyRow> {
  const createdAt = services.clock();
  for (const old of before) {
    if (old.signsFrom > signsFrom) await store.deleteKey(trx, old.id);
    else if (withdraw) await store.retireKey(trx, old.id, Math.min(old.retiredAt ?? createdAt, createdAt), createdAt);
    else if (old.retiredAt === null || old.retiredAt > signsFrom) {
      await store.retireKey(trx, old.id, signsFrom, signsFrom + publishedAfterMs);
    }
  }
  const row: store.SigningKeyRow = {
    id,
    certificate,
    sealedPrivateKey: seal(services.keys.sealing, privateKey, sealContext(id)),
    createdAt,
    signsFrom,
    retiredAt: null,
    publishedUntil: null,
  };
  await store.insertKey(trx, row);
  return row;
}

export function entryOf(
  action: string,
  row: store.SigningKeyRow,
  details: Readonly<Record<string, unknown>>,
): AuditEntry {
  return {
    action,
    target: { kind: 'signing-key', id: row.id },
    details: { signsFrom: isoTime(row.signsFrom), ...details },
  };
}

async function recordBySystem(
  services: KeyServices,
  trx: Trx,
  action: string,
  row: store.SigningKeyRow,
): Promise<void> {
  const actor = { kind: 'system', id: null, name: 'sallyport' } as const;
  const who = { actor, origin: null, correlationId: null };
  await recordAuditAs(services, trx, systemTenantId, who, entryOf(action, row, {}));
}
