// /applications (Entra reference 4.6): register, find, change, delete.
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ApplicationView } from '../../applications/application-view.ts';
import { type ApplicationProperty, findApplications } from '../../applications/directory-lists.ts';
import {
  changeApplicationLife,
  getApplication,
  registerApplication,
  updateApplication,
} from '../../applications/registrations.ts';
import type { Ctx } from '../../context.ts';
import { findTenantById } from '../../directory/tenants.ts';
import { NotFound } from '../../lib/failures.ts';
import { readApplication } from './application-body.ts';
import { applicationWire } from './application-wire.ts';
import { needed } from './bodies.ts';
import { GraphProblem } from './errors.ts';
import { type Filterable, readTextFilter } from './filters.ts';
import { requireKnownKeys, updateWithKeys } from './key-credentials.ts';
import { keyPaths } from './keys.ts';
import { pick, readEntityOptions, readListOptions, refuseOptions, sendList } from './lists.ts';
import { getNamed } from './named-application.ts';
import { type GraphApp, graphCtx, sendEntity } from './surface.ts';

const filterable: Filterable<ApplicationProperty> = {
  what: 'applications',
  texts: ['id', 'appId', 'displayName', 'signInAudience'],
  lists: ['identifierUris'],
};

export function applicationRoutes(app: GraphApp): void {
  app.get('/applications', async (request, reply) => {
    const ctx = await graphCtx(request);
    return await list(ctx, request, reply);
  });

  app.get('/applications/$count', async (request, reply) => {
    const ctx = await graphCtx(request);
    refuseOptions(request);
    const { total } = await findApplications(ctx, null, { skip: 0, limit: 0 });
    return reply.type('text/plain').send(String(total));
  });

  app.post('/applications', async (request, reply) => {
    const ctx = await graphCtx(request);
    refuseOptions(request);
    const { input, keys } = readApplication(request.body);
    if (keys?.length) throw new GraphProblem('keyCredentials cannot be set here. Change the application afterwards.');
    // The documented call makes no service principal (reference 4.1).
    const displayName = needed(input.displayName, 'displayName');
    const view = await registerApplication(ctx, { ...input, displayName, withServicePrincipal: false });
    return await sendApplication(ctx, request, reply.code(201), view);
  });

  for (const path of keyPaths('applications')) {
    app.get(path, async (request, reply) => {
      const ctx = await graphCtx(request);
      const select = readEntityOptions(request);
      return await sendApplication(ctx, request, reply, await getNamed(ctx, request), select);
    });

    app.patch(path, async (request, reply) => {
      const ctx = await graphCtx(request);
      refuseOptions(request);
      const { id } = await getNamed(ctx, request);
      const { input, keys } = readApplication(request.body);
      if (keys) requireKnownKeys(keys);
      if (keys) await updateWithKeys(ctx, id, input, keys);
      else await updateApplication(ctx, id, input);
      return reply.code(204).send();
    });

    app.delete(path, async (request, reply) => {
      const ctx = await graphCtx(request);
      refuseOptions(request);
      const { id } = await getNamed(ctx, request);
      await changeApplicationLife(ctx, id, 'delete');
      return reply.code(204).send();
    });
  }

  deletedItemRoutes(app);
}

/** What was deleted can be restored for a time; only applications stay here (reference 4.1). */
function deletedItemRoutes(app: GraphApp): void {
  app.get('/directory/deletedItems/microsoft.graph.application', async (request, reply) => {
    const ctx = await graphCtx(request);
    return await list(ctx, request, reply, 'deleted');
  });

  app.get<{ Params: { id: string } }>('/directory/deletedItems/:id', async (request, reply) => {
    const ctx = await graphCtx(request);
    const select = readEntityOptions(request);
    return await sendApplication(ctx, request, reply, await getDeleted(ctx, request.params.id), select);
  });

  app.post<{ Params: { id: string } }>('/directory/deletedItems/:id/restore', async (request, reply) => {
    const ctx = await graphCtx(request);
    refuseOptions(request);
    const { id } = await getDeleted(ctx, request.params.id);
    return await sendApplication(ctx, request, reply, await changeApplicationLife(ctx, id, 'restore'));
  });
}

async function getDeleted(ctx: Ctx, ref: string): Promise<ApplicationView> {
  const view = await getApplication(ctx, ref);
  if (view.status === 'deleted' && view.id === ref.toLowerCase()) return view;
  throw new NotFound(`Resource '${ref.slice(0, 100)}'`);
}

async function list(
  ctx: Ctx,
  request: FastifyRequest,
  reply: FastifyReply,
  which: 'present' | 'deleted' = 'present',
): Promise<FastifyReply> {
  const asked = readListOptions(ctx, request);
  const where = readTextFilter(ctx, asked.filter, filterable);
  const { items, total } = await findApplications(ctx, where, asked.span, which);
  const domain = await publisherDomainOf(ctx);
  const isWithKeys = namesKeys(asked.select);
  const wires = items.map((each) => applicationWire(each, domain, isWithKeys));
  const of = which === 'present' ? 'applications' : 'directoryObjects';
  return sendList(ctx, request, reply, asked, { of, type: 'application', items: wires, total });
}

async function sendApplication(
  ctx: Ctx,
  request: FastifyRequest,
  reply: FastifyReply,
  view: ApplicationView,
  select: readonly string[] = [],
): Promise<FastifyReply> {
  const wire = applicationWire(view, await publisherDomainOf(ctx), namesKeys(select));
  return sendEntity(ctx, request, reply, 'applications', pick(wire, select, 'application'));
}

/** The public keys come only where they are asked for by name (reference 4.4). */
function namesKeys(select: readonly string[]): boolean {
  return select.some((name) => name.toLowerCase() === 'keycredentials');
}

async function publisherDomainOf(ctx: Ctx): Promise<string | null> {
  const tenant = await findTenantById(ctx.store.db, ctx.caller.tenantId);
  return tenant?.domains.find(({ isPrimary }) => isPrimary)?.name ?? null;
}
