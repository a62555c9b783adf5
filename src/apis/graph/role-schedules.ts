// Roles: what there is, who has them, who may activate them and since when (Entra reference 4.7).
import type { FastifyReply, FastifyRequest } from 'fastify';
import { require } from '../../access/caller.ts';
import type { Ctx } from '../../context.ts';
import { assignRole, unassignRole } from '../../directory/assignments.ts';
import { findRoles, type ListedRole, type WhichRoles, type Whose } from '../../directory/directory-lists.ts';
import { builtInRoles } from '../../directory/role-table.ts';
import { NotFound } from '../../lib/failures.ts';
import { holds } from '../../lib/text-condition.ts';
import { empty, guid, needed, readBody, text } from './bodies.ts';
import { GraphProblem } from './errors.ts';
import { readEqualities, readTextFilter } from './filters.ts';
import { pick, readEntityOptions, readListOptions, refuseOptions, sendList } from './lists.ts';
import {
  assignmentInstanceWire,
  assignmentScheduleWire,
  eligibilityInstanceWire,
  eligibilityScheduleWire,
  expandRole,
  roleAssignmentWire,
  roleDefinitionWire,
} from './role-wire.ts';
import { type GraphApp, graphCtx, sendEntity } from './surface.ts';

export const base = '/roleManagement/directory';
export interface IdParams {
  readonly Params: { readonly id: string };
}

interface RoleSet {
  readonly name: string;
  readonly type: string;
  readonly which: WhichRoles;
  readonly wire: (listed: ListedRole) => Readonly<Record<string, unknown>>;
  /** Whether people can ask for their own. */
  readonly hasOwn: boolean;
}

const sets: readonly RoleSet[] = [
  {
    name: 'roleAssignments',
    type: 'unifiedRoleAssignment',
    which: { kind: 'active', isNow: true },
    wire: roleAssignmentWire,
    hasOwn: false,
  },
  {
    name: 'roleEligibilitySchedules',
    type: 'unifiedRoleEligibilitySchedule',
    which: { kind: 'eligible', isNow: false },
    wire: eligibilityScheduleWire,
    hasOwn: true,
  },
  {
    name: 'roleEligibilityScheduleInstances',
    type: 'unifiedRoleEligibilityScheduleInstance',
    which: { kind: 'eligible', isNow: true },
    wire: eligibilityInstanceWire,
    hasOwn: true,
  },
  {
    name: 'roleAssignmentSchedules',
    type: 'unifiedRoleAssignmentSchedule',
    which: { kind: 'active', isNow: false },
    wire: assignmentScheduleWire,
    hasOwn: true,
  },
  {
    name: 'roleAssignmentScheduleInstances',
    type: 'unifiedRoleAssignmentScheduleInstance',
    which: { kind: 'active', isNow: true },
    wire: assignmentInstanceWire,
    hasOwn: true,
  },
];

export function roleScheduleRoutes(app: GraphApp): void {
  roleDefinitionRoutes(app);
  for (const set of sets) {
    app.get(`${base}/${set.name}`, async (request, reply) => {
      return await list(await graphCtx(request), request, reply, set, 'everybodys');
    });
    if (set.hasOwn) {
      app.get(`${base}/${set.name}/filterByCurrentUser:on`, async (request, reply) => {
        const ctx = await graphCtx(request);
        requirePrincipal(request);
        return await list(ctx, request, reply, set, 'own');
      });
    }
    app.get<IdParams>(`${base}/${set.name}/:id`, async (request, reply) => {
      const ctx = await graphCtx(request);
      const select = readEntityOptions(request);
      const filter = { id: request.params.id.toLowerCase() };
      const { items } = await findRoles(ctx, 'everybodys', set.which, filter, { skip: 0, limit: 1 });
      const [found] = items;
      if (!found) throw new NotFound(`Resource '${request.params.id.slice(0, 100)}'`);
      return sendEntity(ctx, request, reply, of(set.name), pick(set.wire(found), select, set.type));
    });
  }
  roleAssignmentRoutes(app);
}

export const of = (name: string) => `roleManagement/directory/${name}`;

