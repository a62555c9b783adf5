// The routes of the graph surface: its table of contents.

import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Services } from '../../context.ts';
import { pathOf } from '../arrival.ts';
import { readJsonBodies } from '../bodies.ts';
import { MountedRoutes } from '../methods.ts';
import { appRoleRoutes } from './app-role-assignments.ts';
import { applicationRoutes } from './applications.ts';
import { ownerRoutes, passwordRoutes } from './credentials.ts';
import { directoryRoutes } from './directory.ts';
import { handleError, sendNoRoute, setRequestIds } from './errors.ts';
import { keyCredentialRoutes } from './key-credentials.ts';
import { permissionGrantRoutes } from './permission-grants.ts';
import { roleScheduleRoutes } from './role-schedules.ts';
import { scheduleRequestRoutes } from './schedule-requests.ts';
import { dataDiscoveryRoutes, detectionRuleRoutes, securityRoutes } from './security-routes.ts';
import { servicePrincipalRoutes } from './service-principals.ts';
import { permissionsOf } from './surface.ts';

/** Mounts the surface; `root` is encapsulated under /v1.0. */
export async function graphSurface(root: FastifyInstance, services: Services): Promise<void> {
  const app = prepare(root, services);
  applicationRoutes(app);
  passwordRoutes(app);
  keyCredentialRoutes(app);
  ownerRoutes(app);
  servicePrincipalRoutes(app);
  appRoleRoutes(app);
  permissionGrantRoutes(app);
  roleScheduleRoutes(app);
  scheduleRequestRoutes(app);
  directoryRoutes(app);
  securityRoutes(app, services);
}

/** /beta: custom detections, discovered apps and nothing else, which is said in the words of the surface. */
export async function graphBeta(root: FastifyInstance, services: Services): Promise<void> {
  const app = prepare(root, services);
  detectionRuleRoutes(app);
  dataDiscoveryRoutes(app);
}

function prepare(root: FastifyInstance, services: Services) {
  const app = root.withTypeProvider<TypeBoxTypeProvider>();
  readJsonBodies(root, services.config);
  root.addHook('onRequest', (request, reply, done) => {
    forgetTypeOfNothing(request);
    setRequestIds(request, reply);
    reply.header('odata-version', '4.0');
    done();
  });
  // A call that the table of endpoint permissions does not name is not mounted.
  root.addHook('onRoute', ({ method, url }) => {
    for (const each of [method].flat()) permissionsOf(each, url);
  });
  const mounted = new MountedRoutes(root);
  app.setErrorHandler(handleError(services));
  app.setNotFoundHandler((request, reply) => sendNoRoute(services, request, reply, mounted.allowed(pathOf(request))));
  return app;
}

/** Scripts send the content type of their last call along with a call that has no body; it says nothing then. */
function forgetTypeOfNothing({ headers }: FastifyRequest): void {
  const isWithout = headers['content-length'] === undefined || headers['content-length'] === '0';
  if (isWithout && headers['transfer-encoding'] === undefined) delete headers['content-type'];
}
