// Errors of the URLs that files are sent to, as storage libraries read them: a code in a header and in XML, with a sentence that
// says what to do.
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { Refusal } from '../../access/refusal.ts';
import type { RefusedBecause } from '../../discovery/uploads/receive.ts';
import { InvalidInput, NotFound, StoreUnavailable, TooLarge } from '../../lib/failures.ts';
import { begunOf, correlationHeader } from '../arrival.ts';

interface BlobError {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

const refused: Readonly<Record<RefusedBecause, readonly [status: number, code: string]>> = {
  'wrong-signature': [403, 'AuthenticationFailed'],
  expired: [403, 'AuthenticationFailed'],
  used: [409, 'BlobImmutableDueToPolicy'],
  exists: [409, 'BlobAlreadyExists'],
  elsewhere: [409, 'InvalidBlobOrBlock'],
  'bad-blocks': [400, 'InvalidBlockList'],
};

const codesByField: Readonly<Record<string, string>> = {
  'content-md5': 'Md5Mismatch',
  blockid: 'InvalidQueryParameterValue',
  comp: 'InvalidQueryParameterValue',
  'x-ms-blob-type': 'InvalidHeaderValue',
  'content-type': 'InvalidHeaderValue',
  body: 'IncompleteBody',
};

export function handleError(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { status, code, message } = blobErrorOf(error, request);
  return sendBlobError(request, reply, { status, code, message });
}

export function sendBlobError(request: FastifyRequest, reply: FastifyReply, error: BlobError): FastifyReply {
  const { correlationId } = begunOf(request);
  const lines = `${error.message}\nRequestId:${correlationId}`;
  const body = `<?xml version="1.0" encoding="utf-8"?><Error><Code>${error.code}</Code><Message>${escaped(lines)}</Message></Error>`;
  return reply
    .code(error.status)
    .headers({ 'x-ms-error-code': error.code, 'x-ms-request-id': correlationId, [correlationHeader]: correlationId })
    .type('application/xml')
    .serializer((text: unknown) => String(text))
    .send(body);
}

/** UploadRefused is told by its name, because its file is loaded with the first file that comes. */
function blobErrorOf(error: unknown, request: FastifyRequest): BlobError {
  if (isUploadRefused(error)) {
    const [status, code] = refused[error.because];
    return { status, code, message: error.message };
  }
  if (error instanceof TooLarge) return { status: 413, code: 'RequestBodyTooLarge', message: error.message };
  if (error instanceof InvalidInput) {
    return { status: 400, code: codesByField[error.field] ?? 'InvalidInput', message: error.message };
  }
  if (error instanceof NotFound) return { status: 404, code: 'ResourceNotFound', message: error.message };
  if (error instanceof Refusal) return { status: error.details.status, code: 'Refused', message: error.message };
  if (error instanceof StoreUnavailable) {
    const status = error.reason === 'disk-full' ? 507 : 503;
    return { status, code: 'ServerBusy', message: error.message };
  }
  const { statusCode = 500, message } = error as Partial<FastifyError>; // Whatever else was thrown; both are checked.
  if (statusCode >= 400 && statusCode < 500) {
    return { status: statusCode, code: 'InvalidInput', message: message ?? 'The request is not valid.' };
  }
  request.log.error({ err: error, correlationId: begunOf(request).correlationId }, 'a file could not be taken');
  return { status: 500, code: 'InternalError', message: 'The file could not be taken. Send it again.' };
}

function isUploadRefused(error: unknown): error is Error & { readonly because: RefusedBecause } {
  return error instanceof Error && error.name === 'UploadRefused';
}

function escaped(text: string): string {
  return text.replace(/[<>&]/g, (mark) => (mark === '<' ? '&lt;' : mark === '>' ? '&gt;' : '&amp;'));
}
