// Errors of the cloud-apps surface, in the shapes that its clients read (cloud-apps reference 1.5): `{"detail": …}`, and
// the list form for filters. The correlation id stands beside them and in the header.
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { Refusal } from '../../access/refusal.ts';
import { Conflict, InvalidInput, NotFound, StoreUnavailable, TooLarge } from '../../lib/failures.ts';
import { begunOf, noteRefusal } from '../arrival.ts';

/** One wrong value of a filter, as the surface reports it. */
export interface FilterProblem {
  /** The value as text; for an unknown or unanswerable field, the field's name. */
  readonly value: string;
  readonly field: string;
  /** Why, for the reader; programs know `value` and `field`. */
  readonly reason?: string;
}

const valueShownMax = 200;

/** A request whose filters cannot be used. Thrown by the filter grammar, answered with 400 and the documented body. */
export class InvalidFilters extends Error {
  override readonly name = 'InvalidFilters';
  readonly problems: readonly FilterProblem[];
  constructor(problems: readonly FilterProblem[]) {
    super(`${problems.length} filter values are not valid.`);
    this.problems = problems;
  }
}

function filterErrorBody(problems: readonly FilterProblem[]) {
  return {
    filters: problems.map(({ value, field, reason }) => {
      const shown = value.length > valueShownMax ? `${value.slice(0, valueShownMax)}…` : value;
      return {
        error: `${shown} is not valid`,
        errorMessageCode: 'CONSOLE_FORMS_NOT_VALID_VALUE',
        errorMessageParams: { value: shown, field, ...(reason === undefined ? {} : { reason }) },
      };
    }),
    error: true,
  };
}

function send(
  request: FastifyRequest,
  reply: FastifyReply,
  status: number,
  body: Record<string, unknown>,
): FastifyReply {
  const { correlationId } = begunOf(request);
  return reply
    .code(status)
    .type('application/json; charset=utf-8')
    .serializer((value: unknown) => JSON.stringify(value))
    .send({ ...body, correlationId });
}

/** 404 for a path that is not there, 405 for one that takes other methods. */
export function sendNoRoute(request: FastifyRequest, reply: FastifyReply, allowed: readonly string[]): FastifyReply {
  if (allowed.length === 0) return send(request, reply, 404, { detail: 'Not found.' });
  reply.header('allow', allowed.join(', '));
  return send(request, reply, 405, { detail: `Method "${request.method}" not allowed.` });
}

/** The error handler of the surface. */
export function handleError(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  if (error instanceof Refusal) return sendRefusal(error, request, reply);
  if (error instanceof InvalidFilters) return send(request, reply, 400, filterErrorBody(error.problems));
  if (error instanceof NotFound) return send(request, reply, 404, { detail: 'Not found.' });
  if (error instanceof InvalidInput) return send(request, reply, 400, { detail: error.message, field: error.field });
  if (error instanceof Conflict) return send(request, reply, 409, { detail: error.message, code: error.code });
  if (error instanceof TooLarge) return send(request, reply, 413, { detail: error.message });
  if (error instanceof StoreUnavailable)
    return send(request, reply, error.reason === 'disk-full' ? 507 : 503, { detail: error.message });
  const { statusCode = 500, message } = error as Partial<FastifyError>; // Whatever else was thrown; both are checked.
  if (statusCode === 413)
    return send(request, reply, 413, { detail: 'The request body is larger than this server takes (bodyBytesMax).' });
  if (statusCode === 415)
    return send(request, reply, 415, { detail: 'Send the body as application/json or as a form.' });
  if (statusCode >= 400 && statusCode < 500)
    return send(request, reply, statusCode, { detail: message ?? 'Bad request.' });
  request.log.error({ err: error, correlationId: begunOf(request).correlationId }, 'unexpected error');
  return send(request, reply, 500, { detail: 'Internal error.' });
}

function sendRefusal(refusal: Refusal, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { details } = refusal;
  noteRefusal(request, 'cloud-apps', details);
  if (details.status === 401) reply.header('www-authenticate', 'Token realm="api"');
  if (details.retryAfterSeconds) reply.header('retry-after', String(details.retryAfterSeconds));
  return send(request, reply, details.status, { detail: refusal.message });
}
