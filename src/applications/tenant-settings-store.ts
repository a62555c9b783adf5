import type { Db, Trx } from '../db/store.ts';
import type { TenantId } from '../lib/ids.ts';

/** What the tenant set, by name; what it left alone is absent. */
export async function findTenantSettings(db: Db, tenantId: TenantId): Promise<Record<string, unknown>> {
  const rows = await db
    .selectFrom('tenantSettings')
    .select(['name', 'value'])
    .where('tenantId', '=', tenantId)
    .execute();
  return Object.fromEntries(rows.map(({ name, value }) => [name, JSON.parse(value) as unknown]));
}

export async function saveTenantSetting(trx: Trx, tenantId: TenantId, name: string, value: unknown): Promise<void> {
  const text = JSON.stringify(value);
  await trx
    .insertInto('tenantSettings')
    .values({ tenantId, name, value: text })
    .onConflict((conflict) => conflict.columns(['tenantId', 'name']).doUpdateSet({ value: text }))
    .execute();
}
