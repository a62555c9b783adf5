// Traffic logs and what they belong to: uploads, data sources, reports, the default custom parser. Uploads are opened by API
// tokens and collectors too, as other ingestion is (docs/decisions/0016).
import type { Ctx } from '../../context.ts';
import type { Stream } from '../../discovery/streams/stream.ts';
import type { ShownUpload } from '../../discovery/uploads/uploads.ts';
import { isoTime } from '../../lib/clock.ts';
import { InvalidInput } from '../../lib/failures.ts';
import { hostHeaderOf } from '../../listening/host-header.ts';
import { resolveHost } from '../../listening/names.ts';
import {
  BeginUploadBody,
  BegunUpload,
  CustomParserBody,
  DataSourceBody,
  DataSourceQuery,
  DiscoveryStream,
  DiscoveryStreams,
  DiscoveryUpload,
  DiscoveryUploadQuery,
  DiscoveryUploads,
  FinishUploadBody,
  LogKinds,
  ReportBody,
  ReportsQuery,
} from './discovery-uploads-schemas.ts';
import { streamOf as bodyOf } from './ingest.ts';
import { IdParams } from './schemas.ts';
import { anyCtx, type ManagementApp, personCtx } from './surface.ts';
import { pageOfWhole } from './whole-lists.ts';
import { toWire } from './wire.ts';

const pageRows = 50;

const loadUploads = () => import('../../discovery/uploads/uploads.ts');
const loadReceiving = () => import('../../discovery/uploads/receive.ts');
const loadDataSources = () => import('../../discovery/streams/data-sources.ts');
const loadReports = () => import('../../discovery/streams/reports.ts');
const loadParsers = () => import('../../discovery/streams/custom-parsers.ts');

export function discoveryUploadRoutes(app: ManagementApp): void {
  uploadRoutes(app);
  sendingRoutes(app);
  dataSourceRoutes(app);
  reportRoutes(app);
  parserRoutes(app);
}

const one = { params: IdParams, response: { 200: DiscoveryUpload } };

function uploadRoutes(app: ManagementApp): void {
  const list = { querystring: DiscoveryUploadQuery, response: { 200: DiscoveryUploads } };
  app.get('/discovery/uploads', { schema: list }, async (request) => {
    const ctx = await anyCtx(request);
    const { state, skip = 0, limit = pageRows, ...rest } = request.query;
    const { listUploads } = await loadUploads();
    const states = state === undefined ? {} : { states: [state] };
    const { items, total } = await listUploads(ctx, { ...rest, ...states, skip, limit });
    return { items: items.map(uploadWire), total };
  });

  app.get('/discovery/uploads/:id', { schema: one }, async (request) =>
    uploadWire(await (await loadUploads()).getUpload(await anyCtx(request), request.params.id)),
  );

  app.post('/discovery/uploads/:id/cancel', { schema: one }, async (request) => {
    const ctx = await personCtx(request);
    const { cancelUpload } = await loadUploads();
    return uploadWire({ ...(await cancelUpload(ctx, request.params.id)), streamName: null });
  });

  app.delete('/discovery/uploads/:id', { schema: { params: IdParams } }, async (request, reply) => {
    await (await loadUploads()).deleteUpload(await personCtx(request), request.params.id);
    return reply.code(204).send();
  });
}

/** The three steps for our own clients: begin, send the bytes, finish. */
function sendingRoutes(app: ManagementApp): void {
  const begin = { body: BeginUploadBody, response: { 201: BegunUpload } };
  app.post('/discovery/uploads', { schema: begin }, async (request, reply) => {
    const ctx = await anyCtx(request);
    const { beginUpload } = await import('../../discovery/uploads/begin.ts');
    const origin = resolveHost(ctx.names, hostHeaderOf(request.raw)).canonicalOrigin;
    const { upload, url } = await beginUpload(ctx, request.body, origin);
    return reply.code(201).send({ upload: uploadWire({ ...upload, streamName: null }), url });
  });

  const finish = { params: IdParams, body: FinishUploadBody, response: { 200: DiscoveryUpload } };
  app.post('/discovery/uploads/:id/finish', { schema: finish }, async (request) => {
    const ctx = await anyCtx(request);
    const { dataSource, snapshot } = request.body;
    if ((dataSource === undefined) === (snapshot === undefined)) {
      throw new InvalidInput('dataSource', 'Name a data source, or a snapshot report, and not both.');
    }
    const { finishOwn } = await import('../../discovery/uploads/finish.ts');
    const handover = { inputStreamName: dataSource ?? snapshot ?? '', isSnapshot: snapshot !== undefined };
    const upload = await finishOwn(ctx, request.params.id.toLowerCase(), handover);
    return uploadWire({ ...upload, streamName: null });
  });

  app.register(async (scope: ManagementApp) => {
    // This scope's own parser: it hands over the stream as it is, whatever its type.
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', (_request, payload, done) => done(null, payload));
    scope.put('/discovery/uploads/:id/content', { schema: one }, async (request) => {
      const ctx = await anyCtx(request);
      const { receiveFor } = await loadReceiving();
      const upload = await receiveFor(ctx, request.params.id.toLowerCase(), () =>
        bodyOf(request, contentTypes, 'Send the bytes of the file as application/octet-stream'),
      );
      return uploadWire({ ...upload, streamName: null });
    });
  });
}

