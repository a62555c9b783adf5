// An alert as a row of AlertInfo, and what it is about as rows of AlertEvidence; an incident as a row of IncidentInfo
// (defender-api reference 3.6, 3.10). A column holds what the alert says; what it does not know stays empty.
import type { Alert, Members } from '../../alerts/alert.ts';
import type { IncidentRecord } from '../../incidents/incident-record.ts';
import { upperFirst, wireDetermination } from '../../incidents/vocabulary.ts';
import { formatTicks } from '../../lib/ticks.ts';
import type { Fields } from './projected-rows.ts';
import { detectionSourceName, serviceSourceName } from './source-names.ts';

export function alertInfoOf(alert: Alert): Fields {
  return {
    Timestamp: formatTicks(alert.createdTicks),
    AlertId: alert.alertId,
    Title: alert.title,
    Category: alert.category,
    Severity: upperFirst(alert.severity),
    ServiceSource: serviceSourceName(alert.serviceSource),
    DetectionSource: detectionSourceName(alert.detectionSource),
    AttackTechniques: listText(alert.mitreTechniques),
    AdditionalFields: {
      IncidentId: alert.incidentId,
      Status: upperFirst(alert.status),
      Classification: upperFirst(alert.classification),
      Determination: wireDetermination(alert.determination),
      AssignedTo: alert.assignedTo,
      Description: alert.description,
      FirstActivityTimestamp: formatTicks(alert.firstActivityTicks),
      LastActivityTimestamp: formatTicks(alert.lastActivityTicks),
      LastUpdateTimestamp: formatTicks(alert.updatedTicks),
      ActivityIds: alert.activityIds,
    },
  };
}

/** Devices first, then the rest in the order of the alert. */
export function* evidenceOf(alert: Alert): Generator<Fields> {
  const common: Fields = {
    Timestamp: formatTicks(alert.createdTicks),
    AlertId: alert.alertId,
    Title: alert.title,
    Categories: listText(alert.category === '' ? [] : [alert.category]),
    AttackTechniques: listText(alert.mitreTechniques),
    ServiceSource: serviceSourceName(alert.serviceSource),
    DetectionSource: detectionSourceName(alert.detectionSource),
    Severity: upperFirst(alert.severity),
    ThreatFamily: text(alert.extra.threatFamilyName),
  };
  for (const device of alert.devices) yield { ...common, ...machineFields(device), ...rolesOf(device) };
  for (const entity of alert.entities) yield { ...common, ...entityFields(entity), ...rolesOf(entity) };
}

/** A list as the text that these columns hold: a JSON array, or nothing. */
function listText(values: readonly string[]): string {
  return values.length === 0 ? '' : JSON.stringify(values);
}

/** Texts of alerts come from anywhere: what is of another type is not there. */
function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function anyText(value: unknown): string {
  return typeof value === 'number' && Number.isFinite(value) ? String(value) : text(value);
}

/** A whole number that a column of 32 bits holds. */
function smallNumber(value: unknown): number | null {
  return typeof value === 'number' && (value | 0) === value ? value : null;
}

/** Our detections say Source of who acted, which the table has no word for except of a connection's end. */
function rolesOf({ evidenceRole, entityType }: Members): Fields {
  const role = text(evidenceRole);
  if (/^(impacted|related)$/i.test(role)) return { EvidenceRole: upperFirst(role.toLowerCase()) };
  const isAddress = /^ip$/i.test(text(entityType));
  return isAddress && /^(source|destination)$/i.test(role) ? { EvidenceDirection: upperFirst(role.toLowerCase()) } : {};
}

function machineFields(device: Members): Fields {
  return {
    EntityType: 'Machine',
    DeviceId: text(device.mdatpDeviceId),
    DeviceName: text(device.deviceDnsName),
    LocalIP: text(device.lastIpAddress),
    AdditionalFields: device,
  };
}

/** By the kinds of Defender reference 2.7; a kind that has no columns of its own keeps all in AdditionalFields. */
function entityFields(entity: Members): Fields {
  const kind = text(entity.entityType);
  return { EntityType: entityTypes.get(kind.toLowerCase()) ?? kind, ...fieldsOfKind(entity), AdditionalFields: entity };
}

