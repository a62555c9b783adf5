// An alert as Graph's alerts_v2 gives it (Defender reference 4.2).
import type { AlertDevice, AlertDraft, AlertEntity, Members } from '../alert.ts';
import { alertIdIn, commentsIn, deviceOf, draftOf, entitiesMax, techniquesMax } from './draft.ts';
import { severityIn } from './enumerations.ts';
import {
  Fault,
  isMembers,
  membersIn,
  objectsIn,
  optionalName,
  optionalTime,
  present,
  textsIn,
  timeIn,
  without,
} from './members.ts';

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
  'createdDateTime',
  'lastUpdateDateTime',
  'resolvedDateTime',
  'firstActivityDateTime',
  'lastActivityDateTime',
  'serviceSource',
  'detectionSource',
  'detectorId',
  'mitreTechniques',
  'evidence',
  'tenantId',
  // Known under another name to the other form: see extraOf.
  'actorDisplayName',
];

export function isGraphAlert(value: Members): boolean {
  return 'id' in value && 'createdDateTime' in value;
}

/** Throws a Fault. */
export function readGraphAlert(given: Members): AlertDraft {
  const created = timeIn('createdDateTime', given.createdDateTime);
  const evidence = objectsIn('evidence', given.evidence, entitiesMax);
  return draftOf({
    alertId: alertIdIn('id', given.id),
    title: given.title,
    description: given.description,
    category: optionalName('category', given.category) ?? 'SuspiciousActivity',
    severity: severityIn('severity', given.severity),
    created,
    firstActivity: optionalTime('firstActivityDateTime', given.firstActivityDateTime),
    lastActivity: optionalTime('lastActivityDateTime', given.lastActivityDateTime),
    serviceSource: pascal(optionalName('serviceSource', given.serviceSource) ?? 'unknown'),
    detectionSource: pascal(optionalName('detectionSource', given.detectionSource) ?? 'unknown'),
    detectorId: optionalName('detectorId', given.detectorId),
    techniques: textsIn('mitreTechniques', given.mitreTechniques, techniquesMax),
    devices: evidence.filter((each) => kindOf(each) === 'device').map(toDevice),
    entities: evidence.filter((each) => kindOf(each) !== 'device').map(toEntity),
    extra: { ...without(given, known), ...present({ actorName: given.actorDisplayName }) },
    standing: {
      status: given.status,
      classification: given.classification,
      determination: given.determination,
      assignedTo: given.assignedTo,
      comments: commentsIn(given.comments, created),
      resolved: optionalTime('resolvedDateTime', given.resolvedDateTime),
      updated: optionalTime('lastUpdateDateTime', given.lastUpdateDateTime) ?? created,
    },
  });
}

