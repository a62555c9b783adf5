// The documented incident (Defender reference 2.4) out of an incident's record and its alerts.
import type { Alert } from '../alerts/alert.ts';
import { formatTicks } from '../lib/ticks.ts';
import { alertWire } from './alert-wire.ts';
import type { IncidentRecord } from './incident-record.ts';
import { upperFirst, wireDetermination } from './vocabulary.ts';

/** The JSON text that is stored and sent. */
export function incidentBody(record: IncidentRecord, alerts: readonly Alert[]): string {
  return JSON.stringify({
    ...record.extra,
    incidentId: record.incidentId,
    redirectIncidentId: record.redirectIncidentId,
    incidentName: record.name,
    createdTime: formatTicks(record.createdTicks),
    lastUpdateTime: formatTicks(record.updatedTicks),
    assignedTo: record.assignedTo,
    classification: upperFirst(record.classification),
    determination: wireDetermination(record.determination),
    status: record.status,
    severity: record.severity,
    tags: record.tags,
    comments: record.comments,
    alerts: alerts.map(alertWire),
  });
}
