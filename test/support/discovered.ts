// Discovered traffic without logs, for tests of what is made of it: reports and policies.
import { createHash } from 'node:crypto';
import type { Services } from '../../src/context.ts';
import type { Tenant } from '../../src/directory/tenants.ts';
import { unclassifiedId } from '../../src/discovery/catalog/unclassified.ts';
import type { StreamFilters, StreamKind } from '../../src/discovery/streams/stream.ts';
import { discoveryTables, trafficTable } from '../../src/discovery/traffic/table.ts';
import { RowPacker } from '../../src/events/packing.ts';
import { sql } from '../../src/events/sql.ts';
import { dayMs } from '../../src/lib/clock.ts';
import type { TenantId } from '../../src/lib/ids.ts';

export const dropbox = { appId: 11627, domain: 'dropbox.com' };
export const gitHub = { appId: 31618, domain: 'github.com' };
export const salesforce = { appId: 11114, domain: 'salesforce.com' };
export const nobodyKnows = (domain: string) => ({ appId: unclassifiedId(domain), domain });

export interface TrafficRow {
  readonly appId: number;
  readonly domain: string;
  readonly userName: string;
  readonly sourceAddress: string;
  readonly machine: string;
  readonly isBlocked: boolean;
  readonly transactions: number;
  readonly uploadedBytes: number;
  readonly downloadedBytes: number;
  readonly totalBytes: number;
  /** Days before today; 0 is today. */
  readonly daysAgo: number;
}

const usual: TrafficRow = {
  ...dropbox,
  userName: 'alex@contoso.example',
  sourceAddress: '192.0.2.1',
  machine: 'pc-1',
  isBlocked: false,
  transactions: 1,
  uploadedBytes: 0,
  downloadedBytes: 0,
  totalBytes: 0,
  daysAgo: 0,
};

let uploads = 0;

/** The traffic of one upload; the total is the sum of both directions unless a row says more. Returns the upload's id. */
export async function storeRows(
  services: Pick<Services, 'events' | 'clock'>,
  tenantId: TenantId,
  streamId: string,
  rows: readonly Partial<TrafficRow>[],
): Promise<string> {
  const uploadId = `upload-${++uploads}`;
  const today = Math.floor(services.clock() / dayMs) * dayMs;
  const day = ({ daysAgo }: TrafficRow): number => today - daysAgo * dayMs;
  const packer = new RowPacker<typeof trafficTable, TrafficRow>(trafficTable, {
    tenantId: () => tenantId,
    streamId: () => streamId,
    uploadId: () => uploadId,
    day,
    appId: ({ appId }) => appId,
    domain: ({ domain }) => domain,
    userName: ({ userName }) => userName,
    sourceAddress: ({ sourceAddress }) => sourceAddress,
    machine: ({ machine }) => machine,
    isBlocked: ({ isBlocked }) => isBlocked,
    transactions: ({ transactions }) => transactions,
    uploadedBytes: ({ uploadedBytes }) => uploadedBytes,
    downloadedBytes: ({ downloadedBytes }) => downloadedBytes,
    totalBytes: (row) => Math.max(row.totalBytes, row.uploadedBytes + row.downloadedBytes),
    firstSeen: (row) => day(row) + 1000,
    lastSeen: (row) => day(row) + 2000,
  });
  for (const row of rows) packer.add({ ...usual, ...row });
  await services.events.prepare(discoveryTables);
  await services.events.replace([{ where: sql`false`, rows: packer.take() }]);
  return uploadId;
}

/** A data source, snapshot or custom report; its id. */
export async function addStream(
  services: Pick<Services, 'store' | 'clock'>,
  tenant: Pick<Tenant, 'id'>,
  name: string,
  change: {
    readonly kind?: Exclude<StreamKind, 'global'>;
    readonly filters?: Partial<StreamFilters>;
    readonly anonymizeUsers?: boolean;
  } = {},
): Promise<string> {
  const { kind = 'data-source', filters, anonymizeUsers = false } = change;
  const id = createHash('sha256').update(`${tenant.id} ${name}`).digest('hex').slice(0, 24);
  const now = services.clock();
  const whole = { dataSources: [], groups: [], ipTags: [], ipRanges: [], ...filters };
  await services.store.db
    .insertInto('discoveryStreams')
    .values({
      tenantId: tenant.id,
      id,
      kind,
      name,
      nameKey: name.toLowerCase(),
      source: kind === 'custom' ? null : 'SQUID',
      comment: '',
      receiver: null,
      anonymizeUsers: anonymizeUsers ? 1 : 0,
      customParser: null,
      filters: kind === 'custom' ? JSON.stringify(whole) : null,
      createdAt: now,
      createdBy: 'test',
      changedAt: now,
      lastReceivedAt: null,
      deletedAt: null,
    })
    .execute();
  return id;
}
