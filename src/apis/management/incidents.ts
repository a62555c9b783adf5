import type { CorrelationReason, IncidentRecord } from '../../incidents/incident-record.ts';
import { formatTicks } from '../../lib/ticks.ts';
import { IncidentParams, IncidentView, MergeBody, MoveBody, ResultingIncident } from './incidents-schemas.ts';
import { type ManagementApp, personCtx } from './surface.ts';

/** Loaded with the first call: few starts need it soon. */
const lists = () => import('../../incidents/record-lists.ts');
const regrouping = () => import('../../incidents/regrouping.ts');

/** Why alerts are in an incident, and what people do about it: merging and splitting. */
export function incidentRoutes(app: ManagementApp): void {
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

function viewOf(record: IncidentRecord, alertIds: string[]): IncidentView {
  const time = (ticks: bigint | null): string | null => (ticks === null ? null : formatTicks(ticks));
  return {
    incidentId: record.incidentId,
    name: record.name,
    status: record.status,
    severity: record.severity,
    redirectIncidentId: record.redirectIncidentId,
    isMadeHere: record.sourceTicks === null,
    createdAt: formatTicks(record.createdTicks),
    updatedAt: formatTicks(record.updatedTicks),
    firstActivityAt: time(record.firstActivityTicks),
    lastActivityAt: time(record.lastActivityTicks),
    alertIds,
    reasons: record.reasons.map(reasonOf),
  };
}

function reasonOf(reason: CorrelationReason): IncidentView['reasons'][number] {
  const nothing = { sharedWith: null, kind: null, key: null, movedFrom: null, movedBy: null };
  return 'from' in reason
    ? { ...nothing, alertId: reason.alertId, movedFrom: reason.from, movedBy: reason.by }
    : { ...nothing, alertId: reason.alertId, sharedWith: reason.with, kind: reason.kind, key: reason.key };
}
