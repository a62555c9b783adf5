// /api/alerts: list, fetch, update (Defender reference 4.1).
import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Alert } from '../../alerts/alert.ts';
import { findKey } from '../../alerts/alert-keys.ts';
import {
  type AlertPosition,
  type AlertQuery,
  type AlertSort,
  getAlertByAlertId,
  listAlerts,
} from '../../alerts/alerts.ts';
import type { AlertCondition } from '../../alerts/condition.ts';
import type { Ctx, Services } from '../../context.ts';
import { changeAlerts } from '../../incidents/alert-changes.ts';
import { InvalidInput, NotFound } from '../../lib/failures.ts';
import { readTicks } from '../../lib/ticks.ts';
import { getMachineKeys } from '../../machines/machines.ts';
import { ODataProblem, shown } from '../odata/problem.ts';
import { type QueryOptions, readQueryOptions } from '../odata/query-options.ts';
import { alertTable } from './alert-filter.ts';
import { changeOf, readUpdate, updateMembers } from './alert-update.ts';
import { endpointAlert } from './alert-wire.ts';
import type { CallLimits } from './call-limits.ts';
import { readBody } from './endpoint-bodies.ts';
import {
  contextOf,
  endpointCall,
  filterOf,
  headOf,
  jsonType,
  nextLink,
  pageRowsMax,
  readListOptions,
  sendOne,
  sortOf,
  tailOf,
} from './endpoint-lists.ts';
import { DefenderProblem } from './errors.ts';
import { toCondition } from './filter-fields.ts';
import { type DefenderApp, defenderCtx } from './surface.ts';

type IdParams = { Params: { id: string } };

const sorts: Readonly<Record<string, AlertSort>> = {
  alertCreationTime: 'created',
  lastUpdateTime: 'updated',
  lastEventTime: 'lastActivity',
  severity: 'severity',
};
/** Alerts are read and sent so many at a time: a whole page of large ones is more than one call may hold. */
const heldAlertsMax = 250;

/** See machineRoutes for `prefix`. */
export function alertRoutes(app: DefenderApp, services: Services, limits: CallLimits, prefix: string): void {
  const listCall = endpointCall('list alerts');
  const getCall = endpointCall('get alert');
  const updateCall = endpointCall('update alert');
  const batchCall = endpointCall('update alerts');
  app.get(`${prefix}/alerts`, async (request, reply) => {
    const ctx = await defenderCtx(request);
    await limits.take(ctx, listCall);
    return await list(ctx, request, reply);
  });
  const machineCall = endpointCall('list alerts of machine');
  app.get<IdParams>(`${prefix}/machines/:id/alerts`, async (request, reply) => {
    const ctx = await defenderCtx(request);
    await limits.take(ctx, machineCall);
    const keys = (await getMachineKeys(ctx, request.params.id)).flatMap((key) => findKey('device', key) ?? []);
    return await list(ctx, request, reply, [{ kind: 'about', keys }]);
  });
  app.get<IdParams>(`${prefix}/alerts/:id`, async (request, reply) => {
    const ctx = await defenderCtx(request);
    await limits.take(ctx, getCall);
    const { expand } = readQueryOptions(request.query, ['$expand'], { topMax: 0, skipMax: 0 });
    const alert = await getAlertByAlertId(ctx, 'Alert.Read.All', request.params.id);
    return sendAlert(ctx, request, reply, alert, hasEvidence(expand) || expand === undefined);
  });
  app.patch<IdParams>(`${prefix}/alerts/:id`, async (request, reply) => {
    const ctx = await defenderCtx(request);
    await limits.take(ctx, updateCall);
    const update = readUpdate(readBody(request.body, updateMembers));
    const { changed, unchanged } = await changeAlerts(
      ctx,
      'Alert.ReadWrite.All',
      { alertIds: [request.params.id] },
      (alert) => changeOf(ctx, alert, update),
      { action: 'alert.update', details: { members: Object.keys(update) } },
    );
    const alert = changed[0] ?? unchanged[0];
    if (!alert) throw new NotFound(`Alert ${shown(request.params.id)}`);
    return sendAlert(services, request, reply, alert, true, ctx.caller.tenantId);
  });
  app.post(`${prefix}/alerts/batchUpdate`, async (request, reply) => {
    const ctx = await defenderCtx(request);
    await limits.take(ctx, batchCall);
    const body = readBody(request.body, ['alertIds', ...updateMembers]);
    const alertIds = readIds(body.alertIds, ctx.config.alertsChangedMax);
    const update = readUpdate(body);
    const { missing } = await changeAlerts(
      ctx,
      'Alert.ReadWrite.All',
      { alertIds },
      (alert) => changeOf(ctx, alert, update),
      { action: 'alert.update', details: { members: Object.keys(update) } },
    );
    const [first] = missing;
    if (first !== undefined && missing.length === alertIds.length) throw new NotFound(`Alert ${shown(first)}`);
    return reply.code(200).send();
  });
}

