// What a person may do now. Rights are loaded once and stay right as time passes: `rightsAt` decides from the times in
// them, so that an activation ends by itself even while its owner's rights lie in a cache.
import { type AppInstance, type DataScope, everyReport, wholeTenant } from '../access/caller.ts';
import type { Permission } from '../access/permissions.ts';
import type { Db } from '../db/store.ts';
import type { ActivationId, AssignmentId, TenantId, UserId } from '../lib/ids.ts';
import { type BuiltInRole, findRole } from './role-table.ts';
import { type ActivationRow, type AssignmentRow, loadRoles } from './roles-store.ts';

/** The part of the data that an assignment of a scoped role names; lists that the role does not use are empty. */
export interface AssignmentScope {
  readonly instances: readonly AppInstance[];
  readonly groupIds: readonly string[];
  readonly reportIds: readonly string[];
}

export const emptyScope: AssignmentScope = { instances: [], groupIds: [], reportIds: [] };

/** One assignment with what was activated of it. Times are epoch milliseconds, ends are exclusive, null is no end. */
export interface HeldRole {
  readonly assignmentId: AssignmentId;
  readonly role: BuiltInRole;
  readonly kind: 'permanent' | 'eligible';
  readonly scope: AssignmentScope;
  readonly startsAt: number;
  readonly endsAt: number | null;
  readonly activations: readonly { readonly id: ActivationId; readonly startsAt: number; readonly endsAt: number }[];
}

export interface Rights {
  readonly tenant: {
    readonly id: TenantId;
    readonly slug: string;
    readonly displayName: string;
    /** The integer that the cloud-apps surface calls tenantId. */
    readonly number: number;
    readonly status: 'enabled' | 'disabled' | 'deleted';
    readonly isOperator: boolean;
  };
  readonly user: {
    readonly id: UserId;
    readonly userName: string;
    readonly displayName: string;
    readonly status: 'enabled' | 'disabled' | 'deleted';
  };
  readonly roles: readonly HeldRole[];
}

/** A role in force; `until` is when it ends by itself, null when it does not. */
export interface ActiveRole {
  readonly held: HeldRole;
  readonly until: number | null;
  /** Set when the role is in force because it was activated. */
  readonly activationId: ActivationId | null;
}

export interface RightsNow {
  /** Every permission in force, implied ones included, with the data it reaches. */
  readonly permissions: ReadonlyMap<Permission, DataScope>;
  readonly isFullAdministrator: boolean;
  /** What an eligible role would add if it were activated now, with that role's display name. */
  readonly dormant: ReadonlyMap<Permission, string>;
  readonly activeRoles: readonly ActiveRole[];
  /** Eligible roles that could be activated now and are not. */
  readonly eligibleRoles: readonly HeldRole[];
  /** When the answer changes by time alone; null when it never does. */
  readonly nextChangeAt: number | null;
}

/** The user with everything that gives or could give rights; undefined when the tenant has no such user. */
export async function loadRights(db: Db, tenantId: TenantId, userId: UserId): Promise<Rights | undefined> {
  const row = await db
    .selectFrom('users')
    .innerJoin('tenants', 'tenants.id', 'users.tenantId')
    .select([
      'users.userName',
      'users.displayName',
      'users.status',
      'tenants.slug',
      'tenants.displayName as tenantName',
      'tenants.number',
      'tenants.isOperator',
      'tenants.status as tenantStatus',
    ])
    .where('users.tenantId', '=', tenantId)
    .where('users.id', '=', userId)
    .executeTakeFirst();
  if (!row) return undefined;
  const { assignments, activations } = await loadRoles(db, tenantId, userId);
  return {
    tenant: {
      id: tenantId,
      slug: row.slug,
      displayName: row.tenantName,
      number: row.number,
      status: row.tenantStatus,
      isOperator: row.isOperator === 1,
    },
    user: { id: userId, userName: row.userName, displayName: row.displayName, status: row.status },
    roles: toHeldRoles(assignments, activations),
  };
}

/** Assignments with their granted activations. A role that this version does not know gives nothing and is left out. */
export function toHeldRoles(assignments: readonly AssignmentRow[], activations: readonly ActivationRow[]): HeldRole[] {
  return assignments.flatMap((each) => {
    const role = findRole(each.roleId);
    if (!role) return [];
    const granted = activations.flatMap(({ id, assignmentId, status, startsAt, endsAt }) =>
      assignmentId === each.id && status === 'granted' && startsAt !== null && endsAt !== null
        ? [{ id, startsAt, endsAt }]
        : [],
    );
    const { id: assignmentId, kind, startsAt, endsAt } = each;
    return [{ assignmentId, role, kind, scope: parseScope(each.scope), startsAt, endsAt, activations: granted }];
  });
}

/** How an assignment stands at `now`, whoever holds it: in force, to be activated, not begun or over. */
export type RoleState = 'active' | 'eligible' | 'scheduled' | 'expired';

