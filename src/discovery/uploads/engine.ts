// What reads logs and keeps their traffic, as the jobs call it. Loaded with the first log: a server that gets none needs none of it.
import type { EventStore } from '../../events/events.ts';
import { and, name, type Sql, sql } from '../../events/sql.ts';
import type { TenantId } from '../../lib/ids.ts';
import type { ParseJob, ParseResult } from '../parsing/parse.ts';
import type { TrafficRows } from '../traffic/rows.ts';
import type { TrafficOrigin } from '../traffic/store.ts';

export interface LogEngine {
  /** Throws LogRefused. */
  parse(job: ParseJob): Promise<ParseResult>;
  /** Stores the rows in the place of those that the upload had before: all of them or none. */
  store(events: EventStore, tenantId: TenantId, origin: TrafficOrigin, rows: TrafficRows): Promise<void>;
  /** Removes what jobs left in the folder whose process was killed. */
  sweep(spoolFolder: string): Promise<void>;
  removeUpload(events: EventStore, tenantId: TenantId, uploadId: string): Promise<void>;
}

export const logEngine: LogEngine = {
  async parse(job) {
    const { parseLog } = await import('../parsing/parse.ts');
    return await parseLog(job);
  },
  async sweep(spoolFolder) {
    const { sweepSpool } = await import('../parsing/spool.ts');
    await sweepSpool(spoolFolder);
  },
  async store(events, tenantId, origin, rows) {
    const { storeTraffic } = await import('../traffic/store.ts');
    await storeTraffic(events, tenantId, origin, rows);
  },
  async removeUpload(events, tenantId, uploadId) {
    const { removeTrafficOfUpload } = await import('../traffic/store.ts');
    await removeTrafficOfUpload(events, tenantId, uploadId);
  },
};

/** How many apps the traffic of an upload is of. */
export async function countAppsOf(events: EventStore, tenantId: TenantId, uploadId: string): Promise<number> {
  const { discoveryTables, trafficTable } = await import('../traffic/table.ts');
  await events.prepare(discoveryTables);
  const from: Sql = { text: `${trafficTable.database}.main."${trafficTable.name}"`, values: [] };
  const where = and([sql`${name('tenantId')} = ${{ uuid: tenantId }}`, sql`${name('uploadId')} = ${uploadId}`]);
  const [row] = await events.query(sql`select count(distinct ${name('appId')}) from ${from} where ${where}`);
  return Number(row?.[0] ?? 0);
}
