// What the pages of incidents ask of the server: lists and changes of the management API, and the documented incident with
// everything that is in it.
import { queryOptions } from '@tanstack/react-query';
import type {
  IncidentSummary,
  Incidents,
  IncidentView,
  UpdateBody,
} from '../../../src/apis/management/incidents-schemas.ts';
import type { Type } from '../../../src/lib/schema.ts';
import { call, managementPath } from '../../api/client.ts';
import type { ListQuery } from '../../components/list-state.ts';
import type { Page } from '../../components/ServerTable.tsx';
import type { Members } from './entities.ts';

export type { IncidentSummary, IncidentView };
export type IncidentChange = Type.Static<typeof UpdateBody>;

/** An alert as the documented incident carries it; members that were not sent are undefined. */
export interface IncidentAlert {
  readonly alertId: string;
  readonly title: string;
  readonly severity: string;
  readonly status: string;
  readonly category: string;
  readonly serviceSource: string;
  readonly creationTime: string;
  readonly resolvedTime: string | null;
  readonly firstActivity: string;
  readonly lastActivity: string;
  readonly devices: readonly Members[];
  readonly entities: readonly Members[];
}

export interface IncidentComment {
  readonly comment: string;
  readonly createdBy?: string | null;
  readonly createdTime?: string | null;
}

/** `GET /api/incidents/{id}` (Defender reference 2.4), as far as pages read it. */
export interface IncidentContent {
  readonly alerts: readonly IncidentAlert[];
  readonly comments: readonly IncidentComment[];
}

export const readIncidents = 'Incident.Read.All';
export const changeIncidents = 'Incident.ReadWrite.All';

export const incidentsKey = ['incidents'] as const;
const dayMs = 86_400_000;

/** One page of the queue; `me` is the reader's user name. */
export async function listIncidents(me: string, query: ListQuery, signal: AbortSignal): Promise<Page<IncidentSummary>> {
  const { limit, skip, sort, direction, search, filters } = query;
  const { status, severity, classification, source, assigned, days } = filters;
  const since = Number(days);
  return await call<Type.Static<typeof Incidents>>(managementPath('incidents'), {
    signal,
    query: {
      ...{ limit, skip, sort, direction, search, status, severity, classification },
      serviceSource: source,
      ...(assigned === 'nobody' ? { isAssigned: false } : { assignedTo: assigned === 'me' ? me : assigned }),
      updatedSince: since > 0 ? new Date(Date.now() - since * dayMs).toISOString() : undefined,
    },
  });
}

export function incidentQuery(id: string) {
  return queryOptions({
    queryKey: [...incidentsKey, id],
    queryFn: async ({ signal }) => await call<IncidentView>(managementPath('incidents', id), { signal }),
  });
}

export function incidentContentQuery(id: string) {
  return queryOptions({
    queryKey: [...incidentsKey, id, 'content'],
    queryFn: async ({ signal }) => await call<IncidentContent>(`/api/incidents/${encodeURIComponent(id)}`, { signal }),
  });
}

export async function changeIncident(id: number | string, change: IncidentChange): Promise<IncidentSummary> {
  return await call<IncidentSummary>(managementPath('incidents', String(id)), { method: 'PATCH', body: change });
}

/** The number of the incident that they are now. */
export async function mergeIncidents(incidentIds: readonly number[], comment: string): Promise<number> {
  const body = { incidentIds, comment: comment === '' ? null : comment };
  const { incidentId } = await call<{ incidentId: number }>(managementPath('incidents', 'merge'), { body });
  return incidentId;
}

/** The number of the incident that they are in now; null for a new one. */
export async function moveAlerts(
  alertIds: readonly string[],
  incidentId: number | null,
  comment: string,
): Promise<number> {
  const body = { alertIds, incidentId, comment: comment === '' ? null : comment };
  const moved = await call<{ incidentId: number }>(managementPath('incidents', 'move-alerts'), { body });
  return moved.incidentId;
}
