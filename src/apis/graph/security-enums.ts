// Enumerations of Graph's security namespace (Defender reference 4.2). Members that came after `unknownFutureValue` are
// told only to clients that ask for them with `Prefer: include-unknown-enum-members`.
import type { FastifyRequest } from 'fastify';
import type { IncidentRecord } from '../../incidents/incident-record.ts';
import { findClassification, findDetermination, knownDeterminations, upperFirst } from '../../incidents/vocabulary.ts';
import { oneOf, type Reader } from './bodies.ts';

export type KnowsAll = boolean;

/** Whether the client understands members that are newer than the first version of an enumeration. */
export function knowsAllMembers({ headers }: FastifyRequest): KnowsAll {
  const { prefer } = headers;
  const text = Array.isArray(prefer) ? prefer.join(',') : (prefer ?? '');
  return /(^|[,;\s])include-unknown-enum-members($|[,;\s])/i.test(text);
}

export const incidentStatuses = {
  Active: 'active',
  InProgress: 'inProgress',
  Resolved: 'resolved',
  Redirected: 'redirected',
} as const satisfies Record<IncidentRecord['status'], string>;

export function incidentSeverity(severity: IncidentRecord['severity']): string {
  return severity === 'UnSpecified' ? 'unknown' : severity.toLowerCase();
}

/** Words of ingested incidents that nobody documented are unknown here. */
export function classificationWord(stored: string): string {
  return findClassification(stored) ?? 'unknown';
}

export function determinationWord(stored: string): string {
  return findDetermination(stored) ?? 'unknown';
}

/** In every spelling: pages and clients write some of them in two ways. */
export const determinationReader: Reader<string> = (value, at) => {
  const found = typeof value === 'string' ? findDetermination(value) : undefined;
  return found ?? oneOf(...knownDeterminations)(value, at);
};

interface Enumeration {
  readonly members: readonly string[];
  /** After unknownFutureValue. */
  readonly newer: readonly string[];
  /** Other spellings: those of the Defender surface. */
  readonly also: Readonly<Record<string, string>>;
}

const serviceSources: Enumeration = {
  members: [
    'microsoftDefenderForEndpoint',
    'microsoftDefenderForIdentity',
    'microsoftDefenderForCloudApps',
    'microsoftDefenderForOffice365',
    'microsoft365Defender',
    'azureAdIdentityProtection',
    'microsoftAppGovernance',
    'dataLossPrevention',
  ],
  newer: [
    'microsoftDefenderForCloud',
    'microsoftSentinel',
    'microsoftInsiderRiskManagement',
    'microsoftThreatIntelligence',
    'microsoftSecurityForAI',
  ],
  also: {
    MicrosoftDefenderATP: 'microsoftDefenderForEndpoint',
    AzureATP: 'microsoftDefenderForIdentity',
    MicrosoftCloudAppSecurity: 'microsoftDefenderForCloudApps',
    OfficeATP: 'microsoftDefenderForOffice365',
    MicrosoftThreatProtection: 'microsoft365Defender',
    AAD_IdentityProtection: 'azureAdIdentityProtection',
    AadIdentityProtection: 'azureAdIdentityProtection',
  },
};

const detectionSources: Enumeration = {
  members: [
    'microsoftDefenderForEndpoint',
    'antivirus',
    'smartScreen',
    'customTi',
    'microsoftDefenderForOffice365',
    'automatedInvestigation',
    'microsoftThreatExperts',
    'customDetection',
    'microsoftDefenderForIdentity',
    'cloudAppSecurity',
    'microsoft365Defender',
    'azureAdIdentityProtection',
    'manual',
    'microsoftDataLossPrevention',
    'appGovernancePolicy',
    'appGovernanceDetection',
  ],
  newer: [
    'microsoftDefenderForCloud',
    'microsoftSentinel',
    'scheduledAlerts',
    'nrtAlerts',
    'builtInMl',
    'securityCopilot',
  ],
  also: {
    WindowsDefenderAtp: 'microsoftDefenderForEndpoint',
    WindowsDefenderAv: 'antivirus',
    WindowsDefenderSmartScreen: 'smartScreen',
    CustomerTI: 'customTi',
    OfficeATP: 'microsoftDefenderForOffice365',
    ThreatExperts: 'microsoftThreatExperts',
    AzureATP: 'microsoftDefenderForIdentity',
    MCAS: 'cloudAppSecurity',
    MicrosoftCloudAppSecurity: 'cloudAppSecurity',
    MTP: 'microsoft365Defender',
  },
};

function memberOf({ members, newer, also }: Enumeration, stored: string, knowsAll: KnowsAll): string {
  const folded = stored.toLowerCase();
  const [, meant] = Object.entries(also).find(([other]) => other.toLowerCase() === folded) ?? [];
  const word = meant ?? [...members, ...newer].find((each) => each.toLowerCase() === folded) ?? 'unknown';
  return newer.includes(word) && !knowsAll ? 'unknownFutureValue' : word;
}

export const serviceSource = (stored: string, knowsAll: KnowsAll): string => memberOf(serviceSources, stored, knowsAll);
export const detectionSource = (stored: string, knowsAll: KnowsAll): string =>
  memberOf(detectionSources, stored, knowsAll);

/** What is stored for a member of the enumeration: every spelling of it. Undefined for a word that is none. */
function storedFor({ members, newer, also }: Enumeration, asked: string): string[] | undefined {
  const folded = asked.toLowerCase();
  const word = [...members, ...newer].find((each) => each.toLowerCase() === folded);
  if (word === undefined) return undefined;
  return [word, upperFirst(word), ...Object.entries(also).flatMap(([other, meant]) => (meant === word ? [other] : []))];
}

export const serviceSourcesFor = (asked: string): string[] | undefined => storedFor(serviceSources, asked);
export const detectionSourcesFor = (asked: string): string[] | undefined => storedFor(detectionSources, asked);
export const serviceSourceNames: readonly string[] = [...serviceSources.members, ...serviceSources.newer];
export const detectionSourceNames: readonly string[] = [...detectionSources.members, ...detectionSources.newer];

const products: Readonly<Record<string, string>> = {
  microsoftDefenderForEndpoint: 'Microsoft Defender for Endpoint',
  microsoftDefenderForIdentity: 'Microsoft Defender for Identity',
  microsoftDefenderForCloudApps: 'Microsoft Defender for Cloud Apps',
  microsoftDefenderForOffice365: 'Microsoft Defender for Office 365',
  microsoft365Defender: 'Microsoft Defender XDR',
  azureAdIdentityProtection: 'Microsoft Entra ID Protection',
};

export function productName(stored: string): string | null {
  return products[serviceSource(stored, true)] ?? (stored === '' ? null : stored);
}
