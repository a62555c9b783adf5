// roleEligibilityScheduleRequests and roleAssignmentScheduleRequests (Entra reference 4.7): who may activate a role, who
// has it, and activating one of one's own. Assigning needs the right to assign that very role. Activating is for the person:
// by a session, or by an app that the person let do just that (decision 0012).
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Refusal } from '../../access/refusal.ts';
import type { Ctx } from '../../context.ts';
import { endActivationOf } from '../../directory/activation-approvals.ts';
import { deactivateOwn, requestActivation } from '../../directory/activations.ts';
import { assignRole, unassignRole } from '../../directory/assignments.ts';
import {
  findActivations,
  findRoles,
  type ListedRole,
  type RoleListFilter,
  type Span,
  type Whose,
} from '../../directory/directory-lists.ts';
import { InvalidInput, NotFound } from '../../lib/failures.ts';
import { GraphProblem, noteRefusal } from './errors.ts';
import { readEqualities } from './filters.ts';
import { pick, readEntityOptions, readListOptions, refuseOptions, sendList } from './lists.ts';
import { base, type IdParams, of, requirePrincipal, roleFilter } from './role-schedules.ts';
import { activationRequestWire, assignRequestWire, requestWire } from './role-wire.ts';
import { activationSecondsOf, readScheduleRequest, type ScheduleRequest } from './schedule-body.ts';
import { type GraphApp, graphCtx, sendEntity } from './surface.ts';

type Wire = ReturnType<typeof requestWire>;

interface RequestSet {
  readonly name: string;
  readonly type: string;
  readonly kind: 'eligible' | 'permanent';
}

const sets: readonly RequestSet[] = [
  { name: 'roleEligibilityScheduleRequests', type: 'unifiedRoleEligibilityScheduleRequest', kind: 'eligible' },
  { name: 'roleAssignmentScheduleRequests', type: 'unifiedRoleAssignmentScheduleRequest', kind: 'permanent' },
];
const one: Span = { skip: 0, limit: 1 };

export function scheduleRequestRoutes(app: GraphApp): void {
  for (const set of sets) {
    const path = `${base}/${set.name}`;
    app.get(path, async (request, reply) => {
      return await list(await graphCtx(request), request, reply, set, 'everybodys');
    });
    app.get(`${path}/filterByCurrentUser:on`, async (request, reply) => {
      const ctx = await graphCtx(request);
      requirePrincipal(request);
      return await list(ctx, request, reply, set, 'own');
    });
    app.get<IdParams>(`${path}/:id`, async (request, reply) => {
      const ctx = await graphCtx(request);
      const select = readEntityOptions(request);
      const [found] = (await findRequests(ctx, set, 'everybodys', { id: request.params.id.toLowerCase() }, one)).items;
      if (!found) throw new NotFound('The request');
      return sendEntity(ctx, request, reply, of(set.name), pick(found, select, set.type));
    });
    app.post(path, async (request, reply) => {
      const ctx = await graphCtx(request);
      refuseOptions(request);
      const wanted = readScheduleRequest(request.body, ctx.clock());
      return sendEntity(ctx, request, reply.code(201), of(set.name), await carryOut(ctx, request, set, wanted));
    });
    app.post<IdParams>(`${path}/:id/cancel`, async (request, reply) => {
      const ctx = await graphCtx(request);
      refuseOptions(request);
      await cancel(ctx, set, request.params.id.toLowerCase());
      return reply.code(204).send();
    });
  }
}

async function list(
  ctx: Ctx,
  request: FastifyRequest,
  reply: FastifyReply,
  set: RequestSet,
  whose: Whose,
): Promise<FastifyReply> {
  const asked = readListOptions(ctx, request);
  const { principalId, roleDefinitionId } = readEqualities(ctx, asked.filter, roleFilter);
  const filter = { userId: principalId, roleId: roleDefinitionId };
  const { items, total } = await findRequests(ctx, set, whose, filter, asked.span);
  return sendList(ctx, request, reply, asked, { of: of(set.name), type: set.type, items, total });
}

/** Assignments stand for the requests that made them; in front of the active ones, activations. */
async function findRequests(
  ctx: Ctx,
  { kind }: RequestSet,
  whose: Whose,
  filter: RoleListFilter,
  span: Span,
): Promise<{ items: Wire[]; total: number }> {
  const activations = kind === 'permanent' ? await findActivations(ctx, whose, filter, span) : { items: [], total: 0 };
  const rest = {
    skip: Math.max(0, span.skip - activations.total),
    limit: Math.max(0, span.skip + span.limit - Math.max(span.skip, activations.total)),
  };
  const roles = await findRoles(ctx, whose, { kind, isNow: false }, filter, rest);
  return {
    items: [...activations.items.map(activationRequestWire), ...roles.items.map((each) => assignRequestWire(each))],
    total: activations.total + roles.total,
  };
}

async function carryOut(ctx: Ctx, request: FastifyRequest, set: RequestSet, wanted: ScheduleRequest): Promise<Wire> {
  switch (wanted.action) {
    case 'adminAssign':
      return await assign(ctx, set, wanted);
    case 'adminRemove':
      return await remove(ctx, set, wanted);
    case 'selfActivate':
    case 'selfDeactivate': {
      const { subject } = ctx.caller;
      if (set.kind === 'eligible') break;
      if (subject.kind === 'user' && subject.userId !== wanted.principalId) {
        throw new GraphProblem("'principalId' must be the signed-in person.", 'Authorization_RequestDenied', 403);
      }
      return wanted.action === 'selfActivate' ? await activate(ctx, request, wanted) : await deactivate(ctx, wanted);
    }
  }
  throw new GraphProblem(`The action ${wanted.action} is not supported on ${set.name}.`);
}

