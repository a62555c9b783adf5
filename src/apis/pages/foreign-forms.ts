import type { FastifyRequest } from 'fastify';
import { Refusal } from '../../access/refusal.ts';
import { foreignOriginProblem, ownOriginsOf } from '../../directory/sessions.ts';
import type { Names } from '../../listening/names.ts';

/**
 * Refuses a form that a page of another origin sent. Under our pages' referrer policy browsers send "Origin: null" with
 * a form (Fetch standard, "append a request Origin header"), so null is taken here; Sec-Fetch-Site still tells foreign
 * pages, and each form carries something besides that none of them knows.
 */
export function refuseForeignForms(names: Names, request: FastifyRequest): void {
  const { origin, ...rest } = request.headers;
  const headers = origin === 'null' ? rest : { ...rest, origin };
  const problem = foreignOriginProblem(headers, ownOriginsOf(names, headers));
  if (!problem) return;
  throw new Refusal({
    status: 403,
    code: 'csrf',
    message: problem,
    chain: [{ check: 'csrf', outcome: 'failed', detail: problem }],
    remedy: 'Open the page itself and send the form from there.',
    tenantId: null,
    userId: null,
    target: null,
  });
}
