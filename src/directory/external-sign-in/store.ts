// Queries of external sign-in: the setting, who is who at the provider, and the role assignments that come from there.
import type { Selectable } from 'kysely';
import type { ExternalIdentitiesTable, ExternalSignInsTable, RoleAssignmentsTable } from '../../db/directory-tables.ts';
import type { Db, Trx } from '../../db/store.ts';
import type { AssignmentId, TenantId, UserId } from '../../lib/ids.ts';

export type SettingRow = Selectable<ExternalSignInsTable>;
export type IdentityRow = Selectable<ExternalIdentitiesTable>;
export type ExternalAssignment = Selectable<RoleAssignmentsTable>;

export async function findSetting(db: Db, tenantId: TenantId): Promise<SettingRow | undefined> {
  return await db.selectFrom('externalSignIns').selectAll().where('tenantId', '=', tenantId).executeTakeFirst();
}

export async function putSetting(trx: Trx, row: SettingRow): Promise<void> {
  const { tenantId: _tenant, ...change } = row;
  await trx
    .insertInto('externalSignIns')
    .values(row)
    .onConflict((conflict) => conflict.column('tenantId').doUpdateSet(change))
    .execute();
}

export async function deleteSetting(trx: Trx, tenantId: TenantId): Promise<void> {
  await trx.deleteFrom('externalSignIns').where('tenantId', '=', tenantId).execute();
}

export async function findIdentity(
  db: Db,
  tenantId: TenantId,
  issuer: string,
  subject: string,
): Promise<IdentityRow | undefined> {
  return await db
    .selectFrom('externalIdentities')
    .selectAll()
    .where('tenantId', '=', tenantId)
    .where('issuer', '=', issuer)
    .where('subject', '=', subject)
    .executeTakeFirst();
}

export async function findIdentityOfUser(db: Db, tenantId: TenantId, userId: UserId): Promise<IdentityRow | undefined> {
  return await db
    .selectFrom('externalIdentities')
    .selectAll()
    .where('tenantId', '=', tenantId)
    .where('userId', '=', userId)
    .executeTakeFirst();
}

export async function insertIdentity(trx: Trx, row: IdentityRow): Promise<void> {
  await trx.insertInto('externalIdentities').values(row).execute();
}

export async function touchIdentity(trx: Trx, row: IdentityRow, now: number): Promise<void> {
  await trx
    .updateTable('externalIdentities')
    .set({ lastSignInAt: now })
    .where('tenantId', '=', row.tenantId)
    .where('issuer', '=', row.issuer)
    .where('subject', '=', row.subject)
    .execute();
}

export async function deleteIdentityOfUser(trx: Trx, tenantId: TenantId, userId: UserId): Promise<boolean> {
  const { numDeletedRows } = await trx
    .deleteFrom('externalIdentities')
    .where('tenantId', '=', tenantId)
    .where('userId', '=', userId)
    .executeTakeFirstOrThrow();
  return Number(numDeletedRows) > 0;
}

/** One page of who is linked, with the names of the accounts, last signed in first. */
export async function pageIdentities(
  db: Db,
  tenantId: TenantId,
  page: { readonly limit: number; readonly skip: number; readonly direction: 'asc' | 'desc' },
): Promise<{ rows: (IdentityRow & { userName: string; displayName: string })[]; total: number }> {
  const rows = await db
    .selectFrom('externalIdentities')
    .innerJoin('users', (join) =>
      join
        .onRef('users.id', '=', 'externalIdentities.userId')
        .onRef('users.tenantId', '=', 'externalIdentities.tenantId'),
    )
    .selectAll('externalIdentities')
    .select(['users.userName', 'users.displayName'])
    .where('externalIdentities.tenantId', '=', tenantId)
    .orderBy('externalIdentities.lastSignInAt', page.direction)
    .orderBy('externalIdentities.userId', page.direction)
    .limit(page.limit)
    .offset(page.skip)
    .execute();
  const { total } = await db
    .selectFrom('externalIdentities')
    .select((e) => e.fn.countAll().as('total'))
    .where('tenantId', '=', tenantId)
    .executeTakeFirstOrThrow();
  return { rows, total: Number(total) };
}

/** Ids of everybody who is linked to this provider. */
export async function listLinkedUsers(db: Db, tenantId: TenantId, issuer: string): Promise<UserId[]> {
  const rows = await db
    .selectFrom('externalIdentities')
    .select('userId')
    .where('tenantId', '=', tenantId)
    .where('issuer', '=', issuer)
    .execute();
  return rows.map(({ userId }) => userId);
}

/** Assignments that came with groups: of one person, or of the whole tenant. */
export async function listExternalAssignments(
  db: Db,
  tenantId: TenantId,
  userId: UserId | null,
): Promise<ExternalAssignment[]> {
  let query = db
    .selectFrom('roleAssignments')
    .selectAll()
    .where('tenantId', '=', tenantId)
    .where('source', '=', 'external-sign-in');
  if (userId !== null) query = query.where('userId', '=', userId);
  return await query.orderBy('id').execute();
}

export async function renewAssignment(
  trx: Trx,
  tenantId: TenantId,
  id: AssignmentId,
  change: Pick<ExternalAssignment, 'endsAt' | 'sourceGroups'>,
): Promise<void> {
  await trx.updateTable('roleAssignments').set(change).where('tenantId', '=', tenantId).where('id', '=', id).execute();
}
