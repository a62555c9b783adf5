// The keys that sign tokens: one set for the whole deployment, sealed with the master key. A key is published before it
// signs and stays published until the last token that it signed has ended, so that a rotation is noticed by nobody.
import { type KeyObject, X509Certificate } from 'node:crypto';
import { recordAudit } from '../audit/audit.ts';
import type { Ctx } from '../context.ts';
import { requireStill } from '../directory/present-rights.ts';
import { isoTime } from '../lib/clock.ts';
import { Conflict } from '../lib/failures.ts';
import { systemTenantId } from '../lib/ids.ts';
import { entryOf, Keeper, newPair, putInPlace } from './keeper.ts';
import { type KeyState, keysMax, publishLeadMs, signingRow, stateOf } from './key-life.ts';
import { KeyRing, type KeyServices } from './key-ring.ts';
import * as store from './store.ts';

export interface PublicSigningKey {
  /** `kid` and `x5t`. */
  readonly id: string;
  /** Base64 DER. */
  readonly certificate: string;
  readonly publicKey: KeyObject;
  readonly createdAt: number;
  readonly signsFrom: number;
  readonly retiredAt: number | null;
  readonly publishedUntil: number | null;
}

export interface SigningKey extends PublicSigningKey {
  readonly privateKey: KeyObject;
}

/** A key as people see it: nothing of its private half. */
export interface ListedKey extends Omit<PublicSigningKey, 'publicKey' | 'certificate'> {
  readonly state: KeyState;
  readonly certificateEndsAt: number;
}

export interface Rotation {
  /** The new key signs at once, although clients may not have fetched it yet. */
  readonly immediately?: boolean;
  /** Tokens that the keys until now signed are refused from this moment: for a key that leaked. Implies `immediately`. */
  readonly withdraw?: boolean;
}

export interface SigningKeys {
  /** The key to sign with now. The first one of a deployment is made here. */
  current(): Promise<SigningKey>;
  /** What JWKS documents show and `verify` takes: retired, signing and waiting keys, in the order in which they sign. */
  published(): Promise<readonly PublicSigningKey[]>;
  /** The published key with this id; the store is asked, at most once a second, for an id that is new here. */
  find(id: string): Promise<PublicSigningKey | undefined>;
  /** The same without waiting: undefined also while the keys have to be read again. */
  peek(id: string): PublicSigningKey | undefined;
  /** All keys that are kept. Needs Tenants.manage, which only the operator's administrators hold. */
  list(ctx: Ctx): Promise<ListedKey[]>;
  /** Makes the next key, which signs a day later unless the rotation says otherwise. Needs Tenants.manage. */
  rotate(ctx: Ctx, rotation?: Rotation): Promise<ListedKey>;
  /** Does what is due: makes the next key on schedule, erases and forgets old ones. Runs by itself whenever keys are used. */
  upkeep(): Promise<void>;
}

/** The process's view of the keys, to hang on the services; reads nothing until it is used. */
export function openSigningKeys(services: KeyServices): SigningKeys {
  const ring = new KeyRing(services);
  const keeper = new Keeper(services);
  const use = async (): Promise<void> => {
    const { upkeepAt } = ring.peek() ?? (await ring.read());
    keeper.beginWhenDue(upkeepAt);
  };
  return {
    async current() {
      await use();
      const key = await ring.findSigning();
      if (key) return key;
      await keeper.makeFirst();
      const first = await ring.findSigning();
      if (!first) throw new Error('The first signing key was made and is not there.');
      return first;
    },
    async published() {
      await use();
      const keys = await ring.listPublished();
      if (keys.length > 0) return keys;
      await keeper.makeFirst();
      return await ring.listPublished();
    },
    find: (id) => ring.findPublished(id),
    peek: (id) => ring.peekPublished(id),
    list: (ctx) => listSigningKeys(ctx),
    rotate: (ctx, rotation = {}) => rotate(ctx, rotation),
    upkeep: () => keeper.upkeep(),
  };
}

async function listSigningKeys(ctx: Ctx): Promise<ListedKey[]> {
  return await ctx.store.transaction(async (trx) => {
    await requireStill(ctx, trx, 'Tenants.manage');
    const rows = await store.listKeys(trx);
    return rows.map((row) => toListed(rows, row, ctx.clock()));
  });
}

async function rotate(ctx: Ctx, { immediately = false, withdraw = false }: Rotation): Promise<ListedKey> {
  const pair = await newPair(ctx);
  return await ctx.store.change(systemTenantId, async (trx) => {
    await requireStill(ctx, trx, 'Tenants.manage');
    await store.holdKeys(trx);
    const now = ctx.clock();
    await store.deleteKeysPublishedUntil(trx, now);
    const before = await store.listKeys(trx);
    const isAtOnce = immediately || withdraw || signingRow(before, now) === undefined;
    refuseTooMany(before, now, isAtOnce);
    const signsFrom = isAtOnce ? now : now + publishLeadMs;
    const row = await putInPlace(ctx, trx, before, pair, { signsFrom, withdraw });
    await recordAudit(ctx, trx, entryOf('signing-key.rotate', row, { withdraw }), systemTenantId);
    return toListed(await store.listKeys(trx), row, now);
  });
}

function refuseTooMany(rows: readonly store.SigningKeyRow[], now: number, isAtOnce: boolean): void {
  const waiting = rows.find((row) => stateOf(rows, row, now) === 'waiting');
  if (waiting && !isAtOnce) {
    throw new Conflict(
      'signing-key-waiting',
      `A new key is published already and signs from ${isoTime(waiting.signsFrom)}. To change over now, rotate immediately.`,
    );
  }
  if (rows.length >= keysMax) {
    throw new Conflict(
      'too-many-signing-keys',
      `${keysMax} signing keys are published. Wait until the oldest has ended, or withdraw them.`,
    );
  }
}

function toListed(rows: readonly store.SigningKeyRow[], row: store.SigningKeyRow, now: number): ListedKey {
  const { id, createdAt, signsFrom, retiredAt, publishedUntil } = row;
  const certificateEndsAt = new X509Certificate(Buffer.from(row.certificate, 'base64')).validToDate.getTime();
  return { id, createdAt, signsFrom, retiredAt, publishedUntil, state: stateOf(rows, row, now), certificateEndsAt };
}
