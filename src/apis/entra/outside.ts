// What is asked of this surface and reaches none of its routes: an unknown path, or a method that an endpoint does not take.
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Services } from '../../context.ts';
import { NotFound } from '../../lib/failures.ts';
import { pathOf } from '../arrival.ts';
import type { MountedRoutes } from '../methods.ts';
import { entraError, handleError } from './errors.ts';

const tenantPart = 'common|organizations|consumers|[0-9a-f-]{36}|[a-z0-9-]+(?:\\.[a-z0-9-]+)+';
const ownPaths = new RegExp(`^/(?:${tenantPart}|sign-in|oidc|\\.well-known/oauth-authorization-server)/`, 'i');

/** True for what lies below a tenant's name, and for the few paths of this surface that name none. */
export function isEntraPath(url: string): boolean {
  return ownPaths.test(url);
}

/** AADSTS900561 with the methods that there are, or 404. */
export function answerOutside(
  services: Services,
  mounted: MountedRoutes,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const accepted = mounted
    .allowed(pathOf(request))
    .filter((method) => method !== 'HEAD' && method !== 'OPTIONS')
    .join(', ');
  if (accepted === '') return handleError(services)(new NotFound('The endpoint'), request, reply);
  reply.header('allow', accepted);
  return handleError(services)(entraError(900561, { accepted, method: request.method }), request, reply);
}
