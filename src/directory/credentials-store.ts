// Queries of what people prove themselves with: password, second factor, recovery codes. The rules are in sign-in.ts,
// own-credentials.ts and break-glass.ts.
import type { Db, Trx } from '../db/store.ts';
import type { TenantId, UserId } from '../lib/ids.ts';

const columns = [
  'id',
  'tenantId',
  'userName',
  'displayName',
  'status',
  'passwordHash',
  'mustChangePassword',
  'secondFactorSecret',
  'secondFactorConfirmedAt',
  'secondFactorLastStep',
] as const;

export interface Credentials {
  readonly id: UserId;
  readonly tenantId: TenantId;
  readonly userName: string;
  readonly displayName: string;
  readonly status: 'enabled' | 'disabled' | 'deleted';
  readonly passwordHash: string | null;
  readonly mustChangePassword: 0 | 1;
  /** Sealed; pending while `secondFactorConfirmedAt` is null. */
  readonly secondFactorSecret: string | null;
  readonly secondFactorConfirmedAt: number | null;
  readonly secondFactorLastStep: number | null;
}

/** The living (not deleted) user of this name, which is lower case. */
export async function findCredentialsByName(
  db: Db,
  tenantId: TenantId,
  userName: string,
): Promise<Credentials | undefined> {
  return await db
    .selectFrom('users')
    .select(columns)
    .where('tenantId', '=', tenantId)
    .where('userName', '=', userName)
    .where('status', '<>', 'deleted')
    .executeTakeFirst();
}

export async function findCredentials(db: Db, tenantId: TenantId, userId: UserId): Promise<Credentials | undefined> {
  return await db
    .selectFrom('users')
    .select(columns)
    .where('tenantId', '=', tenantId)
    .where('id', '=', userId)
    .executeTakeFirst();
}

export interface CredentialsChange {
  readonly passwordHash?: string | null;
  readonly passwordChangedAt?: number;
  readonly mustChangePassword?: 0 | 1;
  readonly secondFactorSecret?: string | null;
  readonly secondFactorConfirmedAt?: number | null;
  readonly secondFactorLastStep?: number | null;
  readonly lastSignInAt?: number;
}

export async function updateCredentials(
  trx: Trx,
  tenantId: TenantId,
  userId: UserId,
  change: CredentialsChange,
): Promise<void> {
  await trx.updateTable('users').set(change).where('tenantId', '=', tenantId).where('id', '=', userId).execute();
}

/** Takes the step for this request. False when it, or a later one, was taken before: a code works once. */
export async function claimStep(trx: Trx, tenantId: TenantId, userId: UserId, step: number): Promise<boolean> {
  const { numUpdatedRows } = await trx
    .updateTable('users')
    .set({ secondFactorLastStep: step })
    .where('tenantId', '=', tenantId)
    .where('id', '=', userId)
    .where((e) => e.or([e('secondFactorLastStep', 'is', null), e('secondFactorLastStep', '<', step)]))
    .executeTakeFirstOrThrow();
  return Number(numUpdatedRows) === 1;
}

/** Uses up a recovery code. False when this user has no such unused code. */
export async function claimRecoveryCode(
  trx: Trx,
  tenantId: TenantId,
  userId: UserId,
  hash: string,
  now: number,
): Promise<boolean> {
  const { numUpdatedRows } = await trx
    .updateTable('recoveryCodes')
    .set({ usedAt: now })
    .where('hash', '=', hash)
    .where('tenantId', '=', tenantId)
    .where('userId', '=', userId)
    .where('usedAt', 'is', null)
    .executeTakeFirstOrThrow();
  return Number(numUpdatedRows) === 1;
}

export async function hasUnusedRecoveryCode(
  db: Db,
  tenantId: TenantId,
  userId: UserId,
  hash: string,
): Promise<boolean> {
  const row = await db
    .selectFrom('recoveryCodes')
    .select('hash')
    .where('hash', '=', hash)
    .where('tenantId', '=', tenantId)
    .where('userId', '=', userId)
    .where('usedAt', 'is', null)
    .executeTakeFirst();
  return row !== undefined;
}

export async function countUnusedRecoveryCodes(db: Db, tenantId: TenantId, userId: UserId): Promise<number> {
  const { count } = await db
    .selectFrom('recoveryCodes')
    .select((e) => e.fn.countAll().as('count'))
    .where('tenantId', '=', tenantId)
    .where('userId', '=', userId)
    .where('usedAt', 'is', null)
    .executeTakeFirstOrThrow();
  return Number(count);
}

/** Replaces all recovery codes of the user, used or not, by these; an empty list takes them away. */
export async function replaceRecoveryCodes(
  trx: Trx,
  tenantId: TenantId,
  userId: UserId,
  hashes: readonly string[],
): Promise<void> {
  await trx.deleteFrom('recoveryCodes').where('tenantId', '=', tenantId).where('userId', '=', userId).execute();
  if (hashes.length === 0) return;
  await trx
    .insertInto('recoveryCodes')
    .values(hashes.map((hash) => ({ hash, tenantId, userId, usedAt: null })))
    .execute();
}
