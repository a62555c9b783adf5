// What activating an eligible role demands, per tenant and role: how long at most, a justification, the second factor,
// somebody else's approval. The names follow the rules of the documented service (Entra reference 4.7).
import { require } from '../access/caller.ts';
import { recordAudit } from '../audit/audit.ts';
import type { Ctx } from '../context.ts';
import type { Db } from '../db/store.ts';
import { InvalidInput } from '../lib/failures.ts';
import type { TenantId, UserId } from '../lib/ids.ts';
import { parseRole } from './assignments.ts';
import { findUser } from './managed-user.ts';
import { changeAs } from './present-rights.ts';
import type { BuiltInRole } from './role-table.ts';
import * as store from './roles-store.ts';
import { listUsersById } from './users-store.ts';

export interface RoleSettings {
  readonly activationSecondsMax: number;
  readonly requiresJustification: boolean;
  readonly requiresSecondFactor: boolean;
  readonly requiresApproval: boolean;
  /** Who may approve; empty means whoever may assign the role. */
  readonly approvers: readonly UserId[];
}

/** Eight hours and a justification: what the documented service starts with. */
export const initialRoleSettings: RoleSettings = {
  activationSecondsMax: 8 * 3600,
  requiresJustification: true,
  requiresSecondFactor: false,
  requiresApproval: false,
  approvers: [],
};

/** Shortest activation, and the longest that a tenant may allow (Entra reference 4.7: 5 minutes; one day). */
export const activationSeconds = { min: 300, max: 86_400 } as const;

const approversMax = 50;

/** What counts for this role in this tenant now. */
export async function loadRoleSettings(db: Db, tenantId: TenantId, role: BuiltInRole): Promise<RoleSettings> {
  const row = await store.findRoleSettings(db, tenantId, role.id);
  return row ? fromRow(row) : initialRoleSettings;
}

/** The settings of every role that the tenant changed, by role id. */
export async function loadAllRoleSettings(db: Db, tenantId: TenantId): Promise<ReadonlyMap<string, RoleSettings>> {
  const rows = await store.listRoleSettings(db, tenantId);
  return new Map(rows.map((row) => [row.roleId as string, fromRow(row)]));
}

function fromRow(row: store.RoleSettingsRow): RoleSettings {
  return {
    activationSecondsMax: row.activationSecondsMax,
    requiresJustification: row.requiresJustification === 1,
    requiresSecondFactor: row.requiresSecondFactor === 1,
    requiresApproval: row.requiresApproval === 1,
    approvers: JSON.parse(row.approvers) as UserId[], // Written below, from ids that were looked up.
  };
}

export interface ShownRoleSettings extends Omit<RoleSettings, 'approvers'> {
  readonly approvers: readonly { readonly id: UserId; readonly userName: string; readonly displayName: string }[];
}

/** A role's settings with its approvers by name. Needs Roles.read. */
export async function getRoleSettings(ctx: Ctx, roleRef: string): Promise<ShownRoleSettings> {
  require(ctx.caller, 'Roles.read');
  return await show(ctx, await loadRoleSettings(ctx.store.db, ctx.caller.tenantId, parseRole('role', roleRef)));
}

async function show(ctx: Ctx, settings: RoleSettings): Promise<ShownRoleSettings> {
  const users = await listUsersById(ctx.store.db, ctx.caller.tenantId, settings.approvers);
  const approvers = users.map(({ id, userName, displayName }) => ({ id, userName, displayName }));
  return { ...settings, approvers };
}

/** Changes what is given and keeps the rest; `approvers` are ids or user names. Same permission as assigning the role. */
export async function putRoleSettings(
  ctx: Ctx,
  roleRef: string,
  change: Partial<Omit<RoleSettings, 'approvers'>> & { approvers?: readonly string[] },
): Promise<ShownRoleSettings> {
  const role = parseRole('role', roleRef);
  require(ctx.caller, role.assignedWith);
  const { tenantId } = ctx.caller;
  const { min, max } = activationSeconds;
  const seconds = change.activationSecondsMax;
  if (seconds !== undefined && (!Number.isInteger(seconds) || seconds < min || seconds > max)) {
    throw new InvalidInput('activationSecondsMax', `The longest activation has ${min} to ${max} seconds.`);
  }
  if ((change.approvers?.length ?? 0) > approversMax) {
    throw new InvalidInput('approvers', `A role has at most ${approversMax} approvers.`);
  }
  const settings = await changeAs(ctx, role.assignedWith, async (trx) => {
    const before = await loadRoleSettings(trx, tenantId, role);
    const approvers = change.approvers ? await parseApprovers(trx, tenantId, change.approvers) : before.approvers;
    const after: RoleSettings = {
      activationSecondsMax: seconds ?? before.activationSecondsMax,
      requiresJustification: change.requiresJustification ?? before.requiresJustification,
      requiresSecondFactor: change.requiresSecondFactor ?? before.requiresSecondFactor,
      requiresApproval: change.requiresApproval ?? before.requiresApproval,
      approvers,
    };
    await store.putRoleSettings(trx, {
      tenantId,
      roleId: role.id,
      activationSecondsMax: after.activationSecondsMax,
      requiresJustification: after.requiresJustification ? 1 : 0,
      requiresSecondFactor: after.requiresSecondFactor ? 1 : 0,
      requiresApproval: after.requiresApproval ? 1 : 0,
      approvers: JSON.stringify(approvers),
    });
    const target = { kind: 'role', id: role.id, name: role.displayName };
    await recordAudit(ctx, trx, { action: 'role.settings', target, details: { before, after } });
    return after;
  });
  return await show(ctx, settings);
}

async function parseApprovers(db: Db, tenantId: TenantId, refs: readonly string[]): Promise<UserId[]> {
  const ids = new Set<UserId>();
  for (const ref of refs) {
    const user = await findUser(db, tenantId, ref);
    if (user?.status !== 'enabled') {
      throw new InvalidInput('approvers', `There is no enabled user ${ref.slice(0, 120)} in this tenant.`);
    }
    ids.add(user.id);
  }
  return [...ids];
}
