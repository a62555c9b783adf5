// Under which of our names a request came: issuers and URLs of the answer are built from it.
import type { FastifyRequest } from 'fastify';
import type { Services } from '../../context.ts';
import { parseHostHeader } from '../../listening/host-header.ts';
import { resolveHost } from '../../listening/names.ts';

const aliasOrigins = new WeakMap<Services['names'], Map<string, string>>();
const aliasOriginsMax = 1000;

/**
 * The origin that URLs and issuers of the answer are built from: the very name that was asked, which was found on the
 * list of our names before any route ran, with the port of our public URL.
 */
export function originOf(services: Pick<Services, 'names'>, request: FastifyRequest): string {
  return originOfHost(services.names, request.headers.host);
}

/** The same for a Host header or authority; the generic origin when it is not ours. */
export function originOfHost(names: Services['names'], header: string | undefined): string {
  let known = aliasOrigins.get(names);
  if (!known) {
    known = new Map();
    aliasOrigins.set(names, known);
  }
  const before = header === undefined ? undefined : known.get(header);
  if (before !== undefined) return before;
  const host = parseHostHeader(header);
  const isAlias = host !== undefined && names.aliases.has(host);
  const origin = isAlias
    ? `https://${host.includes(':') ? `[${host}]` : host}${names.portSuffix}`
    : resolveHost(names, header).canonicalOrigin;
  if (header !== undefined && known.size < aliasOriginsMax) known.set(header, origin);
  return origin;
}
