// Errors of the graph surface: `{"error":{"code","message","innerError":{"date","request-id","client-request-id"}}}`
// (Entra reference 4.6). Nothing else of the surface writes an error body.
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { Refusal } from '../../access/refusal.ts';
import type { Services } from '../../context.ts';
import { Conflict, InvalidInput, NotFound, StoreUnavailable, TooLarge } from '../../lib/failures.ts';
import { begunOf, noteRefusal as keepRefusal, pathOf } from '../arrival.ts';
import { originOf } from '../entra/origins.ts';
import { ODataProblem } from '../odata/problem.ts';

/** The published codes that this surface uses. */
export type GraphErrorCode =
  | 'Request_BadRequest'
  | 'InvalidAuthenticationToken'
  | 'Authorization_RequestDenied'
  | 'Request_ResourceNotFound'
  | 'Request_MultipleObjectsWithSameKeyValue'
  | 'Request_UnsupportedMethod'
  | 'Directory_QuotaExceeded'
  | 'RoleAssignmentExists'
  | 'RoleAssignmentDoesNotExist'
  | 'RoleAssignmentRequestPolicyValidationFailed'
  | 'PendingRoleAssignmentRequest'
  | 'TooManyRequests'
  | 'ServiceUnavailable'
  | 'InternalServerError';

