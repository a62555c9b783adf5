// The management surface (/management/v1): our own API, which the portal and the command line use.
import type { FastifyRequest } from 'fastify';
import type { Ctx } from '../../context.ts';
import type { TypedApp } from '../app.ts';
import { arrivalOf, begunOf } from '../arrival.ts';

/** Fastify with TypeBox schemas: what every routes function of this surface mounts on. */
export type ManagementApp = TypedApp;

/** The signed-in person behind a request. Throws a Refusal for anybody else, API tokens included. */
export async function personCtx(request: FastifyRequest): Promise<Ctx> {
  return begunOf(request).gate.admitPerson(arrivalOf(request));
}

/** Like {@link personCtx}, but API tokens and agents' tokens are let in too. */
export function anyCtx(request: FastifyRequest): Ctx | Promise<Ctx> {
  return begunOf(request).gate.admit(arrivalOf(request));
}
