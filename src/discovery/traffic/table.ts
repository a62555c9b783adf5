import type { TableSet } from '../../events/catalogue.ts';

/**
 * What was discovered in traffic logs, added up: one row for each day, app, domain, user, source address, machine and outcome
 * of an upload. A key may have several rows, so that whoever reads adds them up.
 */
export const trafficTable = {
  name: 'discoveryTraffic',
  database: 'discovery',
  columns: [
    { name: 'tenantId', type: 'uuid' },
    /** The data source or snapshot report that the log was uploaded to (24 hex digits). */
    { name: 'streamId', type: 'string' },
    { name: 'uploadId', type: 'string' },
    /** Start of the UTC day, epoch milliseconds. */
    { name: 'day', type: 'time' },
    /** Of the catalogue, of a custom app, or made from the domain when nobody knows it (catalog/unclassified.ts). */
    { name: 'appId', type: 'long' },
    /** The domain that the host was matched by; the address when the log gave no host. */
    { name: 'domain', type: 'string' },
    /** Lower case, without placeholder; empty when the log names nobody. Anonymous when the data source asks for it. */
    { name: 'userName', type: 'string' },
    { name: 'sourceAddress', type: 'string' },
    { name: 'machine', type: 'string' },
    { name: 'isBlocked', type: 'flag' },
    { name: 'transactions', type: 'long' },
    { name: 'uploadedBytes', type: 'long' },
    { name: 'downloadedBytes', type: 'long' },
    /** At least the sum of both; more where the log tells no more than a total. */
    { name: 'totalBytes', type: 'long' },
    { name: 'firstSeen', type: 'time' },
    { name: 'lastSeen', type: 'time' },
  ],
} as const;

export const discoveryTables: TableSet = { database: 'discovery', tables: [trafficTable], views: [] };
