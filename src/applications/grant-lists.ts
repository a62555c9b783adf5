import { require } from '../access/caller.ts';
import type { Ctx } from '../context.ts';
import type { AppId, ServicePrincipalId, UserId } from '../lib/ids.ts';
import * as store from './grant-lists-store.ts';
import type { DelegatedGrantRow, RoleGrantRow } from './principals-store.ts';

/** Which part of a list, for callers that page by position. `limit` is the caller's to bound. */
export interface Span {
  readonly skip: number;
  readonly limit: number;
}

export interface RoleGrantFilter {
  readonly id?: string;
  /** What this presence was granted, or where this person is assigned. */
  readonly principalId?: string;
  /** Everybody who was granted something on this API. */
  readonly resourceAppId?: AppId;
}

/** Grants of application permissions and assignments of people in the caller's tenant, oldest first, with the total. Needs Applications.read. */
export async function listRoleGrants(
  ctx: Ctx,
  filter: RoleGrantFilter,
  span: Span,
): Promise<{ items: RoleGrantRow[]; total: number }> {
  require(ctx.caller, 'Applications.read');
  return await store.pageRoleGrants(ctx.store.db, ctx.caller.tenantId, filter, span);
}

export interface DelegatedGrantFilter {
  readonly servicePrincipalId?: ServicePrincipalId;
  readonly resourceAppId?: AppId;
  /** Empty: grants for everybody. */
  readonly userId?: UserId | '';
}

/** Delegated grants in the caller's tenant, oldest first, with the total. Needs Applications.read. */
export async function listDelegatedGrants(
  ctx: Ctx,
  filter: DelegatedGrantFilter,
  span: Span,
): Promise<{ items: DelegatedGrantRow[]; total: number }> {
  require(ctx.caller, 'Applications.read');
  return await store.pageDelegatedGrants(ctx.store.db, ctx.caller.tenantId, filter, span);
}
