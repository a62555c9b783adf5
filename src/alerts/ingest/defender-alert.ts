// An alert as the incidents of Defender XDR carry it (Defender reference 2.5 to 2.7).
import type { AlertDraft, AlertEntity, Members } from '../alert.ts';
import { alertIdIn, commentsIn, deviceOf, devicesMax, draftOf, entitiesMax, techniquesMax } from './draft.ts';
import { severityIn } from './enumerations.ts';
import { nameIn, objectsIn, optionalName, optionalTime, present, textsIn, timeIn, without } from './members.ts';

const known = [
  'alertId',
  'incidentId',
  'title',
  'description',
  'category',
  'severity',
  'status',
  'classification',
  'determination',
  'assignedTo',
  'comments',
  'creationTime',
  'lastUpdatedTime',
  'resolvedTime',
  'firstActivity',
  'lastActivity',
  'serviceSource',
  'detectionSource',
  'detectorId',
  'mitreTechniques',
  'devices',
  'entities',
];

export function isDefenderAlert(value: Members): boolean {
  return 'alertId' in value && 'creationTime' in value;
}

/** Throws a Fault. */
export function readDefenderAlert(given: Members): AlertDraft {
  const created = timeIn('creationTime', given.creationTime);
  return draftOf({
    alertId: alertIdIn('alertId', given.alertId),
    title: given.title,
    description: given.description,
    category: optionalName('category', given.category) ?? 'SuspiciousActivity',
    severity: severityIn('severity', given.severity),
    created,
    firstActivity: optionalTime('firstActivity', given.firstActivity),
    lastActivity: optionalTime('lastActivity', given.lastActivity),
    serviceSource: optionalName('serviceSource', given.serviceSource) ?? 'Unknown',
    detectionSource: optionalName('detectionSource', given.detectionSource) ?? 'Unknown',
    detectorId: optionalName('detectorId', given.detectorId),
    techniques: textsIn('mitreTechniques', given.mitreTechniques, techniquesMax),
    devices: objectsIn('devices', given.devices, devicesMax).map(deviceOf),
    entities: entitiesIn('entities', given.entities),
    extra: without(given, known),
    standing: {
      status: given.status,
      classification: given.classification,
      determination: given.determination,
      assignedTo: given.assignedTo,
      comments: commentsIn(given.comments, created),
      resolved: optionalTime('resolvedTime', given.resolvedTime),
      updated: optionalTime('lastUpdatedTime', given.lastUpdatedTime) ?? created,
    },
  });
}

/** Entities in the form of Defender reference 2.7; what is null is left out. */
export function entitiesIn(path: string, value: unknown): AlertEntity[] {
  return objectsIn(path, value, entitiesMax).map((entity, index) => ({
    ...present(entity),
    entityType: nameIn(`${path}[${index}].entityType`, entity.entityType),
  }));
}
