// What activities leave behind and what they are measured by: accounts and users, files, IP ranges. The handlers are loaded
// with the first call, because a start need not wait for them (docs/decisions/0008).
import type { Services } from '../../context.ts';
import { readFormBodies } from './list-request.ts';
import type { CloudAppsApp } from './surface.ts';

interface WithPk {
  Params: { pk: string };
}

const loadEntities = () => import('./entities.ts');
const loadFiles = () => import('./files.ts');
const loadSubnets = () => import('./subnets.ts');

export function entitiesRoutes(app: CloudAppsApp, services: Services): void {
  readFormBodies(app, services.config);
  app.route({
    method: ['GET', 'POST'],
    url: '/entities',
    handler: async (request, reply) => (await loadEntities()).list(request, reply),
  });
  app.route<WithPk>({
    method: 'GET',
    url: '/entities/:pk',
    handler: async (request, reply) => (await loadEntities()).fetch(request, reply),
  });
  app.route<WithPk>({
    method: 'GET',
    url: '/entities/:pk/retrieve_tree',
    handler: async (request, reply) => (await loadEntities()).fetchTree(request, reply),
  });
}

export function filesRoutes(app: CloudAppsApp, services: Services): void {
  readFormBodies(app, services.config);
  app.route({
    method: ['GET', 'POST'],
    url: '/files',
    handler: async (request, reply) => (await loadFiles()).list(request, reply),
  });
  app.route<WithPk>({
    method: 'GET',
    url: '/files/:pk',
    handler: async (request, reply) => (await loadFiles()).fetch(request, reply),
  });
}

/** `base` is where the app's prefix leaves off. */
export function subnetsRoutes(app: CloudAppsApp, services: Services, base = '/subnet'): void {
  readFormBodies(app, services.config);
  app.route({
    method: ['GET', 'POST'],
    url: `${base}/`,
    handler: async (request, reply) => (await loadSubnets()).list(request, reply),
  });
  app.route({
    method: 'POST',
    url: `${base}/create_rule`,
    handler: async (request, reply) => (await loadSubnets()).create(request, reply),
  });
  app.route<WithPk>({
    method: 'POST',
    url: `${base}/:pk/update_rule`,
    handler: async (request, reply) => (await loadSubnets()).update(request, reply),
  });
  app.route<WithPk>({
    method: 'GET',
    url: `${base}/:pk`,
    handler: async (request, reply) => (await loadSubnets()).fetch(request, reply),
  });
  app.route<WithPk>({
    method: 'DELETE',
    url: `${base}/:pk`,
    handler: async (request, reply) => (await loadSubnets()).remove(request, reply),
  });
}
