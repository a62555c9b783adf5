import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type { FastifyRequest } from 'fastify';
import { InvalidInput } from '../../lib/failures.ts';
import { longBody } from '../long-bodies.ts';
import { HuntingIngestAnswer, HuntingIngestQuery, IncidentsIngestAnswer, IngestAnswer } from './ingest-schemas.ts';
import { anyCtx, type ManagementApp } from './surface.ts';
import { toWire } from './wire.ts';

/** Names that senders give to lines of JSON; a body without a type is taken as well. */
const contentTypes: ReadonlySet<string> = new Set([
  '',
  'application/x-ndjson',
  'application/ndjson',
  'application/jsonl',
  'application/json',
  'application/octet-stream',
  'text/plain',
]);

/** Rows of a result page are taken as CSV as well. */
const csvTypes: ReadonlySet<string> = new Set(['text/csv', 'application/csv']);

/**
 * Ingestion: bodies are streams of lines, never held whole. They are not bounded by bodyBytesMax, but by ingestBytesMax,
 * counted after unpacking, nor by the time that other requests have to arrive. Opened by a person's session or API token, so
 * that records can come in by themselves (docs/decisions/0016).
 */
export function ingestRoutes(app: ManagementApp): void {
  app.register(async (scope: ManagementApp) => {
    // This scope's own parser: it hands over the stream as it is, whatever its type.
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', (_request, payload, done) => done(null, payload));
    scope.post('/ingest/activities', { schema: { response: { 200: IngestAnswer } } }, async (request) => {
      const ctx = await anyCtx(request);
      const { ingestActivities } = await import('../../activities/ingest.ts');
      return toWire(await ingestActivities(ctx, bodyOf(request), { source: 'request' }));
    });
    scope.post('/ingest/incidents', { schema: { response: { 200: IncidentsIngestAnswer } } }, async (request) => {
      const ctx = await anyCtx(request);
      const { ingestIncidents } = await import('../../incidents/ingest.ts');
      return toWire(await ingestIncidents(ctx, bodyOf(request), 'request'));
    });
    scope.post('/ingest/alerts', { schema: { response: { 200: IncidentsIngestAnswer } } }, async (request) => {
      const ctx = await anyCtx(request);
      // Loaded with the first one that comes: no start needs the readers.
      const { ingestAlerts } = await import('../../alerts/ingest/ingest.ts');
      return toWire(await ingestAlerts(ctx, bodyOf(request), 'request'));
    });
    scope.post('/ingest/machines', { schema: { response: { 200: IncidentsIngestAnswer } } }, async (request) => {
      const ctx = await anyCtx(request);
      const { ingestMachines } = await import('../../machines/ingest.ts');
      return toWire(await ingestMachines(ctx, bodyOf(request), 'request'));
    });
    const hunting = { querystring: HuntingIngestQuery, response: { 200: HuntingIngestAnswer } };
    scope.post('/ingest/hunting', { schema: hunting }, async (request) => {
      const ctx = await anyCtx(request);
      const { ingestHunting } = await import('../../hunting/ingest/ingest.ts');
      const { table } = request.query;
      return toWire(await ingestHunting(ctx, bodyOf(request, csvTypes), { table, source: 'request' }));
    });
  });
}

function bodyOf(request: FastifyRequest, furtherTypes: ReadonlySet<string> = new Set()): AsyncIterable<Buffer> {
  return streamOf(request, new Set([...contentTypes, ...furtherTypes]), 'Send lines of JSON as application/x-ndjson');
}

/** The body of a request of one of the types, unpacked; `advice` is the beginning of what to do instead of another type. */
export function streamOf(request: FastifyRequest, types: ReadonlySet<string>, advice: string): AsyncIterable<Buffer> {
  const type = (request.headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
  if (!types.has(type)) throw new InvalidInput('content-type', `${advice}, not as ${type}.`);
  const body = request.body as Readable | undefined; // What the parser above hands over; undefined without a body.
  if (body === undefined) throw new InvalidInput('body', 'The body is empty.');
  const encoding = (request.headers['content-encoding'] ?? 'identity').trim().toLowerCase();
  if (encoding === 'identity') return longBody(request.raw, () => plain(body));
  if (encoding === 'gzip' || encoding === 'x-gzip') return longBody(request.raw, () => unpacked(body));
  throw new InvalidInput('content-encoding', `The encoding ${encoding} is not supported. Send gzip, or no encoding.`);
}

/** The answer goes out on the same connection: a reader that stops early must not tear it down. */
async function* plain(body: Readable): AsyncIterable<Buffer> {
  try {
    yield* body.iterator({ destroyOnReturn: false });
  } catch (error) {
    throw cutOff(error);
  }
}

/** Unpacks as far as the reader asks for more, so that a small body that unpacks to a huge one never is in memory. */
async function* unpacked(body: Readable): AsyncIterable<Buffer> {
  const gunzip = createGunzip();
  const fail = (error: Error): void => {
    gunzip.destroy(cutOff(error));
  };
  const end = (): void => {
    if (!body.readableEnded) fail(new Error('closed'));
  };
  body.on('error', fail).on('close', end);
  body.pipe(gunzip);
  try {
    for await (const chunk of gunzip) yield chunk;
  } catch (error) {
    throw isZlibError(error) ? new InvalidInput('body', 'The gzip data is broken or cut off.') : error;
  } finally {
    body.off('error', fail).off('close', end);
    body.unpipe(gunzip);
    gunzip.destroy();
  }
}

function isZlibError(error: unknown): boolean {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('Z_');
}

function cutOff(error: unknown): Error {
  if (error instanceof InvalidInput) return error;
  return new InvalidInput('body', 'The connection ended before the body did.');
}
