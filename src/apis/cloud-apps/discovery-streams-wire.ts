// Records of data sources and reports of cloud discovery (cloud-apps reference 2.8 and 2.9). Times are ISO 8601.
import { findSource } from '../../discovery/sources.ts';
import type { StreamFigures } from '../../discovery/streams/figures.ts';
import { inputsOf, type Stream } from '../../discovery/streams/stream.ts';
import { isoTime } from '../../lib/clock.ts';

/** Numbers of the documented list: INPUT, VIEW, PREVIEW. */
const streamTypes = { 'data-source': 1, custom: 3, global: 3, snapshot: 5 } as const;
/** USER_NAME, IP_ADDRESS, MACHINE_NAME. */
const entityTypes = { users: 1, addresses: 2, machines: 3 } as const;
/** TOTAL_BYTES, DOWNLOADED_BYTES, UPLOADED_BYTES. */
const trafficTypes = [1, 2, 3];

export function streamRecord(stream: Stream, figures: StreamFigures, all: readonly Stream[]): Record<string, unknown> {
  const { id, kind, name, comment, anonymizeUsers, createdAt, changedAt, filters } = stream;
  const { files, failed, lastReceivedAt, timeFrames } = figures;
  const frames = Object.fromEntries(timeFrames.map((frame) => [String(frame.days), frameRecord(frame)]));
  const widest = timeFrames.at(-1);
  return {
    _id: id,
    displayName: name,
    streamType: streamTypes[kind],
    logType: logTypeOf(stream),
    ...receiverMembers(stream),
    anonymizeUsers,
    comment,
    isManual: kind === 'custom',
    snapshotData: kind === 'snapshot',
    globalAggregated: kind === 'data-source',
    ...(kind === 'global' ? { builtInStreamType: 0 } : {}),
    created: isoTime(createdAt),
    lastModified: isoTime(changedAt),
    lastDataReceived: isoTime(lastReceivedAt),
    lastAlertProcessingTime: lastReceivedAt ?? 0,
    logFilesHistoryCount: files,
    logFilesFailsCount: failed,
    currentServicesCollectionName: 'discovery_services',
    supportedEntityTypes: Object.entries(entityTypes)
      .filter(([member]) => (widest?.[member as keyof typeof entityTypes] ?? 0) > 0) // Its own keys.
      .map(([, type]) => type),
    supportedTrafficTypes: trafficTypes,
    readTimeFramesFromSecond: false,
    timeFrames: frames,
    validTimeFrames: timeFrames.map(({ days }) => days),
    timeFrames2: {},
    validTimeFrames2: [],
    timeWithoutLogs: 0,
    sourceStreams: kind === 'data-source' || kind === 'snapshot' ? [] : inputsOf(stream, all),
    userTags: filters?.groups ?? [],
    ...(filters ? { filters } : {}),
  };
}

export function dataSourceRecord(stream: Stream, { files, failed }: StreamFigures): Record<string, unknown> {
  const { id, name, source, comment, anonymizeUsers, hasCustomParser, createdAt, changedAt, lastReceivedAt } = stream;
  return {
    _id: id,
    displayName: name,
    logType: logTypeOf(stream),
    logTypeName: source,
    ...receiverMembers(stream),
    receiverTypeFull: stream.receiver,
    anonymizeUsers,
    comment,
    hasCustomParser,
    created: isoTime(createdAt),
    lastModified: isoTime(changedAt),
    lastDataReceived: isoTime(lastReceivedAt),
    logFilesHistoryCount: files,
    logFilesFailsCount: failed,
  };
}

function logTypeOf({ source }: Stream): number {
  return source === null ? 0 : (findSource(source)?.logType ?? 0);
}

/** What nobody may delete is `builtin`, as clients ask before they delete. */
function receiverMembers({ kind, receiver }: Stream): Record<string, unknown> {
  if (kind === 'global') return { receiverType: 'builtin', protocol: null };
  const [type = null, protocol = null] = receiver?.split('-') ?? [];
  return { receiverType: type, protocol };
}

function frameRecord(frame: StreamFigures['timeFrames'][number]): Record<string, number> {
  return {
    servicesCount: frame.apps,
    usersCount: frame.users,
    ipAddressesCount: frame.addresses,
    machinesCount: frame.machines,
    trafficTotalEvents: frame.transactions,
    trafficTotalBytes: frame.totalBytes,
    trafficUploadedBytes: frame.uploadedBytes,
    trafficDownloadedBytes: frame.downloadedBytes,
  };
}
