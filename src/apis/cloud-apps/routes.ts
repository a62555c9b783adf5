// The routes of the cloud-apps surface: its table of contents. Mounted under both prefixes that clients use.
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import type { Services } from '../../context.ts';
import { pathOf } from '../arrival.ts';
import { readJsonBodies } from '../bodies.ts';
import { MountedRoutes } from '../methods.ts';
import { activitiesRoutes } from './activities.ts';
import { handleError, sendNoRoute } from './errors.ts';

export async function cloudAppsSurface(root: FastifyInstance, services: Services): Promise<void> {
  const app = root.withTypeProvider<TypeBoxTypeProvider>();
  const mounted = new MountedRoutes(root);
  readJsonBodies(root, services.config);
  app.setErrorHandler(handleError);
  activitiesRoutes(app, services);
  app.setNotFoundHandler((request, reply) => sendNoRoute(request, reply, mounted.allowed(pathOf(request))));
}
