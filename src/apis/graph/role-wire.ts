// Roles and their schedules as Graph writes them (Entra reference 4.7).
import type { ListedActivation, ListedRole } from '../../directory/directory-lists.ts';
import type { BuiltInRole } from '../../directory/role-table.ts';
import { isoTime, secondMs } from '../../lib/clock.ts';
import { isGuid } from '../../lib/ids.ts';
import { formatDuration } from './durations.ts';
import type { Action } from './schedule-body.ts';

type RoleDefinition = ReturnType<typeof makeRoleDefinition>;

/** Built-in roles never change, and each of them has many permissions. */
const made = new WeakMap<BuiltInRole, RoleDefinition>();

export function roleDefinitionWire(role: BuiltInRole): RoleDefinition {
  const known = made.get(role);
  if (known) return known;
  const definition = makeRoleDefinition(role);
  made.set(role, definition);
  return definition;
}

function makeRoleDefinition({ id, displayName, permissions }: BuiltInRole) {
  return {
    id,
    description: `Built-in role ${displayName}.`,
    displayName,
    isBuiltIn: true,
    isEnabled: true,
    resourceScopes: ['/'],
    templateId: id,
    version: '1',
    rolePermissions: [{ allowedResourceActions: [...permissions].sort(), condition: null }],
  };
}

/** Everything for the whole organisation. */
const scope = { directoryScopeId: '/', appScopeId: null } as const;

type Expandable = Readonly<Record<string, unknown>>;

export function expandRole(role: BuiltInRole, expanded: readonly string[]): Expandable {
  return expanded.includes('roleDefinition') ? { roleDefinition: roleDefinitionWire(role) } : {};
}

export function roleAssignmentWire({ id, userId, role }: ListedRole) {
  return { id, principalId: userId, roleDefinitionId: role.id, ...scope };
}

function scheduleInfo(startsAt: number | null, endsAt: number | null, duration: string | null = null) {
  const type = duration !== null ? 'afterDuration' : endsAt !== null ? 'afterDateTime' : 'noExpiration';
  return {
    startDateTime: isoTime(startsAt),
    recurrence: null,
    expiration: { type, endDateTime: isoTime(endsAt), duration },
  };
}

const typeOf = ({ isActivated }: ListedRole) => (isActivated ? 'Activated' : 'Assigned');

export function eligibilityScheduleWire(listed: ListedRole) {
  return {
    ...roleAssignmentWire(listed),
    createdUsing: listed.id,
    createdDateTime: isoTime(listed.createdAt),
    modifiedDateTime: null,
    status: 'Provisioned',
    memberType: 'Direct',
    scheduleInfo: scheduleInfo(listed.startsAt, listed.endsAt),
  };
}

export function assignmentScheduleWire(listed: ListedRole) {
  return { ...eligibilityScheduleWire(listed), assignmentType: typeOf(listed) };
}

export function eligibilityInstanceWire(listed: ListedRole) {
  return {
    ...roleAssignmentWire(listed),
    startDateTime: isoTime(listed.startsAt),
    endDateTime: isoTime(listed.endsAt),
    memberType: 'Direct',
    roleEligibilityScheduleId: listed.id,
  };
}

export function assignmentInstanceWire(listed: ListedRole) {
  const { roleEligibilityScheduleId, ...rest } = eligibilityInstanceWire(listed);
  return { ...rest, assignmentType: typeOf(listed), roleAssignmentScheduleId: roleEligibilityScheduleId };
}

interface RequestParts {
  readonly id: string;
  readonly action: Action;
  readonly status: string;
  readonly principalId: string;
  readonly role: BuiltInRole;
  readonly targetScheduleId: string | null;
  readonly justification: string | null;
  readonly createdAt: number;
  readonly completedAt: number | null;
  readonly approvalId?: string | null;
  readonly createdBy: string;
  readonly schedule: ReturnType<typeof scheduleInfo> | null;
}

export function requestWire(parts: RequestParts) {
  const { id, action, status, principalId, role, targetScheduleId, justification, schedule } = parts;
  const { createdAt, completedAt, createdBy } = parts;
  const user = { id: isGuid(createdBy) ? createdBy : null, displayName: isGuid(createdBy) ? null : createdBy };
  return {
    id,
    status,
    createdDateTime: isoTime(createdAt),
    completedDateTime: isoTime(completedAt),
    approvalId: parts.approvalId ?? null,
    customData: null,
    action,
    principalId,
    roleDefinitionId: role.id,
    ...scope,
    isValidationOnly: false,
    targetScheduleId,
    justification,
    createdBy: { application: null, device: null, user },
    scheduleInfo: schedule,
    ticketInfo: { ticketNumber: null, ticketSystem: null },
  };
}

/** What an assignment was asked for with; it is there as soon as it is asked for. */
export function assignRequestWire(listed: ListedRole, justification: string | null = null) {
  return requestWire({
    id: listed.id,
    action: 'adminAssign',
    status: 'Provisioned',
    principalId: listed.userId,
    role: listed.role,
    targetScheduleId: listed.id,
    justification,
    createdAt: listed.createdAt,
    completedAt: listed.createdAt,
    createdBy: listed.createdBy,
    schedule: scheduleInfo(listed.startsAt, listed.endsAt),
  });
}

const statuses: Readonly<Record<ListedActivation['status'], string>> = {
  pending: 'PendingApproval',
  granted: 'Granted',
  denied: 'Denied',
  canceled: 'Canceled',
  ended: 'Revoked',
  lapsed: 'Failed',
};

export function activationRequestWire(row: ListedActivation) {
  const needsApproval = row.status === 'pending' || row.decidedAt !== null;
  return requestWire({
    id: row.id,
    action: 'selfActivate',
    status: statuses[row.status],
    principalId: row.userId,
    role: row.role,
    targetScheduleId: row.assignmentId,
    justification: row.justification,
    createdAt: row.requestedAt,
    completedAt: row.decidedAt ?? (row.status === 'pending' ? null : row.requestedAt),
    approvalId: needsApproval ? row.id : null,
    createdBy: row.userId,
    schedule: scheduleInfo(row.startsAt, row.endsAt, formatDuration(row.durationSeconds * secondMs)),
  });
}
