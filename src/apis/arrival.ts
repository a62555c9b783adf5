// What every surface does first: give the request a correlation id, find out from where and to which host it comes.
import { parseCookie } from 'cookie';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Arrival, Gate } from '../access/gate.ts';
import { sessionCookieName } from '../directory/sessions.ts';
import { normaliseAddress } from '../lib/addresses.ts';
import { type CorrelationId, newId, type TenantId } from '../lib/ids.ts';

export const correlationHeader = 'x-correlation-id';
const userAgentLengthMax = 256;

/** What {@link beginArrival} found out about a request, kept until its answer is sent. */
export interface Begun {
  readonly gate: Gate;
  readonly correlationId: CorrelationId;
  readonly hostTenantId: TenantId | null;
}

const addresses = new WeakMap<object, string>();
const begunKey = Symbol('begun');
/** A request as beginArrival leaves it. */
type BegunRequest = FastifyRequest & { [begunKey]?: Begun };

/** Gives the request its correlation id, which every answer carries. Ids are ours: one that the client sends is not used. */
export function beginArrival(
  request: FastifyRequest,
  reply: FastifyReply,
  gate: Gate,
  hostTenantId: TenantId | null,
): void {
  const correlationId = newId<CorrelationId>();
  // The property is of this file's own making; a WeakMap would cost every garbage collection a visit.
  (request as BegunRequest)[begunKey] = { gate, correlationId, hostTenantId };
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
  const { correlationId, hostTenantId } = begunOf(request);
  return {
    correlationId,
    origin: {
      address: addressOf(request),
      userAgent: (request.headers['user-agent'] ?? '').slice(0, userAgentLengthMax),
    },
    method: request.method,
    path: pathOf(request),
    headers: request.headers,
    sessionCookie: sessionCookieOf(request),
    hostTenantId,
  };
}

/** The address in normal form, worked out once per connection unless a proxy may say another one for each request. */
function addressOf(request: FastifyRequest): string {
  const { socket } = request;
  if (request.ip !== socket.remoteAddress) return normaliseAddress(request.ip) ?? request.ip;
  let address = addresses.get(socket);
  if (address === undefined) {
    address = normaliseAddress(request.ip) ?? request.ip;
    addresses.set(socket, address);
  }
  return address;
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