/** Members of enumerations begin with a small letter on Graph and with a capital one on the Defender surface. */
function pascal(name: string): string {
  return `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
}

/** `user` of `#microsoft.graph.security.userEvidence`. */
function kindOf(evidence: Members): string {
  const type = evidence['@odata.type'];
  const kind = typeof type === 'string' ? /\.(\w+?)(?:Evidence)?$/.exec(type)?.[1] : undefined;
  if (kind === undefined) throw new Fault('Every piece of evidence must say what it is in @odata.type.');
  return kind;
}

function toDevice(device: Members): AlertDevice {
  return deviceOf({
    mdatpDeviceId: device.mdeDeviceId,
    aadDeviceId: device.azureAdDeviceId,
    deviceDnsName: device.deviceDnsName ?? device.hostName,
    osPlatform: device.osPlatform,
    osBuild: device.osBuild,
    version: device.version,
    healthStatus: pascalOrNull(device.healthStatus),
    riskScore: pascalOrNull(device.riskScore),
    onboardingStatus: pascalOrNull(device.onboardingStatus),
    defenderAvStatus: pascalOrNull(device.defenderAvStatus),
    rbacGroupId: device.rbacGroupId,
    rbacGroupName: device.rbacGroupName,
    firstSeen: device.firstSeenDateTime,
    lastIpAddress: device.lastIpAddress,
    lastExternalIpAddress: device.lastExternalIpAddress,
    loggedOnUsers: device.loggedOnUsers,
    vmMetadata: device.vmMetadata,
    tags: device.tags,
  });
}

function pascalOrNull(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? pascal(value) : null;
}

type Translate = (evidence: Members) => Members;

const file = (details: unknown): Members => {
  const { sha1, sha256, md5, fileName, filePath, fileSize } = membersIn('fileDetails', details);
  return { sha1, sha256, md5, fileName, filePath, fileSize };
};

const account: Translate = ({ userAccount }) => {
  const { accountName, domainName, userSid, azureAdUserId, userPrincipalName, displayName } = membersIn(
    'userAccount',
    userAccount,
  );
  return { accountName, domainName, userSid, aadUserId: azureAdUserId, userPrincipalName, displayName };
};

/** By kind: the name and the members that Defender reference 2.7 gives them. */
const translations: Readonly<Record<string, readonly [entityType: string, translate: Translate]>> = {
  user: ['User', account],
  ip: ['Ip', ({ ipAddress, countryLetterCode }) => ({ ipAddress, countryCode: countryLetterCode })],
  url: ['Url', ({ url }) => ({ url })],
  file: ['File', (each) => ({ ...file(each.fileDetails), deviceId: each.mdeDeviceId })],
  process: [
    'Process',
    (each) => ({
      ...file(each.imageFile),
      ...account(each),
      processId: each.processId,
      processCommandLine: each.processCommandLine,
      processCreationTime: each.processCreationDateTime,
      parentProcessId: each.parentProcessId,
      parentProcessCreationTime: each.parentProcessCreationDateTime,
      deviceId: each.mdeDeviceId,
    }),
  ],
  mailbox: [
    'Mailbox',
    (each) => ({
      userPrincipalName: each.upn,
      mailboxDisplayName: each.displayName,
      mailboxAddress: each.primaryAddress,
    }),
  ],
  analyzedMessage: [
    'MailMessage',
    (each) => ({
      networkMessageId: each.networkMessageId,
      internetMessageId: each.internetMessageId,
      sender: isMembers(each.p2Sender) ? each.p2Sender.emailAddress : each.p2Sender,
      senderIp: each.senderIp,
      recipient: each.recipientEmailAddress,
      subject: each.subject,
      deliveryAction: each.deliveryAction,
    }),
  ],
  mailCluster: [
    'MailCluster',
    ({ clusterBy, clusterByValue, emailCount, query }) => ({ clusterBy, clusterByValue, emailCount, query }),
  ],
  registryKey: ['Registry', ({ registryHive, registryKey }) => ({ registryHive, registryKey })],
  registryValue: [
    'Registry',
    ({ registryHive, registryKey, registryValue, registryValueName, registryValueType }) => ({
      ...{ registryHive, registryKey, registryValue, registryValueName, registryValueType },
    }),
  ],
  securityGroup: [
    'SecurityGroup',
    ({ securityGroupId, displayName }) => ({ securityGroupId, securityGroupName: displayName }),
  ],
  cloudApplication: [
    'CloudApplication',
    ({ appId, displayName, instanceId, instanceName }) => ({ appId, appName: displayName, instanceId, instanceName }),
  ],
  oauthApplication: [
    'OAuthApp',
    ({ appId, displayName, objectId, publisher }) => ({ appId, appName: displayName, objectId, publisher }),
  ],
};

/** Kinds that have no form on the Defender surface stay as they came, under their own name. */
function toEntity(evidence: Members): AlertEntity {
  const kind = kindOf(evidence);
  const common = { verdict: evidence.verdict, remediationStatus: evidence.remediationStatus };
  const translation = Object.hasOwn(translations, kind) ? translations[kind] : undefined;
  if (!translation) return { ...without(evidence, []), entityType: pascal(kind) };
  const [entityType, translate] = translation;
  return {
    ...present({ ...translate(evidence), ...common, evidenceCreationTime: evidence.createdDateTime }),
    entityType,
  };
}
