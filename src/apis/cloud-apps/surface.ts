// The cloud-apps surface (/api/v1, /cas/api/v1): the documented REST API of Cloud App Security.
import type { FastifyRequest } from 'fastify';
import type { Ctx } from '../../context.ts';
import type { TypedApp } from '../app.ts';
import { arrivalOf, begunOf } from '../arrival.ts';

/** What every routes function of this surface mounts on. */
export type CloudAppsApp = TypedApp;

/** Authenticates a call (API token, agent's token, app's access token or session), counts it against its limit, and makes its context. */
export function cloudAppsCtx(request: FastifyRequest): Ctx | Promise<Ctx> {
  return begunOf(request).gate.admitOn('cloud-apps', arrivalOf(request));
}
