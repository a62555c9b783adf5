// The keys that hide user names, in the control store: queries only.
import type { Selectable } from 'kysely';
import type { DiscoveryNameKeysTable } from '../db/discovery-report-tables.ts';
import type { Db, Trx } from '../db/store.ts';
import type { TenantId } from '../lib/ids.ts';

export type NameKeyRow = Selectable<DiscoveryNameKeysTable>;

export async function findNameKey(db: Db, tenantId: TenantId): Promise<NameKeyRow | undefined> {
  return await db.selectFrom('discoveryNameKeys').selectAll().where('tenantId', '=', tenantId).executeTakeFirst();
}

/** The first one stays: what was hidden with it could not be told apart any more. */
export async function insertNameKey(trx: Trx, row: NameKeyRow): Promise<void> {
  await trx
    .insertInto('discoveryNameKeys')
    .values(row)
    .onConflict((conflict) => conflict.column('tenantId').doNothing())
    .execute();
}
