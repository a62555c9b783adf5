// Saved queries in the control store: queries only.
import type { Expression, ExpressionBuilder, SqlBool } from 'kysely';
import type { SavedQueriesTable } from '../../db/hunting-tables.ts';
import type { Db, Trx } from '../../db/store.ts';
import type { Tables } from '../../db/tables.ts';
import { contains } from '../../directory/paging.ts';
import type { TenantId, UserId } from '../../lib/ids.ts';

export type SavedQueryRow = SavedQueriesTable;

export interface SavedQueryFilter {
  readonly folder?: string | undefined;
  /** Only shared ones, or only those of the reader alone. */
  readonly isShared?: boolean | undefined;
  readonly search?: string | undefined;
}

/** What `reader` may see: the reader's own queries and the shared ones. */
function seenBy(reader: UserId) {
  return (e: ExpressionBuilder<Tables, 'savedQueries'>): Expression<SqlBool> =>
    e.or([e('ownerId', '=', reader), e('isShared', '=', 1)]);
}

/** One page of what the reader may see, by folder and name. */
export async function pageSavedQueries(
  db: Db,
  tenantId: TenantId,
  reader: UserId,
  { folder, isShared, search }: SavedQueryFilter,
  { skip, limit }: { readonly skip: number; readonly limit: number },
): Promise<{ rows: SavedQueryRow[]; total: number }> {
  let query = db.selectFrom('savedQueries').where('tenantId', '=', tenantId).where(seenBy(reader));
  if (folder !== undefined) query = query.where('folder', '=', folder);
  if (isShared !== undefined) query = query.where('isShared', '=', isShared ? 1 : 0);
  if (search !== undefined) {
    query = query.where((e) =>
      e.or([contains(e.ref('name'), search), contains(e.ref('description'), search), contains(e.ref('query'), search)]),
    );
  }
  const rows = await query
    .selectAll()
    .orderBy('folder')
    .orderBy('name')
    .orderBy('id')
    .limit(limit)
    .offset(skip)
    .execute();
  const { total } = await query.select((e) => e.fn.countAll().as('total')).executeTakeFirstOrThrow();
  return { rows, total: Number(total) };
}

/** The query, if the reader may see it. */
export async function findSavedQuery(
  db: Db,
  tenantId: TenantId,
  reader: UserId,
  id: string,
): Promise<SavedQueryRow | undefined> {
  return await db
    .selectFrom('savedQueries')
    .selectAll()
    .where('tenantId', '=', tenantId)
    .where('id', '=', id)
    .where(seenBy(reader))
    .executeTakeFirst();
}

/** How many there are in the tenant, and of one owner. */
export async function countSavedQueries(
  db: Db,
  tenantId: TenantId,
  ownerId: UserId,
): Promise<{ readonly all: number; readonly own: number }> {
  const count = db
    .selectFrom('savedQueries')
    .select((e) => e.fn.countAll().as('count'))
    .where('tenantId', '=', tenantId);
  const all = await count.executeTakeFirstOrThrow();
  const own = await count.where('ownerId', '=', ownerId).executeTakeFirstOrThrow();
  return { all: Number(all.count), own: Number(own.count) };
}

export async function insertSavedQuery(trx: Trx, tenantId: TenantId, row: SavedQueryRow): Promise<void> {
  await trx
    .insertInto('savedQueries')
    .values({ ...row, tenantId })
    .execute();
}

export async function updateSavedQuery(
  trx: Trx,
  tenantId: TenantId,
  id: string,
  change: Partial<Omit<SavedQueryRow, 'tenantId' | 'id' | 'ownerId'>>,
): Promise<void> {
  await trx.updateTable('savedQueries').set(change).where('tenantId', '=', tenantId).where('id', '=', id).execute();
}

export async function deleteSavedQuery(trx: Trx, tenantId: TenantId, id: string): Promise<void> {
  await trx.deleteFrom('savedQueries').where('tenantId', '=', tenantId).where('id', '=', id).execute();
}
