// /servicePrincipals (Entra reference 4.6): what is present in the tenant, the APIs of this server included.
import type { FastifyReply, FastifyRequest } from 'fastify';
import {
  type DirectoryPrincipal,
  findPrincipals,
  getDirectoryPrincipal,
  type PrincipalProperty,
} from '../../applications/directory-lists.ts';
import {
  changeServicePrincipal,
  createServicePrincipal,
  deleteServicePrincipal,
} from '../../applications/service-principals.ts';
import type { Ctx } from '../../context.ts';
import { isoTime } from '../../lib/clock.ts';
import { roleWire, scopeWire } from './application-wire.ts';
import { empty, flag, guid, needed, readBody } from './bodies.ts';
import { GraphProblem } from './errors.ts';
import { type Filterable, readTextFilter } from './filters.ts';
import { keyOf, keyPaths, requireKey } from './keys.ts';
import { pick, readEntityOptions, readListOptions, refuseOptions, sendList } from './lists.ts';
import { type GraphApp, graphCtx, sendEntity } from './surface.ts';

const filterable: Filterable<PrincipalProperty> = {
  what: 'service principals',
  texts: ['id', 'appId', 'displayName'],
  lists: ['servicePrincipalNames'],
};

export function servicePrincipalRoutes(app: GraphApp): void {
  app.get('/servicePrincipals', async (request, reply) => {
    const ctx = await graphCtx(request);
    const asked = readListOptions(ctx, request);
    const where = readTextFilter(ctx, asked.filter, filterable);
    const { items, total } = await findPrincipals(ctx, where, asked.span);
    const wires = items.map(principalWire);
    const listed = { of: 'servicePrincipals', type: 'servicePrincipal', items: wires, total };
    return sendList(ctx, request, reply, asked, listed);
  });

  app.get('/servicePrincipals/$count', async (request, reply) => {
    const ctx = await graphCtx(request);
    refuseOptions(request);
    const { total } = await findPrincipals(ctx, null, { skip: 0, limit: 0 });
    return reply.type('text/plain').send(String(total));
  });

  app.post('/servicePrincipals', async (request, reply) => {
    const ctx = await graphCtx(request);
    refuseOptions(request);
    const readers = { appId: guid, accountEnabled: flag, appRoleAssignmentRequired: flag, tags: empty };
    const { appId, accountEnabled, appRoleAssignmentRequired } = readBody(request.body, readers);
    const initial = { isEnabled: accountEnabled, requiresAssignment: appRoleAssignmentRequired };
    const { id } = await createServicePrincipal(ctx, needed(appId, 'appId'), initial);
    return sendPrincipal(ctx, request, reply.code(201), await getDirectoryPrincipal(ctx, id));
  });

  for (const path of keyPaths('servicePrincipals')) {
    app.get(path, async (request, reply) => {
      const ctx = await graphCtx(request);
      const select = readEntityOptions(request);
      return sendPrincipal(ctx, request, reply, await getNamedPrincipal(ctx, request), select);
    });

    app.patch(path, async (request, reply) => {
      const ctx = await graphCtx(request);
      refuseOptions(request);
      const { id } = await getChangeable(ctx, request);
      const { accountEnabled, appRoleAssignmentRequired } = readBody(request.body, {
        accountEnabled: flag,
        appRoleAssignmentRequired: flag,
      });
      await changeServicePrincipal(ctx, id, {
        isEnabled: accountEnabled,
        requiresAssignment: appRoleAssignmentRequired,
      });
      return reply.code(204).send();
    });

    app.delete(path, async (request, reply) => {
      const ctx = await graphCtx(request);
      refuseOptions(request);
      const { id } = await getChangeable(ctx, request);
      await deleteServicePrincipal(ctx, id);
      return reply.code(204).send();
    });
  }
}

export async function getNamedPrincipal(ctx: Ctx, request: FastifyRequest): Promise<DirectoryPrincipal> {
  const key = keyOf(request);
  return requireKey(key, await getDirectoryPrincipal(ctx, key.value));
}

async function getChangeable(ctx: Ctx, request: FastifyRequest): Promise<DirectoryPrincipal> {
  const principal = await getNamedPrincipal(ctx, request);
  if (principal.homeTenantId !== null) return principal;
  throw new GraphProblem(`${principal.displayName} is an API of this server and cannot be changed or deleted.`);
}

function sendPrincipal(
  ctx: Ctx,
  request: FastifyRequest,
  reply: FastifyReply,
  principal: DirectoryPrincipal,
  select: readonly string[] = [],
): FastifyReply {
  const wire = pick(principalWire(principal), select, 'servicePrincipal');
  return sendEntity(ctx, request, reply, 'servicePrincipals', wire);
}

/** Reference 4.1. Credentials belong to the application, which its home tenant alone sees. */
function principalWire({ api, application, ...principal }: DirectoryPrincipal) {
  const { id, appId, displayName, homeTenantId, isEnabled, requiresAssignment, createdAt } = principal;
  const { web = [], spa = [], publicClient = [] } = application?.redirectUris ?? {};
  return {
    id,
    appId,
    displayName,
    appDisplayName: displayName,
    appOwnerOrganizationId: homeTenantId,
    accountEnabled: isEnabled,
    appRoleAssignmentRequired: requiresAssignment,
    servicePrincipalType: 'Application',
    signInAudience: application?.signInAudience ?? 'AzureADMultipleOrgs',
    servicePrincipalNames: [appId, ...api.identifierUris],
    createdDateTime: isoTime(createdAt),
    homepage: application?.homePageUrl ?? null,
    logoutUrl: application?.logoutUrl ?? null,
    replyUrls: [...web, ...spa, ...publicClient],
    appRoles: api.roles.map(roleWire),
    oauth2PermissionScopes: api.scopes.map(scopeWire),
    keyCredentials: [],
    passwordCredentials: [],
    tags: [],
  };
}
