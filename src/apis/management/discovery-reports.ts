// Reports of discovered apps for the portal and the command line; and the user behind an anonymous name.
import { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';
import type { FilterableField } from '../../activities/filters.ts';
import type { Ctx } from '../../context.ts';
import type { CountedApps as CountedApp } from '../../discovery/reports/discovered-apps.ts';
import type { Asked } from '../../discovery/reports/reports.ts';
import type { EntityKind, TimeFrame, Traffic } from '../../discovery/reports/usage.ts';
import { isoTime } from '../../lib/clock.ts';
import { InvalidInput } from '../../lib/failures.ts';
import type { Type } from '../../lib/schema.ts';
import {
  CountedApps,
  CountedQuery,
  DiscoveredApps,
  DiscoveredEntities,
  ExportQuery,
  OverviewQuery,
  ReportOverview,
  ReportParams,
  ReportQuery,
  ReportTrends,
  ResolvedName,
  ResolveNameBody,
} from './discovery-reports-schemas.ts';
import { type ManagementApp, personCtx } from './surface.ts';
import { pageOfWhole } from './whole-lists.ts';
import { toWire } from './wire.ts';

const pageRows = 50;
const usualDays: TimeFrame = 30;

// Loaded with the first call (docs/decisions/0008).
const reports = () => import('../../discovery/reports/reports.ts');
const filterTables = () => import('../../discovery/reports/app-fields.ts');

export function discoveryReportRoutes(app: ManagementApp): void {
  appRoutes(app);
  for (const kind of ['users', 'addresses', 'machines'] as const) entityRoutes(app, kind);

  const overview = { params: ReportParams, querystring: OverviewQuery, response: { 200: ReportOverview } };
  app.get('/discovery/reports/:id/overview', { schema: overview }, async (request) => {
    const ctx = await personCtx(request);
    const { getOverview } = await reports();
    const { totals, days, risks } = await getOverview(ctx, await askedOf(request.params.id, request.query.days));
    const wiredDays = days.map(({ day, ...each }) => ({ day: isoTime(day), ...withTimes(each) }));
    return toWire({
      totals: totals.transactions === 0 ? withoutTimes(totals) : withTimes(totals),
      days: wiredDays,
      risks,
    });
  });

  const trends = { params: ReportParams, querystring: OverviewQuery, response: { 200: ReportTrends } };
  app.get('/discovery/reports/:id/trends', { schema: trends }, async (request) => {
    const ctx = await personCtx(request);
    const { getTrends } = await reports();
    const { categories, days } = await getTrends(ctx, await askedOf(request.params.id, request.query.days));
    return toWire({ categories, days: days.map((each) => ({ ...each, day: isoTime(each.day) })) });
  });

  const resolve = { body: ResolveNameBody, response: { 200: ResolvedName } };
  app.post('/discovery/names/resolve', { schema: resolve }, async (request) => {
    const ctx = await personCtx(request);
    const { resolveName } = await import('../../discovery/name-keys.ts');
    return { userName: await resolveName(ctx, request.body.name, request.body.reason) };
  });
}

function appRoutes(app: ManagementApp): void {
  const all = '/discovery/reports/:id/apps';
  const list = { params: ReportParams, querystring: ReportQuery, response: { 200: DiscoveredApps } };
  app.get(all, { schema: list }, async (request) => {
    const ctx = await personCtx(request);
    const { skip = 0, limit = pageRows } = request.query;
    const { listApps } = await reports();
    const { riskLevelOf } = await import('../../discovery/reports/usage.ts');
    const asked = await askedOf(request.params.id, request.query.days);
    const page = await listApps(ctx, asked, { ...(await appQuery(ctx, request.query)), skip, limit });
    const items = page.items.map((each) => ({ ...withTimes(each), risk: riskLevelOf(each.score) }));
    return toWire({ ...page, items });
  });

  const file = { params: ReportParams, querystring: ExportQuery };
  app.get(`${all}/csv`, { schema: file }, async (request, reply) => {
    const ctx = await personCtx(request);
    const { exportApps } = await import('../../discovery/reports/export.ts');
    const asked = await askedOf(request.params.id, request.query.days);
    return sendCsv(reply, 'apps', await exportApps(ctx, asked, await appQuery(ctx, request.query)));
  });

  for (const [name, by] of [['categories', 'category'] as const, ['tags', 'tag'] as const]) {
    const counted = { params: ReportParams, querystring: CountedQuery, response: { 200: CountedApps } };
    app.get(`/discovery/reports/:id/${name}`, { schema: counted }, async (request) => {
      const ctx = await personCtx(request);
      const { listCounted } = await reports();
      const { appFilterFields } = await filterTables();
      const conditions = await conditionsOf(ctx, request.query.filters, appFilterFields);
      const items = await listCounted(ctx, await askedOf(request.params.id, request.query.days), conditions, by);
      return toWire(pageOfWhole(items, request.query, countedShape));
    });
  }
}

const countedShape = {
  texts: ({ id }: CountedApp) => [id],
  sorts: {
    id: ({ id }: CountedApp) => id,
    total: ({ total }: CountedApp) => total,
    totalBytes: ({ totalBytes }: CountedApp) => totalBytes,
    uploadedBytes: ({ uploadedBytes }: CountedApp) => uploadedBytes,
    transactions: ({ transactions }: CountedApp) => transactions,
    blocked: ({ blocked }: CountedApp) => blocked,
  },
};

function entityRoutes(app: ManagementApp, kind: EntityKind): void {
  const all = `/discovery/reports/:id/${kind}` as const;
  const list = { params: ReportParams, querystring: ReportQuery, response: { 200: DiscoveredEntities } };
  app.get(all, { schema: list }, async (request) => {
    const ctx = await personCtx(request);
    const { skip = 0, limit = pageRows } = request.query;
    const { listEntities } = await reports();
    const query = { ...(await entityQuery(ctx, request.query)), kind, skip, limit };
    const { items, total } = await listEntities(ctx, await askedOf(request.params.id, request.query.days), query);
    return toWire({ items: items.map(withTimes), total });
  });

  const file = { params: ReportParams, querystring: ExportQuery };
  app.get(`${all}/csv`, { schema: file }, async (request, reply) => {
    const ctx = await personCtx(request);
    const { exportEntities } = await import('../../discovery/reports/export.ts');
    const query = { ...(await entityQuery(ctx, request.query)), kind };
    return sendCsv(reply, kind, await exportEntities(ctx, await askedOf(request.params.id, request.query.days), query));
  });
}

async function askedOf(id: string, days: number = usualDays): Promise<Asked> {
  const { parseTimeFrame } = await reports();
  return { streamId: id === 'global' ? undefined : id, days: parseTimeFrame('days', days) };
}

type Query = Type.Static<typeof ExportQuery>;

async function appQuery(ctx: Ctx, { filters, sort, direction = 'desc' }: Query) {
  const { appFilterFields } = await filterTables();
  const { appSorts } = await import('../../discovery/reports/discovered-apps.ts');
  return { conditions: await conditionsOf(ctx, filters, appFilterFields), sort: chosen(sort, appSorts), direction };
}

async function entityQuery(ctx: Ctx, { filters, sort, direction = 'desc' }: Query) {
  const { entityFilterFields } = await filterTables();
  const { entitySorts } = await import('../../discovery/reports/entities.ts');
  return {
    conditions: await conditionsOf(ctx, filters, entityFilterFields),
    sort: chosen(sort, entitySorts),
    direction,
  };
}

function chosen<Sort extends string>(sort: string | undefined, sorts: readonly [Sort, ...Sort[]]): Sort {
  const found = sort === undefined ? sorts[0] : sorts.find((each) => each === sort);
  if (found === undefined) throw new InvalidInput('sort', `sort is one of ${sorts.join(', ')}.`);
  return found;
}

async function conditionsOf({ config }: Ctx, text: string | undefined, fields: readonly FilterableField[]) {
  if (text === undefined) return [];
  let filters: unknown;
  try {
    const { parseJsonBody } = await import('../bodies.ts');
    filters = parseJsonBody(text, config.bodyDepthMax);
  } catch {
    throw new InvalidInput('filters', 'filters are JSON, such as {"category":{"eq":["SAASDB_CATEGORY_CRM"]}}.');
  }
  const { readFilters } = await import('./written-filters.ts');
  const { parseReportFilters } = await import('../cloud-apps/discovery-filters.ts');
  return readFilters(() => parseReportFilters(filters, fields, config.filterValuesMax));
}

function withTimes<Item extends Pick<Traffic, 'firstSeen' | 'lastSeen'>>(item: Item) {
  return { ...item, firstSeen: isoTime(item.firstSeen), lastSeen: isoTime(item.lastSeen) };
}

/** Where nothing was seen there is no first time. */
function withoutTimes<Item extends Pick<Traffic, 'firstSeen' | 'lastSeen'>>(item: Item) {
  return { ...item, firstSeen: null, lastSeen: null };
}

function sendCsv(reply: FastifyReply, name: string, lines: Iterable<string>): FastifyReply {
  return reply
    .type('text/csv; charset=utf-8')
    .header('content-disposition', `attachment; filename="discovered-${name}.csv"`)
    .send(Readable.from(lines, { objectMode: false }));
}
