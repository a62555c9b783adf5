import type { FastifyRequest } from 'fastify';
import { Refusal } from '../access/refusal.ts';
import { foreignOriginProblem, ownOriginsOf } from '../directory/sessions.ts';
import type { Names } from '../listening/names.ts';

/**
 * Refuses a request that a page of another origin sent, for the calls that begin something without a session: otherwise
 * a foreign page could sign its visitors in to an account of its own choice.
 */
export function refuseForeignPages(names: Names, request: FastifyRequest): void {
  const problem = foreignOriginProblem(request.headers, ownOriginsOf(names, request.headers));
  if (!problem) return;
  throw new Refusal({
    status: 403,
    code: 'csrf',
    message: problem,
    chain: [{ check: 'csrf', outcome: 'failed', detail: problem }],
    remedy: 'Send the request from our own pages, or from a program that is no browser.',
    tenantId: null,
    userId: null,
    target: null,
  });
}
