import type { Selectable } from 'kysely';
import type {
  AppRoleAssignmentsTable,
  DelegatedGrantsTable,
  ServicePrincipalsTable,
} from '../db/application-tables.ts';
import type { Db, Trx } from '../db/store.ts';
import { containsText } from '../db/text.ts';
import { type AppId, type GrantId, isGuid, type ServicePrincipalId, type TenantId, type UserId } from '../lib/ids.ts';

export type ServicePrincipalRow = Selectable<ServicePrincipalsTable>;
export type RoleGrantRow = Selectable<AppRoleAssignmentsTable>;
export type DelegatedGrantRow = Selectable<DelegatedGrantsTable>;

/** A person's assignment to an application names this role: access and nothing more (Entra reference 4.5). */
export const defaultAccessRoleId = '00000000-0000-0000-0000-000000000000';

export async function insertPrincipal(trx: Trx, tenantId: TenantId, row: ServicePrincipalRow): Promise<void> {
  await trx
    .insertInto('servicePrincipals')
    .values({ ...row, tenantId })
    .execute();
}

export async function updatePrincipal(
  trx: Trx,
  tenantId: TenantId,
  id: ServicePrincipalId,
  change: Partial<Omit<ServicePrincipalRow, 'id' | 'tenantId' | 'appId' | 'homeTenantId'>>,
): Promise<void> {
  await trx
    .updateTable('servicePrincipals')
    .set(change)
    .where('tenantId', '=', tenantId)
    .where('id', '=', id)
    .execute();
}

/** By object id or app id. */
export async function findPrincipal(db: Db, tenantId: TenantId, ref: string): Promise<ServicePrincipalRow | undefined> {
  const id = ref.trim().toLowerCase();
  if (!isGuid(id)) return undefined;
  return await db
    .selectFrom('servicePrincipals')
    .selectAll()
    .where('tenantId', '=', tenantId)
    .where((e) => e.or([e('id', '=', id as ServicePrincipalId), e('appId', '=', id as AppId)])) // Looked up, so it becomes what it claims to be.
    .executeTakeFirst();
}

export interface PrincipalSearch {
  readonly search?: string | undefined;
  readonly skip: number;
  readonly limit: number;
  readonly sort: 'displayName' | 'createdAt';
  readonly direction: 'asc' | 'desc';
}

export async function pagePrincipals(
  db: Db,
  tenantId: TenantId,
  search: PrincipalSearch,
): Promise<{ rows: ServicePrincipalRow[]; total: number }> {
  let query = db.selectFrom('servicePrincipals').where('tenantId', '=', tenantId);
  const typed = search.search;
  if (typed !== undefined) {
    const guid = typed.toLowerCase();
    query = isGuid(guid)
      ? query.where((e) => e.or([e('id', '=', guid as ServicePrincipalId), e('appId', '=', guid as AppId)])) // As in findPrincipal.
      : query.where((e) => containsText(e.ref('displayName'), typed));
  }
  const rows = await query
    .selectAll()
    .orderBy(search.sort, search.direction)
    .orderBy('id', search.direction)
    .limit(search.limit)
    .offset(search.skip)
    .execute();
  const { total } = await query.select((e) => e.fn.countAll().as('total')).executeTakeFirstOrThrow();
  return { rows, total: Number(total) };
}

/** Where an application of this home tenant is present, whichever tenant that is. */
export async function pagePresences(
  db: Db,
  homeTenantId: TenantId,
  appId: AppId,
  page: Pick<PrincipalSearch, 'limit' | 'skip' | 'direction'>,
): Promise<{ rows: ServicePrincipalRow[]; total: number }> {
  const query = db.selectFrom('servicePrincipals').where('homeTenantId', '=', homeTenantId).where('appId', '=', appId);
  const rows = await query
    .selectAll()
    .orderBy('createdAt', page.direction)
    .orderBy('id', page.direction)
    .limit(page.limit)
    .offset(page.skip)
    .execute();
  const { total } = await query.select((e) => e.fn.countAll().as('total')).executeTakeFirstOrThrow();
  return { rows, total: Number(total) };
}

