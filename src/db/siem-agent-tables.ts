import type { AgentId, TenantId } from '../lib/ids.ts';

// SIEM agents: what each sends and where, and what it last said of itself. See tables.ts for how columns are written.

type Flag = 0 | 1;

export interface SiemAgentsTable {
  tenantId: TenantId;
  /** The row of `agents` with its name and token. */
  agentId: AgentId;
  format: 'generic-cef' | 'arcsight-cef';
  timeFormat: 'rfc5424' | 'rfc3164' | 'rfc3164-with-year';
  includesPri: Flag;
  includesSystemName: Flag;
  remoteHost: string;
  remotePort: number;
  protocol: 'tcp' | 'udp' | 'tls';
  sendsAlerts: Flag;
  /** JSON of the filters in the grammar of the cloud-apps surface; null for all. */
  alertFilters: string | null;
  sendsActivities: Flag;
  activityFilters: string | null;
  isEnabled: Flag;
  /** How often it was enabled: after each time it begins at most two days back. */
  enablings: number;
  /** Of the settings; the agent tells by it that they changed. */
  revision: number;
  changedAt: number;
  /** When the agent last said how it is; null before it first did. */
  reportedAt: number | null;
  /** JSON of what it said last; null before. */
  report: string | null;
  /** Since when the SIEM has not taken anything; null while it does. */
  siemDownSince: number | null;
}
