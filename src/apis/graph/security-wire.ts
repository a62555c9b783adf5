// Incidents and alerts as Graph's security namespace writes them (Defender reference 4.2).
import type { Alert, Members } from '../../alerts/alert.ts';
import type { IncidentComment, IncidentRecord } from '../../incidents/incident-record.ts';
import { formatTicks } from '../../lib/ticks.ts';
import { type Names, tenantUrl } from '../../listening/names.ts';
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
  /** `https://contoso.example.com/portal`: where people look at these. */
  readonly portal: string;
  readonly knowsAll: KnowsAll;
}

/** Where the tenant's portal is, on the tenant's own host: who follows a link from it signs in to that tenant. */
export function portalOf(names: Names, tenantSlug: string): string {
  return `${tenantUrl(names, tenantSlug)}/portal`;
}

/** In the form of the documented portal: `…/incidents/{id}?tid={tenant}`. */
function pageOf({ portal, tenantId }: WireOptions, kind: 'incidents' | 'alerts', id: string): string {
  // Ids of alerts come from other products and may be texts that have no encoding.
  return `${portal}/${kind}/${encodeURIComponent(id.toWellFormed())}?tid=${tenantId}`;
}

const time = (ticks: bigint | null): string | null => (ticks === null ? null : formatTicks(ticks));

export function incidentWire(record: IncidentRecord, options: WireOptions): Members {
  return {
    id: String(record.incidentId),
    tenantId: options.tenantId,
    status: incidentStatuses[record.status],
    incidentWebUrl: pageOf(options, 'incidents', String(record.incidentId)),
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

export function alertWire(alert: Alert, options: WireOptions): Members {
  const { tenantId, knowsAll } = options;
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
    alertWebUrl: pageOf(options, 'alerts', alert.alertId),
    incidentWebUrl: alert.incidentId === null ? null : pageOf(options, 'incidents', String(alert.incidentId)),
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
