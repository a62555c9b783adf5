import type { Insertable, Selectable } from 'kysely';
import type { ApplicationCertificatesTable, ApplicationSecretsTable } from '../db/application-tables.ts';
import type { Db, Trx } from '../db/store.ts';
import { containsText } from '../db/text.ts';
import { type AppId, type ApplicationId, isGuid, type TenantId, type UserId } from '../lib/ids.ts';
import type { ApplicationRow } from './application.ts';

export type SecretRow = Selectable<ApplicationSecretsTable>;
export type CertificateRow = Selectable<ApplicationCertificatesTable>;

export async function insertApplication(trx: Trx, tenantId: TenantId, row: ApplicationRow): Promise<void> {
  await trx
    .insertInto('applications')
    .values({ ...row, tenantId })
    .execute();
}

export async function updateApplication(
  trx: Trx,
  tenantId: TenantId,
  id: ApplicationId,
  change: Partial<Omit<ApplicationRow, 'id' | 'tenantId' | 'appId'>>,
): Promise<void> {
  await trx.updateTable('applications').set(change).where('tenantId', '=', tenantId).where('id', '=', id).execute();
}

/** An application of its home tenant by object id or app id, whatever its status. */
export async function findApplication(db: Db, tenantId: TenantId, ref: string): Promise<ApplicationRow | undefined> {
  const id = ref.trim().toLowerCase();
  if (!isGuid(id)) return undefined;
  return await db
    .selectFrom('applications')
    .selectAll()
    .where('tenantId', '=', tenantId)
    .where((e) => e.or([e('id', '=', id as ApplicationId), e('appId', '=', id as AppId)])) // Looked up, so it becomes what it claims to be.
    .executeTakeFirst();
}

/**
 * The application behind a client id, in whatever tenant its home is. It names no tenant: app ids are unique over the
 * deployment, and a client that asks for a token knows nothing else.
 */
export async function findByAppId(db: Db, appId: string): Promise<ApplicationRow | undefined> {
  if (!isGuid(appId)) return undefined;
  return await db
    .selectFrom('applications')
    .selectAll()
    .where('appId', '=', appId.toLowerCase() as AppId)
    .executeTakeFirst();
}

export interface ApplicationSearch {
  readonly status?: ApplicationRow['status'] | undefined;
  readonly search?: string | undefined;
  /** Only those that this person owns. */
  readonly ownerId?: UserId | undefined;
  /** Deleted before this is gone for good. */
  readonly deletedAfter: number;
  readonly sort: 'displayName' | 'createdAt';
  readonly direction: 'asc' | 'desc';
  readonly skip: number;
  readonly limit: number;
}

