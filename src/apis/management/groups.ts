import type { Services } from '../../context.ts';
import {
  addMember,
  createGroup,
  type Group as DomainGroup,
  deleteGroup,
  getGroup,
  listGroups,
  removeMember,
} from '../../directory/groups.ts';
import { isoTime } from '../../lib/clock.ts';
import {
  Group,
  GroupBody,
  GroupQuery,
  GroupWithMembers,
  listOf,
  MemberParams,
  MemberQuery,
} from './directory-schemas.ts';
import { IdParams } from './schemas.ts';
import { type ManagementApp, personCtx } from './surface.ts';
import { toWire } from './wire.ts';

/** Groups of the caller's own tenant and their members. */
export function groupRoutes(app: ManagementApp, _services: Services): void {
  app.get('/groups', { schema: { querystring: GroupQuery, response: { 200: listOf(Group) } } }, async (request) => {
    const { items, total } = await listGroups(await personCtx(request), request.query);
    return { items: items.map(wire), total };
  });

  app.post('/groups', { schema: { body: GroupBody, response: { 201: Group } } }, async (request, reply) => {
    const group = await createGroup(await personCtx(request), request.body.name);
    return reply.code(201).send(wire(group));
  });

  app.get(
    '/groups/:id',
    { schema: { params: IdParams, querystring: MemberQuery, response: { 200: GroupWithMembers } } },
    async (request) => {
      const group = await getGroup(await personCtx(request), request.params.id, request.query);
      return { ...wire(group), members: [...group.members] };
    },
  );

  app.delete('/groups/:id', { schema: { params: IdParams } }, async (request, reply) => {
    await deleteGroup(await personCtx(request), request.params.id);
    return reply.code(204).send();
  });

  app.put('/groups/:id/members/:userName', { schema: { params: MemberParams } }, async (request, reply) => {
    await addMember(await personCtx(request), request.params.id, request.params.userName);
    return reply.code(204).send();
  });

  app.delete('/groups/:id/members/:userName', { schema: { params: MemberParams } }, async (request, reply) => {
    await removeMember(await personCtx(request), request.params.id, request.params.userName);
    return reply.code(204).send();
  });
}

function wire(group: DomainGroup) {
  return toWire({ ...group, createdAt: isoTime(group.createdAt) });
}
