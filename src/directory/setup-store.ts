import type { Selectable } from 'kysely';
import type { Db, Trx } from '../db/store.ts';
import type { SetupLinksTable } from '../db/tables.ts';
import type { TenantId } from '../lib/ids.ts';

export type SetupLinkRow = Selectable<SetupLinksTable>;

/**
 * Lets no other first set-up run beside this transaction, in any process: there is no tenant yet whose row could be
 * taken. On PostgreSQL the upsert holds its row; SQLite has one writer.
 */
export async function holdFirstSetup(trx: Trx): Promise<void> {
  await trx
    .insertInto('deployment')
    .values({ name: 'first-setup', value: 'held while it runs' })
    .onConflict((conflict) => conflict.column('name').doUpdateSet((e) => ({ value: e.ref('excluded.value') })))
    .execute();
}

/** Puts a link in the place of the tenant's unused ones. */
export async function replaceSetupLink(trx: Trx, row: SetupLinkRow): Promise<void> {
  await trx.deleteFrom('setupLinks').where('tenantId', '=', row.tenantId).where('usedAt', 'is', null).execute();
  await trx.insertInto('setupLinks').values(row).execute();
}

/** The code decides which tenant a link is for, so this query names none. */
export async function findSetupLink(db: Db, hash: string): Promise<SetupLinkRow | undefined> {
  return await db.selectFrom('setupLinks').selectAll().where('hash', '=', hash).executeTakeFirst();
}

/** Uses the link up. False when it was used, is over, or is gone. */
export async function claimSetupLink(trx: Trx, tenantId: TenantId, hash: string, now: number): Promise<boolean> {
  const { numUpdatedRows } = await trx
    .updateTable('setupLinks')
    .set({ usedAt: now })
    .where('hash', '=', hash)
    .where('tenantId', '=', tenantId)
    .where('usedAt', 'is', null)
    .where('expiresAt', '>', now)
    .executeTakeFirstOrThrow();
  return Number(numUpdatedRows) === 1;
}

export async function hasTenants(db: Db): Promise<boolean> {
  return (await db.selectFrom('tenants').select('id').limit(1).executeTakeFirst()) !== undefined;
}
