import type { TenantId } from '../lib/ids.ts';

// Alerts, what they are about, and what was noted about their changes: see tables.ts for how columns are written.

export interface AlertsTable {
  tenantId: TenantId;
  /** 24 hex digits. */
  id: string;
  alertId: string;
  incidentId: number | null;
  /** Ticks of 100 ns since 1970, as in `incidents`. */
  createdTicks: bigint;
  updatedTicks: bigint;
  lastActivityTicks: bigint;
  resolvedTicks: bigint | null;
  /** 0 informational, 1 low, 2 medium, 3 high: in the order of how bad it is. */
  severity: number;
  /** Names of alerts/alert.ts. */
  status: string;
  resolution: string;
  isRead: 0 | 1;
  classification: string;
  determination: string;
  /** In lower case. */
  assignedTo: string | null;
  category: string;
  serviceSource: string;
  detectionSource: string;
  alertType: number;
  policyId: string | null;
  /** The whole record as JSON text (alerts/alert-text.ts): the other columns are copies to search and sort by. */
  body: string;
}

/** What an alert is about, for filters, correlation, and the part of the data that a role reaches. */
export interface AlertKeysTable {
  tenantId: TenantId;
  /** One of alertKeyKinds (alerts/alert-keys.ts). */
  kind: string;
  /** Normal form: lower case where case does not count. */
  key: string;
  /** The alert's `id`. */
  alert: string;
  lastActivityTicks: bigint;
}

/** What changed, in the order in which it was committed: webhooks, mail and the event store's projection follow it. */
export interface ChangeNotesTable {
  tenantId: TenantId;
  /** Rises by one with each note of the tenant. */
  sequence: number;
  /** alert, incident, policy, consent-request, role-approval, secret-expiry. */
  subject: string;
  subjectId: string;
  /** created or updated. */
  change: string;
  at: number;
}

/** How far somebody has followed something: batches of activities, change notes. */
export interface WatermarksTable {
  tenantId: TenantId;
  /** Who follows, and what: `policies@<event store>`, `webhooks`. */
  follower: string;
  position: number;
}
