// The last global administrator cannot be lost: without one, nobody could ever give a role again.
import type { Trx } from '../db/store.ts';
import { Conflict } from '../lib/failures.ts';
import type { TenantId } from '../lib/ids.ts';
import { globalAdministratorId } from './role-table.ts';
import { countPermanentHolders } from './roles-store.ts';

/**
 * Does `work` and throws Conflict, which undoes it, when it takes the tenant's last global administrator: an enabled user
 * with a permanent assignment in force. Of those that never end, one must stay as well, so that time alone cannot do
 * what nobody may. Call it inside `store.change`, which lets no other change of the tenant run beside it.
 */
export async function keepingAdministrator<T>(
  trx: Trx,
  tenantId: TenantId,
  now: number,
  work: () => Promise<T>,
): Promise<T> {
  const before = await countPermanentHolders(trx, tenantId, globalAdministratorId, now);
  const done = await work();
  const after = await countPermanentHolders(trx, tenantId, globalAdministratorId, now);
  const isLost = (before.inForce > 0 && after.inForce === 0) || (before.lasting > 0 && after.lasting === 0);
  if (isLost) {
    throw new Conflict(
      'last-administrator',
      'This is the last global administrator of the tenant. Assign that role, permanent and without an end, to another enabled user first.',
    );
  }
  return done;
}
