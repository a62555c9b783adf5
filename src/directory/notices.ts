// What notifications tell of people and roles. Nobody's rights are asked: who is told was decided when it was asked for.
import type { Db } from '../db/store.ts';
import type { TenantId, UserId } from '../lib/ids.ts';
import { findRole } from './role-table.ts';
import { findActivation } from './roles-store.ts';
import { findUserById } from './users-store.ts';

export async function findUserName(db: Db, tenantId: TenantId, userId: UserId): Promise<string | undefined> {
  return (await findUserById(db, tenantId, userId))?.userName;
}

export interface ActivationNotice {
  readonly role: string;
  readonly userName: string;
  readonly justification: string;
}

/** A role activation that still waits for approval; undefined when it is decided or gone. */
export async function findActivationNotice(
  db: Db,
  tenantId: TenantId,
  id: string,
): Promise<ActivationNotice | undefined> {
  const row = await findActivation(db, tenantId, id);
  if (row?.status !== 'pending') return undefined;
  const userName = await findUserName(db, tenantId, row.userId);
  const role = findRole(row.roleId)?.displayName;
  return userName && role ? { role, userName, justification: row.justification } : undefined;
}
