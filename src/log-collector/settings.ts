// What the server tells a collector to receive.

export const receiverTypes = ['syslog-udp', 'syslog-tcp', 'syslog-tls', 'ftp', 'ftps'] as const;
export type ReceiverType = (typeof receiverTypes)[number];

/** A data source that this collector receives. */
export interface CollectorInput {
  /** Id of the data source, 24 hex digits. */
  readonly id: string;
  readonly name: string;
  /** What its uploads are called, such as SQUID_NATIVE_SYSLOG. */
  readonly source: string;
  readonly receiverType: ReceiverType;
  /** Of syslog receivers; files come in at the one FTP port. */
  readonly port: number | null;
}

export interface CollectorSettings {
  readonly name: string;
  /** Another one whenever something of it changed. */
  readonly revision: string;
  readonly inputs: readonly CollectorInput[];
}

/** The settings in what the server or the state folder gave; throws for anything else. */
export function parseSettings(given: unknown): CollectorSettings {
  if (isObject(given) && typeof given.name === 'string' && typeof given.revision === 'string') {
    const { name, revision, inputs } = given;
    if (Array.isArray(inputs) && inputs.every(isInput)) return { name, revision, inputs };
  }
  throw new Error('What came is no settings of a log collector.');
}

/** Data sources that were the collector's before, and for which something waited when the state folder was written. */
export function formerOf(given: unknown): CollectorInput[] {
  return isObject(given) && Array.isArray(given.former) ? given.former.filter(isInput) : [];
}

function isInput(given: unknown): given is CollectorInput {
  if (!isObject(given)) return false;
  const { id, name, source, receiverType, port } = given;
  return (
    [id, name].every((each) => typeof each === 'string' && /^[A-Za-z0-9_-]{1,64}$/.test(each)) &&
    typeof source === 'string' &&
    receiverTypes.some((each) => each === receiverType) &&
    (port === null || (typeof port === 'number' && Number.isInteger(port) && port >= 0 && port <= 65_535))
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

/** Where the server tells it, and where it is told how the collector is. */
export const settingsPath = '/api/v1/discovery/log_collectors/self';
export const reportPath = '/api/v1/discovery/log_collectors/self/report';

/** How one of the data sources does. */
export interface InputReport {
  readonly id: string;
  /** Lines and bytes that came in, files by their bytes; since the process began. */
  readonly linesReceived: number;
  readonly bytesReceived: number;
  /** Epoch milliseconds; null while nothing came. */
  readonly lastReceivedAt: number | null;
  readonly lastUploadedAt: number | null;
  /** On the disk, waiting for the server. */
  readonly bytesWaiting: number;
  /** Given up because the disk bound was reached. */
  readonly linesDropped: number;
  readonly bytesDropped: number;
  /** What is wrong with it now; null for nothing. */
  readonly problem: string | null;
}

export interface CollectorReport {
  readonly version: string;
  readonly systemName: string;
  readonly startedAt: number;
  readonly bytesWaiting: number;
  readonly bytesWaitingMax: number;
  readonly inputs: readonly InputReport[];
  /** What is wrong with the collector as a whole; null for nothing. */
  readonly problem: string | null;
}
