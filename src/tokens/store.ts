import type { Selectable } from 'kysely';
import type { Db, Trx } from '../db/store.ts';
import type { ApiTokensTable, ApiTokenValuesTable } from '../db/tables.ts';
import { containsText } from '../db/text.ts';
import type { TenantId, TokenId, UserId } from '../lib/ids.ts';
import { activeForMs, type TokenStatus } from './status.ts';

export type TokenRow = Selectable<ApiTokensTable>;
export type TokenValueRow = Selectable<ApiTokenValuesTable>;
/** A token with what the list shows of its owner. */
export type OwnedTokenRow = TokenRow & {
  ownerUserName: string;
  ownerDisplayName: string;
  ownerStatus: 'enabled' | 'disabled' | 'deleted';
};

/**
 * The value and token behind a hash. The one look-up that cannot name its tenant: the hash is how the tenant is found,
 * and whoever holds a value of 345 random bits has proved more than an id.
 */
export async function findByValueHash(
  db: Db,
  hash: string,
): Promise<{ token: TokenRow; value: TokenValueRow } | undefined> {
  const value = await db.selectFrom('apiTokenValues').selectAll().where('hash', '=', hash).executeTakeFirst();
  const token = value && (await findToken(db, value.tenantId, value.tokenId));
  return value && token && { token, value };
}

export async function findToken(db: Db, tenantId: TenantId, tokenId: TokenId): Promise<TokenRow | undefined> {
  return db
    .selectFrom('apiTokens')
    .selectAll()
    .where('tenantId', '=', tenantId)
    .where('id', '=', tokenId)
    .executeTakeFirst();
}

export async function insertToken(trx: Trx, tenantId: TenantId, token: TokenRow): Promise<void> {
  await trx
    .insertInto('apiTokens')
    .values({ ...token, tenantId })
    .execute();
}

export async function insertValue(trx: Trx, tenantId: TenantId, value: TokenValueRow): Promise<void> {
  await trx
    .insertInto('apiTokenValues')
    .values({ ...value, tenantId })
    .execute();
}

/** Marks the current value as replaced and good until `validUntil`; older overlaps end with the new one at the latest. */
export async function replaceValues(
  trx: Trx,
  tenantId: TenantId,
  tokenId: TokenId,
  now: number,
  validUntil: number,
): Promise<void> {
  await trx
    .updateTable('apiTokenValues')
    .set({ validUntil: now })
    .where('tenantId', '=', tenantId)
    .where('tokenId', '=', tokenId)
    .where('validUntil', '>', now)
    .execute();
  await trx
    .updateTable('apiTokenValues')
    .set({ replacedAt: now, validUntil })
    .where('tenantId', '=', tenantId)
    .where('tokenId', '=', tokenId)
    .where('replacedAt', 'is', null)
    .execute();
  await forgetOldValues(trx, tenantId, tokenId);
}

/** Reuse is recognised for so many older values of a token; beyond that a value is as unknown as any other. */
const replacedValuesKept = 50;

async function forgetOldValues(trx: Trx, tenantId: TenantId, tokenId: TokenId): Promise<void> {
  const rows = await trx
    .selectFrom('apiTokenValues')
    .select('hash')
    .where('tenantId', '=', tenantId)
    .where('tokenId', '=', tokenId)
    .where('replacedAt', 'is not', null)
    .orderBy('replacedAt', 'desc')
    .offset(replacedValuesKept)
    .limit(replacedValuesKept)
    .execute();
  if (rows.length === 0) return;
  const hashes = rows.map((row) => row.hash);
  await trx.deleteFrom('apiTokenValues').where('tenantId', '=', tenantId).where('hash', 'in', hashes).execute();
}

/** Until when an older value of each token still works; tokens without an overlap are absent. */
export async function listOverlaps(
  db: Db,
  tenantId: TenantId,
  tokenIds: readonly TokenId[],
  now: number,
): Promise<Map<TokenId, number>> {
  if (tokenIds.length === 0) return new Map();
  const rows = await db
    .selectFrom('apiTokenValues')
    .select(['tokenId', 'validUntil'])
    .where('tenantId', '=', tenantId)
    .where('tokenId', 'in', tokenIds)
    .where('validUntil', '>', now)
    .execute();
  return new Map(rows.map((row) => [row.tokenId, row.validUntil ?? now]));
}

export async function countLiving(db: Db, tenantId: TenantId, ownerId: UserId): Promise<number> {
  const row = await db
    .selectFrom('apiTokens')
    .select((e) => e.fn.countAll<number>().as('tokens'))
    .where('tenantId', '=', tenantId)
    .where('ownerId', '=', ownerId)
    .where('revokedAt', 'is', null)
    .executeTakeFirstOrThrow();
  return Number(row.tokens);
}

