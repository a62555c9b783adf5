// Application permissions that were granted, from both ends: what an app was granted (appRoleAssignments) and who was
// granted something on an API (appRoleAssignedTo). People who are assigned to an app stand in the second list too.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type DirectoryPrincipal, getDirectoryPrincipal, principalIdOf } from '../../applications/directory-lists.ts';
import { listRoleGrants, type RoleGrantFilter } from '../../applications/grant-lists.ts';
import { grantAppRole, revokeGrant } from '../../applications/grants.ts';
import { assignUser, defaultAccessRoleId, unassignUser } from '../../applications/service-principals.ts';
import type { Ctx } from '../../context.ts';
import { listNamesOfUsers } from '../../directory/users.ts';
import { isoTime } from '../../lib/clock.ts';
import { NotFound } from '../../lib/failures.ts';
import { guid, needed, readBody } from './bodies.ts';
import { GraphProblem } from './errors.ts';
import { readEqualities } from './filters.ts';
import { keyPaths } from './keys.ts';
import { readListOptions, refuseOptions, sendList } from './lists.ts';
import { getNamedPrincipal } from './service-principals.ts';
import { type GraphApp, graphCtx, sendEntity } from './surface.ts';

/** Which end of a grant the service principal of the path is. */
type End = 'principalId' | 'resourceId';
const ends: readonly (readonly [segment: string, end: End])[] = [
  ['appRoleAssignments', 'principalId'],
  ['appRoleAssignedTo', 'resourceId'],
];

type Grant = Awaited<ReturnType<typeof listRoleGrants>>['items'][number];

export function appRoleRoutes(app: GraphApp): void {
  for (const [segment, end] of ends) {
    for (const path of keyPaths('servicePrincipals', `/${segment}`)) {
      app.get(path, async (request, reply) => {
        const ctx = await graphCtx(request);
        return await list(ctx, request, reply, await getNamedPrincipal(ctx, request), { segment, end });
      });
      app.post(path, async (request, reply) => {
        const ctx = await graphCtx(request);
        refuseOptions(request);
        return await grant(ctx, request, reply, await getNamedPrincipal(ctx, request), { segment, end });
      });
    }
    for (const path of keyPaths('servicePrincipals', `/${segment}/:assignmentId`)) {
      app.delete<{ Params: { assignmentId: string } }>(path, async (request, reply) => {
        const ctx = await graphCtx(request);
        refuseOptions(request);
        await revoke(ctx, await getNamedPrincipal(ctx, request), end, request.params.assignmentId.toLowerCase());
        return reply.code(204).send();
      });
    }
  }
}

interface Side {
  readonly segment: string;
  readonly end: End;
}

const filterOf = ({ id, appId }: DirectoryPrincipal, end: End): RoleGrantFilter =>
  end === 'principalId' ? { principalId: id } : { resourceAppId: appId };

async function list(
  ctx: Ctx,
  request: FastifyRequest,
  reply: FastifyReply,
  principal: DirectoryPrincipal,
  { segment, end }: Side,
): Promise<FastifyReply> {
  const asked = readListOptions(ctx, request);
  const other = end === 'principalId' ? 'resourceId' : 'principalId';
  const said = readEqualities(ctx, asked.filter, { what: segment, texts: [other] });
  const narrowed = { ...filterOf(principal, end), ...(await narrow(ctx, said)) };
  const { items, total } = await listRoleGrants(ctx, narrowed, asked.span);
  const wires = await grantWires(ctx, items);
  const of = `servicePrincipals('${principal.id}')/${segment}`;
  return sendList(ctx, request, reply, asked, { of, type: 'appRoleAssignment', items: wires, total });
}

async function narrow(ctx: Ctx, { resourceId, principalId }: Partial<Record<End, string>>): Promise<RoleGrantFilter> {
  if (resourceId !== undefined) return { resourceAppId: (await getDirectoryPrincipal(ctx, resourceId)).appId };
  return principalId === undefined ? {} : { principalId };
}

