import { endpointPermissions, resourcesOf } from '../../applications/endpoint-permissions.ts';
import { searchResources } from '../../applications/resources.ts';
import type { Services } from '../../context.ts';
import { EndpointPermission, Resource, ResourceQuery } from './applications-schemas.ts';
import { listOf } from './directory-schemas.ts';
import { type ManagementApp, personCtx } from './surface.ts';
import { toWire } from './wire.ts';

/** The APIs that applications can ask for, and which permission opens which endpoint. For everybody who is signed in. */
export function resourceRoutes(app: ManagementApp, _services: Services): void {
  app.get(
    '/resources',
    { schema: { querystring: ResourceQuery, response: { 200: listOf(Resource) } } },
    async (request) => {
      await personCtx(request);
      const items = searchResources(request.query.search);
      return toWire({ items, total: items.length });
    },
  );

  app.get('/endpoint-permissions', { schema: { response: { 200: listOf(EndpointPermission) } } }, async (request) => {
    await personCtx(request);
    const items = endpointPermissions().map((each) => ({ ...each, resources: resourcesOf(each.surface) }));
    return toWire({ items, total: items.length });
  });
}
