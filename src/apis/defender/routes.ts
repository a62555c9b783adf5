// The routes of the defender surface: its table of contents.
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Services } from '../../context.ts';
import { pathOf } from '../arrival.ts';
import { readJsonBodies } from '../bodies.ts';
import { MountedRoutes } from '../methods.ts';
import { alertRoutes } from './alert-routes.ts';
import { CallLimits } from './call-limits.ts';
import { handleError, sendNoRoute } from './errors.ts';
import { closeHuntingWith, endpointHuntingRoutes, huntingRoutes } from './hunting-routes.ts';
import { incidentUpdateRoutes } from './incident-updates.ts';
import { incidentRoutes } from './incidents.ts';
import { machineActionRoutes } from './machine-actions.ts';
import { machineRoutes } from './machines.ts';

/** Mounts the surface; `root` is encapsulated under /api, where the cloud-apps surface has /api/v1 for itself. */
/** Documented actions that are not here, in the place of an alert's id. */
const notHere = /\/alerts\/createalertbyreference\/?$/i;

export async function defenderSurface(root: FastifyInstance, services: Services): Promise<void> {
  const app = root.withTypeProvider<TypeBoxTypeProvider>();
  const mounted = new MountedRoutes(root);
  readJsonBodies(root, services.config);
  root.addHook('onRequest', (request, _reply, done) => {
    forgetTypeOfNothing(request);
    done();
  });
  app.setErrorHandler(handleError(services));
  incidentRoutes(app, services);
  const limits = new CallLimits(services);
  // The endpoint API is documented with its version in the path as well (reference 1.1).
  for (const prefix of ['', '/v1.0']) {
    alertRoutes(app, limits, prefix);
    machineRoutes(app, services, limits, prefix);
    machineActionRoutes(app, services, limits, prefix);
    endpointHuntingRoutes(app, limits, prefix);
  }
  incidentUpdateRoutes(app, services);
  huntingRoutes(app, limits);
  closeHuntingWith(root, services);
  app.setNotFoundHandler((request, reply) => {
    const path = pathOf(request);
    return sendNoRoute(request, reply, notHere.test(path) ? [] : mounted.allowed(path));
  });
}

/** Scripts send the content type of their last call along with a GET; without a body it says nothing about anything. */
function forgetTypeOfNothing({ headers }: FastifyRequest): void {
  if (headers['content-length'] === undefined && headers['transfer-encoding'] === undefined) {
    delete headers['content-type'];
  }
}
