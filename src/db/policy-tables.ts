import type { TenantId } from '../lib/ids.ts';

// Policies, what they matched, and what was done because of them: see tables.ts for how columns are written.

export interface PoliciesTable {
  tenantId: TenantId;
  /** 24 hex digits. A built-in detection has a row from its first change on. */
  id: string;
  name: string;
  /** AUDIT or ANOMALY_DETECTION. */
  type: string;
  isEnabled: 0 | 1;
  /** Rises by one with each change; a change must name the one that it saw. */
  revision: number;
  createdAt: number;
  createdBy: string;
  changedAt: number;
  changedBy: string;
  /** Everything that can be edited, as JSON text (policies/policy.ts). */
  body: string;
  /** JSON list of app instances whose activities are all that it looks at; null for the whole tenant. */
  reach: string | null;
}

/** Every state that a policy ever had. */
export interface PolicyVersionsTable {
  tenantId: TenantId;
  policyId: string;
  revision: number;
  at: number;
  by: string;
  /** created, edited, enabled, disabled, deleted. */
  change: string;
  /** Name, state and body as JSON text. */
  body: string;
}

export interface PolicyMatchesTable {
  tenantId: TenantId;
  policyId: string;
  activityId: string;
  /** When the activity happened. */
  timestamp: number;
  matchedAt: number;
  /** The `id` of the alert that tells of it; null when none does. */
  alert: string | null;
  /** What decides who may see it. */
  userName: string;
  appId: number;
  instance: number;
}

/** What a policy found, by the hour of finding. */
export interface PolicyCountsTable {
  tenantId: TenantId;
  policyId: string;
  /** Hours since 1970. */
  hour: number;
  matches: number;
  alerts: number;
  /** Alerts that a limit kept back. */
  heldBack: number;
}

/** Times in which a repeated policy has raised its alert for a group of activities. */
export interface PolicyWindowsTable {
  tenantId: TenantId;
  policyId: string;
  /** Whose activities, where: policies/repeated.ts. */
  groupKey: string;
  startAt: number;
  endAt: number;
}

export interface PolicyBackfillsTable {
  tenantId: TenantId;
  id: string;
  policyId: string;
  /** The event store that holds the activities: only the process that owns it can do this. */
  eventStore: string;
  /** waiting, running, done, cancelled, failed. */
  state: string;
  fromAt: number;
  untilAt: number;
  /** All activities until then are done. */
  position: number;
  /** The day (UTC, days since 1970) of the activities at hand, and the alerts of that day. */
  day: number;
  dayAlerts: number;
  matches: number;
  alerts: number;
  heldBack: number;
  requestedAt: number;
  requestedBy: string;
  startedAt: number | null;
  endedAt: number | null;
  problem: string | null;
}

/** What was done because of a policy, by this server or by others on its behalf. */
export interface GovernanceActionsTable {
  tenantId: TenantId;
  id: string;
  at: number;
  /** Name of the task. */
  type: string;
  /** succeeded, failed, pending. */
  status: string;
  appId: number | null;
  policyId: string | null;
  /** JSON text: what was done to what, and why. */
  body: string;
}
