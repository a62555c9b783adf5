// Errors of the management surface: problem details (RFC 9457), made here and nowhere else.
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { Refusal, type RefusalDetails } from '../../access/refusal.ts';
import { rolesWith } from '../../directory/role-table.ts';
import { Conflict, InvalidInput, NotFound, StoreUnavailable, TooLarge } from '../../lib/failures.ts';
import { genericUrl, type Names } from '../../listening/names.ts';
import { begunOf, noteRefusal } from '../arrival.ts';

export interface Problem {
  readonly status: number;
  /** Stable, kebab-case. */
  readonly code: string;
  readonly title: string;
  readonly detail: string;
  /** Members beside the standard ones. */
  readonly more?: Readonly<Record<string, unknown>>;
}

const titles: Readonly<Record<number, string>> = {
  400: 'The request is not valid',
  401: 'Not signed in',
  403: 'Not permitted',
  404: 'Not found',
  405: 'Method not allowed',
  409: 'Conflict',
  413: 'Too large',
  415: 'Unsupported media type',
  421: 'Misdirected request',
  429: 'Too many requests',
  500: 'Internal error',
  503: 'Temporarily unavailable',
  507: 'Insufficient storage',
};

export function sendProblem(
  request: FastifyRequest,
  reply: FastifyReply,
  names: Names,
  problem: Problem,
): FastifyReply {
  const { correlationId } = begunOf(request);
  return reply
    .code(problem.status)
    .type('application/problem+json; charset=utf-8')
    .serializer((body: unknown) => JSON.stringify(body))
    .send({
      type: `${genericUrl(names)}/problems/${problem.code}`,
      title: problem.title,
      status: problem.status,
      detail: problem.detail,
      code: problem.code,
      correlationId,
      ...problem.more,
    });
}

/** What an error that a route threw looks like to the client. Unknown errors say nothing but the correlation id. */
export function toProblem(error: unknown, correlationId: string): Problem {
  const titled = (status: number, code: string, detail: string, more?: Problem['more']): Problem => ({
    status,
    code,
    title: titles[status] ?? 'Error',
    detail,
    more,
  });
  if (error instanceof Refusal) {
    const { status, code, message, retryAfterSeconds } = error.details;
    const explanation = `/management/v1/explanations/${correlationId}`;
    const wait = retryAfterSeconds ? { retryAfterSeconds } : {};
    return titled(status, code, message, { explanation, ...wait, ...whatIsMissing(error.details) });
  }
  if (error instanceof InvalidInput) {
    return titled(400, 'invalid-input', error.message, { fields: [{ field: error.field, problem: error.message }] });
  }
  if (error instanceof NotFound) return titled(404, 'not-found', error.message);
  if (error instanceof Conflict) return titled(409, error.code, error.message);
  if (error instanceof TooLarge) return titled(413, 'too-large', error.message);
  if (error instanceof StoreUnavailable)
    return titled(error.reason === 'disk-full' ? 507 : 503, error.reason, error.message);
  return fromFastify(error as Partial<FastifyError>, titled); // Whatever else was thrown; every member is checked for.
}

/** For clients that say it in a language of their own. Which roles exist is no secret, whoever asks. */
function whatIsMissing({ permission, eligibleRole }: RefusalDetails): Problem['more'] {
  if (permission === undefined) return {};
  const roles = rolesWith(permission).map(({ displayName }) => displayName);
  return { permission, roles, ...(eligibleRole === undefined ? {} : { eligibleRole }) };
}

type Titled = (status: number, code: string, detail: string, more?: Problem['more']) => Problem;

function fromFastify(error: Partial<FastifyError>, titled: Titled): Problem {
  const status = error.statusCode ?? 500;
  if (status === 413) return titled(413, 'too-large', 'The body is larger than bodyBytesMax allows.');
  if (status === 415) return titled(415, 'unsupported-media-type', 'Send the body as application/json.');
  if (status >= 400 && status < 500) return titled(status, 'bad-request', error.message ?? 'The request is not valid.');
  return titled(
    500,
    'internal-error',
    'Something went wrong here. The log of the server has more under this correlation id.',
  );
}

/** The error handler of the surface: answers, notes refusals for `explain` and audit, logs what was unexpected. */
export function handleError(names: Names) {
  return (error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const { correlationId } = begunOf(request);
    if (error instanceof Refusal) {
      const { retryAfterSeconds } = error.details;
      if (retryAfterSeconds) reply.header('retry-after', String(retryAfterSeconds));
      noteRefusal(request, 'management', error.details);
    }
    const problem = toProblem(error, correlationId);
    // RFC 9110 section 15.5.2 wants the scheme named that would do: the command line's.
    if (problem.status === 401) reply.header('www-authenticate', 'Bearer realm="management"');
    if (problem.status === 500) request.log.error({ err: error, correlationId }, 'unexpected error');
    return sendProblem(request, reply, names, problem);
  };
}
