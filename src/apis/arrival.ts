// What every surface does first: give the request a correlation id, find out from where and to which host it comes.
import type { Socket } from 'node:net';
import { parseCookie } from 'cookie';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Arrival, Gate, Visit } from '../access/gate.ts';
import type { PresentedBefore } from '../access/presented.ts';
import type { RefusalDetails } from '../access/refusal.ts';
import type { Origin } from '../context.ts';
import { sessionCookieName } from '../directory/sessions.ts';
import type { ApiSurface } from '../hunting/access-log.ts';
import { normaliseAddress } from '../lib/addresses.ts';
import type { CorrelationId, TenantId } from '../lib/ids.ts';
import { randomId } from '../lib/random-ids.ts';

export const correlationHeader = 'x-correlation-id';
const userAgentLengthMax = 256;

/** What {@link beginArrival} found out about a request, kept until its answer is sent. */
export interface Begun {
  readonly gate: Gate;
  readonly correlationId: CorrelationId;
  readonly hostTenantId: TenantId | null;
  readonly visit: Visit;
}

/** The property of a request that is beginArrival's; the server declares it, so that all requests are of one shape. */
export const begunKey = Symbol('begun');
type BegunRequest = FastifyRequest & { [begunKey]?: Begun | null };

/** What is worked out once for each connection. */
interface Connection extends PresentedBefore {
  /** In normal form. */
  readonly address: string;
}
const connectionKey = Symbol('connection');

/** Gives the request its correlation id, which every answer carries. Ids are ours: one that the client sends is not used. */
export function beginArrival(
  request: FastifyRequest,
  reply: FastifyReply,
  gate: Gate,
  hostTenantId: TenantId | null,
): void {
  const correlationId = randomId() as CorrelationId; // A new id becomes of its kind here.
  (request as BegunRequest)[begunKey] = { gate, correlationId, hostTenantId, visit: { caller: null, refusal: null } };
  reply.header(correlationHeader, correlationId);
}

/** What {@link beginArrival} kept. */
export function begunOf(request: FastifyRequest): Begun {
  const found = (request as BegunRequest)[begunKey]; // Set by beginArrival.
  if (!found) throw new Error('A route was reached without the host check of server.ts.');
  return found;
}

/** The request as the gate looks at it. */
export function arrivalOf(request: FastifyRequest): Arrival {
  const { correlationId, hostTenantId, visit } = begunOf(request);
  const connection = connectionOf(request);
  return {
    correlationId,
    origin: originOfCall(request, connection),
    method: request.method,
    path: pathOf(request),
    headers: request.headers,
    connection,
    sessionCookie: sessionCookieOf(request),
    hostTenantId,
    visit,
  };
}

function originOfCall(request: FastifyRequest, connection: Connection): Origin {
  return {
    address: addressOf(request, connection),
    userAgent: (request.headers['user-agent'] ?? '').slice(0, userAgentLengthMax),
  };
}

/** Keeps a refusal for its explanation and for the access log, also where it is answered in other words. */
export function noteRefusal(request: FastifyRequest, surface: ApiSurface, details: RefusalDetails): void {
  const { gate, correlationId, visit } = begunOf(request);
  const { method } = request;
  visit.refusal = details;
  const origin = originOfCall(request, connectionOf(request));
  gate.refusals.note({ correlationId, origin, surface, method, path: pathOf(request), details });
}

/** Notes an answered call for the access log, when it was made by somebody who is known here. */
export function noteCall(request: FastifyRequest, reply: FastifyReply, at: number): void {
  const begun = (request as BegunRequest)[begunKey]; // Set by beginArrival; absent when that was never reached.
  const { caller, refusal } = begun?.visit ?? nobody;
  const tenantId = caller?.tenantId ?? refusal?.tenantId;
  const surface = surfaceOf(request.url);
  if (!begun || !tenantId || !surface) return;
  begun.gate.calls.note({
    tenantId,
    at,
    durationMs: reply.elapsedTime,
    surface,
    method: request.method,
    path: pathOf(request),
    status: reply.statusCode,
    correlationId: begun.correlationId,
    origin: originOfCall(request, connectionOf(request)),
    caller,
    refusal,
  });
}

const nobody: Visit = { caller: null, refusal: null };

function surfaceOf(url: string): ApiSurface | undefined {
  if (url.startsWith('/management/')) return 'management';
  if (url.startsWith('/cas/') || /^\/api\/(?:v1|subnet)(?:[/?]|$)/.test(url)) return 'cloud-apps';
  if (url.startsWith('/api/')) return 'defender';
  return url.startsWith('/v1.0/') || url.startsWith('/beta/') ? 'graph' : undefined;
}

function connectionOf({ socket }: { readonly socket: Socket & { [connectionKey]?: Connection } }): Connection {
  let connection = socket[connectionKey];
  if (!connection) {
    const address = socket.remoteAddress ?? '';
    connection = { address: normaliseAddress(address) ?? address, before: undefined };
    // A property that is this file's own; a WeakMap would cost every look-up more and every garbage collection a visit.
    socket[connectionKey] = connection;
  }
  return connection;
}

/** A proxy may say another address for each request. */
function addressOf(request: FastifyRequest, connection: Connection): string {
  const { ip } = request;
  return ip === request.socket.remoteAddress ? connection.address : (normaliseAddress(ip) ?? ip);
}

function sessionCookieOf(request: FastifyRequest): string | null {
  const { cookie } = request.headers;
  return cookie === undefined ? null : (parseCookie(cookie)[sessionCookieName] ?? null);
}

/** The path without its query, which may hold what should not be kept. */
export function pathOf(request: FastifyRequest): string {
  const { url } = request;
  const query = url.indexOf('?');
  return query < 0 ? url : url.slice(0, query);
}
