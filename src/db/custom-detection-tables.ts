import type { TenantId } from '../lib/ids.ts';

// Custom detections, their runs, and what they told of: see tables.ts for how columns are written.

export interface CustomDetectionsTable {
  tenantId: TenantId;
  id: string;
  displayName: string;
  isEnabled: 0 | 1;
  /** 0, 1H, 3H, 12H, 24H. */
  period: string;
  createdAt: number;
  createdBy: string;
  changedAt: number;
  changedBy: string;
  /** As whom it runs, JSON text (custom-detections/actor.ts). */
  actor: string;
  /** When its query was last changed; null when never. */
  queryChangedAt: number | null;
  /** Query and alert template, JSON text (custom-detections/rule.ts). */
  body: string;
}

/** How far a rule came over one event store: every process has its own. */
export interface CustomDetectionStatesTable {
  tenantId: TenantId;
  ruleId: string;
  eventStore: string;
  nextRunAt: number;
  lastRunAt: number;
  /** Everything until then was looked at; null before the first run that went well. */
  doneUntil: number | null;
  /** Runs that failed since the last one that went well. */
  failures: number;
  /** Of the last run: completed, partiallyFailed, failed. */
  status: string;
  errorCode: string | null;
  failureReason: string | null;
}

export interface CustomDetectionRunsTable {
  tenantId: TenantId;
  id: string;
  ruleId: string;
  eventStore: string;
  startedAt: number;
  endedAt: number;
  /** schedule, request. */
  cause: string;
  fromAt: number;
  untilAt: number;
  status: string;
  rows: number;
  alerts: number;
  /** Alerts that were beyond the most of one run. */
  heldBack: number;
  errorCode: string | null;
  failureReason: string | null;
}

/** Events that an alert of the rule tells of already. */
export interface CustomDetectionEventsTable {
  tenantId: TenantId;
  ruleId: string;
  /** 32 hex digits. */
  key: string;
  toldAt: number;
}
