// Every change of an incident or of its alerts ends here: its bounds, facts that follow the alerts, a later
// lastUpdateTime, and the body that lists send, all in the transaction of the change.
import type { Alert } from '../alerts/alert.ts';
import { listAlertsOfIncident } from '../alerts/records.ts';
import type { Trx } from '../db/store.ts';
import type { TenantId } from '../lib/ids.ts';
import { bounded } from './bounds.ts';
import { withAlerts } from './following-alerts.ts';
import type { IncidentRecord } from './incident-record.ts';
import { incidentBody } from './incident-wire.ts';
import { writeRecords } from './rows.ts';

/** Writes the incident with the alerts that it has now, and returns both. `now` is in ticks. */
export async function rebuild(
  trx: Trx,
  tenantId: TenantId,
  record: IncidentRecord,
  now: bigint,
): Promise<{ readonly record: IncidentRecord; readonly alerts: readonly Alert[]; readonly body: string }> {
  const alerts = await listAlertsOfIncident(trx, tenantId, record.incidentId);
  const changed = withAlerts({ ...bounded(record), updatedTicks: laterThan(record.updatedTicks, now) }, alerts);
  const body = incidentBody(changed, alerts);
  await writeRecords(trx, tenantId, [{ record: changed, body }]);
  return { record: changed, alerts, body };
}

/** Now, or a tick after the last change where the clock has not moved since: a change is always later than the one before. */
export function laterThan(last: bigint, now: bigint): bigint {
  return now > last ? now : last + 1n;
}
