// Everything that the server answers to. Tests start here too.
import type { SecureServerOptions } from 'node:http2';
import Fastify, {
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  type FastifyServerOptions,
  LogController,
} from 'fastify';
import { Gate } from './access/gate.ts';
import { Refusal } from './access/refusal.ts';
import { beginArrival, begunKey, noteCall, pathOf } from './apis/arrival.ts';
import { answerBrokenRequest } from './apis/broken-requests.ts';
import { handleError as cloudAppsErrors } from './apis/cloud-apps/errors.ts';
import { cloudAppsSurface, unversioned, unversionedSurface } from './apis/cloud-apps/routes.ts';
import { handleError as defenderErrors } from './apis/defender/errors.ts';
import { defenderSurface } from './apis/defender/routes.ts';
import { discoveryFilesPrefix, discoveryFilesSurface } from './apis/discovery-files/routes.ts';
import { handleError as entraErrors } from './apis/entra/errors.ts';
import { answerOutside, isEntraPath } from './apis/entra/outside.ts';
import { entraSurface } from './apis/entra/routes.ts';
import { handleError as graphErrors } from './apis/graph/errors.ts';
import { graphBeta, graphSurface } from './apis/graph/routes.ts';
import { healthRoutes, isHealthPath } from './apis/health.ts';
import { handleError as managementErrors } from './apis/management/problems.ts';
import { managementSurface } from './apis/management/routes.ts';
import type { MountedRoutes } from './apis/methods.ts';
import { collectRoutes, openApiRoutes } from './apis/openapi/routes.ts';
import { portalRoutes } from './apis/portal/routes.ts';
import { portalSignIn } from './apis/portal-sign-in/routes.ts';
import { RequestCounts } from './apis/request-counts.ts';
import { compileSerializerLate, loadWriter } from './apis/serialising.ts';
import { setupPages } from './apis/setup-page/routes.ts';
import { compileValidator, loadCompiler } from './apis/validation.ts';
import type { Services } from './context.ts';
import { isInRanges } from './lib/addresses.ts';
import { InvalidInput, NotFound } from './lib/failures.ts';
import type { TenantId } from './lib/ids.ts';
import { hostHeaderOf } from './listening/host-header.ts';
import { resolveHost } from './listening/names.ts';

/** Certificate and key in PEM; null for plain HTTP behind a proxy. */
export type Tls = Pick<SecureServerOptions, 'cert' | 'key'> | null;

type CompilersFactory = NonNullable<FastifyServerOptions['schemaController']>['compilersFactory'];

const requestTimeoutMs = 60_000;
const headersTimeoutMs = 15_000;
const keepAliveTimeoutMs = 72_000;
const headerBytesMax = 32_768;
/** Routes may set another cache-control; nothing else is changed later. */
const headersOfEveryAnswer = {
  'x-content-type-options': 'nosniff',
  'strict-transport-security': 'max-age=31536000',
  'cache-control': 'no-store',
};

/** Handed over at once rather than set afterwards: Fastify would load compilers of its own first, which nobody uses. */
const compilersFactory = {
  buildValidator: () => compileValidator,
  buildSerializer: () => compileSerializerLate,
} as unknown as CompilersFactory; // Its types describe Fastify's own two compilers; it calls these like those of a route.

/** The server, not yet listening. Closing it waits for running requests and writes what was waiting to be written. */
export async function buildServer(services: Services, tls: Tls = null): Promise<FastifyInstance> {
  const { config } = services;
  const gate = new Gate(services);
  const http = { maxHeaderSize: headerBytesMax, headersTimeout: headersTimeoutMs };
  const app = Fastify({
    ...(tls ? { https: { ...tls, ...http, minVersion: 'TLSv1.2' as const } } : { http }),
    loggerInstance: oneLogger(services.log),
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: config.bodyBytesMax,
    requestTimeout: requestTimeoutMs,
    keepAliveTimeout: keepAliveTimeoutMs,
    trustProxy: config.trustedProxies.length > 0 && ((address) => isInRanges(address, config.trustedProxies)),
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 500 },
    schemaController: { compilersFactory },
    clientErrorHandler: answerBrokenRequest(services.log),
    frameworkErrors: (_error, request, reply) => answerUnreadable(services, gate, request, reply),
  }) as unknown as FastifyInstance; // The two server types differ in nothing that the routes use.
  app.setErrorHandler((error, request, reply) =>
    isEntraPath(request.url)
      ? entraErrors(services)(error, request, reply)
      : cloudAppsErrors(isBodyOfNothing(error, request) ? new NotFound(pathOf(request)) : error, request, reply),
  );
  app.addHttpMethod('GET', { hasBody: true, overrideExisting: true });

  app.decorateRequest(begunKey, null);
  app.addHook('onClose', () => gate.close());
  const requests = new RequestCounts();
  // Hooks that need not wait take a callback: a promise per hook and request is what bare Fastify does not pay.
  app.addHook('onRequest', (request, reply, done) => {
    requests.begin();
    reply.headers(headersOfEveryAnswer);
    const admitted = admitHost(services, gate, request, reply);
    if (admitted === true) return done();
    if (admitted === false) return;
    admitted.then((isIn) => isIn && done(), done);
  });

  app.addHook('onResponse', (request, reply, done) => {
    requests.end(request, reply);
    noteCall(request, reply, services.clock());
    done();
  });

  const routes = collectRoutes(app);
  healthRoutes(app, services, requests);
  openApiRoutes(app, services, routes);
  await app.register(async (part) => managementSurface(part, services), { prefix: '/management/v1' });
  await app.register(async (part) => cloudAppsSurface(part, services), { prefix: '/api/v1' });
  await app.register(async (part) => cloudAppsSurface(part, services), { prefix: '/cas/api/v1' });
  for (const { prefix, routes } of unversioned) {
    await app.register(async (part) => unversionedSurface(part, services, routes), { prefix });
  }
  await app.register(async (part) => discoveryFilesSurface(part, services), { prefix: discoveryFilesPrefix });
  await app.register(async (part) => defenderSurface(part, services), { prefix: '/api' });
  await app.register(async (part) => graphSurface(part, services), { prefix: '/v1.0' });
  await app.register(async (part) => graphBeta(part, services), { prefix: '/beta' });
  await app.register(async (part) => setupPages(part, services));
  await app.register(async (part) => portalSignIn(part, services));
  await app.register(async (part) => portalRoutes(part, services));
  let entra: MountedRoutes | undefined;
  await app.register(async (part) => {
    entra = await entraSurface(part, services);
  });
  app.setNotFoundHandler((request, reply) => {
    if (entra && isEntraPath(request.url)) return answerOutside(services, entra, request, reply);
    throw new NotFound(pathOf(request));
  });
  return app;
}

