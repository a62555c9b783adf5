// What the demo's incidents are made of, in the documented form (Defender reference 2.4 to 2.7).
import { isoTime } from '../lib/clock.ts';
import { guidFrom, type Seeded } from './seeded.ts';
import { accountId } from './sessions.ts';

export type Part = { readonly [member: string]: unknown };

/** In the order of the documentation, whose examples send every one of them, null where it says nothing. */
const entityKeys = [
  'sha1',
  'sha256',
  'fileName',
  'filePath',
  'processId',
  'processCommandLine',
  'processCreationTime',
  'parentProcessId',
  'parentProcessCreationTime',
  'ipAddress',
  'url',
  'accountName',
  'domainName',
  'userSid',
  'aadUserId',
  'userPrincipalName',
  'mailboxDisplayName',
  'mailboxAddress',
  'clusterBy',
  'sender',
  'recipient',
  'subject',
  'deliveryAction',
  'securityGroupId',
  'securityGroupName',
  'registryHive',
  'registryKey',
  'registryValueType',
  'registryValue',
  'deviceId',
] as const;

export function entity(entityType: string, values: Partial<Record<(typeof entityKeys)[number], unknown>>): Part {
  return { entityType, ...Object.fromEntries(entityKeys.map((key) => [key, values[key] ?? null])) };
}

export function userEntity(userName: string): Part {
  const [accountName = '', domainName = ''] = userName.split('@');
  return entity('User', { accountName, domainName, aadUserId: accountId(userName), userPrincipalName: userName });
}

export function deviceOf(name: string, system: string, domain: string, firstSeen: number): Part {
  const isOld = system === 'Windows 7';
  return {
    mdatpDeviceId: `${guidFrom(`machine ${name}`)}${guidFrom(`machine 2 ${name}`)}`.replaceAll('-', '').slice(0, 40),
    aadDeviceId: guidFrom(`directory device ${name}`),
    deviceDnsName: `${name.toLowerCase()}.${domain}`,
    osPlatform: isOld ? 'Windows7' : system.startsWith('Windows') ? 'Windows11' : 'Other',
    version: isOld ? '7601' : system.startsWith('Windows') ? '24H2' : 'Other',
    osProcessor: 'x64',
    osBuild: isOld ? 7601 : 26100,
    healthStatus: 'Active',
    riskScore: isOld ? 'High' : 'Medium',
    rbacGroupName: null,
    rbacGroupId: 0,
    firstSeen: wireTime(firstSeen),
    tags: isOld ? ['Out of date'] : [],
  };
}

/** Where an alert comes from: prefix of its id and the two names that the documentation gives. */
export const sources = {
  endpoint: { prefix: 'da', serviceSource: 'MicrosoftDefenderForEndpoint', detectionSource: 'WindowsDefenderAv' },
} as const;

export interface AlertDraft {
  readonly source: keyof typeof sources;
  readonly title: string;
  readonly description: string;
  readonly category: string;
  readonly mitreTechniques?: readonly string[];
  readonly threatFamilyName?: string;
  /** Epoch milliseconds of what it is about. */
  readonly first: number;
  readonly last: number;
  readonly devices?: readonly Part[];
  readonly entities: readonly Part[];
}

/** How far somebody got with it. */
export interface Triage {
  readonly status: 'Active' | 'InProgress' | 'Resolved';
  readonly assignedTo: string | null;
  readonly classification: string;
  readonly determination: string;
  readonly comment: string | null;
  /** Epoch milliseconds. */
  readonly updatedAt: number;
}

const investigationStates = { Active: 'Queued', InProgress: 'Running', Resolved: 'SuccessfullyRemediated' } as const;
const alertStatuses = { Active: 'New', InProgress: 'InProgress', Resolved: 'Resolved' } as const;

export function alertOf(draft: AlertDraft, incidentId: number, severity: string, triage: Triage, random: Seeded): Part {
  const { prefix, serviceSource, detectionSource } = sources[draft.source];
  const isResolved = triage.status === 'Resolved';
  const noticedAt = draft.last + random.integer(30, 600) * 1000;
  return {
    alertId: `${prefix}${digits(random, 18)}_${digits(random, 9)}`,
    incidentId,
    serviceSource,
    creationTime: wireTime(noticedAt),
    lastUpdatedTime: wireTime(triage.updatedAt),
    resolvedTime: isResolved ? wireTime(triage.updatedAt) : null,
    firstActivity: wireTime(draft.first),
    lastActivity: wireTime(draft.last),
    title: draft.title,
    description: draft.description,
    category: draft.category,
    status: alertStatuses[triage.status],
    severity,
    investigationId: draft.source === 'endpoint' ? random.integer(1000, 9999) : null,
    investigationState: draft.source === 'endpoint' ? investigationStates[triage.status] : 'UnsupportedAlertType',
    classification: isResolved ? triage.classification : null,
    determination: isResolved ? triage.determination : null,
    detectionSource,
    detectorId: guidFrom(`detector ${draft.title}`),
    assignedTo: triage.assignedTo,
    actorName: null,
    threatFamilyName: draft.threatFamilyName ?? null,
    mitreTechniques: draft.mitreTechniques ?? [],
    devices: draft.devices ?? [],
    entities: draft.entities,
  };
}

function digits(random: Seeded, count: number): string {
  return Array.from({ length: count }, (_, index) => random.integer(index === 0 ? 1 : 0, 9)).join('');
}

/** Up to milliseconds, without trailing zeros, as the documented service writes times. */
export function wireTime(epochMs: number): string {
  return isoTime(epochMs).replace(/\.?0*Z$/, 'Z');
}
