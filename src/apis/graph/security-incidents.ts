// /v1.0/security/incidents (Defender reference 4.2).
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Alert } from '../../alerts/alert.ts';
import { classifications } from '../../alerts/alert.ts';
import type { Ctx } from '../../context.ts';
import { changeIncident, type IncidentChange, tagsMax } from '../../incidents/incident-changes.ts';
import type { IncidentRecord } from '../../incidents/incident-record.ts';
import { countRecords, getRecord, listIncidentAlerts, listRecords } from '../../incidents/record-lists.ts';
import { mergeIncidents } from '../../incidents/regrouping.ts';
import { type IncidentSeverity, incidentSeverities } from '../../incidents/vocabulary.ts';
import { NotFound } from '../../lib/failures.ts';
import { readQueryOptions } from '../odata/query-options.ts';
import { listOf, needed, nullable, oneOf, type Read, type Reader, readBody, text, unused } from './bodies.ts';
import { GraphProblem } from './errors.ts';
import { pick, refuseOptions } from './lists.ts';
import { determinationReader, knowsAllMembers } from './security-enums.ts';
import { readIncidentFilter } from './security-filters.ts';
import { type AskedList, readAskedList, readExpand, type SecurityList, sendPage } from './security-lists.ts';
import { alertWire, incidentComments, incidentWire, portalOf, type WireOptions } from './security-wire.ts';
import { contextOf, graphCtx, sendEntity, sendJson } from './surface.ts';

const list: SecurityList<'created' | 'updated'> = {
  of: 'security/incidents',
  type: 'security.incident',
  sorts: { lastUpdateDateTime: 'updated', createdDateTime: 'created' },
  expandable: ['alerts'],
  topMax: 1000,
  topUsual: 50,
};
/** With their alerts, incidents are large. */
const expandedMax = 100;
const read = 'SecurityIncident.Read.All';
const write = 'SecurityIncident.ReadWrite.All';

export interface IdParams {
  readonly Params: { readonly id: string };
}

export async function listIncidents(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const ctx = await graphCtx(request);
  return await sendList(ctx, request, reply);
}

export async function getIncident(request: FastifyRequest<IdParams>, reply: FastifyReply): Promise<FastifyReply> {
  const ctx = await graphCtx(request);
  const { select, expand } = readQueryOptions(request.query, ['$select', '$expand'], { topMax: 0, skipMax: 0 });
  const expands = readExpand(expand, list.expandable);
  const record = await getRecord(ctx, read, parseIncidentId(request.params.id));
  const alerts = expands ? await listIncidentAlerts(ctx, read, record.incidentId) : null;
  const wire = withAlerts(record, alerts, optionsOf(ctx, request));
  return sendEntity(ctx, request, reply, list.of, pick(wire, select, list.type));
}

export async function patchIncident(
  request: FastifyRequest<IdParams & { Body: unknown }>,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const ctx = await graphCtx(request);
  refuseOptions(request);
  const id = parseIncidentId(request.params.id);
  const { record } = await changeIncident(ctx, write, id, readChange(request.body));
  return sendEntity(ctx, request, reply, list.of, incidentWire(record, optionsOf(ctx, request)));
}

export async function commentIncident(
  request: FastifyRequest<IdParams & { Body: unknown }>,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const ctx = await graphCtx(request);
  refuseOptions(request);
  const id = parseIncidentId(request.params.id);
  const { record } = await changeIncident(ctx, write, id, { comment: readComment(request.body) });
  const context = contextOf(ctx, request, `security/incidents('${id}')/comments`);
  return sendJson(reply, { '@odata.context': context, value: incidentComments(record) });
}

export async function mergeByHand(
  request: FastifyRequest<{ Body: unknown }>,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const ctx = await graphCtx(request);
  refuseOptions(request);
  const body = readBody(request.body, {
    incidentIds: listOf(text),
    incidentComment: nullable(text),
    mergeReasons: unused,
  });
  const ids = needed(body.incidentIds, 'incidentIds').map(parseIncidentId);
  const comment = body.incidentComment ? bounded(body.incidentComment, 'incidentComment') : null;
  const { record } = await mergeIncidents(ctx, write, ids, comment);
  const context = contextOf(ctx, request, 'microsoft.graph.security.mergeResponse');
  return sendJson(reply, { '@odata.context': context, targetIncidentId: String(record.incidentId) });
}

export function optionsOf(ctx: Ctx, request: FastifyRequest): WireOptions {
  const { tenantId, tenantSlug } = ctx.caller;
  return { tenantId, portal: portalOf(ctx.names, tenantSlug), knowsAll: knowsAllMembers(request) };
}

