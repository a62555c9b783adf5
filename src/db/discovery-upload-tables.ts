import type { TenantId } from '../lib/ids.ts';

// Traffic logs as they come in, and the streams that they belong to: see tables.ts for how columns are written.

type Flag = 0 | 1;

/** Data sources, snapshot reports and custom reports. The global view is no row: every tenant has it. */
export interface DiscoveryStreamsTable {
  tenantId: TenantId;
  /** 24 hex digits. */
  id: string;
  /** data-source, snapshot or custom. */
  kind: string;
  name: string;
  /** The name in lower case, there once a kind; the id once it is deleted. */
  nameKey: string;
  /** Name of the kind of log (discovery/sources.ts); null for reports over several. */
  source: string | null;
  comment: string;
  /** ftp, ftps, syslog-udp, syslog-tcp or syslog-tls; null when no collector receives it. */
  receiver: string | null;
  anonymizeUsers: Flag;
  /** Definition of its custom parser as JSON. */
  customParser: string | null;
  /** What a custom report shows, as JSON: data sources, groups, IP tags and ranges. */
  filters: string | null;
  createdAt: number;
  createdBy: string;
  changedAt: number;
  lastReceivedAt: number | null;
  /** Its traffic is being removed. */
  deletedAt: number | null;
}

/** Files of traffic logs: asked for, received, waiting, read. */
export interface DiscoveryUploadsTable {
  tenantId: TenantId;
  /** 32 hex digits. */
  id: string;
  /** created, uploaded, queued, processing, done, failed, cancelled, or deleted until its process has removed it. */
  state: string;
  /** SHA-256 of the signature in the URL that the file is sent to. */
  secretHash: string;
  /** As the client named it, without folders; never part of a path here. */
  fileName: string;
  source: string;
  urlExpiresAt: number;
  createdAt: number;
  /** Name of the person, app or collector. */
  createdBy: string;
  /** Which credential asked: only it may repeat done_upload. */
  createdById: string;
  /** Id of the event store beside whose data folder the file lies: that process reads it. */
  eventStore: string | null;
  /** Which file of its folder is the whole one. */
  fileVersion: string | null;
  bytes: number | null;
  receivedAt: number | null;
  streamId: string | null;
  isSnapshot: Flag;
  finishedById: string | null;
  queuedAt: number | null;
  startedAt: number | null;
  endedAt: number | null;
  /** It waits at least until then. */
  notBefore: number;
  /** Times that reading it began. */
  attempts: number;
  /** Which process reads it now. */
  lease: string | null;
  /** Of the unpacked log (discovery/parsing). */
  contentHash: string | null;
  /** The upload that had brought the same content to the stream. */
  duplicateOf: string | null;
  problemCode: string | null;
  problem: string | null;
  /** Counts and first bad lines as JSON (discovery/uploads/upload.ts). */
  result: string | null;
}

/** Which upload brought a content to a stream: the same content counts once. */
export interface DiscoveryContentsTable {
  tenantId: TenantId;
  streamId: string;
  contentHash: string;
  uploadId: string;
}

/** The tenant's default custom parser. */
export interface DiscoveryCustomParsersTable {
  tenantId: TenantId;
  /** JSON. */
  definition: string;
  changedAt: number;
  changedBy: string;
}
