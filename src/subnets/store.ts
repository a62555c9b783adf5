import type { Db, Trx } from '../db/store.ts';
import type { SubnetsTable } from '../db/tables.ts';
import type { TenantId } from '../lib/ids.ts';

/** All ranges of a tenant. */
export async function listSubnets(db: Db, tenantId: TenantId): Promise<SubnetsTable[]> {
  return await db.selectFrom('subnets').selectAll().where('tenantId', '=', tenantId).orderBy('name').execute();
}

/** Adds ranges; a tenant's names are unique, which the table enforces. */
export async function insertSubnets(db: Db, rows: readonly SubnetsTable[]): Promise<void> {
  if (rows.length > 0)
    await db
      .insertInto('subnets')
      .values([...rows])
      .execute();
}

export async function replaceSubnet(trx: Trx, tenantId: TenantId, { id, ...row }: SubnetsTable): Promise<void> {
  await trx.updateTable('subnets').set(row).where('tenantId', '=', tenantId).where('id', '=', id).execute();
}

export async function deleteSubnet(trx: Trx, tenantId: TenantId, id: string): Promise<void> {
  await trx.deleteFrom('subnets').where('tenantId', '=', tenantId).where('id', '=', id).execute();
}
