// The domains of a tenant's custom apps, for whoever matches hosts.
import type { Db } from '../../db/store.ts';
import type { TenantId } from '../../lib/ids.ts';
import type { CustomAppDomains } from '../catalog/catalog.ts';
import { type CategoryId, isCategoryId, unclassified } from '../catalog/categories.ts';
import { type CustomAppRow, listCustomApps } from './store.ts';

/** Nobody's rights are asked. */
export async function customAppsOf(db: Db, tenantId: TenantId): Promise<CustomAppDomains[]> {
  const rows = await listCustomApps(db, tenantId);
  return rows
    .filter(({ isDeleted }) => isDeleted === 0)
    .map((row) => ({ appId: row.appId, domains: domainsOfRow(row) }));
}

export function domainsOfRow({ domains }: Pick<CustomAppRow, 'domains'>): readonly string[] {
  return JSON.parse(domains) as string[]; // Written by custom-apps.ts.
}

/** A category that a later version took away reads as none. */
export function listedCategory(text: string): CategoryId {
  return isCategoryId(text) ? text : unclassified;
}
