// The records of the defender surface; those of other products may have more members.
import type { Schema } from '../openapi/described.ts';
import { arrayOf, orNull, record, text } from '../openapi/shapes.ts';

export const Problem: Schema = record(
  {},
  { error: record({ text: 'code message' }, { target: text('Names this answer: the correlation id') }) },
);

export const IncidentAlert = record({
  text: 'alertId serviceSource title description category status severity investigationState detectionSource',
  time: 'creationTime lastUpdatedTime firstActivity lastActivity',
  timeOrNull: 'resolvedTime',
  wholeOrNull: 'incidentId',
  textOrNull: 'classification determination detectorId assignedTo actorName threatFamilyName',
  any: 'investigationId',
  texts: 'mitreTechniques',
  objects: 'devices entities',
});

export const Incident = record(
  {
    whole: 'incidentId',
    wholeOrNull: 'redirectIncidentId',
    text: 'incidentName status severity classification determination',
    time: 'createdTime lastUpdateTime',
    textOrNull: 'assignedTo',
    texts: 'tags',
    objects: 'comments',
  },
  { alerts: arrayOf(IncidentAlert) },
);

export const Alert = record(
  {
    text: 'id severity status investigationState detectionSource category title description aadTenantId',
    wholeOrNull: 'incidentId',
    any: 'investigationId',
    textOrNull:
      'assignedTo classification determination detectorId threatFamilyName machineId computerDnsName rbacGroupName threatName',
    time: 'alertCreationTime firstEventTime lastEventTime lastUpdateTime',
    timeOrNull: 'resolvedTime',
    texts: 'mitreTechniques',
    objects: 'evidence',
  },
  {
    relatedUser: orNull(record({ textOrNull: 'userName domainName' })),
    comments: arrayOf(record({ text: 'comment createdBy', time: 'createdTime' })),
  },
);

export const Machine = record({
  text: 'id',
  textOrNull:
    'computerDnsName osPlatform osProcessor version lastIpAddress lastExternalIpAddress healthStatus deviceValue rbacGroupName riskScore exposureLevel onboardingStatus aadDeviceId',
  time: 'firstSeen lastSeen',
  wholeOrNull: 'osBuild rbacGroupId',
  texts: 'machineTags',
});

export const MachineAction = record({
  text: 'id type status',
  textOrNull: 'scope requestor requestorComment machineId computerDnsName',
});

export const User = record({ textOrNull: 'id accountName accountDomain' });

export const File = record({ textOrNull: 'sha1 sha256 md5', wholeOrNull: 'size' });
