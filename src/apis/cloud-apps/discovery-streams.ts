// Data sources, reports and the streams behind both (cloud-apps reference 2.8 and 2.9).
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Ctx } from '../../context.ts';
import { createDataSource, type DataSourceInput, updateDataSource } from '../../discovery/streams/data-sources.ts';
import { figuresOf, type StreamFigures } from '../../discovery/streams/figures.ts';
import { createReport, deleteStream, type ReportInput, updateReport } from '../../discovery/streams/reports.ts';
import type { Stream, StreamKind } from '../../discovery/streams/stream.ts';
import { getStream, listStreams, streamsOfTenant } from '../../discovery/streams/streams.ts';
import { InvalidInput, NotFound } from '../../lib/failures.ts';
import { dataSourceRecord, streamRecord } from './discovery-streams-wire.ts';
import { isPlainObject, parseFilters } from './filter-grammar.ts';
import { parseFlag } from './filter-values.ts';
import { readListRequest } from './list-request.ts';
import { cloudAppsCtx } from './surface.ts';

type WithId = FastifyRequest<{ Params: { id: string } }>;

/** GET /api/discovery/streams/. Clients read `streams` or `data`; both are the same page. */
export async function listAll(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const page = await pageOf(request, () => true, true);
  return send(reply, { ...page, streams: page.data });
}

export async function fetchStream(request: WithId, reply: FastifyReply): Promise<FastifyReply> {
  return await fetchOf(request, reply, () => true);
}

/** A body with a name makes one; any other asks for the list. */
export async function dataSources(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  if (!isCreation(request)) return send(reply, await pageOf(request, isDataSource, false));
  const ctx = await cloudAppsCtx(request);
  const made = await createDataSource(ctx, parseDataSource(request.body));
  return send(reply, await recordOf(ctx, made));
}

export async function fetchDataSource(request: WithId, reply: FastifyReply): Promise<FastifyReply> {
  return await fetchOf(request, reply, isDataSource);
}

export async function editDataSource(request: WithId, reply: FastifyReply): Promise<FastifyReply> {
  const ctx = await cloudAppsCtx(request);
  const changed = await updateDataSource(ctx, request.params.id, parseDataSource(request.body));
  return send(reply, await recordOf(ctx, changed));
}

export async function removeDataSource(request: WithId, reply: FastifyReply): Promise<FastifyReply> {
  return await removeOf(request, reply, ['data-source']);
}

export async function snapshotReports(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  return send(reply, await pageOf(request, isSnapshot, false));
}

export async function fetchSnapshot(request: WithId, reply: FastifyReply): Promise<FastifyReply> {
  return await fetchOf(request, reply, isSnapshot);
}

export async function removeSnapshot(request: WithId, reply: FastifyReply): Promise<FastifyReply> {
  return await removeOf(request, reply, ['snapshot']);
}

/** The global view, custom reports, and one for each data source. */
export async function continuousReports(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  if (!isCreation(request)) return send(reply, await pageOf(request, isContinuous, false));
  const ctx = await cloudAppsCtx(request);
  const made = await createReport(ctx, parseReport(request.body));
  return send(reply, await recordOf(ctx, made));
}

export async function fetchReport(request: WithId, reply: FastifyReply): Promise<FastifyReply> {
  return await fetchOf(request, reply, isContinuous);
}

export async function editReport(request: WithId, reply: FastifyReply): Promise<FastifyReply> {
  const ctx = await cloudAppsCtx(request);
  const changed = await updateReport(ctx, request.params.id, parseReport(request.body));
  return send(reply, await recordOf(ctx, changed));
}

export async function removeReport(request: WithId, reply: FastifyReply): Promise<FastifyReply> {
  return await removeOf(request, reply, ['custom', 'global']);
}

const isDataSource = ({ kind }: Stream): boolean => kind === 'data-source';
const isSnapshot = ({ kind }: Stream): boolean => kind === 'snapshot';
const isContinuous = ({ kind }: Stream): boolean => kind !== 'snapshot';

function isCreation({ method, body }: FastifyRequest): boolean {
  return method === 'POST' && isPlainObject(body) && 'displayName' in body;
}

async function pageOf(request: FastifyRequest, isWanted: (stream: Stream) => boolean, withTimeFrames: boolean) {
  const ctx = await cloudAppsCtx(request);
  const { config, caller } = ctx;
  const asked = readListRequest(request, config);
  // Of what can be filtered by here, nothing is public.
  parseFilters(asked.filters, [], config.filterValuesMax);
  const max = config.pageRowsMax;
  const { skip } = asked;
  const found = (await listStreams(ctx)).filter(isWanted);
  const shown = found.slice(skip, skip + Math.min(asked.limit ?? max, max));
  const all = await streamsOfTenant(ctx.store.db, caller.tenantId);
  const figures = await figuresOf(ctx, caller.tenantId, shown, all, withTimeFrames);
  const data = shown.map((stream) => recordFor(stream, figures, all));
  return { data, hasNext: skip + data.length < found.length, max, total: found.length, moreThanTotal: false };
}

