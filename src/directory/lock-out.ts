// Lock-out after repeated failures, by account and by address. A try is counted before it is evaluated and taken back
// when it turns out right: so however many arrive at once, in however many processes, no more guesses are evaluated
// than the settings allow. Accounts that do not exist are counted exactly as those that do.
import { createHmac } from 'node:crypto';
import { Refusal } from '../access/refusal.ts';
import type { Services } from '../context.ts';
import type { SignInFailuresTable } from '../db/directory-tables.ts';
import type { ControlStore, Trx } from '../db/store.ts';
import { subscriberOf } from '../lib/addresses.ts';
import { minuteMs, secondMs } from '../lib/clock.ts';
import type { TenantId } from '../lib/ids.ts';
import * as store from './lock-out-store.ts';

export interface TriedAccount {
  /** What else than an account is guessed: it has names of its own, which no user name can be. */
  readonly kind?: 'device-codes' | 'external-sign-in';
  /** Null when the sign-in names no tenant that we know. */
  readonly tenantId: TenantId | null;
  readonly userName: string;
}

interface CountedKey {
  readonly key: string;
  /** Which period of counting the try was added to. */
  readonly firstAt: number;
}

/** A try that counts as failed until it is taken back. */
export interface CountedTry {
  readonly account: CountedKey;
  readonly address: CountedKey;
}

type LockOutServices = Pick<Services, 'store' | 'clock' | 'config' | 'keys'>;

function accountKey({ keys }: Pick<Services, 'keys'>, { kind, tenantId, userName }: TriedAccount): string {
  return keyed(keys.lockout, [kind ?? 'account', tenantId ?? 'unknown', userName.trim().toLowerCase()]);
}

function addressKey({ keys }: Pick<Services, 'keys'>, address: string): string {
  return keyed(keys.lockout, ['address', subscriberOf(address)]);
}

function keyed(key: Buffer, parts: readonly string[]): string {
  return createHmac('sha256', key).update(JSON.stringify(parts)).digest('hex');
}

/**
 * Counts a try, which must be followed by {@link takeBackTry} unless it fails. Throws the one refusal `locked-out` when
 * account or address is locked, whoever asks and whether or not the account exists; nothing is counted then.
 */
export async function countTry(services: LockOutServices, account: TriedAccount, address: string): Promise<CountedTry> {
  const now = services.clock();
  const { config } = services;
  const outcome = await services.store.transaction(async (trx): Promise<CountedTry | Locked> => {
    await pruneSometimes(services, trx, now);
    // Always the address first: it keeps two tries from waiting for each other, and a locked address makes no new rows.
    const ofAddress = await store.holdFailures(trx, addressKey(services, address), now);
    if (isLocked(ofAddress, now)) return { by: 'address', lockedUntil: ofAddress.lockedUntil };
    const ofAccount = await store.holdFailures(trx, accountKey(services, account), now);
    if (isLocked(ofAccount, now)) return { by: 'account', lockedUntil: ofAccount.lockedUntil };
    const lockOutMs = config.lockOutSeconds * secondMs;
    return {
      address: await addFailure(trx, ofAddress, config.signInFailuresPerAddressMax, now, lockOutMs),
      account: await addFailure(trx, ofAccount, config.signInFailuresMax, now, lockOutMs),
    };
  });
  if ('by' in outcome) throw lockedOut(account, outcome, now);
  return outcome;
}

interface Locked {
  readonly by: 'address' | 'account';
  readonly lockedUntil: number;
}

function isLocked(row: SignInFailuresTable, now: number): row is SignInFailuresTable & { lockedUntil: number } {
  return row.lockedUntil !== null && row.lockedUntil > now;
}

async function addFailure(
  trx: Trx,
  row: SignInFailuresTable,
  failuresMax: number,
  now: number,
  lockOutMs: number,
): Promise<CountedKey> {
  // A period ends with its lock, or one lock-out time after its first failure.
  const isOver = row.failures === 0 || row.lockedUntil !== null || row.firstAt + lockOutMs <= now;
  const failures = isOver ? 1 : row.failures + 1;
  const firstAt = isOver ? now : row.firstAt;
  const lockedUntil = failures >= failuresMax ? now + lockOutMs : null;
  await store.saveFailures(trx, { key: row.key, failures, firstAt, lastAt: now, lockedUntil });
  return { key: row.key, firstAt };
}

/** The try was no wrong guess (it succeeded, or lacks something that is no secret): it does not count. */
export async function takeBackTry(trx: Trx, counted: CountedTry): Promise<void> {
  await store.takeOneFailure(trx, counted.address.key, counted.address.firstAt);
  await store.takeOneFailure(trx, counted.account.key, counted.account.firstAt);
}

/** The try succeeded: the account starts anew, the address only gets this one try back. */
export async function clearAfterSuccess(trx: Trx, counted: CountedTry): Promise<void> {
  await store.takeOneFailure(trx, counted.address.key, counted.address.firstAt);
  await store.deleteFailures(trx, counted.account.key);
}

/** An administrator lets the account try again at once. */
export async function clearAccount(services: Pick<Services, 'keys'>, trx: Trx, account: TriedAccount): Promise<void> {
  await store.deleteFailures(trx, accountKey(services, account));
}

const prunedAt = new WeakMap<ControlStore, number>();

async function pruneSometimes(services: LockOutServices, trx: Trx, now: number): Promise<void> {
  if (now - (prunedAt.get(services.store) ?? 0) < minuteMs) return;
  prunedAt.set(services.store, now);
  // By then both the period and the lock that its last failure may have set are over.
  await store.pruneFailures(trx, now - 2 * services.config.lockOutSeconds * secondMs);
}

function lockedOut(account: TriedAccount, { by, lockedUntil }: Locked, now: number): Refusal {
  const retryAfterSeconds = Math.max(1, Math.ceil((lockedUntil - now) / secondMs));
  return new Refusal({
    status: 429,
    code: 'locked-out',
    message: `Too many failed sign-ins. Try again in ${describeSeconds(retryAfterSeconds)}.`,
    chain: [
      {
        check: 'lock-out',
        outcome: 'failed',
        detail:
          by === 'account'
            ? `Too many sign-ins to this account name failed; it is locked until ${new Date(lockedUntil).toISOString()}.`
            : `Too many sign-ins from this address failed; it is locked until ${new Date(lockedUntil).toISOString()}.`,
      },
    ],
    remedy:
      'Wait until the lock-out is over. If these were not your own tries, look in the audit for where they came from.',
    tenantId: account.tenantId,
    userId: null,
    target: null,
    retryAfterSeconds,
  });
}

function describeSeconds(seconds: number): string {
  if (seconds < 60) return seconds === 1 ? '1 second' : `${seconds} seconds`;
  const minutes = Math.ceil(seconds / 60);
  return minutes === 1 ? '1 minute' : `${minutes} minutes`;
}
