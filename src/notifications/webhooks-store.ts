// Webhooks in the control store: queries only.

import type { WebhooksTable } from '../db/notification-tables.ts';
import type { Db, Trx } from '../db/store.ts';
import type { TenantId } from '../lib/ids.ts';

export type WebhookRow = WebhooksTable;
export type WebhookChange = Partial<Omit<WebhookRow, 'tenantId' | 'id'>>;

/** All of the tenant, by name. */
export async function listWebhooks(db: Db, tenantId: TenantId): Promise<WebhookRow[]> {
  return await db.selectFrom('webhooks').selectAll().where('tenantId', '=', tenantId).orderBy('name').execute();
}

export async function findWebhook(db: Db, tenantId: TenantId, id: string): Promise<WebhookRow | undefined> {
  return await db
    .selectFrom('webhooks')
    .selectAll()
    .where('tenantId', '=', tenantId)
    .where('id', '=', id)
    .executeTakeFirst();
}

export async function insertWebhook(trx: Trx, tenantId: TenantId, row: WebhookRow): Promise<void> {
  await trx
    .insertInto('webhooks')
    .values({ ...row, tenantId })
    .execute();
}

export async function updateWebhook(trx: Trx, tenantId: TenantId, id: string, change: WebhookChange): Promise<void> {
  await trx.updateTable('webhooks').set(change).where('tenantId', '=', tenantId).where('id', '=', id).execute();
}

/** Disables it; false when it is disabled already, or gone. */
export async function disableEnabled(trx: Trx, tenantId: TenantId, id: string, reason: string): Promise<boolean> {
  const { numUpdatedRows } = await trx
    .updateTable('webhooks')
    .set({ isEnabled: 0, disabledReason: reason })
    .where('tenantId', '=', tenantId)
    .where('id', '=', id)
    .where('isEnabled', '=', 1)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

/** Writes that an attempt failed, and returns since when nothing could be delivered; undefined when the webhook is gone. */
export async function writeFailure(
  trx: Trx,
  tenantId: TenantId,
  id: string,
  failure: { readonly at: number; readonly why: string },
): Promise<number | undefined> {
  // In one statement, because an attempt that succeeds elsewhere ends the failing.
  const row = await trx
    .updateTable('webhooks')
    .set((e) => ({
      lastFailureAt: failure.at,
      lastFailure: failure.why,
      failingSince: e.fn.coalesce('failingSince', e.val(failure.at)),
    }))
    .where('tenantId', '=', tenantId)
    .where('id', '=', id)
    .returning('failingSince')
    .executeTakeFirst();
  return row ? Number(row.failingSince) : undefined;
}

export async function deleteWebhook(trx: Trx, tenantId: TenantId, id: string): Promise<void> {
  await trx.deleteFrom('webhooks').where('tenantId', '=', tenantId).where('id', '=', id).execute();
}
