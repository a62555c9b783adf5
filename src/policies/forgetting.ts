// What goes with a deleted policy: everything that would make it go on. What it matched stays as long as of others, like
// its alerts and its history, so that both can still be explained.
import type { Trx } from '../db/store.ts';
import type { TenantId } from '../lib/ids.ts';
import { listUnfinished } from './backfills-store.ts';
import { settlePending } from './governance.ts';
import { removeWork } from './matches-store.ts';

/** Inside the change that deletes the policy; nobody's rights are asked. */
export async function forgetPolicy(trx: Trx, tenantId: TenantId, policyId: string, by: string): Promise<void> {
  for (const id of await listUnfinished(trx, tenantId, policyId)) {
    await settlePending(trx, tenantId, id, 'failed', `${by} deleted the policy.`);
  }
  await removeWork(trx, tenantId, policyId);
}
