// What an alert is about, as Graph's evidence (Defender reference 4.2). Kinds and members that Graph has no name for are
// left to the other surfaces; what our data does not say is null.
import type { Alert, Members } from '../../alerts/alert.ts';
import { formatTicks, parseTicks } from '../../lib/ticks.ts';

type Kind = readonly [name: string, members: Members];

/** Devices first, then the rest in the order of the alert. */
export function evidenceOf(alert: Alert): Members[] {
  const created = formatTicks(alert.createdTicks);
  return [
    ...alert.devices.map((device) => piece(['device', deviceMembers(device)], device, created)),
    ...alert.entities.flatMap((entity) => {
      const kind = kindOf(entity);
      return kind ? [piece(kind, entity, created)] : [];
    }),
  ];
}

function piece([name, members]: Kind, source: Members, created: string): Members {
  return {
    '@odata.type': `#microsoft.graph.security.${name}Evidence`,
    createdDateTime: timeOf(source.evidenceCreationTime) ?? created,
    verdict: member(source.verdict, verdicts) ?? 'unknown',
    remediationStatus: member(source.remediationStatus, remediations) ?? 'none',
    remediationStatusDetails: null,
    roles: rolesOf(source.evidenceRole),
    detailedRoles: [],
    tags: textsOf(source.tags),
    ...members,
  };
}

const verdicts = ['unknown', 'suspicious', 'malicious', 'noThreatsFound'];
const remediations = [
  ...['none', 'remediated', 'prevented', 'blocked', 'notFound', 'active', 'pendingApproval', 'declined'],
  ...['unremediated', 'running', 'partiallyRemediated'],
];
const roleNames = [
  ...['contextual', 'scanned', 'source', 'destination', 'created', 'added', 'compromised', 'edited', 'attacked'],
  ...['attacker', 'commandAndControl', 'loaded', 'suspicious', 'policyViolator'],
];
const riskScores = ['none', 'informational', 'low', 'medium', 'high'];
const healthStatuses = [
  ...['active', 'inactive', 'impairedCommunication', 'noSensorData', 'noSensorDataImpairedCommunication'],
];
const onboardingStatuses = ['insufficientInfo', 'onboarded', 'canBeOnboarded', 'unsupported'];
const antivirusStatuses = ['notReporting', 'disabled', 'notUpdated', 'updated', 'unknown', 'notSupported'];
const detectionStatuses = ['detected', 'blocked', 'prevented'];

/** Ours say Source or Related; what is only related is context. */
function rolesOf(role: unknown): string[] {
  const word = member(role, roleNames) ?? (role === 'Related' ? 'contextual' : null);
  return word === null ? [] : [word];
}

function member(value: unknown, names: readonly string[]): string | null {
  if (typeof value !== 'string') return null;
  const folded = value.toLowerCase();
  return names.find((name) => name.toLowerCase() === folded) ?? null;
}

const text = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);

function anyText(value: unknown): string | null {
  return typeof value === 'number' ? String(value) : text(value);
}

const number = (value: unknown): number | null => (typeof value === 'number' ? value : null);

function textsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
}

function timeOf(value: unknown): string | null {
  const ticks = typeof value === 'string' ? parseTicks(value) : undefined;
  return ticks === undefined ? null : formatTicks(ticks);
}

function deviceMembers(device: Members): Members {
  const name = text(device.deviceDnsName);
  const [hostName = null, ...domain] = name?.split('.') ?? [];
  return {
    mdeDeviceId: text(device.mdatpDeviceId),
    azureAdDeviceId: text(device.aadDeviceId),
    deviceDnsName: name,
    hostName,
    dnsDomain: domain.length > 0 ? domain.join('.') : null,
    ntDomain: null,
    osPlatform: text(device.osPlatform),
    osBuild: number(device.osBuild),
    version: text(device.version),
    healthStatus: member(device.healthStatus, healthStatuses) ?? 'unknown',
    riskScore: member(device.riskScore, riskScores) ?? 'none',
    onboardingStatus: member(device.onboardingStatus, onboardingStatuses) ?? 'insufficientInfo',
    defenderAvStatus: member(device.defenderAvStatus, antivirusStatuses) ?? 'unknown',
    rbacGroupId: number(device.rbacGroupId),
    rbacGroupName: text(device.rbacGroupName),
    firstSeenDateTime: timeOf(device.firstSeen),
    ipInterfaces: [],
    lastIpAddress: text(device.lastIpAddress),
    lastExternalIpAddress: text(device.lastExternalIpAddress),
    loggedOnUsers: Array.isArray(device.loggedOnUsers) ? device.loggedOnUsers : [],
    vmMetadata: device.vmMetadata ?? null,
    resourceAccessEvents: [],
  };
}

