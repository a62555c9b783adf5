// An alert as Defender for Endpoint lists it (Defender reference 4.1).
import type { AlertDevice, AlertDraft, AlertEntity, Members } from '../alert.ts';
import { entitiesIn } from './defender-alert.ts';
import { alertIdIn, commentsIn, deviceOf, draftOf, techniquesMax } from './draft.ts';
import { severityIn } from './enumerations.ts';
import { membersIn, optionalName, optionalTime, present, textsIn, timeIn, without } from './members.ts';

const known = [
  'id',
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
  'alertCreationTime',
  'lastUpdateTime',
  'resolvedTime',
  'firstEventTime',
  'lastEventTime',
  'detectionSource',
  'detectorId',
  'mitreTechniques',
  'machineId',
  'computerDnsName',
  'rbacGroupName',
  'relatedUser',
  'evidence',
  'aadTenantId',
];

export function isEndpointAlert(value: Members): boolean {
  return 'id' in value && 'alertCreationTime' in value;
}

/** Throws a Fault. */
export function readEndpointAlert(given: Members): AlertDraft {
  const created = timeIn('alertCreationTime', given.alertCreationTime);
  return draftOf({
    alertId: alertIdIn('id', given.id),
    title: given.title,
    description: given.description,
    category: optionalName('category', given.category) ?? 'SuspiciousActivity',
    severity: severityIn('severity', given.severity),
    created,
    firstActivity: optionalTime('firstEventTime', given.firstEventTime),
    lastActivity: optionalTime('lastEventTime', given.lastEventTime),
    serviceSource: 'MicrosoftDefenderForEndpoint',
    detectionSource: optionalName('detectionSource', given.detectionSource) ?? 'Unknown',
    detectorId: optionalName('detectorId', given.detectorId),
    techniques: textsIn('mitreTechniques', given.mitreTechniques, techniquesMax),
    devices: devicesOf(given),
    entities: [...entitiesIn('evidence', given.evidence), ...relatedUser(given)],
    extra: without(given, known),
    standing: {
      status: given.status,
      classification: given.classification,
      determination: given.determination,
      assignedTo: given.assignedTo,
      comments: commentsIn(given.comments, created),
      resolved: optionalTime('resolvedTime', given.resolvedTime),
      updated: optionalTime('lastUpdateTime', given.lastUpdateTime) ?? created,
    },
  });
}

function devicesOf(given: Members): AlertDevice[] {
  const device = present({
    mdatpDeviceId: optionalName('machineId', given.machineId),
    deviceDnsName: optionalName('computerDnsName', given.computerDnsName),
  });
  if (Object.keys(device).length === 0) return [];
  return [deviceOf({ ...device, rbacGroupName: optionalName('rbacGroupName', given.rbacGroupName) })];
}

/** The user stands in the evidence as well where that was asked for; then with more, so that this one is left out. */
function relatedUser(given: Members): AlertEntity[] {
  const user = membersIn('relatedUser', given.relatedUser);
  const accountName = optionalName('relatedUser.userName', user.userName);
  const domainName = optionalName('relatedUser.domainName', user.domainName);
  if (accountName === null) return [];
  const isInEvidence = entitiesIn('evidence', given.evidence).some(
    (entity) => entity.entityType.toLowerCase() === 'user' && entity.accountName === accountName,
  );
  return isInEvidence ? [] : [{ entityType: 'User', accountName, ...present({ domainName }) }];
}
