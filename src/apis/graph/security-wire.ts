// Incidents and alerts as Graph's security namespace writes them (Defender reference 4.2).
import type { Alert, Members } from '../../alerts/alert.ts';
import type { IncidentComment, IncidentRecord } from '../../incidents/incident-record.ts';
import { formatTicks } from '../../lib/ticks.ts';
import {
  classificationWord,
  detectionSource,
  determinationWord,
  incidentSeverity,
  incidentStatuses,
  type KnowsAll,
  productName,
  serviceSource,
} from './security-enums.ts';
import { evidenceOf } from './security-evidence.ts';

export interface WireOptions {
  readonly tenantId: string;
  readonly knowsAll: KnowsAll;
}

const time = (ticks: bigint | null): string | null => (ticks === null ? null : formatTicks(ticks));

export function incidentWire(record: IncidentRecord, { tenantId }: WireOptions): Members {
  return {
    id: String(record.incidentId),
    tenantId,
    status: incidentStatuses[record.status],
    incidentWebUrl: null,
    redirectIncidentId: record.redirectIncidentId === null ? null : String(record.redirectIncidentId),
    displayName: record.name,
    createdDateTime: formatTicks(record.createdTicks),
    lastUpdateDateTime: formatTicks(record.updatedTicks),
    assignedTo: record.assignedTo,
    classification: classificationWord(record.classification),
    determination: determinationWord(record.determination),
    severity: incidentSeverity(record.severity),
    customTags: record.tags,
    systemTags: [],
    description: record.description,
    summary: record.summary,
    resolvingComment: record.resolvingComment,
    lastModifiedBy: record.lastModifiedBy,
    priorityScore: null,
    comments: record.comments.map(incidentComment),
  };
}

const commentType = '#microsoft.graph.security.alertComment';

function incidentComment({ comment, createdBy = null, createdTime = null }: IncidentComment): Members {
  return { '@odata.type': commentType, comment, createdByDisplayName: createdBy, createdDateTime: createdTime };
}

export function alertComments(alert: Alert): Members[] {
  return alert.comments.map(({ comment, createdBy, createdTime }) => ({
    '@odata.type': commentType,
    comment,
    createdByDisplayName: createdBy,
    createdDateTime: formatTicks(BigInt(createdTime)),
  }));
}

export function incidentComments(record: IncidentRecord): Members[] {
  return record.comments.map(incidentComment);
}

export function alertWire(alert: Alert, { tenantId, knowsAll }: WireOptions): Members {
  const { extra } = alert;
  const source = serviceSource(alert.serviceSource, knowsAll);
  return {
    id: alert.alertId,
    providerAlertId: extra.providerAlertId ?? alert.alertId,
    incidentId: alert.incidentId === null ? null : String(alert.incidentId),
    status: alert.status,
    severity: alert.severity,
    classification: alert.classification,
    determination: determinationWord(alert.determination),
    serviceSource: source,
    detectionSource: detectionSource(alert.detectionSource, knowsAll),
    productName: productName(alert.serviceSource),
    detectorId: alert.detectorId,
    tenantId,
    title: alert.title,
    description: alert.description,
    recommendedActions: extra.recommendedActions ?? '',
    category: alert.category,
    categories: [alert.category],
    assignedTo: alert.assignedTo,
    alertWebUrl: null,
    incidentWebUrl: null,
    actorDisplayName: extra.actorName ?? null,
    threatDisplayName: extra.threatName ?? null,
    threatFamilyName: extra.threatFamilyName ?? null,
    mitreTechniques: alert.mitreTechniques,
    createdDateTime: formatTicks(alert.createdTicks),
    lastUpdateDateTime: formatTicks(alert.updatedTicks),
    resolvedDateTime: time(alert.resolvedTicks),
    firstActivityDateTime: formatTicks(alert.firstActivityTicks),
    lastActivityDateTime: formatTicks(alert.lastActivityTicks),
    alertPolicyId: alert.policyId,
    investigationState: 'unknown',
    additionalData: alert.evidence.length === 0 ? null : { evidence: alert.evidence.map(({ text }) => text) },
    customDetails: null,
    systemTags: [],
    comments: alertComments(alert),
    evidence: evidenceOf(alert),
  };
}
