// /oauth2PermissionGrants: delegated permissions that were granted, for everybody of the tenant (AllPrincipals) or for one
// person (Principal) (Entra reference 4.5). Ids of clients and resources are object ids of service principals.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { getDirectoryPrincipal, principalIdOf } from '../../applications/directory-lists.ts';
import { type DelegatedGrantFilter, listDelegatedGrants } from '../../applications/grant-lists.ts';
import { findDelegatedGrant, grantDelegated, revokeGrant, setDelegatedScopes } from '../../applications/grants.ts';
import type { Ctx } from '../../context.ts';
import { Conflict } from '../../lib/failures.ts';
import type { UserId } from '../../lib/ids.ts';
import { guid, needed, nullable, oneOf, readBody, text, unused } from './bodies.ts';
import { GraphProblem } from './errors.ts';
import { readEqualities } from './filters.ts';
import { keyPaths } from './keys.ts';
import { pick, readEntityOptions, readListOptions, refuseOptions, sendList } from './lists.ts';
import { getNamedPrincipal } from './service-principals.ts';
import { type GraphApp, graphCtx, sendEntity } from './surface.ts';

type Grant = Awaited<ReturnType<typeof findDelegatedGrant>>;
interface IdParams {
  readonly Params: { readonly id: string };
}

const of = 'oauth2PermissionGrants';
const type = 'oAuth2PermissionGrant';

export function permissionGrantRoutes(app: GraphApp): void {
  app.get('/oauth2PermissionGrants', async (request, reply) => {
    const ctx = await graphCtx(request);
    return await list(ctx, request, reply, {});
  });

  for (const path of keyPaths('servicePrincipals', '/oauth2PermissionGrants')) {
    app.get(path, async (request, reply) => {
      const ctx = await graphCtx(request);
      const { id } = await getNamedPrincipal(ctx, request);
      return await list(ctx, request, reply, { servicePrincipalId: id });
    });
  }

  app.get<IdParams>('/oauth2PermissionGrants/:id', async (request, reply) => {
    const ctx = await graphCtx(request);
    const select = readEntityOptions(request);
    const grant = await findDelegatedGrant(ctx, request.params.id);
    return sendEntity(ctx, request, reply, of, pick(await grantWire(ctx, grant), select, type));
  });

  app.post('/oauth2PermissionGrants', async (request, reply) => {
    const ctx = await graphCtx(request);
    refuseOptions(request);
    const grant = await create(ctx, request.body);
    return sendEntity(ctx, request, reply.code(201), of, await grantWire(ctx, grant));
  });

  app.patch<IdParams>('/oauth2PermissionGrants/:id', async (request, reply) => {
    const ctx = await graphCtx(request);
    refuseOptions(request);
    const { scope } = readBody(request.body, { scope: text });
    await setDelegatedScopes(ctx, request.params.id, namesIn(needed(scope, 'scope')));
    return reply.code(204).send();
  });

  app.delete<IdParams>('/oauth2PermissionGrants/:id', async (request, reply) => {
    const ctx = await graphCtx(request);
    refuseOptions(request);
    const { id, servicePrincipalId } = await findDelegatedGrant(ctx, request.params.id);
    await revokeGrant(ctx, servicePrincipalId, id);
    return reply.code(204).send();
  });
}

async function create(ctx: Ctx, body: unknown): Promise<Grant> {
  const given = readBody(body, {
    clientId: guid,
    consentType: oneOf('AllPrincipals', 'Principal'),
    principalId: nullable(guid),
    resourceId: guid,
    scope: text,
    // Older clients send a period; the documented service does not use it either.
    startTime: unused,
    expiryTime: unused,
  });
  const consentType = needed(given.consentType, 'consentType');
  const user = given.principalId ?? null;
  if ((consentType === 'Principal') !== (user !== null)) {
    throw new GraphProblem("'principalId' names the person when 'consentType' is Principal, and is null otherwise.");
  }
  const scopes = namesIn(needed(given.scope, 'scope'));
  if (scopes.length === 0) throw new GraphProblem("'scope' must name at least one delegated permission.");
  const client = await getDirectoryPrincipal(ctx, needed(given.clientId, 'clientId'));
  const resource = await getDirectoryPrincipal(ctx, needed(given.resourceId, 'resourceId'));
  if (client.id !== given.clientId || resource.id !== given.resourceId) {
    throw new GraphProblem("'clientId' and 'resourceId' are object ids of service principals, not app ids.");
  }
  const { total } = await listDelegatedGrants(
    ctx,
    // Looked for as a user's id, nothing more.
    { servicePrincipalId: client.id, resourceAppId: resource.appId, userId: (user ?? '') as UserId | '' },
    { skip: 0, limit: 1 },
  );
  if (total > 0) throw new Conflict('grant-exists', 'There is such a grant already. Change its scope with PATCH.');
  return await grantDelegated(ctx, client.id, { resourceAppId: resource.appId, scopes, user });
}

function namesIn(scope: string): string[] {
  return [...new Set(scope.split(' ').filter((name) => name !== ''))];
}

async function list(
  ctx: Ctx,
  request: FastifyRequest,
  reply: FastifyReply,
  narrowed: DelegatedGrantFilter,
): Promise<FastifyReply> {
  const asked = readListOptions(ctx, request);
  const said = readEqualities(ctx, asked.filter, {
    what: of,
    texts: ['clientId', 'resourceId', 'principalId', 'consentType'],
  });
  const filter = { ...narrowed, ...(await toFilter(ctx, said)) };
  const { items, total } = await listDelegatedGrants(ctx, filter, asked.span);
  const wires = await Promise.all(items.map((each) => grantWire(ctx, each)));
  return sendList(ctx, request, reply, asked, { of, type, items: wires, total });
}

async function toFilter(
  ctx: Ctx,
  { clientId, resourceId, principalId, consentType }: Partial<Record<string, string>>,
): Promise<DelegatedGrantFilter> {
  const userId = principalId ?? (consentType?.toLowerCase() === 'allprincipals' ? '' : undefined);
  if (consentType?.toLowerCase() === 'principal' && principalId === undefined) {
    throw new GraphProblem("The filter consentType eq 'Principal' needs principalId eq '…' beside it.");
  }
  return {
    ...(clientId === undefined ? {} : { servicePrincipalId: (await getDirectoryPrincipal(ctx, clientId)).id }),
    ...(resourceId === undefined ? {} : { resourceAppId: (await getDirectoryPrincipal(ctx, resourceId)).appId }),
    ...(userId === undefined ? {} : { userId: userId as UserId | '' }), // Looked for, nothing more.
  };
}

async function grantWire(ctx: Ctx, { id, servicePrincipalId, userId, resourceAppId, scope }: Grant) {
  return {
    id,
    clientId: servicePrincipalId,
    consentType: userId === '' ? 'AllPrincipals' : 'Principal',
    principalId: userId === '' ? null : userId,
    resourceId: await principalIdOf(ctx, resourceAppId),
    scope,
  };
}
