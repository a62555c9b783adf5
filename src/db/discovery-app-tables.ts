import type { TenantId } from '../lib/ids.ts';

// Cloud apps as an organisation sees them, beside the shipped catalogue: see tables.ts for how columns are written.

/** What people said about an app: a score of their own, a note. Also where the domain of an app that nobody knows is kept. */
export interface DiscoveryAppsTable {
  tenantId: TenantId;
  appId: number;
  /** Of an app that is made from its domain; null for others. */
  domain: string | null;
  /** In place of the computed score: 0 to 10; null for none. */
  score: number | null;
  scoreNote: string;
  scoreBy: string | null;
  scoreAt: number | null;
  note: string;
  noteBy: string | null;
  noteAt: number | null;
}

export interface DiscoveryCustomAppsTable {
  tenantId: TenantId;
  /** 1,000,000,000 and up, never given twice in a tenant. */
  appId: number;
  name: string;
  /** The name in lower case, there once in a tenant; the id once the app is deleted. */
  nameKey: string;
  vendor: string | null;
  category: string;
  /** JSON list, in normal form. */
  domains: string;
  score: number | null;
  /** Kept for the traffic that was found of it. */
  isDeleted: 0 | 1;
  createdAt: number;
  createdBy: string;
  changedAt: number;
  changedBy: string;
}

/** The tenant's own tags; built-in ones are no rows. */
export interface DiscoveryAppTagsTable {
  tenantId: TenantId;
  /** 24 hex digits. */
  id: string;
  name: string;
  /** The name in lower case, there once in a tenant. */
  nameKey: string;
  createdAt: number;
  createdBy: string;
}

export interface DiscoveryTaggedAppsTable {
  tenantId: TenantId;
  appId: number;
  /** Of an own tag, or the lower-case name of a built-in one. */
  tagId: string;
  /** Who set it: a person or app, or a policy. */
  setByKind: 'caller' | 'policy';
  setBy: string;
  policyId: string | null;
  reason: string;
  setAt: number;
}

export interface DiscoveryScoreWeightsTable {
  tenantId: TenantId;
  /** JSON: importance by factor and category, and whether what is unknown counts. */
  body: string;
  changedAt: number;
  changedBy: string;
}
