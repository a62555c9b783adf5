import type { Ctx } from '../context.ts';
import type { Db } from '../db/store.ts';
import { findTenantById } from '../directory/tenants.ts';
import type { AppId, GrantId, ServicePrincipalId, TenantId } from '../lib/ids.ts';
import { findApiById, type NamedAccess, nameAccess, union, without } from './access-lists.ts';
import { type AccessRequest, type ApplicationRow, isOpenTo, parseAccess } from './application.ts';
import * as principals from './principals-store.ts';
import type { ApiResource } from './resources.ts';
import { type ServicePrincipal, toServicePrincipal } from './service-principal.ts';
import { findByAppId } from './store.ts';
import { flushTokensTaken } from './tokens-taken.ts';

export interface RoleGrantView {
  readonly id: GrantId;
  readonly resourceAppId: AppId;
  readonly resource: string;
  readonly appRoleId: string;
  readonly value: string;
  readonly displayName: string;
  readonly grantedAt: number;
  /** User name, or what did it. */
  readonly grantedBy: string;
}

export interface DelegatedGrantView {
  readonly id: GrantId;
  readonly resourceAppId: AppId;
  readonly resource: string;
  readonly scopes: readonly string[];
  /** Null: for everybody in the tenant. */
  readonly user: { readonly id: string; readonly userName: string } | null;
  readonly grantedAt: number;
  readonly grantedBy: string;
}

/** A presence as administrators of its tenant see it. Times are epoch milliseconds. */
export interface PrincipalView extends Omit<ServicePrincipal, 'tenantId' | 'createdBy' | 'consentedAccess'> {
  /** Null when the home tenant is gone. */
  readonly homeTenant: { readonly id: TenantId; readonly displayName: string } | null;
  readonly createdBy: string;
  readonly grants: {
    readonly applications: readonly RoleGrantView[];
    readonly delegated: readonly DelegatedGrantView[];
  };
  /** What the application asks for now and no consent was given for, and the reverse. */
  readonly changedSince: { readonly added: readonly NamedAccess[]; readonly removed: readonly NamedAccess[] };
}

/** Grants that people gave for themselves are shown up to here; the whole tenant's come first. */
const delegatedShownMax = 500;

export async function toPrincipalViews(
  ctx: Ctx,
  rows: readonly principals.ServicePrincipalRow[],
): Promise<PrincipalView[]> {
  await flushTokensTaken(ctx);
  const views: PrincipalView[] = [];
  for (const row of rows) views.push(await toPrincipalView(ctx, row));
  return views;
}

async function toPrincipalView(ctx: Ctx, stale: principals.ServicePrincipalRow): Promise<PrincipalView> {
  const { db } = ctx.store;
  const { tenantId } = ctx.caller;
  const row = (await principals.findPrincipal(db, tenantId, stale.id)) ?? stale;
  const roleGrants = await principals.listRoleGrants(db, tenantId, row.id);
  const delegated = await principals.listDelegated(db, tenantId, row.id, { limit: delegatedShownMax });
  const names = await principals.userNames(db, tenantId, [
    row.createdBy,
    row.consentedBy ?? '',
    ...roleGrants.map(({ grantedBy }) => grantedBy),
    ...delegated.flatMap(({ grantedBy, userId }) => [grantedBy, userId]),
  ]);
  const nameOf = (id: string) => names.get(id) ?? id;
  const apis = await apisOf(db, tenantId, [...roleGrants, ...delegated]);
  const home = await findTenantById(db, row.homeTenantId);
  const found = await findByAppId(db, row.appId);
  const application = found && found.status !== 'deleted' && isOpenTo(found, tenantId) ? found : undefined;
  const { consentedAccess: _, tenantId: __, ...principal } = toServicePrincipal(row);
  return {
    ...principal,
    displayName: application?.displayName ?? row.displayName,
    homeTenant: home ? { id: home.id, displayName: home.displayName } : null,
    createdBy: nameOf(row.createdBy),
    consentedBy: row.consentedBy && nameOf(row.consentedBy),
    grants: {
      applications: roleGrants.map((each) => toRoleGrant(each, apis.get(each.resourceAppId), nameOf)),
      delegated: delegated.map((each) => toDelegatedGrant(each, apis.get(each.resourceAppId), nameOf)),
    },
    changedSince: await changedSince(db, tenantId, row, application),
  };
}

async function apisOf(
  db: Db,
  tenantId: TenantId,
  grants: readonly { readonly resourceAppId: AppId }[],
): Promise<Map<AppId, ApiResource>> {
  const apis = new Map<AppId, ApiResource>();
  for (const appId of new Set(grants.map(({ resourceAppId }) => resourceAppId))) {
    const api = await findApiById(db, tenantId, appId);
    if (api) apis.set(appId, api);
  }
  return apis;
}

function toRoleGrant(
  row: principals.RoleGrantRow,
  api: ApiResource | undefined,
  nameOf: (id: string) => string,
): RoleGrantView {
  const role = api?.roles.find(({ id }) => id === row.appRoleId);
  return {
    id: row.id,
    resourceAppId: row.resourceAppId,
    resource: api?.displayName ?? row.resourceAppId,
    appRoleId: row.appRoleId,
    value: role?.value ?? row.appRoleId,
    displayName: role?.displayName ?? row.appRoleId,
    grantedAt: row.createdAt,
    grantedBy: nameOf(row.grantedBy),
  };
}

function toDelegatedGrant(
  row: principals.DelegatedGrantRow,
  api: ApiResource | undefined,
  nameOf: (id: string) => string,
): DelegatedGrantView {
  return {
    id: row.id,
    resourceAppId: row.resourceAppId,
    resource: api?.displayName ?? row.resourceAppId,
    scopes: row.scope.split(' ').filter((value) => value !== ''),
    user: row.userId === '' ? null : { id: row.userId, userName: nameOf(row.userId) },
    grantedAt: row.createdAt,
    grantedBy: nameOf(row.grantedBy),
  };
}

async function changedSince(
  db: Db,
  tenantId: TenantId,
  row: principals.ServicePrincipalRow,
  application: ApplicationRow | undefined,
): Promise<PrincipalView['changedSince']> {
  if (!application) return { added: [], removed: [] };
  const required = parseAccess(application.requiredAccess);
  const consented = row.consentedAccess === null ? [] : parseAccess(row.consentedAccess);
  return {
    added: await nameAccess(db, tenantId, without(required, consented)),
    removed: await nameAccess(db, tenantId, without(consented, required)),
  };
}

/** Everything that a presence holds, application permissions and delegated ones, whoever granted them, as ids. */
export async function accessOfGrants(db: Db, tenantId: TenantId, id: ServicePrincipalId): Promise<AccessRequest[]> {
  const roleGrants = await principals.listRoleGrants(db, tenantId, id);
  const delegated = await principals.listDelegated(db, tenantId, id, { limit: delegatedShownMax });
  const apis = await apisOf(db, tenantId, delegated);
  const held = [
    ...roleGrants.map(({ resourceAppId, appRoleId }) => ({ resourceAppId, roles: [appRoleId], scopes: [] })),
    ...delegated.map(({ resourceAppId, scope }) => {
      const values = new Set(scope.split(' '));
      const scopes = apis.get(resourceAppId)?.scopes.filter(({ value }) => values.has(value)) ?? [];
      return { resourceAppId, roles: [], scopes: scopes.map((each) => each.id) };
    }),
  ];
  return held.reduce<AccessRequest[]>((all, each) => union(all, [each]), []);
}