const contentTypes: ReadonlySet<string> = new Set(['', 'application/octet-stream', 'application/gzip', 'text/plain']);

const dataSourceShape = {
  texts: ({ name, source: kindOfLog, comment }: DiscoveryStream) => [name, kindOfLog, comment],
  sorts: {
    name: ({ name }: DiscoveryStream) => name,
    source: ({ source: kindOfLog }: DiscoveryStream) => kindOfLog,
    receiver: ({ receiver }: DiscoveryStream) => receiver,
    createdAt: ({ createdAt }: DiscoveryStream) => createdAt,
    lastReceivedAt: ({ lastReceivedAt }: DiscoveryStream) => lastReceivedAt,
    files: ({ files }: DiscoveryStream) => files,
    failedFiles: ({ failedFiles }: DiscoveryStream) => failedFiles,
  },
};

const reportShape = {
  texts: ({ name, comment }: DiscoveryStream) => [name, comment],
  sorts: {
    name: ({ name }: DiscoveryStream) => name,
    kind: ({ kind }: DiscoveryStream) => kind,
    createdAt: ({ createdAt }: DiscoveryStream) => createdAt,
    changedAt: ({ changedAt }: DiscoveryStream) => changedAt,
  },
};

const source = { params: IdParams, body: DataSourceBody, response: { 200: DiscoveryStream } };

function dataSourceRoutes(app: ManagementApp): void {
  const list = { querystring: DataSourceQuery, response: { 200: DiscoveryStreams } };
  app.get('/discovery/data-sources', { schema: list }, async (request) => {
    const ctx = await anyCtx(request);
    const { source: kindOfLog, ...page } = request.query;
    const { items } = await listOfKind(ctx, ({ kind }) => kind === 'data-source');
    const wanted = items.filter((each) => kindOfLog === undefined || each.source === kindOfLog);
    return pageOfWhole(wanted, page, dataSourceShape);
  });
  app.get('/discovery/log-kinds', { schema: { response: { 200: LogKinds } } }, async (request) => {
    await anyCtx(request);
    const { logSources } = await import('../../discovery/sources.ts');
    const items = logSources.map(({ name, title, isSyslog }) => ({ name, title, isSyslog }));
    return { items, total: items.length };
  });
  const create = { body: DataSourceBody, response: { 201: DiscoveryStream } };
  app.post('/discovery/data-sources', { schema: create }, async (request, reply) => {
    const ctx = await personCtx(request);
    const { createDataSource } = await loadDataSources();
    return reply.code(201).send(await wireOf(ctx, await createDataSource(ctx, request.body)));
  });
  app.put('/discovery/data-sources/:id', { schema: source }, async (request) => {
    const ctx = await personCtx(request);
    const { updateDataSource } = await loadDataSources();
    return await wireOf(ctx, await updateDataSource(ctx, request.params.id, request.body));
  });
  app.delete('/discovery/data-sources/:id', { schema: { params: IdParams } }, async (request, reply) => {
    const { deleteStream } = await loadReports();
    await deleteStream(await personCtx(request), request.params.id, ['data-source']);
    return reply.code(204).send();
  });
}

