import type { Selectable } from 'kysely';
import type { GroupsTable } from '../db/directory-tables.ts';
import type { Db, Trx } from '../db/store.ts';
import type { GroupId, TenantId } from '../lib/ids.ts';
import { contains, type Page } from './paging.ts';

export type GroupRow = Selectable<GroupsTable>;

export async function insertGroup(trx: Trx, row: GroupRow): Promise<void> {
  await trx.insertInto('groups').values(row).execute();
}

export async function findGroup(db: Db, tenantId: TenantId, id: GroupId): Promise<GroupRow | undefined> {
  return await db
    .selectFrom('groups')
    .selectAll()
    .where('tenantId', '=', tenantId)
    .where('id', '=', id)
    .executeTakeFirst();
}

export async function findGroupByName(db: Db, tenantId: TenantId, name: string): Promise<GroupRow | undefined> {
  return await db
    .selectFrom('groups')
    .selectAll()
    .where('tenantId', '=', tenantId)
    .where('name', '=', name)
    .executeTakeFirst();
}

/** Those of the ids that are groups of the tenant. */
export async function listKnownGroups(db: Db, tenantId: TenantId, ids: readonly GroupId[]): Promise<GroupId[]> {
  if (ids.length === 0) return [];
  const rows = await db
    .selectFrom('groups')
    .select('id')
    .where('tenantId', '=', tenantId)
    .where('id', 'in', ids)
    .execute();
  return rows.map((row) => row.id);
}

/** Ids of the tenant's groups that begin so; all of them for ''. */
export async function listGroupIds(db: Db, tenantId: TenantId, start: string): Promise<GroupId[]> {
  const rows = await db
    .selectFrom('groups')
    .select('id')
    .where('tenantId', '=', tenantId)
    .where('id', '>=', start as GroupId) // Compared as text; ids have hex digits only, so "g" ends the span.
    .where('id', '<', `${start}g` as GroupId)
    .execute();
  return rows.map((row) => row.id);
}

export async function countGroups(db: Db, tenantId: TenantId): Promise<number> {
  const { count } = await db
    .selectFrom('groups')
    .select((e) => e.fn.countAll().as('count'))
    .where('tenantId', '=', tenantId)
    .executeTakeFirstOrThrow();
  return Number(count);
}

export type GroupSort = 'name' | 'createdAt';

export async function pageGroups(
  db: Db,
  tenantId: TenantId,
  search: string | undefined,
  page: Page<GroupSort>,
): Promise<{ rows: GroupRow[]; total: number }> {
  let query = db.selectFrom('groups').where('tenantId', '=', tenantId);
  if (search) query = query.where((e) => contains(e.ref('name'), search));
  const rows = await query
    .selectAll()
    .orderBy(page.sort, page.direction)
    .orderBy('id', page.direction)
    .limit(page.limit)
    .offset(page.skip)
    .execute();
  const { total } = await query.select((e) => e.fn.countAll().as('total')).executeTakeFirstOrThrow();
  return { rows, total: Number(total) };
}

export async function deleteGroup(trx: Trx, tenantId: TenantId, id: GroupId): Promise<void> {
  await trx.deleteFrom('groupMembers').where('tenantId', '=', tenantId).where('groupId', '=', id).execute();
  await trx.deleteFrom('groups').where('tenantId', '=', tenantId).where('id', '=', id).execute();
}

/** How many assignments name the group in their scope. */
export async function countScopesWithGroup(db: Db, tenantId: TenantId, id: GroupId): Promise<number> {
  const { count } = await db
    .selectFrom('roleAssignments')
    .select((e) => e.fn.countAll().as('count'))
    .where('tenantId', '=', tenantId)
    // The scope is JSON text and the id 24 hex digits, which nothing else in a scope of groups has.
    .where('scope', 'like', `%"${id}"%`)
    .executeTakeFirstOrThrow();
  return Number(count);
}

/** How many members each of the groups has; groups without any are absent. */
export async function countMembers(
  db: Db,
  tenantId: TenantId,
  groupIds: readonly GroupId[],
): Promise<Map<GroupId, number>> {
  if (groupIds.length === 0) return new Map();
  const rows = await db
    .selectFrom('groupMembers')
    .select((e) => ['groupId', e.fn.countAll().as('count')])
    .where('tenantId', '=', tenantId)
    .where('groupId', 'in', groupIds)
    .groupBy('groupId')
    .execute();
  return new Map(rows.map((row) => [row.groupId, Number(row.count)]));
}

export async function pageMembers(
  db: Db,
  tenantId: TenantId,
  groupId: GroupId,
  page: { limit: number; skip: number; direction: 'asc' | 'desc' },
): Promise<string[]> {
  const rows = await db
    .selectFrom('groupMembers')
    .select('userName')
    .where('tenantId', '=', tenantId)
    .where('groupId', '=', groupId)
    .orderBy('userName', page.direction)
    .limit(page.limit)
    .offset(page.skip)
    .execute();
  return rows.map((row) => row.userName);
}

/** User names of everybody in one of the groups, each once. */
export async function listMembers(db: Db, tenantId: TenantId, groupIds: readonly GroupId[]): Promise<string[]> {
  if (groupIds.length === 0) return [];
  const rows = await db
    .selectFrom('groupMembers')
    .select('userName')
    .distinct()
    .where('tenantId', '=', tenantId)
    .where('groupId', 'in', groupIds)
    .execute();
  return rows.map((row) => row.userName);
}

/** True when the member was added; false when it was there. */
export async function insertMember(trx: Trx, tenantId: TenantId, groupId: GroupId, userName: string): Promise<boolean> {
  const added = await trx
    .insertInto('groupMembers')
    .values({ tenantId, groupId, userName })
    .onConflict((conflict) => conflict.columns(['tenantId', 'groupId', 'userName']).doNothing())
    .executeTakeFirst();
  return Number(added.numInsertedOrUpdatedRows ?? 0) > 0;
}

/** True when the member was removed; false when it was not there. */
export async function deleteMember(trx: Trx, tenantId: TenantId, groupId: GroupId, userName: string): Promise<boolean> {
  const removed = await trx
    .deleteFrom('groupMembers')
    .where('tenantId', '=', tenantId)
    .where('groupId', '=', groupId)
    .where('userName', '=', userName)
    .executeTakeFirst();
  return Number(removed.numDeletedRows) > 0;
}
