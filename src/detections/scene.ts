// Opens a scene: reads once what all detections need to know of a range before they ask for anything.
import { inRange } from '../activities/following.ts';
import type { Services } from '../context.ts';
import { getTenantById } from '../directory/tenants.ts';
import { activitiesTable, type ColumnOf } from '../events/catalogue.ts';
import { and, name, type Sql, sql } from '../events/sql.ts';
import { openGeo } from '../geo/geo.ts';
import type { TenantId } from '../lib/ids.ts';
import { addressLocator } from '../subnets/addresses.ts';
import { listSubnets } from '../subnets/subnets.ts';
import type { SceneBase, SceneKind, SceneRange } from './detection.ts';

/** The columns of activities, quoted, by name. */
export const col = Object.fromEntries(
  activitiesTable.columns.map((column) => [column.name, name(column.name)]),
) as Record<ColumnOf<typeof activitiesTable>, Sql>; // One entry for each column of the table, by construction.

export const activities: Sql = name(activitiesTable.name);

/** More kinds than there are operations; what a hostile sender makes up beyond that is no detection's business. */
const kindsMax = 5000;

/** Everything about a range that does not depend on the detection. */
export async function openScene(
  services: Pick<Services, 'events' | 'store' | 'config'>,
  tenantId: TenantId,
  range: SceneRange,
): Promise<SceneBase> {
  const tenant = await getTenantById(services.store.db, tenantId);
  const subnets = await listSubnets(services.store.db, tenantId);
  const geo = await openGeo(services.config);
  return {
    services,
    tenantId,
    range,
    kinds: await listKinds(services, tenantId, range),
    ownDomains: new Set(tenant.domains.map((domain) => domain.name)),
    locate: addressLocator(subnets, geo),
  };
}

/** What is in a range, by operation. */
export async function listKinds(
  services: Pick<Services, 'events'>,
  tenantId: TenantId,
  range: SceneRange,
): Promise<SceneKind[]> {
  const rows = await services.events.query(sql`
    select ${col.eventType}, ${col.actionType}, count(*), min(${col.timestamp}), max(${col.timestamp})
    from ${activities} where ${and([ofTenant(tenantId), rangeCondition(range)])}
    group by 1, 2 order by 3 desc limit ${kindsMax}`);
  return rows.map(([eventType, actionType, count, first, last]) => ({
    eventType: String(eventType),
    actionType: String(actionType),
    rows: Number(count),
    first: Number(first),
    last: Number(last),
  }));
}

export function ofTenant(tenantId: TenantId): Sql {
  return sql`${col.tenantId} = ${{ uuid: tenantId }}`;
}

/** The rows of the range. */
export function rangeCondition(range: SceneRange): Sql {
  if ('upTo' in range) return inRange(range);
  return sql`${col.timestamp} >= ${range.from} and ${col.timestamp} < ${range.to}`;
}
