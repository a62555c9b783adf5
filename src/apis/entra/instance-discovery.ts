// Which hosts are one authority: what MSAL asks a well-known host before it trusts another (Entra protocol reference
// 1.5). Here it makes a deployment that answers to the documented names complete.
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Services } from '../../context.ts';
import { parseHostHeader } from '../../listening/host-header.ts';
import { genericUrl, type Names, resolveHost } from '../../listening/names.ts';
import { sendPublicJson } from './discovery.ts';
import { entraError } from './errors.ts';
import { originOfHost } from './origins.ts';
import type { EntraApp } from './surface.ts';

const vendorSignInHosts = ['login.microsoftonline.com', 'login.windows.net', 'login.microsoft.com', 'sts.windows.net'];

export function instanceDiscoveryRoutes(app: EntraApp, services: Services): void {
  app.get('/common/discovery/instance', (request, reply) => sendInstance(services, request, reply));
}

async function sendInstance({ names }: Services, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  // A query is an object of texts and lists; the use checks which.
  const query = request.query as Readonly<Record<string, unknown>>;
  const authority = query.authorization_endpoint;
  if (typeof authority !== 'string') throw entraError(900144, { name: 'authorization_endpoint' });
  const url = URL.parse(authority);
  // An address that we do not answer to is no instance of ours: MSAL stops at this error, and shall.
  if (url?.protocol !== 'https:' || resolveHost(names, url.host).kind === 'unknown') throw entraError(50049);
  const [, tenant = 'common'] = url.pathname.split('/');
  return sendPublicJson(request, reply, {
    tenant_discovery_endpoint: `${originOfHost(names, url.host)}/${encodeURIComponent(tenant)}/v2.0/.well-known/openid-configuration`,
    'api-version': query['api-version'] === '1.0' ? '1.0' : '1.1',
    metadata: metadataOf(names, parseHostHeader(url.host) ?? ''),
  });
}

/** One group for our own names, one for the documented ones where we answer to them. */
function metadataOf(names: Names, asked: string): object[] {
  const generic = genericUrl(names).slice('https://'.length);
  const aliases = [...names.aliases].map((alias) => originOfHost(names, alias).slice('https://'.length));
  const own = { preferred_network: generic, preferred_cache: generic, aliases: [...new Set([generic, ...aliases])] };
  if (!names.answersVendorHosts) return [own];
  const [network = '', cache = ''] = vendorSignInHosts;
  const vendor = { preferred_network: network, preferred_cache: cache, aliases: vendorSignInHosts };
  return vendorSignInHosts.includes(asked) ? [vendor, own] : [own, vendor];
}