export async function countPrincipals(db: Db, tenantId: TenantId): Promise<number> {
  const { count } = await db
    .selectFrom('servicePrincipals')
    .select((e) => e.fn.countAll().as('count'))
    .where('tenantId', '=', tenantId)
    .executeTakeFirstOrThrow();
  return Number(count);
}

/** Removes the presence with everything that was granted to it and everybody who was assigned to it. */
export async function deletePrincipal(trx: Trx, tenantId: TenantId, row: ServicePrincipalRow): Promise<void> {
  await deleteGrants(trx, tenantId, row.id);
  await trx
    .deleteFrom('appRoleAssignments')
    .where('tenantId', '=', tenantId)
    .where('resourceAppId', '=', row.appId)
    .execute();
  await trx.deleteFrom('servicePrincipals').where('tenantId', '=', tenantId).where('id', '=', row.id).execute();
}

export async function deleteGrants(trx: Trx, tenantId: TenantId, id: ServicePrincipalId): Promise<void> {
  await trx.deleteFrom('appRoleAssignments').where('tenantId', '=', tenantId).where('principalId', '=', id).execute();
  await trx
    .deleteFrom('delegatedGrants')
    .where('tenantId', '=', tenantId)
    .where('servicePrincipalId', '=', id)
    .execute();
}

/** Application permissions that were granted to it. */
export async function listRoleGrants(db: Db, tenantId: TenantId, id: ServicePrincipalId): Promise<RoleGrantRow[]> {
  return await db
    .selectFrom('appRoleAssignments')
    .selectAll()
    .where('tenantId', '=', tenantId)
    .where('principalId', '=', id)
    .where('principalKind', '=', 'service-principal')
    .orderBy('createdAt')
    .orderBy('id')
    .execute();
}

/** True when it was granted now; false when it had been. */
export async function insertRoleGrant(trx: Trx, tenantId: TenantId, row: RoleGrantRow): Promise<boolean> {
  const added = await trx
    .insertInto('appRoleAssignments')
    .values({ ...row, tenantId })
    .onConflict((conflict) => conflict.columns(['tenantId', 'principalId', 'resourceAppId', 'appRoleId']).doNothing())
    .executeTakeFirst();
  return Number(added.numInsertedOrUpdatedRows ?? 0) > 0;
}

export async function findRoleGrant(db: Db, tenantId: TenantId, id: string): Promise<RoleGrantRow | undefined> {
  return await db
    .selectFrom('appRoleAssignments')
    .selectAll()
    .where('tenantId', '=', tenantId)
    .where('id', '=', id as GrantId) // Looked up, so it becomes what it claims to be.
    .executeTakeFirst();
}

export async function deleteRoleGrant(trx: Trx, tenantId: TenantId, id: GrantId): Promise<void> {
  await trx.deleteFrom('appRoleAssignments').where('tenantId', '=', tenantId).where('id', '=', id).execute();
}

/** People and groups that are assigned to the application. */
export async function listAssigned(db: Db, tenantId: TenantId, appId: AppId, limit: number): Promise<RoleGrantRow[]> {
  return await db
    .selectFrom('appRoleAssignments')
    .selectAll()
    .where('tenantId', '=', tenantId)
    .where('resourceAppId', '=', appId)
    .where('principalKind', '<>', 'service-principal')
    .orderBy('createdAt')
    .orderBy('id')
    .limit(limit)
    .execute();
}

export async function isAssigned(db: Db, tenantId: TenantId, appId: AppId, userId: UserId): Promise<boolean> {
  const row = await db
    .selectFrom('appRoleAssignments')
    .select('id')
    .where('tenantId', '=', tenantId)
    .where('principalKind', '=', 'user')
    .where('principalId', '=', userId)
    .where('resourceAppId', '=', appId)
    .executeTakeFirst();
  return row !== undefined;
}

