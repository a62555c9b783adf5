// Errors of the entra surface: raised by their AADSTS number, answered in one shape (Entra protocol reference 2.10). An
// error that says why a client or a person was turned away carries a Refusal's details, so that it can be explained.
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import type { CheckName, RefusalCode, RefusalDetails } from '../../access/refusal.ts';
import { Refusal } from '../../access/refusal.ts';
import type { Services } from '../../context.ts';
import { Conflict, InvalidInput, NotFound, StoreUnavailable, TooLarge } from '../../lib/failures.ts';
import { isGuid, type TenantId, type UserId } from '../../lib/ids.ts';
import { arrivalOf, begunOf, pathOf } from '../arrival.ts';
import { type AadstsCode, type ErrorRow, errorTable } from './error-table.ts';
import { originOf } from './origins.ts';

export type { AadstsCode } from './error-table.ts';

/** Why, for the explanation and the audit; without it an error is only answered. */
export interface Reason {
  readonly code: RefusalCode;
  readonly check: CheckName;
  /** One sentence about this very request, without a secret. */
  readonly detail: string;
  readonly remedy: string;
  readonly tenantId: TenantId | null;
  readonly userId?: UserId | null;
  /** The application's client id, where one is known. */
  readonly target?: string | null;
  readonly retryAfterSeconds?: number;
}

type RowChange = Partial<Pick<ErrorRow, 'error' | 'suberror' | 'status'>>;

export class EntraError extends Error {
  override readonly name = 'EntraError';
  readonly code: AadstsCode;
  readonly row: ErrorRow;
  readonly refusal: RefusalDetails | null;
  readonly retryAfterSeconds: number | null;
  /** Further members of the body, such as `claims`. */
  readonly members: Readonly<Record<string, string>>;

  constructor(code: AadstsCode, text: string, refusal: RefusalDetails | null, change: RowChange = {}) {
    super(text);
    this.code = code;
    this.row = { ...errorTable[code], ...change };
    this.refusal = refusal;
    this.retryAfterSeconds = refusal?.retryAfterSeconds ?? null;
    this.members = {};
  }
}

const valueShownMax = 200;

/** An error by its number. `values` fill the places of its sentence; `reason` makes it explainable and audited. */
export function entraError(
  code: AadstsCode,
  values: Readonly<Record<string, string>> = {},
  reason?: Reason,
  change: RowChange = {},
): EntraError {
  const text = errorTable[code].text.replace(/\{(\w+)\}/g, (_place, name: string) => shown(values[name] ?? '')).trim();
  return new EntraError(code, text, reason ? toDetails(code, text, reason) : null, change);
}

/** What a client sent, as it may stand in a sentence: bounded, on one line. */
function shown(value: string): string {
  const line = value.replace(/\p{Cc}/gu, ' ');
  return line.length > valueShownMax ? `${line.slice(0, valueShownMax)}…` : line;
}

function toDetails(code: AadstsCode, text: string, reason: Reason): RefusalDetails {
  const { status } = errorTable[code];
  return {
    status: status === 401 || status === 403 || status === 429 ? status : 400,
    code: reason.code,
    message: `AADSTS${code}: ${text}`,
    chain: [{ check: reason.check, outcome: 'failed', detail: reason.detail }],
    remedy: reason.remedy,
    tenantId: reason.tenantId,
    userId: reason.userId ?? null,
    target: reason.target ?? null,
    ...(reason.retryAfterSeconds === undefined ? {} : { retryAfterSeconds: reason.retryAfterSeconds }),
  };
}

/** The two ids of an answer: ours, which explains it, and the client's own if it sent one. */
export interface AnswerIds {
  /** `trace_id` and `x-ms-request-id`: what `sallyport explain` takes. */
  readonly traceId: string;
  /** `correlation_id`: the client's `client-request-id` (header, query or body), else the trace id. */
  readonly correlationId: string;
}

export function answerIdsOf(request: FastifyRequest): AnswerIds {
  const traceId = begunOf(request).correlationId;
  return { traceId, correlationId: clientRequestId(request)?.toLowerCase() ?? traceId };
}