async function assign(ctx: Ctx, { kind }: RequestSet, wanted: ScheduleRequest): Promise<Wire> {
  const { principalId: user, roleDefinitionId: role, startsAt, endsAt, justification } = wanted;
  const assigned = await assignRole(ctx, {
    ...{ user, role, kind, endsAt, justification },
    ...(startsAt === undefined ? {} : { startsAt }),
  });
  const listed = { ...assigned, userId: assigned.user.id, isActivated: false };
  return assignRequestWire(listed, justification);
}

async function remove(ctx: Ctx, { kind }: RequestSet, wanted: ScheduleRequest): Promise<Wire> {
  const { principalId: userId, roleDefinitionId: roleId, justification } = wanted;
  const { items } = await findRoles(
    ctx,
    'everybodys',
    { kind, isNow: false },
    { userId, roleId },
    { skip: 0, limit: 100 },
  );
  const [first] = items;
  if (!first) throw doesNotExist();
  for (const each of items) await unassignRole(ctx, each.id, justification);
  return requestWire({
    id: first.id,
    action: 'adminRemove',
    status: 'Revoked',
    principalId: userId,
    role: first.role,
    targetScheduleId: first.id,
    justification,
    createdAt: ctx.clock(),
    completedAt: ctx.clock(),
    createdBy: callerOf(ctx),
    schedule: null,
  });
}

function callerOf({ caller: { subject } }: Ctx): string {
  if (subject.kind === 'user') return subject.userId;
  return subject.kind === 'application' ? subject.appId : subject.name;
}

function doesNotExist(): GraphProblem {
  return new GraphProblem('The role assignment does not exist.', 'RoleAssignmentDoesNotExist');
}

async function activate(ctx: Ctx, request: FastifyRequest, wanted: ScheduleRequest): Promise<Wire> {
  const { roleDefinitionId: role, justification } = wanted;
  const durationSeconds = activationSecondsOf(wanted, ctx.clock());
  try {
    const { id } = await requestActivation(ctx, { role, durationSeconds, justification });
    const [made] = (await findActivations(ctx, 'own', { id }, one)).items;
    if (!made) throw doesNotExist();
    return activationRequestWire(made);
  } catch (error) {
    throw wordPolicy(error, request);
  }
}

/** The documented service answers 400 with the rules that failed, also where it is the second factor that is missing. */
function wordPolicy(error: unknown, request: FastifyRequest): unknown {
  if (error instanceof InvalidInput) {
    const [, rule] = /\((\w+Rule)\)/.exec(error.message) ?? [];
    return rule === undefined ? error : failedRule(rule, error.message);
  }
  if (error instanceof NotFound) return new GraphProblem(error.message, 'RoleAssignmentDoesNotExist');
  const isFactor = error instanceof Refusal && error.details.code.startsWith('second-factor-');
  if (!isFactor) return error;
  noteRefusal(error, request);
  const advice =
    'The role needs a second factor, proved in the last ten minutes: sign in again with it, and take a new token.';
  return failedRule('MfaRule', advice);
}

function failedRule(rule: string, advice: string): GraphProblem {
  const message = `The following policy rules failed: ["${rule}"]. ${advice}`;
  return new GraphProblem(message, 'RoleAssignmentRequestPolicyValidationFailed');
}

async function deactivate(ctx: Ctx, wanted: ScheduleRequest): Promise<Wire> {
  const filter = { roleId: wanted.roleDefinitionId, userId: wanted.principalId };
  const { items } = await findActivations(ctx, 'own', filter, { skip: 0, limit: 100 });
  const running = items.find(({ status }) => status === 'granted');
  if (!running) throw doesNotExist();
  await deactivateOwn(ctx, running.id);
  const { role, assignmentId } = running;
  const now = ctx.clock();
  return requestWire({
    id: running.id,
    action: 'selfDeactivate',
    status: 'Revoked',
    principalId: wanted.principalId,
    role,
    targetScheduleId: assignmentId,
    justification: wanted.justification,
    createdAt: now,
    completedAt: now,
    createdBy: wanted.principalId,
    schedule: null,
  });
}

/** Takes back what is not in force yet: a request that waits for approval, an assignment that begins later. */
async function cancel(ctx: Ctx, { kind }: RequestSet, id: string): Promise<void> {
  const { subject } = ctx.caller;
  if (kind === 'permanent') {
    const isPerson = subject.kind === 'user';
    const [own] = isPerson ? (await findActivations(ctx, 'own', { id }, one)).items : [];
    if (own?.status === 'pending') return await deactivateOwn(ctx, own.id);
    const [theirs] = own ? [own] : (await findActivations(ctx, 'everybodys', { id }, one)).items;
    if (theirs?.status === 'pending') {
      await endActivationOf(ctx, theirs.id);
      return;
    }
    if (theirs) throw notPending();
  }
  const [assignment]: ListedRole[] = (await findRoles(ctx, 'everybodys', { kind, isNow: false }, { id }, one)).items;
  if (!assignment) throw new NotFound('The request');
  if (assignment.startsAt <= ctx.clock()) throw notPending();
  await unassignRole(ctx, assignment.id);
}

function notPending(): GraphProblem {
  return new GraphProblem(
    'Only a request that is not in force yet can be cancelled. Remove or deactivate the role instead.',
  );
}