/** Ids are texts here; what is no number is no incident. */
export function parseIncidentId(id: string): number {
  if (/^\d{1,15}$/.test(id)) return Number(id);
  throw new NotFound(`Incident ${id.slice(0, 100)}`);
}

async function sendList(ctx: Ctx, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const asked = readAskedList(ctx, request, list);
  const where = readIncidentFilter(ctx, asked.options.filter);
  const { sort, direction, skip, after } = asked;
  const found = await listRecords(ctx, read, {
    where,
    sort,
    direction,
    skip,
    limit: asked.expands ? Math.min(asked.limit, expandedMax) : asked.limit,
    after: after === null ? null : { ticks: after.ticks, incidentId: parseIncidentId(after.id) },
  });
  return await sendPage(ctx, request, reply, list, asked, {
    count: asked.options.count ? await countRecords(ctx, read, where) : null,
    next: () => found.next && { ticks: found.next.ticks, id: String(found.next.incidentId) },
    items: wires(ctx, request, asked, found.records),
  });
}

async function* wires(
  ctx: Ctx,
  request: FastifyRequest,
  { expands }: AskedList<string>,
  records: readonly IncidentRecord[],
): AsyncGenerator<object> {
  const options = optionsOf(ctx, request);
  for (const record of records) {
    const alerts = expands ? await listIncidentAlerts(ctx, read, record.incidentId) : null;
    yield withAlerts(record, alerts, options);
  }
}

function withAlerts(record: IncidentRecord, alerts: readonly Alert[] | null, options: WireOptions): object {
  const wire = incidentWire(record, options);
  return alerts === null ? wire : { ...wire, alerts: alerts.map((alert) => alertWire(alert, options)) };
}

const statusWords = { active: 'Active', inProgress: 'InProgress', resolved: 'Resolved' } as const;
const severityWords = ['unknown', 'informational', 'low', 'medium', 'high'] as const;
const textLengthMax = 1000;
const commentLengthMax = 30_000;

/** Redirected and awaitingAction are not for clients to set. */
const status: Reader<keyof typeof statusWords> = oneOf('active', 'inProgress', 'resolved');

const shortText: Reader<string> = (value, at) => {
  const found = text(value, at);
  if (found.trim() !== '' && found.length <= textLengthMax) return found;
  throw new GraphProblem(`Invalid value specified for property '${at}': it must be 1 to ${textLengthMax} characters.`);
};

function bounded(value: string, at: string): string {
  if (value.trim() !== '' && value.length <= commentLengthMax) return value;
  throw new GraphProblem(
    `Invalid value specified for property '${at}': it must be 1 to ${commentLengthMax} characters.`,
  );
}

const longText: Reader<string> = (value, at) => bounded(text(value, at), at);

const readers = {
  status,
  assignedTo: nullable(text),
  classification: oneOf(...classifications),
  determination: determinationReader,
  severity: oneOf(...severityWords),
  customTags: listOf(shortText),
  displayName: shortText,
  description: nullable(longText),
  summary: nullable(longText),
  resolvingComment: nullable(longText),
};

function readChange(body: unknown): IncidentChange {
  const given: Read<typeof readers> = readBody(body, readers);
  if (Object.keys(given).length === 0) {
    throw new GraphProblem(`There is nothing to update. There are ${Object.keys(readers).join(', ')}.`);
  }
  const { assignedTo, classification, determination, customTags, displayName } = given;
  if (customTags && customTags.length > tagsMax) {
    throw new GraphProblem(`Invalid value specified for property 'customTags': it must be at most ${tagsMax} tags.`);
  }
  return {
    ...(given.status === undefined ? {} : { status: statusWords[given.status] }),
    ...(assignedTo === undefined
      ? {}
      : { assignedTo: assignedTo === null || assignedTo === '' ? null : shortText(assignedTo, 'assignedTo') }),
    ...(classification === undefined ? {} : { classification }),
    ...(determination === undefined ? {} : { determination }),
    ...(customTags === undefined ? {} : { tags: [...new Set(customTags)] }),
    ...(displayName === undefined ? {} : { name: displayName }),
    ...(given.severity === undefined ? {} : { severity: severityOf(given.severity) }),
    ...(given.description === undefined ? {} : { description: given.description }),
    ...(given.summary === undefined ? {} : { summary: given.summary }),
    ...(given.resolvingComment === undefined ? {} : { resolvingComment: given.resolvingComment }),
  };
}

function severityOf(word: (typeof severityWords)[number]): IncidentSeverity {
  return incidentSeverities[severityWords.indexOf(word)] ?? 'UnSpecified';
}

/** The body of a comment, of incidents and alerts alike. */
export function readComment(body: unknown): string {
  return needed(readBody(body, { comment: longText }).comment, 'comment');
}