/** Revokes those of the tokens that are not revoked yet; returns the ids of these. */
export async function revoke(
  trx: Trx,
  tenantId: TenantId,
  tokenIds: readonly TokenId[],
  now: number,
  by: string,
): Promise<TokenId[]> {
  if (tokenIds.length === 0) return [];
  const rows = await trx
    .updateTable('apiTokens')
    .set({ revokedAt: now, revokedBy: by })
    .where('tenantId', '=', tenantId)
    .where('id', 'in', tokenIds)
    .where('revokedAt', 'is', null)
    .returning('id')
    .execute();
  return rows.map((row) => row.id);
}

export interface TokenSearch {
  readonly ownerId?: UserId;
  readonly ids?: readonly TokenId[];
  readonly departedOwners?: boolean;
  readonly status?: TokenStatus;
  readonly search?: string;
  readonly sort: 'name' | 'createdAt' | 'lastUsedAt' | 'owner';
  readonly direction: 'asc' | 'desc';
  readonly skip: number;
  readonly limit: number;
}

/** Living tokens that match, with their owners. */
export async function listTokens(
  db: Db,
  tenantId: TenantId,
  search: TokenSearch,
  now: number,
): Promise<OwnedTokenRow[]> {
  const column = search.sort === 'owner' ? ('users.userName' as const) : (`apiTokens.${search.sort}` as const);
  return matching(db, tenantId, search, now)
    .innerJoin('users', (join) =>
      join.onRef('users.id', '=', 'apiTokens.ownerId').onRef('users.tenantId', '=', 'apiTokens.tenantId'),
    )
    .selectAll('apiTokens')
    .select(['users.userName as ownerUserName', 'users.displayName as ownerDisplayName', 'users.status as ownerStatus'])
    .orderBy(column, (order) => {
      const directed = search.direction === 'asc' ? order.asc() : order.desc();
      // "Never" comes last when the latest use comes first, on both databases; a column that is never null needs no rule,
      // and without one its index serves the order.
      if (search.sort !== 'lastUsedAt') return directed;
      return search.direction === 'asc' ? directed.nullsFirst() : directed.nullsLast();
    })
    .orderBy('apiTokens.id', search.direction)
    .offset(search.skip)
    .limit(search.limit)
    .execute();
}

/** How many living tokens match, counted no further than `countMax` + 1. */
export async function countTokens(
  db: Db,
  tenantId: TenantId,
  search: TokenSearch,
  now: number,
  countMax: number,
): Promise<number> {
  const row = await db
    .selectFrom(
      matching(db, tenantId, search, now)
        .select('apiTokens.id')
        .limit(countMax + 1)
        .as('counted'),
    )
    .select((e) => e.fn.countAll<number>().as('tokens'))
    .executeTakeFirstOrThrow();
  return Number(row.tokens);
}

function matching(db: Db, tenantId: TenantId, search: TokenSearch, now: number) {
  let query = db
    .selectFrom('apiTokens')
    .where('apiTokens.tenantId', '=', tenantId)
    .where('apiTokens.revokedAt', 'is', null);
  if (search.ownerId !== undefined) query = query.where('apiTokens.ownerId', '=', search.ownerId);
  if (search.ids !== undefined)
    query = query.where('apiTokens.id', 'in', search.ids.length > 0 ? search.ids : ['' as TokenId]);
  if (search.departedOwners) {
    query = query.where((e) =>
      e.exists(
        e
          .selectFrom('users as owner')
          .select('owner.id')
          .whereRef('owner.id', '=', 'apiTokens.ownerId')
          .where('owner.tenantId', '=', tenantId)
          .where('owner.status', '<>', 'enabled'),
      ),
    );
  }
  if (search.status === 'generated') query = query.where('apiTokens.lastUsedAt', 'is', null);
  if (search.status === 'active') query = query.where('apiTokens.lastUsedAt', '>=', now - activeForMs);
  if (search.status === 'inactive') query = query.where('apiTokens.lastUsedAt', '<', now - activeForMs);
  if (search.search) {
    const text = search.search;
    query = query.where((e) =>
      e.or([
        containsText(e.ref('apiTokens.name'), text),
        e.exists(
          e
            .selectFrom('users as named')
            .select('named.id')
            .whereRef('named.id', '=', 'apiTokens.ownerId')
            .where('named.tenantId', '=', tenantId)
            .where((u) =>
              u.or([containsText(u.ref('named.userName'), text), containsText(u.ref('named.displayName'), text)]),
            ),
        ),
      ]),
    );
  }
  return query;
}
