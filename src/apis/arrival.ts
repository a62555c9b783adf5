// What every surface does first: give the request a correlation id, find out from where and to which host it comes.
import type { Socket } from 'node:net';
import { parseCookie } from 'cookie';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Arrival, Gate } from '../access/gate.ts';
import type { PresentedBefore } from '../access/presented.ts';
import { sessionCookieName } from '../directory/sessions.ts';
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
  const connection = connectionOf(request);
  return {
    correlationId,
    origin: {
      address: addressOf(request, connection),
      userAgent: (request.headers['user-agent'] ?? '').slice(0, userAgentLengthMax),
    },
    method: request.method,
    path: pathOf(request),
    headers: request.headers,
    connection,
    sessionCookie: sessionCookieOf(request),
    hostTenantId,
  };
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