async function fetchOf(request: WithId, reply: FastifyReply, isWanted: (stream: Stream) => boolean) {
  const ctx = await cloudAppsCtx(request);
  const stream = await getStream(ctx, request.params.id);
  if (!isWanted(stream)) throw new NotFound('The report');
  return send(reply, await recordOf(ctx, stream));
}

async function recordOf(ctx: Ctx, stream: Stream): Promise<Record<string, unknown>> {
  const { tenantId } = ctx.caller;
  const all = await streamsOfTenant(ctx.store.db, tenantId);
  return recordFor(stream, await figuresOf(ctx, tenantId, [stream], all, false), all);
}

const nothing: StreamFigures = { files: 0, failed: 0, lastReceivedAt: null, timeFrames: [] };

/** A data source is a stream too: its record has the members of both. */
function recordFor(stream: Stream, figures: ReadonlyMap<string, StreamFigures>, all: readonly Stream[]) {
  const own = figures.get(stream.id) ?? nothing;
  const record = streamRecord(stream, own, all);
  return isDataSource(stream) ? { ...record, ...dataSourceRecord(stream, own) } : record;
}

async function removeOf(request: WithId, reply: FastifyReply, kinds: readonly StreamKind[]): Promise<FastifyReply> {
  await deleteStream(await cloudAppsCtx(request), request.params.id, kinds);
  return send(reply, {});
}

function parseDataSource(body: unknown): DataSourceInput {
  if (!isPlainObject(body)) throw new InvalidInput('body', 'Send an object with displayName and logType.');
  const { logType } = body;
  if (typeof logType !== 'string' && typeof logType !== 'number') {
    throw new InvalidInput('logType', 'Send the kind of the log as logType: its name, such as SQUID, or its number.');
  }
  return {
    name: nameOf(body),
    source: logType,
    comment: textOrNothing(body, 'comment'),
    anonymizeUsers: flagOrNothing(body.anonymizeUsers),
    receiver: receiverOf(body),
    ...('customParser' in body ? { customParser: body.customParser } : {}),
  };
}

/** `receiverTypeFull`, or `receiverType` with `protocol`, as different clients send them. */
function receiverOf(body: Record<string, unknown>): string | null | undefined {
  const full = textOrNothing(body, 'receiverTypeFull');
  if (full !== undefined) return full;
  const type = textOrNothing(body, 'receiverType');
  if (type?.toLowerCase() !== 'syslog') return type;
  return `syslog-${textOrNothing(body, 'protocol') ?? 'udp'}`;
}

function parseReport(body: unknown): ReportInput {
  if (!isPlainObject(body)) throw new InvalidInput('body', 'Send an object with displayName and filters.');
  const filters = body.filters ?? {};
  if (!isPlainObject(filters)) throw new InvalidInput('filters', 'filters must be an object of lists.');
  const known = ['dataSources', 'groups', 'ipTags', 'ipRanges'] as const;
  const strange = Object.keys(filters).find((member) => !known.some((each) => each === member));
  if (strange !== undefined) {
    throw new InvalidInput('filters', `filters has ${known.join(', ')}, not ${strange.slice(0, 50)}.`);
  }
  const lists = known.map((member) => [member, textsOf(member, filters[member])]);
  return {
    name: nameOf(body),
    comment: textOrNothing(body, 'comment'),
    filters: Object.fromEntries(lists) as ReportInput['filters'], // Made of its members.
  };
}

function textsOf(member: string, value: unknown): string[] {
  const list = value ?? [];
  if (Array.isArray(list) && list.every((each): each is string => typeof each === 'string')) return list;
  throw new InvalidInput(member, `${member} must be a list of texts.`);
}

function nameOf({ displayName }: Record<string, unknown>): string {
  if (typeof displayName === 'string') return displayName;
  throw new InvalidInput('displayName', 'displayName must be a text.');
}

function textOrNothing(body: Record<string, unknown>, member: string): string | undefined {
  const value = body[member];
  if (value === undefined || value === null || value === '') return undefined;
  if (typeof value === 'string') return value;
  throw new InvalidInput(member, `${member} must be a text.`);
}

function flagOrNothing(value: unknown): boolean | undefined {
  if (value === undefined || value === null || value === '') return undefined;
  const flag = parseFlag(value);
  if (flag === undefined) throw new InvalidInput('anonymizeUsers', 'anonymizeUsers must be true or false.');
  return flag;
}

function send(reply: FastifyReply, value: unknown): FastifyReply {
  return reply.type('application/json; charset=utf-8').send(JSON.stringify(value));
}
