// Activating eligible roles: asked for by their holder, for a time, under the role's settings; approved by somebody else
// where the role demands it; ended by itself, by its holder or by an administrator. Rules and names follow the documented
// service (Entra reference 4.7).
import { requireUser } from '../access/caller.ts';
import { recordAudit } from '../audit/audit.ts';
import { noteChange } from '../changes/changes.ts';
import type { Ctx } from '../context.ts';
import type { Trx } from '../db/store.ts';
import { dayMs, isoTime, secondMs } from '../lib/clock.ts';
import { Conflict, InvalidInput, NotFound } from '../lib/failures.ts';
import { type ActivationId, isGuid, newId, type UserId } from '../lib/ids.ts';
import { endActivation } from './activation-ends.ts';
import { parseRole } from './assignments.ts';
import { stateOf, toHeldRoles } from './effective.ts';
import { parseText } from './naming.ts';
import { presentCaller } from './present-rights.ts';
import { activationSeconds, loadRoleSettings, type RoleSettings } from './role-settings.ts';
import { type BuiltInRole, findRole } from './role-table.ts';
import * as store from './roles-store.ts';
import { proveSecondFactor, requirePresence } from './step-up.ts';
import { findUserById } from './users-store.ts';

export interface ActivationRequest {
  /** Role by id or key; or the assignment, where somebody is eligible for one role in several scopes. */
  readonly role?: string;
  readonly assignmentId?: string;
  readonly durationSeconds: number;
  readonly justification?: string;
  /** A present code of the authenticator app, where the role demands a second factor. */
  readonly code?: string;
}

export interface RequestedActivation {
  readonly id: ActivationId;
  readonly status: 'granted' | 'pending';
  readonly startsAt: number | null;
  readonly endsAt: number | null;
  readonly role: BuiltInRole;
}

export const justificationMax = 500;
/** An unanswered request lapses after this long. */
export const pendingMs = dayMs;
/** History older than this is forgotten with the next request; the audit keeps it. */
const historyMs = 400 * dayMs;

/**
 * Activates one of the caller's eligible roles, or asks for approval where the role demands it. Throws InvalidInput that
 * names the field and the rule, NotFound when the caller is not eligible, Conflict when it is active or asked for already,
 * Refusal without a person's presence or the second factor that the role demands.
 */
export async function requestActivation(ctx: Ctx, request: ActivationRequest): Promise<RequestedActivation> {
  const session = requirePresence(ctx);
  const { userId } = requireUser(ctx.caller);
  const { tenantId } = ctx.caller;
  const { db } = ctx.store;
  const wanted = await findEligible(ctx, await store.loadRoles(db, tenantId, userId), request);
  const settings = await loadRoleSettings(db, tenantId, wanted.role);
  const justification = checkRules(settings, request);
  if (settings.requiresSecondFactor) await proveSecondFactor(ctx, session, request.code);
  return await ctx.store.change(tenantId, async (trx) => {
    const now = ctx.clock();
    await store.pruneActivations(trx, tenantId, userId, now - historyMs);
    requirePresence({ ...ctx, caller: await presentCaller(ctx, trx) }); // Refuses what has ended since this was let in.
    // Somebody may have disabled the user since this request was let in: what ended then must not begin anew.
    const user = await findUserById(trx, tenantId, userId);
    if (user?.status !== 'enabled') throw new Conflict('user-not-enabled', 'Your account was disabled meanwhile.');
    const { row, role } = await findEligible(ctx, await store.loadRoles(trx, tenantId, userId), {
      assignmentId: wanted.row.id,
    });
    const current = await loadRoleSettings(trx, tenantId, role);
    checkRules(current, request);
    if (current.requiresSecondFactor && !settings.requiresSecondFactor) {
      throw new Conflict(
        'settings-changed',
        `The settings of the role ${role.displayName} have just changed. Try again.`,
      );
    }
    await refuseSecond(trx, row, role, now);
    const pending = current.requiresApproval;
    const activation: store.ActivationRow = {
      id: newId<ActivationId>(),
      tenantId,
      assignmentId: row.id,
      userId,
      roleId: role.id,
      status: pending ? 'pending' : 'granted',
      durationSeconds: request.durationSeconds,
      justification,
      requestedAt: now,
      startsAt: pending ? null : now,
      endsAt: pending ? null : endOf(now, request.durationSeconds, row),
      decidedBy: null,
      decidedAt: null,
      decisionJustification: null,
    };
    await store.insertActivation(trx, activation);
    if (pending) {
      const note = { subject: 'role-approval', subjectId: activation.id, change: 'created', at: now } as const;
      await noteChange(trx, tenantId, note);
    }
    await recordActivationAct(ctx, trx, pending ? 'role.activation-request' : 'role.activate', activation);
    const { id, startsAt, endsAt } = activation;
    return { id, status: pending ? 'pending' : 'granted', startsAt, endsAt, role };
  });
}

/** An activation ends with its assignment at the latest. */
function endOf(startsAt: number, durationSeconds: number, assignment: store.AssignmentRow): number {
  return Math.min(startsAt + durationSeconds * secondMs, assignment.endsAt ?? Number.MAX_SAFE_INTEGER);
}

