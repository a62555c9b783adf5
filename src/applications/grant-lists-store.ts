import type { Db } from '../db/store.ts';
import type { GrantId, TenantId } from '../lib/ids.ts';
import type { DelegatedGrantFilter, RoleGrantFilter, Span } from './grant-lists.ts';
import type { DelegatedGrantRow, RoleGrantRow } from './principals-store.ts';

export async function pageRoleGrants(
  db: Db,
  tenantId: TenantId,
  { id, principalId, resourceAppId }: RoleGrantFilter,
  { skip, limit }: Span,
): Promise<{ items: RoleGrantRow[]; total: number }> {
  let query = db.selectFrom('appRoleAssignments').where('tenantId', '=', tenantId);
  if (id !== undefined) query = query.where('id', '=', id as GrantId); // Looked up, so it becomes what it claims to be.
  if (principalId !== undefined) query = query.where('principalId', '=', principalId);
  if (resourceAppId !== undefined) query = query.where('resourceAppId', '=', resourceAppId);
  const page = query.selectAll().orderBy('createdAt').orderBy('id');
  const items = await page.limit(limit).offset(skip).execute();
  const { total } = await query.select((e) => e.fn.countAll().as('total')).executeTakeFirstOrThrow();
  return { items, total: Number(total) };
}

export async function pageDelegatedGrants(
  db: Db,
  tenantId: TenantId,
  { servicePrincipalId, resourceAppId, userId }: DelegatedGrantFilter,
  { skip, limit }: Span,
): Promise<{ items: DelegatedGrantRow[]; total: number }> {
  let query = db.selectFrom('delegatedGrants').where('tenantId', '=', tenantId);
  if (servicePrincipalId !== undefined) query = query.where('servicePrincipalId', '=', servicePrincipalId);
  if (resourceAppId !== undefined) query = query.where('resourceAppId', '=', resourceAppId);
  if (userId !== undefined) query = query.where('userId', '=', userId);
  const page = query.selectAll().orderBy('createdAt').orderBy('id');
  const items = await page.limit(limit).offset(skip).execute();
  const { total } = await query.select((e) => e.fn.countAll().as('total')).executeTakeFirstOrThrow();
  return { items, total: Number(total) };
}
