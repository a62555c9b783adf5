import type { AgentId, TenantId } from '../lib/ids.ts';

// Log collectors: what each receives, and what it last said of itself. See tables.ts for how columns are written.

export interface LogCollectorsTable {
  tenantId: TenantId;
  /** The row of `agents` with its name and token. */
  agentId: AgentId;
  /** JSON list of the data sources that it receives, each with its port. */
  inputs: string;
  changedAt: number;
  /** When it last said how it is; null before it first did. */
  reportedAt: number | null;
  /** JSON of what it said last; null before. */
  report: string | null;
  /** When a log last came in at it, as it says; null before. */
  lastDataAt: number | null;
  /** Since when nothing had come in when an alert of it was raised; null while none was. */
  alertedSilenceAt: number | null;
}
