// All users that activities tell of, in pieces, for whoever makes tables of them: nobody's rights are asked.
import type { Db } from '../db/store.ts';
import type { TenantId } from '../lib/ids.ts';
import * as store from './store.ts';

export interface SeenUser {
  readonly id: string;
  /** Lower case. */
  readonly userName: string;
  /** Object id in the directory that the activities come from. */
  readonly directoryId: string | null;
  readonly isExternal: boolean | null;
  /** What that directory last said; null for nothing. */
  readonly status: 'active' | 'suspended' | 'deleted' | null;
  readonly statusAt: number;
}

const statuses: Readonly<Record<number, SeenUser['status']>> = { 2: 'active', 3: 'suspended', 4: 'deleted' };

/** Those whose ids come behind `behind`, by id. */
export async function listSeenUsersBehind(
  db: Db,
  tenantId: TenantId,
  behind: string,
  limit: number,
): Promise<SeenUser[]> {
  const rows = await store.listUsersBehind(db, tenantId, behind, limit);
  return rows.map(({ id, userName, directoryId, isExternal, status, statusAt }) => ({
    ...{ id, userName, directoryId, statusAt },
    isExternal: isExternal === null ? null : isExternal === 1,
    status: statuses[status] ?? null,
  }));
}