async function grant(
  ctx: Ctx,
  request: FastifyRequest,
  reply: FastifyReply,
  principal: DirectoryPrincipal,
  { segment, end }: Side,
): Promise<FastifyReply> {
  const body = readBody(request.body, { principalId: guid, resourceId: guid, appRoleId: guid });
  const principalId = needed(body.principalId, 'principalId');
  const resourceId = needed(body.resourceId, 'resourceId');
  const appRoleId = needed(body.appRoleId, 'appRoleId');
  if (body[end] !== principal.id) {
    throw new GraphProblem(`'${end}' must be the service principal of the path, ${principal.id}.`);
  }
  const resource = end === 'resourceId' ? principal : await getById(ctx, resourceId, 'resourceId');
  const made =
    appRoleId === defaultAccessRoleId
      ? await assign(ctx, resource, principalId)
      : await grantAppRole(ctx, (await getById(ctx, principalId, 'principalId')).id, resource.appId, appRoleId);
  const [wire] = await grantWires(ctx, [made]);
  return sendEntity(ctx, request, reply.code(201), `servicePrincipals('${principal.id}')/${segment}`, wire ?? {});
}

async function getById(ctx: Ctx, id: string, property: End): Promise<DirectoryPrincipal> {
  const found = await getDirectoryPrincipal(ctx, id);
  if (found.id === id) return found;
  throw new GraphProblem(`'${property}' must be the object id of a service principal, ${found.id}, not its app id.`);
}

/** Default access is what a person is assigned to an app with. */
async function assign(ctx: Ctx, resource: DirectoryPrincipal, userId: string): Promise<Grant> {
  await assignUser(ctx, resource.id, userId);
  const { items } = await listRoleGrants(
    ctx,
    { principalId: userId, resourceAppId: resource.appId },
    { skip: 0, limit: 1 },
  );
  const [made] = items;
  if (!made) throw new NotFound('The assignment');
  return made;
}

async function revoke(ctx: Ctx, principal: DirectoryPrincipal, end: End, id: string): Promise<void> {
  const { items } = await listRoleGrants(ctx, { ...filterOf(principal, end), id }, { skip: 0, limit: 1 });
  const [found] = items;
  if (!found) throw new NotFound('The assignment');
  if (found.principalKind === 'user') await unassignUser(ctx, principal.id, found.principalId);
  else await revokeGrant(ctx, found.principalId, found.id);
}

const principalTypes = { 'service-principal': 'ServicePrincipal', user: 'User', group: 'Group' } as const;

async function grantWires(ctx: Ctx, grants: readonly Grant[]) {
  const userIds = grants.filter((each) => each.principalKind === 'user').map((each) => each.principalId);
  const users = await listNamesOfUsers(ctx, userIds);
  const names = new Map<string, string>();
  const nameOf = async (ref: string) => {
    const known = names.get(ref) ?? (await nameOfPrincipal(ctx, ref));
    names.set(ref, known);
    return known;
  };
  const wires: Record<string, unknown>[] = [];
  for (const each of grants) {
    wires.push({
      id: each.id,
      deletedDateTime: null,
      appRoleId: each.appRoleId,
      createdDateTime: isoTime(each.createdAt),
      principalDisplayName: users.get(each.principalId) ?? (await nameOf(each.principalId)),
      principalId: each.principalId,
      principalType: principalTypes[each.principalKind],
      resourceDisplayName: await nameOf(each.resourceAppId),
      resourceId: await principalIdOf(ctx, each.resourceAppId),
    });
  }
  return wires;
}

async function nameOfPrincipal(ctx: Ctx, ref: string): Promise<string> {
  try {
    return (await getDirectoryPrincipal(ctx, ref)).displayName;
  } catch (error) {
    if (error instanceof NotFound) return '';
    throw error;
  }
}