/** `filterByCurrentUser(on='principal')`; what waits for somebody's decision as an approver is not here. */
export function requirePrincipal(request: FastifyRequest): void {
  const { on } = request.params as { readonly on: string }; // The routes that call this have the parameter.
  if (on.toLowerCase() !== "(on='principal')") throw new GraphProblem("filterByCurrentUser takes on='principal' here.");
}

export const roleFilter = { what: 'role schedules', texts: ['principalId', 'roleDefinitionId'] } as const;

async function list(
  ctx: Ctx,
  request: FastifyRequest,
  reply: FastifyReply,
  set: RoleSet,
  whose: Whose,
): Promise<FastifyReply> {
  const asked = readListOptions(ctx, request, ['roleDefinition']);
  const { principalId, roleDefinitionId } = readEqualities(ctx, asked.filter, roleFilter);
  const filter = { userId: principalId, roleId: roleDefinitionId };
  const { items, total } = await findRoles(ctx, whose, set.which, filter, asked.span);
  const wires = items.map((each) => ({ ...set.wire(each), ...expandRole(each.role, asked.expanded) }));
  return sendList(ctx, request, reply, asked, { of: of(set.name), type: set.type, items: wires, total });
}

/** Roles that only make sense for a part of the data are assigned in the management API. */
const definitions = builtInRoles.filter(({ scopedBy }) => scopedBy === 'nothing');

function roleDefinitionRoutes(app: GraphApp): void {
  const type = 'unifiedRoleDefinition';
  app.get(`${base}/roleDefinitions`, async (request, reply) => {
    const ctx = await graphCtx(request);
    require(ctx.caller, 'Roles.read');
    const asked = readListOptions(ctx, request);
    const where = readTextFilter(ctx, asked.filter, {
      what: 'roleDefinitions',
      texts: ['id', 'templateId', 'displayName'],
    });
    const found = definitions
      .map(roleDefinitionWire)
      .filter((each) => !where || holds(where, (property) => each[property]));
    const { skip, limit } = asked.span;
    const items = found.slice(skip, skip + limit);
    return sendList(ctx, request, reply, asked, { of: of('roleDefinitions'), type, items, total: found.length });
  });

  app.get<IdParams>(`${base}/roleDefinitions/:id`, async (request, reply) => {
    const ctx = await graphCtx(request);
    require(ctx.caller, 'Roles.read');
    const select = readEntityOptions(request);
    const found = definitions.find(({ id }) => id === request.params.id.toLowerCase());
    if (!found) throw new NotFound('The role definition');
    return sendEntity(ctx, request, reply, of('roleDefinitions'), pick(roleDefinitionWire(found), select, type));
  });
}

/** Assigning at once and without an end; what is only activated is ended by a schedule request. */
function roleAssignmentRoutes(app: GraphApp): void {
  app.post(`${base}/roleAssignments`, async (request, reply) => {
    const ctx = await graphCtx(request);
    refuseOptions(request);
    const given = readBody(request.body, {
      principalId: guid,
      roleDefinitionId: guid,
      directoryScopeId: text,
      appScopeId: empty,
    });
    if (needed(given.directoryScopeId, 'directoryScopeId') !== '/') {
      throw new GraphProblem("'directoryScopeId' must be '/': roles are for the whole organisation here.");
    }
    const assigned = await assignRole(ctx, {
      user: needed(given.principalId, 'principalId'),
      role: needed(given.roleDefinitionId, 'roleDefinitionId'),
      kind: 'permanent',
    });
    const { id, user, role } = assigned;
    const wire = { id, principalId: user.id, roleDefinitionId: role.id, directoryScopeId: '/', appScopeId: null };
    return sendEntity(ctx, request, reply.code(201), of('roleAssignments'), wire);
  });

  app.delete<IdParams>(`${base}/roleAssignments/:id`, async (request, reply) => {
    const ctx = await graphCtx(request);
    refuseOptions(request);
    const which = { kind: 'permanent', isNow: false } as const;
    const filter = { id: request.params.id.toLowerCase() };
    const { items } = await findRoles(ctx, 'everybodys', which, filter, { skip: 0, limit: 1 });
    const [found] = items;
    if (!found) throw new NotFound('The role assignment');
    await unassignRole(ctx, found.id);
    return reply.code(204).send();
  });
}