export function stateOf(held: HeldRole, now: number): RoleState {
  if (held.endsAt !== null && held.endsAt <= now) return 'expired';
  if (held.startsAt > now) return 'scheduled';
  return runningOf(held, now) ? 'active' : 'eligible';
}

/** The stored scope of an assignment. A scope that is missing or cannot be read names nothing. */
export function parseScope(stored: string | null): AssignmentScope {
  if (stored === null) return emptyScope;
  // Written by assignments.ts only, after validation; a list that an older version left out is empty.
  return { ...emptyScope, ...(JSON.parse(stored) as Partial<AssignmentScope>) };
}

/**
 * What is in force at `now` (epoch milliseconds). Nothing is while the user or the tenant is not enabled. Rights unite
 * over all roles in force; `Tenants.manage` counts only in the operator's tenant, whose global administrators also
 * manage the deployment's other tenants.
 */
export function rightsAt(rights: Rights, now: number): RightsNow {
  const isEnabled = rights.user.status === 'enabled' && rights.tenant.status === 'enabled';
  const current = isEnabled ? rights.roles.filter((held) => isWithin(now, held.startsAt, held.endsAt)) : [];
  const activeRoles = current.flatMap((held) => runningOf(held, now) ?? []);
  const active = new Set(activeRoles.map((each) => each.held));
  const eligibleRoles = current.filter((held) => !active.has(held));
  const permissions = new Map<Permission, DataScope>();
  for (const { held } of activeRoles) {
    for (const permission of permissionsOf(held.role, rights.tenant.isOperator)) {
      permissions.set(permission, unite(permissions.get(permission), dataScope(held, permission)));
    }
  }
  const dormant = new Map<Permission, string>();
  for (const held of eligibleRoles) {
    for (const permission of permissionsOf(held.role, rights.tenant.isOperator)) {
      if (!permissions.has(permission) && !dormant.has(permission)) dormant.set(permission, held.role.displayName);
    }
  }
  return {
    permissions,
    isFullAdministrator: activeRoles.some(({ held }) => held.role.isFullAdministrator),
    dormant,
    activeRoles,
    eligibleRoles,
    nextChangeAt: isEnabled ? nextChange(rights.roles, now) : null,
  };
}

/** The role as it is in force at `now`; undefined when it is not. */
export function runningOf(held: HeldRole, now: number): ActiveRole | undefined {
  if (!isWithin(now, held.startsAt, held.endsAt)) return undefined;
  if (held.kind === 'permanent') return { held, until: held.endsAt, activationId: null };
  const running = held.activations
    .filter((each) => isWithin(now, each.startsAt, each.endsAt))
    .sort((left, right) => right.endsAt - left.endsAt)[0];
  return running && { held, until: Math.min(running.endsAt, held.endsAt ?? running.endsAt), activationId: running.id };
}

function isWithin(now: number, startsAt: number, endsAt: number | null): boolean {
  return startsAt <= now && (endsAt === null || now < endsAt);
}

function* permissionsOf(role: BuiltInRole, isOperatorTenant: boolean): Generator<Permission> {
  for (const permission of role.permissions) {
    if (permission !== 'Tenants.manage' || isOperatorTenant) yield permission;
  }
}

function dataScope(held: HeldRole, permission: Permission): DataScope {
  if (held.role.scopedBy === 'nothing') {
    const isCut = held.role.alertsReach === 'discovery' && permission.startsWith('Alerts.');
    return isCut ? { all: false, instances: [], groupIds: [], reportIds: [everyReport] } : wholeTenant;
  }
  const { instances, groupIds, reportIds } = held.scope;
  // Each role reaches only by the list that it is scoped by, whatever else may be stored.
  return {
    all: false,
    instances: held.role.scopedBy === 'app-instances' ? instances : [],
    groupIds: held.role.scopedBy === 'user-groups' ? groupIds : [],
    reportIds: held.role.scopedBy === 'discovery-reports' ? reportIds : [],
  };
}

/** A record lies in the union when it lies in one of the two. */
function unite(left: DataScope | undefined, right: DataScope): DataScope {
  if (!left) return right;
  if (left.all || right.all) return wholeTenant;
  const instances = new Map(
    [...left.instances, ...right.instances].map((each) => [`${each.appId}/${each.instance}`, each]),
  );
  return {
    all: false,
    instances: [...instances.values()],
    groupIds: [...new Set([...left.groupIds, ...right.groupIds])],
    reportIds: [...new Set([...left.reportIds, ...right.reportIds])],
  };
}

function nextChange(roles: readonly HeldRole[], now: number): number | null {
  let next: number | null = null;
  const consider = (at: number | null) => {
    if (at !== null && at > now && (next === null || at < next)) next = at;
  };
  for (const held of roles) {
    consider(held.startsAt);
    consider(held.endsAt);
    for (const { startsAt, endsAt } of held.kind === 'eligible' ? held.activations : []) {
      consider(startsAt);
      consider(endsAt);
    }
  }
  return next;
}
