// What others do with somebody's activation: approve or deny a request, end what runs, see what there is.
import { may, require, requireUser } from '../access/caller.ts';
import type { Ctx } from '../context.ts';
import type { Db, Trx } from '../db/store.ts';
import { secondMs } from '../lib/clock.ts';
import { Conflict, InvalidInput, NotFound } from '../lib/failures.ts';
import type { ActivationId, AssignmentId, RoleId, UserId } from '../lib/ids.ts';
import { endActivation } from './activation-ends.ts';
import {
  getActivationRow,
  hasLapsed,
  justificationMax,
  pendingMs,
  recordActivationAct,
  requireOpen,
} from './activations.ts';
import { type Assignment, listOwnAssignments } from './assignments.ts';
import { denied } from './denied.ts';
import { findUser } from './managed-user.ts';
import { parseText } from './naming.ts';
import { type Listed, type PageRequest, parsePage } from './paging.ts';
import { presentCaller, requireStill } from './present-rights.ts';
import { initialRoleSettings, loadAllRoleSettings, loadRoleSettings, type RoleSettings } from './role-settings.ts';
import { type BuiltInRole, findRole } from './role-table.ts';
import * as store from './roles-store.ts';
import { requireSession } from './step-up.ts';
import { listUsersById } from './users-store.ts';

export type ActivationStatus = 'pending' | 'granted' | 'denied' | 'ended' | 'canceled' | 'lapsed';

interface Person {
  readonly id: UserId;
  readonly userName: string;
  readonly displayName: string;
}

export interface Activation {
  readonly id: ActivationId;
  readonly assignmentId: AssignmentId;
  readonly user: Person;
  readonly role: BuiltInRole;
  readonly status: ActivationStatus;
  readonly durationSeconds: number;
  readonly justification: string;
  readonly requestedAt: number;
  readonly startsAt: number | null;
  readonly endsAt: number | null;
  readonly decidedBy: Person | null;
  readonly decidedAt: number | null;
  readonly decisionJustification: string | null;
}

/**
 * Approves or denies a request. For the role's approvers, or for whoever may assign the role when none are named; never
 * for the person who asked. An approval starts the clock; the duration is cut to what the settings allow by now.
 */
export async function decideActivation(
  ctx: Ctx,
  id: string,
  decision: 'approve' | 'deny',
  justification: string,
): Promise<Activation> {
  requireSession(ctx);
  const { userId } = requireUser(ctx.caller);
  const decisionJustification = parseText('justification', justification, justificationMax);
  const decided = await ctx.store.change(ctx.caller.tenantId, async (trx) => {
    const row = await getActivationRow(ctx, trx, id);
    const settings = await requireMayDecide({ ...ctx, caller: await presentCaller(ctx, trx) }, trx, row);
    if (row.status !== 'pending') {
      throw new Conflict('activation-over', 'This request was decided or withdrawn already; nothing was changed.');
    }
    const now = ctx.clock();
    if (hasLapsed(row, now)) {
      throw new Conflict(
        'activation-lapsed',
        'This request waited for more than a day and has lapsed. It must be made anew.',
      );
    }
    const period = decision === 'approve' ? await periodFromNow(trx, row, settings, now) : {};
    const change = {
      status: decision === 'approve' ? ('granted' as const) : ('denied' as const),
      decidedBy: userId,
      decidedAt: now,
      decisionJustification,
      ...period,
    };
    await store.updateActivation(trx, row.tenantId, row.id, change);
    const after = { ...row, ...change };
    const details = { requestedBy: row.userId, decisionJustification };
    await recordActivationAct(ctx, trx, decision === 'approve' ? 'role.approve' : 'role.deny', after, details);
    return after;
  });
  return await toActivation(ctx, decided);
}

async function periodFromNow(
  trx: Trx,
  row: store.ActivationRow,
  settings: RoleSettings,
  now: number,
): Promise<{ startsAt: number; endsAt: number }> {
  const assignment = await store.findAssignment(trx, row.tenantId, row.assignmentId);
  if (!assignment || (assignment.endsAt !== null && assignment.endsAt <= now)) {
    throw new Conflict('assignment-over', 'The assignment behind this request has ended; there is nothing to approve.');
  }
  const seconds = Math.min(row.durationSeconds, settings.activationSecondsMax);
  return { startsAt: now, endsAt: Math.min(now + seconds * secondMs, assignment.endsAt ?? Number.MAX_SAFE_INTEGER) };
}

async function requireMayDecide(ctx: Ctx, trx: Trx, row: store.ActivationRow): Promise<RoleSettings> {
  const { userId } = requireUser(ctx.caller);
  const role = getRole(row);
  const settings = await loadRoleSettings(trx, row.tenantId, role);
  const { approvers } = settings;
  const isApprover = approvers.length > 0 ? approvers.includes(userId) : may(ctx.caller, role.assignedWith);
  if (row.userId === userId) {
    throw denied(ctx, {
      check: 'role',
      detail: 'Nobody decides on a request of their own.',
      remedy: 'Another approver of the role must decide.',
      target: row.id,
    });
  }
  if (isApprover) return settings;
  if (approvers.length === 0) require(ctx.caller, role.assignedWith);
  if (!may(ctx.caller, 'Roles.read')) throw new NotFound('The role activation');
  throw denied(ctx, {
    check: 'role',
    detail: `The role ${role.displayName} names its approvers, and you are not among them.`,
    remedy: `One of the approvers must decide, or be changed: sallyport role settings ${role.key}.`,
    target: row.id,
  });
}

function getRole(row: store.ActivationRow): BuiltInRole {
  const role = findRole(row.roleId);
  if (!role) throw new NotFound('The role');
  return role;
}

