import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Services } from '../../context.ts';
import { EntraError } from './errors.ts';
import { type EntraApp, sendJsonText } from './surface.ts';
import { resolveTenantSegment } from './tenant-segment.ts';

/**
 * How the domain of a user name signs in (Entra protocol reference 1.6): here always with a password of ours. It says
 * whether a domain is known, which the discovery documents say as well, and nothing of the user.
 */
export function userRealmRoutes(app: EntraApp, services: Services): void {
  app.get('/:tenant/userrealm/:user', (request, reply) => sendRealm(services, request, reply));
}

async function sendRealm(services: Services, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { user } = request.params as { user: string }; // The one route that comes here has it.
  const domain = user.slice(user.lastIndexOf('@') + 1).toLowerCase();
  const found = await resolveTenantSegment(services, domain).catch((error: unknown) => {
    if (error instanceof EntraError) return undefined;
    throw error;
  });
  const realm = {
    ver: '1.0',
    account_type: found?.kind === 'tenant' ? 'Managed' : 'Unknown',
    domain_name: domain.slice(0, 253),
    cloud_instance_name: 'microsoftonline.com',
    cloud_audience_urn: 'urn:federation:MicrosoftOnline',
  };
  return sendJsonText(reply, JSON.stringify(realm));
}
