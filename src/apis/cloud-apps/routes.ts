// The routes of the cloud-apps surface: its table of contents. Mounted under both prefixes that clients use.
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import type { Services } from '../../context.ts';
import { pathOf } from '../arrival.ts';
import { readJsonBodies } from '../bodies.ts';
import { MountedRoutes } from '../methods.ts';
import { activitiesRoutes } from './activities.ts';
import { alertsRoutes } from './alert-routes.ts';
import { handleError, sendNoRoute } from './errors.ts';
import { governanceRoutes } from './governance.ts';
import { entitiesRoutes, filesRoutes, subnetsRoutes } from './inventory-routes.ts';
import { policiesRoutes } from './policies.ts';

export async function cloudAppsSurface(root: FastifyInstance, services: Services): Promise<void> {
  const app = root.withTypeProvider<TypeBoxTypeProvider>();
  const mounted = new MountedRoutes(root);
  readJsonBodies(root, services.config);
  app.setErrorHandler(handleError);
  activitiesRoutes(app, services);
  alertsRoutes(app, services);
  entitiesRoutes(app, services);
  filesRoutes(app, services);
  subnetsRoutes(app, services);
  policiesRoutes(app, services);
  governanceRoutes(app, services);
  app.setNotFoundHandler((request, reply) => sendNoRoute(request, reply, mounted.allowed(pathOf(request))));
}

/** What clients also call without a version: IP ranges at /api/subnet/ (cloud-apps reference 1.4). */
export async function unversionedSubnets(root: FastifyInstance, services: Services): Promise<void> {
  const app = root.withTypeProvider<TypeBoxTypeProvider>();
  const mounted = new MountedRoutes(root);
  readJsonBodies(root, services.config);
  app.setErrorHandler(handleError);
  subnetsRoutes(app, services, '');
  app.setNotFoundHandler((request, reply) => sendNoRoute(request, reply, mounted.allowed(pathOf(request))));
}
