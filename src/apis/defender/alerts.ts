// What answers /api/alerts: list, fetch, update (Defender reference 4.1). Its routes are alert-routes.ts.
import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Alert } from '../../alerts/alert.ts';
import { findKey } from '../../alerts/alert-keys.ts';
import { type AlertPosition, type AlertQuery, type AlertSort, getAlertByAlertId } from '../../alerts/alerts.ts';
import type { AlertCondition } from '../../alerts/condition.ts';
import { type NextPage, openAlertList } from '../../alerts/long-lists.ts';
import type { Ctx } from '../../context.ts';
import { changeAlerts } from '../../incidents/alert-changes.ts';
import { InvalidInput, NotFound } from '../../lib/failures.ts';
import { readTicks } from '../../lib/ticks.ts';
import { getMachineKeys } from '../../machines/machines.ts';
import { ODataProblem, shown } from '../odata/problem.ts';
import { type QueryOptions, readQueryOptions } from '../odata/query-options.ts';
import { alertTable } from './alert-filter.ts';
import { changeOf, readUpdate, updateMembers } from './alert-update.ts';
import { endpointAlert } from './alert-wire.ts';
import { readBody } from './endpoint-bodies.ts';
import {
  contextOf,
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

type OfOne = FastifyRequest<{ Params: { id: string } }>;

const sorts: Readonly<Record<string, AlertSort>> = {
  alertCreationTime: 'created',
  lastUpdateTime: 'updated',
  lastEventTime: 'lastActivity',
  severity: 'severity',
};

export async function listAll(ctx: Ctx, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  return await list(ctx, request, reply);
}

export async function listOfMachine(ctx: Ctx, request: OfOne, reply: FastifyReply): Promise<FastifyReply> {
  const keys = (await getMachineKeys(ctx, request.params.id)).flatMap((key) => findKey('device', key) ?? []);
  return await list(ctx, request, reply, [{ kind: 'about', keys }]);
}

export async function fetch(ctx: Ctx, request: OfOne, reply: FastifyReply): Promise<FastifyReply> {
  const { expand } = readQueryOptions(request.query, ['$expand'], { topMax: 0, skipMax: 0 });
  const alert = await getAlertByAlertId(ctx, 'Alert.Read.All', request.params.id);
  return sendAlert(ctx, request, reply, alert, hasEvidence(expand) || expand === undefined);
}

export async function update(ctx: Ctx, request: OfOne, reply: FastifyReply): Promise<FastifyReply> {
  const wanted = readUpdate(readBody(request.body, updateMembers));
  const { changed, unchanged } = await changeAlerts(
    ctx,
    'Alert.ReadWrite.All',
    { alertIds: [request.params.id] },
    (alert) => changeOf(ctx, alert, wanted),
    { action: 'alert.update', details: { members: Object.keys(wanted) } },
  );
  const alert = changed[0] ?? unchanged[0];
  if (!alert) throw new NotFound(`Alert ${shown(request.params.id)}`);
  return sendAlert(ctx, request, reply, alert, true);
}

export async function updateBatch(ctx: Ctx, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const body = readBody(request.body, ['alertIds', ...updateMembers]);
  const alertIds = readIds(body.alertIds, ctx.config.alertsChangedMax);
  const wanted = readUpdate(body);
  const { missing } = await changeAlerts(
    ctx,
    'Alert.ReadWrite.All',
    { alertIds },
    (alert) => changeOf(ctx, alert, wanted),
    { action: 'alert.update', details: { members: Object.keys(wanted) } },
  );
  const [first] = missing;
  if (first !== undefined && missing.length === alertIds.length) throw new NotFound(`Alert ${shown(first)}`);
  return reply.code(200).send();
}

function sendAlert(
  ctx: Ctx,
  request: FastifyRequest,
  reply: FastifyReply,
  alert: Alert,
  withEvidence: boolean,
): FastifyReply {
  const body = JSON.stringify(endpointAlert(alert, ctx.caller.tenantId, withEvidence));
  return sendOne(reply, contextOf(ctx, request, 'Alerts/$entity'), body);
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
  const found = await openAlertList(ctx, 'Alert.Read.All', {
    ...query,
    totalMax: asked.count ? Number.MAX_SAFE_INTEGER - 1 : 0,
  });
  const head = headOf(contextOf(ctx, request, 'Alerts'), asked.count ? found.total : null);
  const pieces = async function* (): AsyncGenerator<string> {
    yield head;
    let comma = '';
    for await (const alerts of found.pieces) {
      const texts = alerts.map((alert) => JSON.stringify(endpointAlert(alert, ctx.caller.tenantId, withEvidence)));
      yield `${comma}${texts.join(',')}`;
      comma = ',';
    }
    const next = found.next();
    yield tailOf(next && linkTo(ctx, request, asked, next));
  };
  return reply.type(jsonType).send(Readable.from(pieces(), { objectMode: false }));
}

function linkTo(ctx: Ctx, request: FastifyRequest, asked: QueryOptions, { skip, after }: NextPage): string {
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
