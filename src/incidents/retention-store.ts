// Removing closed incidents with their alerts: queries only.
import type { Db, Trx } from '../db/store.ts';
import type { TenantId } from '../lib/ids.ts';

const closedStatuses = ['Resolved', 'Redirected'] as const;

/** Of all tenants, since this is the server's own work: those that have closed incidents which last changed before then. */
export async function listTenantsWithClosed(db: Db, before: bigint): Promise<TenantId[]> {
  const rows = await db
    .selectFrom('incidents')
    .select('tenantId')
    .distinct()
    .where('status', 'in', closedStatuses)
    .where('updatedTicks', '<', before)
    .execute();
  return rows.map(({ tenantId }) => tenantId);
}

export interface ClosedIncident {
  readonly incidentId: number;
  readonly alertCount: number;
}

/** The closed incidents without an open alert that last changed before then, the oldest first. */
export async function findClosed(
  trx: Trx,
  tenantId: TenantId,
  before: bigint,
  limit: number,
): Promise<ClosedIncident[]> {
  return await trx
    .selectFrom('incidents as i')
    .select(['i.incidentId', 'i.alertCount'])
    .where('i.tenantId', '=', tenantId)
    .where('i.status', 'in', closedStatuses)
    .where('i.updatedTicks', '<', before)
    .where((e) =>
      e.not(
        e.exists(
          e
            .selectFrom('alerts as a')
            .select('a.id')
            .where('a.tenantId', '=', tenantId)
            .whereRef('a.incidentId', '=', 'i.incidentId')
            .where((inner) => inner.or([inner('a.resolution', '=', 'open'), inner('a.updatedTicks', '>=', before)])),
        ),
      ),
    )
    .orderBy('i.updatedTicks')
    .limit(limit)
    .execute();
}

/** Removes the incidents with their alerts and what these are about, and returns the alertIds that were theirs. */
export async function removeIncidents(trx: Trx, tenantId: TenantId, incidentIds: readonly number[]): Promise<string[]> {
  await trx
    .deleteFrom('alertKeys')
    .where('tenantId', '=', tenantId)
    .where('alert', 'in', (e) =>
      e.selectFrom('alerts').select('id').where('tenantId', '=', tenantId).where('incidentId', 'in', incidentIds),
    )
    .execute();
  const alerts = await trx
    .deleteFrom('alerts')
    .where('tenantId', '=', tenantId)
    .where('incidentId', 'in', incidentIds)
    .returning('alertId')
    .execute();
  await trx.deleteFrom('incidents').where('tenantId', '=', tenantId).where('incidentId', 'in', incidentIds).execute();
  return alerts.map(({ alertId }) => alertId);
}
