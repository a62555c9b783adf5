// Break-glass: whoever rules the server's own machine can restore a tenant's administrator when nobody can sign in any
// more. It asks for no password, so it is reachable from that machine only, and it is recorded twice: in the tenant's
// audit and in the deployment's.
import { recordAuditAs } from '../audit/audit.ts';
import type { Services } from '../context.ts';
import type { Trx } from '../db/store.ts';
import { NotFound } from '../lib/failures.ts';
import { type AssignmentId, newId, systemTenantId } from '../lib/ids.ts';
import { replaceRecoveryCodes } from './credentials-store.ts';
import { clearAccount } from './lock-out.ts';
import { parseText, parseUserName } from './naming.ts';
import { hashPassword, mintOneTimePassword } from './passwords.ts';
import { globalAdministratorId } from './role-table.ts';
import { deleteAssignment, insertAssignment, loadRoles } from './roles-store.ts';
import { endSessions } from './sessions.ts';
import { findTenant, type Tenant } from './tenants.ts';
import { updateTenant } from './tenants-store.ts';
import { addUser } from './users.ts';
import { findUserByName, type UserRow, updateUser } from './users-store.ts';

export interface BreakGlassInput {
  /** Id, slug or domain. */
  readonly tenantRef: string;
  readonly userName: string;
  /** Why, for the audit: 1 to 500 characters. */
  readonly reason: string;
}

export interface BreakGlassResult {
  readonly tenant: Pick<Tenant, 'id' | 'slug' | 'displayName'>;
  readonly user: Pick<UserRow, 'id' | 'userName' | 'displayName'>;
  /** Shown now and never again; the first sign-in must replace it. */
  readonly oneTimePassword: string;
}

const actor = { kind: 'operator' as const, id: null, name: 'break-glass' };
const reasonLengthMax = 500;

/**
 * Enables the tenant and the user (who is made when absent, restored when deleted), sets a one-time password, removes
 * the second factor, ends the sessions, lifts the lock-out of the account and makes it a permanent global administrator.
 * Throws NotFound for an unknown tenant and InvalidInput for a user name that the tenant cannot have.
 */
export async function breakGlass(services: Services, input: BreakGlassInput): Promise<BreakGlassResult> {
  const reason = parseText('reason', input.reason, reasonLengthMax);
  const { userName } = parseUserName('userName', input.userName);
  const found = await findTenant(services.store.db, input.tenantRef);
  if (!found) throw new NotFound('The tenant');
  const oneTimePassword = mintOneTimePassword();
  const passwordHash = await hashPassword(oneTimePassword);
  return await services.store.change(found.id, async (trx) => {
    const changed: string[] = [];
    await reopenTenant(services, trx, found, changed);
    const user = await reopenUser(services, trx, found, { userName, passwordHash }, changed);
    const ended = await endSessions(trx, found.id, user.id, services.clock());
    await replaceRecoveryCodes(trx, found.id, user.id, []);
    await clearAccount(services, trx, { tenantId: found.id, userName });
    await makeGlobalAdministrator(services, trx, user, changed);
    const details = { reason, changed, sessionsEnded: ended, tenant: found.slug };
    const target = { kind: 'user', id: user.id, name: user.userName };
    for (const chain of [found.id, systemTenantId]) {
      await recordAuditAs(
        services,
        trx,
        chain,
        { actor, origin: null, correlationId: null },
        {
          action: 'access.break-glass',
          target,
          details,
        },
      );
    }
    // Name by name: the rows behind them hold hashes and more, and this answer is printed.
    return {
      tenant: { id: found.id, slug: found.slug, displayName: found.displayName },
      user: { id: user.id, userName: user.userName, displayName: user.displayName },
      oneTimePassword,
    };
  });
}

async function reopenTenant(services: Services, trx: Trx, tenant: Tenant, changed: string[]): Promise<void> {
  if (tenant.status === 'enabled') return;
  await updateTenant(trx, tenant.id, {
    status: 'enabled',
    statusBeforeDeletion: null,
    statusChangedAt: services.clock(),
  });
  changed.push(`The tenant was ${tenant.status}; it is enabled.`);
}

async function reopenUser(
  services: Services,
  trx: Trx,
  tenant: Tenant,
  wanted: { userName: string; passwordHash: string },
  changed: string[],
): Promise<UserRow> {
  const { userName, passwordHash } = wanted;
  const present = await findUserByName(trx, tenant.id, userName);
  if (!present) {
    changed.push('The user was made.');
    return await addUser(services, trx, tenant.id, {
      userName,
      displayName: userName,
      passwordHash,
      mustChangePassword: true,
    });
  }
  const now = services.clock();
  await updateUser(trx, tenant.id, present.id, {
    status: 'enabled',
    statusBeforeDeletion: null,
    statusChangedAt: present.status === 'enabled' ? present.statusChangedAt : now,
    passwordHash,
    passwordChangedAt: now,
    mustChangePassword: 1,
    secondFactorSecret: null,
    secondFactorConfirmedAt: null,
    secondFactorLastStep: null,
  });
  if (present.status !== 'enabled') changed.push(`The user was ${present.status}; it is enabled.`);
  if (present.secondFactorConfirmedAt !== null) changed.push('The second factor was removed.');
  changed.push('The password was replaced by a one-time password.');
  return present;
}

/** Whatever shorter or later assignment of the role there was gives way to one that begins now and has no end. */
async function makeGlobalAdministrator(services: Services, trx: Trx, user: UserRow, changed: string[]): Promise<void> {
  const now = services.clock();
  const { assignments } = await loadRoles(trx, user.tenantId, user.id);
  const held = assignments.filter((each) => each.roleId === globalAdministratorId && each.kind === 'permanent');
  if (held.some((each) => each.startsAt <= now && each.endsAt === null && each.scope === null)) return;
  for (const each of held) await deleteAssignment(trx, user.tenantId, each.id);
  await insertAssignment(trx, {
    id: newId<AssignmentId>(),
    tenantId: user.tenantId,
    userId: user.id,
    roleId: globalAdministratorId,
    kind: 'permanent',
    scope: null,
    startsAt: now,
    endsAt: null,
    createdAt: now,
    createdBy: 'break-glass',
    source: 'people',
    sourceGroups: null,
  });
  changed.push('The user became a permanent global administrator.');
}
