// An application's presence in a tenant: made by consent or registration, seen and ended by that tenant's administrators.
// The application's home tenant cannot see into another tenant's.
import { require } from '../access/caller.ts';
import { recordAudit } from '../audit/audit.ts';
import { revokeFamilies } from '../authorizations/families.ts';
import type { Ctx } from '../context.ts';
import type { Trx } from '../db/store.ts';
import { getUserRow } from '../directory/managed-user.ts';
import { parseSearch } from '../directory/naming.ts';
import { type Listed, type PageRequest, parsePage } from '../directory/paging.ts';
import { presentCaller } from '../directory/present-rights.ts';
import { Conflict, NotFound } from '../lib/failures.ts';
import { type GrantId, newId, type ServicePrincipalId, type TenantId, type UserId } from '../lib/ids.ts';
import { accessInWords, nameAccess } from './access-lists.ts';
import { type ApplicationRow, isOpenTo } from './application.ts';
import { actorId } from './application-rights.ts';
import { tellHome } from './home-audit.ts';
import { accessOfGrants, type PrincipalView, toPrincipalViews } from './principal-view.ts';
import * as principals from './principals-store.ts';
import { findByAppId } from './store.ts';

/** The role that a person's assignment names (Entra reference 4.5). */
export const { defaultAccessRoleId } = principals;

type Home = Pick<ApplicationRow, 'appId' | 'tenantId' | 'displayName'>;

/** Makes the presence inside the caller's transaction; nobody's rights are asked. */
export async function addPrincipal(
  ctx: Ctx,
  trx: Trx,
  application: Home,
  { isEnabled = true, requiresAssignment = false }: PrincipalChange = {},
): Promise<principals.ServicePrincipalRow> {
  const { tenantId } = ctx.caller;
  if ((await principals.countPrincipals(trx, tenantId)) >= ctx.config.servicePrincipalsPerTenantMax) {
    throw new Conflict(
      'too-many-service-principals',
      `${ctx.config.servicePrincipalsPerTenantMax} applications are present in this tenant, the most that servicePrincipalsPerTenantMax allows. Delete one first.`,
    );
  }
  const row: principals.ServicePrincipalRow = {
    id: newId<ServicePrincipalId>(),
    tenantId,
    appId: application.appId,
    homeTenantId: application.tenantId,
    displayName: application.displayName,
    isEnabled: isEnabled ? 1 : 0,
    requiresAssignment: requiresAssignment ? 1 : 0,
    createdAt: ctx.clock(),
    createdBy: actorId(ctx),
    consentedAt: null,
    consentedBy: null,
    consentedAccess: null,
    lastTokenAt: null,
    lastTokenGrant: null,
  };
  await principals.insertPrincipal(trx, tenantId, row);
  await recordPrincipalAct(ctx, trx, 'service-principal.create', row, {
    homeTenantId: row.homeTenantId,
    ...(isEnabled ? {} : { isEnabled }),
    ...(requiresAssignment ? { requiresAssignment } : {}),
  });
  return row;
}

/** Ends the presence and every sign-in through it: a later consent begins anew. */
export async function removePrincipal(ctx: Ctx, trx: Trx, row: principals.ServicePrincipalRow): Promise<void> {
  await principals.deletePrincipal(trx, row.tenantId, row);
  await revokeFamilies(ctx, trx, row.tenantId, { appId: row.appId }, 'administrator');
}

/** An application that this tenant may take in: its own, or one that is for every organisation. Throws NotFound. */
export async function getAvailable(trx: Trx, tenantId: TenantId, appId: string): Promise<ApplicationRow> {
  const row = await findByAppId(trx, appId.trim());
  if (!row || !isOpenTo(row, tenantId) || row.status === 'deleted') throw new NotFound('The application');
  return row;
}

