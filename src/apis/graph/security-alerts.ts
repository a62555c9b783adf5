// /v1.0/security/alerts_v2 (Defender reference 4.2).
import type { FastifyReply, FastifyRequest } from 'fastify';
import {
  type Alert,
  type AlertComment,
  type AlertLifeChange,
  alertStatuses,
  classifications,
} from '../../alerts/alert.ts';
import { getAlertByAlertId } from '../../alerts/alerts.ts';
import { type LongAlertList, openAlertList } from '../../alerts/long-lists.ts';
import type { Ctx } from '../../context.ts';
import { changeAlerts, nameOf } from '../../incidents/alert-changes.ts';
import { moveAlerts } from '../../incidents/regrouping.ts';
import { NotFound } from '../../lib/failures.ts';
import { ticksOfMs } from '../../lib/ticks.ts';
import { listOf, needed, nullable, oneOf, type Read, readBody, text, unused } from './bodies.ts';
import { GraphProblem } from './errors.ts';
import { pick, readEntityOptions, refuseOptions } from './lists.ts';
import { determinationReader } from './security-enums.ts';
import { readAlertFilter } from './security-filters.ts';
import { type IdParams, optionsOf, parseIncidentId, readComment } from './security-incidents.ts';
import { readAskedList, type SecurityList, sendPage } from './security-lists.ts';
import { alertComments, alertWire, type WireOptions } from './security-wire.ts';
import { contextOf, graphCtx, sendEntity, sendJson } from './surface.ts';

const list: SecurityList<'created' | 'updated' | 'lastActivity'> = {
  of: 'security/alerts_v2',
  type: 'security.alert',
  sorts: { createdDateTime: 'created', lastUpdateDateTime: 'updated', lastActivityDateTime: 'lastActivity' },
  expandable: [],
  topMax: 1000,
  topUsual: 100,
};
const read = 'SecurityAlert.Read.All';
const write = 'SecurityAlert.ReadWrite.All';
const commentsMax = 1000;

export async function listAlertsV2(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const ctx = await graphCtx(request);
  return await sendList(ctx, request, reply);
}

export async function getAlertV2(request: FastifyRequest<IdParams>, reply: FastifyReply): Promise<FastifyReply> {
  const ctx = await graphCtx(request);
  const select = readEntityOptions(request);
  const alert = await getAlertByAlertId(ctx, read, request.params.id);
  const wire = alertWire(alert, optionsOf(ctx, request));
  return sendEntity(ctx, request, reply, list.of, pick(wire, select, list.type));
}

export async function patchAlertV2(
  request: FastifyRequest<IdParams & { Body: unknown }>,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const ctx = await graphCtx(request);
  refuseOptions(request);
  const change = readChange(request.body);
  const alert = await changeOne(ctx, request.params.id, () => change, 'alert.change');
  return sendEntity(ctx, request, reply, list.of, alertWire(alert, optionsOf(ctx, request)));
}

export async function commentAlertV2(
  request: FastifyRequest<IdParams & { Body: unknown }>,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const ctx = await graphCtx(request);
  refuseOptions(request);
  const comment = readComment(request.body);
  const { id } = request.params;
  const alert = await changeOne(
    ctx,
    id,
    (before) => ({ comments: withComment(ctx, before, comment) }),
    'alert.comment',
  );
  const context = contextOf(ctx, request, `security/alerts_v2('${encodeURIComponent(id)}')/comments`);
  return sendJson(reply, { '@odata.context': context, value: alertComments(alert) });
}

export async function moveByHand(
  request: FastifyRequest<{ Body: unknown }>,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const ctx = await graphCtx(request);
  refuseOptions(request);
  const given = readBody(request.body, {
    alertIds: listOf(text),
    incidentId: nullable(text),
    alertComment: nullable(text),
    newCorrelationReasons: unused,
  });
  const target = given.incidentId ? parseIncidentId(given.incidentId) : null;
  const comment = given.alertComment ? readComment({ comment: given.alertComment }) : null;
  const { record } = await moveAlerts(ctx, write, needed(given.alertIds, 'alertIds'), target, comment);
  const context = contextOf(ctx, request, 'microsoft.graph.security.mergeResponse');
  return sendJson(reply, { '@odata.context': context, targetIncidentId: String(record.incidentId) });
}

async function sendList(ctx: Ctx, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const asked = readAskedList(ctx, request, list);
  const { sort, direction, skip, limit, after } = asked;
  const conditions = [readAlertFilter(ctx, asked.options.filter)];
  const found = await openAlertList(ctx, read, { conditions, sort, direction, skip, limit, after });
  const options = optionsOf(ctx, request);
  return await sendPage(ctx, request, reply, list, asked, {
    count: asked.options.count ? found.total : null,
    next: () => found.next()?.after ?? null,
    items: wires(found, options),
  });
}

async function* wires({ pieces }: LongAlertList, options: WireOptions): AsyncGenerator<object> {
  for await (const alerts of pieces) for (const alert of alerts) yield alertWire(alert, options);
}

async function changeOne(
  ctx: Ctx,
  alertId: string,
  change: (alert: Alert) => AlertLifeChange | null,
  action: string,
): Promise<Alert> {
  const { changed, unchanged } = await changeAlerts(ctx, write, { alertIds: [alertId] }, change, { action });
  const [alert] = [...changed, ...unchanged];
  if (!alert) throw new NotFound('The alert');
  return alert;
}

const readers = {
  status: oneOf(...alertStatuses),
  assignedTo: nullable(text),
  classification: oneOf(...classifications),
  determination: determinationReader,
};
const nameLengthMax = 1000;

function readChange(body: unknown): AlertLifeChange {
  const given: Read<typeof readers> = readBody(body, readers);
  if (Object.keys(given).length === 0) {
    throw new GraphProblem(`There is nothing to update. There are ${Object.keys(readers).join(', ')}.`);
  }
  if ((given.assignedTo?.length ?? 0) > nameLengthMax) {
    throw new GraphProblem("Invalid value specified for property 'assignedTo': it is too long.");
  }
  return { ...given, ...(given.assignedTo === '' ? { assignedTo: null } : {}) };
}

function withComment(ctx: Ctx, { comments }: Alert, comment: string): AlertComment[] {
  if (comments.length >= commentsMax)
    throw new GraphProblem(`The alert has ${commentsMax} comments, which is the most.`);
  const createdTime = String(ticksOfMs(ctx.clock()));
  return [...comments, { comment, createdBy: nameOf(ctx.caller), createdTime }];
}
