// The activities behind policies and alerts, for filters of activities.
import { alertPkFor } from '../alerts/alert-keys.ts';
import type { Db } from '../db/store.ts';
import { TooLarge } from '../lib/failures.ts';
import type { TenantId } from '../lib/ids.ts';
import * as store from './matches-store.ts';

/** A filter that names policies or alerts looks at so many activities. */
const activitiesMax = 50_000;

/** Ids of activities that one of these policies (any, for null) matched. Throws TooLarge when they are too many. */
export async function listActivitiesOfPolicies(
  db: Db,
  tenantId: TenantId,
  policyIds: readonly string[] | null,
): Promise<string[]> {
  if (policyIds?.length === 0) return [];
  const ids = policyIds?.map((id) => id.toLowerCase()) ?? null;
  return bounded(await store.listMatchedIds(db, tenantId, ids, activitiesMax + 1));
}

/** Ids of the activities that these alerts, by their `id` or `alertId`, tell of. */
export async function listActivitiesOfAlerts(db: Db, tenantId: TenantId, alerts: readonly string[]): Promise<string[]> {
  if (alerts.length === 0) return [];
  const ids = alerts.map((id) => (/^[0-9a-f]{24}$/i.test(id) ? id.toLowerCase() : alertPkFor(tenantId, id)));
  return bounded(await store.listIdsOfAlerts(db, tenantId, ids, activitiesMax + 1));
}

function bounded(ids: string[]): string[] {
  if (ids.length <= activitiesMax) return ids;
  throw new TooLarge(
    `These policies matched more than ${activitiesMax} activities. Ask for one policy, or read its report.`,
  );
}
