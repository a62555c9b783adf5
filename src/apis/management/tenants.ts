import type { Services } from '../../context.ts';
import type { SetupLink as DomainSetupLink } from '../../directory/setup.ts';
import {
  addDomain,
  changeTenantLife,
  createTenantWithLink,
  removeDomain,
  renameTenant,
  renewSetupLink,
} from '../../directory/tenant-life.ts';
import { type Tenant as DomainTenant, getTenant, listTenants } from '../../directory/tenants.ts';
import { isoTime } from '../../lib/clock.ts';
import { tenantUrl } from '../../listening/names.ts';
import {
  CreateTenantBody,
  DomainBody,
  DomainParams,
  listOf,
  MintedTenant,
  RefParams,
  RenameBody,
  SetupLink,
  Tenant,
  TenantQuery,
} from './directory-schemas.ts';
import { type ManagementApp, personCtx } from './surface.ts';
import { toWire } from './wire.ts';

/** Tenants: the operator's global administrators manage all of them, everybody else sees the own one. */
export function tenantRoutes(app: ManagementApp, services: Services): void {
  const wire = (tenant: DomainTenant) =>
    toWire({ ...tenant, createdAt: isoTime(tenant.createdAt), url: tenantUrl(services.names, tenant.slug) });
  const one = { params: RefParams, response: { 200: Tenant } };

  app.get('/tenants', { schema: { querystring: TenantQuery, response: { 200: listOf(Tenant) } } }, async (request) => {
    const { items, total } = await listTenants(await personCtx(request), request.query);
    return { items: items.map(wire), total };
  });

  app.post(
    '/tenants',
    { schema: { body: CreateTenantBody, response: { 201: MintedTenant } } },
    async (request, reply) => {
      const { tenant, setupLink } = await createTenantWithLink(await personCtx(request), request.body);
      return reply
        .code(201)
        .header('cache-control', 'no-store')
        .send({ tenant: wire(tenant), setupLink: wireLink(setupLink) });
    },
  );

  app.get('/tenants/:ref', { schema: one }, async (request) =>
    wire(await getTenant(await personCtx(request), request.params.ref)),
  );

  app.patch('/tenants/:ref', { schema: { ...one, body: RenameBody } }, async (request) =>
    wire(await renameTenant(await personCtx(request), request.params.ref, request.body.displayName)),
  );

  for (const act of ['disable', 'enable', 'restore'] as const) {
    app.post(`/tenants/:ref/${act}`, { schema: one }, async (request) =>
      wire(await changeTenantLife(await personCtx(request), request.params.ref, act)),
    );
  }

  app.delete('/tenants/:ref', { schema: { params: RefParams } }, async (request, reply) => {
    await changeTenantLife(await personCtx(request), request.params.ref, 'delete');
    return reply.code(204).send();
  });

  app.post(
    '/tenants/:ref/setup-link',
    { schema: { params: RefParams, response: { 200: SetupLink } } },
    async (request, reply) => {
      const link = await renewSetupLink(await personCtx(request), request.params.ref);
      return reply.header('cache-control', 'no-store').send(wireLink(link));
    },
  );

  app.post('/tenants/:ref/domains', { schema: { ...one, body: DomainBody } }, async (request) =>
    wire(await addDomain(await personCtx(request), request.params.ref, request.body.name)),
  );

  app.delete('/tenants/:ref/domains/:name', { schema: { ...one, params: DomainParams } }, async (request) =>
    wire(await removeDomain(await personCtx(request), request.params.ref, request.params.name)),
  );
}

function wireLink(link: DomainSetupLink): { url: string; expiresAt: string } {
  return { url: link.url, expiresAt: isoTime(link.expiresAt) };
}
