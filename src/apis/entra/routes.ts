import type { FastifyInstance } from 'fastify';
import type { Services } from '../../context.ts';
import { MountedRoutes } from '../methods.ts';
import { authorizeRoutes } from './authorize.ts';
import { consentRoutes } from './consent.ts';
import { devicePages } from './device.ts';
import { deviceAuthorizationRoutes } from './device-authorization.ts';
import { discoveryRoutes } from './discovery.ts';
import { openEntraServices } from './entra-services.ts';
import { handleError } from './errors.ts';
import { readForms } from './forms.ts';
import { instanceDiscoveryRoutes } from './instance-discovery.ts';
import { introspectionRoutes } from './introspection.ts';
import { keyRoutes } from './keys.ts';
import { logoutRoutes } from './logout.ts';
import { pushedRequestRoutes } from './pushed-requests.ts';
import { revocationRoutes } from './revocation.ts';
import { tokenRoutes } from './token/token.ts';
import { userRealmRoutes } from './user-realm.ts';
import { userinfoRoutes } from './userinfo.ts';

/** Mounts the surface at the root of the server. What it mounted is for {@link answerOutside}. */
export async function entraSurface(app: FastifyInstance, services: Services): Promise<MountedRoutes> {
  const mounted = new MountedRoutes(app);
  const entra = openEntraServices(services);
  app.addHook('onClose', () => entra.issuance.close());
  await app.register(async (part) => {
    readForms(part);
    part.setErrorHandler(handleError(services));
    discoveryRoutes(part, services);
    keyRoutes(part, services);
    instanceDiscoveryRoutes(part, services);
    userRealmRoutes(part, services);
    userinfoRoutes(part, services);
    tokenRoutes(part, entra);
    deviceAuthorizationRoutes(part, entra);
    revocationRoutes(part, entra);
    introspectionRoutes(part, entra);
    pushedRequestRoutes(part, entra);
  });
  await authorizeRoutes(app, services);
  await consentRoutes(app, services);
  await devicePages(app, services);
  await logoutRoutes(app, services);
  return mounted;
}
