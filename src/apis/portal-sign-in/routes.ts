// The two addresses of the portal that a browser itself visits to sign in through an organisation's own provider: where it
// begins, and where the provider leads back to. Both answer with a redirect, whatever happens.
import { parseCookie } from 'cookie';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Refusal } from '../../access/refusal.ts';
import type { Services } from '../../context.ts';
import { sessionCookie } from '../../directory/sessions.ts';
import { parseHostHeader } from '../../listening/host-header.ts';
import { resolveHost } from '../../listening/names.ts';
import { arrivalOf, begunOf, noteRefusal } from '../arrival.ts';

const startPath = '/portal/sign-in/external';
const problemPage = '/portal/sign-in';

/** Mounts them. A HEAD must not begin or use up anything, so none is answered. */
export async function portalSignIn(app: FastifyInstance, services: Services): Promise<void> {
  app.get(startPath, { exposeHeadRoute: false }, async (request, reply) => begin(services, request, reply));
  for (const path of [`${startPath}/callback`, `${startPath}/callback/:slug`]) {
    app.get(path, { exposeHeadRoute: false }, async (request, reply) => finish(services, request, reply));
  }
}

async function begin(services: Services, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const canonical = canonicalAddress(services, request);
  if (canonical !== undefined) return redirect(reply, canonical);
  const { tenant, returnTo } = textsOf(request.query);
  const { hostTenantId } = begunOf(request);
  try {
    const { beginExternalSignIn } = await flow();
    const { location, cookie } = await beginExternalSignIn(services, { hostTenantId, tenant, returnTo });
    return redirect(reply.header('set-cookie', cookie), location);
  } catch (error) {
    return await sendProblem(request, reply, error, { tenant, returnTo });
  }
}

/**
 * The same request at the name that the provider will lead back to, for requests under another name of ours: the cookie
 * of this sign-in stays with the host that sets it. Undefined when it is that name already.
 */
function canonicalAddress(services: Services, request: FastifyRequest): string | undefined {
  const { canonicalOrigin } = resolveHost(services.names, request.headers.host);
  const host = parseHostHeader(request.headers.host ?? '');
  const canonicalHost = new URL(canonicalOrigin).hostname.replace(/^\[|\]$/g, '');
  const query = request.url.indexOf('?');
  return host === canonicalHost
    ? undefined
    : `${canonicalOrigin}${startPath}${query < 0 ? '' : request.url.slice(query)}`;
}

async function finish(services: Services, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { finishExternalSignIn, openPending, expiredPendingCookie, pendingCookieName } = await flow();
  const { hostTenantId, correlationId } = begunOf(request);
  const { origin } = arrivalOf(request);
  const pending = openPending(services, parseCookie(request.headers.cookie ?? '')[pendingCookieName]);
  const { slug = null } = request.params as { slug?: string }; // Of the route; absent on a tenant's own host.
  const start = request.url.indexOf('?');
  const query = start < 0 ? '' : request.url.slice(start);
  reply.header('set-cookie', expiredPendingCookie());
  try {
    const callback = { origin, correlationId, hostTenantId, slug, query, pending };
    const value = await finishExternalSignIn(services, callback);
    // Fastify sends both cookies: this header is the one that it adds to.
    reply.header('set-cookie', sessionCookie(value, services.config.sessionTtlSeconds));
    return redirect(reply, pending?.returnTo ?? '/portal/');
  } catch (error) {
    return await sendProblem(request, reply, error, { tenant: slug ?? undefined, returnTo: pending?.returnTo });
  }
}

/** A redirect that tells the next page nothing of this address, which may hold a code. */
function redirect(reply: FastifyReply, location: string): FastifyReply {
  return reply.header('referrer-policy', 'no-referrer').header('cache-control', 'no-store').redirect(location, 303);
}

/** Back to the sign-in page, which words the problem; what to repeat goes along. */
async function sendProblem(
  request: FastifyRequest,
  reply: FastifyReply,
  error: unknown,
  again: { readonly tenant: string | undefined; readonly returnTo: string | undefined },
): Promise<FastifyReply> {
  const { correlationId } = begunOf(request);
  if (error instanceof Refusal) noteRefusal(request, 'management', error.details);
  else request.log.error({ err: error, correlationId }, 'an external sign-in failed unexpectedly');
  const { parseReturnTo } = await flow();
  const query = new URLSearchParams({
    problem: error instanceof Refusal ? error.details.code : 'unexpected',
    correlationId,
  });
  if (error instanceof Refusal && error.details.retryAfterSeconds) {
    query.set('retryAfterSeconds', String(error.details.retryAfterSeconds));
  }
  if (again.tenant !== undefined && /^[A-Za-z0-9.-]{1,253}$/.test(again.tenant)) query.set('tenant', again.tenant);
  if (again.returnTo !== undefined) query.set('returnTo', parseReturnTo(again.returnTo));
  return redirect(reply, `${problemPage}?${query}`);
}

function textsOf(query: unknown): { tenant: string | undefined; returnTo: string | undefined } {
  const { tenant, returnTo } = query as Readonly<Record<string, unknown>>; // A query is an object of texts and lists.
  return {
    tenant: typeof tenant === 'string' ? tenant : undefined,
    returnTo: typeof returnTo === 'string' ? returnTo : undefined,
  };
}

/** Loaded with the first sign-in of this kind (docs/decisions/0008). */
const flow = () => import('../../directory/external-sign-in/flow.ts');
