// All people of a tenant, in pieces, for whoever makes tables of them: nobody's rights are asked.
import type { Db } from '../db/store.ts';
import type { TenantId, UserId } from '../lib/ids.ts';
import { findRole } from './role-table.ts';
import { listAssignmentsOfUsers } from './roles-store.ts';
import { listUsersBehind, listUsersByName } from './users-store.ts';

export interface Somebody {
  readonly id: UserId;
  readonly userName: string;
  readonly displayName: string;
  readonly status: 'enabled' | 'disabled' | 'deleted';
  readonly createdAt: number;
  readonly statusChangedAt: number;
  /** Display names of the roles that the person has at all times. */
  readonly permanentRoles: readonly string[];
  /** Of those that the person may activate. */
  readonly eligibleRoles: readonly string[];
}

/** Those whose ids come behind `behind`, by id; deleted ones as well. */
export async function listEverybodyBehind(
  db: Db,
  tenantId: TenantId,
  behind: string,
  limit: number,
): Promise<Somebody[]> {
  const users = await listUsersBehind(db, tenantId, behind, limit);
  const assignments = await listAssignmentsOfUsers(
    db,
    tenantId,
    users.map(({ id }) => id),
  );
  return users.map(({ id, userName, displayName, status, createdAt, statusChangedAt }) => {
    const rolesOf = (kind: (typeof assignments)[number]['kind']) =>
      assignments
        .filter((each) => each.userId === id && each.kind === kind)
        .flatMap(({ roleId }) => findRole(roleId)?.displayName ?? []);
    return {
      ...{ id, userName, displayName, status, createdAt, statusChangedAt },
      permanentRoles: rolesOf('permanent'),
      eligibleRoles: rolesOf('eligible'),
    };
  });
}

/** Which of the user names (lower case) somebody in the tenant has or had. */
export async function namesOfEverybody(db: Db, tenantId: TenantId, names: readonly string[]): Promise<Set<string>> {
  return new Set((await listUsersByName(db, tenantId, names)).map(({ userName }) => userName));
}
