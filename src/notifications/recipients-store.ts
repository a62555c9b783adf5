// Mail recipients in the control store: queries only.

import type { MailRecipientsTable } from '../db/notification-tables.ts';
import type { Db, Trx } from '../db/store.ts';
import type { TenantId } from '../lib/ids.ts';

export type RecipientRow = MailRecipientsTable;
export type RecipientChange = Partial<Omit<RecipientRow, 'tenantId' | 'id'>>;

/** All of the tenant, by address. */
export async function listRecipients(db: Db, tenantId: TenantId): Promise<RecipientRow[]> {
  return await db
    .selectFrom('mailRecipients')
    .selectAll()
    .where('tenantId', '=', tenantId)
    .orderBy('address')
    .execute();
}

export async function findRecipient(db: Db, tenantId: TenantId, id: string): Promise<RecipientRow | undefined> {
  return await db
    .selectFrom('mailRecipients')
    .selectAll()
    .where('tenantId', '=', tenantId)
    .where('id', '=', id)
    .executeTakeFirst();
}

export async function insertRecipient(trx: Trx, tenantId: TenantId, row: RecipientRow): Promise<void> {
  await trx
    .insertInto('mailRecipients')
    .values({ ...row, tenantId })
    .execute();
}

export async function updateRecipient(
  trx: Trx,
  tenantId: TenantId,
  id: string,
  change: RecipientChange,
): Promise<void> {
  await trx.updateTable('mailRecipients').set(change).where('tenantId', '=', tenantId).where('id', '=', id).execute();
}

export async function deleteRecipient(trx: Trx, tenantId: TenantId, id: string): Promise<void> {
  await trx.deleteFrom('expiryNotices').where('tenantId', '=', tenantId).where('recipientId', '=', id).execute();
  await trx.deleteFrom('mailRecipients').where('tenantId', '=', tenantId).where('id', '=', id).execute();
}

/** Begins the count of a day unless it has begun. */
export async function beginDay(trx: Trx, tenantId: TenantId, id: string, day: number): Promise<void> {
  await trx
    .updateTable('mailRecipients')
    .set({ countedDay: day, sentCount: 0, withheldCount: 0 })
    .where('tenantId', '=', tenantId)
    .where('id', '=', id)
    .where('countedDay', '<', day)
    .execute();
}

/** Counts one mail against the day's limit; false when the limit is reached. */
export async function takeFromDay(trx: Trx, tenantId: TenantId, id: string, most: number): Promise<boolean> {
  const { numUpdatedRows } = await trx
    .updateTable('mailRecipients')
    .set((e) => ({ sentCount: e('sentCount', '+', 1) }))
    .where('tenantId', '=', tenantId)
    .where('id', '=', id)
    .where('sentCount', '<', most)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

/** Gives back what was taken for a mail that did not go out. */
export async function giveBackToDay(trx: Trx, tenantId: TenantId, id: string, day: number): Promise<void> {
  await trx
    .updateTable('mailRecipients')
    .set((e) => ({ sentCount: e('sentCount', '-', 1) }))
    .where('tenantId', '=', tenantId)
    .where('id', '=', id)
    .where('countedDay', '=', day)
    .where('sentCount', '>', 0)
    .execute();
}

export async function countWithheld(trx: Trx, tenantId: TenantId, id: string): Promise<void> {
  await trx
    .updateTable('mailRecipients')
    .set((e) => ({ withheldCount: e('withheldCount', '+', 1) }))
    .where('tenantId', '=', tenantId)
    .where('id', '=', id)
    .execute();
}

/** Notes that the recipient is told of the end of this secret; false when it was told before. */
export async function noteExpiry(
  trx: Trx,
  tenantId: TenantId,
  recipientId: string,
  secret: { readonly id: string; readonly endsAt: number },
): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await trx
    .insertInto('expiryNotices')
    .values({ tenantId, recipientId, secretId: secret.id, endsAt: secret.endsAt })
    .onConflict((conflict) => conflict.columns(['tenantId', 'recipientId', 'secretId']).doNothing())
    .executeTakeFirst();
  return numInsertedOrUpdatedRows === 1n;
}

/** Removes notices of secrets that ended before; of all tenants, because what is over is so everywhere. */
export async function removeExpiryNoticesBefore(db: Db, at: number): Promise<void> {
  await db.deleteFrom('expiryNotices').where('endsAt', '<', at).execute();
}
