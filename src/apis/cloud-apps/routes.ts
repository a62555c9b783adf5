// The routes of the cloud-apps surface: its table of contents. Mounted under both prefixes that clients use.
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import type { Services } from '../../context.ts';
import { pathOf } from '../arrival.ts';
import { readJsonBodies } from '../bodies.ts';
import { MountedRoutes } from '../methods.ts';
import { activitiesRoutes } from './activities.ts';
import { alertsRoutes } from './alert-routes.ts';
import { blockScriptRoutes, discoveryRoutes, unversionedDiscoveryRoutes } from './discovery-routes.ts';
import { handleError, sendNoRoute } from './errors.ts';
import { governanceRoutes } from './governance.ts';
import { entitiesRoutes, filesRoutes, subnetsRoutes } from './inventory-routes.ts';
import { policiesRoutes } from './policies.ts';
import { siemAgentRoutes } from './siem-agent-routes.ts';
import type { CloudAppsApp } from './surface.ts';

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
  siemAgentRoutes(app, services);
  discoveryRoutes(app, services);
  blockScriptRoutes(app, services);
  app.setNotFoundHandler((request, reply) => sendNoRoute(request, reply, mounted.allowed(pathOf(request))));
}

type Routes = (app: CloudAppsApp, services: Services, base: string) => void;

/** What clients also call without a version (cloud-apps reference 1.4 and 2.8), each below a prefix of its own. */
export const unversioned: readonly { readonly prefix: string; readonly routes: Routes }[] = [
  { prefix: '/api/subnet', routes: subnetsRoutes },
  { prefix: '/api/discovery', routes: unversionedDiscoveryRoutes },
  { prefix: '/api/discovery_block_scripts', routes: blockScriptRoutes },
];

export async function unversionedSurface(root: FastifyInstance, services: Services, routes: Routes): Promise<void> {
  const app = root.withTypeProvider<TypeBoxTypeProvider>();
  const mounted = new MountedRoutes(root);
  readJsonBodies(root, services.config);
  app.setErrorHandler(handleError);
  routes(app, services, '');
  app.setNotFoundHandler((request, reply) => sendNoRoute(request, reply, mounted.allowed(pathOf(request))));
}
