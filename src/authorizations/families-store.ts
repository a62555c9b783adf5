// Queries of authorization codes, refresh tokens and the families that they belong to. The rules are in codes.ts and
// refresh-tokens.ts.
import type { Selectable } from 'kysely';
import type { AuthorizationCodesTable, RefreshTokensTable, TokenFamiliesTable } from '../db/application-tables.ts';
import type { Db, Trx } from '../db/store.ts';
import type { AppId, TenantId, TokenFamilyId, UserId } from '../lib/ids.ts';

export type CodeRow = Selectable<AuthorizationCodesTable>;
export type RefreshTokenRow = Selectable<RefreshTokensTable>;
export type FamilyRow = Selectable<TokenFamiliesTable>;

export async function insertCode(db: Db, row: CodeRow): Promise<void> {
  await db.insertInto('authorizationCodes').values(row).execute();
}

/** By the hash alone: the code says which tenant it is of, and whoever holds it may know. */
export async function findCode(db: Db, hash: string): Promise<CodeRow | undefined> {
  return await db.selectFrom('authorizationCodes').selectAll().where('hash', '=', hash).executeTakeFirst();
}

/** True for the one who redeemed it; false when somebody else was first. */
export async function claimCode(trx: Trx, tenantId: TenantId, hash: string, now: number): Promise<boolean> {
  const { numUpdatedRows } = await trx
    .updateTable('authorizationCodes')
    .set({ redeemedAt: now })
    .where('tenantId', '=', tenantId)
    .where('hash', '=', hash)
    .where('redeemedAt', 'is', null)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

export async function insertFamily(trx: Trx, row: FamilyRow): Promise<void> {
  await trx.insertInto('tokenFamilies').values(row).execute();
}

export async function findFamily(db: Db, tenantId: TenantId, id: TokenFamilyId): Promise<FamilyRow | undefined> {
  return await db
    .selectFrom('tokenFamilies')
    .selectAll()
    .where('tenantId', '=', tenantId)
    .where('id', '=', id)
    .executeTakeFirst();
}

/** Moves the end of a family that is used, never back. */
export async function extendFamily(trx: Trx, tenantId: TenantId, id: TokenFamilyId, expiresAt: number): Promise<void> {
  await trx
    .updateTable('tokenFamilies')
    .set({ expiresAt })
    .where('tenantId', '=', tenantId)
    .where('id', '=', id)
    .where('expiresAt', '<', expiresAt)
    .execute();
}

export interface FamilyChoice {
  readonly id?: TokenFamilyId;
  readonly userId?: UserId;
  readonly appId?: AppId;
}

/** Revokes the families that the choice names and that are not revoked yet; how many. */
export async function revokeFamilies(
  trx: Trx,
  tenantId: TenantId,
  choice: FamilyChoice,
  now: number,
  revokedFor: string,
): Promise<number> {
  let query = trx
    .updateTable('tokenFamilies')
    .set({ revokedAt: now, revokedFor })
    .where('tenantId', '=', tenantId)
    .where('revokedAt', 'is', null);
  if (choice.id !== undefined) query = query.where('id', '=', choice.id);
  if (choice.userId !== undefined) query = query.where('userId', '=', choice.userId);
  if (choice.appId !== undefined) query = query.where('appId', '=', choice.appId);
  const { numUpdatedRows } = await query.executeTakeFirst();
  return Number(numUpdatedRows);
}

/** Takes back what a person has authorized and no app has redeemed yet. */
export async function endUnredeemed(trx: Trx, tenantId: TenantId, userId: UserId, now: number): Promise<void> {
  await trx
    .updateTable('authorizationCodes')
    .set({ expiresAt: now })
    .where('tenantId', '=', tenantId)
    .where('userId', '=', userId)
    .where('redeemedAt', 'is', null)
    .where('expiresAt', '>', now)
    .execute();
  await trx
    .updateTable('deviceCodes')
    .set({ status: 'declined' })
    .where('tenantId', '=', tenantId)
    .where('userId', '=', userId)
    .where('status', '=', 'approved')
    .execute();
}

export async function insertRefreshToken(trx: Trx, row: RefreshTokenRow): Promise<void> {
  await trx.insertInto('refreshTokens').values(row).execute();
}

/** By the hash alone, as {@link findCode}. */
export async function findRefreshToken(
  db: Db,
  hash: string,
): Promise<(RefreshTokenRow & { familyRevokedAt: number | null; familyCreatedAt: number }) | undefined> {
  return await db
    .selectFrom('refreshTokens')
    .innerJoin('tokenFamilies', (join) =>
      join
        .onRef('tokenFamilies.id', '=', 'refreshTokens.familyId')
        .onRef('tokenFamilies.tenantId', '=', 'refreshTokens.tenantId'),
    )
    .selectAll('refreshTokens')
    .select(['tokenFamilies.revokedAt as familyRevokedAt', 'tokenFamilies.createdAt as familyCreatedAt'])
    .where('refreshTokens.hash', '=', hash)
    .executeTakeFirst();
}

/** When the token was replaced; undefined when there is none of this hash in the tenant. */
export async function findRefreshTokenOf(
  trx: Trx,
  tenantId: TenantId,
  hash: string,
): Promise<Pick<RefreshTokenRow, 'replacedAt'> | undefined> {
  return await trx
    .selectFrom('refreshTokens')
    .select('replacedAt')
    .where('tenantId', '=', tenantId)
    .where('hash', '=', hash)
    .executeTakeFirst();
}

/** Marks a token as replaced; a no-op when it is already, so that the time of the first replacement stays. */
export async function replaceRefreshToken(trx: Trx, tenantId: TenantId, hash: string, now: number): Promise<void> {
  await trx
    .updateTable('refreshTokens')
    .set({ replacedAt: now })
    .where('tenantId', '=', tenantId)
    .where('hash', '=', hash)
    .where('replacedAt', 'is', null)
    .execute();
}

/** Of every tenant: what has ended means nothing to anybody. */
export async function pruneFamilies(trx: Trx, endedBefore: number): Promise<void> {
  await trx.deleteFrom('authorizationCodes').where('expiresAt', '<', endedBefore).execute();
  await trx.deleteFrom('refreshTokens').where('expiresAt', '<', endedBefore).execute();
  await trx.deleteFrom('tokenFamilies').where('expiresAt', '<', endedBefore).execute();
}