/** What is wrong with a request in the words of this surface, where no noun could say it. */
export class GraphProblem extends Error {
  override readonly name = 'GraphProblem';
  readonly status: number;
  readonly code: GraphErrorCode;
  constructor(message: string, code: GraphErrorCode = 'Request_BadRequest', status = 400) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** The error handler of the surface. */
export function handleError(services: Pick<Services, 'names' | 'clock'>) {
  return (error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    if (error instanceof Refusal) return sendRefusal(services, error, request, reply);
    const { status, code, message } = worded(error, request);
    return send(services, request, reply, { status, code, message });
  };
}

/** 404 for a path that is not there, 405 for one that takes other methods. */
export function sendNoRoute(
  services: Pick<Services, 'clock'>,
  request: FastifyRequest,
  reply: FastifyReply,
  allowed: readonly string[],
): FastifyReply {
  const path = pathOf(request);
  if (allowed.length === 0) {
    const versions = /^\/beta(\/|$)/.test(path)
      ? ' Of /beta, this server has security/rules/detectionRules only; everything else is in v1.0.'
      : '';
    const message = `Resource not found for ${path}.${versions}`;
    return send(services, request, reply, { status: 404, code: 'Request_ResourceNotFound', message });
  }
  reply.header('allow', allowed.join(', '));
  const message = `${path} takes ${allowed.join(', ')}, not ${request.method}.`;
  return send(services, request, reply, { status: 405, code: 'Request_UnsupportedMethod', message });
}

interface Worded {
  readonly status: number;
  readonly code: GraphErrorCode;
  readonly message: string;
}

function worded(error: unknown, request: FastifyRequest): Worded {
  if (error instanceof GraphProblem) return error;
  if (error instanceof ODataProblem || error instanceof InvalidInput) {
    return { status: 400, code: 'Request_BadRequest', message: error.message };
  }
  if (error instanceof NotFound) return { status: 404, code: 'Request_ResourceNotFound', message: error.message };
  if (error instanceof Conflict) return { ...conflictOf(error.code), message: error.message };
  if (error instanceof TooLarge) return { status: 413, code: 'Request_BadRequest', message: error.message };
  if (error instanceof StoreUnavailable) {
    const status = error.reason === 'disk-full' ? 507 : 503;
    return { status, code: 'ServiceUnavailable', message: error.message };
  }
  const { statusCode = 500, message } = error as Partial<FastifyError>; // Whatever else was thrown; both are checked.
  if (statusCode === 413) {
    const tooLarge = 'The request body is larger than this server takes (bodyBytesMax).';
    return { status: 413, code: 'Request_BadRequest', message: tooLarge };
  }
  if (statusCode === 415) {
    return { status: 415, code: 'Request_BadRequest', message: 'Send the body as application/json.' };
  }
  if (statusCode >= 400 && statusCode < 500) {
    return { status: statusCode, code: 'Request_BadRequest', message: message ?? 'The request is not valid.' };
  }
  request.log.error({ err: error, correlationId: begunOf(request).correlationId }, 'unexpected error');
  return { status: 500, code: 'InternalServerError', message: 'Something went wrong here. Try again.' };
}

const sameKey = { status: 409, code: 'Request_MultipleObjectsWithSameKeyValue' } as const;
const roleExists = { status: 400, code: 'RoleAssignmentExists' } as const;

const conflicts: Readonly<Record<string, { status: number; code: GraphErrorCode }>> = {
  'service-principal-exists': sameKey,
  'certificate-exists': sameKey,
  'identifier-uri-taken': sameKey,
  'grant-exists': sameKey,
  'custom-detection-name-taken': sameKey,
  'role-assigned-already': roleExists,
  'role-active-already': roleExists,
  'activation-pending': { status: 400, code: 'PendingRoleAssignmentRequest' },
};

function conflictOf(code: string): { status: number; code: GraphErrorCode } {
  if (code.startsWith('too-many-')) return { status: 403, code: 'Directory_QuotaExceeded' };
  return conflicts[code] ?? { status: 400, code: 'Request_BadRequest' };
}

const codesOfRefusals = {
  400: 'Request_BadRequest',
  401: 'InvalidAuthenticationToken',
  403: 'Authorization_RequestDenied',
  421: 'Request_BadRequest',
  429: 'TooManyRequests',
} as const;

function sendRefusal(
  services: Pick<Services, 'names' | 'clock'>,
  refusal: Refusal,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const { details } = refusal;
  noteRefusal(refusal, request);
  if (details.status === 401) reply.header('www-authenticate', challenge(services, request, details.message));
  if (details.retryAfterSeconds) reply.header('retry-after', String(details.retryAfterSeconds));
  const { status, message } = details;
  return send(services, request, reply, { status, code: codesOfRefusals[status], message });
}

/** Keeps the refusal for its explanation, also where it is answered in other words. */
export function noteRefusal({ details }: Refusal, request: FastifyRequest): void {
  keepRefusal(request, 'graph', details);
}

/** RFC 6750 section 3: without a credential, the challenge says no more than where to get one. */
function challenge(services: Pick<Services, 'names'>, request: FastifyRequest, message: string): string {
  const where = `Bearer realm="", authorization_uri="${originOf(services, request)}/common/oauth2/authorize"`;
  if (request.headers.authorization === undefined) return where;
  // RFC 6750 section 3 takes printable ASCII without quotes and backslashes only.
  const description = message.replace(/[^\x20-\x7e]|["\\]/g, "'");
  return `${where}, error="invalid_token", error_description="${description}"`;
}

const guid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** The client's own id of the call if it sent a GUID, otherwise ours: both stand in every answer. */
export function clientRequestId(request: FastifyRequest): string {
  const given = request.headers['client-request-id'];
  return typeof given === 'string' && guid.test(given) ? given : begunOf(request).correlationId;
}

/** Sets the ids of a call; errors that no route saw have them too. */
export function setRequestIds(request: FastifyRequest, reply: FastifyReply): void {
  reply.header('request-id', begunOf(request).correlationId);
  reply.header('client-request-id', clientRequestId(request));
}

function send(
  { clock }: Pick<Services, 'clock'>,
  request: FastifyRequest,
  reply: FastifyReply,
  { status, code, message }: Worded,
): FastifyReply {
  setRequestIds(request, reply);
  const innerError = {
    date: new Date(clock()).toISOString().slice(0, 19),
    'request-id': begunOf(request).correlationId,
    'client-request-id': clientRequestId(request),
  };
  return reply
    .code(status)
    .type('application/json; charset=utf-8')
    .serializer((value: unknown) => JSON.stringify(value))
    .send({ error: { code, message, innerError } });
}
