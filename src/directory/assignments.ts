// Who has which role: permanent, or eligible until activated; for good or for a time; for the whole tenant or a part of
// its data. What an assignment gives at a moment is decided in effective.ts.
import { require, requireUser } from '../access/caller.ts';
import { recordAudit } from '../audit/audit.ts';
import type { Ctx, Services } from '../context.ts';
import type { Db, Trx } from '../db/store.ts';
import { isoTime, minuteMs } from '../lib/clock.ts';
import { Conflict, InvalidInput, NotFound } from '../lib/failures.ts';
import { type AssignmentId, isGuid, newId, type TenantId, type UserId } from '../lib/ids.ts';
import { endActivationsOfAssignment } from './activation-ends.ts';
import { parseAssignmentScope, type ScopeInput } from './assignment-scope.ts';
import { type AssignmentScope, parseScope, type RoleState, runningOf, stateOf, toHeldRoles } from './effective.ts';
import { keepingAdministrator } from './last-administrator.ts';
import { getUserRow } from './managed-user.ts';
import { type Listed, type PageRequest, parsePage } from './paging.ts';
import { changeAs, requireStill } from './present-rights.ts';
import { type BuiltInRole, findRole } from './role-table.ts';
import * as store from './roles-store.ts';
import { listUsersById, type UserRow } from './users-store.ts';

export interface Assignment {
  readonly id: AssignmentId;
  readonly user: { readonly id: UserId; readonly userName: string; readonly displayName: string };
  readonly role: BuiltInRole;
  readonly kind: 'permanent' | 'eligible';
  /** Null when the role covers the whole tenant. */
  readonly scope: AssignmentScope | null;
  readonly startsAt: number;
  readonly endsAt: number | null;
  readonly createdAt: number;
  /** Id of the user who assigned it, or a word for who did where that was no user. */
  readonly createdBy: string;
  /** `external-sign-in` comes and goes with the person's groups at the tenant's provider. */
  readonly source: store.AssignmentRow['source'];
  /** The provider's groups that gave it at the person's last sign-in; none where people assigned it. */
  readonly groups: readonly string[];
  readonly state: RoleState;
  /** When it stops being in force by itself; null when it is not in force or has no end. */
  readonly activeUntil: number | null;
}

export interface NewAssignment {
  readonly role: BuiltInRole;
  readonly kind: 'permanent' | 'eligible';
  readonly scope?: ScopeInput;
  /** Epoch milliseconds; now unless given. */
  readonly startsAt?: number;
  /** Epoch milliseconds; null or absent for no end. */
  readonly endsAt?: number | null;
}

/** How far in the past a start may lie: clocks differ, and people pick "now". It counts as now. */
const startToleranceMs = 5 * minuteMs;

/** Role by id or key, from outside; throws InvalidInput. */
export function parseRole(field: string, ref: string): BuiltInRole {
  const role = findRole(ref.trim());
  if (!role) throw new InvalidInput(field, 'There is no such role. "sallyport role list" shows ids and keys.');
  return role;
}

/**
 * Adds an assignment inside the caller's transaction; nobody's rights are asked. Throws InvalidInput that names scope,
 * startsAt or endsAt, and Conflict when the user has the role in that way already.
 */
