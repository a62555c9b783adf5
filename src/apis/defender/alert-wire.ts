// An alert as Defender for Endpoint lists it (Defender reference 4.1), made of our record.
import type { Alert, AlertEntity, Members } from '../../alerts/alert.ts';
import { upperFirst, wireDetermination } from '../../incidents/vocabulary.ts';
import { formatTicks } from '../../lib/ticks.ts';

/** `evidence` is empty unless the client asks for it with $expand. */
export function endpointAlert(alert: Alert, tenantId: string, withEvidence: boolean): Members {
  const { extra } = alert;
  const [device = {}] = alert.devices;
  return {
    id: alert.alertId,
    incidentId: alert.incidentId,
    investigationId: extra.investigationId ?? null,
    assignedTo: alert.assignedTo,
    severity: upperFirst(alert.severity),
    status: upperFirst(alert.status),
    classification: alert.classification === 'unknown' ? null : upperFirst(alert.classification),
    determination: alert.determination === 'unknown' ? null : wireDetermination(alert.determination),
    investigationState: extra.investigationState ?? 'UnsupportedAlertType',
    detectionSource: alert.detectionSource,
    detectorId: alert.detectorId,
    category: alert.category,
    threatFamilyName: extra.threatFamilyName ?? null,
    title: alert.title,
    description: alert.description,
    alertCreationTime: formatTicks(alert.createdTicks),
    firstEventTime: formatTicks(alert.firstActivityTicks),
    lastEventTime: formatTicks(alert.lastActivityTicks),
    lastUpdateTime: formatTicks(alert.updatedTicks),
    resolvedTime: alert.resolvedTicks === null ? null : formatTicks(alert.resolvedTicks),
    machineId: device.mdatpDeviceId ?? null,
    computerDnsName: device.deviceDnsName ?? null,
    rbacGroupName: device.rbacGroupName ?? null,
    aadTenantId: tenantId,
    threatName: extra.threatName ?? null,
    mitreTechniques: alert.mitreTechniques,
    relatedUser: relatedUser(alert),
    comments: alert.comments.map(({ comment, createdBy, createdTime }) => ({
      comment,
      createdBy,
      createdTime: formatTicks(BigInt(createdTime)),
    })),
    evidence: withEvidence ? alert.entities.map(evidence) : [],
  };
}

/** The members of a piece of evidence, every one there and null where it does not apply. */
const evidenceMembers = [
  'entityType',
  'evidenceCreationTime',
  'sha1',
  'sha256',
  'fileName',
  'filePath',
  'processId',
  'processCommandLine',
  'processCreationTime',
  'parentProcessId',
  'parentProcessCreationTime',
  'parentProcessFileName',
  'parentProcessFilePath',
  'ipAddress',
  'url',
  'registryKey',
  'registryHive',
  'registryValueType',
  'registryValue',
  'accountName',
  'domainName',
  'userSid',
  'aadUserId',
  'userPrincipalName',
  'detectionStatus',
];

function evidence(entity: AlertEntity): Members {
  return Object.fromEntries(evidenceMembers.map((name) => [name, entity[name] ?? null]));
}

export function entitiesOfType(alert: Alert, ...types: readonly string[]): AlertEntity[] {
  return alert.entities.filter(({ entityType }) => types.includes(entityType.toLowerCase()));
}

/** The first user; of a user principal name both parts. */
export function relatedUser(
  alert: Alert,
): { readonly userName: string | null; readonly domainName: string | null } | null {
  const [user] = entitiesOfType(alert, 'user');
  if (!user) return null;
  const [account = null, domain = null] =
    typeof user.userPrincipalName === 'string' ? user.userPrincipalName.split('@', 2) : [];
  const text = (value: unknown): string | null => (typeof value === 'string' ? value : null);
  return { userName: text(user.accountName) ?? account, domainName: text(user.domainName) ?? domain };
}
