// Errors of the defender surface: `{"error":{"code","message","target"}}` on every error, because clients read it without
// asking (Defender reference 1.5 and 5.2). `target` is the correlation id, a GUID for tracking.
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { Refusal } from '../../access/refusal.ts';
import type { Services } from '../../context.ts';
import { Conflict, InvalidInput, NotFound, StoreUnavailable, TooLarge } from '../../lib/failures.ts';
import { begunOf, noteRefusal, pathOf } from '../arrival.ts';
import { originOf } from '../entra/origins.ts';
import { ODataProblem } from '../odata/problem.ts';

/** The published codes that this surface uses; the one for too many calls is a number as text. */
export type DefenderErrorCode =
  | 'BadRequest'
  | 'ODataError'
  | 'InvalidInput'
  | 'InvalidRequestBody'
  | 'Unauthorized'
  | 'Forbidden'
  | 'NotFound'
  | 'ResourceNotFound'
  | 'InternalServerError'
  | 'MissingRequiredParameter'
  | 'MaximumBatchSizeExceeded'
  /** Not in the published table; clients of machine actions look for it. */
  | 'ActiveRequestAlreadyExists'
  | '429';

/** A request that is wrong in a way that has a published code of its own. */
export class DefenderProblem extends Error {
  override readonly name = 'DefenderProblem';
  readonly code: DefenderErrorCode;
  constructor(code: DefenderErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** The error handler of the surface. */
export function handleError(services: Pick<Services, 'names'>) {
  return (error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    if (error instanceof Refusal) return sendRefusal(services, error, request, reply);
    const { status, code, message } = worded(error, request);
    return send(request, reply, status, code, message);
  };
}

/** 404 for a path that is not there, 405 for one that takes other methods. */
export function sendNoRoute(request: FastifyRequest, reply: FastifyReply, allowed: readonly string[]): FastifyReply {
  const path = pathOf(request);
  if (allowed.length === 0) return send(request, reply, 404, 'NotFound', `There is no ${path} here.`);
  reply.header('allow', allowed.join(', '));
  return send(request, reply, 405, 'BadRequest', `${path} takes ${allowed.join(', ')}, not ${request.method}.`);
}

interface Worded {
  readonly status: number;
  readonly code: DefenderErrorCode;
  readonly message: string;
}

function worded(error: unknown, request: FastifyRequest): Worded {
  if (error instanceof ODataProblem) {
    return { status: 400, code: 'ODataError', message: `Invalid OData URI query. ${error.message}` };
  }
  if (error instanceof DefenderProblem) {
    const status = error.code === 'InternalServerError' ? 500 : 400;
    return { status, code: error.code, message: error.message };
  }
  if (error instanceof InvalidInput) {
    const code = error.field === 'body' ? 'InvalidRequestBody' : 'InvalidInput';
    return { status: 400, code, message: error.message };
  }
  if (error instanceof NotFound) return { status: 404, code: 'ResourceNotFound', message: error.message };
  if (error instanceof Conflict) return { status: 409, code: 'BadRequest', message: error.message };
  if (error instanceof TooLarge) return { status: 413, code: 'BadRequest', message: error.message };
  if (error instanceof StoreUnavailable) {
    const status = error.reason === 'disk-full' ? 507 : 503;
    return { status, code: 'InternalServerError', message: error.message };
  }
  const { statusCode = 500, message } = error as Partial<FastifyError>; // Whatever else was thrown; both are checked.
  if (statusCode === 413) {
    const tooLarge = 'The request body is larger than this server takes (bodyBytesMax).';
    return { status: 413, code: 'BadRequest', message: tooLarge };
  }
  // The table of codes has no other status for BadRequest that is about a body (reference 1.5).
  if (statusCode === 415) return { status: 400, code: 'BadRequest', message: 'Send the body as application/json.' };
  if (statusCode >= 400 && statusCode < 500) {
    return { status: statusCode, code: 'BadRequest', message: message ?? 'The request is not valid.' };
  }
  request.log.error({ err: error, correlationId: begunOf(request).correlationId }, 'unexpected error');
  return { status: 500, code: 'InternalServerError', message: 'Something went wrong here. Try again.' };
}

const codesOfRefusals = {
  400: 'BadRequest',
  401: 'Unauthorized',
  403: 'Forbidden',
  421: 'BadRequest',
  429: '429',
} as const;

function sendRefusal(
  services: Pick<Services, 'names'>,
  refusal: Refusal,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const { details } = refusal;
  noteRefusal(request, 'defender', details);
  if (details.status === 401) reply.header('www-authenticate', challenge(services, request, details.message));
  if (details.retryAfterSeconds) reply.header('retry-after', String(details.retryAfterSeconds));
  return send(request, reply, details.status, codesOfRefusals[details.status], details.message);
}

/** RFC 6750 section 3: without a credential, the challenge says no more than where to get one. */
function challenge(services: Pick<Services, 'names'>, request: FastifyRequest, message: string): string {
  const where = `Bearer authorization_uri="${originOf(services, request)}/common/oauth2/authorize"`;
  if (request.headers.authorization === undefined) return where;
  // RFC 6750 section 3 takes printable ASCII without quotes and backslashes only.
  const description = message.replace(/[^\x20-\x7e]|["\\]/g, "'");
  return `${where}, error="invalid_token", error_description="${description}"`;
}

function send(
  request: FastifyRequest,
  reply: FastifyReply,
  status: number,
  code: DefenderErrorCode,
  message: string,
): FastifyReply {
  const { correlationId } = begunOf(request);
  return reply
    .code(status)
    .type('application/json; charset=utf-8')
    .serializer((value: unknown) => JSON.stringify(value))
    .send({ error: { code, message, target: correlationId } });
}
