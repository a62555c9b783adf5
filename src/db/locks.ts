import type { TenantId } from '../lib/ids.ts';
import type { ControlStore, Trx } from './store.ts';

/**
 * Holds off other writers of the tenant until the transaction ends, for work that no cache holds and that so needs no
 * `change`. SQLite has only one writer anyway.
 */
export async function lockTenant(trx: Trx, kind: ControlStore['kind'], tenantId: TenantId): Promise<void> {
  if (kind === 'postgres') {
    await trx.selectFrom('tenants').select('id').where('id', '=', tenantId).forNoKeyUpdate().execute();
  }
}