export async function addAssignment(
  services: Pick<Services, 'clock'>,
  trx: Trx,
  user: Pick<UserRow, 'id' | 'tenantId'>,
  input: NewAssignment,
  createdBy: string,
): Promise<store.AssignmentRow> {
  const now = services.clock();
  const { startsAt, endsAt } = parsePeriod(input, now);
  const scope = await parseAssignmentScope(trx, user.tenantId, input.role, input.scope);
  const { assignments } = await store.loadRoles(trx, user.tenantId, user.id);
  if (assignments.length >= store.assignmentsPerUserMax) {
    throw new Conflict(
      'too-many-assignments',
      `This user has ${store.assignmentsPerUserMax} role assignments. Unassign some that are over first.`,
    );
  }
  const row: store.AssignmentRow = {
    id: newId<AssignmentId>(),
    tenantId: user.tenantId,
    userId: user.id,
    roleId: input.role.id,
    kind: input.kind,
    scope: scope && JSON.stringify(scope),
    startsAt,
    endsAt,
    createdAt: now,
    createdBy,
    source: 'people',
    sourceGroups: null,
  };
  if (assignments.some((each) => isSameRole(each, row) && overlaps(each, row))) {
    const kind = input.kind === 'eligible' ? 'is eligible for' : 'has';
    throw new Conflict(
      'role-assigned-already',
      `The user ${kind} the role ${input.role.displayName} in that time already. Unassign that assignment first, or choose another time.`,
    );
  }
  await store.insertAssignment(trx, row);
  return row;
}

function parsePeriod(input: NewAssignment, now: number): { startsAt: number; endsAt: number | null } {
  const wanted = input.startsAt ?? now;
  if (!Number.isSafeInteger(wanted) || wanted < now - startToleranceMs) {
    throw new InvalidInput('startsAt', 'The start must not lie in the past. Leave it out to begin now.');
  }
  const startsAt = Math.max(wanted, now);
  const endsAt = input.endsAt ?? null;
  if (endsAt !== null && (!Number.isSafeInteger(endsAt) || endsAt <= startsAt)) {
    throw new InvalidInput('endsAt', 'The end must lie after the start and after now. Leave it out for no end.');
  }
  return { startsAt, endsAt };
}

function isSameRole(left: store.AssignmentRow, right: store.AssignmentRow): boolean {
  const isAlike = left.roleId === right.roleId && left.kind === right.kind && left.scope === right.scope;
  return isAlike && left.source === right.source;
}

function overlaps(left: store.AssignmentRow, right: store.AssignmentRow): boolean {
  return (
    (left.endsAt === null || right.startsAt < left.endsAt) && (right.endsAt === null || left.startsAt < right.endsAt)
  );
}

/** Assigns a role to a user, by the permission that the role table names for it (Roles.manage or CloudAppsRoles.manage). */
export async function assignRole(
  ctx: Ctx,
  input: Omit<NewAssignment, 'role'> & { user: string; role: string; justification?: string | undefined },
): Promise<Assignment> {
  const role = parseRole('role', input.role);
  require(ctx.caller, role.assignedWith);
  const { tenantId } = ctx.caller;
  const row = await changeAs(ctx, role.assignedWith, async (trx) => {
    const user = await getUserRow(trx, tenantId, input.user);
    if (user.status === 'deleted') {
      throw new Conflict('deleted', `The user ${user.userName} is deleted. Restore the user first.`);
    }
    const added = await addAssignment(ctx, trx, user, { ...input, role }, actorId(ctx));
    await recordAssignmentAct(ctx, trx, 'role.assign', added, user, input.justification);
    return added;
  });
  return await toAssignment(ctx, row);
}

function actorId(ctx: Ctx): string {
  const { subject } = ctx.caller;
  if (subject.kind === 'user') return subject.userId;
  if (subject.kind === 'application') return subject.appId;
  return subject.kind === 'agent' ? subject.agentId : subject.name;
}

/** Takes an assignment away and ends what was activated of it at once. Same permission as assigning the role. */
export async function unassignRole(ctx: Ctx, id: string, justification?: string): Promise<void> {
  const { tenantId } = ctx.caller;
  // Who may not see assignments learns nothing from the id; who may still needs the permission for that very role.
  require(ctx.caller, 'Roles.read');
  await ctx.store.change(tenantId, async (trx) => {
    const row = await getAssignmentRow(trx, tenantId, id);
    await requireStill(ctx, trx, parseRole('role', row.roleId).assignedWith);
    const user = await getUserRow(trx, tenantId, row.userId);
    await keepingAdministrator(trx, tenantId, ctx.clock(), () => store.deleteAssignment(trx, tenantId, row.id));
    await recordAssignmentAct(ctx, trx, 'role.unassign', row, user, justification);
    await endActivationsOfAssignment(ctx, trx, row, 'The role was unassigned.');
  });
}

