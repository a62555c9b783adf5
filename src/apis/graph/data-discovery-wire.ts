// Discovered apps and their reports as Graph spells them (https://learn.microsoft.com/graph/api/resources/security-cloudappdiscovery-overview).
import type { DiscoveredApp } from '../../discovery/reports/discovered-apps.ts';
import { findSource } from '../../discovery/sources.ts';
import type { Receiver, Stream } from '../../discovery/streams/stream.ts';
import { isoTime } from '../../lib/clock.ts';

/** The documented members of appCategory; that of webmail is spelled so. */
const categories: readonly string[] = [
  ...[
    'security',
    'collaboration',
    'hostingServices',
    'onlineMeetings',
    'newsAndEntertainment',
    'eCommerce',
    'education',
  ],
  ...['cloudStorage', 'marketing', 'operationsManagement', 'health', 'advertising', 'productivity'],
  ...['accountingAndFinance', 'contentManagement', 'contentSharing', 'businessManagement', 'communications'],
  ...['dataAnalytics', 'businessIntelligence', 'webemail', 'codeHosting', 'webAnalytics', 'socialNetwork', 'crm'],
  ...['forums', 'humanResourceManagement', 'transportationAndTravel', 'productDesign', 'sales'],
  ...['cloudComputingPlatform', 'projectManagement', 'personalInstantMessaging', 'developmentTools', 'itServices'],
  ...['supplyChainAndLogistics', 'propertyManagement', 'customerSupport', 'internetOfThings'],
  ...['vendorManagementSystems', 'websiteMonitoring', 'generativeAi'],
];

/** Names of the cloud-apps surface that Graph does not just write in another case. */
const otherwise: Readonly<Record<string, string>> = {
  ECOMMERCE: 'eCommerce',
  WEBMAIL: 'webemail',
  SUPLLY_CHAIN_AND_LOGISTICS: 'supplyChainAndLogistics',
  VENDOR_MANAGEMENT_SYSTEM: 'vendorManagementSystems',
  UNCLASSIFIED: 'unknown',
};

/** Every word that {@link categoryWord} gives. */
export const categoryWords: readonly string[] = [...categories, 'unknown', 'unknownFutureValue'];

/** `cloudStorage` of SAASDB_CATEGORY_CLOUD_STORAGE; unknownFutureValue for categories that Graph has no member for. */
export function categoryWord(category: string): string {
  const name = category.replace(/^SAASDB_(?:SUB)?CATEGORY_/, '');
  const word = otherwise[name] ?? camelCase(name);
  return word === 'unknown' || categories.includes(word) ? word : 'unknownFutureValue';
}

function camelCase(name: string): string {
  return name.toLowerCase().replace(/_(.)/g, (_, letter: string) => letter.toUpperCase());
}

export function appWire(app: DiscoveredApp) {
  return {
    '@odata.type': '#microsoft.graph.security.discoveredCloudAppDetail',
    id: String(app.appId),
    displayName: app.name,
    tags: app.tags,
    riskScore: app.score === null ? null : Math.round(app.score),
    totalNetworkTrafficInBytes: app.totalBytes,
    uploadNetworkTrafficInBytes: app.uploadedBytes,
    downloadNetworkTrafficInBytes: app.downloadedBytes,
    transactionCount: app.transactions,
    ipAddressCount: app.addresses,
    userCount: app.users,
    deviceCount: app.machines,
    lastSeenDateTime: isoTime(app.lastSeen),
    domains: app.domains,
    category: categoryWord(app.category),
  };
}

const receivers: Readonly<Record<Receiver, string>> = {
  ftp: 'ftp',
  ftps: 'ftps',
  'syslog-udp': 'syslogUdp',
  'syslog-tcp': 'syslogTcp',
  'syslog-tls': 'syslogTls',
};

/** Graph's spelling of the two whose letters keep their case. */
const providers: Readonly<Record<string, string>> = { MICROSOFT_ISA_W3C: 'microsoftIsaW3C', GENERIC_W3C: 'genericW3C' };

function providerWord(source: string | null): string | null {
  const kind = source === null ? undefined : findSource(source)?.kind;
  return kind === undefined ? null : (providers[kind] ?? camelCase(kind));
}

export function streamWire(stream: Stream) {
  const { id, name, comment, createdAt, changedAt, lastReceivedAt, receiver, source } = stream;
  return {
    '@odata.type': '#microsoft.graph.security.cloudAppDiscoveryReport',
    id,
    displayName: name,
    description: comment,
    createdDateTime: createdAt === 0 ? null : isoTime(createdAt),
    lastModifiedDateTime: changedAt === 0 ? null : isoTime(changedAt),
    lastDataReceivedDateTime: isoTime(lastReceivedAt),
    receiverProtocol: receiver === null ? null : receivers[receiver],
    logDataProvider: providerWord(source),
    supportedEntityTypes: ['userName', 'ipAddress', 'machineName'],
    supportedTrafficTypes: ['downloadedBytes', 'uploadedBytes'],
    anonymizeUserData: stream.anonymizeUsers,
    anonymizeMachineData: false,
    isSnapshotReport: stream.kind === 'snapshot',
  };
}