function account(entity: Members): Members {
  return {
    accountName: text(entity.accountName) ?? text(entity.userPrincipalName)?.split('@')[0] ?? null,
    domainName: text(entity.domainName),
    userSid: text(entity.userSid),
    azureAdUserId: text(entity.aadUserId) ?? text(entity.accountObjectId),
    userPrincipalName: text(entity.userPrincipalName),
    displayName: text(entity.displayName),
    activeDirectoryObjectGuid: null,
    tenantId: null,
  };
}

function file(entity: Members): Members {
  return {
    sha1: text(entity.sha1),
    sha256: text(entity.sha256),
    sha256Ac: null,
    md5: text(entity.md5),
    fileName: text(entity.fileName),
    filePath: text(entity.filePath),
    fileSize: number(entity.fileSize),
    filePublisher: null,
    signer: null,
    issuer: null,
  };
}

function process(entity: Members): Members {
  return {
    processId: number(entity.processId),
    processCommandLine: text(entity.processCommandLine),
    processCreationDateTime: timeOf(entity.processCreationTime),
    parentProcessId: number(entity.parentProcessId),
    parentProcessCreationDateTime: timeOf(entity.parentProcessCreationTime),
    parentProcessImageFile: null,
    imageFile: file(entity),
    userAccount: account(entity),
    detectionStatus: member(entity.detectionStatus, detectionStatuses),
    mdeDeviceId: text(entity.deviceId),
  };
}

function message(entity: Members): Members {
  const sender = text(entity.sender);
  return {
    networkMessageId: text(entity.networkMessageId),
    internetMessageId: text(entity.internetMessageId),
    subject: text(entity.subject),
    recipientEmailAddress: text(entity.recipient) ?? text(entity.userPrincipalName),
    p1Sender: null,
    p2Sender:
      sender === null ? null : { emailAddress: sender, displayName: null, domainName: sender.split('@')[1] ?? null },
    senderIp: text(entity.senderIp),
    receivedDateTime: timeOf(entity.receivedTime),
    deliveryAction: text(entity.deliveryAction),
    deliveryLocation: null,
    threats: [],
    threatDetectionMethods: [],
    urls: [],
    urlCount: null,
    attachmentsCount: null,
    language: null,
    antiSpamDirection: null,
    urn: null,
  };
}

function registry(entity: Members): Kind {
  const { registryHive, registryKey, registryValue, registryValueName, registryValueType } = entity;
  const key = { registryHive: text(registryHive), registryKey: text(registryKey) };
  if (text(registryValue) === null && text(registryValueName) === null) return ['registryKey', key];
  const value = {
    registryValue: text(registryValue),
    registryValueName: text(registryValueName),
    registryValueType: text(registryValueType),
    mdeDeviceId: text(entity.deviceId),
  };
  return ['registryValue', { ...key, ...value }];
}

function cloudApp(entity: Members): Members {
  return {
    appId: number(entity.appId),
    displayName: text(entity.appName),
    instanceId: number(entity.instanceId),
    instanceName: text(entity.instanceName),
    saasAppId: number(entity.appId),
  };
}

/** Types count in any case (Defender reference 2.7). */
function kindOf(entity: Members): Kind | null {
  switch (typeof entity.entityType === 'string' ? entity.entityType.toLowerCase() : '') {
    case 'user':
      return ['user', { userAccount: account(entity), stream: null }];
    case 'ip':
      return ['ip', { ipAddress: text(entity.ipAddress), countryLetterCode: text(entity.countryCode), location: null }];
    case 'url':
      return ['url', { url: text(entity.url) }];
    case 'file':
      return [
        'file',
        {
          fileDetails: file(entity),
          detectionStatus: member(entity.detectionStatus, detectionStatuses),
          mdeDeviceId: text(entity.deviceId),
        },
      ];
    case 'process':
      return ['process', process(entity)];
    case 'mailbox':
      return [
        'mailbox',
        {
          primaryAddress: text(entity.mailboxAddress),
          displayName: text(entity.mailboxDisplayName),
          upn: text(entity.userPrincipalName),
          userAccount: account(entity),
        },
      ];
    case 'mailmessage':
      return ['analyzedMessage', message(entity)];
    case 'mailcluster':
      return [
        'mailCluster',
        {
          clusterBy: text(entity.clusterBy),
          clusterByValue: text(entity.clusterByValue),
          emailCount: number(entity.emailCount),
          networkMessageIds: textsOf(entity.networkMessageIds),
          query: text(entity.query),
          urn: null,
        },
      ];
    case 'registry':
      return registry(entity);
    case 'securitygroup':
      return [
        'securityGroup',
        { securityGroupId: text(entity.securityGroupId), displayName: text(entity.securityGroupName) },
      ];
    case 'cloudapplication':
      return ['cloudApplication', cloudApp(entity)];
    case 'oauthapp':
    case 'oauthapplication':
      return [
        'oauthApplication',
        {
          appId: anyText(entity.appId),
          displayName: text(entity.appName),
          objectId: text(entity.objectId),
          publisher: text(entity.publisher),
        },
      ];
    default:
      return null;
  }
}
