// Activities as they come in become rows of CloudAppEvents, sign-ins also of EntraIdSignInEvents. A row is known by its
// values, and an activity never changes: a range that is worked through again, because the process was stopped before the
// watermark was written, stores nothing twice.
import { setImmediate } from 'node:timers/promises';
import type { ActivityFollower, FollowServices } from '../../activities/following.ts';
import { type RangeRow, rowsOfRange } from '../../activities/range-rows.ts';
import { decodeSet } from '../../entities/column-tests.ts';
import type { CellValue } from '../../events/cells.ts';
import { releaseRows } from '../../events/packing.ts';
import { name } from '../../events/sql.ts';
import type { TenantId } from '../../lib/ids.ts';
import { insertHuntingRows, prepareHuntingTables } from '../store.ts';
import { rowsOf, type StoredActivityRow } from './activity-rows.ts';
import { ProjectedRows } from './projected-rows.ts';

/** Rows are stored in fewer and larger pieces that way. */
const restMs = 5000;
/** Others have their turn after so many rows. */
const rowsBetweenPauses = 64;

export const huntingFollower: ActivityFollower = {
  name: 'hunting',
  restMs,
  async follow(services, tenantId, range, advance) {
    await prepareHuntingTables(services.events);
    for await (const part of rowsOfRange(services.events, tenantId, range, columns.map(name))) {
      await storeRows(services, tenantId, part.map(toRow));
    }
    await services.store.transaction(advance);
  },
};

const columns = [
  'id',
  'timestamp',
  'appId',
  'appName',
  'instance',
  'actionType',
  'eventType',
  'eventTypeValue',
  'isAdminEvent',
  'isImpersonated',
  'userName',
  'userTags',
  'ipAddress',
  'ipCategory',
  'ipTags',
  'countryCode',
  'organization',
  'deviceType',
  'userAgent',
  'userAgentTags',
  'source',
] as const satisfies readonly (keyof StoredActivityRow)[];

function toRow({ cells, record }: RangeRow): StoredActivityRow {
  const cell = (column: (typeof columns)[number]): CellValue => cells[columns.indexOf(column)] ?? null;
  const text = (column: (typeof columns)[number]): string => String(cell(column) ?? '');
  const category = cell('ipCategory');
  return {
    id: text('id'),
    timestamp: Number(cell('timestamp')),
    appId: Number(cell('appId')),
    appName: text('appName'),
    instance: Number(cell('instance')),
    actionType: text('actionType'),
    eventType: text('eventType'),
    eventTypeValue: text('eventTypeValue'),
    isAdminEvent: cell('isAdminEvent') === true,
    isImpersonated: cell('isImpersonated') === true,
    userName: text('userName'),
    userTags: decodeSet(text('userTags')),
    ipAddress: text('ipAddress'),
    ipCategory: category === null ? null : Number(category),
    ipTags: decodeSet(text('ipTags')),
    countryCode: text('countryCode'),
    organization: text('organization'),
    deviceType: text('deviceType'),
    userAgent: text('userAgent'),
    userAgentTags: decodeSet(text('userAgentTags')),
    source: Number(cell('source')),
    record,
  };
}

async function storeRows(
  { events, clock, log }: FollowServices,
  tenantId: TenantId,
  activities: readonly StoredActivityRow[],
): Promise<void> {
  const now = clock();
  const cloudApps = new ProjectedRows('CloudAppEvents', tenantId, now);
  const signIns = new ProjectedRows('EntraIdSignInEvents', tenantId, now);
  let count = 0;
  for (const activity of activities) {
    const { cloudApp, raw, signIn } = rowsOf(activity);
    const problem = cloudApps.add(cloudApp, raw) ?? (signIn ? signIns.add(signIn) : undefined);
    // No record that came in is such; one that is holds up none of the others.
    if (problem !== undefined) log.warn({ tenantId, activity: activity.id, problem }, 'an activity cannot be hunted');
    if (++count % rowsBetweenPauses === 0) await setImmediate();
  }
  for (const rows of [cloudApps, signIns]) {
    const batch = rows.take();
    if (batch.rows.rowCount === 0) releaseRows(batch.rows);
    else await insertHuntingRows(events, tenantId, batch);
  }
}
