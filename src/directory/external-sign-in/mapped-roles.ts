// Roles that follow groups at the provider. They are assignments of their own kind: what people assigned is never touched,
// and none of these counts as the tenant's last global administrator.
import { type AuditActor, type AuditParty, recordAuditAs } from '../../audit/audit.ts';
import type { Ctx, Services } from '../../context.ts';
import type { Trx } from '../../db/store.ts';
import { dayMs, isoTime } from '../../lib/clock.ts';
import { Conflict } from '../../lib/failures.ts';
import { type AssignmentId, newId, type TenantId, type UserId } from '../../lib/ids.ts';
import { findRole } from '../role-table.ts';
import {
  assignmentsPerUserMax,
  deleteAssignment,
  insertAssignment,
  listOpenActivations,
  loadRoles,
  updateActivation,
} from '../roles-store.ts';
import type { ExternalRules } from './rules.ts';
import * as store from './store.ts';

type RoleServices = Pick<Services, 'clock' | 'keys'>;

/** Who the audit names for what a sign-in or a change of the setting does to roles. */
export type Acting = AuditActor;

interface MappedRole {
  readonly roleId: store.ExternalAssignment['roleId'];
  readonly kind: 'permanent' | 'eligible';
  /** Those of the person's groups that give it. */
  readonly groups: readonly string[];
}

const keyOf = ({ roleId, kind }: Pick<MappedRole, 'roleId' | 'kind'>): string => `${roleId} ${kind}`;

/** What these groups give, each role once for each kind. */
function rolesOfGroups(rules: ExternalRules, groups: ReadonlySet<string>): Map<string, MappedRole> {
  const mapped = new Map<string, MappedRole>();
  for (const { group, role: name, kind } of rules.groupRoles) {
    const role = groups.has(group) ? findRole(name) : undefined;
    if (!role) continue;
    const key = keyOf({ roleId: role.id, kind });
    mapped.set(key, { roleId: role.id, kind, groups: [...(mapped.get(key)?.groups ?? []), group] });
  }
  return mapped;
}

/** Those of the assignments that no group of these rules gives. */
export function rolesOutside(
  assignments: readonly store.ExternalAssignment[],
  rules: ExternalRules,
): store.ExternalAssignment[] {
  const given = rolesOfGroups(rules, new Set(rules.groupRoles.map(({ group }) => group)));
  return assignments.filter((each) => !given.has(keyOf(each)));
}

/**
 * Makes the person's roles what the groups of this sign-in give, inside its change: new ones come, the same ones are
 * prolonged, the rest goes with what was activated of it. Throws Conflict when the person has too many assignments.
 */
export async function followGroups(
  services: RoleServices,
  trx: Trx,
  who: Acting,
  user: { readonly id: UserId; readonly tenantId: TenantId; readonly userName: string },
  rules: ExternalRules,
  groups: ReadonlySet<string>,
): Promise<void> {
  const now = services.clock();
  const wanted = rolesOfGroups(rules, groups);
  const endsAt = now + rules.roleDays * dayMs;
  const present = await store.listExternalAssignments(trx, user.tenantId, user.id);
  for (const each of present) {
    const still = wanted.get(keyOf(each));
    if (still === undefined) {
      await removeOne(services, trx, who, each, 'The person is in no group any more that gives this role.');
      continue;
    }
    wanted.delete(keyOf(each));
    await store.renewAssignment(trx, user.tenantId, each.id, { endsAt, sourceGroups: JSON.stringify(still.groups) });
  }
  const { assignments } = await loadRoles(trx, user.tenantId, user.id);
  if (assignments.length + wanted.size > assignmentsPerUserMax) {
    throw new Conflict(
      'too-many-assignments',
      `${user.userName} would have more than ${assignmentsPerUserMax} role assignments.`,
    );
  }
  for (const { roleId, kind, groups: from } of wanted.values()) {
    const row: store.ExternalAssignment = {
      id: newId<AssignmentId>(),
      ...{ tenantId: user.tenantId, userId: user.id, roleId, kind, scope: null, startsAt: now, endsAt, createdAt: now },
      createdBy: 'external-sign-in',
      source: 'external-sign-in',
      sourceGroups: JSON.stringify(from),
    };
    await insertAssignment(trx, row);
    await record(services, trx, who, 'role.assign', row, {});
  }
}

/** Takes away what `pick` picks of all that the tenant has from groups. */
export async function removeExternalRoles(
  ctx: Ctx,
  trx: Trx,
  tenantId: TenantId,
  pick: (all: readonly store.ExternalAssignment[]) => readonly store.ExternalAssignment[],
  userId: UserId | null = null,
): Promise<void> {
  const who: Acting = { actor: partyOf(ctx), origin: ctx.origin, correlationId: ctx.correlationId };
  for (const each of pick(await store.listExternalAssignments(trx, tenantId, userId))) {
    await removeOne(ctx, trx, who, each, 'External sign-in does not give this role any more.');
  }
}

function partyOf({ caller }: Ctx): AuditParty {
  const { subject } = caller;
  if (subject.kind === 'user') return { kind: 'user', id: subject.userId, name: subject.userName };
  if (subject.kind === 'agent') return { kind: 'agent', id: subject.agentId, name: subject.name };
  if (subject.kind === 'application') return { kind: 'application', id: subject.appId, name: subject.name };
  return { kind: 'operator', id: null, name: subject.name };
}

async function removeOne(
  services: RoleServices,
  trx: Trx,
  who: Acting,
  row: store.ExternalAssignment,
  reason: string,
): Promise<void> {
  const now = services.clock();
  for (const open of await listOpenActivations(trx, row.tenantId, { assignmentId: row.id }, now)) {
    const change =
      open.status === 'pending' ? { status: 'canceled' as const } : { status: 'ended' as const, endsAt: now };
    await updateActivation(trx, row.tenantId, open.id, change);
    await recordAuditAs(services, trx, row.tenantId, who, {
      action: 'role.deactivate',
      target: { kind: 'role-activation', id: open.id, name: findRole(open.roleId)?.displayName },
      details: { userId: open.userId, was: open.status, reason },
    });
  }
  await deleteAssignment(trx, row.tenantId, row.id);
  await record(services, trx, who, 'role.unassign', row, { reason });
}

async function record(
  services: RoleServices,
  trx: Trx,
  who: Acting,
  action: 'role.assign' | 'role.unassign',
  row: store.ExternalAssignment,
  more: Readonly<Record<string, unknown>>,
): Promise<void> {
  await recordAuditAs(services, trx, row.tenantId, who, {
    action,
    target: { kind: 'user', id: row.userId },
    details: {
      assignmentId: row.id,
      role: findRole(row.roleId)?.displayName ?? row.roleId,
      kind: row.kind,
      source: row.source,
      endsAt: isoTime(row.endsAt),
      ...more,
    },
  });
}
