import type { Selectable } from 'kysely';
import type { ConsentRequestsTable } from '../db/application-tables.ts';
import type { Db, Trx } from '../db/store.ts';
import type { AppId, ConsentRequestId, TenantId, UserId } from '../lib/ids.ts';

export type ConsentRequestRow = Selectable<ConsentRequestsTable>;

export async function insertRequest(trx: Trx, tenantId: TenantId, row: ConsentRequestRow): Promise<void> {
  await trx
    .insertInto('consentRequests')
    .values({ ...row, tenantId })
    .execute();
}

export async function updateRequest(
  trx: Trx,
  tenantId: TenantId,
  id: ConsentRequestId,
  change: Partial<Omit<ConsentRequestRow, 'id' | 'tenantId'>>,
): Promise<void> {
  await trx.updateTable('consentRequests').set(change).where('tenantId', '=', tenantId).where('id', '=', id).execute();
}

export async function findRequest(db: Db, tenantId: TenantId, id: string): Promise<ConsentRequestRow | undefined> {
  return await db
    .selectFrom('consentRequests')
    .selectAll()
    .where('tenantId', '=', tenantId)
    .where('id', '=', id as ConsentRequestId) // Looked up, so it becomes what it claims to be.
    .executeTakeFirst();
}

/** Requests that still wait; narrowed to a person, to an application. */
export async function listOpen(
  db: Db,
  tenantId: TenantId,
  madeAfter: number,
  of: { readonly userId?: UserId; readonly appId?: AppId },
): Promise<ConsentRequestRow[]> {
  let query = db
    .selectFrom('consentRequests')
    .selectAll()
    .where('tenantId', '=', tenantId)
    .where('status', '=', 'open')
    .where('createdAt', '>', madeAfter);
  if (of.userId !== undefined) query = query.where('userId', '=', of.userId);
  if (of.appId !== undefined) query = query.where('appId', '=', of.appId);
  return await query.orderBy('createdAt').orderBy('id').limit(1000).execute();
}

export interface RequestSearch {
  readonly status: ConsentRequestRow['status'] | undefined;
  /** Open ones from before this moment count as expired. */
  readonly madeAfter: number;
  readonly skip: number;
  readonly limit: number;
}

/** One page, newest first, with the total. */
export async function pageRequests(
  db: Db,
  tenantId: TenantId,
  { status, madeAfter, skip, limit }: RequestSearch,
): Promise<{ rows: (ConsentRequestRow & { userName: string; displayName: string })[]; total: number }> {
  let query = db
    .selectFrom('consentRequests')
    .innerJoin('users', (join) =>
      join.onRef('users.tenantId', '=', 'consentRequests.tenantId').onRef('users.id', '=', 'consentRequests.userId'),
    )
    .where('consentRequests.tenantId', '=', tenantId);
  if (status === 'expired') {
    query = query.where((e) =>
      e.or([
        e('consentRequests.status', '=', 'expired'),
        e.and([e('consentRequests.status', '=', 'open'), e('consentRequests.createdAt', '<=', madeAfter)]),
      ]),
    );
  } else if (status !== undefined) {
    query = query.where('consentRequests.status', '=', status);
    if (status === 'open') query = query.where('consentRequests.createdAt', '>', madeAfter);
  }
  const rows = await query
    .selectAll('consentRequests')
    .select(['users.userName', 'users.displayName'])
    .orderBy('consentRequests.createdAt', 'desc')
    .orderBy('consentRequests.id', 'desc')
    .limit(limit)
    .offset(skip)
    .execute();
  const { total } = await query.select((e) => e.fn.countAll().as('total')).executeTakeFirstOrThrow();
  return { rows, total: Number(total) };
}

/** Removes what was decided or ran out long ago, so that the list does not grow for ever. */
export async function removeOld(trx: Trx, tenantId: TenantId, before: number): Promise<void> {
  await trx.deleteFrom('consentRequests').where('tenantId', '=', tenantId).where('createdAt', '<=', before).execute();
}
