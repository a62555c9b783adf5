import { parseAccessInput } from '../../applications/access-lists.ts';
import { isOpenTo } from '../../applications/application.ts';
import { consentForTenant } from '../../applications/consent.ts';
import { revokeAllGrants, revokeGrant } from '../../applications/grants.ts';
import { loadClient } from '../../applications/lookup.ts';
import {
  assignUser,
  changeServicePrincipal,
  deleteServicePrincipal,
  getServicePrincipal,
  listAssignedUsers,
  listServicePrincipals,
  unassignUser,
} from '../../applications/service-principals.ts';
import type { Ctx, Services } from '../../context.ts';
import { isoTime } from '../../lib/clock.ts';
import { InvalidInput, NotFound } from '../../lib/failures.ts';
import { principalWire } from './application-wire.ts';
import {
  AssignedUser,
  ChangePrincipalBody,
  ConsentBody,
  PartParams,
  ServicePrincipal,
  ServicePrincipalQuery,
} from './applications-schemas.ts';
import { listOf, RefParams } from './directory-schemas.ts';
import { type ManagementApp, personCtx } from './surface.ts';

/** Applications that are present in the caller's own tenant, whoever's they are, and what they were granted. */
export function servicePrincipalRoutes(app: ManagementApp, _services: Services): void {
  const one = { params: RefParams, response: { 200: ServicePrincipal } };

  app.get(
    '/service-principals',
    { schema: { querystring: ServicePrincipalQuery, response: { 200: listOf(ServicePrincipal) } } },
    async (request) => {
      const { items, total } = await listServicePrincipals(await personCtx(request), request.query);
      return { items: items.map(principalWire), total };
    },
  );

  app.post(
    '/service-principals',
    { schema: { body: ConsentBody, response: { 201: ServicePrincipal } } },
    async (request, reply) => {
      const ctx = await personCtx(request);
      const principal = await consentForTenant(ctx, request.body.appId, await requestedBy(ctx, request.body));
      return reply.code(201).send(principalWire(await getServicePrincipal(ctx, principal.id)));
    },
  );

  app.get('/service-principals/:ref', { schema: one }, async (request) =>
    principalWire(await getServicePrincipal(await personCtx(request), request.params.ref)),
  );

  app.patch('/service-principals/:ref', { schema: { ...one, body: ChangePrincipalBody } }, async (request) =>
    principalWire(await changeServicePrincipal(await personCtx(request), request.params.ref, request.body)),
  );

  for (const act of ['disable', 'enable'] as const) {
    app.post(`/service-principals/:ref/${act}`, { schema: one }, async (request) => {
      const change = { isEnabled: act === 'enable' };
      return principalWire(await changeServicePrincipal(await personCtx(request), request.params.ref, change));
    });
  }

  app.delete('/service-principals/:ref', { schema: { params: RefParams } }, async (request, reply) => {
    await deleteServicePrincipal(await personCtx(request), request.params.ref);
    return reply.code(204).send();
  });

  grantRoutes(app);
}

function grantRoutes(app: ManagementApp): void {
  app.delete('/service-principals/:ref/grants', { schema: { params: RefParams } }, async (request, reply) => {
    await revokeAllGrants(await personCtx(request), request.params.ref);
    return reply.code(204).send();
  });

  app.delete('/service-principals/:ref/grants/:part', { schema: { params: PartParams } }, async (request, reply) => {
    await revokeGrant(await personCtx(request), request.params.ref, request.params.part);
    return reply.code(204).send();
  });

  app.get(
    '/service-principals/:ref/assignments',
    { schema: { params: RefParams, response: { 200: listOf(AssignedUser) } } },
    async (request) => {
      const items = await listAssignedUsers(await personCtx(request), request.params.ref);
      return {
        items: items.map((each) => ({ ...each, assignedAt: isoTime(each.assignedAt) })),
        total: items.length,
      };
    },
  );

  app.put('/service-principals/:ref/assignments/:part', { schema: { params: PartParams } }, async (request, reply) => {
    await assignUser(await personCtx(request), request.params.ref, request.params.part);
    return reply.code(204).send();
  });

  app.delete(
    '/service-principals/:ref/assignments/:part',
    { schema: { params: PartParams } },
    async (request, reply) => {
      await unassignUser(await personCtx(request), request.params.ref, request.params.part);
      return reply.code(204).send();
    },
  );
}

interface ConsentInput {
  readonly appId: string;
  readonly all?: true;
  readonly permissions?: Parameters<typeof parseAccessInput>[2];
}

/** What a consent by call is for: all that the application asks for now, or what is named. */
async function requestedBy(ctx: Ctx, { appId, all, permissions }: ConsentInput) {
  const { tenantId } = ctx.caller;
  if ((all === undefined) === (permissions === undefined)) {
    throw new InvalidInput('all', 'Say all: true to consent to everything that is asked for, or name permissions.');
  }
  const client = await loadClient(ctx, appId.trim(), tenantId);
  if (!client || !isOpenTo(client.application, tenantId)) throw new NotFound('The application');
  return permissions
    ? await parseAccessInput(ctx.store.db, tenantId, permissions, ctx.config.permissionsPerApplicationMax)
    : client.application.requiredAccess;
}