/** Gives an application a presence without granting it anything. Needs Applications.manage. */
export async function createServicePrincipal(
  ctx: Ctx,
  appId: string,
  initial: PrincipalChange = {},
): Promise<PrincipalView> {
  const { tenantId } = ctx.caller;
  require(ctx.caller, 'Applications.manage');
  const row = await ctx.store.change(tenantId, async (trx) => {
    require(await presentCaller(ctx, trx), 'Applications.manage');
    const application = await getAvailable(trx, tenantId, appId);
    if (await principals.findPrincipal(trx, tenantId, application.appId)) {
      throw new Conflict('service-principal-exists', `${application.displayName} is present in this tenant already.`);
    }
    return await addPrincipal(ctx, trx, application, initial);
  });
  return await viewOf(ctx, row);
}

export interface PrincipalsRequest extends PageRequest {
  readonly search?: string;
}

/** Needs Applications.read. */
export async function listServicePrincipals(ctx: Ctx, request: PrincipalsRequest): Promise<Listed<PrincipalView>> {
  require(ctx.caller, 'Applications.read');
  const page = parsePage(ctx.config, request, ['displayName', 'createdAt']);
  const { rows, total } = await principals.pagePrincipals(ctx.store.db, ctx.caller.tenantId, {
    ...page,
    search: parseSearch(request.search),
  });
  return { items: await toPrincipalViews(ctx, rows), total };
}

/** By object id or app id. Needs Applications.read. */
export async function getServicePrincipal(ctx: Ctx, ref: string): Promise<PrincipalView> {
  require(ctx.caller, 'Applications.read');
  const row = await principals.findPrincipal(ctx.store.db, ctx.caller.tenantId, ref);
  if (!row) throw new NotFound('The service principal');
  return await viewOf(ctx, row);
}

async function viewOf(ctx: Ctx, row: principals.ServicePrincipalRow): Promise<PrincipalView> {
  const [view] = await toPrincipalViews(ctx, [row]);
  if (!view) throw new Error('A service principal row gives one view.');
  return view;
}

/**
 * Runs a change of one presence, for Applications.manage. Where it also tells the application's home tenant something,
 * both tenants change together.
 */
async function changePrincipal<T>(
  ctx: Ctx,
  ref: string,
  work: (trx: Trx, row: principals.ServicePrincipalRow) => Promise<T>,
): Promise<T> {
  require(ctx.caller, 'Applications.manage');
  const { tenantId } = ctx.caller;
  const seen = await principals.findPrincipal(ctx.store.db, tenantId, ref);
  if (!seen) throw new NotFound('The service principal');
  return await ctx.store.change([tenantId, seen.homeTenantId], async (trx) => {
    require(await presentCaller(ctx, trx), 'Applications.manage');
    const row = await principals.findPrincipal(trx, tenantId, seen.id);
    if (!row) throw new NotFound('The service principal');
    return await work(trx, row);
  });
}

export interface PrincipalChange {
  /** False: no tokens for this tenant, and those that there are stop working at their next call. */
  readonly isEnabled?: boolean;
  /** True: only people who are assigned may sign in through the application. */
  readonly requiresAssignment?: boolean;
}

export async function changeServicePrincipal(ctx: Ctx, ref: string, change: PrincipalChange): Promise<PrincipalView> {
  const row = await changePrincipal(ctx, ref, async (trx, before) => {
    const { isEnabled = before.isEnabled === 1, requiresAssignment = before.requiresAssignment === 1 } = change;
    const after = { isEnabled: isEnabled ? 1 : 0, requiresAssignment: requiresAssignment ? 1 : 0 } as const;
    if (after.isEnabled === before.isEnabled && after.requiresAssignment === before.requiresAssignment) return before;
    await principals.updatePrincipal(trx, before.tenantId, before.id, after);
    const action =
      after.isEnabled === before.isEnabled
        ? 'service-principal.change'
        : `service-principal.${isEnabled ? 'enable' : 'disable'}`;
    await recordPrincipalAct(ctx, trx, action, before, { isEnabled, requiresAssignment });
    return { ...before, ...after };
  });
  return await viewOf(ctx, row);
}

