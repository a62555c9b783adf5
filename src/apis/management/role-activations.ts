import type { Services } from '../../context.ts';
import {
  type Activation as DomainActivation,
  type OwnRole as DomainOwnRole,
  decideActivation,
  endActivationOf,
  listActivations,
  listOwnRoles,
} from '../../directory/activation-approvals.ts';
import { deactivateOwn, requestActivation } from '../../directory/activations.ts';
import { isoTime } from '../../lib/clock.ts';
import { listOf } from './directory-schemas.ts';
import {
  ActivateBody,
  Activation,
  ActivationQuery,
  DecisionBody,
  OwnRole,
  RequestedActivation,
} from './roles-schemas.ts';
import { IdParams } from './schemas.ts';
import { type ManagementApp, personCtx } from './surface.ts';
import { toWire } from './wire.ts';

/** Activating one's own roles, and what approvers and administrators do about it. */
export function roleActivationRoutes(app: ManagementApp, _services: Services): void {
  app.get('/me/roles', { schema: { response: { 200: listOf(OwnRole) } } }, async (request) => {
    const roles = await listOwnRoles(await personCtx(request));
    return { items: roles.map(wireOwn), total: roles.length };
  });

  app.post(
    '/me/role-activations',
    { schema: { body: ActivateBody, response: { 201: RequestedActivation } } },
    async (request, reply) => {
      const { startsAt, endsAt, ...rest } = await requestActivation(await personCtx(request), request.body);
      return reply.code(201).send(toWire({ ...rest, startsAt: isoTime(startsAt), endsAt: isoTime(endsAt) }));
    },
  );

  app.delete('/me/role-activations/:id', { schema: { params: IdParams } }, async (request, reply) => {
    await deactivateOwn(await personCtx(request), request.params.id);
    return reply.code(204).send();
  });

  app.get(
    '/role-activations',
    { schema: { querystring: ActivationQuery, response: { 200: listOf(Activation) } } },
    async (request) => {
      const { items, total } = await listActivations(await personCtx(request), request.query);
      return { items: items.map(wire), total };
    },
  );

  for (const decision of ['approve', 'deny'] as const) {
    app.post(
      `/role-activations/:id/${decision}`,
      { schema: { params: IdParams, body: DecisionBody, response: { 200: Activation } } },
      async (request) => {
        const { justification } = request.body;
        return wire(await decideActivation(await personCtx(request), request.params.id, decision, justification));
      },
    );
  }

  app.post(
    '/role-activations/:id/end',
    { schema: { params: IdParams, response: { 200: Activation } } },
    async (request) => wire(await endActivationOf(await personCtx(request), request.params.id)),
  );
}

function wire(activation: DomainActivation) {
  return toWire({
    ...activation,
    requestedAt: isoTime(activation.requestedAt),
    startsAt: isoTime(activation.startsAt),
    endsAt: isoTime(activation.endsAt),
    decidedAt: isoTime(activation.decidedAt),
  });
}

function wireOwn({ assignment, state, activationId, settings }: DomainOwnRole) {
  const { activationSecondsMax, requiresJustification, requiresSecondFactor, requiresApproval } = settings;
  return toWire({
    assignmentId: assignment.id,
    role: assignment.role,
    kind: assignment.kind,
    scope: assignment.scope,
    state,
    startsAt: isoTime(assignment.startsAt),
    ...(activationId === null ? {} : { activationId }),
    ...(assignment.activeUntil === null ? {} : { activeUntil: isoTime(assignment.activeUntil) }),
    ...(assignment.endsAt === null ? {} : { endsAt: isoTime(assignment.endsAt) }),
    activationSecondsMax,
    requiresJustification,
    requiresSecondFactor,
    requiresApproval,
  });
}
