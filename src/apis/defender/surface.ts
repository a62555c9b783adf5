// The defender surface (/api): the documented API of Microsoft 365 Defender. An app calls it with an access token for
// one of the two Defender resources; a person's own session opens it too.
import type { FastifyRequest } from 'fastify';
import type { Ctx } from '../../context.ts';
import type { TypedApp } from '../app.ts';
import { arrivalOf, begunOf } from '../arrival.ts';

/** What every routes function of this surface mounts on. */
export type DefenderApp = TypedApp;

/** Authenticates a call and makes its context. API tokens and agents' tokens are refused. */
export function defenderCtx(request: FastifyRequest): Ctx | Promise<Ctx> {
  return begunOf(request).gate.admitOn('defender', arrivalOf(request));
}
