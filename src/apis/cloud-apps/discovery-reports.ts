// Reports of discovered apps (cloud-apps reference 2.8 and 2.9): apps, their categories and tags, and who uses them. The
// categories are documented; the other lists are what scripts call, with records of ours described in
// docs/discovery-reports.md.
import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { FilterableField } from '../../activities/filters.ts';
import type { Ctx } from '../../context.ts';
import { appFilterFields, entityFilterFields } from '../../discovery/reports/app-fields.ts';
import { type AppQuery, type AppSort, appSorts, type DiscoveredApp } from '../../discovery/reports/discovered-apps.ts';
import {
  type DiscoveredEntity,
  type EntityQuery,
  type EntitySort,
  entitySorts,
} from '../../discovery/reports/entities.ts';
import { exportApps, exportEntities } from '../../discovery/reports/export.ts';
import type { ReportCondition } from '../../discovery/reports/filters.ts';
import { type Asked, listApps, listCounted, listEntities, parseTimeFrame } from '../../discovery/reports/reports.ts';
import { type EntityKind, riskLevelOf, type Traffic } from '../../discovery/reports/usage.ts';
import { isoTime } from '../../lib/clock.ts';
import { InvalidInput } from '../../lib/failures.ts';
import { parseReportFilters } from './discovery-filters.ts';
import { isPlainObject } from './filter-grammar.ts';
import { parseNumber } from './filter-values.ts';
import { type ListRequest, readListRequest } from './list-request.ts';
import { cloudAppsCtx } from './surface.ts';

export async function listDiscoveredApps(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const ctx = await cloudAppsCtx(request);
  const { asked, report, conditions } = readReportRequest(ctx, request, appFilterFields);
  const { skip, limit, max } = spanOf(ctx, asked);
  const query = { ...appOrder(asked), conditions, skip, limit };
  const { items, total, moreThanTotal } = await listApps(ctx, report, query);
  const hasNext = skip + items.length < total;
  return reply.send({ data: items.map(appRecord), hasNext, max, total, moreThanTotal });
}

export async function exportDiscoveredApps(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const ctx = await cloudAppsCtx(request);
  const { asked, report, conditions } = readReportRequest(ctx, request, appFilterFields);
  return sendCsv(reply, 'discovered-apps', await exportApps(ctx, report, { ...appOrder(asked), conditions }));
}

/** The documented answer is a bare list, by id, or with sortField `score` by how many apps a category has. */
export async function listCategories(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  return await sendCounted(request, reply, 'category');
}

export async function listTags(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  return await sendCounted(request, reply, 'tag');
}

async function sendCounted(
  request: FastifyRequest,
  reply: FastifyReply,
  by: 'category' | 'tag',
): Promise<FastifyReply> {
  const ctx = await cloudAppsCtx(request);
  const { asked, report, conditions } = readReportRequest(ctx, request, appFilterFields);
  const { sortField, skip, limit } = asked;
  if (sortField !== undefined && sortField !== 'score' && sortField !== 'id') {
    throw new InvalidInput('sortField', 'sortField is score, which sorts by the number of apps, or id.');
  }
  const counted = await listCounted(ctx, report, conditions, by);
  if (sortField === 'score') counted.sort((left, right) => left.total - right.total);
  if (sortField !== undefined && asked.direction === 'desc') counted.reverse();
  // Categories are few, so that all of them come unless fewer are asked for.
  const shown = counted.slice(skip, limit === undefined ? undefined : skip + limit);
  return reply.send(shown.map(({ id, total }) => ({ id, total })));
}

async function entities(kind: EntityKind, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const ctx = await cloudAppsCtx(request);
  const { asked, report, conditions } = readReportRequest(ctx, request, entityFilterFields);
  const { skip, limit, max } = spanOf(ctx, asked);
  const { items, total } = await listEntities(ctx, report, { ...entityOrder(asked), kind, conditions, skip, limit });
  const hasNext = skip + items.length < total;
  return reply.send({
    data: items.map((each) => entityRecord(kind, each)),
    hasNext,
    max,
    total,
    moreThanTotal: false,
  });
}

async function entitiesCsv(kind: EntityKind, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const ctx = await cloudAppsCtx(request);
  const { asked, report, conditions } = readReportRequest(ctx, request, entityFilterFields);
  const lines = await exportEntities(ctx, report, { ...entityOrder(asked), kind, conditions });
  return sendCsv(reply, `discovered-${kind}`, lines);
}

