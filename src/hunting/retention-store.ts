// How long tenants have chosen to keep hunting data: queries only.
import type { Db, Trx } from '../db/store.ts';
import type { TenantId } from '../lib/ids.ts';

/** Stands for all tables that have no choice of their own. */
export const everyTable = '*';

/** Days by the name of the stored table. */
export type ChosenDays = ReadonlyMap<string, number>;

export async function findChosenDays(db: Db, tenantId: TenantId): Promise<ChosenDays> {
  const rows = await db
    .selectFrom('huntingRetention')
    .select(['tableName', 'days'])
    .where('tenantId', '=', tenantId)
    .execute();
  return new Map(rows.map(({ tableName, days }) => [tableName, days]));
}

/** Of every tenant at once, because it is for retention, which goes over all of them. */
export async function listChosenDays(db: Db): Promise<ReadonlyMap<TenantId, ChosenDays>> {
  const rows = await db.selectFrom('huntingRetention').select(['tenantId', 'tableName', 'days']).execute();
  const byTenant = new Map<TenantId, Map<string, number>>();
  for (const { tenantId, tableName, days } of rows) {
    const chosen = byTenant.get(tenantId) ?? new Map<string, number>();
    byTenant.set(tenantId, chosen.set(tableName, days));
  }
  return byTenant;
}

/** Null takes the choice back. */
export async function saveChosenDays(
  trx: Trx,
  tenantId: TenantId,
  tableName: string,
  days: number | null,
  changedAt: number,
): Promise<void> {
  await trx
    .deleteFrom('huntingRetention')
    .where('tenantId', '=', tenantId)
    .where('tableName', '=', tableName)
    .execute();
  if (days === null) return;
  await trx.insertInto('huntingRetention').values({ tenantId, tableName, days, changedAt }).execute();
}
