import type { IncidentCondition } from '../../incidents/condition.ts';
import type { IncidentChange } from '../../incidents/incident-changes.ts';
import type { CorrelationReason, IncidentRecord } from '../../incidents/incident-record.ts';
import { InvalidInput } from '../../lib/failures.ts';
import type { Type } from '../../lib/schema.ts';
import { formatTicks, parseTicks } from '../../lib/ticks.ts';
import {
  IncidentParams,
  IncidentQuery,
  IncidentSummary,
  Incidents,
  IncidentView,
  MergeBody,
  MoveBody,
  ResultingIncident,
  UpdateBody,
} from './incidents-schemas.ts';
import { type ManagementApp, personCtx } from './surface.ts';

/** Loaded with the first call: few starts need it soon. */
const lists = () => import('../../incidents/record-lists.ts');
const vocabulary = () => import('../../incidents/vocabulary.ts');
const regrouping = () => import('../../incidents/regrouping.ts');

const sorts = {
  updatedAt: 'updated',
  createdAt: 'created',
  lastActivityAt: 'lastActivity',
  severity: 'severity',
  alertCount: 'alertCount',
  name: 'name',
} as const;

/** Rows of a page without a wish. */
const pageRows = 50;

/** Incidents and why alerts are in them; what people do about it: changing, merging and splitting. */
export function incidentRoutes(app: ManagementApp): void {
  app.get('/incidents', { schema: { querystring: IncidentQuery, response: { 200: Incidents } } }, async (request) => {
    const ctx = await personCtx(request);
    const { skip = 0, limit = pageRows, direction = 'desc' } = request.query;
    const where = await conditionOf(request.query);
    const { countRecords, listRecords } = await lists();
    const page = {
      where,
      sort: sorts[request.query.sort ?? 'updatedAt'],
      direction,
      after: null,
      skip,
      limit,
    } as const;
    const { records } = await listRecords(ctx, 'Incident.Read.All', page);
    return { items: records.map(summaryOf), total: await countRecords(ctx, 'Incident.Read.All', where) };
  });
  app.patch(
    '/incidents/:id',
    { schema: { params: IncidentParams, body: UpdateBody, response: { 200: IncidentSummary } } },
    async (request) => {
      const ctx = await personCtx(request);
      const { changeIncident } = await import('../../incidents/incident-changes.ts');
      const change = await changeOf(request.body);
      const { record } = await changeIncident(ctx, 'Incident.ReadWrite.All', request.params.id, change);
      return summaryOf(record);
    },
  );
  app.get(
    '/incidents/:id',
    { schema: { params: IncidentParams, response: { 200: IncidentView } } },
    async (request) => {
      const ctx = await personCtx(request);
      const { getRecord, listIncidentAlerts } = await lists();
      const record = await getRecord(ctx, 'Incident.Read.All', request.params.id);
      const alerts = await listIncidentAlerts(ctx, 'Incident.Read.All', record.incidentId);
      return viewOf(
        record,
        alerts.map(({ alertId }) => alertId),
      );
    },
  );
  app.post(
    '/incidents/merge',
    { schema: { body: MergeBody, response: { 200: ResultingIncident } } },
    async (request) => {
      const { incidentIds, comment = null } = request.body;
      const ctx = await personCtx(request);
      const { mergeIncidents } = await regrouping();
      const { record } = await mergeIncidents(ctx, 'Incident.ReadWrite.All', incidentIds, comment);
      return { incidentId: record.incidentId };
    },
  );
  app.post(
    '/incidents/move-alerts',
    { schema: { body: MoveBody, response: { 200: ResultingIncident } } },
    async (request) => {
      const { alertIds, incidentId = null, comment = null } = request.body;
      const ctx = await personCtx(request);
      const { moveAlerts } = await regrouping();
      const { record } = await moveAlerts(ctx, 'Incident.ReadWrite.All', alertIds, incidentId, comment);
      return { incidentId: record.incidentId };
    },
  );
}

