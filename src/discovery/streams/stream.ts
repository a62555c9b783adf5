// What traffic is looked at by: data sources, to which logs are uploaded; the global view over all of them; reports over
// some of them; and snapshot reports, each over files of its own (cloud-apps reference 2.8, 2.9 and 3.5).
import { createHash, randomBytes } from 'node:crypto';
import type { TenantId } from '../../lib/ids.ts';

export const streamKinds = ['global', 'data-source', 'custom', 'snapshot'] as const;
export type StreamKind = (typeof streamKinds)[number];

/** How a log collector gets the log of a data source. */
export const receivers = ['ftp', 'ftps', 'syslog-udp', 'syslog-tcp', 'syslog-tls'] as const;
export type Receiver = (typeof receivers)[number];

/** What a custom report shows: traffic that meets each of the lists that are not empty (reference 3.5: filters include). */
export interface StreamFilters {
  /** Ids of data sources. */
  readonly dataSources: readonly string[];
  /** Ids of groups of people. */
  readonly groups: readonly string[];
  /** Ids of IP tags. */
  readonly ipTags: readonly string[];
  /** CIDR ranges. */
  readonly ipRanges: readonly string[];
}

export interface Stream {
  /** 24 hex digits. */
  readonly id: string;
  readonly kind: StreamKind;
  readonly name: string;
  /** Name of the kind of log (sources.ts); null for reports over several. */
  readonly source: string | null;
  readonly comment: string;
  readonly receiver: Receiver | null;
  /** Names of users are stored anonymously. */
  readonly anonymizeUsers: boolean;
  readonly hasCustomParser: boolean;
  /** Of custom reports; null for all others. */
  readonly filters: StreamFilters | null;
  /** Epoch milliseconds; 0 for the global view, which was always there. */
  readonly createdAt: number;
  readonly createdBy: string;
  readonly changedAt: number;
  readonly lastReceivedAt: number | null;
}

export const globalStreamName = 'Global View';

/** The id of a tenant's global view: the same in every process, unlike that of any other tenant. */
export function globalStreamId(tenantId: TenantId): string {
  return createHash('sha256').update(`global view ${tenantId}`).digest('hex').slice(0, 24);
}

export function globalStream(tenantId: TenantId): Stream {
  return {
    id: globalStreamId(tenantId),
    kind: 'global',
    name: globalStreamName,
    source: null,
    comment: '',
    receiver: null,
    anonymizeUsers: false,
    hasCustomParser: false,
    filters: null,
    createdAt: 0,
    createdBy: '',
    changedAt: 0,
    lastReceivedAt: null,
  };
}

export function newStreamId(): string {
  return randomBytes(12).toString('hex');
}

/**
 * The ids under which the traffic of a stream is stored, of all streams of the tenant: the global view shows every data
 * source and no snapshot; a custom report those that it names, or all of them.
 */
export function inputsOf(stream: Stream, all: readonly Stream[]): string[] {
  if (stream.kind === 'data-source' || stream.kind === 'snapshot') return [stream.id];
  const named = new Set(stream.filters?.dataSources ?? []);
  return all
    .filter(({ kind, id }) => kind === 'data-source' && (named.size === 0 || named.has(id)))
    .map(({ id }) => id);
}
