import type { AppId, ServicePrincipalId, TenantId } from '../lib/ids.ts';
import { type AccessRequest, parseAccess } from './application.ts';
import type { ServicePrincipalRow } from './principals-store.ts';

/** An application's presence in one tenant, its home included. */
export interface ServicePrincipal {
  readonly id: ServicePrincipalId;
  readonly tenantId: TenantId;
  readonly appId: AppId;
  readonly homeTenantId: TenantId;
  /** The application's name when this was made. */
  readonly displayName: string;
  readonly isEnabled: boolean;
  /** True when only people who are assigned may use the application. */
  readonly requiresAssignment: boolean;
  readonly createdAt: number;
  readonly createdBy: string;
  readonly consentedAt: number | null;
  readonly consentedBy: string | null;
  /** What the last consent for the whole tenant was given for. */
  readonly consentedAccess: readonly AccessRequest[] | null;
  readonly lastTokenAt: number | null;
  readonly lastTokenGrant: string | null;
}

export function toServicePrincipal(row: ServicePrincipalRow): ServicePrincipal {
  return {
    ...row,
    isEnabled: row.isEnabled === 1,
    requiresAssignment: row.requiresAssignment === 1,
    consentedAccess: row.consentedAccess === null ? null : parseAccess(row.consentedAccess),
  };
}