/** Null when every incident is asked for. Throws InvalidInput for a time that is none. */
async function conditionOf(query: Type.Static<typeof IncidentQuery>): Promise<IncidentCondition | null> {
  const { status, severity, assignedTo, isAssigned, classification, serviceSource, updatedSince, search } = query;
  const { foldAssignee } = await import('../../incidents/incident.ts');
  const { incidentSeverities } = await vocabulary();
  const of: IncidentCondition[] = [];
  if (status !== undefined) of.push({ kind: 'status', oneOf: [status] });
  if (severity !== undefined) of.push({ kind: 'severity', oneOf: [incidentSeverities.indexOf(severity)] });
  if (assignedTo !== undefined) of.push({ kind: 'assignedTo', oneOf: [foldAssignee(assignedTo)] });
  if (isAssigned !== undefined) {
    const nobody: IncidentCondition = { kind: 'assignedTo', oneOf: [null] };
    of.push(isAssigned ? { kind: 'not', of: nobody } : nobody);
  }
  if (classification !== undefined) of.push({ kind: 'word', property: 'classification', oneOf: [classification] });
  if (serviceSource !== undefined) of.push({ kind: 'serviceSource', oneOf: [serviceSource] });
  if (updatedSince !== undefined) {
    of.push({ kind: 'time', property: 'lastUpdateTime', order: 'ge', ticks: ticksIn(updatedSince) });
  }
  const sought = search?.trim() ?? '';
  if (sought !== '') of.push(searched(sought));
  return of.length === 0 ? null : { kind: 'all', of };
}

function ticksIn(time: string): bigint {
  const ticks = parseTicks(time);
  if (ticks === undefined) throw new InvalidInput('updatedSince', 'updatedSince must be an ISO 8601 time.');
  return ticks;
}

function searched(text: string): IncidentCondition {
  const name: IncidentCondition = { kind: 'name', text };
  return /^\d{1,15}$/.test(text) ? { kind: 'any', of: [name, { kind: 'id', oneOf: [Number(text)] }] } : name;
}

async function changeOf({ determination, ...change }: Type.Static<typeof UpdateBody>): Promise<IncidentChange> {
  if (determination === undefined) return change;
  const { findDetermination, knownDeterminations } = await vocabulary();
  const known = findDetermination(determination);
  if (known === undefined) {
    throw new InvalidInput('determination', `determination is one of ${knownDeterminations.join(', ')}.`);
  }
  return { ...change, determination: known };
}

function summaryOf(record: IncidentRecord): IncidentSummary {
  const time = (ticks: bigint | null): string | null => (ticks === null ? null : formatTicks(ticks));
  return {
    incidentId: record.incidentId,
    name: record.name,
    status: record.status,
    severity: record.severity,
    classification: record.classification,
    determination: record.determination,
    assignedTo: record.assignedTo,
    tags: [...record.tags],
    alertCount: record.alertCount,
    redirectIncidentId: record.redirectIncidentId,
    isMadeHere: record.sourceTicks === null,
    createdAt: formatTicks(record.createdTicks),
    updatedAt: formatTicks(record.updatedTicks),
    firstActivityAt: time(record.firstActivityTicks),
    lastActivityAt: time(record.lastActivityTicks),
  };
}

function viewOf(record: IncidentRecord, alertIds: string[]): IncidentView {
  return { ...summaryOf(record), alertIds, reasons: record.reasons.map(reasonOf) };
}

function reasonOf(reason: CorrelationReason): IncidentView['reasons'][number] {
  const nothing = { sharedWith: null, kind: null, key: null, movedFrom: null, movedBy: null };
  return 'from' in reason
    ? { ...nothing, alertId: reason.alertId, movedFrom: reason.from, movedBy: reason.by }
    : { ...nothing, alertId: reason.alertId, sharedWith: reason.with, kind: reason.kind, key: reason.key };
}
