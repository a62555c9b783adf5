import type { Generated } from 'kysely';
import type { TenantId } from '../lib/ids.ts';

// Incidents. The conventions are those of tables.ts.

export interface IncidentsTable {
  tenantId: TenantId;
  incidentId: number;
  /**
   * Ticks of 100 ns since 1970, not milliseconds: clients ask for what is later than the last time they saw, in all the
   * digits that it has. Beyond 2^53, therefore bigint.
   */
  createdTicks: bigint;
  /** Rises with every change. */
  updatedTicks: bigint;
  status: string;
  /** In lower case. */
  assignedTo: string | null;
  /** Length of `body` in UTF-8: a page decides by it what it holds at once. */
  bodyBytes: number;
  /** The documented incident as JSON text, alerts included: made anew with every change of the incident or its alerts. */
  body: string;
  /** The lastUpdateTime of the state that was taken in last; null for incidents that this server made. */
  sourceTicks: bigint | null;
  /** 0 UnSpecified, 1 Informational, 2 Low, 3 Medium, 4 High. */
  severity: Generated<number>;
  classification: Generated<string>;
  determination: Generated<string>;
  /** Null while it has no alerts. */
  firstActivityTicks: bigint | null;
  lastActivityTicks: bigint | null;
  alertCount: Generated<number>;
  /** Without U+0000; as it is written in `details`. */
  name: Generated<string>;
  /** JSON of incidents/incident-record.ts: what nobody searches for. */
  details: Generated<string>;
}