/** Two spellings of each go around. */
const entityTypes: ReadonlyMap<string, string> = new Map([
  ['user', 'User'],
  ['ip', 'Ip'],
  ['url', 'Url'],
  ['file', 'File'],
  ['process', 'Process'],
  ['mailbox', 'Mailbox'],
  ['mailmessage', 'MailMessage'],
  ['mailcluster', 'MailCluster'],
  ['registry', 'Registry'],
  ['cloudapplication', 'CloudApplication'],
  ['oauthapp', 'OAuthApplication'],
  ['oauthapplication', 'OAuthApplication'],
  ['securitygroup', 'SecurityGroup'],
]);

function fieldsOfKind(entity: Members): Fields {
  switch (text(entity.entityType).toLowerCase()) {
    case 'user':
      return accountFields(entity);
    case 'ip':
      return { RemoteIP: text(entity.ipAddress) };
    case 'url':
      return { RemoteUrl: text(entity.url) };
    case 'file':
      return fileFields(entity);
    case 'process':
      return {
        ...fileFields(entity),
        ...accountFields(entity),
        ProcessCommandLine: text(entity.processCommandLine),
      };
    case 'mailbox':
      return { ...accountFields(entity), AccountUpn: text(entity.userPrincipalName) || text(entity.mailboxAddress) };
    case 'mailmessage':
      return {
        AccountUpn: text(entity.userPrincipalName) || text(entity.recipient),
        EmailSubject: text(entity.subject),
        NetworkMessageId: text(entity.networkMessageId),
      };
    case 'registry':
      return registryFields(entity);
    case 'cloudapplication':
      return { Application: text(entity.appName), ApplicationId: smallNumber(entity.appId) };
    case 'oauthapp':
    case 'oauthapplication':
      return { Application: text(entity.appName), OAuthApplicationId: anyText(entity.appId) };
    default:
      return {};
  }
}

function accountFields(entity: Members): Fields {
  return {
    AccountName: text(entity.accountName),
    AccountDomain: text(entity.domainName),
    AccountSid: text(entity.userSid),
    AccountObjectId: text(entity.aadUserId) || text(entity.accountObjectId),
    AccountUpn: text(entity.userPrincipalName),
  };
}

function fileFields(entity: Members): Fields {
  const { fileSize } = entity;
  return {
    FileName: text(entity.fileName),
    FolderPath: text(entity.filePath),
    SHA1: text(entity.sha1),
    SHA256: text(entity.sha256),
    FileSize: Number.isSafeInteger(fileSize) ? fileSize : null,
    DeviceId: text(entity.deviceId),
  };
}

function registryFields(entity: Members): Fields {
  const key = [text(entity.registryHive), text(entity.registryKey)].filter((part) => part !== '').join('\\');
  return {
    RegistryKey: key,
    RegistryValueName: text(entity.registryValueName),
    RegistryValueData: text(entity.registryValue),
    DeviceId: text(entity.deviceId),
  };
}

export function incidentInfoOf(record: IncidentRecord, alertIds: readonly string[]): Fields {
  const time = (ticks: bigint | null): string | null => (ticks === null ? null : formatTicks(ticks));
  return {
    Timestamp: formatTicks(record.createdTicks),
    IncidentId: record.incidentId,
    Title: record.name,
    Severity: record.severity,
    Status: record.status,
    Classification: upperFirst(record.classification),
    Determination: wireDetermination(record.determination),
    AssignedTo: record.assignedTo,
    Tags: record.tags.length === 0 ? null : record.tags,
    AlertIds: alertIds.length === 0 ? null : alertIds,
    AlertCount: record.alertCount,
    FirstActivityTimestamp: time(record.firstActivityTicks),
    LastActivityTimestamp: time(record.lastActivityTicks),
    LastUpdateTimestamp: formatTicks(record.updatedTicks),
    RedirectIncidentId: record.redirectIncidentId,
    Comments: record.comments.length === 0 ? null : record.comments,
    Description: record.description,
    ReportId: String(record.incidentId),
  };
}