/** The caller's one eligible assignment that the request names, begun and not over. */
async function findEligible(
  ctx: Ctx,
  { assignments }: { assignments: readonly store.AssignmentRow[] },
  request: Pick<ActivationRequest, 'role' | 'assignmentId'>,
): Promise<{ row: store.AssignmentRow; role: BuiltInRole }> {
  const now = ctx.clock();
  const role = request.role === undefined ? undefined : parseRole('role', request.role);
  if (!role && request.assignmentId === undefined) {
    throw new InvalidInput('role', 'Say which role to activate: role, or assignmentId.');
  }
  const found = assignments.filter((row) => {
    const isWanted = (!role || row.roleId === role.id) && (!request.assignmentId || row.id === request.assignmentId);
    const [held] = toHeldRoles([row], []);
    return isWanted && row.kind === 'eligible' && held !== undefined && stateOf(held, now) === 'eligible';
  });
  const [row, another] = found;
  const known = row && findRole(row.roleId);
  if (!row || !known) {
    throw new NotFound(
      `An assignment that makes you eligible for ${role ? `the role ${role.displayName}` : 'this role'} now`,
    );
  }
  if (another) {
    throw new InvalidInput(
      'assignmentId',
      `You are eligible for the role ${known.displayName} in several scopes: say which assignment.`,
    );
  }
  return { row, role: known };
}

/** Checks duration and justification against the settings; gives the justification in normal form. */
function checkRules(
  settings: RoleSettings,
  request: Pick<ActivationRequest, 'durationSeconds' | 'justification'>,
): string {
  const { durationSeconds: seconds } = request;
  const { min } = activationSeconds;
  const max = settings.activationSecondsMax;
  if (!Number.isInteger(seconds) || seconds < min || seconds > max) {
    throw new InvalidInput(
      'durationSeconds',
      `This role can be activated for ${min} to ${max} seconds (ExpirationRule).`,
    );
  }
  const given = request.justification?.trim() ?? '';
  if (given !== '') return parseText('justification', given, justificationMax);
  if (settings.requiresJustification) {
    throw new InvalidInput(
      'justification',
      'This role needs a justification: say what you need it for (JustificationRule).',
    );
  }
  return '';
}

/** Throws Conflict while the assignment is activated or a request for it waits. */
async function refuseSecond(trx: Trx, row: store.AssignmentRow, role: BuiltInRole, now: number): Promise<void> {
  const open = await store.listOpenActivations(trx, row.tenantId, { assignmentId: row.id }, now);
  const running = open.find((each) => each.status === 'granted');
  if (running) {
    throw new Conflict(
      'role-active-already',
      `The role ${role.displayName} is active until ${isoTime(running.endsAt)}. Deactivate it first to begin anew.`,
    );
  }
  if (open.some((each) => !hasLapsed(each, now))) {
    throw new Conflict(
      'activation-pending',
      `A request for the role ${role.displayName} waits for approval already. Withdraw it first to ask anew.`,
    );
  }
}

export function hasLapsed(row: store.ActivationRow, now: number): boolean {
  return row.status === 'pending' && row.requestedAt + pendingMs <= now;
}

/** Throws NotFound for an id that is none of the tenant's activations. */
export async function getActivationRow(ctx: Ctx, trx: Trx, id: string): Promise<store.ActivationRow> {
  const row = isGuid(id) ? await store.findActivation(trx, ctx.caller.tenantId, id.toLowerCase()) : undefined;
  if (!row) throw new NotFound('The role activation');
  return row;
}

/** Ends one of the caller's own activations before its time, or withdraws a request. Throws NotFound for others'. */
export async function deactivateOwn(ctx: Ctx, id: string): Promise<void> {
  requirePresence(ctx);
  const { userId } = requireUser(ctx.caller);
  await ctx.store.change(ctx.caller.tenantId, async (trx) => {
    requirePresence({ ...ctx, caller: await presentCaller(ctx, trx) });
    const row = await getActivationRow(ctx, trx, id);
    if (row.userId !== userId) throw new NotFound('The role activation');
    requireOpen(row, ctx.clock());
    await endActivation(ctx, trx, row, { by: 'holder' });
  });
}

/** Throws Conflict when there is nothing left to end or to decide. */
export function requireOpen(row: store.ActivationRow, now: number): void {
  const isRunning = row.status === 'granted' && row.endsAt !== null && row.endsAt > now;
  if (isRunning || (row.status === 'pending' && !hasLapsed(row, now))) return;
  throw new Conflict('activation-over', 'This activation is over or was decided already; nothing was changed.');
}

export async function recordActivationAct(
  ctx: Ctx,
  trx: Trx,
  action: 'role.activate' | 'role.activation-request' | 'role.approve' | 'role.deny',
  row: store.ActivationRow,
  details: { readonly requestedBy?: UserId; readonly decisionJustification?: string } = {},
): Promise<void> {
  await recordAudit(ctx, trx, {
    action,
    target: { kind: 'role-activation', id: row.id, name: findRole(row.roleId)?.displayName },
    details: {
      assignmentId: row.assignmentId,
      durationSeconds: row.durationSeconds,
      justification: row.justification,
      startsAt: isoTime(row.startsAt),
      endsAt: isoTime(row.endsAt),
      ...details,
    },
  });
}