type Handler = (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>;

/** Users, addresses and machines: the same list of each, and the same file. */
export const entityLists: Readonly<Record<EntityKind, Handler>> = {
  users: (request, reply) => entities('users', request, reply),
  addresses: (request, reply) => entities('addresses', request, reply),
  machines: (request, reply) => entities('machines', request, reply),
};
export const entityExports: Readonly<Record<EntityKind, Handler>> = {
  users: (request, reply) => entitiesCsv('users', request, reply),
  addresses: (request, reply) => entitiesCsv('addresses', request, reply),
  machines: (request, reply) => entitiesCsv('machines', request, reply),
};

interface ReportRequest {
  readonly asked: ListRequest;
  readonly report: Asked;
  readonly conditions: readonly ReportCondition[];
}

/** Over so many days when nobody says how many. */
const usualDays = 90;

/** Report and time frame stand beside the filters or, as some scripts send them, among them. */
function readReportRequest(
  { config }: Ctx,
  request: FastifyRequest,
  fields: readonly FilterableField[],
): ReportRequest {
  const asked = readListRequest(request, config);
  const written = isPlainObject(asked.filters) ? asked.filters : {};
  const beside = { ...membersOf(request.query), ...membersOf(request.body) };
  const named = (...names: readonly string[]): unknown => {
    const found = names.map((name) => beside[name] ?? soleValue(written[name]));
    return found.find((value) => value !== undefined && value !== null && value !== '');
  };
  const [streamId, days] = [named('streamId'), named('timeframe', 'timeFrame')];
  if (streamId !== undefined && typeof streamId !== 'string') {
    throw new InvalidInput('streamId', 'streamId is the id of a report: 24 hexadecimal digits.');
  }
  const { streamId: _stream, timeframe: _lower, timeFrame: _camel, ...filters } = written;
  const ofFilters = isPlainObject(asked.filters) ? filters : asked.filters;
  return {
    asked,
    report: {
      streamId,
      days: parseTimeFrame('timeframe', days === undefined ? usualDays : (parseNumber(days) ?? Number.NaN)),
    },
    conditions: parseReportFilters(noFilters(ofFilters), fields, config.filterValuesMax),
  };
}

/** An empty list means no filters: PowerShell scripts send one. */
function noFilters(filters: unknown): unknown {
  return Array.isArray(filters) && filters.length === 0 ? {} : filters;
}

function membersOf(value: unknown): Record<string, unknown> {
  return isPlainObject(value) ? value : {};
}

/** The value itself, or that of `{eq: value}` and `{eq: [value]}`. */
function soleValue(value: unknown): unknown {
  const operand = isPlainObject(value) ? value.eq : value;
  return Array.isArray(operand) ? operand[0] : operand;
}

function spanOf({ config }: Ctx, asked: ListRequest): { skip: number; limit: number; max: number } {
  const max = config.pageRowsMax;
  return { skip: asked.skip, limit: Math.min(asked.limit ?? max, max), max };
}

function appOrder({ sortField, direction }: ListRequest): Pick<AppQuery, 'sort' | 'direction'> {
  return { sort: chosen<AppSort>(sortField, appSorts), direction };
}

function entityOrder({ sortField, direction }: ListRequest): Pick<EntityQuery, 'sort' | 'direction'> {
  return { sort: chosen<EntitySort>(sortField, entitySorts), direction };
}

/** The first one when nobody says. */
function chosen<Sort extends string>(sortField: string | undefined, sorts: readonly [Sort, ...Sort[]]): Sort {
  const found = sortField === undefined ? sorts[0] : sorts.find((each) => each === sortField);
  if (found === undefined) throw new InvalidInput('sortField', `sortField is one of ${sorts.join(', ')}.`);
  return found;
}

function trafficRecord(traffic: Traffic) {
  return {
    trafficTotalBytes: traffic.totalBytes,
    trafficUploadedBytes: traffic.uploadedBytes,
    trafficDownloadedBytes: traffic.downloadedBytes,
    trafficTotalEvents: traffic.transactions,
    blockedEvents: traffic.blocked,
    firstUsed: isoTime(traffic.firstSeen),
    lastUsed: isoTime(traffic.lastSeen),
  };
}

function appRecord(app: DiscoveredApp) {
  return {
    appId: app.appId,
    name: app.name,
    vendor: app.vendor,
    category: app.category,
    score: app.score,
    risk: riskLevelOf(app.score),
    tags: app.tags,
    domains: app.domains,
    ...trafficRecord(app),
    usersCount: app.users,
    ipAddressesCount: app.addresses,
    machinesCount: app.machines,
  };
}

const entityNames = { users: 'userName', addresses: 'ipAddress', machines: 'machineName' } as const;

function entityRecord(kind: EntityKind, entity: DiscoveredEntity) {
  return {
    [entityNames[kind]]: entity.name,
    appsCount: entity.apps,
    ...trafficRecord(entity),
    apps: entity.topApps.map(({ appId, name, totalBytes, transactions }) => ({
      appId,
      name,
      trafficTotalBytes: totalBytes,
      trafficTotalEvents: transactions,
    })),
  };
}

function sendCsv(reply: FastifyReply, name: string, lines: Iterable<string>): FastifyReply {
  return reply
    .type('text/csv; charset=utf-8')
    .header('content-disposition', `attachment; filename="${name}.csv"`)
    .send(Readable.from(lines, { objectMode: false }));
}