/** True when there was such an assignment. */
export async function deleteAssigned(trx: Trx, tenantId: TenantId, appId: AppId, userId: UserId): Promise<boolean> {
  const removed = await trx
    .deleteFrom('appRoleAssignments')
    .where('tenantId', '=', tenantId)
    .where('principalKind', '=', 'user')
    .where('principalId', '=', userId)
    .where('resourceAppId', '=', appId)
    .executeTakeFirst();
  return Number(removed.numDeletedRows) > 0;
}

/** Delegated grants: the whole tenant's first. `userId` narrows to these and that person's own. */
export async function listDelegated(
  db: Db,
  tenantId: TenantId,
  id: ServicePrincipalId,
  options: { readonly userId?: UserId; readonly limit?: number } = {},
): Promise<DelegatedGrantRow[]> {
  const { userId, limit } = options;
  let query = db
    .selectFrom('delegatedGrants')
    .selectAll()
    .where('tenantId', '=', tenantId)
    .where('servicePrincipalId', '=', id);
  if (userId !== undefined) query = query.where('userId', 'in', ['', userId]);
  query = query.orderBy('userId').orderBy('resourceAppId');
  return await (limit === undefined ? query : query.limit(limit)).execute();
}

export async function findDelegated(db: Db, tenantId: TenantId, id: string): Promise<DelegatedGrantRow | undefined> {
  return await db
    .selectFrom('delegatedGrants')
    .selectAll()
    .where('tenantId', '=', tenantId)
    .where('id', '=', id as GrantId) // Looked up, so it becomes what it claims to be.
    .executeTakeFirst();
}

export async function findDelegatedFor(
  db: Db,
  tenantId: TenantId,
  id: ServicePrincipalId,
  resourceAppId: AppId,
  userId: UserId | '',
): Promise<DelegatedGrantRow | undefined> {
  return await db
    .selectFrom('delegatedGrants')
    .selectAll()
    .where('tenantId', '=', tenantId)
    .where('servicePrincipalId', '=', id)
    .where('resourceAppId', '=', resourceAppId)
    .where('userId', '=', userId)
    .executeTakeFirst();
}

export async function insertDelegated(trx: Trx, tenantId: TenantId, row: DelegatedGrantRow): Promise<void> {
  await trx
    .insertInto('delegatedGrants')
    .values({ ...row, tenantId })
    .execute();
}

export async function setDelegatedScope(
  trx: Trx,
  tenantId: TenantId,
  id: GrantId,
  change: Pick<DelegatedGrantRow, 'scope' | 'createdAt' | 'grantedBy'>,
): Promise<void> {
  await trx.updateTable('delegatedGrants').set(change).where('tenantId', '=', tenantId).where('id', '=', id).execute();
}

export async function deleteDelegated(trx: Trx, tenantId: TenantId, id: GrantId): Promise<void> {
  await trx.deleteFrom('delegatedGrants').where('tenantId', '=', tenantId).where('id', '=', id).execute();
}

/** User names of those of the ids that are people of the tenant. */
export async function userNames(db: Db, tenantId: TenantId, ids: readonly string[]): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map();
  const rows = await db
    .selectFrom('users')
    .select(['id', 'userName'])
    .where('tenantId', '=', tenantId)
    .where('id', 'in', [...new Set(ids)] as UserId[]) // Ids of others are not found.
    .execute();
  return new Map(rows.map((row) => [row.id, row.userName]));
}

/** App ids of the applications in the tenant that an audience may mean; whether one does, its own names tell. */
export async function listNamed(db: Db, tenantId: TenantId, audience: string): Promise<AppId[]> {
  const query = db
    .selectFrom('servicePrincipals')
    .innerJoin('applications', 'applications.appId', 'servicePrincipals.appId')
    .select('servicePrincipals.appId')
    .where('servicePrincipals.tenantId', '=', tenantId);
  const narrowed = isGuid(audience)
    ? query.where('servicePrincipals.appId', '=', audience.toLowerCase() as AppId) // Looked up, so it becomes what it claims to be.
    : query.where((e) => containsText(e.ref('applications.identifierUris'), JSON.stringify(audience)));
  const rows = await narrowed.limit(10).execute();
  return rows.map((row) => row.appId);
}