/** Ends the presence with all that was granted. The home tenant learns that this tenant revoked its consent. */
export async function deleteServicePrincipal(ctx: Ctx, ref: string): Promise<void> {
  await changePrincipal(ctx, ref, async (trx, row) => {
    const held = await accessOfGrants(trx, row.tenantId, row.id);
    const words = accessInWords(await nameAccess(trx, row.tenantId, held));
    await removePrincipal(ctx, trx, row);
    await recordPrincipalAct(ctx, trx, 'service-principal.delete', row, { permissions: words });
    await tellHome(ctx, trx, row, 'consent.revoke', words);
  });
}

/** People whom an application may be limited to. */
const assignedMax = 1000;

/** Lets a person use an application that requires assignment. */
export async function assignUser(ctx: Ctx, ref: string, userRef: string): Promise<void> {
  await changePrincipal(ctx, ref, async (trx, row) => {
    const user = await getUserRow(trx, row.tenantId, userRef);
    if (user.status === 'deleted') {
      throw new Conflict('deleted', `The user ${user.userName} is deleted. Restore the user first.`);
    }
    const others = await principals.listAssigned(trx, row.tenantId, row.appId, assignedMax);
    if (others.length >= assignedMax && !others.some((each) => each.principalId === user.id)) {
      throw new Conflict('too-many-assignments', `At most ${assignedMax} people are assigned to one application.`);
    }
    const added = await principals.insertRoleGrant(trx, row.tenantId, {
      id: newId<GrantId>(),
      tenantId: row.tenantId,
      principalKind: 'user',
      principalId: user.id,
      resourceAppId: row.appId,
      appRoleId: principals.defaultAccessRoleId,
      createdAt: ctx.clock(),
      grantedBy: actorId(ctx),
    });
    if (added) await recordPrincipalAct(ctx, trx, 'service-principal.assign', row, { user: user.userName });
  });
}

export async function unassignUser(ctx: Ctx, ref: string, userRef: string): Promise<void> {
  await changePrincipal(ctx, ref, async (trx, row) => {
    const user = await getUserRow(trx, row.tenantId, userRef);
    if (!(await principals.deleteAssigned(trx, row.tenantId, row.appId, user.id))) throw new NotFound('The assignment');
    await recordPrincipalAct(ctx, trx, 'service-principal.unassign', row, { user: user.userName });
  });
}

export interface AssignedUser {
  readonly id: UserId;
  readonly userName: string;
  readonly assignedAt: number;
}

/** Who is assigned. Needs Applications.read. */
export async function listAssignedUsers(ctx: Ctx, ref: string): Promise<AssignedUser[]> {
  const principal = await getServicePrincipal(ctx, ref);
  const { db } = ctx.store;
  const rows = await principals.listAssigned(db, ctx.caller.tenantId, principal.appId, assignedMax);
  const ids = rows.filter((row) => row.principalKind === 'user').map((row) => row.principalId);
  const names = await principals.userNames(db, ctx.caller.tenantId, ids);
  return rows.flatMap((row) => {
    const userName = names.get(row.principalId);
    // The kind is user, so the id is a user's.
    return userName === undefined ? [] : [{ id: row.principalId as UserId, userName, assignedAt: row.createdAt }];
  });
}

export async function recordPrincipalAct(
  ctx: Ctx,
  trx: Trx,
  action: string,
  row: Pick<principals.ServicePrincipalRow, 'id' | 'appId' | 'displayName'>,
  details: Readonly<Record<string, unknown>>,
): Promise<void> {
  await recordAudit(ctx, trx, {
    action,
    target: { kind: 'service-principal', id: row.id, name: row.displayName },
    details: { appId: row.appId, ...details },
  });
}
