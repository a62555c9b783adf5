import type { Insertable, Selectable } from 'kysely';
import type { UsersTable } from '../db/directory-tables.ts';
import type { Db, Trx } from '../db/store.ts';
import type { TenantId, UserId } from '../lib/ids.ts';
import { contains, type Page } from './paging.ts';

export type UserRow = Selectable<UsersTable>;

export async function insertUser(trx: Trx, row: Insertable<UsersTable>): Promise<void> {
  await trx.insertInto('users').values(row).execute();
}

export async function findUserById(db: Db, tenantId: TenantId, userId: UserId): Promise<UserRow | undefined> {
  return await db
    .selectFrom('users')
    .selectAll()
    .where('tenantId', '=', tenantId)
    .where('id', '=', userId)
    .executeTakeFirst();
}

/** The living user of that name; without one, the deleted user of that name whose deletion is newest. */
export async function findUserByName(db: Db, tenantId: TenantId, userName: string): Promise<UserRow | undefined> {
  const rows = await db
    .selectFrom('users')
    .selectAll()
    .where('tenantId', '=', tenantId)
    .where('userName', '=', userName)
    .orderBy('statusChangedAt', 'desc')
    .orderBy('id')
    .execute();
  return rows.find((row) => row.status !== 'deleted') ?? rows[0];
}

export async function countUsers(db: Db, tenantId: TenantId): Promise<number> {
  const { count } = await db
    .selectFrom('users')
    .select((e) => e.fn.countAll().as('count'))
    .where('tenantId', '=', tenantId)
    .executeTakeFirstOrThrow();
  return Number(count);
}

/** How many living users have a name in the domain (lower case). */
export async function countUsersInDomain(db: Db, tenantId: TenantId, domain: string): Promise<number> {
  const { count } = await db
    .selectFrom('users')
    .select((e) => e.fn.countAll().as('count'))
    .where('tenantId', '=', tenantId)
    .where('status', '<>', 'deleted')
    // Domains have letters, digits, dots and hyphens only: nothing that LIKE would take for a wildcard.
    .where('userName', 'like', `%@${domain}`)
    .executeTakeFirstOrThrow();
  return Number(count);
}

export async function listUsersById(db: Db, tenantId: TenantId, userIds: readonly UserId[]): Promise<UserRow[]> {
  if (userIds.length === 0) return [];
  return await db.selectFrom('users').selectAll().where('tenantId', '=', tenantId).where('id', 'in', userIds).execute();
}

export type UserSort = 'userName' | 'displayName' | 'createdAt' | 'lastSignInAt' | 'status';

export interface UserFilter {
  readonly status?: UserRow['status'];
  readonly search?: string;
}

/** One page of the tenant's users with the total. Who never signed in counts as having done so longest ago. */
export async function pageUsers(
  db: Db,
  tenantId: TenantId,
  filter: UserFilter,
  page: Page<UserSort>,
): Promise<{ rows: UserRow[]; total: number }> {
  let query = db.selectFrom('users').where('tenantId', '=', tenantId);
  const { status, search } = filter;
  if (status) query = query.where('status', '=', status);
  if (search) {
    query = query.where((e) => e.or([contains(e.ref('userName'), search), contains(e.ref('displayName'), search)]));
  }
  const { sort, direction } = page;
  const rows = await query
    .selectAll()
    .orderBy((e) => (sort === 'lastSignInAt' ? e.fn.coalesce('lastSignInAt', e.lit(0)) : e.ref(sort)), direction)
    .orderBy('id', direction)
    .limit(page.limit)
    .offset(page.skip)
    .execute();
  const { total } = await query.select((e) => e.fn.countAll().as('total')).executeTakeFirstOrThrow();
  return { rows, total: Number(total) };
}

export async function updateUser(
  trx: Trx,
  tenantId: TenantId,
  userId: UserId,
  change: Partial<Omit<UserRow, 'id' | 'tenantId' | 'createdAt'>>,
): Promise<void> {
  await trx.updateTable('users').set(change).where('tenantId', '=', tenantId).where('id', '=', userId).execute();
}

export async function deleteRecoveryCodes(trx: Trx, tenantId: TenantId, userId: UserId): Promise<void> {
  await trx.deleteFrom('recoveryCodes').where('tenantId', '=', tenantId).where('userId', '=', userId).execute();
}

/** Those of these people who have an account, whatever its status. */
export async function listUsersByName(db: Db, tenantId: TenantId, userNames: readonly string[]): Promise<UserRow[]> {
  if (userNames.length === 0) return [];
  return await db
    .selectFrom('users')
    .selectAll()
    .where('tenantId', '=', tenantId)
    .where('userName', 'in', userNames)
    .execute();
}

/** Those whose ids come behind `behind`, by id; deleted ones as well. */
export async function listUsersBehind(db: Db, tenantId: TenantId, behind: string, limit: number): Promise<UserRow[]> {
  return await db
    .selectFrom('users')
    .selectAll()
    .where('tenantId', '=', tenantId)
    .where('id', '>', behind as UserId) // Only its place among the ids counts.
    .orderBy('id')
    .limit(limit)
    .execute();
}