/** Ends somebody's activation now, or withdraws the request. Same permission as assigning the role. */
export async function endActivationOf(ctx: Ctx, id: string): Promise<Activation> {
  require(ctx.caller, 'Roles.read');
  const ended = await ctx.store.change(ctx.caller.tenantId, async (trx) => {
    const row = await getActivationRow(ctx, trx, id);
    await requireStill(ctx, trx, getRole(row).assignedWith);
    requireOpen(row, ctx.clock());
    await endActivation(ctx, trx, row, { by: 'administrator' });
    return await getActivationRow(ctx, trx, id);
  });
  return await toActivation(ctx, ended);
}

/**
 * One page of activations and requests, newest first. With Roles.read the whole tenant's; without it the caller's own
 * and those of roles that name the caller as an approver.
 */
export async function listActivations(
  ctx: Ctx,
  request: PageRequest & { status?: string; user?: string },
): Promise<Listed<Activation>> {
  const { userId: callerId } = requireUser(ctx.caller);
  const page = parsePage(ctx.config, request, ['requestedAt'], 'desc');
  const condition = parseCondition(request.status, ctx.clock());
  const { db } = ctx.store;
  const { tenantId } = ctx.caller;
  let userId: UserId | undefined;
  if (request.user !== undefined) {
    userId = (await findUser(db, tenantId, request.user))?.id;
    if (!userId) return { items: [], total: 0 };
  }
  const visibleTo = may(ctx.caller, 'Roles.read') ? undefined : await approverOf(db, ctx, callerId);
  const { rows, total } = await store.pageActivations(db, tenantId, { userId, visibleTo, condition }, page);
  return { items: await toActivations(ctx, rows), total };
}

async function approverOf(db: Db, ctx: Ctx, userId: UserId): Promise<{ userId: UserId; roleIds: RoleId[] }> {
  const roleIds: RoleId[] = [];
  for (const [roleId, { approvers }] of await loadAllRoleSettings(db, ctx.caller.tenantId)) {
    const role = approvers.includes(userId) ? findRole(roleId) : undefined;
    if (role) roleIds.push(role.id);
  }
  return { userId, roleIds };
}

function parseCondition(status: string | undefined, now: number): store.ActivationCondition | undefined {
  switch (status) {
    case undefined:
      return undefined;
    case 'pending':
    case 'lapsed':
      return { state: status, lapsedBefore: now - pendingMs };
    case 'granted':
    case 'ended':
      return { state: status, now };
    case 'denied':
    case 'canceled':
      return { state: status };
    default:
      throw new InvalidInput('status', 'A status is one of pending, granted, denied, ended, canceled, lapsed.');
  }
}

async function toActivation(ctx: Ctx, row: store.ActivationRow): Promise<Activation> {
  const [activation] = await toActivations(ctx, [row]);
  if (!activation) throw new Error('One row gave no activation.');
  return activation;
}

async function toActivations(ctx: Ctx, rows: readonly store.ActivationRow[]): Promise<Activation[]> {
  const now = ctx.clock();
  const ids = new Set(rows.flatMap((row) => (row.decidedBy ? [row.userId, row.decidedBy] : [row.userId])));
  const users = await listUsersById(ctx.store.db, ctx.caller.tenantId, [...ids]);
  const people = new Map(users.map(({ id, userName, displayName }) => [id, { id, userName, displayName }]));
  return rows.flatMap((row) => {
    const user = people.get(row.userId);
    const role = findRole(row.roleId);
    if (!user || !role) return [];
    const { id, assignmentId, durationSeconds, justification, requestedAt, startsAt, endsAt } = row;
    const { decidedAt, decisionJustification } = row;
    const decidedBy = row.decidedBy === null ? null : (people.get(row.decidedBy) ?? null);
    const decision = { decidedBy, decidedAt, decisionJustification };
    const request = { id, assignmentId, durationSeconds, justification, requestedAt, startsAt, endsAt };
    return [{ ...request, ...decision, user, role, status: statusAt(row, now) }];
  });
}

/** What the stored status means at `now`: activations end and requests lapse without anybody writing it. */
function statusAt(row: store.ActivationRow, now: number): ActivationStatus {
  if (hasLapsed(row, now)) return 'lapsed';
  if (row.status === 'granted' && row.endsAt !== null && row.endsAt <= now) return 'ended';
  return row.status;
}

/** One of the caller's own roles with what activating it takes. */
export interface OwnRole {
  readonly assignment: Assignment;
  readonly state: Assignment['state'] | 'pending';
  /** The running activation, or the request that waits. */
  readonly activationId: ActivationId | null;
  readonly settings: RoleSettings;
}

/** The caller's own roles: what is in force, what can be activated, what waits. For people only. */
export async function listOwnRoles(ctx: Ctx): Promise<OwnRole[]> {
  const { userId } = requireUser(ctx.caller);
  const { db } = ctx.store;
  const { tenantId } = ctx.caller;
  const now = ctx.clock();
  const assignments = await listOwnAssignments(ctx);
  const settings = await loadAllRoleSettings(db, tenantId);
  const open = (await store.listOpenActivations(db, tenantId, { userId }, now)).filter((each) => !hasLapsed(each, now));
  return assignments.map((assignment) => {
    const activation = open.find((each) => each.assignmentId === assignment.id);
    const isPending = activation?.status === 'pending' && assignment.state === 'eligible';
    return {
      assignment,
      state: isPending ? 'pending' : assignment.state,
      activationId: assignment.state === 'active' || isPending ? (activation?.id ?? null) : null,
      settings: settings.get(assignment.role.id) ?? initialRoleSettings,
    };
  });
}
