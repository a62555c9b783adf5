// Every setting of the program: its name in the configuration file, its environment variable, its default and what it
// accepts. `sallyport config` prints this table with the values in force.
import { applicationSettings } from './application-settings.ts';
import { securitySettings } from './security-settings.ts';

export type SettingValue = string | number | boolean | null | readonly string[];

export interface Setting {
  /** Key in the configuration file; the environment variable is SALLYPORT_ and the name in upper snake case, unless given. */
  readonly name: string;
  readonly environment?: string;
  readonly kind: 'text' | 'number' | 'flag' | 'list';
  readonly initial: SettingValue;
  readonly isSecret?: true;
  readonly oneOf?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  /** One sentence for the operator. */
  readonly about: string;
}

export const settings = [
  {
    name: 'dataFolder',
    environment: 'SALLYPORT_DATA',
    kind: 'text',
    initial: 'data/server',
    about: 'Folder of the embedded stores, the master key and the local certificates.',
  },
  {
    name: 'port',
    kind: 'number',
    initial: 8443,
    minimum: 0,
    maximum: 65535,
    about: 'Port to listen on; 0 takes a free one.',
  },
  { name: 'listenAddress', kind: 'text', initial: '127.0.0.1', about: 'Address to listen on.' },
  {
    name: 'publicUrl',
    kind: 'text',
    initial: null,
    about:
      'The generic URL that clients use, without a path; tenants get <slug>.<its host>. Default: https://localhost:<port>.',
  },
  {
    name: 'hostAliases',
    kind: 'list',
    initial: [],
    about: 'Further host names that mean the same as the generic URL.',
  },
  { name: 'region', kind: 'text', initial: 'self-hosted', about: 'Region name shown by the about call.' },
  {
    name: 'tls',
    kind: 'text',
    initial: 'local-ca',
    oneOf: ['local-ca', 'files', 'proxy'],
    about:
      'local-ca: certificates of an own authority; files: tlsCertificateFile and tlsKeyFile; proxy: plain HTTP for a proxy in front.',
  },
  { name: 'tlsCertificateFile', kind: 'text', initial: null, about: 'PEM certificate chain, with tls=files.' },
  { name: 'tlsKeyFile', kind: 'text', initial: null, about: 'PEM private key, with tls=files.' },
  {
    name: 'trustedProxies',
    kind: 'list',
    initial: [],
    about: 'CIDR ranges of proxies whose X-Forwarded-For is believed.',
  },
  {
    name: 'databaseUrl',
    kind: 'text',
    initial: null,
    isSecret: true,
    about: 'postgres:// URL of the control store; without it SQLite in the data folder.',
  },
  {
    name: 'databaseConnectionsMax',
    kind: 'number',
    initial: 10,
    minimum: 2,
    maximum: 200,
    about: 'PostgreSQL connections of this process.',
  },
  {
    name: 'masterKey',
    kind: 'text',
    initial: null,
    isSecret: true,
    about: '64 hex digits; without it the file master.key in the data folder.',
  },
  {
    name: 'logLevel',
    kind: 'text',
    initial: 'info',
    oneOf: ['trace', 'debug', 'info', 'warn', 'error', 'silent'],
    about: 'Least level that is logged.',
  },
  {
    name: 'metricsFrom',
    kind: 'list',
    initial: ['127.0.0.0/8', '::1/128'],
    about: 'CIDR ranges of clients that may read /metrics.',
  },
  {
    name: 'countryDatabaseFile',
    kind: 'text',
    initial: null,
    about: 'MMDB country database to use instead of the one that ships.',
  },
  {
    name: 'organizationDatabaseFile',
    kind: 'text',
    initial: null,
    about: 'MMDB ASN database to use instead of the one that ships.',
  },

  {
    name: 'tenantRequestsPerMinute',
    kind: 'number',
    initial: 30,
    minimum: 1,
    maximum: 1_000_000,
    about: 'Cloud-apps calls with API tokens in any 60 s, per tenant.',
  },
  {
    name: 'agentRequestsPerMinute',
    kind: 'number',
    initial: 120,
    minimum: 1,
    maximum: 1_000_000,
    about: 'Cloud-apps calls in any 60 s, per agent or collector.',
  },
  {
    name: 'sessionRequestsPerMinute',
    kind: 'number',
    initial: 600,
    minimum: 1,
    maximum: 1_000_000,
    about: 'Calls in any 60 s, per portal or command-line session.',
  },
  {
    name: 'bodyBytesMax',
    kind: 'number',
    initial: 1_048_576,
    minimum: 16_384,
    maximum: 104_857_600,
    about: 'Largest request body, except ingestion.',
  },
  {
    name: 'bodyDepthMax',
    kind: 'number',
    initial: 32,
    minimum: 8,
    maximum: 1000,
    about: 'Deepest nesting of a JSON body.',
  },
  {
    name: 'filterValuesMax',
    kind: 'number',
    initial: 1000,
    minimum: 1,
    maximum: 100_000,
    about: "Most values in one request's filters; every word of a text to look for counts.",
  },
  {
    name: 'pageRowsMax',
    kind: 'number',
    initial: 100,
    minimum: 1,
    maximum: 1000,
    about: 'Most records in one answer.',
  },
  {
    name: 'scanRowsMax',
    kind: 'number',
    initial: 5000,
    minimum: 500,
    maximum: 50_000,
    about: 'Most activities in one answer of a scan.',
  },
  {
    name: 'skipRowsMax',
    kind: 'number',
    initial: 100_000,
    minimum: 5000,
    maximum: 10_000_000,
    about: 'Farthest that skip may go.',
  },
  {
    name: 'totalExactMax',
    kind: 'number',
    initial: 10_000,
    minimum: 100,
    maximum: 10_000_000,
    about: "Up to here a list's total is exact; beyond it moreThanTotal is true.",
  },
  {
    name: 'querySecondsMax',
    kind: 'number',
    initial: 30,
    minimum: 1,
    maximum: 600,
    about: 'Longest time for one query of the event store.',
  },
  {
    name: 'queriesAtOnceMax',
    kind: 'number',
    initial: 8,
    minimum: 1,
    maximum: 100,
    about: 'Event store queries under way at once; more wait.',
  },
  {
    name: 'eventMemoryBytesMax',
    kind: 'number',
    initial: 536_870_912,
    minimum: 67_108_864,
    maximum: 1_099_511_627_776,
    about: 'Memory of the event store.',
  },
  {
    name: 'ingestBytesMax',
    kind: 'number',
    initial: 2_147_483_648,
    minimum: 1_048_576,
    maximum: 1_099_511_627_776,
    about: 'Largest ingestion, after unpacking.',
  },
  {
    name: 'ingestLineBytesMax',
    kind: 'number',
    initial: 1_048_576,
    minimum: 16_384,
    maximum: 67_108_864,
    about: 'Longest line of an ingestion.',
  },
  {
    name: 'diskReserveBytes',
    kind: 'number',
    initial: 67_108_864,
    minimum: 0,
    maximum: 1_099_511_627_776,
    about: "Ingestion stops while less than this is free on the data folder's disk.",
  },
  {
    name: 'tokensPerUserMax',
    kind: 'number',
    initial: 200,
    minimum: 1,
    maximum: 1_000_000,
    about: 'Living API tokens of one person.',
  },
  {
    name: 'agentsPerTenantMax',
    kind: 'number',
    initial: 50,
    minimum: 1,
    maximum: 10_000,
    about: 'Agents and collectors of one tenant.',
  },
  {
    name: 'tenantsMax',
    kind: 'number',
    initial: 1000,
    minimum: 1,
    maximum: 100_000,
    about: 'Tenants of this deployment, deleted ones included.',
  },
  {
    name: 'domainsPerTenantMax',
    kind: 'number',
    initial: 50,
    minimum: 1,
    maximum: 1000,
    about: 'Domains of one tenant.',
  },
  {
    name: 'usersPerTenantMax',
    kind: 'number',
    initial: 50_000,
    minimum: 1,
    maximum: 10_000_000,
    about: 'Users of one tenant, deleted ones included.',
  },
  {
    name: 'groupsPerTenantMax',
    kind: 'number',
    initial: 1000,
    minimum: 1,
    maximum: 100_000,
    about: 'Groups of one tenant.',
  },
  {
    name: 'groupMembersMax',
    kind: 'number',
    initial: 10_000,
    minimum: 1,
    maximum: 1_000_000,
    about: 'Members of one group.',
  },
  {
    name: 'rotationOverlapSecondsMax',
    kind: 'number',
    initial: 2_592_000,
    minimum: 0,
    maximum: 31_536_000,
    about: 'Longest overlap that a rotation may choose.',
  },
  {
    name: 'sessionIdleSecondsMax',
    kind: 'number',
    initial: 3600,
    minimum: 60,
    maximum: 604_800,
    about: 'A session ends after this long without a call.',
  },
  {
    name: 'sessionTtlSeconds',
    kind: 'number',
    initial: 43_200,
    minimum: 300,
    maximum: 2_592_000,
    about: 'A session ends after this long in any case.',
  },
  {
    name: 'explanationDays',
    kind: 'number',
    initial: 30,
    minimum: 1,
    maximum: 365,
    about: 'How long refusals can be explained.',
  },
  {
    name: 'refusalsKeptMax',
    kind: 'number',
    initial: 100_000,
    minimum: 1000,
    maximum: 10_000_000,
    about: 'Explanations kept per tenant.',
  },
  {
    name: 'refusalsRecordedPerMinute',
    kind: 'number',
    initial: 300,
    minimum: 10,
    maximum: 100_000,
    about: 'Refusals per tenant and minute that are recorded one by one; the rest is counted.',
  },
  ...applicationSettings,
  ...securitySettings,
] as const satisfies readonly Setting[];

/** SALLYPORT_PAGE_ROWS_MAX for pageRowsMax. */
export function environmentName(setting: Setting): string {
  return setting.environment ?? `SALLYPORT_${setting.name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;
}
