// Who may touch whose account: taking over an account is as good as having its roles, so it needs the right to assign
// every one of them.
import { may } from '../access/caller.ts';
import type { Ctx } from '../context.ts';
import type { Db, Trx } from '../db/store.ts';
import { Conflict, NotFound } from '../lib/failures.ts';
import { isGuid, type TenantId, type UserId } from '../lib/ids.ts';
import { denied } from './denied.ts';
import { stateOf, toHeldRoles } from './effective.ts';
import { loadRoles } from './roles-store.ts';
import { findUserById, findUserByName, type UserRow } from './users-store.ts';

/** A user of the tenant by id or user name, whatever its status; nobody's rights are asked. */
export async function findUser(db: Db, tenantId: TenantId, ref: string): Promise<UserRow | undefined> {
  const text = ref.trim().toLowerCase();
  if (isGuid(text)) return await findUserById(db, tenantId, text as UserId); // Looked up, so it becomes what it claims to be.
  // No user name has other characters; PostgreSQL would fail on some of them.
  if (!/^[!-~]{1,113}$/.test(text)) return undefined;
  return await findUserByName(db, tenantId, text);
}

/** The same; throws NotFound. */
export async function getUserRow(db: Db, tenantId: TenantId, ref: string): Promise<UserRow> {
  const row = await findUser(db, tenantId, ref);
  if (!row) throw new NotFound('The user');
  return row;
}

/** Refuses unless the caller could assign every role that the user has, will have or could activate. */
export async function requireMayTakeOver(ctx: Ctx, trx: Trx, user: UserRow): Promise<void> {
  const { assignments } = await loadRoles(trx, user.tenantId, user.id);
  const now = ctx.clock();
  const beyond = toHeldRoles(assignments, [])
    .filter((held) => stateOf(held, now) !== 'expired')
    .find((held) => !may(ctx.caller, held.role.assignedWith));
  if (!beyond) return;
  const { displayName, assignedWith } = beyond.role;
  const detail = `${user.userName} has the role ${displayName}; changing this account needs ${assignedWith}, which assigns that role.`;
  const remedy = `Ask somebody who may assign the role ${displayName}, or have that role unassigned first.`;
  throw denied(ctx, { check: 'role', detail, remedy, target: user.id });
}

/** Throws Conflict when the user is the caller. `instead` is a sentence that says what to do. */
export function refuseOwnAccount(ctx: Ctx, user: UserRow, instead: string): void {
  const { subject } = ctx.caller;
  if (subject.kind === 'user' && subject.userId === user.id) {
    throw new Conflict('own-account', `Nobody does this to the own account. ${instead}`);
  }
}