/** One page with the total. Without a status, everything that is not deleted. */
export async function pageApplications(
  db: Db,
  tenantId: TenantId,
  search: ApplicationSearch,
): Promise<{ rows: ApplicationRow[]; total: number }> {
  let query = db.selectFrom('applications').where('tenantId', '=', tenantId);
  const { status, search: typed, ownerId } = search;
  query = status ? query.where('status', '=', status) : query.where('status', '<>', 'deleted');
  if (status === 'deleted') query = query.where('statusChangedAt', '>', search.deletedAfter);
  if (typed !== undefined) {
    const guid = typed.toLowerCase();
    query = isGuid(guid)
      ? query.where((e) => e.or([e('id', '=', guid as ApplicationId), e('appId', '=', guid as AppId)])) // As in findApplication.
      : query.where((e) => containsText(e.ref('displayName'), typed));
  }
  if (ownerId !== undefined) {
    query = query.where((e) =>
      e.exists(
        e
          .selectFrom('applicationOwners')
          .select('userId')
          .where('applicationOwners.tenantId', '=', tenantId)
          .whereRef('applicationOwners.applicationId', '=', 'applications.id')
          .where('userId', '=', ownerId),
      ),
    );
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

export async function countApplications(db: Db, tenantId: TenantId): Promise<number> {
  const { count } = await db
    .selectFrom('applications')
    .select((e) => e.fn.countAll().as('count'))
    .where('tenantId', '=', tenantId)
    .executeTakeFirstOrThrow();
  return Number(count);
}

/** How many applications this person registered; deleted ones count as they do for the tenant. */
export async function countRegisteredBy(db: Db, tenantId: TenantId, userId: UserId): Promise<number> {
  const { count } = await db
    .selectFrom('applications')
    .select((e) => e.fn.countAll().as('count'))
    .where('tenantId', '=', tenantId)
    .where('createdBy', '=', userId)
    .executeTakeFirstOrThrow();
  return Number(count);
}

/** Other applications of the tenant that have one of the identifier URIs. */
export async function listWithIdentifierUri(
  db: Db,
  tenantId: TenantId,
  uris: readonly string[],
): Promise<ApplicationRow[]> {
  if (uris.length === 0) return [];
  return await db
    .selectFrom('applications')
    .selectAll()
    .where('tenantId', '=', tenantId)
    // The column is JSON text; what comes back is compared exactly by the caller.
    .where((e) => e.or(uris.map((uri) => containsText(e.ref('identifierUris'), JSON.stringify(uri)))))
    .execute();
}

/** Removes what was deleted before `before`: nobody can restore it any more. */
export async function listExpired(db: Db, tenantId: TenantId, before: number): Promise<ApplicationRow[]> {
  return await db
    .selectFrom('applications')
    .selectAll()
    .where('tenantId', '=', tenantId)
    .where('status', '=', 'deleted')
    .where('statusChangedAt', '<=', before)
    .limit(100)
    .execute();
}

export async function removeApplication(trx: Trx, tenantId: TenantId, id: ApplicationId): Promise<void> {
  for (const table of ['applicationOwners', 'applicationSecrets', 'applicationCertificates'] as const) {
    await trx.deleteFrom(table).where('tenantId', '=', tenantId).where('applicationId', '=', id).execute();
  }
  await trx.deleteFrom('applications').where('tenantId', '=', tenantId).where('id', '=', id).execute();
}

export interface OwnerRow {
  readonly applicationId: ApplicationId;
  readonly id: UserId;
  readonly userName: string;
  readonly displayName: string;
}

export async function listOwners(
  db: Db,
  tenantId: TenantId,
  applicationIds: readonly ApplicationId[],
): Promise<OwnerRow[]> {
  if (applicationIds.length === 0) return [];
  return await db
    .selectFrom('applicationOwners')
    .innerJoin('users', (join) =>
      join
        .onRef('users.tenantId', '=', 'applicationOwners.tenantId')
        .onRef('users.id', '=', 'applicationOwners.userId'),
    )
    .select(['applicationOwners.applicationId', 'users.id', 'users.userName', 'users.displayName'])
    .where('applicationOwners.tenantId', '=', tenantId)
    .where('applicationOwners.applicationId', 'in', applicationIds)
    .where('users.status', '<>', 'deleted')
    .orderBy('users.userName')
    .execute();
}

export async function isOwner(db: Db, tenantId: TenantId, id: ApplicationId, userId: UserId): Promise<boolean> {
  const row = await db
    .selectFrom('applicationOwners')
    .select('userId')
    .where('tenantId', '=', tenantId)
    .where('applicationId', '=', id)
    .where('userId', '=', userId)
    .executeTakeFirst();
  return row !== undefined;
}

/** True when the owner was added; false when it was one. */
export async function insertOwner(trx: Trx, tenantId: TenantId, id: ApplicationId, userId: UserId): Promise<boolean> {
  const added = await trx
    .insertInto('applicationOwners')
    .values({ tenantId, applicationId: id, userId })
    .onConflict((conflict) => conflict.columns(['tenantId', 'applicationId', 'userId']).doNothing())
    .executeTakeFirst();
  return Number(added.numInsertedOrUpdatedRows ?? 0) > 0;
}

export async function deleteOwner(trx: Trx, tenantId: TenantId, id: ApplicationId, userId: UserId): Promise<boolean> {
  const removed = await trx
    .deleteFrom('applicationOwners')
    .where('tenantId', '=', tenantId)
    .where('applicationId', '=', id)
    .where('userId', '=', userId)
    .executeTakeFirst();
  return Number(removed.numDeletedRows) > 0;
}

export async function listSecrets(
  db: Db,
  tenantId: TenantId,
  applicationIds: readonly ApplicationId[],
): Promise<SecretRow[]> {
  if (applicationIds.length === 0) return [];
  return await db
    .selectFrom('applicationSecrets')
    .selectAll()
    .where('tenantId', '=', tenantId)
    .where('applicationId', 'in', applicationIds)
    .orderBy('createdAt')
    .orderBy('id')
    .execute();
}

export async function insertSecret(
  trx: Trx,
  tenantId: TenantId,
  row: Insertable<ApplicationSecretsTable>,
): Promise<void> {
  await trx
    .insertInto('applicationSecrets')
    .values({ ...row, tenantId })
    .execute();
}

/** The removed row; undefined when the application has no such secret. */
export async function deleteSecret(
  trx: Trx,
  tenantId: TenantId,
  applicationId: ApplicationId,
  id: string,
): Promise<SecretRow | undefined> {
  return await trx
    .deleteFrom('applicationSecrets')
    .where('tenantId', '=', tenantId)
    .where('applicationId', '=', applicationId)
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirst();
}

export async function listCertificates(
  db: Db,
  tenantId: TenantId,
  applicationIds: readonly ApplicationId[],
): Promise<CertificateRow[]> {
  if (applicationIds.length === 0) return [];
  return await db
    .selectFrom('applicationCertificates')
    .selectAll()
    .where('tenantId', '=', tenantId)
    .where('applicationId', 'in', applicationIds)
    .orderBy('createdAt')
    .orderBy('id')
    .execute();
}

export async function insertCertificate(
  trx: Trx,
  tenantId: TenantId,
  row: Insertable<ApplicationCertificatesTable>,
): Promise<void> {
  await trx
    .insertInto('applicationCertificates')
    .values({ ...row, tenantId })
    .execute();
}

/** The removed row; undefined when the application has no such certificate. */
export async function deleteCertificate(
  trx: Trx,
  tenantId: TenantId,
  applicationId: ApplicationId,
  id: string,
): Promise<CertificateRow | undefined> {
  return await trx
    .deleteFrom('applicationCertificates')
    .where('tenantId', '=', tenantId)
    .where('applicationId', '=', applicationId)
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirst();
}