function reportRoutes(app: ManagementApp): void {
  const list = { querystring: ReportsQuery, response: { 200: DiscoveryStreams } };
  app.get('/discovery/reports', { schema: list }, async (request) => {
    const { kind: wanted, ...page } = request.query;
    const { items } = await listOfKind(await anyCtx(request), ({ kind }) => wanted === undefined || kind === wanted);
    return pageOfWhole(items, page, reportShape);
  });
  const create = { body: ReportBody, response: { 201: DiscoveryStream } };
  app.post('/discovery/reports', { schema: create }, async (request, reply) => {
    const ctx = await personCtx(request);
    const { name, comment, ...filters } = request.body;
    const { createReport } = await loadReports();
    return reply.code(201).send(await wireOf(ctx, await createReport(ctx, { name, comment, filters: given(filters) })));
  });
  const change = { params: IdParams, body: ReportBody, response: { 200: DiscoveryStream } };
  app.put('/discovery/reports/:id', { schema: change }, async (request) => {
    const ctx = await personCtx(request);
    const { name, comment, ...filters } = request.body;
    const { updateReport } = await loadReports();
    return await wireOf(ctx, await updateReport(ctx, request.params.id, { name, comment, filters: given(filters) }));
  });
  app.delete('/discovery/reports/:id', { schema: { params: IdParams } }, async (request, reply) => {
    const { deleteStream } = await loadReports();
    await deleteStream(await personCtx(request), request.params.id, ['custom', 'snapshot', 'global']);
    return reply.code(204).send();
  });
}

/** Without the members that were not sent. */
function given<T extends object>(members: T): { [Key in keyof T]: Exclude<T[Key], undefined> } {
  const entries = Object.entries(members).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [Key in keyof T]: Exclude<T[Key], undefined> }; // Optional members may be missing.
}

function parserRoutes(app: ManagementApp): void {
  const answer = { response: { 200: CustomParserBody } };
  app.get('/discovery/custom-parser', { schema: answer }, async (request) => {
    const { getDefaultParser } = await loadParsers();
    return { ...(await getDefaultParser(await personCtx(request))) };
  });
  app.get('/discovery/data-sources/:id/custom-parser', { schema: { params: IdParams, ...answer } }, async (request) => {
    const { getSourceParser } = await loadParsers();
    return { ...(await getSourceParser(await personCtx(request), request.params.id)) };
  });
  app.put('/discovery/custom-parser', { schema: { body: CustomParserBody, ...answer } }, async (request) => {
    const { putDefaultParser } = await loadParsers();
    return { ...(await putDefaultParser(await personCtx(request), request.body)) };
  });
  app.delete('/discovery/custom-parser', async (request, reply) => {
    const { deleteDefaultParser } = await loadParsers();
    await deleteDefaultParser(await personCtx(request));
    return reply.code(204).send();
  });
}

async function listOfKind(ctx: Ctx, isWanted: (stream: Stream) => boolean) {
  const { listStreams } = await import('../../discovery/streams/streams.ts');
  const streams = (await listStreams(ctx)).filter(isWanted);
  return { items: await wiresOf(ctx, streams), total: streams.length };
}

async function wireOf(ctx: Ctx, stream: Stream): Promise<DiscoveryStream> {
  const [wire] = await wiresOf(ctx, [stream]);
  if (!wire) throw new Error('One stream has one record.');
  return wire;
}

async function wiresOf(ctx: Ctx, streams: readonly Stream[]): Promise<DiscoveryStream[]> {
  const { tenantId } = ctx.caller;
  const { streamsOfTenant } = await import('../../discovery/streams/streams.ts');
  const { figuresOf } = await import('../../discovery/streams/figures.ts');
  const all = await streamsOfTenant(ctx.store.db, tenantId);
  const figures = await figuresOf(ctx, tenantId, streams, all, false);
  return streams.map((stream) => {
    const { createdBy: _, createdAt, changedAt, ...rest } = stream;
    const { files = 0, failed = 0, lastReceivedAt = null } = figures.get(stream.id) ?? {};
    return toWire({
      ...rest,
      createdAt: isoTime(createdAt === 0 ? null : createdAt),
      changedAt: isoTime(changedAt === 0 ? null : changedAt),
      lastReceivedAt: isoTime(lastReceivedAt),
      files,
      failedFiles: failed,
    });
  });
}

function uploadWire(upload: ShownUpload): DiscoveryUpload {
  const { createdAt, receivedAt, queuedAt, startedAt, endedAt, result, ...rest } = upload;
  const times = { receivedAt, queuedAt, startedAt, endedAt };
  const wire = {
    ...rest,
    createdAt: isoTime(createdAt),
    ...(Object.fromEntries(Object.entries(times).map(([name, at]) => [name, isoTime(at)])) as Record<
      keyof typeof times,
      string | null
    >), // One for each.
    result: result === null ? null : { ...result, skipped: Object.fromEntries(Object.entries(result.skipped)) },
  };
  return toWire(wire) as DiscoveryUpload; // Only the type loses its `readonly`.
}