/** Throws NotFound for an id that is none of the tenant's assignments. */
export async function getAssignmentRow(db: Db, tenantId: TenantId, id: string): Promise<store.AssignmentRow> {
  const row = isGuid(id) ? await store.findAssignment(db, tenantId, id.toLowerCase()) : undefined;
  if (!row) throw new NotFound('The role assignment');
  return row;
}

async function recordAssignmentAct(
  ctx: Ctx,
  trx: Trx,
  action: 'role.assign' | 'role.unassign',
  row: store.AssignmentRow,
  user: Pick<UserRow, 'id' | 'userName'>,
  justification?: string,
): Promise<void> {
  await recordAudit(ctx, trx, {
    action,
    target: { kind: 'user', id: user.id, name: user.userName },
    details: {
      assignmentId: row.id,
      role: findRole(row.roleId)?.displayName ?? row.roleId,
      kind: row.kind,
      scope: row.scope === null ? null : parseScope(row.scope),
      startsAt: isoTime(row.startsAt),
      endsAt: isoTime(row.endsAt),
      ...(justification === undefined ? {} : { justification }),
    },
  });
}

/** One page of the tenant's assignments, newest first, of one user or role if wanted. Needs Roles.read. */
export async function listAssignments(
  ctx: Ctx,
  request: PageRequest & { user?: string; role?: string },
): Promise<Listed<Assignment>> {
  require(ctx.caller, 'Roles.read');
  const page = parsePage(ctx.config, request, ['createdAt'], 'desc');
  const { db } = ctx.store;
  const { tenantId } = ctx.caller;
  const userId = request.user === undefined ? undefined : (await getUserRow(db, tenantId, request.user)).id;
  const roleId = request.role === undefined ? undefined : parseRole('role', request.role).id;
  const { rows, total } = await store.pageAssignments(db, tenantId, { userId, roleId }, page);
  return { items: await toAssignments(ctx, rows), total };
}

/** The caller's own assignments, whatever roles they give. For people only. */
export async function listOwnAssignments(ctx: Ctx): Promise<Assignment[]> {
  const { userId } = requireUser(ctx.caller);
  const { assignments } = await store.loadRoles(ctx.store.db, ctx.caller.tenantId, userId);
  return await toAssignments(ctx, assignments);
}

async function toAssignment(ctx: Ctx, row: store.AssignmentRow): Promise<Assignment> {
  const [assignment] = await toAssignments(ctx, [row]);
  if (!assignment) throw new Error('One row gave no assignment.');
  return assignment;
}

async function toAssignments(ctx: Ctx, rows: readonly store.AssignmentRow[]): Promise<Assignment[]> {
  const { db } = ctx.store;
  const { tenantId } = ctx.caller;
  const now = ctx.clock();
  const userIds = [...new Set(rows.map((row) => row.userId))];
  const users = new Map((await listUsersById(db, tenantId, userIds)).map((user) => [user.id, user]));
  const activations = await store.listRunningActivations(db, tenantId, userIds, now);
  return rows.flatMap((row) => {
    const [held] = toHeldRoles([row], activations);
    const user = users.get(row.userId);
    if (!held || !user) return [];
    return [
      {
        id: row.id,
        user: { id: user.id, userName: user.userName, displayName: user.displayName },
        role: held.role,
        kind: row.kind,
        scope: row.scope === null ? null : held.scope,
        startsAt: row.startsAt,
        endsAt: row.endsAt,
        createdAt: row.createdAt,
        createdBy: row.createdBy,
        source: row.source,
        groups: row.sourceGroups === null ? [] : (JSON.parse(row.sourceGroups) as string[]), // Written by followGroups.
        state: stateOf(held, now),
        activeUntil: runningOf(held, now)?.until ?? null,
      },
    ];
  });
}
