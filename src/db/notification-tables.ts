import type { TenantId, UserId } from '../lib/ids.ts';

// Who is told of what, and what is on its way to them: see tables.ts for how columns are written.

type Flag = 0 | 1;

export interface WebhooksTable {
  tenantId: TenantId;
  id: string;
  name: string;
  url: string;
  /** JSON list of event types. */
  events: string;
  /** Least severity of alerts and incidents, by its place from informational up; null takes all. */
  severityMin: number | null;
  /** The secret that signs, sealed. */
  secretSealed: string;
  /** The secret before it, which signs as well until then. */
  previousSealed: string | null;
  previousUntil: number | null;
  isEnabled: Flag;
  /** by-hand, gone, failing, backlog, rights; null while it is enabled. */
  disabledReason: string | null;
  /** Only change notes behind this number concern it. */
  sinceNote: number;
  createdAt: number;
  /** Who answers for it: who made it, changed what it sends or enabled it last. */
  createdBy: UserId;
  lastSuccessAt: number | null;
  lastFailureAt: number | null;
  /** A sentence. */
  lastFailure: string | null;
  /** Since when no delivery has succeeded; null after a success. */
  failingSince: number | null;
}

export interface MailRecipientsTable {
  tenantId: TenantId;
  id: string;
  address: string;
  language: string;
  /** Least severity of alerts, as in webhooks; null for none at all. */
  alertSeverityMin: number | null;
  wantsConsentRequests: Flag;
  wantsRoleApprovals: Flag;
  /** Days before the end of an app's secret or certificate; null for none. */
  secretDays: number | null;
  sinceNote: number;
  createdAt: number;
  /** Who answers for it: who saved it last. */
  createdBy: UserId;
  lastSuccessAt: number | null;
  lastFailureAt: number | null;
  lastFailure: string | null;
  /** The day (UTC, days since 1970) that the two counts are of. */
  countedDay: number;
  sentCount: number;
  withheldCount: number;
}

export interface DeliveriesTable {
  tenantId: TenantId;
  /** Sent along, the same with every attempt. */
  id: string;
  channel: 'webhook' | 'mail';
  /** The webhook or the recipient. */
  targetId: string;
  /** Such as alert.created. */
  type: string;
  subjectId: string;
  /** When it happened. */
  at: number;
  status: 'waiting' | 'dead';
  attempts: number;
  /** When it is due again; of a dead one, when it died. */
  nextAt: number;
  /** Until then it belongs to the process that holds the lease. */
  leaseUntil: number;
  lease: string | null;
  lastFailure: string | null;
}

/** Which ends of secrets a recipient was told of. */
export interface ExpiryNoticesTable {
  tenantId: TenantId;
  recipientId: string;
  secretId: string;
  endsAt: number;
}
