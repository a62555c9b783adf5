// Applications and presences as directory clients look for them: by conditions on their names and ids, page by page.
import { require } from '../access/caller.ts';
import type { Ctx } from '../context.ts';
import { NotFound } from '../lib/failures.ts';
import { type AppId, isGuid, type ServicePrincipalId, type TenantId } from '../lib/ids.ts';
import { holds, type TextCondition } from '../lib/text-condition.ts';
import { type Application, isOpenTo } from './application.ts';
import { goneBefore } from './application-rights.ts';
import { type ApplicationView, toApplicationViews } from './application-view.ts';
import { apiOf } from './custom-apis.ts';
import * as store from './directory-lists-store.ts';
import type { Span } from './grant-lists.ts';
import { loadClient } from './lookup.ts';
import { resourcePrincipalId } from './name-based-ids.ts';
import { findPrincipal, type ServicePrincipalRow } from './principals-store.ts';
import { type ApiResource, findResource, listResources } from './resources.ts';

export type ApplicationProperty = 'id' | 'appId' | 'displayName' | 'signInAudience' | 'identifierUris';
export type PrincipalProperty = 'id' | 'appId' | 'displayName' | 'servicePrincipalNames';

/** Applications of the caller's tenant in order of their names, with the total. Needs Applications.read. */
export async function findApplications(
  ctx: Ctx,
  where: TextCondition<ApplicationProperty> | null,
  span: Span,
  which: 'present' | 'deleted' = 'present',
): Promise<{ items: ApplicationView[]; total: number }> {
  require(ctx.caller, 'Applications.read');
  const { db } = ctx.store;
  const deletedAfter = which === 'deleted' ? goneBefore(ctx) : null;
  const { rows, total } = await store.pageApplications(db, ctx.caller.tenantId, where, deletedAfter, span);
  return { items: await toApplicationViews(ctx, db, rows), total };
}

/** A presence in the caller's tenant: of an application, or of one of the APIs that are in every tenant. */
export interface DirectoryPrincipal {
  readonly id: ServicePrincipalId;
  readonly appId: AppId;
  readonly displayName: string;
  /** Null for the APIs of this server, which are no tenant's. */
  readonly homeTenantId: TenantId | null;
  readonly isEnabled: boolean;
  readonly requiresAssignment: boolean;
  readonly createdAt: number | null;
  /** What it offers to others. */
  readonly api: ApiResource;
  /** Undefined for the APIs of this server, and when its home tenant has deleted it or keeps it to itself now. */
  readonly application: Application | undefined;
}

/** The APIs of this server first, then what was registered or consented to. Needs Applications.read. */
export async function findPrincipals(
  ctx: Ctx,
  where: TextCondition<PrincipalProperty> | null,
  { skip, limit }: Span,
): Promise<{ items: DirectoryPrincipal[]; total: number }> {
  require(ctx.caller, 'Applications.read');
  const { tenantId } = ctx.caller;
  const ours = listResources()
    .map((api) => ofResource(tenantId, api))
    .filter((each) => !where || holds(where, (property) => textOf(each, property)));
  const first = ours.slice(skip, skip + limit);
  const span = { skip: Math.max(0, skip - ours.length), limit: limit - first.length };
  const { rows, total } = await store.pagePrincipals(ctx.store.db, tenantId, where, span);
  const rest = await Promise.all(rows.map((row) => ofRow(ctx, row)));
  return { items: [...first, ...rest], total: ours.length + total };
}

/** By object id or app id. Needs Applications.read; throws NotFound. */
export async function getDirectoryPrincipal(ctx: Ctx, ref: string): Promise<DirectoryPrincipal> {
  require(ctx.caller, 'Applications.read');
  const id = ref.trim().toLowerCase();
  const { tenantId } = ctx.caller;
  const api = listResources().find((each) => each.appId === id || resourcePrincipalId(tenantId, each.appId) === id);
  if (api) return ofResource(tenantId, api);
  const row = isGuid(id) ? await findPrincipal(ctx.store.db, tenantId, id) : undefined;
  if (!row) throw new NotFound('The service principal');
  return await ofRow(ctx, row);
}

/** The object id of an API's or application's presence in the caller's tenant; null when it has none any more. */
export async function principalIdOf(ctx: Ctx, appId: AppId): Promise<ServicePrincipalId | null> {
  const { tenantId } = ctx.caller;
  if (findResource(appId)) return resourcePrincipalId(tenantId, appId);
  return (await findPrincipal(ctx.store.db, tenantId, appId))?.id ?? null;
}

function ofResource(tenantId: TenantId, api: ApiResource): DirectoryPrincipal {
  return {
    id: resourcePrincipalId(tenantId, api.appId),
    appId: api.appId,
    displayName: api.displayName,
    homeTenantId: null,
    isEnabled: true,
    requiresAssignment: false,
    createdAt: null,
    api,
    application: undefined,
  };
}

async function ofRow(ctx: Ctx, row: ServicePrincipalRow): Promise<DirectoryPrincipal> {
  const { id, appId, homeTenantId, createdAt } = row;
  const found = (await loadClient(ctx, appId, null))?.application;
  const application = found && isOpenTo(found, row.tenantId) ? found : undefined;
  const displayName = application?.displayName ?? row.displayName;
  const nothing = { family: 'directory-custom', identifierUris: [], isListed: true, roles: [], scopes: [] } as const;
  return {
    id,
    appId,
    displayName,
    homeTenantId,
    isEnabled: row.isEnabled === 1,
    requiresAssignment: row.requiresAssignment === 1,
    createdAt,
    api: application ? apiOf(application) : { appId, displayName, ...nothing },
    application,
  };
}

function textOf(each: DirectoryPrincipal, property: PrincipalProperty): string | readonly string[] {
  return property === 'servicePrincipalNames' ? [each.appId, ...each.api.identifierUris] : each[property];
}
