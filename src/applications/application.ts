import type { Selectable } from 'kysely';
import type { ApplicationsTable } from '../db/application-tables.ts';
import type { AppId, ApplicationId, TenantId } from '../lib/ids.ts';
import type { RedirectUris } from './redirect-uris.ts';

export type ApplicationRow = Selectable<ApplicationsTable>;
export type SignInAudience = ApplicationRow['signInAudience'];

/** What an application asks of one API: ids of permissions. Consent is asked for this, and grants nothing by itself. */
export interface AccessRequest {
  readonly resourceAppId: AppId;
  /** Ids of application permissions. */
  readonly roles: readonly string[];
  /** Ids of delegated permissions. */
  readonly scopes: readonly string[];
}

/** A delegated permission that an application offers as an API (Entra reference 4.2, `oauth2PermissionScopes`). */
export interface ExposedScope {
  readonly id: string;
  readonly value: string;
  readonly displayName: string;
  readonly description: string;
  /** True when only an administrator can consent (`type` Admin). */
  readonly adminOnly: boolean;
  readonly isEnabled: boolean;
}

/** An application role that an application offers as an API (Entra reference 4.2, `appRoles`). */
export interface ExposedRole {
  readonly id: string;
  readonly value: string;
  readonly displayName: string;
  readonly description: string;
  readonly isEnabled: boolean;
}

export interface Application {
  /** Object id, known in the home tenant only. */
  readonly id: ApplicationId;
  /** The home tenant. */
  readonly tenantId: TenantId;
  readonly appId: AppId;
  readonly displayName: string;
  readonly description: string | null;
  readonly signInAudience: SignInAudience;
  readonly status: ApplicationRow['status'];
  readonly statusChangedAt: number;
  readonly createdAt: number;
  readonly redirectUris: RedirectUris;
  readonly logoutUrl: string | null;
  readonly homePageUrl: string | null;
  readonly identifierUris: readonly string[];
  readonly requiredAccess: readonly AccessRequest[];
  readonly exposedScopes: readonly ExposedScope[];
  readonly appRoles: readonly ExposedRole[];
  readonly isPublicClient: boolean;
  readonly accessTokenVersion: 1 | 2 | null;
  readonly refreshPolicy: ApplicationRow['refreshPolicy'];
  readonly requiresPushedRequests: boolean;
}

/** Whether a tenant may see and use an application: its home, or any where it is for every organisation. */
export function isOpenTo(
  application: Pick<ApplicationRow, 'tenantId' | 'signInAudience'>,
  tenantId: TenantId,
): boolean {
  return application.signInAudience === 'AzureADMultipleOrgs' || application.tenantId === tenantId;
}

export function toApplication(row: ApplicationRow): Application {
  const { statusBeforeDeletion: _, createdBy: __, ...rest } = row;
  return {
    ...rest,
    // The JSON columns are written by registrations.ts only, after validation.
    redirectUris: JSON.parse(row.redirectUris) as RedirectUris,
    identifierUris: JSON.parse(row.identifierUris) as string[],
    requiredAccess: parseAccess(row.requiredAccess),
    exposedScopes: JSON.parse(row.exposedScopes) as ExposedScope[],
    appRoles: JSON.parse(row.appRoles) as ExposedRole[],
    isPublicClient: row.isPublicClient === 1,
    requiresPushedRequests: row.requiresPushedRequests === 1,
  };
}

/** A stored list of requests; also of consented and requested access. */
export function parseAccess(text: string): AccessRequest[] {
  return JSON.parse(text) as AccessRequest[]; // Written by this noun only, after validation.
}
