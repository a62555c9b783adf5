// Merging: one incident becomes part of another one. Its alerts, comments and tags go over, and its number answers with
// where they are (Defender reference 2.4).
import type { Alert } from '../alerts/alert.ts';
import { listAlertsOfIncident, updateAlerts } from '../alerts/records.ts';
import type { Trx } from '../db/store.ts';
import type { TenantId } from '../lib/ids.ts';
import { newestFirst } from './bounds.ts';
import type { IncidentRecord } from './incident-record.ts';
import { laterThan, rebuild } from './rebuild.ts';

export interface Absorbed {
  /** The target with what it takes over; the caller rebuilds it. */
  readonly target: IncidentRecord;
  readonly movedAlerts: readonly Alert[];
}

/** Moves everything of `source` to `target`. What only one of them says, such as an assignee, is what counts then. */
export async function absorb(
  trx: Trx,
  tenantId: TenantId,
  target: IncidentRecord,
  source: IncidentRecord,
  now: bigint,
): Promise<Absorbed> {
  const alerts = await listAlertsOfIncident(trx, tenantId, source.incidentId);
  const movedAlerts = alerts.map((alert) => ({
    ...alert,
    incidentId: target.incidentId,
    updatedTicks: laterThan(alert.updatedTicks, now),
  }));
  await updateAlerts(trx, tenantId, movedAlerts);
  await rebuild(trx, tenantId, { ...source, status: 'Redirected', redirectIncidentId: target.incidentId }, now);
  const isClassified = target.classification !== 'unknown' && target.classification !== 'Unknown';
  return {
    movedAlerts,
    target: {
      ...target,
      status: target.status === 'Active' && source.status === 'InProgress' ? 'InProgress' : target.status,
      assignedTo: target.assignedTo ?? source.assignedTo,
      ...(isClassified ? {} : { classification: source.classification, determination: source.determination }),
      tags: [...new Set([...target.tags, ...source.tags])],
      comments: newestFirst([...target.comments, ...source.comments]),
      reasons: [...target.reasons, ...source.reasons],
    },
  };
}