/** Where nothing is, nothing can be wrong with the body either. */
function isBodyOfNothing(error: unknown, { is404 }: FastifyRequest): boolean {
  return is404 && error instanceof Error && 'code' in error && String(error.code).startsWith('FST_ERR_CTP_');
}

/** Loads what the first calls need and being ready does not, so that they need not wait for it. */
export function loadTheRest(): void {
  loadCompiler();
  loadWriter();
}

/** Requests are told apart by the correlation id in their lines, so none gets a logger of its own, which costs as much as a check. */
function oneLogger(log: Services['log']): Services['log'] {
  const shared: Services['log'] = Object.create(log); // The same logger in everything but this one method.
  shared.child = () => shared;
  return shared;
}

/**
 * Lets a request in only under a host name that is ours; nothing is ever built from any other. True when it is in, false
 * when the refusal is sent; a promise of that only where a tenant's host has to be looked up.
 */
function admitHost(
  services: Services,
  gate: Gate,
  request: FastifyRequest,
  reply: FastifyReply,
): boolean | Promise<boolean> {
  // Probes call by address, and their answers name no host.
  if (isHealthPath(request.url)) {
    beginArrival(request, reply, gate, null);
    return true;
  }
  const host = resolveHost(services.names, hostHeaderOf(request.raw));
  if (host.slug === undefined) return admitTo(services, gate, request, reply, host.kind !== 'unknown', null);
  return gate.hosts.find(host.slug).then(
    (tenantId) => admitTo(services, gate, request, reply, tenantId !== undefined, tenantId ?? null),
    (error: unknown) => {
      beginArrival(request, reply, gate, null);
      throw error;
    },
  );
}

function admitTo(
  services: Services,
  gate: Gate,
  request: FastifyRequest,
  reply: FastifyReply,
  isOurs: boolean,
  hostTenantId: TenantId | null,
): boolean {
  beginArrival(request, reply, gate, hostTenantId);
  // A target in absolute form names a host of its own (RFC 9112 section 3.2.2); only proxies send it, and we are none.
  const isAbsolute = !request.url.startsWith('/') && request.url !== '*';
  if (!isOurs || isAbsolute) {
    answerError(services, unknownHost(), request, reply);
    return false;
  }
  if (request.url.includes('%00')) {
    const problem = 'The path or query contains the character U+0000, which cannot be stored.';
    answerError(services, new InvalidInput('path', problem), request, reply);
    return false;
  }
  return true;
}

/** An answer before any route is reached, in the shape of the surface that was called. */
function answerError(services: Services, error: Error, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  return errorsFor(services, request.url)(error, request, reply);
}

function errorsFor(services: Services, url: string) {
  if (url.startsWith('/management/')) return managementErrors(services.names);
  if (/^\/(?:v1\.0|beta)(?:[/?]|$)/.test(url)) return graphErrors(services);
  if (/^\/api\/(?!(?:v1|subnet)(?:[/?]|$))/.test(url)) return defenderErrors(services);
  return isEntraPath(url) ? entraErrors(services) : cloudAppsErrors;
}

function unknownHost(): Refusal {
  return new Refusal({
    status: 421,
    code: 'unknown-host',
    message:
      'This server does not answer under that host name. Use the URL that the about call or your administrator gives.',
    chain: [{ check: 'host', outcome: 'failed', detail: 'The Host header names no host of this deployment.' }],
    remedy: "Call the generic URL or the tenant's own one; the operator adds further names with hostAliases.",
    tenantId: null,
    userId: null,
    target: null,
  });
}

/** A path that cannot be decoded reaches no route and no hook. */
function answerUnreadable(services: Services, gate: Gate, request: FastifyRequest, reply: FastifyReply): void {
  reply.headers(headersOfEveryAnswer);
  beginArrival(request, reply, gate, null);
  const isOurs = resolveHost(services.names, hostHeaderOf(request.raw)).kind !== 'unknown';
  const error = isOurs ? new InvalidInput('path', 'The path cannot be read.') : unknownHost();
  answerError(services, error, request, reply);
}
