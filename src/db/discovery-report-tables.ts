import type { TenantId } from '../lib/ids.ts';

// What reports of discovered apps need besides the traffic: see tables.ts for how columns are written.

/** The key that hides user names in a tenant's reports. */
export interface DiscoveryNameKeysTable {
  tenantId: TenantId;
  /** 32 bytes in base64, sealed with the master key. */
  sealedKey: string;
  createdAt: number;
}

/** What app discovery policies have told of: one alert for each app and report in 90 days. */
export interface DiscoveryPolicyAlertsTable {
  tenantId: TenantId;
  policyId: string;
  /** The report, 24 hex digits. */
  streamId: string;
  appId: number;
  alertId: string;
  /** When it was raised. */
  at: number;
}
