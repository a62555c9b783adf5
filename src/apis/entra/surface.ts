// The entra surface: sign-in, consent and tokens at the root of the server, /{tenant}/oauth2/…, as the documented
// identity platform has them. What programs call is in this folder and token/, the pages for people beside it.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Services } from '../../context.ts';
import { arrivalOf, begunOf } from '../arrival.ts';
import { resolveTenantSegment, type TenantSegment } from './tenant-segment.ts';

/** What every routes function of this surface mounts on. Bodies are forms, read into {@link Form}. */
export type EntraApp = FastifyInstance;

/** The parameters of a form or query, each given once. */
export type Form = ReadonlyMap<string, string>;

/** The tenant part of the path of this request. */
export async function segmentOf(services: Services, request: FastifyRequest): Promise<TenantSegment> {
  const { tenant } = request.params as { tenant: string }; // Every route of the surface that calls this has it.
  return await resolveTenantSegment(services, tenant, begunOf(request).hostTenantId);
}

/** Address and program behind a request, and the id that its answer can be explained by. */
export function whoAsks(request: FastifyRequest) {
  const { origin, correlationId } = arrivalOf(request);
  return { origin, correlationId };
}

/** Sends text that is JSON already. */
export function sendJsonText(reply: FastifyReply, text: string): FastifyReply {
  return reply.header('content-type', 'application/json; charset=utf-8').send(text);
}
