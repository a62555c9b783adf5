import type { TenantId } from '../lib/ids.ts';

// Machines and what was done to them: see tables.ts for how columns are written.

export interface MachinesTable {
  tenantId: TenantId;
  /** The id of the product that knows the machine; one of ours while only a name is known. */
  id: string;
  /** DNS name in lower case. */
  computerDnsName: string | null;
  /** 1 while the id is one of ours, made of the name. */
  isNameOnly: 0 | 1;
  /** Ticks of 100 ns since 1970. */
  firstSeenTicks: bigint;
  lastSeenTicks: bigint;
  osPlatform: string | null;
  version: string | null;
  healthStatus: string | null;
  riskScore: string | null;
  exposureLevel: string | null;
  onboardingStatus: string | null;
  lastIpAddress: string | null;
  lastExternalIpAddress: string | null;
  aadDeviceId: string | null;
  deviceValue: string | null;
  rbacGroupName: string | null;
  rbacGroupId: number | null;
  /** JSON of texts, in lower case. */
  machineTags: string;
  /** The wire form as JSON text: the other columns are copies to search and sort by. */
  body: string;
}

export interface MachineActionsTable {
  tenantId: TenantId;
  /** A GUID. */
  id: string;
  /** Isolate or Unisolate. */
  type: string;
  /** Full or Selective; null for an end of isolation. */
  scope: string | null;
  /** Pending, InProgress, Succeeded, Failed, TimeOut, Cancelled. */
  status: string;
  machineId: string;
  computerDnsName: string | null;
  requestor: string;
  requestorComment: string;
  requestSource: string;
  createdTicks: bigint;
  updatedTicks: bigint;
  cancellationRequestor: string | null;
  cancellationComment: string | null;
  cancelledTicks: bigint | null;
  /** What carried it out calls it, and says of it. */
  externalId: string | null;
  resultComment: string | null;
  /** SHA-256 of the value that lets a webhook's receiver report back, */
  reportHash: string;
  /** and the value itself, sealed: a delivery that is tried again sends the same. */
  reportSealed: string;
}
