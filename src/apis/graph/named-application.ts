import type { FastifyRequest } from 'fastify';
import type { ApplicationView } from '../../applications/application-view.ts';
import { getApplication } from '../../applications/registrations.ts';
import type { Ctx } from '../../context.ts';
import { NotFound } from '../../lib/failures.ts';
import { keyOf, requireKey } from './keys.ts';

/** The application that the path names. Deleted ones are below directory/deletedItems only. */
export async function getNamed(ctx: Ctx, request: FastifyRequest): Promise<ApplicationView> {
  const key = keyOf(request);
  const view = requireKey(key, await getApplication(ctx, key.value));
  if (view.status === 'deleted') throw new NotFound('The application');
  return view;
}
