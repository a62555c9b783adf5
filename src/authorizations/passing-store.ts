// Queries of what lives for minutes: device codes, one-time proofs, pushed requests, revoked access tokens.
import type { Selectable } from 'kysely';
import type { DeviceCodesTable, PushedRequestsTable } from '../db/application-tables.ts';
import type { Db, Trx } from '../db/store.ts';
import type { AppId, TenantId, UserId } from '../lib/ids.ts';

export type DeviceCodeRow = Selectable<DeviceCodesTable>;
export type PushedRequestRow = Selectable<PushedRequestsTable>;

export async function insertDeviceCode(db: Db, row: DeviceCodeRow): Promise<void> {
  await db.insertInto('deviceCodes').values(row).execute();
}

/** By the hash alone: a request through `common` has no tenant until somebody approves it. */
export async function findDeviceCode(db: Db, hash: string): Promise<DeviceCodeRow | undefined> {
  return await db.selectFrom('deviceCodes').selectAll().where('hash', '=', hash).executeTakeFirst();
}

/** By the hash alone, as {@link findDeviceCode}. */
export async function findByUserCode(db: Db, userCodeHash: string): Promise<DeviceCodeRow | undefined> {
  return await db.selectFrom('deviceCodes').selectAll().where('userCodeHash', '=', userCodeHash).executeTakeFirst();
}

export interface Decision {
  readonly status: 'approved' | 'declined';
  readonly tenantId: TenantId | null;
  readonly userId: UserId | null;
  readonly body: string;
}

/** True when the request was still pending and not over. */
export async function decideDeviceCode(db: Db, hash: string, now: number, decision: Decision): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('deviceCodes')
    .set({ ...decision })
    .where('hash', '=', hash)
    .where('status', '=', 'pending')
    .where('expiresAt', '>', now)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

/** True for the one who redeemed it. */
export async function claimDeviceCode(trx: Trx, tenantId: TenantId, hash: string): Promise<boolean> {
  const { numUpdatedRows } = await trx
    .updateTable('deviceCodes')
    .set({ status: 'redeemed' })
    .where('tenantId', '=', tenantId)
    .where('hash', '=', hash)
    .where('status', '=', 'approved')
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

/** True for the first who brings the proof. The key is a hash over kind and issuer, which no tenant shares. */
export async function insertProof(db: Db, key: string, expiresAt: number): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await db
    .insertInto('usedProofs')
    .values({ key, expiresAt })
    .onConflict((conflict) => conflict.column('key').doNothing())
    .executeTakeFirst();
  return numInsertedOrUpdatedRows === 1n;
}

export async function insertPushedRequest(db: Db, row: PushedRequestRow): Promise<void> {
  await db.insertInto('pushedRequests').values(row).execute();
}

/** Takes the request out: it is for one use. By the hash alone; the row names the client that may use it. */
export async function takePushedRequest(
  trx: Trx,
  hash: string,
  appId: AppId,
  now: number,
): Promise<PushedRequestRow | undefined> {
  const row = await trx
    .selectFrom('pushedRequests')
    .selectAll()
    .where('hash', '=', hash)
    .where('appId', '=', appId)
    .where('expiresAt', '>', now)
    .executeTakeFirst();
  if (!row) return undefined;
  const { numDeletedRows } = await trx.deleteFrom('pushedRequests').where('hash', '=', hash).executeTakeFirst();
  return numDeletedRows === 1n ? row : undefined;
}

export async function insertRevokedToken(
  trx: Trx,
  tenantId: TenantId,
  tokenId: string,
  expiresAt: number,
): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await trx
    .insertInto('revokedTokens')
    .values({ tenantId, tokenId, expiresAt })
    .onConflict((conflict) => conflict.columns(['tenantId', 'tokenId']).doNothing())
    .executeTakeFirst();
  return numInsertedOrUpdatedRows === 1n;
}

export async function isTokenRevoked(db: Db, tenantId: TenantId, tokenId: string): Promise<boolean> {
  const row = await db
    .selectFrom('revokedTokens')
    .select('tokenId')
    .where('tenantId', '=', tenantId)
    .where('tokenId', '=', tokenId)
    .executeTakeFirst();
  return row !== undefined;
}

/** Of every tenant: what has ended means nothing to anybody. */
export async function prunePassing(trx: Trx, endedBefore: number): Promise<void> {
  await trx.deleteFrom('deviceCodes').where('expiresAt', '<', endedBefore).execute();
  await trx.deleteFrom('usedProofs').where('expiresAt', '<', endedBefore).execute();
  await trx.deleteFrom('pushedRequests').where('expiresAt', '<', endedBefore).execute();
  await trx.deleteFrom('revokedTokens').where('expiresAt', '<', endedBefore).execute();
}
