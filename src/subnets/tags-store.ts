import type { IpTagsTable } from '../db/entity-tables.ts';
import type { Db, Trx } from '../db/store.ts';
import type { TenantId } from '../lib/ids.ts';

/** The tenant's own IP tags, by name. */
export async function listTags(db: Db, tenantId: TenantId): Promise<IpTagsTable[]> {
  return await db.selectFrom('ipTags').selectAll().where('tenantId', '=', tenantId).orderBy('name').execute();
}

export async function countTags(db: Db, tenantId: TenantId): Promise<number> {
  const { count } = await db
    .selectFrom('ipTags')
    .select((e) => e.fn.countAll().as('count'))
    .where('tenantId', '=', tenantId)
    .executeTakeFirstOrThrow();
  return Number(count);
}

export async function insertTags(trx: Trx, rows: readonly IpTagsTable[]): Promise<void> {
  if (rows.length > 0)
    await trx
      .insertInto('ipTags')
      .values([...rows])
      .execute();
}