function clientRequestId(request: FastifyRequest): string | undefined {
  const candidates = [
    request.headers['client-request-id'],
    memberOf(request.query, 'client-request-id'),
    request.body instanceof Map ? request.body.get('client-request-id') : memberOf(request.body, 'client-request-id'),
  ];
  return candidates.find((each): each is string => typeof each === 'string' && isGuid(each));
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}

/** `2026-01-31 09:00:00Z`, as these errors write times. */
function timestampOf(epochMs: number): string {
  return `${new Date(epochMs).toISOString().slice(0, 19).replace('T', ' ')}Z`;
}

/** `error_description`: number, sentence, and the trailer that people paste into tickets. */
export function describeError(error: EntraError, ids: AnswerIds, now: number): string {
  const trailer = `Trace ID: ${ids.traceId} Correlation ID: ${ids.correlationId} Timestamp: ${timestampOf(now)}`;
  return `AADSTS${error.code}: ${error.message} ${trailer}`;
}

/** The JSON body of an error. */
export function errorBody(error: EntraError, ids: AnswerIds, now: number, origin: string): Record<string, unknown> {
  return {
    error: error.row.error,
    error_description: describeError(error, ids, now),
    error_codes: [error.code],
    timestamp: timestampOf(now),
    trace_id: ids.traceId,
    correlation_id: ids.correlationId,
    error_uri: `${origin}/error?code=${error.code}`,
    ...(error.row.suberror === undefined ? {} : { suberror: error.row.suberror }),
    ...error.members,
  };
}

/** Whatever was thrown, as an error of this surface. */
export function asEntraError(error: unknown, request: FastifyRequest): EntraError {
  if (error instanceof EntraError) return error;
  if (error instanceof Refusal) {
    const { status } = error.details;
    const change = status === 421 ? ({ status } as const) : {};
    return new EntraError(status === 429 ? 90055 : 9002313, error.message, error.details, change);
  }
  if (error instanceof InvalidInput || error instanceof Conflict) return entraError(9002313, { reason: error.message });
  if (error instanceof NotFound) {
    return entraError(9002313, { reason: 'There is no such endpoint.' }, undefined, { status: 404 });
  }
  if (error instanceof TooLarge) return entraError(9002346);
  if (error instanceof StoreUnavailable) return entraError(90033);
  const { statusCode = 500, message } = error as Partial<FastifyError>; // Whatever else was thrown; both are checked.
  if (statusCode === 413) return entraError(9002346);
  if (statusCode >= 400 && statusCode < 500) return entraError(9002313, { reason: message ?? '' });
  request.log.error({ err: error, correlationId: begunOf(request).correlationId }, 'unexpected error');
  return entraError(90006);
}

/** Keeps the refusal behind an error for `explain` and the audit, if it has one. Call once per answer. */
export function noteRefusal(error: EntraError, request: FastifyRequest): void {
  if (!error.refusal) return;
  const { gate, correlationId } = begunOf(request);
  gate.refusals.note({
    correlationId,
    origin: arrivalOf(request).origin,
    surface: 'entra',
    method: request.method,
    path: pathOf(request),
    details: error.refusal,
  });
}

/** The error handler of the endpoints that programs call. */
export function handleError(services: Services) {
  return (thrown: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const error = asEntraError(thrown, request);
    noteRefusal(error, request);
    const ids = answerIdsOf(request);
    reply
      .code(error.row.status)
      .header('content-type', 'application/json; charset=utf-8')
      .header('cache-control', 'no-store, no-cache')
      .header('pragma', 'no-cache')
      .header('expires', '-1')
      .header('x-ms-request-id', ids.traceId)
      .header('client-request-id', ids.correlationId)
      .header('x-ms-clitelem', `1,${error.code},0,,`);
    if (error.retryAfterSeconds !== null) reply.header('retry-after', String(error.retryAfterSeconds));
    // Only a client that used the Authorization header is asked to use it again (RFC 6749 section 5.2).
    if (error.row.status === 401 && /^basic\b/i.test(request.headers.authorization ?? ''))
      reply.header('www-authenticate', 'Basic realm="token endpoint", charset="UTF-8"');
    return reply
      .serializer((value: unknown) => JSON.stringify(value))
      .send(errorBody(error, ids, services.clock(), originOf(services, request)));
  };
}
