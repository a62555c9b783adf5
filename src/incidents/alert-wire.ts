// Alerts in the form in which incidents carry them (Defender reference 2.5 to 2.7): out of our records, and into them.
import {
  type Alert,
  type AlertComment,
  type AlertDevice,
  type AlertDraft,
  type AlertEntity,
  type AlertStatus,
  type Members,
  type Severity,
  severities,
} from '../alerts/alert.ts';
import { intentsOf, resolutionOf } from '../alerts/ingest/enumerations.ts';
import { formatTicks, parseTicks } from '../lib/ticks.ts';
import { findClassification, findDetermination, upperFirst, wireDetermination } from './vocabulary.ts';

const statusesOfWire: Readonly<Record<string, AlertStatus>> = {
  new: 'new',
  active: 'new',
  inprogress: 'inProgress',
  resolved: 'resolved',
};

function statusOf(value: unknown): AlertStatus {
  const folded = textOf(value).toLowerCase();
  return (Object.hasOwn(statusesOfWire, folded) ? statusesOfWire[folded] : undefined) ?? 'new';
}

function severityOf(value: unknown): Severity {
  const folded = textOf(value).toLowerCase();
  return severities.find((each) => each === folded) ?? 'informational';
}

const classificationOf = (value: unknown) => findClassification(textOf(value)) ?? 'unknown';
const determinationOf = (value: unknown) => findDetermination(textOf(value)) ?? 'unknown';

/** The documented alert. What another product called differently keeps its spelling for as long as it means the same. */
export function alertWire(alert: Alert): Members {
  const { extra } = alert;
  const isClassified = alert.classification !== 'unknown' || alert.determination !== 'unknown';
  const kept = <Value>(name: string, read: (value: unknown) => Value, now: Value, written: unknown): unknown =>
    Object.hasOwn(extra, name) && read(extra[name]) === now ? extra[name] : written;
  const { investigationId = null, investigationState = 'UnsupportedAlertType', ...others } = extra;
  const { actorName = null, threatFamilyName = null, ...more } = others;
  return {
    ...more,
    alertId: alert.alertId,
    incidentId: alert.incidentId,
    serviceSource: kept('serviceSource', textOf, alert.serviceSource, alert.serviceSource),
    creationTime: formatTicks(alert.createdTicks),
    lastUpdatedTime: formatTicks(alert.updatedTicks),
    resolvedTime: alert.resolvedTicks === null ? null : formatTicks(alert.resolvedTicks),
    firstActivity: formatTicks(alert.firstActivityTicks),
    lastActivity: formatTicks(alert.lastActivityTicks),
    title: kept('title', textOf, alert.title, alert.title),
    description: kept('description', textOf, alert.description, alert.description),
    category: kept('category', textOf, alert.category, alert.category),
    status: kept('status', statusOf, alert.status, upperFirst(alert.status)),
    severity: kept('severity', severityOf, alert.severity, upperFirst(alert.severity)),
    investigationId,
    investigationState,
    classification: kept(
      'classification',
      classificationOf,
      alert.classification,
      isClassified ? upperFirst(alert.classification) : null,
    ),
    determination: kept(
      'determination',
      determinationOf,
      alert.determination,
      isClassified ? wireDetermination(alert.determination) : null,
    ),
    detectionSource: kept('detectionSource', textOf, alert.detectionSource, alert.detectionSource),
    detectorId: alert.detectorId,
    assignedTo: alert.assignedTo,
    actorName,
    threatFamilyName,
    mitreTechniques: alert.mitreTechniques,
    devices: alert.devices,
    entities: alert.entities,
  };
}

/** Members that a record has fields for; of these, `kept` ones are remembered where their spelling is another one. */
const known: ReadonlySet<string> = new Set([
  'alertId',
  'incidentId',
  'creationTime',
  'lastUpdatedTime',
  'resolvedTime',
  'firstActivity',
  'lastActivity',
  'detectorId',
  'assignedTo',
  'mitreTechniques',
  'devices',
  'entities',
]);

/** The draft of an alert that readIncident has checked. */
export function draftOfWire(wire: Members): AlertDraft {
  const created = ticksOf(wire.creationTime) ?? 0n;
  const first = ticksOf(wire.firstActivity) ?? created;
  const last = ticksOf(wire.lastActivity) ?? created;
  const updated = ticksOf(wire.lastUpdatedTime) ?? created;
  const status = statusOf(wire.status);
  const classification = classificationOf(wire.classification);
  const category = textOf(wire.category);
  const detectorId = textOf(wire.detectorId);
  return {
    alertId: textOf(wire.alertId),
    title: textOf(wire.title),
    description: textOf(wire.description),
    category,
    severity: severityOf(wire.severity),
    createdTicks: created,
    firstActivityTicks: first < last ? first : last,
    lastActivityTicks: first < last ? last : first,
    serviceSource: textOf(wire.serviceSource),
    detectionSource: textOf(wire.detectionSource),
    detectorId: detectorId === '' ? null : detectorId,
    policyId: null,
    alertType: 0,
    stories: [0],
    intents: intentsOf([category]),
    mitreTechniques: listOf(wire.mitreTechniques).filter((each) => typeof each === 'string'),
    entities: listOf(wire.entities).filter(isEntity),
    devices: listOf(wire.devices).filter(isMembers),
    activityIds: [],
    evidence: [],
    extra: Object.fromEntries(Object.entries(wire).filter(([name]) => !known.has(name))),
    life: {
      status,
      resolution: resolutionOf(status, classification),
      classification,
      determination: determinationOf(wire.determination),
      assignedTo: textOf(wire.assignedTo) || null,
      comments: listOf(wire.comments)
        .filter(isMembers)
        .map((comment) => commentOf(comment, updated)),
      resolvedTicks: status === 'resolved' ? (ticksOf(wire.resolvedTime) ?? updated) : null,
      updatedTicks: updated,
    },
  };
}

function commentOf(given: Members, otherwise: bigint): AlertComment {
  return {
    comment: textOf(given.comment),
    createdBy: textOf(given.createdBy),
    createdTime: String(ticksOf(given.createdTime) ?? otherwise),
  };
}

/** PostgreSQL takes no U+0000 in columns; in JSON of the body it may stand. */
function textOf(value: unknown): string {
  return typeof value === 'string' ? value.replaceAll('\u0000', '') : '';
}

function ticksOf(value: unknown): bigint | undefined {
  return typeof value === 'string' ? parseTicks(value) : undefined;
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function isMembers(value: unknown): value is AlertDevice {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isEntity(value: unknown): value is AlertEntity {
  return isMembers(value) && typeof value.entityType === 'string';
}
