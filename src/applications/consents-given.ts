import type { Ctx } from '../context.ts';
import { type Listed, type PageRequest, parsePage } from '../directory/paging.ts';
import { findTenantById } from '../directory/tenants.ts';
import type { AppId, TenantId } from '../lib/ids.ts';
import { findApiById } from './access-lists.ts';
import * as principals from './principals-store.ts';
import { getApplication } from './registrations.ts';

/** What an application's home may know of a tenant that let it in: which, since when, and to what. Never who there decided. */
export interface ConsentGiven {
  readonly tenant: { readonly id: TenantId; readonly displayName: string };
  /** Epoch milliseconds; null where it is present without a consent to all that it asked for. */
  readonly consentedAt: number | null;
  readonly isEnabled: boolean;
  /** Application permissions in force there, by name. */
  readonly permissions: readonly string[];
}

/**
 * One page of the tenants in which an application of the caller's tenant is present, newest first. Throws NotFound for an
 * application that the caller may not read.
 */
export async function listConsentsGiven(ctx: Ctx, ref: string, request: PageRequest): Promise<Listed<ConsentGiven>> {
  const application = await getApplication(ctx, ref);
  const page = parsePage(ctx.config, request, ['createdAt'], 'desc');
  const { db } = ctx.store;
  const { rows, total } = await principals.pagePresences(db, ctx.caller.tenantId, application.appId, page);
  const items: ConsentGiven[] = [];
  for (const row of rows) {
    const tenant = await findTenantById(db, row.tenantId);
    if (!tenant) continue;
    items.push({
      tenant: { id: tenant.id, displayName: tenant.displayName },
      consentedAt: row.consentedAt,
      isEnabled: row.isEnabled === 1,
      permissions: await grantedNames(ctx, row),
    });
  }
  return { items, total };
}

async function grantedNames(ctx: Ctx, row: principals.ServicePrincipalRow): Promise<string[]> {
  const { db } = ctx.store;
  const grants = await principals.listRoleGrants(db, row.tenantId, row.id);
  const names: string[] = [];
  for (const { resourceAppId, appRoleId } of grants) {
    const api = await findApiById(db, row.tenantId, resourceAppId as AppId); // As it is stored.
    const role = api?.roles.find(({ id }) => id === appRoleId);
    if (role) names.push(role.value);
  }
  return names.sort();
}