function sendAlert(
  services: Pick<Services, 'names'> & { readonly caller?: Ctx['caller'] },
  request: FastifyRequest,
  reply: FastifyReply,
  alert: Alert,
  withEvidence: boolean,
  tenantId: string = services.caller?.tenantId ?? '',
): FastifyReply {
  const body = JSON.stringify(endpointAlert(alert, tenantId, withEvidence));
  return sendOne(reply, contextOf(services, request, 'Alerts/$entity'), body);
}

function readIds(value: unknown, most: number): string[] {
  if (!Array.isArray(value) || value.length === 0) {
    throw new DefenderProblem('MissingRequiredParameter', 'Parameter alertIds is missing');
  }
  if (value.length > most) {
    throw new DefenderProblem(
      'MaximumBatchSizeExceeded',
      `Maximum batch size exceeded. Received: ${value.length}, allowed: ${most}`,
    );
  }
  return value.map((id) => {
    if (typeof id === 'string') return id;
    throw new InvalidInput('body', 'Request body is incorrect: alertIds must be a list of texts.');
  });
}

function hasEvidence(expand: string | undefined): boolean {
  if (expand === undefined) return false;
  if (expand.trim().toLowerCase() === 'evidence') return true;
  throw new ODataProblem('$expand', `evidence can be expanded, not ${shown(expand)}.`);
}

async function list(
  ctx: Ctx,
  request: FastifyRequest,
  reply: FastifyReply,
  among: readonly AlertCondition[] = [],
): Promise<FastifyReply> {
  const asked = readListOptions(ctx, request, ['$expand']);
  const filter = filterOf(asked, ctx);
  const { sort, direction } = sortOf(asked, sorts, { sort: 'created', direction: 'desc' });
  const query: AlertQuery = {
    conditions: [...among, ...(filter ? [toCondition(filter, alertTable)] : [])],
    sort,
    direction,
    skip: asked.skip ?? 0,
    limit: asked.top ?? pageRowsMax,
    after: asked.skipToken === undefined ? null : parsePosition(asked.skipToken, sort),
  };
  const withEvidence = hasEvidence(asked.expand);
  // The first alerts are read before anything is sent, so that a refusal is an answer and no broken list.
  const first = await listAlerts(ctx, 'Alert.Read.All', {
    ...query,
    limit: Math.min(query.limit, heldAlertsMax),
    totalMax: asked.count ? Number.MAX_SAFE_INTEGER - 1 : 0,
  });
  const head = headOf(contextOf(ctx, request, 'Alerts'), asked.count ? first.total : null);
  const pieces = async function* (): AsyncGenerator<string> {
    yield head;
    let [sent, page] = [0, first];
    for (;;) {
      const texts = page.alerts.map((alert) => JSON.stringify(endpointAlert(alert, ctx.caller.tenantId, withEvidence)));
      if (texts.length > 0) yield `${sent > 0 ? ',' : ''}${texts.join(',')}`;
      sent += texts.length;
      const last = page.alerts.at(-1);
      if (!page.hasNext || last === undefined || sent >= query.limit) {
        const isMore = page.hasNext && last !== undefined && query.limit > 0;
        yield tailOf(isMore ? linkBehind(ctx, request, asked, query, sent, last) : null);
        return;
      }
      const limit = Math.min(query.limit - sent, heldAlertsMax);
      page = await listAlerts(ctx, 'Alert.Read.All', { ...query, ...behind(query, sent, last), limit, totalMax: 0 });
    }
  };
  return reply.type(jsonType).send(Readable.from(pieces(), { objectMode: false }));
}

/** Where the list goes on: behind an alert, so that those which come in meanwhile move nothing; by severity, behind so many. */
function behind(query: AlertQuery, sent: number, last: Alert): Pick<AlertQuery, 'skip' | 'after'> {
  const position = positionOf(query.sort, last);
  return position ? { skip: 0, after: position } : { skip: query.skip + sent, after: null };
}

function positionOf(sort: AlertSort, alert: Alert): AlertPosition | null {
  switch (sort) {
    case 'created':
      return { ticks: alert.createdTicks, id: alert.id };
    case 'updated':
      return { ticks: alert.updatedTicks, id: alert.id };
    case 'lastActivity':
      return { ticks: alert.lastActivityTicks, id: alert.id };
    case 'severity':
      return null;
  }
}

function linkBehind(
  ctx: Ctx,
  request: FastifyRequest,
  asked: QueryOptions,
  query: AlertQuery,
  sent: number,
  last: Alert,
): string {
  const { skip, after } = behind(query, sent, last);
  return nextLink(ctx, request, asked, after ? { skipToken: `${after.ticks}-${after.id}` } : { skip });
}

function parsePosition(text: string, sort: AlertSort): AlertPosition {
  const [, digits = '', id] = /^(-?\d+)-([0-9a-f]{24})$/.exec(text) ?? [];
  const ticks = readTicks(digits);
  if (ticks === undefined || id === undefined || sort === 'severity') {
    throw new ODataProblem('$skiptoken', '$skiptoken is not one that an @odata.nextLink of this list carried.');
  }
  return { ticks, id };
}
