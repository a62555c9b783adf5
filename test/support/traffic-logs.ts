// Logs in files, and the engine over them: for tests of what becomes of a whole log.
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ParseJob, type ParseResult, parseLog } from '../../src/discovery/parsing/parse.ts';
import { findSource } from '../../src/discovery/sources.ts';
import { storeTraffic } from '../../src/discovery/traffic/store.ts';
import { trafficTable } from '../../src/discovery/traffic/table.ts';
import { type EventStore, openEventStore } from '../../src/events/events.ts';
import type { TenantId } from '../../src/lib/ids.ts';

export const receivedAt = Date.parse('2026-11-21T09:00:00Z');
export const tenantId = '9a7d2c5e-4d7b-4c5e-8f6a-2b9f0c1d3e4f' as TenantId; // A UUID, as they are.
export const streamId = 'a1'.repeat(12);

export interface LogFolder {
  readonly folder: string;
  readonly spool: string;
  /** Writes the file and reads it. */
  parse(content: Buffer | string, changes?: Partial<ParseJob> & { readonly named?: string }): Promise<ParseResult>;
  /** Files of rows that are there. */
  spooled(): Promise<string[]>;
  openEvents(): Promise<EventStore>;
  dispose(): Promise<void>;
}

export async function logFolder(): Promise<LogFolder> {
  const folder = await mkdtemp(join(tmpdir(), 'sallyport-log-'));
  const spool = join(folder, 'spool');
  let files = 0;
  return {
    folder,
    spool,
    parse: async (content, { named = 'SQUID_NATIVE', ...changes } = {}) => {
      const path = join(folder, `log-${files++}`);
      await writeFile(path, content);
      return await parseLog({ ...jobOf(path, spool, named), systems: systemsOf(folder), ...changes });
    },
    spooled: async () => await readdir(spool).catch(() => []),
    openEvents: () => openEventStore({ folder, memoryBytesMax: 268_435_456, querySecondsMax: 30, queriesAtOnceMax: 4 }),
    dispose: () => rm(folder, { recursive: true, force: true }),
  };
}

function systemsOf(dataFolder: string): ParseJob['systems'] {
  return { dataFolder, organizationDatabaseFile: null };
}

export function jobOf(path: string, spoolFolder: string, named: string): Omit<ParseJob, 'systems'> {
  const source = findSource(named);
  if (!source) throw new Error(`There is no source ${named}.`);
  return {
    path,
    source,
    custom: null,
    receivedAt,
    keepDays: 90,
    threads: 2,
    customApps: [],
    anonymousKey: null,
    spoolFolder,
    logBytesMax: 1_000_000_000,
    lineBytesMax: 65_536,
    rowsMax: 1_000_000,
    signal: new AbortController().signal,
  };
}

/** A line of Squid's native log. */
export function squidLine(
  host: string,
  { at = receivedAt, user = 'alice', bytes = 1000, client = '192.0.2.7' } = {},
): string {
  return `${(at / 1000).toFixed(3)}    120 ${client} TCP_TUNNEL/200 ${bytes} CONNECT ${host}:443 ${user} HIER_DIRECT/198.51.100.7 -\n`;
}

/** Stores the rows and reads them back, added up by key: what reports are made of. */
export async function sumsOf(
  events: EventStore,
  result: ParseResult,
  uploadId = 'upload',
): Promise<Map<string, number[]>> {
  await storeTraffic(events, tenantId, { streamId, uploadId }, result.rows);
  await result.rows.dispose();
  return await storedSums(events, uploadId);
}

export async function storedSums(events: EventStore, uploadId: string): Promise<Map<string, number[]>> {
  const rows = await events.query({
    text: `select "domain", "userName", "sourceAddress", "machine", "isBlocked", "day", sum("transactions"), sum("uploadedBytes"),
      sum("downloadedBytes"), sum("totalBytes"), min("firstSeen"), max("lastSeen")
      from ${trafficTable.database}.main."${trafficTable.name}" where "uploadId" = ? group by 1, 2, 3, 4, 5, 6`,
    values: [uploadId],
  });
  return new Map(rows.map((row) => [row.slice(0, 6).join('|'), row.slice(6).map(Number)]));
}
