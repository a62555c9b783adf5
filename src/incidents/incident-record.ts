// An incident as it is kept: what is searched for in columns, the rest as details, and beside them the body, which is the
// documented form with its alerts (incident-wire.ts) and is made anew with every change of either.
import type { Members } from '../alerts/alert.ts';
import type { IncidentStatus } from './incident.ts';
import type { IncidentSeverity } from './vocabulary.ts';

/** `createdTime` as the wire writes times; comments that came from elsewhere may have more members. */
export interface IncidentComment extends Members {
  readonly comment: string;
  readonly createdBy?: string | null;
  readonly createdTime?: string | null;
}

/** Why an alert is in its incident. */
export type CorrelationReason =
  /** It shares this with another alert of the incident. */
  | { readonly alertId: string; readonly with: string; readonly kind: string; readonly key: string }
  /** Somebody moved it here from that incident; `by` is who. */
  | { readonly alertId: string; readonly from: number; readonly by: string };

export interface IncidentDetails {
  readonly name: string;
  /** A name or severity that somebody gave stays, whatever the alerts are. */
  readonly isNameGiven: boolean;
  readonly isSeverityGiven: boolean;
  /** As it was written. */
  readonly assignedTo: string | null;
  readonly tags: readonly string[];
  /** In the order in which they were made, as the wire sends them. */
  readonly comments: readonly IncidentComment[];
  readonly redirectIncidentId: number | null;
  readonly reasons: readonly CorrelationReason[];
  /** Of the Graph surface only. */
  readonly description: string | null;
  readonly summary: string | null;
  readonly resolvingComment: string | null;
  readonly lastModifiedBy: string | null;
  /** Members that nobody documented, as they came. */
  readonly extra: Members;
}

/** Times are ticks of 100 ns since 1970. */
export interface IncidentRecord extends IncidentDetails {
  readonly incidentId: number;
  readonly createdTicks: bigint;
  readonly updatedTicks: bigint;
  /** The lastUpdateTime of the state that was taken in last; null for an incident that was made here. */
  readonly sourceTicks: bigint | null;
  readonly status: IncidentStatus;
  readonly severity: IncidentSeverity;
  /** A name of alerts/alert.ts, or what an ingested incident says instead. */
  readonly classification: string;
  /** A name of vocabulary.ts, or what an ingested incident says instead. */
  readonly determination: string;
  readonly firstActivityTicks: bigint | null;
  readonly lastActivityTicks: bigint | null;
  readonly alertCount: number;
}

export const noDetails: IncidentDetails = {
  name: '',
  isNameGiven: false,
  isSeverityGiven: false,
  assignedTo: null,
  tags: [],
  comments: [],
  redirectIncidentId: null,
  reasons: [],
  description: null,
  summary: null,
  resolvingComment: null,
  lastModifiedBy: null,
  extra: {},
};

/** Alerts join it, and it can be changed. */
export function isOpen({ status }: Pick<IncidentRecord, 'status'>): boolean {
  return status === 'Active' || status === 'InProgress';
}
