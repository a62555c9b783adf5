// /beta/security/dataDiscovery/cloudAppDiscovery: discovered apps, read-only
// (https://learn.microsoft.com/graph/api/resources/security-cloudappdiscovery-overview).
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Ctx } from '../../context.ts';
import { type DiscoveredApp, pageApps } from '../../discovery/reports/discovered-apps.ts';
import { pageOf } from '../../discovery/reports/entities.ts';
import { ofApp } from '../../discovery/reports/filters.ts';
import { getReport, type Report } from '../../discovery/reports/reports.ts';
import type { EntityKind, TimeFrame } from '../../discovery/reports/usage.ts';
import { getStream, listStreams } from '../../discovery/streams/streams.ts';
import { NotFound } from '../../lib/failures.ts';
import { ODataProblem } from '../odata/problem.ts';
import { readAppFilter, readAppOrder } from './data-discovery-filter.ts';
import { appWire, streamWire } from './data-discovery-wire.ts';
import { GraphProblem } from './errors.ts';
import { pick, readEntityOptions, readListOptions, sendList } from './lists.ts';
import { graphCtx, sendEntity } from './surface.ts';

const of = 'security/dataDiscovery/cloudAppDiscovery/uploadedStreams';
const appType = 'security.discoveredCloudAppDetail';
const streamType = 'security.cloudAppDiscoveryReport';

export interface OfStream {
  readonly Params: { readonly id: string };
}
/** `of` is what stands behind the name of the function: `(period=duration'P30D')`. */
export interface OfApps {
  readonly Params: { readonly id: string; readonly of: string };
}
export interface OfApp {
  readonly Params: { readonly id: string; readonly of: string; readonly appId: string };
}

export async function streams(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const ctx = await graphCtx(request);
  const asked = readListOptions(ctx, request, [], ['$skip']);
  refuseFilter(asked.filter);
  const all = await listStreams(ctx);
  const { skip, limit } = asked.span;
  const items = all.slice(skip, skip + limit).map(streamWire);
  return sendList(ctx, request, reply, asked, { of, type: streamType, items, total: all.length });
}

export async function stream(request: FastifyRequest<OfStream>, reply: FastifyReply): Promise<FastifyReply> {
  const ctx = await graphCtx(request);
  const select = readEntityOptions(request);
  const found = streamWire(await getStream(ctx, request.params.id));
  return sendEntity(ctx, request, reply, of, pick(found, select, streamType));
}

export async function apps(request: FastifyRequest<OfApps>, reply: FastifyReply): Promise<FastifyReply> {
  const ctx = await graphCtx(request);
  const asked = readListOptions(ctx, request, [], ['$skip', '$orderby']);
  const report = await reportOf(ctx, request.params);
  const { filter } = asked;
  const { items, total } = await pageApps(ctx, ctx.caller.tenantId, report, {
    conditions: [],
    ...(filter === undefined ? {} : { filter: readAppFilter(filter, ctx.config.filterValuesMax) }),
    ...readAppOrder(asked),
    skip: asked.span.skip,
    limit: asked.span.limit,
  });
  return sendList(ctx, request, reply, asked, { of: contextName, type: appType, items: items.map(appWire), total });
}

const contextName = 'Collection(microsoft.graph.security.discoveredCloudAppDetail)';

export async function app(request: FastifyRequest<OfApp>, reply: FastifyReply): Promise<FastifyReply> {
  const ctx = await graphCtx(request);
  const select = readEntityOptions(request);
  const report = await reportOf(ctx, request.params);
  const found = appWire(await getApp(ctx, report, request.params.appId));
  return sendEntity(ctx, request, reply, contextName, pick(found, select, appType));
}

const entityTypes = {
  users: { member: 'userIdentifier', type: 'security.discoveredCloudAppUser' },
  addresses: { member: 'ipAddress', type: 'security.discoveredCloudAppIPAddress' },
  machines: { member: 'name', type: 'security.discoveredCloudAppDevice' },
} as const;

/** Who uses an app, by one name each. */
export async function entities(
  kind: EntityKind,
  request: FastifyRequest<OfApp>,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const ctx = await graphCtx(request);
  const asked = readListOptions(ctx, request, [], ['$skip']);
  refuseFilter(asked.filter);
  const report = await reportOf(ctx, request.params);
  const { appId } = await getApp(ctx, report, request.params.appId);
  const { items, total } = await pageOf(ctx, ctx.caller.tenantId, report, {
    kind,
    conditions: [ofApp(appId)],
    sort: 'name',
    direction: 'asc',
    skip: asked.span.skip,
    limit: asked.span.limit,
  });
  const { member, type } = entityTypes[kind];
  const wired = items.map(({ name }) => ({ '@odata.type': `#microsoft.graph.${type}`, [member]: name }));
  return sendList(ctx, request, reply, asked, { of: `Collection(microsoft.graph.${type})`, type, items: wired, total });
}

async function getApp(ctx: Ctx, report: Report, text: string): Promise<DiscoveredApp> {
  const appId = Number(text);
  if (!/^\d{1,16}$/.test(text) || !Number.isSafeInteger(appId)) throw new NotFound('The app');
  const query = { conditions: [ofApp(appId)], sort: 'name', direction: 'asc', skip: 0, limit: 1 } as const;
  const [found] = (await pageApps(ctx, ctx.caller.tenantId, report, query)).items;
  if (found === undefined) throw new NotFound('The app');
  return found;
}

function refuseFilter(filter: string | undefined): void {
  if (filter !== undefined) throw new ODataProblem('$filter', '$filter is not supported on this list.');
}

const frames: Readonly<Record<string, TimeFrame>> = { P7D: 7, P30D: 30, P90D: 90 };

async function reportOf(ctx: Ctx, { id, of: written }: OfApps['Params']): Promise<Report> {
  const [, duration = ''] = /^\s*\(\s*period\s*=\s*duration\s*'\s*(\w+)\s*'\s*\)\s*$/i.exec(written) ?? [];
  const days = frames[duration.toUpperCase()];
  if (days === undefined) {
    throw new GraphProblem(
      "aggregatedAppsDetails takes period=duration'P7D', period=duration'P30D' or period=duration'P90D'.",
    );
  }
  return await getReport(ctx, { streamId: id, days });
}
